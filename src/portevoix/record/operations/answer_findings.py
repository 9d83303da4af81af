"""Stores what departments answer to findings of the journal, and what of it the public reads."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from portevoix.kernel.answers import FURTHEST, LONGEST_ANSWER, LONGEST_SIGNATURE, MOST_ANSWERS, AnswerKind
from portevoix.kernel.errors import BadInput, Conflict, NotThere
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions
from portevoix.record.models import City, Contact, Edition, FindingAnswer, Matter, PublicFinding
from portevoix.record.operations.editions import lock_editions
from portevoix.record.operations.matters import note_answer
from portevoix.record.permissions import JournalRight
from portevoix.text.privacy.sensitive_subjects import is_sensitive


def answer_finding(
    *,
    week: str,
    department: str,
    finding: str,
    kind: str,
    text: str = "",
    signature: str = "",
    promised_on: date | None = None,
    by: Contact,
    now: datetime,
) -> FindingAnswer:
    """Store the department's answer to a finding of its edition, and confirm the finding's matter.

    An earlier answer stays as it was; the newest one counts. The same one sent twice is stored once. Raise NotThere
    where the edition is not stored or has no such finding, BadInput for an answer that lacks what its kind needs.
    """
    permissions.check_journal_right(by, department, JournalRight.ANSWER)
    values = {
        "kind": _check_kind(kind),
        "text": _check_length(text.strip(), LONGEST_ANSWER),
        "signature": _check_length(" ".join(signature.split()), LONGEST_SIGNATURE),
        "promised_on": promised_on if kind == AnswerKind.DOING else None,
    }
    with transaction.atomic():
        lock_editions()  # an erasure takes its person out of answers, too
        edition = Edition.objects.filter(week=week, department=department).first()
        if edition is None:
            raise NotThere(gettext_noop("This edition is not stored yet."))
        matter = _find_matter(edition.content, finding)
        earlier = FindingAnswer.objects.filter(edition=edition, finding=finding)
        last = earlier.order_by("-pk").first()
        if last and all(getattr(last, name) == value for name, value in values.items()):
            return last
        _check_complete(values, now=now)
        if earlier.count() >= MOST_ANSWERS:
            raise BadInput(gettext_noop("This finding has had {most} answers: that is enough."), most=MOST_ANSWERS)
        row = FindingAnswer.objects.create(
            edition=edition, finding=finding, department=department, at=now, contact=by, **values
        )
        if matter:
            row.matter_id = note_answer(matter=matter, answer=row.pk, department=department, now=now)
            row.save(update_fields=["matter"])
    return row


def publish_answer(*, answer: int, by: Contact, now: datetime) -> None:
    """Show an answer to the public, with its finding. Raise Conflict where the department has answered anew since."""
    row = _find_answer(answer, by)
    newest = FindingAnswer.objects.filter(edition=row.edition_id, finding=row.finding).order_by("-pk").first()
    if newest != row:
        raise Conflict(gettext_noop("The department has answered anew in the meantime. Read the new answer first."))
    if not PublicFinding.objects.filter(edition=row.edition_id, finding=row.finding).exists():
        raise BadInput(gettext_noop("The public does not read this finding. Put it into the public edition first."))
    if is_sensitive(row.text):
        raise BadInput(gettext_noop("This answer cannot be public: it speaks of something sensitive."))
    FindingAnswer.objects.filter(pk=row.pk, public_since=None).update(public_since=now)


def withdraw_answer_from_public(*, answer: int, by: Contact) -> None:
    """Show the public no answer to that finding any more, this one or an earlier one."""
    row = _find_answer(answer, by)
    FindingAnswer.objects.filter(edition=row.edition_id, finding=row.finding).update(public_since=None)


def _find_answer(answer: int, by: Contact) -> FindingAnswer:
    row = FindingAnswer.objects.filter(pk=answer).select_related("edition").first()
    if row is None:
        raise NotThere(gettext_noop("This answer does not exist."))
    permissions.check_journal_right(by, row.edition.department, JournalRight.EDIT)
    return row


def _check_kind(kind: str) -> AnswerKind:
    if kind not in list(AnswerKind):
        raise BadInput(gettext_noop("Choose one of the four answers."))
    return AnswerKind(kind)


def _check_length(text: str, most: int) -> str:
    if len(text) > most:
        raise BadInput(gettext_noop("This is too long: at most {most} characters."), most=most)
    if "\0" in text:
        raise BadInput(gettext_noop("There is a character in it that cannot be stored."))
    return text


def _check_complete(values: dict[str, Any], *, now: datetime) -> None:
    """Raise BadInput where an answer lacks what its kind needs. "Seen" needs nothing: it is one tap."""
    kind, promised_on = values["kind"], values["promised_on"]
    if kind == AnswerKind.CANNOT and not values["text"]:
        raise BadInput(gettext_noop("Say why it cannot be done: those who asked want to know."))
    if kind == AnswerKind.DOING:
        if not values["text"]:
            raise BadInput(gettext_noop("Say in a line what you do."))
        if promised_on is None:
            raise BadInput(gettext_noop("Give the date by which it will be done."))
        today = now.astimezone(ZoneInfo(City.objects.get().timezone)).date()
        if not today <= promised_on <= today + FURTHEST:
            raise BadInput(gettext_noop("Give a date from today on, at most two years away."))
    if kind != AnswerKind.SEEN and not values["signature"]:
        raise BadInput(gettext_noop("Sign the answer: who answers for the department?"))


def _find_matter(content: dict[str, Any], finding: str) -> int | None:
    """Return the matter of a finding; None for one without. Raise NotThere where the edition does not have it."""
    sections = [each for each in content["sections"] if each["kind"] == "findings"]
    subjects = [each["subject"] for section in sections for each in section["findings"] if each["id"] == finding]
    if not subjects:
        raise NotThere(gettext_noop("This edition does not have this finding any more."))
    numbers = [
        each["matter"]
        for section in sections
        for each in section["subjects"]
        if each["id"] == subjects[0] and each.get("matter")
    ]
    return numbers[0] if numbers and Matter.objects.filter(pk=numbers[0]).exists() else None
