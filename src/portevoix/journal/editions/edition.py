"""The edition of a week as a frozen value, which the page, the e-mail and the file render and the record stores.

An edition is a row of typed sections. Citizens' words are always masked in it. Figures that rest on too few waits are
not in it at all, so that no rendering can show them.
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from portevoix.journal.editions.answer_sections import Answered
from portevoix.journal.editions.finding_sections import Attention, Findings, Messages, Repaired
from portevoix.journal.editions.sections import Departments, Promises, Replies, Voices, Volume, Words

type Section = (
    Findings | Attention | Repaired | Messages | Volume | Voices | Words | Replies | Promises | Departments | Answered
)

SECTIONS: dict[str, type[Any]] = {
    each.kind: each
    for each in (
        *(Findings, Attention, Repaired, Messages, Volume, Voices, Words, Replies, Promises, Departments),
        Answered,
    )
}
"""`Words` is of editions that were stored before there were subjects. Findings come first: queries take them there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One week's journal, for a department (`department` its slug) or the whole city ("").

    It shows what was known at `cut_off`. `final`: that has passed; until then the week runs, or has just ended and
    waits for Monday morning. `stored`: it was, so that its content will not change. `compared` counts the weeks before
    that it compares with; `department_names` are those of the slugs that appear in it. `timezone` is the city's; "" of
    an edition that was read from a file: each instant is then told in its own offset.
    """

    week: str
    department: str
    city: str
    timezone: str
    since: datetime
    until: datetime
    cut_off: datetime
    final: bool
    compared: int
    department_names: dict[str, str]
    sections: tuple[Section, ...]
    stored: bool = False

    @property
    def running(self) -> bool:
        """Return whether the week is not over at the cut-off."""
        return self.cut_off < self.until

    @property
    def from_file(self) -> bool:
        """Return whether it was read from a file, and not from a city's record."""
        return not self.timezone

    def section(self, kind: str) -> Any:
        """Return the section of that kind, None when the edition has none."""
        return next((section for section in self.sections if section.kind == kind), None)

    def as_json(self) -> dict[str, Any]:
        """Return what the record stores; instants are RFC 3339, each section names its kind."""
        document: dict[str, Any] = _to_json(self)
        document["sections"] = [{"kind": section.kind, **_to_json(section)} for section in self.sections]
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Edition":
        """Return the edition that `as_json` stored."""
        hints = get_type_hints(cls)
        plain = {
            field.name: _read(hints[field.name], document[field.name])
            for field in fields(cls)
            if field.name not in ("sections", "stored")
        }
        return cls(
            **plain, stored=True, sections=tuple(_read(SECTIONS[each["kind"]], each) for each in document["sections"])
        )


def is_empty(edition: Edition) -> bool:
    """Return whether the week has no messages and no promises."""
    promises = edition.section("promises")
    return not edition.section("volume").total.now and not (promises and promises.total.now)


def read_entry[T](kind: type[T], document: dict[str, Any]) -> T:
    """Return an entry of a section, as `as_json` stored it."""
    entry: T = _read(kind, document)
    return entry


def _to_json(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_to_json(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _read(hint: Any, document: Any) -> Any:
    if isinstance(hint, UnionType):
        return None if document is None else _read(get_args(hint)[0], document)
    if get_origin(hint) is tuple:
        [inner, *_] = get_args(hint)
        return tuple(document) if inner in (str, int, float) else tuple(_read(inner, each) for each in document)
    if is_dataclass(hint):
        kind: Any = hint
        hints = _hints_of(kind)
        return kind(**{name: _read(hints[name], document[name]) for name in hints if name in document})
    return datetime.fromisoformat(document) if hint is datetime else document


@cache
def _hints_of(kind: type[Any]) -> dict[str, Any]:
    """Return the types of a section's fields, by name: an edition has thousands of entries of some twenty kinds."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
