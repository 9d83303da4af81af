"""`portevoix init`."""

from datetime import UTC, datetime

import click

from portevoix.cli.colleague import prompt_password
from portevoix.cli.django_setup import set_up_django
from portevoix.kernel.errors import BadInput


@click.command()
@click.option("--name", prompt="Name of the city", help="The city's name, as citizens read it.")
@click.option("--timezone", default="Europe/Paris", show_default=True, help="Its time zone.")
@click.option("--language", default="fr", show_default=True, type=click.Choice(["fr", "en"]), help="Its language.")
@click.option("--email", prompt="Administrator's e-mail", help="With which the administrator signs in.")
@click.option("--person", prompt="Administrator's name", help="As colleagues read it.")
def init(name: str, timezone: str, language: str, email: str, person: str) -> None:
    """Found your city and its first administrator; everything else is set up in the pages.

    The password is asked for, or read from PORTEVOIX_PASSWORD or the file that PORTEVOIX_PASSWORD_FILE names, so that
    it stays out of your shell's history. A city that was founded before stays as it is and gets one more administrator.
    """
    set_up_django()
    from django.utils.translation import override  # noqa: PLC0415 -- Django is ready only now

    from portevoix.record.operations.city import found_city, save_contact  # noqa: PLC0415
    from portevoix.record.queries import city as queries  # noqa: PLC0415

    if queries.contact_by_email(email):
        raise BadInput(
            "{email} has an account already. A lost password is replaced by: portevoix colleague password {email}",
            email=email,
        )
    password = prompt_password()
    stays = bool(queries.administrators())
    city = found_city(name=name, timezone=timezone, language=language, now=datetime.now(UTC))
    with override("en"):
        save_contact(email=email, name=person, role="administrator", password=password, by=None)
    if stays:
        click.echo(f"{city.name} was founded before, and stays as it is. {person} is one more administrator of it.")
    else:
        click.echo(f"{city.name} is founded. Start the desk with: portevoix serve")
