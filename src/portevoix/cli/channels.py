"""`portevoix channels`: manages the accounts of the channels without a browser."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portevoix.channels import base
from portevoix.channels.base import Knob
from portevoix.cli import posting
from portevoix.cli.django_setup import ready
from portevoix.kernel.errors import BadInput

if TYPE_CHECKING:
    from portevoix.record.queries.city import Account

ADDRESS = click.argument("address")
KIND = click.option("--channel", "kind", default="", help="Its channel, when several have an account of that address.")


@click.group()
def channels() -> None:
    """Connect the accounts by which citizens reach the city, and look how they are.

    \b
    Examples:
      portevoix channels add bluesky valmont.example
      portevoix channels test valmont.example
      portevoix channels post valmont.example "The pool is closed on Monday."
    """


@channels.command(name="list")
def list_() -> None:
    """List the accounts: channel, address, how it is, when it last received, trouble, what it has cost this month."""
    ready()
    from portevoix.exchange.connectors import bill  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.queries.city import accounts  # noqa: PLC0415 -- Django is ready only now

    rows = [account for account in accounts() if account.connector]
    for account in rows:
        received_at = account.received_at.astimezone().isoformat(timespec="seconds") if account.received_at else "—"
        costs = _costs(bill(account, now=datetime.now(UTC)))
        click.echo(
            "\t".join((account.connector, account.address, account.state, received_at, _trouble(account), costs))
        )
    if not rows:
        click.echo("No account yet. Connect one with: portevoix channels add CHANNEL ADDRESS", err=True)


@channels.command()
@click.argument("kind", metavar="CHANNEL")
@ADDRESS
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A setting; repeat it for several.")
@click.option("--untried", is_flag=True, help="Keep the settings without asking the network first.")
def add(kind: str, address: str, given: tuple[str, ...], untried: bool) -> None:
    """Connect the account ADDRESS on CHANNEL, or change its settings, and take it into service.

    Settings that are not given keep what is stored, or their default. A secret is asked for, or read from the file that
    NAME=@FILE names, so that it stays out of your shell's history. The network is asked first: what does not work is
    not kept. docs/en/reference/channels.md has every setting.
    """
    ready()
    from portevoix.exchange.connectors import build  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.operations import accounts as operations  # noqa: PLC0415
    from portevoix.record.queries.city import account_named  # noqa: PLC0415

    there_are = base.channels()
    if kind not in there_are:
        raise BadInput("There is no channel “{kind}”. There are: {kinds}.", kind=kind, kinds=", ".join(there_are))
    there = account_named(kind, address)
    old_settings = operations.settings_of(there) if there else {}
    made_of = there_are[kind].Settings
    fields = {name: (type_, default, knob) for name, type_, default, knob in base.asked(made_of)}
    settings = {**old_settings, **_parse_settings(given, fields), **_secrets(old_settings, given, fields)}
    connector = build(kind, address, settings)
    for sentence in () if untried else connector.check():
        click.echo(sentence)
    operations.connect(
        channel=kind,
        address=address,
        connector=kind,
        settings=settings,
        secret=base.hidden(made_of),
        kept=base.granted(made_of),
        by=None,
        now=datetime.now(UTC),
    )
    click.echo(f"{address} is in service. Messages come once `portevoix work` runs.")


@channels.command()
@ADDRESS
@KIND
def test(address: str, kind: str) -> None:
    """Ask the network of the account ADDRESS whether all works. Nothing is sent or taken."""
    account = _account(address, kind)
    from portevoix.exchange.connectors import connector  # noqa: PLC0415 -- Django is ready only now

    for sentence in connector(account).check():
        click.echo(sentence)


@channels.command()
@ADDRESS
@KIND
@click.option("--why", default="", help="The reason, which every colleague reads until the account is resumed.")
def pause(address: str, kind: str, why: str) -> None:
    """Let the account ADDRESS rest: nothing is received or sent until you resume it, and nothing is lost."""
    account = _account(address, kind)
    from portevoix.record.operations.accounts import pause  # noqa: PLC0415 -- Django is ready only now

    pause(account=account.pk, by=None, why=why, now=datetime.now(UTC))
    click.echo(f"{address} is paused.")


@channels.command()
@ADDRESS
@KIND
def resume(address: str, kind: str) -> None:
    """Take the account ADDRESS into service again; it catches up from where it stopped."""
    account = _account(address, kind)
    from portevoix.record.operations.accounts import resume  # noqa: PLC0415 -- Django is ready only now

    resume(account=account.pk, by=None, now=datetime.now(UTC))
    click.echo(f"{address} is in service again.")


@channels.command()
@ADDRESS
@click.argument("text", default="-")
@KIND
@click.option("--image", "images", multiple=True, metavar="FILE", help="A picture; repeat it, each with its --alt.")
@click.option("--alt", "alts", multiple=True, metavar="TEXT", help="What the picture shows, for whoever cannot see it.")
@click.option("--key", "word", default="", metavar="WORD", help="With another word, the same is posted once more.")
def post(address: str, text: str, kind: str, images: tuple[str, ...], alts: tuple[str, ...], word: str) -> None:
    """Post TEXT from the account ADDRESS, in the city's own name; without TEXT, what comes on standard input.

    The same words with the same pictures are posted once, however often the command is run: after a crash, run it
    again. What is too long for one post becomes a thread. Answers come to the inbox.

    \b
    Examples:
      portevoix channels post valmont.example "The pool is closed on Monday."
      portevoix channels post valmont.example --image plan.png --alt "Map of the detour" < words.txt
    """
    account = _account(address, kind)
    from portevoix.record.operations import publish  # noqa: PLC0415 -- Django is ready only now

    words = (sys.stdin.read() if text == "-" else text).strip()
    attachments = posting.pictures(images, alts)
    key = posting.key_of(words, attachments, word)
    publication = publish(account=account.pk, text=words, pictures=attachments, key=key, by=None, now=datetime.now(UTC))
    if publication.before:
        click.echo(
            f"Posted before, as no. {publication.conversation}: nothing is sent twice. To post it again, add --key."
        )
    else:
        click.echo(f"It leaves once `portevoix work` runs; answers come to no. {publication.conversation}.")


def _account(address: str, kind: str) -> "Account":
    ready()
    from portevoix.record.queries.city import accounts  # noqa: PLC0415 -- Django is ready only now

    matches = [row for row in accounts() if row.connector and row.address == address and kind in ("", row.connector)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        kinds = ", ".join(row.connector for row in matches)
        raise BadInput("Several accounts are called {address}: add --channel ({kinds}).", address=address, kinds=kinds)
    raise BadInput("There is no account {address}. See: portevoix channels list", address=address)


def _parse_settings(pairs: Sequence[str], fields: Mapping[str, tuple[Any, Any, Knob]]) -> dict[str, Any]:
    """Return the typed settings, each converted to its type."""
    settings: dict[str, Any] = {}
    for each in pairs:
        name, sign, value = each.partition("=")
        if not sign or name not in fields:
            raise BadInput("“{name}” is no setting. There are: {names}.", name=name, names=", ".join(fields))
        type_, _, knob = fields[name]
        if knob.secret and not value.startswith("@"):
            raise BadInput("“{name}” is a secret: write {name}=@FILE, or leave it out to be asked.", name=name)
        if knob.choices and value not in knob.choices:
            raise BadInput("“{name}” is one of: {names}.", name=name, names=", ".join(knob.choices))
        settings[name] = (
            _read(value[1:]) if knob.secret else _convert(name, value, getattr(type_, "__name__", str(type_)))
        )
    return settings


def _convert(name: str, value: str, type_: str) -> str | int | bool:
    if type_ == "int":
        if not value.isdecimal():
            raise BadInput("“{name}” is a number.", name=name)
        return int(value)
    if type_ == "bool":
        if value not in ("yes", "no"):
            raise BadInput("“{name}” is yes or no.", name=name)
        return value == "yes"
    return value


def _secrets(
    old_settings: Mapping[str, Any], pairs: Sequence[str], fields: Mapping[str, tuple[Any, Any, Knob]]
) -> dict[str, str]:
    """Ask for the secrets that are neither given nor stored; optional ones may stay empty."""
    secrets: dict[str, str] = {}
    for name, (_, default, knob) in fields.items():
        if not knob.secret or old_settings.get(name) or any(each.startswith(f"{name}=") for each in pairs):
            continue
        is_required = default is MISSING
        secrets[name] = click.prompt(
            knob.label, hide_input=True, default=None if is_required else "", show_default=False
        )
    return secrets


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("{path} cannot be read: {why}.", path=path, why=str(error)) from error


def _costs(bill: base.Bill | None) -> str:
    """Describe the use against the limit with its approximate cost, then the network's own count, if known."""
    if bill is None:
        return ""
    uses = [f"{use.what}: {use.used} of {use.most or 'no limit'}, about ${use.cost:.2f}" for use in bill.uses]
    return "; ".join([*uses, f"anew on {bill.until.isoformat()}", *([bill.told] if bill.told else [])])


def _trouble(account: "Account") -> str:
    return account.trouble["text"].format(**account.trouble["values"]) if account.trouble else ""
