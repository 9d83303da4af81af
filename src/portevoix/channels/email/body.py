"""The parts of a mail: its text, its cleaned HTML, its files. No mail is too broken to give something."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import Header, decode_header
from itertools import islice

from portevoix.channels.email.markup import clean_html, html_to_text
from portevoix.channels.email.message import Mail, is_charset
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import File

MAX_FILE = 10_000_000
MAX_BODY = 900_000
MAX_TAGS = 15_000
MAX_ENTITIES = 50_000  # cleaning takes time in the square of their number
MAX_FILES = 50
MAX_DEPTH = 10
MAX_HEADER = 20_000  # characters of one that are decoded: the standard library takes time in the square of its words
CUT = "\n\n[…]"
"""Where a body was too long to be read whole; the whole of it is among the files then."""

ALLOWED = frozenset(
    {
        "application/pdf", "application/rtf", "application/msword", "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint", "message/rfc822", "message/delivery-status", "text/plain", "text/html",
        "text/csv", "text/calendar", "text/rtf", "image/jpeg", "image/png", "image/gif", "image/webp", "image/heic",
        "image/heif", "image/tiff", "image/bmp",
    }
)  # fmt: skip
ALLOWED_FAMILIES = (
    "audio/",
    "video/",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)

TOO_LARGE = gettext_noop("Larger than 10 MB.")
NOT_ALLOWED = gettext_noop("A type of file that is not kept here.")
TOO_MANY = gettext_noop("The message brought more than fifty files.")
TOO_DEEP = gettext_noop("Nested too deeply in the message.")

_OFTEN_WRONG = frozenset({"", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "unknown-8bit"})
_UNWANTED = re.compile("[\0\ud800-\udfff]")
_AS_IT_IS = frozenset({"", "7bit", "8bit", "binary"})
_NAMING = ("Content-Disposition", "Content-Type")


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says. `html` is cleaned, and "" where that is too long; no image is loaded from anywhere."""

    text: str
    html: str
    files: tuple[File, ...]


def read_body(message: Mail) -> Body:
    """The text (the plain one, or the HTML one as text), the HTML, and everything else as files."""
    plain, html = _Texts(), _Texts()
    files: list[File] = []
    for part, depth in _leaves(message, 0):
        kind = part.get_content_type()
        if depth > MAX_DEPTH:
            files.append(_file(part, TOO_DEEP))
        elif kind in {"text/plain", "text/html"} and not _is_attached(part):
            _add_text(part, plain if kind == "text/plain" else html, files)
        else:
            files.append(_file(part, ""))
    markup = clean_html("\n".join(html.parts))
    text = "\n".join(plain.parts).strip() or html_to_text(markup)
    if len(text) > MAX_BODY:  # quotes, lists and addresses of links are written out
        text = text[:MAX_BODY] + CUT
        files += [file for part in html.whole if (file := _file(part, "")) not in files]
    return Body(text=text, html=markup if len(markup) <= MAX_BODY else "", files=_bounded(files))


def header(message: Mail, name: str, most: int = 500) -> str:
    """A header as one line of readable text; "" when absent, never an exception, never more than `most` characters."""
    value = message.get(name)
    return one_line(decoded(value))[:most] if value is not None else ""


