"""The same text sent to many: what everybody gets, word for word, answers nobody."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

CITIZENS = 5
_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w.+-])@\w(?:[\w.-]*\w)?(?:@\w(?:[\w.-]*\w)?)?")
_EDGES = " ,;:.\N{EN DASH}\N{EM DASH}-"
_BEFORE_MARK = re.compile(r"\s+(?=[!?;:,.…»)])|(?<=[«(])\s+")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the city. `citizen`: whoever it answers, under whatever name stays the same; "" when not known."""

    id: str
    text: str
    citizen: str


def boilerplate(replies: Iterable[Reply], *, citizens: int = CITIZENS) -> set[str]:
    """The ids of the replies whose text went, word for word, to so many distinct citizens or more.

    Case and spacing are folded; digits are kept, for a date or a number of a file makes another answer; handles and
    links are left out, with the punctuation at the edges. A text of links alone is its links; an empty one is nobody's.
    Replies to a citizen who is not known count with the others of their text, but never towards the number.
    """
    ids: dict[str, list[str]] = {}
    reached: dict[str, set[str]] = {}
    for reply in replies:
        if key := _key(reply.text):
            ids.setdefault(key, []).append(reply.id)
            reached.setdefault(key, set()).update([reply.citizen] if reply.citizen else [])
    return {id for key, some in ids.items() if len(reached[key]) >= citizens for id in some}


def _key(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    said = " ".join(_HANDLE.sub(" ", _LINK.sub(" ", text)).split())
    said = _BEFORE_MARK.sub("", said).strip(_EDGES)
    return said or " ".join(_LINK.findall(text))
