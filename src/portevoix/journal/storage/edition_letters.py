"""The letters of the ledger that carry an edition of the journal, written from what the record has stored."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from portevoix.journal.edition_addresses import edition_address
from portevoix.journal.editions.decisions import decide
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.strict_editions import mask_strictly
from portevoix.journal.render.email import NO_LINKS, EditionLinks, RenderedMail, write_edition_mail
from portevoix.journal.storage.answer_links import answer_address
from portevoix.journal.storage.built_files import LANGUAGES
from portevoix.journal.words.answer_words import name_answer
from portevoix.kernel.letters import DispatchToSend, Letter
from portevoix.kernel.messages import Writer
from portevoix.record.permissions import JournalRight, journal_rights
from portevoix.record.queries import city as houses
from portevoix.record.queries.city import Contact
from portevoix.record.queries.dispatches import key_sent
from portevoix.record.queries.finding_answers import answers_of
from portevoix.record.queries.journal import valid_edition
from portevoix.web.site_address import absolute_address


def write_edition_letter(dispatch: DispatchToSend) -> Letter | None:
    """Return the letter that carries an edition; None where it is not to go any more.

    That is where its colleague left or may not read it any more, or where another version has replaced it.
    """
    return _write(dispatch, thread=(), is_correction=False)


def write_correction_letter(dispatch: DispatchToSend) -> Letter | None:
    """Return the letter that carries a corrected edition, in the thread of the one before; None as above."""
    week, department, version = _read_about(dispatch)
    befores = (f"edition {week} {department or '-'} {each}" for each in range(1, version))
    keys = (key_sent(what=what, recipient=dispatch.recipient) for what in befores)
    return _write(dispatch, thread=tuple(filter(None, keys)), is_correction=True)


def _read_about(dispatch: DispatchToSend) -> tuple[str, str, int]:
    about = dispatch.about
    return str(about["week"]), str(about.get("department", "")), int(about.get("version", 1))


def _write(dispatch: DispatchToSend, *, thread: tuple[str, ...], is_correction: bool) -> Letter | None:
    week, department, version = _read_about(dispatch)
    now = timezone.now()
    city, row = houses.city(), valid_edition(week, department, now=now)
    if city is None or row is None or row.version != version:
        return None
    contact = houses.contact(dispatch.contact) if dispatch.contact is not None else None
    if dispatch.contact is not None and not _may_read(contact, department):
        return None
    lang = _choose_language(contact, city.language)
    edition = decide(Edition.from_json(row.content))
    if not department or contact is None:  # it goes through many hands, as a file does
        edition = mask_strictly(edition, lang=lang)
    mail = write_edition_mail(
        edition,
        lang=lang,
        links=_make_links(edition, contact, now) if contact else NO_LINKS,
        answers=_say_answers(week, department, lang),
        accent=city.accent,
        correction=row.correction if is_correction else "",
    )
    return _put_into_letter(mail, dispatch, contact, lang=lang, thread=thread)


def _put_into_letter(
    mail: RenderedMail, dispatch: DispatchToSend, contact: Contact | None, *, lang: str, thread: tuple[str, ...]
) -> Letter:
    return Letter(
        key=dispatch.key,
        to=Writer(id=dispatch.address, name=contact.name if contact else ""),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        lang=lang,
        pictures=mail.pictures,
        thread=thread,
    )


def _may_read(contact: Contact | None, department: str) -> bool:
    return contact is not None and contact.is_active and JournalRight.READ in journal_rights(contact, department)


def _choose_language(contact: Contact | None, own: str) -> str:
    """Return the language of the colleague, else the city's, where editions are written in it."""
    return next((each for each in (contact.language if contact else "", own) if each in LANGUAGES), LANGUAGES[0])


def _make_links(edition: Edition, contact: Contact, now: datetime) -> EditionLinks:
    """Return the addresses in a colleague's letter. Pages that need an account are left out for those without."""
    findings = edition.section("findings")
    answer = answer_address(contact, edition.week, edition.department, now) if findings else ""
    has_account = contact.has_usable_password()
    return EditionLinks(
        page=absolute_address(edition_address(edition.week, edition.department)) if has_account else "",
        answer_by_finding={each.id: answer for each in findings.findings} if answer else {},
        feed=absolute_address(reverse("journal:feed")) if has_account else "",
    )


def _say_answers(week: str, department: str, lang: str) -> Mapping[str, str]:
    """Return what was answered to the findings so far, in words."""
    with override(lang):
        return {
            finding: " — ".join(filter(None, [name_answer(row.kind, row.promised_on), row.text, row.signature]))
            for finding, row in answers_of(week, department).items()
        }
