"""Creates the city and changes its settings, departments, colleagues and policy."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.policy import parse_policy
from portevoix.record import permissions
from portevoix.record.models import City, Contact, Department, Policy
from portevoix.record.models.people import Role
from portevoix.record.permissions import Capability
from portevoix.record.policies import current_policy
from portevoix.text.tokens import fold

DEFAULT_POLICY = """\
timezone = "{timezone}"
first_contact = "8h"
substance = "40h"
"""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_HOST = re.compile(r"(?=.{1,253}(?::|$))[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")


def found_city(*, name: str, timezone: str = "Europe/Paris", language: str = "fr", now: datetime) -> City:
    """Create the city and its first policy (always open), or name one without a name; return it in any case."""
    _check_timezone(timezone)
    with transaction.atomic():
        city, is_new = City.objects.get_or_create(id=1)
        if is_new or not city.name:
            city.name, city.timezone, city.language, city.languages = name, timezone, language, [language]
            city.save(update_fields=["name", "timezone", "language", "languages"])
        if is_new or (Policy.objects.count() == 1 and current_policy().timezone != timezone):
            Policy.objects.create(text=DEFAULT_POLICY.format(timezone=timezone), made_at=now)
    return city


def change_city(
    *,
    name: str,
    timezone: str,
    language: str,
    languages: Sequence[str],
    accent: str,
    site: str,
    by: Contact,
) -> City:
    """Change the city. Raise BadInput for a missing name, an unknown time zone, a bad colour or a bad host name."""
    permissions.check(by, Capability.SETTINGS)
    _check_timezone(timezone)
    if not name.strip():
        raise BadInput(gettext_noop("The city needs a name."))
    if not _COLOUR.fullmatch(accent):
        raise BadInput(gettext_noop("“{accent}” is no colour. Write one like #1f5673."), accent=accent)
    for host in filter(None, map(str.strip, site.lower().split(","))):
        check_host(host)
    city = City.objects.get()
    city.name, city.timezone, city.language = name.strip(), timezone, language
    city.languages = list(dict.fromkeys([language, *languages]))
    city.accent, city.site = accent.lower(), site.strip().lower()
    city.save(update_fields=["name", "timezone", "language", "languages", "accent", "site"])
    return city


def check_host(host: str) -> None:
    """Raise BadInput for a bad host name: it becomes part of the pages' security policy, where it could do harm."""
    if not _HOST.fullmatch(host):
        raise BadInput(
            gettext_noop("“{host}” is not a host name. Write one like www.valmont.example."), host=host[:200]
        )


def _check_timezone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            gettext_noop("There is no time zone “{zone}”. Write one like Europe/Paris."), zone=timezone
        ) from error


def save_department(
    *,
    slug: str,
    name: str,
    description: str = "",
    competences: Iterable[str] = (),
    active: bool = True,
    by: Contact | None,
) -> Department:
    """Create a department or change the one with that slug. `by` None: the command line.

    Raise BadInput for a bad slug, and for a name that is missing or that another department has.
    """
    if by is not None:
        permissions.check(by, Capability.SETTINGS)
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise BadInput(
            gettext_noop("A short name has letters, digits and hyphens only: “{slug}”."), slug=slug
        ) from error
    if not name.strip():
        raise BadInput(gettext_noop("The department needs a name."))
    _check_unlike(slug, name)
    row, _ = Department.objects.update_or_create(
        slug=slug,
        defaults={
            "name": name.strip(),
            "description": description.strip(),
            "competences": [c.strip() for c in competences if c.strip()],
            "active": active,
        },
    )
    return row


def _check_unlike(slug: str, name: str) -> None:
    """Raise BadInput for a name that differs from another only by capitals, accents or blanks. An old name may stay."""
    names = dict(Department.objects.values_list("slug", "name"))
    if names.pop(slug, None) == name:
        return
    if same := next((other for other in names.values() if _normalise(other) == _normalise(name)), None):
        raise BadInput(gettext_noop("There is a department “{name}” already: give this one another name."), name=same)


