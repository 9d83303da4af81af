"""Joins accounts on several channels that belong to one person, and separates them again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions
from portevoix.record.models import Access, Author, Contact, Person
from portevoix.record.operations.access_log import log
from portevoix.record.permissions import Capability


def join(*, authors: Sequence[int], by: Contact | None, now: datetime) -> None:
    """Join these accounts, and those already joined with one of them, as one person.

    `by` None: the command line. Raise BadInput when there are not two of them.
    """
    if by is not None:
        permissions.check(by, Capability.PRIVACY)
    with transaction.atomic():
        rows = list(Author.objects.select_for_update().filter(pk__in=authors).order_by("pk"))
        if len(rows) < 2:
            raise BadInput(gettext_noop("Choose at least two accounts that are the same person."))
        persons = {row.person_id for row in rows if row.person_id}
        person = Person.objects.get(pk=min(persons)) if persons else Person.objects.create()
        Author.objects.filter(person__in=persons).update(person=person)
        Author.objects.filter(pk__in=[row.pk for row in rows]).update(person=person)
        Person.objects.filter(pk__in=persons).exclude(pk=person.pk).delete()
        log(Access.What.JOINED, by=by, now=now, author=rows[0].pk)


def part(*, author: int, by: Contact | None, now: datetime) -> None:
    """Separate this account from the person it was joined with."""
    if by is not None:
        permissions.check(by, Capability.PRIVACY)
    with transaction.atomic():
        row = Author.objects.select_for_update().filter(pk=author).exclude(person=None).first()
        if row is None:
            return
        person, row.person = row.person_id, None
        row.save(update_fields=["person"])
        if Author.objects.filter(person=person).count() < 2:
            Author.objects.filter(person=person).update(person=None)
            Person.objects.filter(pk=person).delete()
        log(Access.What.PARTED, by=by, now=now, author=author)
