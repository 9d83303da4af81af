"""Conversion of a raw mail to an `Incoming`."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import getaddresses
from functools import lru_cache
from unicodedata import normalize

from portevoix.channels.email.body import clean, decode_words, header, one_line, read_body
from portevoix.channels.email.bounces import OUR_MARK, read_bounce, returned_id
from portevoix.channels.email.message import Mail, read_mail
from portevoix.channels.email.quoted_text import split_quotation
from portevoix.channels.email.sender_checks import dmarc
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed, Bounce, Direction, Incoming, Visibility, Writer

MOST_ID = 250
MOST_REFERENCES = 50
MOST_ADDRESS = 249  # two of them and a blank are an author's id; RFC 5321 allows 254 to the whole path
MOST_BRACKETS = 100  # of a list of addresses: the standard parser descends into each, or begins anew at each
MOST_LISTS = 10  # headers of one name that list addresses
OWN_SENDER = gettext_noop(
    "This mail names the city's own address as its sender. Admit it when a colleague wrote it; "
    "anybody can write it there."
)

PARSER_ERRORS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
"""What the standard library's parser is known to raise on mails that are not what they say they are."""

_ATOMS = r"[\w =?!#&*+-]*?"
_LONE = re.compile(
    rf'(?:(?:"([\w =?!#&*+.,;:-]*)"|({_ATOMS})) ?(<))?([\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)*)(?(3)>)', re.ASCII
)
"""One address, with a name or without, as nearly all mails have it: the standard parser takes ten times as long."""
_ANY = re.compile(r"[^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,255}")
_IN_BRACKETS = re.compile(rf"<\s*({_ANY.pattern})\s*>")
_ID = re.compile(r"<([^<>\s]+)>")
_BY_MACHINES = frozenset({"list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"})
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINES = re.compile(r"^(mailer-daemon|postmaster)\b", re.IGNORECASE)


def parse_mail(raw: bytes, *, account: str, received_at: datetime, server: str = "") -> Incoming:
    """Parse a mail that arrived at `account` at `received_at` (aware). Raise one of BROKEN when that fails.

    For `author` see `_author`. `external_id`, `in_reply_to` and `references` are Message-IDs without their angle
    brackets; a mail without one is identified by "sha256:" and the digest of its bytes. `conversation` is the tag of a
    plus-address of `account`. `sent_at` is `received_at`: the Date header is only what the sender claims. A report that
    a mail of ours did not arrive answers that mail. `server` is the one whose checks of senders are trusted.
    """
    message = read_mail(raw)
    subject = header(message, "Subject")
    body = read_body(message)
    text, quotation = split_quotation(body.text, subject=subject)
    author = _author(message)
    own = _sender(message)[1].lower() == account.lower()
    references, back = message_ids(message, "References"), read_bounce(message)
    return Incoming(
        channel="email",
        account=account,
        external_id=external_id(message, raw),
        direction=Direction.OUT if own else Direction.IN,
        author=author,
        sent_at=received_at,
        text=text,
        quoted=quotation,
        html=body.html,
        files=body.files,
        subject=subject,
        thread=references[0] if references else "",
        in_reply_to=_parent_id(message, references, back),
        references=references,
        conversation=_tag(message, account),
        addressed=_addressing(message, account),
        visibility=Visibility.PRIVATE,
        automatic=is_automatic(message),
        held=OWN_SENDER if own else "",
        bounce=back,
        dmarc=dmarc(message, server, sender=author.id.partition(" ")[0] if is_certain(message) else ""),
    )


def _parent_id(message: Mail, references: Sequence[str], back: Bounce | None) -> str:
    ids = _ids([returned_id(message)]) if back else message_ids(message, "In-Reply-To")
    return next(iter(ids), references[-1] if references else "")


def external_id(message: Mail, raw: bytes) -> str:
    """Return the Message-ID, else the digest of the mail."""
    ids = message_ids(message, "Message-ID")
    return ids[0] if ids else digest(raw)