def _normalise(name: str) -> str:
    return "".join(fold(name).split())


def save_policy(*, text: str, by: Contact | None, now: datetime) -> Policy:
    """Add a version, which applies to waits that open from now on.

    Raise BadPolicy, and BadInput for a first contact that may take longer than the answer, which is a contact too.
    """
    if by is not None:
        permissions.check(by, Capability.SETTINGS)
    policy = parse_policy(text)
    if policy.first_contact > policy.substance:
        raise BadInput(
            gettext_noop(
                "The first contact may not take longer than the answer, which is a contact too: give it less time, or "
                "the answer more."
            )
        )
    latest = Policy.objects.order_by("-version").first()
    if latest and latest.text == text:
        return latest
    return Policy.objects.create(text=text, made_at=now, made_by=by)


def save_contact(
    *,
    email: str,
    name: str,
    role: str,
    departments: Iterable[str] = (),
    active: bool = True,
    password: str | None = None,
    by: Contact | None,
    pk: int | None = None,
) -> Contact:
    """Create a colleague or change one. Without a password a new colleague has no account.

    Raise BadInput for a bad or taken e-mail, an unknown role, a weak password, or the last administrator's removal.
    """
    if by is not None:
        permissions.check(by, Capability.SETTINGS)
    with transaction.atomic():
        list(City.objects.select_for_update().values("pk"))  # one colleague at a time: what is checked stays so
        _check_contact(email, name, role, pk)
        row = Contact.objects.select_for_update().get(pk=pk) if pk else Contact()
        if pk and row.role == Role.ADMINISTRATOR and (role != Role.ADMINISTRATOR or not active):
            _check_not_last(row)
        row.email, row.name, row.role, row.is_active = email.strip().lower(), name.strip(), role, active
        if password:
            _check_password(password, row)
            row.set_password(password)
        elif not row.pk:
            row.set_unusable_password()
        row.save()
        row.departments.set(Department.objects.filter(slug__in=list(departments)))
        if pk and not active:
            _end_sessions(row)
    return row


def give_password(colleagues: Sequence[Contact], password: str) -> None:
    """Set one password for all colleagues of a demo, hashed once, as that takes a second. Raise BadInput if weak."""
    for row in colleagues:
        _check_password(password, row)
    password_hash = make_password(password)
    Contact.objects.filter(pk__in=[row.pk for row in colleagues]).update(password=password_hash)


def change_own(*, contact: Contact, language: str, password: str | None = None) -> None:
    """Change a colleague's own language and password. Raise BadInput for a weak password."""
    contact.language = language
    if password:
        _check_password(password, contact)
        contact.set_password(password)
    contact.save()


def _check_contact(email: str, name: str, role: str, pk: int | None) -> None:
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise BadInput(gettext_noop("“{email}” is no e-mail address."), email=email) from error
    if not name.strip():
        raise BadInput(gettext_noop("The colleague needs a name."))
    if role not in Role.values:
        raise BadInput(gettext_noop("There is no role “{role}”."), role=role)
    if Contact.objects.filter(email__iexact=email.strip()).exclude(pk=pk).exists():
        raise BadInput(gettext_noop("A colleague with the address {email} is there already."), email=email)


def _end_sessions(contact: Contact) -> None:
    """Sign the colleague out everywhere and revoke their links, so that reactivating the account revives none."""
    contact.signed_links.all().delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(contact.pk):
            session.delete()


def _check_not_last(row: Contact) -> None:
    others = Contact.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=row.pk)
    if not others.exists():
        raise BadInput(gettext_noop("This is the last administrator. Name another one first."))


def _check_password(password: str, contact: Any) -> None:
    try:
        validate_password(password, contact)
    except ValidationError as error:
        raise BadInput(gettext_noop("{why}"), why=" ".join(error.messages)) from error
