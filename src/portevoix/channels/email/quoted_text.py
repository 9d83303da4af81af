"""Separation of earlier letters and signatures from what the citizen writes now, without losing a line.

When in doubt the text stays: unneeded quoted text costs a glance, while a wrong fold hides what somebody said.
"""

import re
import warnings

from mailparser_reply.parser import EmailMessage

LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pl")
MOST_LINES = 400  # looked at, from the top
MOST_WIDTH = 160  # characters of a line looked at: the library's patterns are quadratic in it
SIGNATURE_LINES = 12
SIGNATURE_CHARACTERS = 600

_FORWARD_PREFIX = re.compile(r"^\s*(fwd?|tr|wg|rv|i|fs|doorst)\s*:", re.IGNORECASE)
_FORWARD_LINE = re.compile(
    r"^[ >]{0,20}-{3,20} *(forwarded|message transf|transf[ée]r|weitergeleitet|mensaje reenv|messaggio inoltr).*|"
    r"^[ >]{0,20}(d[ée]but du message (transf|r[ée]exp)|begin forwarded|forwarded by)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADINGS = (
    # “Le lun. 23 nov. 2026 à 10:20, Mairie <contact@…>” and “a écrit :” often stand on two or three lines.
    re.compile(r"^Le [^\n]{3,}(\n[^\n]+){0,2}?\s(a|à)\sécrit\s*:\s*$", re.MULTILINE),
    re.compile(r"^(On|Am|El|Il|Op) [^\n]{6,}(\n[^\n]+){0,2}?\s?(wrote|schrieb[^\n]*|escribió|ha scritto|schreef[^\n]*)"
               r"\s*:\s*$", re.MULTILINE),
    re.compile(r"^-{3,} ?(message d.origine|message original|original message|ursprüngliche nachricht|mensaje original|"
               r"messaggio originale|oorspronkelijk bericht) ?-{3,}\s*$", re.MULTILINE | re.IGNORECASE),
    re.compile(r"^[_]{20,}\s*\n+\*?(De|From|Von|Da|Van) ?:", re.MULTILINE),
    re.compile(r"^\*?(De|From|Von|Da|Van) ?:\*?[^\n]+\n(?:[^\n]*\n){0,4}?\*?(Objet|Subject|Betreff|Asunto|Oggetto|"
               r"Onderwerp) ?:", re.MULTILINE),
)  # fmt: skip
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of how the library itself calls `re.sub`
    _LIBRARY: re.Pattern[str] = EmailMessage(text="", languages=list(LANGUAGES)).HEADER_REGEX
_HEADING_WORDS = (
    "écrit",
    "wrote",
    "schrieb",
    "escribió",
    "scritto",
    "schreef",
    "nadesłał",
    "napisał",
    "original message",
)
_FIELD_NAME = re.compile(r"^[> *]*\w{0,12} {0,2}:", re.MULTILINE)
"""One or the other stands in whatever the library's pattern finds, which takes fifty times as long."""
_MARKS = (":", "---", "___")  # one of them stands in whatever these patterns find
_SIGN_OFF = re.compile(
    r"^(-- ?|(bien |très |tres )?(cordialement|respectueusement)\b.{0,40}|(sinc[èe]res|meilleures|cordiales) "
    r"(salutations|pens[ée]es)\b.{0,40}|(envoy[ée]|sent|gesendet|enviado|inviato|verzonden) "
    r"(de |depuis |from |von |desde |da |vanaf ).{0,60}|(best|kind|warm) regards\b.{0,20}|"
    r"(t[ée]l[ée]charger|obtenir|get) outlook .{0,60}|mit freundlichen grüßen.{0,20})$",
    re.IGNORECASE | re.MULTILINE,
)


def fold(text: str, *, subject: str = "") -> tuple[str, str]:
    """Return (text, quoted): the new text, and the earlier text with the signature. Together they hold every line.

    A forwarded letter is not folded, since the citizen wants it read. Nor are answers between quoted lines.
    """
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    if _FORWARD_PREFIX.match(subject) or _FORWARD_LINE.search(text):
        return text, ""
    lines = text.split("\n")
    reply_lines, before, after = _split(lines, _heading(lines))
    signature = _signature(reply_lines)
    reply = "\n".join((*reply_lines[:signature], *([""] if after else []), *after)).strip()
    quotation = "\n".join(
        (*reply_lines[signature:], *([""] if reply_lines[signature:] and before else []), *before)
    ).strip()
    return (reply, quotation) if reply else (text, "")


def _heading(lines: list[str]) -> int:
    """Return the line on which the earlier letter begins; the number of lines when there is none."""
    first_quote = next((number for number, line in enumerate(lines) if line.startswith(">")), len(lines))
    # Only what stands above the first quoted line decides.
    probe = "\n".join(line[:MOST_WIDTH] for line in lines[: min(first_quote, MOST_LINES)])
    if not any(mark in probe for mark in _MARKS):
        return first_quote
    lower = probe.lower()
    likely = _FIELD_NAME.search(probe) or any(word in lower for word in _HEADING_WORDS)
    every = (pattern.search(probe) for pattern in ((*_HEADINGS, _LIBRARY) if likely else _HEADINGS))
    starts = [match.start() + _leading(match[0]) for match in every if match]
    return min((*(probe.count("\n", 0, start) for start in starts), first_quote))


def _split(lines: list[str], heading: int) -> tuple[list[str], list[str], list[str]]:
    """Return the lines above the earlier letter, the letter, and the lines below it."""
    above, rest = lines[:heading], lines[heading:]
    quote_numbers = [number for number, line in enumerate(rest) if line.startswith(">")]
    if not quote_numbers:
        return above, rest, []
    first, last = quote_numbers[0], quote_numbers[-1]
    below = rest[last + 1 :]
    between = any(line and not line.startswith(">") for line in rest[first:last])
    if between:  # answers between the lines: they make sense only where they stand
        return lines, [], []
    if any(below):
        return above, rest[: last + 1], below
    return above, rest, []


def _signature(lines: list[str]) -> int:
    """Return the line on which a short signature begins; the number of lines when there is none."""
    tail = max(0, len(lines) - SIGNATURE_LINES)
    probe = "\n".join(line[:MOST_WIDTH] for line in lines[tail:])
    if len(probe) > SIGNATURE_CHARACTERS * 3:
        return len(lines)
    match = _SIGN_OFF.search(probe)
    if match is None:
        return len(lines)
    start = tail + probe.count("\n", 0, match.start())
    short = sum(map(len, lines[start:])) <= SIGNATURE_CHARACTERS
    return start if short and any(line for line in lines[:start]) else len(lines)


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip())
