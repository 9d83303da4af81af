"""The parts of a mail: its text, its cleaned HTML, its files. Even a broken mail gives something."""

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
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_AS_IT_IS = frozenset({"", "7bit", "8bit", "binary"})
_NAMING = ("Content-Disposition", "Content-Type")


@dataclass(frozen=True, slots=True)
class Body:
    """The content of a mail. `html` is cleaned, "" where that is too long; it loads no image from anywhere."""

    text: str
    html: str
    files: tuple[File, ...]


def read_body(message: Mail) -> Body:
    """Return the text (the plain one, or the HTML one as text), the HTML, and everything else as files."""
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
    return Body(text=text, html=markup if len(markup) <= MAX_BODY else "", files=_limit_files(files))


def header(message: Mail, name: str, most: int = 500) -> str:
    """Return a header as one line of text; "" when absent, never an exception, never over `most` characters."""
    value = message.get(name)
    return one_line(decoded(value))[:most] if value is not None else ""


def decoded(value: str | Header) -> str:
    """Decode the words of an RFC 2047 header, with replacement characters where that fails."""
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
    """Remove what no database stores: null characters and surrogates."""
    return _UNSTORABLE.sub("", text)


def _leaves(part: Mail, depth: int) -> Iterator[tuple[Mail, int]]:
    """Yield the parts that are not containers, in order. A mail within the mail is one part: a file."""
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
    """Text parts of one kind, with their total size: a mail may have a hundred thousand."""

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
    """Add a text part, up to the bounds of all of them; a longer one is also kept whole, as a file."""
    text = clean(_decode(_bytes(part), str(part.get_content_charset() or "")))
    end = max(MAX_BODY - texts.characters, 0)
    if part.get_content_type() == "text/html":
        end = min(end, _beyond("<", MAX_TAGS - texts.tags, text), _beyond("&", MAX_ENTITIES - texts.entities, text))
    if len(text) > end:
        files.append(_file(part, ""))
        text = text[:end] + CUT
    texts.add(text.replace("\r\n", "\n").replace("\r", "\n"), part)


def _beyond(mark: str, room: int, html: str) -> int:
    """Return the position of the first mark beyond `room` of them; the end when there is none."""
    beyond = next(islice(re.finditer(mark, html), max(room, 0), None), None)
    return beyond.start() if beyond else len(html)


def _file(part: Mail, reason: str) -> File:
    kind = clean(part.get_content_type())
    content = _inner_mail(part) if kind.startswith("message/") else _bytes(part)
    name = one_line(_name(part)) or ("message.eml" if kind == "message/rfc822" else kind.replace("/", "."))
    reason = reason or _why_not(kind, len(content))
    return File(
        name=name.replace("/", "_").replace("\\", "_")[-200:],
        type=kind[:100],
        size=len(content),
        content=None if reason else content,
        refused=reason,
    )


def _why_not(kind: str, size: int) -> str:
    if kind not in ALLOWED and not kind.startswith(ALLOWED_FAMILIES):
        return NOT_ALLOWED
    return TOO_LARGE if size > MAX_FILE else ""


def _limit_files(files: list[File]) -> tuple[File, ...]:
    first_files = files[:MAX_FILES]
    rest = files[MAX_FILES:]
    if rest:
        name = f"… + {len(rest)}"
        first_files.append(File(name=name, type="", size=sum(file.size for file in rest), refused=TOO_MANY))
    return tuple(first_files)


def _name(part: Mail) -> str:
    if not any("name" in str(value).lower() for value in map(part.get, _NAMING)):
        return ""  # nearly all parts: to read their parameters takes longer
    try:
        return decoded(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):  # a broken RFC 2231 parameter
        return ""


def _bytes(part: Mail) -> bytes:
    raw_text, encoding = part.written, str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if raw_text is not None and encoding in _AS_IT_IS:
        return raw_text.encode("ascii", "surrogateescape")
    if raw_text is not None and encoding == "base64":
        try:  # as the standard library does where nothing is amiss, without its three copies of the whole
            return binascii.a2b_base64(raw_text)
        except ValueError:
            pass
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    return (raw_text or "").encode("utf-8", "replace")


def _inner_mail(part: Mail) -> bytes:
    inside = part.get_payload()
    if not isinstance(inside, list):
        return _bytes(part)
    try:
        return b"\n".join(child.as_bytes() for child in inside if isinstance(child, Mail))
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""


def _decode(raw: bytes, charset: str) -> str:
    """Decode as declared, when the declaration can be true; else as UTF-8, else as Western Windows."""
    charsets = [charset] if charset.lower() not in _OFTEN_WRONG and is_charset(charset) else []
    for name in (*charsets, "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")
