"""Validates the values of settings; each function raises BadInput, which names the setting."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from portevoix.kernel.errors import BadInput

PREFIX = "PORTEVOIX_"
LEAST_KEY, LEAST_DIFFERENT = 32, 8
"""Characters of a secret key, and how many of them have to differ."""
LONGEST_NAME = 63
"""Of a database of PostgreSQL."""
_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)\.?{_LABEL}(\.{_LABEL})*", re.IGNORECASE)
_SCHEMES = ("postgres", "postgresql", "sqlite")
_SERVICE_LINK = re.compile(r"PORTEVOIX_(\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_\w+)")
"""What Kubernetes and Docker put into the environment of whatever runs beside a service that is called portevoix."""


def check_names(given: Iterable[tuple[str, str]], known: Iterable[str]) -> None:
    """Raise BadInput when a variable has the prefix of settings but is not one."""
    names = frozenset(known)
    unknown = [
        name
        for name, value in given
        if name.startswith(PREFIX)
        and name not in names
        and not (_SERVICE_LINK.fullmatch(name) or value.startswith(("tcp://", "udp://")))
    ]
    if unknown:
        raise BadInput(
            "No such setting: {names}. Correct it or take it out of the environment; docs/en/reference/settings.md "
            "lists all settings.",
            names=", ".join(_with_nearest(name, names) for name in sorted(unknown)),
        )


def _with_nearest(name: str, names: Iterable[str]) -> str:
    rest = {setting.removeprefix(PREFIX): setting for setting in names}
    near = get_close_matches(name.removeprefix(PREFIX), rest, n=1, cutoff=0.5)
    return f"{name} (did you mean {rest[near[0]]}?)" if near else name


def check_key(key: str, *, where: str) -> None:
    """Raise BadInput for a weak key. `where` names the setting or the file that it comes from."""
    if len(key) < LEAST_KEY or len(set(key)) < LEAST_DIFFERENT:
        raise BadInput(
            "{where} is too easy to guess: it signs every session and encrypts the passwords of your accounts. It "
            "needs {least} characters, of which {different} differ, at least. Make one with: openssl rand -base64 48",
            where=where,
            least=LEAST_KEY,
            different=LEAST_DIFFERENT,
        )


def check_hosts(name: str, hosts: Iterable[str]) -> None:
    """Raise BadInput for anything but names and addresses of machines, without scheme, port or path."""
    for host in hosts:
        if not (_HOST.fullmatch(host) or _is_ip(host.removeprefix("[").removesuffix("]"))):
            raise BadInput(
                "{name} holds “{host}”, which is no host name. Write names alone, by commas, without https://, port or "
                "path (an accent in its xn-- form): desk.ville.example",
                name=name,
                host=host,
            )


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def port(name: str, value: str) -> int:
    return number(name, value, most=65535)


def number(name: str, value: str, *, most: int) -> int:
    """Return a number from 1 to `most`."""
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(most)) and 1 <= int(value) <= most):
        raise BadInput("{name} is “{value}”; write a number from 1 to {most}.", name=name, value=value, most=most)
    return int(value)


def check_address(name: str, value: str) -> None:
    """Raise BadInput unless it is empty or the whole address of a site: no path, no query, no password."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0 and "@" not in value
    except ValueError:
        whole = False
    rest = whole and (parts.path.strip("/") or parts.query or parts.fragment)
    if value and (not whole or rest):
        raise BadInput("{name} is “{value}”; write a whole address without a path: https://…", name=name, value=value)


def check_live_url(name: str, value: str) -> None:
    """Raise BadInput unless /live is a path of the same site or a whole address; empty: the live port."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    path = value.startswith("/") and not value.startswith("//")
    if value and not (path or whole):
        raise BadInput("{name} is “{value}”; write /live, or a whole address: https://…", name=name, value=value)


def database_of(name: str, address: str) -> dict[str, Any]:
    """Return the database as in Django's settings. Errors do not quote the address: it has a password."""
    scheme, sign, _ = address.partition("://")
    if not sign or scheme.lower() not in _SCHEMES:
        raise BadInput(
            "{name} {begins}: Portevoix runs on PostgreSQL, postgres://user:password@host:5432/name, and, when nothing "
            "is given, on SQLite in PORTEVOIX_HOME.",
            name=name,
            begins=f"begins with {scheme[:20]}://" if sign else "is no address",
        )
    try:
        settings = {**dj_database_url.parse(address, conn_max_age=600, conn_health_checks=True)}
    except ValueError as error:
        raise BadInput(
            "{name} cannot be read. Write postgres://user:password@host:5432/name, and in the password %40 for @, %2F "
            "for /, %3A for :, %23 for #, %3F for ?, %25 for %.",
            name=name,
        ) from error
    database_name = str(settings["NAME"])
    if database_name in ("", ":memory:") or (scheme != "sqlite" and len(database_name) > LONGEST_NAME):
        raise BadInput("{name} names no database. Write postgres://user:password@host:5432/name.", name=name)
    return settings