def decoded(value: str | Header) -> str:
    """The words of an RFC 2047 header; what cannot be decoded is shown with replacement characters."""
    text = str(value)[:MAX_HEADER]
    if "=?" not in text:
        return clean(text)
    try:
        chunks = decode_header(text)
    except (HeaderParseError, ValueError, LookupError):
        return clean(text)
    return clean(
        "".join(chunk if isinstance(chunk, str) else _decode(chunk, charset or "utf-8") for chunk, charset in chunks)
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


def clean(text: str) -> str:
    """Without what no database keeps: null characters and halves of characters."""
    return _UNWANTED.sub("", text)


def _leaves(part: Mail, depth: int) -> Iterator[tuple[Mail, int]]:
    """The parts that are not containers, in order. A mail within the mail is one part: a file."""
    payload = part.get_payload()
    inside = payload if isinstance(payload, list) else []
    if not inside or part.get_content_maintype() == "message" or depth > MAX_DEPTH:
        yield part, depth
        return
    if part.get_content_type() == "multipart/alternative":
        inside = sorted(inside, key=lambda child: child.get_content_type() != "text/plain")
    for child in inside:
        if isinstance(child, Mail):
            yield from _leaves(child, depth + 1)


def _is_attached(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_name(part))


@dataclass(slots=True)
class _Texts:
    """Text parts of one kind, and how much they are together: a mail may have a hundred thousand."""

    parts: list[str] = field(default_factory=list)
    whole: list[Mail] = field(default_factory=list)
    characters: int = 0
    tags: int = 0
    entities: int = 0

    def add(self, text: str, part: Mail) -> None:
        self.parts.append(text)
        self.whole.append(part)
        self.characters += len(text)
        self.tags += text.count("<")
        self.entities += text.count("&")


def _add_text(part: Mail, texts: _Texts, files: list[File]) -> None:
    """Reads a text part, all of them up to the bounds; what is longer is also kept whole, as a file."""
    text = clean(_decode(_bytes(part), str(part.get_content_charset() or "")))
    end = max(MAX_BODY - texts.characters, 0)
    if part.get_content_type() == "text/html":
        end = min(end, _beyond("<", MAX_TAGS - texts.tags, text), _beyond("&", MAX_ENTITIES - texts.entities, text))
    if len(text) > end:
        files.append(_file(part, ""))
        text = text[:end] + CUT
    texts.add(text.replace("\r\n", "\n").replace("\r", "\n"), part)


def _beyond(mark: str, room: int, html: str) -> int:
    """Where the first mark beyond `room` of them stands; the end when there is none."""
    beyond = next(islice(re.finditer(mark, html), max(room, 0), None), None)
    return beyond.start() if beyond else len(html)


def _file(part: Mail, refused: str) -> File:
    kind = clean(part.get_content_type())
    content = _nested(part) if kind.startswith("message/") else _bytes(part)
    name = one_line(_name(part)) or ("message.eml" if kind == "message/rfc822" else kind.replace("/", "."))
    refused = refused or _why_not(kind, len(content))
    return File(
        name=name.replace("/", "_").replace("\\", "_")[-200:],
        type=kind[:100],
        size=len(content),
        content=None if refused else content,
        refused=refused,
    )


def _why_not(kind: str, size: int) -> str:
    if kind not in ALLOWED and not kind.startswith(ALLOWED_FAMILIES):
        return NOT_ALLOWED
    return TOO_LARGE if size > MAX_FILE else ""


def _bounded(files: list[File]) -> tuple[File, ...]:
    kept = files[:MAX_FILES]
    rest = files[MAX_FILES:]
    if rest:
        name = f"… + {len(rest)}"
        kept.append(File(name=name, type="", size=sum(file.size for file in rest), refused=TOO_MANY))
    return tuple(kept)


def _name(part: Mail) -> str:
    if not any("name" in str(value).lower() for value in map(part.get, _NAMING)):
        return ""  # nearly all parts: to read their parameters takes longer
    try:
        return decoded(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):  # a broken RFC 2231 parameter
        return ""


def _bytes(part: Mail) -> bytes:
    written, encoding = part.written, str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if written is not None and encoding in _AS_IT_IS:
        return written.encode("ascii", "surrogateescape")
    if written is not None and encoding == "base64":
        try:  # as the standard library does where nothing is amiss, without its three copies of the whole
            return binascii.a2b_base64(written)
        except ValueError:
            pass
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    return (written or "").encode("utf-8", "replace")


def _nested(part: Mail) -> bytes:
    inside = part.get_payload()
    if not isinstance(inside, list):
        return _bytes(part)
    try:
        return b"\n".join(child.as_bytes() for child in inside if isinstance(child, Mail))
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""


def _decode(raw: bytes, charset: str) -> str:
    """As declared, when the declaration can be true; else UTF-8, else as Windows does it in the West."""
    declared = [charset] if charset.lower() not in _OFTEN_WRONG and is_charset(charset) else []
    for name in (*declared, "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")
