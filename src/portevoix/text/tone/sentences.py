"""Sentences of a reply without greeting and signature, and passages cut at natural boundaries."""

import re
from functools import lru_cache

from portevoix.text.tone.folding import MOST_CHARACTERS, sentences

FEWEST_WORDS = 4
"""A sentence with fewer words is not judged alone."""
MOST_SENTENCES = 60
MOST_WORDS = 8
"""A clause of at most so many words is shown whole."""
_NAME = r"(?:[A-ZÀ-Þ][\w’'.-]*|et|and|de|du|à tou(?:te)?s|all|everyone|there)"
_GREETING = re.compile(
    r"\A\s*(?:@[\w.-]+\s*)?(?i:bonjour|bonsoir|madame|monsieur|mesdames|messieurs|hello|hi|dear|chère?s?"
    rf"|good (?:morning|afternoon|evening))(?:,? {_NAME})*\s*(?:[,!.\n]+|\Z)\s*"
)
_CLOSING = re.compile(
    r"^[ \t]*(?i:(?:bien )?(?:cordialement|sincèrement|respectueusement)(?: à vous)?|bien à (?:vous|toi)"
    r"|(?:bonne|belle|excellente) (?:journée|soirée)|(?:kind|best|warm) (?:regards|wishes)|regards|sincerely"
    r"|yours(?: sincerely| faithfully)?)[ \t]*[,.!]*[ \t]*$"
    r"|^[ \t]*(?i:veuillez (?:agréer|recevoir|croire)|je vous prie (?:d[’']agréer|de (?:recevoir|croire)))\b",
    re.MULTILINE,
)
_SIGNATURE = re.compile(
    r"\n[ \t]*(?:[Ll][ea]s? |[Ll]['’]|[Tt]he |[Vv]otre |[Yy]our )?(?:[A-ZÀ-Þ])[^\n.!?…:]{1,60}\s*\Z"
)
_QUOTATION = re.compile(r"«[^«»\n]*»|“[^“”\n]*”|\"[^\"\n]*\"")
FEWEST_QUOTED = 3
_BREAK = re.compile(r"[,;:.!?…]+(?=[\s)»\"”]|$)|[()«»\"“”\n]| [–—-] |[\u2600-\u27bf\U0001f000-\U0001faff]")
_WORD = re.compile(r"[^\W_]+")
_VARIATION = "\ufe0f"
"""A variation selector, part of the emoji before it."""
_OPENING = re.compile(
    r"(?:(?<![\w’'])(?:[ldjcsmtn]|qu)[’']|\b(?i:ne|n[’']|pas|non|très|si|plus|le|la|les|un|une|des|du|ce|cette|"
    r"the|a|an|this|not|very|so) )\Z"
)
_LEADS_ON = re.compile(
    r"(?:\b(?i:de|du|des|d|à|au|aux|le|la|les|un|une|en|par|pour|que|qui|ne|se|votre|vos|to|of|the|a|an|be|for|by|"
    r"with|in|your|not)|[’'])\Z"
)
_NEXT = re.compile(r" ?[\w’'-]+")


@lru_cache(64)
def body(text: str) -> tuple[int, int]:
    """Return the end of the greeting and the start of the signature.

    A greeting has only formal words and names, unlike “Salut mon pote”.
    """
    text = text[:MOST_CHARACTERS]
    greeting = _GREETING.match(text)
    start = greeting.end() if greeting else 0
    closing = _CLOSING.search(text, start) or _SIGNATURE.search(text, start)
    return start, closing.start() if closing else len(text)


def said(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence that can be judged alone."""
    first, last = body(text)
    cut = [(max(start, first), min(end, last)) for start, end in sentences(text)[:MOST_SENTENCES]]
    return [(a, b) for a, b in cut if a < b and len(_WORD.findall(text, a, b)) >= FEWEST_WORDS]


def own(text: str) -> str:
    """Return the text with quoted sentences blanked: those are not the writer's words."""
    return _QUOTATION.sub(lambda found: " " * len(found[0]) if _many(found[0]) else found[0], text)


def _many(quoted: str) -> bool:
    return len(_WORD.findall(quoted)) >= FEWEST_QUOTED


def grown(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a passage around this one that makes sense: its clause if short, else without words or “n’” cut off.

    Marks and emojis are not extended.
    """
    if not _WORD.search(text, start, end):
        return start, end + (text[end : end + 1] == _VARIATION)
    first, last = body(text)
    clause = _clause(text, start, end, first if start >= first else 0, last if end <= last else len(text))
    if len(_WORD.findall(text, *clause)) <= MOST_WORDS:
        return clause
    return _widen(text, start, end, clause)


def _clause(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    left = max((break_before.end() for break_before in _BREAK.finditer(text, first, start)), default=first)
    after = _BREAK.search(text, end, last)
    right = after.start() if after else last
    piece = text[left:start]
    return left + len(piece) - len(piece.lstrip()), max(end, left + len(text[left:right].rstrip()))


def _widen(text: str, start: int, end: int, clause: tuple[int, int]) -> tuple[int, int]:
    while start > clause[0] and (text[start - 1].isalnum() or text[start - 1] in "-’'"):
        start -= 1
    while opening := _OPENING.search(text, clause[0], start):
        start = opening.start()
    while end < clause[1] and (text[end].isalnum() or (text[end] == "-" and text[end - 1].isalnum())):
        end += 1
    while end < clause[1] and _LEADS_ON.search(text, start, end) and (more := _NEXT.match(text, end, clause[1])):
        end = more.end()
    return start, end
