"""Editions as anybody may read them: what was stored for a department's own eyes is masked again."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from portevoix.journal.editions.answer_sections import AnsweredRow
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import (
    AttentionRow,
    DemandRow,
    FindingRow,
    RepairedRow,
    Rewording,
    SubjectRow,
)
from portevoix.journal.editions.sections import DepartmentRow, PromiseRow, Voice
from portevoix.text.privacy import mask
from portevoix.text.privacy.sensitive_subjects import is_sensitive

QUOTING: Mapping[type[Any], tuple[str, ...]] = MappingProxyType({
    AnsweredRow: ("text",),
    AttentionRow: ("gist",),
    DemandRow: ("phrase",),
    DepartmentRow: ("phrase",),
    FindingRow: ("phrase",),
    PromiseRow: ("gist",),
    RepairedRow: ("text", "reply", "thanks"),
    SubjectRow: ("phrase",),
    Voice: ("text",),
})  # fmt: skip
"""The fields that hold citizens' words, or the city's about them."""
_WHOLE = (Voice, RepairedRow)
"""Rows that are nothing without these words."""


def mask_strictly(edition: Edition, *, lang: str) -> Edition:
    """Return an edition with all personal data in it masked, and without quotations of what is sensitive."""
    sections = tuple(_mask(section, partial(mask, lang=lang)) for section in edition.sections)
    return replace(edition, sections=sections)


def _mask(value: Any, masked: "partial[str]") -> Any:
    if isinstance(value, tuple):
        return tuple(_mask(each, masked) for each in value if not _is_left_out(each, masked))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {field.name: _mask(getattr(value, field.name), masked) for field in fields(value)}
    for name in QUOTING.get(type(value), ()):
        text = getattr(value, name)
        changes[name] = "" if is_sensitive(text) else masked(text)
    return replace(value, **changes)


def _is_left_out(row: Any, masked: "partial[str]") -> bool:
    if isinstance(row, Rewording):  # its numbers would no longer be those of the lines
        return any(is_sensitive(line) or masked(line) != line for line in row.lines)
    return isinstance(row, _WHOLE) and any(is_sensitive(getattr(row, name)) for name in QUOTING[type(row)])
