"""What no sender should send, and somebody will."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u202c\u2069"
SHORT = (
    "", " ", "\0", "a\0b", "\ud800", "x\udfff\ud800y", "\ufeff", "\uffff\ufffe", "\U0010ffff", "\x1b[31m\x07\x08",
    "\r", "a\r\nBcc: x@evil.example", "a\n\nb", "\u2028\u2029\x85\x0b\x0c", f"pis{BIDI}cine", "\u202egnp.exe",
    "مرحبا بالعالم", "שלום", "e" + "\u0301" * 300, "👩‍👩‍👧‍👦" * 20, "\u200b" * 200, "İıſßŉǰ", "ﷺ" * 60,
    "\u115f\u1160\u3164", "½²ª_·", "𝕻𝖎𝖘𝖈𝖎𝖓𝖊", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>", "]]>", "--><!--", "{{7*7}}", "{% load x %}", "{0.__class__}", "{city.secret}",
    "%s%n%(x)s", "${jndi:ldap://x}", "=cmd|' /C calc'!A0", "'; DROP TABLE record_message; --", "' OR '1'='1", "\\",
    "\\'", '"', "%", "%00", "*", "a*", "NEAR(a b, 2)", "a AND", "OR NOT", "col:a", "^a", "(", ")", "a & | !", "<->",
    ":*", "!!", "''", "$$", "- -", "-1", "0", "-0", "1e999", "NaN", "Infinity", "null", "true", "../../etc/passwd",
    "C:\\CON", "/dev/zero", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "http://[::1", "http://a b", "http://" + "a" * 300, "https://xn--\u202e", "//evil.example",
    "https://user:pw@evil.example:99999/", "mailto:a@b", "9" * 40, "1" * 400, "-" + "9" * 25, "0x10", "２０２６",
    "١٢", "2026-W53", "9999-W53", "0001-W01", "0000-W00", "10000-W01", "2026-W-1",
)  # fmt: skip
MOMENTS = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999-12:00", "9999-12-31T23:59:59-23:59", "1969-12-31T23:59:59Z", "1582-10-10T00:00:00Z",
    "2026-02-30T00:00:00Z", "2026-11-16T24:00:00Z", "2026-06-30T23:59:60Z", "2026-11-16T08:00:00+99:99",
    "2026-11-16T08:00:00", "2026-11-16", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-11-16T08:00:00+24:00",
    "2026-W47-1T08:00:00Z", "20261116T080000Z", "2026-03-29T02:30:00+01:00", "2026-11-16T08:00:00.1234567890123Z",
    "1911-03-11T00:00:00+00:09:21",
)  # fmt: skip
LONG: tuple[Callable[[], str], ...] = (
    lambda: "a" * 1_000_000,
    lambda: "é " * 400_000,
    lambda: "ﷺ" * 300_000,  # eighteen letters each, once it is folded
    lambda: "\u0301" * 300_000,
    lambda: "\n" * 200_000,
    lambda: "(" * 100_000,
    lambda: "http://a.b/" * 20_000,
    lambda: "a@b.example " * 20_000,
    lambda: "06 12 34 56 78 " * 20_000,
    lambda: "@" * 100_000,
    lambda: "> " * 50_000,
    lambda: "&amp;" * 50_000,
    lambda: "mot" + "-mot" * 100_000,
    lambda: "'" * 100_000,
    lambda: "".join(f"w{n} " for n in range(100_000)),
    lambda: "".join(f"{n:05}mot " for n in range(110_000)),
)
NUMBERS = (0, -1, 1, 2**31, 2**53, 2**63, -(2**63) - 1, 10**40, 0.1, -0.0, 1e308, True)


def text(random: Random, *, long: float = 0.01) -> str:
    """A bad text; a share of them is very long."""
    if random.random() < long:
        return random.choice(LONG)()
    kind = random.randrange(4)
    if kind == 0:
        return random.choice(SHORT)
    if kind == 1:
        return " ".join(random.choice(SHORT) for _ in range(random.randrange(1, 6)))
    if kind == 2:
        return "".join(chr(random.randrange(0x110000)) for _ in range(random.randrange(40)))
    return random.choice(MOMENTS)


def value(random: Random, depth: int = 3) -> Any:
    """A bad JSON value."""
    kind = random.randrange(8 if depth else 5)
    if kind < 3:
        return text(random)
    if kind == 3:
        return random.choice(NUMBERS)
    if kind == 4:
        return random.choice((None, True, False, [], {}))
    if kind == 5:
        return [value(random, depth - 1) for _ in range(random.randrange(4))]
    if kind == 6:
        return {text(random, long=0): value(random, depth - 1) for _ in range(random.randrange(4))}
    nested: Any = text(random, long=0)
    for _ in range(random.choice((5, 11, 200))):
        nested = {"a": nested} if random.random() < 0.5 else [nested]
    return nested


def as_json(random: Random, data: Any) -> str:
    """As JSON, with or without escapes; surrogates can only be written as escapes."""
    written = json.dumps(data, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.dumps(data)
    return json.dumps(data) if random.random() < 0.5 else written


BYTES = (b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xfe\xff", b"\r", b"\n", b"\x1a", b"\x80" * 8)


def mangled(random: Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Cut, doubled, swapped, with foreign bytes in it, or sewn to another sample."""
    for _ in range(random.randrange(1, 4)):
        at, to = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
        kind = random.randrange(7)
        if kind == 0:
            data = data[:at]
        elif kind == 1:
            data = data[:at] + random.choice(BYTES) + data[at:]
        elif kind == 2:
            data = data[:at] + data[to:]
        elif kind == 3:
            data = data[:to] + data[at:to] * random.choice((1, 1, 50)) + data[to:]
        elif kind == 4 and at < len(data):
            data = data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
        elif kind == 5 and others:
            other = random.choice(others)
            data = data[:at] + other[random.randrange(len(other) + 1) :]
        else:
            data = data[:at] + random.choice(SHORT).encode("utf-8", "surrogatepass") + data[at:]
        data = data[:5_000_000]
    return data
