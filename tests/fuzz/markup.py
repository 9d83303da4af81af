"""Mails made by a grammar to take much memory or time: HTML and MIME, depth by breadth by entities by encodings.

`make_mail` gives the same mail for the same random numbers. Most are small, as what anybody can send in a second; one
in five hundred is as large as a mailbox takes.
"""

import base64
import quopri
from collections.abc import Callable, Sequence
from random import Random

from portevoix.channels.email.imap import MOST_BYTES

CHARSETS = ("utf-8", "utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-7", "shift_jis", "x-unknown")
LARGE = 0.002
"""The share of mails that are as large as may be."""
_ROOMS = (500, 2_000, 2_000, 20_000, 20_000, 200_000, 200_000, 1_500_000)
"""Bytes of the others, about."""

# fmt: off
NESTING = (
    "blockquote", "ul><li", "ol><li", "dl><dd", "table><tr><td", "div", "span", "font size=7", "b", "i", "u", "s", "a",
    "a href='https://a.example/{n}'", "a href='mailto:a@b.example?{n}' title='{n}'", "pre", "center", "p", "li", "td",
    "h1", "select", "button", "form", "svg", "math", "template", "object", "nobr", "b x={n}", "em x={n}", "code x={n}",
    "ruby><rt", "fieldset><legend", "frameset", "noscript", "marquee", "xmp", "title", "textarea", "style", "script",
)
"""Elements that are opened and, mostly, never closed; {n} counts."""
LEAVES = (
    "a", "\n", "<br>", "<hr>", "x\n", "&amp;", "&lt;", "&#x41;", "&#0;", "&nbsp;", "&NotEqualTilde;", "&bogus;", "<",
    ">", "<<", "<!--", "-->", "<!doctype x>", "<![CDATA[", "]]>", "</", "</p>", "<p>", "<td>", "<li>", "[x](y)", "* ",
    "# ", "> ", "1. ", "\\", "`", "_", "*", "|", "---\n", "=" * 80 + "\n", "\t", "\u200b", "\u0301", "é", "ﷺ", "\0",
    "https://a.example/" + "b" * 300 + " ", "a@b.example ", "Le lun. 23 nov. 2026, X a écrit :\n", "-- \n", "&" * 40,
    "<img src=x alt='" + "y" * 200 + "'>", "<a href='https://a.example/'>b</a>", "mot " * 20,
)
TYPES = (
    "multipart/mixed", "multipart/alternative", "multipart/related", "multipart/report", "multipart/digest",
    "message/rfc822", "message/delivery-status", "message/partial", "text/plain", "text/html", "application/pdf",
)
# fmt: on


def make_mail(random: Random, most: int = MOST_BYTES) -> bytes:
    """Return one mail, of at most `most` bytes."""
    room = min(most, MOST_BYTES if random.random() < LARGE else random.choice(_ROOMS))
    kind = random.randrange(4)
    body = _part(random, room, depth=random.choice((1, 3, 12, 60, 400))) if kind == 0 else _html_part(random, room)
    return (_head(random, room) + body)[:most]


def make_html(random: Random, room: int) -> str:
    """Return HTML of about `room` characters: some nesting, and much or little inside, again and again."""
    pieces: list[str] = []
    left = room
    while left > 0:
        opened = random.sample(NESTING, random.choice((1, 1, 2, 3)))
        depth, breadth = random.choice(_SIZES)(random), random.choice(_SIZES)(random)
        leaf = "".join(random.choices(LEAVES, k=random.choice((1, 1, 2, 5))))
        inside = _repeat(leaf, breadth, left)
        nest = "".join(f"<{name}>" for name in opened) + random.choice(("", "", "x", leaf[:20]))
        around = "".join(_numbered(nest, min(depth, max(1, left // max(1, len(nest))))))
        closed = "".join(f"</{name.split('>')[0].split(' ')[0]}>" for name in reversed(opened))
        pieces.append(around + inside + (closed * depth)[:left] * random.choice((0, 1)))
        left -= len(pieces[-1]) + 1
    return "".join(pieces)[:room]


_SIZES: Sequence[Callable[[Random], int]] = (
    lambda random: random.randrange(4),
    lambda random: random.randrange(60),
    lambda random: random.randrange(2_000),
    lambda random: random.randrange(20_000),
    lambda random: 400_000,
)


def _numbered(nest: str, count: int) -> list[str]:
    return [nest.replace("{n}", str(number)) for number in range(count)] if "{n}" in nest else [nest * count]


def _repeat(leaf: str, count: int, room: int) -> str:
    return leaf * min(count, room // max(1, len(leaf)))


def _html_part(random: Random, room: int) -> bytes:
    """A text of HTML, in some encoding; sometimes a plain one."""
    kind = random.choice(("text/html", "text/html", "text/html", "text/plain"))
    charset = random.choice(CHARSETS)
    raw = _encode(make_html(random, room), charset)
    encoding, written = random.choice(
        (("8bit", lambda: raw), ("base64", lambda: base64.encodebytes(raw)), ("quoted-printable", lambda: _quoted(raw)))
    )
    head = f"Content-Type: {kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + written()


def _quoted(raw: bytes) -> bytes:
    return quopri.encodestring(raw[:200_000])  # slow, and three bytes for one


def _encode(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "replace")
    except LookupError:
        return text.encode()


def _part(random: Random, room: int, depth: int) -> bytes:
    """A part with others inside: deep, or broad, or with very many headers."""
    kind = random.choice(TYPES)
    if depth <= 0 or room < 300 or kind.startswith(("text", "application")):
        return _html_part(random, max(1, room // 2))
    boundary = f"b{depth}"
    head = f'Content-Type: {kind}; boundary="{boundary}"\r\n'.encode() + _head(random, room // 8) + b"\r\n"
    if kind.startswith("message"):
        return head + _part(random, room - len(head), depth - 1)
    broad = random.random() < 0.3
    inside = (
        [random.choice((b"\r\nx", b"Content-Type: text/html\r\n\r\n<p>x", b"X: y\r\n", b"\r\n"))] * (room // 12)
        if broad
        else [_part(random, room - len(head), depth - 1)]
    )
    return head + b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in inside)


def _head(random: Random, room: int) -> bytes:
    """Headers: few, or very many, or one that is very long."""
    kind = random.randrange(20)
    most = max(1, room // 12)
    if kind == 0:
        return b"X: y\r\n" * most
    if kind == 1:
        return b"Subject: " + b"=?utf-8?q?=41?= " * (most // 2) + b"\r\n"
    if kind == 2:
        return b"To: " + b"a@b.example, " * most + b"\r\n"
    if kind == 3:
        return b"References: " + b"<a@b.example>\r\n " * most + b"\r\n"
    if kind == 4:
        return b"Content-Type: text/plain" + b"; a*0*=x" * most + b"\r\n"
    if kind == 5:
        return b"From: " + random.choice((b"(", b'"a\\', b"<", b"a:", b"@", b"=?x?q?")) * most + b"\r\n"
    return b"From: Ana <ana@citoyen.example>\r\nSubject: Piscine\r\n"
