"""Detection of boilerplate: the same text sent to many citizens is not an answer."""

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
    """A reply of the city. `citizen`: any constant name of the citizen answered; "" when not known."""

    id: str
    text: str
    citizen: str


def boilerplate(replies: Iterable[Reply], *, citizens: int = CITIZENS) -> set[str]:
    """Return the ids of the replies whose text went, word for word, to at least `citizens` distinct citizens.

    Case and spacing are folded; digits are compared, since another date or file number makes another answer; handles
    and links are left out, with the punctuation at the edges. A text of links alone is its links; empty texts are
    ignored. Replies to unknown citizens are included with others of their text, but do not count towards the number.
    """
    ids: dict[str, list[str]] = {}
    recipients: dict[str, set[str]] = {}
    for reply in replies:
        if key := _key(reply.text):
            ids.setdefault(key, []).append(reply.id)
            recipients.setdefault(key, set()).update([reply.citizen] if reply.citizen else [])
    return {id for key, some in ids.items() if len(recipients[key]) >= citizens for id in some}


def _key(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    words = " ".join(_HANDLE.sub(" ", _LINK.sub(" ", text)).split())
    words = _BEFORE_MARK.sub("", words).strip(_EDGES)
    return words or " ".join(_LINK.findall(text))
