"""`portevoix colleague`: manages who may sign in, without a browser."""

from typing import TYPE_CHECKING, Any

import click

from portevoix.cli.django_setup import ready
from portevoix.config import env
from portevoix.kernel.errors import BadInput

if TYPE_CHECKING:
    from portevoix.record.queries.city import Contact

ROLES = ("host", "contact", "editor", "administrator")
EMAIL = click.argument("email")


@click.group()
def colleague() -> None:
    """List colleagues, give one a new password or another role, close an account.

    For whoever looks after the machine, such as when the only administrator has lost the password. New colleagues are
    added in the settings; the first administrator by `portevoix init`.

    \b
    Examples:
      portevoix colleague list
      portevoix colleague password helene@valmont.example
      portevoix colleague close samir@valmont.example
    """


@colleague.command(name="list")
def list_() -> None:
    """List the colleagues: address, name, role, departments, and whether they can sign in."""
    ready()
    from portevoix.record.queries.city import contacts  # noqa: PLC0415 -- Django is ready only now

    for row in contacts():
        departments = ", ".join(sorted(department.slug for department in row.departments.all()))
        click.echo("\t".join((row.email, row.name, row.role, departments, _state(row))))


@colleague.command()
@EMAIL
def password(email: str) -> None:
    """Give the colleague EMAIL a new password, and sign them out wherever they are signed in.

    The password is asked for, or read from PORTEVOIX_PASSWORD or the file that PORTEVOIX_PASSWORD_FILE names, so that
    it stays out of your shell's history.
    """
    row = _find_colleague(email)
    if not row.is_active:
        raise BadInput("{email} is closed: tick “Works here” in the settings, under Colleagues, first.", email=email)
    _save(row, password=asked_password())
    click.echo(f"{row.email} has a new password, and is signed out everywhere.")


@colleague.command()
@EMAIL
@click.argument("role", type=click.Choice(ROLES))
@click.option(
    "--department", "departments", multiple=True, metavar="SLUG", help="Whose contact; repeat it for several."
)
def role(email: str, role: str, departments: tuple[str, ...]) -> None:
    """Give the colleague EMAIL another role: host, contact, editor or administrator.

    A contact sees what concerns their departments alone: those that they have, or that --department names. The last
    administrator stays one.
    """
    row = _find_colleague(email)
    from portevoix.record.queries.city import departments as there_are  # noqa: PLC0415 -- Django is ready only now

    if unknown := sorted(set(departments) - {department.slug for department in there_are()}):
        raise BadInput("There is no department “{slug}”.", slug=unknown[0])
    if role == "contact" and not departments and not row.departments.exists():
        raise BadInput("A contact needs a department, else they see nothing: add --department SLUG.")
    _save(row, role=role, **({"departments": departments} if departments else {}))
    click.echo(f"{row.email} is {role} from now on.")


@colleague.command()
@EMAIL
def close(email: str) -> None:
    """Close the account of the colleague EMAIL: they are signed out and cannot sign in; what they wrote stays.

    The last administrator cannot be closed. The settings, under Colleagues, open an account again.
    """
    row = _find_colleague(email)
    _save(row, active=False)
    click.echo(f"{row.email} is closed.")


def asked_password() -> str:
    """Return the password from the environment, else ask for it twice."""
    environment_password = env.get("PORTEVOIX_PASSWORD")
    return environment_password or str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _find_colleague(email: str) -> "Contact":
    ready()
    from portevoix.record.queries.city import contact_by_email  # noqa: PLC0415 -- Django is ready only now

    if row := contact_by_email(email):
        return row
    raise BadInput("There is no colleague {email}. See: portevoix colleague list", email=email)


def _save(row: "Contact", **change: Any) -> None:
    """Change these fields alone. Raises BadInput, in English as in all commands."""
    from django.utils.translation import override  # noqa: PLC0415 -- Django is ready only now

    from portevoix.record.operations.city import save_contact  # noqa: PLC0415

    departments = [department.slug for department in row.departments.all()]
    current = {
        "email": row.email,
        "name": row.name,
        "role": row.role,
        "departments": departments,
        "active": row.is_active,
    }
    with override("en"):
        save_contact(**{**current, **change}, by=None, pk=row.pk)


def _state(row: "Contact") -> str:
    if not row.is_active:
        return "closed"
    return "signs in" if row.has_usable_password() else "no password"
