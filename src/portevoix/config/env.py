"""All settings that come from the environment, in one table, which the reference page and its test read too."""

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portevoix.config import setting_checks
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; with `_FILE` added, it names a file that holds the value."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("PORTEVOIX_HOME", "~/.local/share/portevoix", "Folder of the embedded database and of the secret key."),
    Setting("PORTEVOIX_DATABASE_URL", "", "postgres://user:password@host:5432/name; empty: SQLite in PORTEVOIX_HOME."),
    Setting(
        "PORTEVOIX_SECRET_KEY",
        "",
        "Signs sessions and encrypts secrets; empty: one is generated and stored in PORTEVOIX_HOME.",
    ),
    Setting(
        "PORTEVOIX_HOSTS", "localhost,127.0.0.1,[::1]", "Host names under which the site answers, separated by commas."
    ),
    Setting(
        "PORTEVOIX_ADDRESS",
        "",
        "Address at which colleagues reach the site, such as https://portevoix.example.org: letters link to it. Empty: "
        "the first of PORTEVOIX_HOSTS, over HTTPS with PORTEVOIX_HTTPS=yes.",
    ),
    Setting(
        "PORTEVOIX_HTTPS",
        "no",
        "yes: the site is behind HTTPS. Cookies are sent over HTTPS only, and browsers are told to use only HTTPS, for "
        "subdomains too.",
    ),
    Setting(
        "PORTEVOIX_PROXY",
        "no",
        "yes: trust X-Forwarded-Proto and the last address in X-Forwarded-For, which your reverse proxy sets.",
    ),
    Setting(
        "PORTEVOIX_LIVE_URL", "", "Address at which browsers reach /live; empty: the same host, at PORTEVOIX_LIVE_PORT."
    ),
    Setting(
        "PORTEVOIX_THREADS",
        "4",
        "How many requests a process answers at the same time; `portevoix serve --threads` sets it.",
    ),
    Setting("PORTEVOIX_LIVE_PORT", "8001", "Port of /live on the same host; `portevoix serve` sets it."),
    Setting(
        "PORTEVOIX_INTERNAL_HOSTS",
        "",
        "Host names inside your own network that channels may connect to all the same, by commas; empty: none.",
    ),
    Setting(
        "PORTEVOIX_METRICS_TOKEN",
        "",
        "Token that Prometheus sends to read /metrics; if empty, the page does not exist.",
    ),
    Setting(
        "PORTEVOIX_EMBEDDINGS",
        "local",
        "What computes sentence embeddings of messages. local: the encoders installed here (extra embeddings; without "
        "it nothing); no: nothing; https://host/v1: an endpoint with an API like OpenAI's, to which masked texts are "
        "sent.",
    ),
    Setting("PORTEVOIX_EMBEDDINGS_MODEL", "", "Name of the endpoint's model."),
    Setting("PORTEVOIX_EMBEDDINGS_KEY", "", "Secret key for the endpoint; empty: it needs none."),
    Setting(
        "PORTEVOIX_REWORDING",
        "no",
        "What rewords the five lines at the head of the journal. no: nothing; https://host/v1: an endpoint with an API "
        "like OpenAI's, to which the masked lines are sent; its answer is dropped unless it has their numbers and "
        "names and no others.",
    ),
    Setting("PORTEVOIX_REWORDING_MODEL", "", "Name of that endpoint's model."),
    Setting("PORTEVOIX_REWORDING_KEY", "", "Secret key for that endpoint; empty: it needs none."),
    Setting(
        "PORTEVOIX_LOG", "info", "debug, info, warning or error. With debug, the texts of errors may name citizens."
    ),
    Setting("PORTEVOIX_LOG_FORMAT", "text", "text: key=value; json: one object per line, except on a terminal."),
    Setting(
        "PORTEVOIX_PASSWORD",
        "",
        "A colleague's password, read by `portevoix init` and `portevoix colleague password` only, so that it stays "
        "out of the shell's history; empty: they ask for it.",
    ),
)
DEVELOPMENT = (
    "PORTEVOIX_BENCH_HOME",
    "PORTEVOIX_SHOTS",
    "PORTEVOIX_TEST_CHROMIUM",
    "PORTEVOIX_TEST_SERVERS",
    "PORTEVOIX_X_OPENAPI",
)
"""Read by the project's own tests, tools and benches, and by no command."""
LONGEST_ENDPOINT = 300
MOST_THREADS = 256
PRIVATE = 0o077
"""The umask of every process: what is written is nobody else's to read."""
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def check_names() -> None:
    """Raise BadInput for a variable named like a setting that does not exist: a misspelt one would be ignored."""
    names = (*_BY_NAME, *(f"{name}_FILE" for name in _BY_NAME), *DEVELOPMENT)
    setting_checks.check_names(os.environ.items(), names)


def get(name: str) -> str:
    """Return the value of a setting: the environment's, else its file's, else its default. Raise BadInput."""
    setting = _BY_NAME[name]
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                gettext_noop("{name}_FILE names a file that cannot be read: {why}."), name=name, why=str(error)
            ) from error
    return os.environ.get(name) or setting.default


def put(name: str, value: str) -> None:
    """Set a setting for this process and its children, whatever the environment said."""
    os.environ.pop(f"{name}_FILE", None)
    os.environ[name] = value


def is_yes(name: str) -> bool:
    """Return a setting that is yes or no. Raise BadInput for anything else."""
    value = get(name).lower()
    if value not in ("yes", "no"):
        raise BadInput(gettext_noop("{name} is “{value}”; write yes or no."), name=name, value=value)
    return value == "yes"


