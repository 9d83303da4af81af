"""Composition of the mail for a reply."""

import hashlib
import html
import re
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from portevoix.channels.base import Pictures
from portevoix.channels.email.body import clean, one_line
from portevoix.channels.email.bounces import OUR_MARK
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment, Outgoing
from portevoix.kernel.sender_ids import id_of_sender

MOST_REFERENCES = 20
PICTURES = Pictures(most=8, bytes=5_000_000)
_LISTS_OF_IDS = frozenset({"references", "in-reply-to"})

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,100}")
_ID = re.compile(r"(?!.*=\?)[!-;=?-~]{1,250}")  # no encoded word: it would be read and written otherwise
_REPLY_PREFIX = re.compile(r"^\s*((re|ré|rép|aw|sv|antw)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)


class _Policy(EmailPolicy):
    """A policy that keeps long Message-IDs whole, which the standard one encodes, breaking threads."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _LISTS_OF_IDS:
            return f"{name}: {'\r\n '.join(str(value).split())}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


POLICY = _Policy(linesep="\r\n", raise_on_defect=False)


def is_address(text: str) -> bool:
    """Return whether mail can be sent to an address without further ado: ASCII, no quotes, no routes."""
    return bool(_ADDRESS.fullmatch(text)) and ".." not in text and not text.startswith(".") and ".@" not in text


def compose(message: Outgoing, *, sender: str, from_name: str) -> EmailMessage:
    """Compose the mail. Raise Refused when the citizen's address cannot be written to.

    Answers come back to a plus-address of `sender` that carries the conversation; the Message-ID is derived from
    `message.key` alone. Nothing that a citizen wrote can add a header.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = mail_address(from_name, sender)
    mail["To"] = mail_address(message.to.name, recipient(message))
    answers = bool(message.conversation or message.in_reply_to)
    mail["Subject"] = reply_subject(message.subject) if answers else one_line(clean(message.subject))[:300]
    mail["Date"] = format_datetime(message.sent_at)
    mail["Message-ID"] = f"<{message_id(message.key, sender)}>"
    if tag := re.sub(r"[^A-Za-z0-9._-]", "", message.conversation):
        local, _, domain = sender.rpartition("@")
        mail["Reply-To"] = mail_address(from_name, f"{local}+{tag}@{domain}")
    if _is_writable(parent_id := id_of_sender(message.in_reply_to)):
        mail["In-Reply-To"] = f"<{parent_id}>"
    if references := list(_references(message)):
        mail["References"] = " ".join(f"<{key}>" for key in references)
    mail[OUR_MARK] = one_line(clean(message.key))[:200]
    text = clean(message.text).replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    mail.add_alternative(_html(text, message.lang), subtype="html", charset="utf-8", cte="quoted-printable")
    for picture in message.media:
        _attach(mail, picture)
    return mail


def _attach(mail: EmailMessage, picture: Attachment) -> None:
    """Attach a picture, with its description where mail has a place for it (RFC 2045, 8)."""
    main, _, sub = picture.type.partition("/")
    name = one_line(clean(picture.name)).replace('"', "'")[:200]
    mail.add_attachment(picture.content, maintype=main, subtype=sub, filename=name)
    part = next(reversed(list(mail.iter_attachments())))
    part["Content-Description"] = one_line(clean(picture.alt))


def recipient(message: Outgoing) -> str:
    """Return the address that the citizen asked answers to, else that they wrote from. Raise Refused."""
    for candidate in (message.to.handle, message.to.id):
        address = candidate.removeprefix("mailto:")
        if is_address(address):
            return address
    raise Refused(gettext_noop("“{address}” is not an address that mail can be sent to."), address=message.to.id[:100])


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID, without angle brackets, of what is sent with `key`: always the same."""
    name = key if _KEY.fullmatch(key) else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"{name}@{sender.rpartition('@')[2]}"


def reply_subject(subject: str) -> str:
    """Return the subject on one line, with a single “Re:”."""
    bare = _REPLY_PREFIX.sub("", one_line(clean(subject)))[:300]
    return f"Re: {bare}".strip()


def _references(message: Outgoing) -> Iterator[str]:
    every = dict.fromkeys(map(id_of_sender, (*message.references, message.in_reply_to)))
    keys = list(filter(_is_writable, every))
    yield from keys if len(keys) <= MOST_REFERENCES else (keys[0], *keys[1 - MOST_REFERENCES :])


def _is_writable(key: str) -> bool:
    return "@" in key and bool(_ID.fullmatch(key))


def mail_address(name: str, address: str) -> Address:
    """Return an address with its display name, from which nothing can add a header."""
    display_name = one_line(clean(name))[:200]
    return Address(display_name="" if "@" in display_name else display_name, addr_spec=address)


def _html(text: str, lang: str) -> str:
    paragraphs = (html.escape(part).replace("\n", "<br>\n") for part in re.split(r"\n{2,}", text.strip()))
    attribute = f' lang="{html.escape(lang)}"' if lang else ""
    body = "\n".join(f"<p>{part}</p>" for part in paragraphs)
    return f'<!doctype html>\n<html{attribute}><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'
