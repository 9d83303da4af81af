"""`portevoix init`."""

import os
from datetime import UTC, datetime

import click

from portevoix.cli.setup import ready
from portevoix.kernel.errors import BadInput


@click.command()
@click.option("--name", prompt="Name of the city", help="The city's name, as citizens read it.")
@click.option("--timezone", default="Europe/Paris", show_default=True, help="Its time zone.")
@click.option("--language", default="fr", show_default=True, type=click.Choice(["fr", "en"]), help="Its language.")
@click.option("--email", prompt="Administrator's e-mail", help="With which the administrator signs in.")
@click.option("--person", prompt="Administrator's name", help="As colleagues read it.")
def init(name: str, timezone: str, language: str, email: str, person: str) -> None:
    """Found your city and its first administrator; everything else is set up in the pages.

    The password is asked for, or read from PORTEVOIX_PASSWORD, so that it stays out of your shell's history.
    """
    ready()
    from portevoix.record.operations.city import found, save_contact  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.queries.city import contact_by_email  # noqa: PLC0415

    if contact_by_email(email):
        raise BadInput("{email} has an account already. Sign in, or choose another address.", email=email)
    password = os.environ.get("PORTEVOIX_PASSWORD") or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    city = found(name=name, timezone=timezone, language=language, now=datetime.now(UTC))
    save_contact(email=email, name=person, role="administrator", password=password, by=None)
    click.echo(f"{city.name} is founded. Start the desk with: portevoix serve")