def digest(raw: bytes) -> str:
    """Return the id of a mail without a Message-ID."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def message_ids(message: Mail, name: str) -> tuple[str, ...]:
    """Return the Message-IDs of a header, without angle brackets; the digest of a very long one."""
    return _ids(message.get_all(name, []))


def _ids(headers: Sequence[object]) -> tuple[str, ...]:
    ids = _ID.findall(" ".join(map(str, headers)))
    used_ids = (*ids[:1], *ids[-MOST_REFERENCES:]) if len(ids) > MOST_REFERENCES else ids
    return tuple(clean(key) if len(key) <= MOST_ID else digest(key.encode("utf-8", "replace")) for key in used_ids)


def is_automatic(message: Mail) -> bool:
    """Return whether a machine sent it: bounces, absences, newsletters, lists (RFC 3834, RFC 2919)."""
    auto_submitted = header(message, "Auto-Submitted").lower()
    if auto_submitted and not auto_submitted.startswith("no"):
        return True
    if header(message, "Precedence").lower() in _BULK or str(message.get("Return-Path", "")).strip() == "<>":
        return True
    if not _BY_MACHINES.isdisjoint(message.names):
        return True
    return message.get_content_type() == "multipart/report" or bool(_MACHINES.match(_sender(message)[1]))


def is_ours(message: Mail, account: str) -> bool:
    """Return whether it is a mail that Portevoix sent and that came back into the mailbox."""
    return message.get(OUR_MARK) is not None and _sender(message)[1].lower() == account.lower()


def _author(message: Mail) -> Writer:
    """Return the author. `id` is the sender's address in lower case, followed, after a blank, by the address of
    Reply-To if it is another one. So a person who asks for answers in somebody else's name, as anybody can, is another
    author, and so is each visitor of a form that sends all mails under one name. `handle` is where an answer goes.
    """
    name, address = _sender(message)
    reply_to = next((candidate for _, candidate in _addresses(message, "Reply-To") if _is_address(candidate)), address)
    sender, handle = "".join(address.lower().split())[:MOST_ADDRESS], reply_to[:MOST_ADDRESS]
    key = sender if handle.lower() == sender else f"{sender} {handle.lower()}"
    is_claim = "@" in normalize("NFKC", name) and sender not in name.lower()  # to be somebody else, whose address it is
    return Writer(id=key, handle=handle, name="" if is_claim else one_line(name)[:200])


def _sender(message: Mail) -> tuple[str, str]:
    """Return name and address; a mail without a sender was written by “unknown”."""
    for field in ("From", "Sender", "Return-Path"):
        for name, address in _addresses(message, field):
            if address:
                return name, address
    return "", "unknown"


def _addresses(message: Mail, name: str) -> Iterator[tuple[str, str]]:
    for value in message.get_all(name, [])[:MOST_LISTS]:
        yield from _read(str(value))


@lru_cache(maxsize=64)  # one mail's headers are read several times; the city's own addresses are in every mail
def _read(value: str) -> tuple[tuple[str, str], ...]:
    """Return the names and addresses of a header."""
    raw = clean(one_line(value))
    if lone := _LONE.fullmatch(raw):
        return ((decode_words((lone[1] or lone[2] or "").strip()), lone[4]),)
    if raw.count("(") + raw.count("[") > MOST_BRACKETS:
        raw = re.sub(r"[()[\]]", " ", raw)
    pairs = [(decode_words(name), clean(one_line(address))) for name, address in getaddresses([raw])]
    if not any(address for _, address in pairs) and (last := _last_address(raw)):
        pairs.append(("", last))
    return tuple(pairs)


def _last_address(raw: str) -> str:
    """Return the last address in angle brackets, as mail servers do, else the last of all; "" without one.

    In `ana@a.example <eve@b.example>` the first one is only what the sender wants people to read.
    """
    addresses = _IN_BRACKETS.findall(raw) or _ANY.findall(raw)
    return addresses[-1] if addresses else ""


def is_certain(message: Mail) -> bool:
    """Return whether the mail names a single sender, so that the server's check concerns the one that is shown."""
    values = [str(value) for value in message.get_all("From", [])]
    addresses = {address.lower() for value in values for address in _ANY.findall(decode_words(value))}
    return len(values) == 1 and len(addresses) == 1


def _is_address(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return bool(local) and bool(domain) and not re.search(r"[\s,<>\"]", address)


def _recipients(message: Mail, *names: str) -> Iterator[str]:
    for name in names:
        for _, address in _addresses(message, name):
            yield address


def _without_tag(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _tag(message: Mail, account: str) -> str:
    for address in _recipients(message, "Delivered-To", "X-Original-To", "To", "Cc"):
        tag = address.rpartition("@")[0].partition("+")[2]
        if tag and _without_tag(address) == account.lower():
            return tag[:64]
    return ""


def _addressing(message: Mail, account: str) -> Addressed:
    """Return COPY when the account is in Cc and not in To; a blind copy has no other known recipient."""
    mine = account.lower()
    if any(_without_tag(address) == mine for address in _recipients(message, "To")):
        return Addressed.DIRECT
    in_copy = any(_without_tag(address) == mine for address in _recipients(message, "Cc"))
    return Addressed.COPY if in_copy else Addressed.DIRECT
