"""What `portevoix journal build` writes: an edition from the record or from a file, as page, data, e-mail and PDF."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from django.utils.translation import override

from portevoix.journal.composition.compose_file import compose_file
from portevoix.journal.editions.edition import Edition, is_empty
from portevoix.journal.render import html
from portevoix.journal.render.email import NO_LINKS, RenderedMail, write_edition_mail
from portevoix.journal.render.pdf import render_pdf
from portevoix.journal.storage.edition_document import RECORD, Method, NameMessage, read_previous, write_document
from portevoix.journal.storage.stored_editions import read_for_file
from portevoix.kernel.messages import Incoming
from portevoix.record.queries import city as houses

LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Build:
    """An edition with what its files need. `language` and `accent` are the city's own."""

    edition: Edition
    method: Method
    name_message: NameMessage
    language: str
    accent: str

    @property
    def empty(self) -> bool:
        return is_empty(self.edition)

    def render(self, formats: Collection[str], *, language: str) -> dict[str, bytes]:
        """Return the files of each format, by name: of "html", "json", "email" or "pdf".

        `language` "": the city's own.
        """
        language = _choose_language(language, self.language)
        files: dict[str, bytes] = {}
        if "html" in formats:
            files["index.html"] = html.page(self.edition, language=language, accent=self.accent).encode()
        if "json" in formats:
            with override(language):
                document = write_document(self.edition, self.method, self.name_message)
            files["edition.json"] = (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
        if "email" in formats:
            mail = write_edition_mail(self.edition, lang=language, links=NO_LINKS, answers={}, accent=self.accent)
            files["edition.eml"] = pack_mail(mail, language=language)
        if "pdf" in formats:
            files["edition.pdf"] = render_pdf(self.edition, lang=language, accent=self.accent)
        return files


def pack_mail(mail: RenderedMail, *, language: str) -> bytes:
    """Return a mail as a file that mail programs open, addressed to nobody, with its pictures inside."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["Content-Language"] = language
    message["X-Unsent"] = "1"  # opens as a draft where the program knows that
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    body = message.get_body(("html",))
    for picture in mail.pictures if body else ():
        kind, _, subtype = picture.type.partition("/")
        body.add_related(picture.content, kind, subtype, cid=f"<{picture.id}>", disposition="inline")
    return message.as_bytes()


def _choose_language(language: str, own: str) -> str:
    """Return the language that was asked for, else the city's own where editions are written in it."""
    return language or (own if own in LANGUAGES else LANGUAGES[0])


def build_from_record(*, week: str, department: str, language: str, now: datetime) -> Build:
    """Read or compose an edition of the record; `language` "": the city's own. Raise BadInput as `compose` does."""
    city = houses.city()
    own = city.language if city else ""
    return Build(
        read_for_file(week=week, department=department, lang=_choose_language(language, own), now=now),
        RECORD,
        name_message=str,
        language=own,
        accent=city.accent if city else houses.DEFAULT_ACCENT,
    )


def build_from_file(
    messages: Iterable[Incoming], *, week: str, department: str, previous: Path | None, now: datetime
) -> Build:
    """Compose an edition from messages alone, without any record. Raise BadInput as `compose_file` does."""
    subjects = read_previous(previous, week=week, department=department) if previous else []
    composed = compose_file(messages, week=week, department=department, previous=subjects, now=now)
    return Build(
        composed.edition,
        Method(composed.predicted),
        name_message=composed.external_ids.__getitem__,
        language="",
        accent=houses.DEFAULT_ACCENT,
    )
