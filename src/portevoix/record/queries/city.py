"""The city, its departments, its colleagues and its accounts, for the settings pages and the shell."""

from django.db.models import F, Q

from portevoix.record.models import Account, City, Contact, Department, Policy
from portevoix.record.models.people import Role

ROLES = tuple(Role.values)
DEFAULT_ACCENT: str = City._meta.get_field("accent").default


def city() -> City | None:
    """Return the city, None before `record.operations.city.found_city`."""
    return City.objects.first()


def departments() -> list[Department]:
    """Return all departments, inactive ones last."""
    return list(Department.objects.order_by("-active", "name").prefetch_related("contacts"))


def department(slug: str) -> Department | None:
    return Department.objects.filter(slug=slug).first()


def contacts() -> list[Contact]:
    return list(Contact.objects.order_by("-is_active", "name").prefetch_related("departments"))


def contact(pk: int) -> Contact | None:
    return Contact.objects.filter(pk=pk).first()


def contact_by_email(email: str) -> Contact | None:
    return Contact.objects.filter(email__iexact=email.strip()).first()


def accounts() -> list[Account]:
    return list(Account.objects.all())


def unannounced_accounts() -> list[Account]:
    """Return accounts that paused themselves, of which the administrators have not been alerted yet."""
    rows = Account.objects.filter(state=Account.State.PAUSED)
    return list(rows.filter(Q(announced_at=None) | Q(announced_at__lt=F("trouble_at"))))


def administrators() -> list[Contact]:
    """Return the administrators who may sign in."""
    return list(Contact.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk"))


def account(pk: int) -> Account | None:
    return Account.objects.filter(pk=pk).first()


def account_named(channel: str, address: str) -> Account | None:
    return Account.objects.filter(channel=channel, address=address).first()


def policies() -> list[Policy]:
    """Return all versions of the policy, the one in force first."""
    return list(Policy.objects.select_related("made_by").order_by("-version"))
