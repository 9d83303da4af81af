"""The blocks of which an edition is made where it leaves the house: e-mail, plain text and PDF write the same ones.

So no rendering has words or numbers of its own: they differ in how a block looks.
"""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. `level` 2 begins a section, 3 a part of one."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph. `soft`: a remark, less important than the rest."""

    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines at the head of an edition: a name and a sentence each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name, its comparison and its margin of error, "" without one."""

    name: str
    number: str
    comparison: str = ""
    margin: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    rows: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list. `badge` says its kind; `note` follows it, less important; `answer` is the department's.

    `finding`: the id of a finding that may be answered, "" for other entries.
    """

    text: str
    badge: str = ""
    note: str = ""
    answer: str = ""
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    rows: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a citizen wrote, masked, and where it comes from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row; the first cell of each row names it. `numbers`: columns of numbers, from 0."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of `render.charts`, by its name: "weeks" or "curve". `alt` says in words what it shows."""

    name: str
    alt: str
    caption: str


type Block = Heading | Words | Lines | Figures | Items | Quote | Table | Chart


def drop_controls(text: str) -> str:
    """Return a text without control characters but line breaks, and without noncharacters: XML and MJML have none."""
    return "".join(each for each in text if each == "\n" or not _is_control(each))


def _is_control(character: str) -> bool:
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_noncharacter or unicodedata.category(character) in ("Cc", "Cs")