def embeddings() -> tuple[str, str, str]:
    """Return the source of embeddings ("local", "no" or an address), the model and the key. Raise BadInput."""
    return _endpoint("PORTEVOIX_EMBEDDINGS", ("local", "no"))


def rewording() -> tuple[str, str, str]:
    """Return what rewords the journal's first lines ("no" or an address), the model and the key. Raise BadInput."""
    return _endpoint("PORTEVOIX_REWORDING", ("no",))


def _endpoint(name: str, words: Sequence[str]) -> tuple[str, str, str]:
    """Return one of the words, or the address, model and key of an endpoint. Raise BadInput."""
    source, model, key = (get(f"{name}{end}").strip() for end in ("", "_MODEL", "_KEY"))
    if source.lower() in words:
        return source.lower(), "", ""
    if not _is_address(source):
        raise BadInput(
            gettext_noop(
                "{name} is “{value}”; write {words}, or an address such as https://host/v1, without name or password."
            ),
            name=name,
            words=", ".join(words),
            value=source if "@" not in source else "…",
        )
    if not model:
        raise BadInput(gettext_noop("{name} is an address: name its model in {name}_MODEL."), name=name)
    if len(source) + len(model) > LONGEST_ENDPOINT:
        raise BadInput(
            gettext_noop("{name} and its model are too long: {most} characters together at most."),
            name=name,
            most=LONGEST_ENDPOINT,
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BadInput(gettext_noop("{name}_KEY holds a character that no key has, such as a space."), name=name)
    return source, model, key


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    plain = value.isascii() and value.isprintable() and " " not in value
    bare = not (parts.query or parts.fragment or "@" in parts.netloc)
    return plain and bare and parts.scheme in ("https", "http") and bool(parts.hostname) and port != 0


def hosts(name: str) -> set[str]:
    """Return the machines that a setting lists by commas. Raise BadInput for an invalid name."""
    names = {value.strip() for value in get(name).split(",") if value.strip()}
    setting_checks.check_hosts(name, names)
    return names


def site_hosts() -> set[str]:
    """Return the host names of the site, as Django writes them. Raise BadInput for an invalid name, or none."""
    names = hosts("PORTEVOIX_HOSTS")
    if not names:
        raise BadInput("PORTEVOIX_HOSTS names no host: write the name under which the site answers: desk.ville.example")
    return {f"[{name}]" if ":" in name and not name.startswith("[") else name for name in names}


def address() -> str:
    """Return the address of the site, without a slash at its end. Raise BadInput for one that is not whole."""
    given = get("PORTEVOIX_ADDRESS")
    setting_checks.check_address("PORTEVOIX_ADDRESS", given)
    scheme = "https" if is_yes("PORTEVOIX_HTTPS") else "http"
    return given.rstrip("/") or f"{scheme}://{get('PORTEVOIX_HOSTS').split(',')[0].strip()}"


def live_url() -> str:
    """Return where browsers listen for updates, "" for the live port. Raise BadInput."""
    setting_checks.check_live_url("PORTEVOIX_LIVE_URL", get("PORTEVOIX_LIVE_URL"))
    return get("PORTEVOIX_LIVE_URL")


def threads() -> int:
    """Return how many pages a process answers at once. Raise BadInput for an invalid number."""
    return setting_checks.number("PORTEVOIX_THREADS", get("PORTEVOIX_THREADS"), most=MOST_THREADS)


def live_port() -> int:
    """Return the live port. Raise BadInput for an invalid one."""
    return setting_checks.port("PORTEVOIX_LIVE_PORT", get("PORTEVOIX_LIVE_PORT"))


def home() -> Path:
    """Return the home folder, created if missing. Raise BadInput when it cannot be."""
    path = Path(get("PORTEVOIX_HOME")).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadInput(
            gettext_noop("PORTEVOIX_HOME, {path}, cannot be made: {why}."), path=str(path), why=str(error)
        ) from error
    return path


PREPARE_THRESHOLD = 2
"""How often a connection asks for a statement before the database is to keep it, and its plan."""


def database_address() -> str:
    """Return the given address, else that of the embedded database in the home folder."""
    return get("PORTEVOIX_DATABASE_URL") or f"sqlite:///{home() / 'portevoix.sqlite3'}"


def database() -> dict[str, Any]:
    """Return the database as in Django's settings. Raise BadInput for an address that cannot be read."""
    settings = setting_checks.database_of("PORTEVOIX_DATABASE_URL", database_address())
    if settings["ENGINE"].endswith("postgresql"):
        settings["OPTIONS"] = {
            "server_side_binding": True,
            "prepare_threshold": PREPARE_THRESHOLD,
            **settings.get("OPTIONS", {}),
        }
    return settings


def key_file() -> Path:
    """Return the file of the generated key, used when none is given."""
    return home() / "secret.key"


def secret_key() -> str:
    """Return the given key, else that in the home folder, created at the first call. Raise BadInput for a weak one."""
    if key := get("PORTEVOIX_SECRET_KEY"):
        setting_checks.check_key(key, where="PORTEVOIX_SECRET_KEY")
        return key
    path = key_file()
    if not path.exists():
        draft = home() / f".secret.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            path.hardlink_to(draft)
        draft.unlink()
    stored_key = path.read_text(encoding="utf-8")
    setting_checks.check_key(stored_key, where=str(path))
    return stored_key
