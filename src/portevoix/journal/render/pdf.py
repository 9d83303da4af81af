"""An edition as an accessible PDF (PDF/UA-1) on A4, for a screen, a printer and a wall.

Typst sets it. Every text reaches it as a string literal: what a citizen wrote is never read as markup.
"""

import importlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from portevoix.journal.editions.edition import Edition
from portevoix.journal.render.blocks import (
    Block,
    Chart,
    Figures,
    Heading,
    Items,
    Lines,
    Quote,
    Table,
    Words,
    drop_controls,
)
from portevoix.journal.render.chart_pictures import draw_charts
from portevoix.journal.render.outline import name_department, outline_edition, say_end, say_week
from portevoix.web.theme_tokens import read_tokens

_TEMPLATE = Path(__file__).with_name("edition.typ")
_UNSHOWABLE = re.compile(r"could not be displayed with")
_FOREIGN = re.compile(
    r"[^\u0000-\u024f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0525\u1e00-\u1eff\u2000-\u206f\u20a0-\u20ba\u20bd-\u20bf\u2190-\u2193]+"
)
"""Characters for which the fonts that ship with Typst may have no picture: emoji, other scripts."""


def render_pdf(edition: Edition, *, lang: str, accent: str, answers: Mapping[str, str] | None = None) -> bytes:
    """Return an edition as a PDF in `lang`. `accent`: the city's colour; `answers`: in words, by the finding's id."""
    with override(lang):
        blocks = outline_edition(edition, answers=answers)
        charts = tuple(block.name for block in blocks if isinstance(block, Chart))
        pictures = draw_charts(edition, charts, accent=accent, form="svg")
        source = _write_source(edition, blocks, lang=lang, accent=accent)
    files = {f"{name}.svg": picture for name, picture in pictures.items()}
    typst = importlib.import_module("typst")  # with the first PDF: it takes memory that no page needs
    try:
        return _compile(source, files)
    except typst.TypstError as error:
        if not _UNSHOWABLE.search(str(error)):
            raise
    with override(lang):
        return _compile(_name_foreign(source), files)


def _compile(source: str, files: Mapping[str, bytes]) -> bytes:
    pdf: bytes = importlib.import_module("typst").compile(
        {"main.typ": source.encode(), **files}, format="pdf", pdf_standards=["ua-1"]
    )
    return pdf


def _name_foreign(source: str) -> str:
    """Return the source with what no font shows replaced by what it is: an emoji by its name, else that it is foreign.

    A reader is told that something stands there; it can be read on the page.
    """
    return _FOREIGN.sub(lambda found: _name_characters(found[0]), source)


def _name_characters(characters: str) -> str:
    if all(unicodedata.category(each) in ("So", "Sk", "Mn", "Cf", "Co", "Cn") for each in characters):
        return _("[emoji]")
    return _("[text in other letters]")


def _write_source(edition: Edition, blocks: Sequence[Block], *, lang: str, accent: str) -> str:
    tokens = read_tokens(accent)
    name = name_department(edition, edition.department)
    week = say_week(edition)
    values = {
        "title": _("The citizens’ journal"),
        "city": edition.city,
        "name": name,
        "week": week,
        "footer": f"{name} · {week}",
        "lang": lang,
        **{token: tokens[key].light for token, key in _COLOURS.items()},
    }
    pairs = ", ".join(f"{key}: {_string(value)}" for key, value in values.items())
    body = "\n".join(map(_write, (*blocks, Words(say_end(edition), soft=True))))
    return f"#let input = ({pairs})\n{_TEMPLATE.read_text(encoding='utf-8')}\n{body}\n"


_COLOURS = {"ink": "ink", "soft": "ink-soft", "rule": "rule-strong", "accent": "accent"}


def _write(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"#heading(level: {level - 1}, {_string(text)})"
        case Words(text, soft):
            return f"#words({_string(text)}, {'true' if soft else 'false'})"
        case Lines(rows):
            return f"#lines({_array(_array(map(_string, row)) for row in rows)})"
        case Figures(rows):
            cells = (_array(map(_string, (row.name, row.number, row.margin, row.comparison))) for row in rows)
            return f"#figures({_array(cells)})"
        case Items(rows):
            cells = (_array(map(_string, (row.badge, row.text, row.note, row.answer))) for row in rows)
            return f"#items({_array(cells)})"
        case Quote(text, source):
            return f"#quotation({_string(text)}, {_string(source)})"
        case Table(caption, head, rows, numbers):
            widths = _array(map(str, _weigh_columns(block)))
            lines = _array(_array(map(_string, row)) for row in rows)
            head_cells = _array(map(_string, head))
            return (
                f"#rows-and-columns({_string(caption)}, {head_cells}, {lines}, {_array(map(str, numbers))}, {widths})"
            )
        case Chart(name, alt, caption):
            return f"#chart({_string(f'{name}.svg')}, {_string(alt)}, {_string(caption)})"


def _weigh_columns(table: Table) -> list[int]:
    """Return how wide each column is against the others: by its longest cell, and the longest word of its head."""
    columns = zip(table.head, *table.rows, strict=True)
    longest = (max(*map(len, head.split()), *map(len, cells), 0) for head, *cells in columns)
    return [min(max(each, _NARROWEST), _WIDEST) for each in longest]


_NARROWEST, _WIDEST = 7, 26
"""Characters of a column."""


def _array(values: Iterable[str]) -> str:
    return "(" + "".join(f"{value}, " for value in values) + ")"


def _string(text: str) -> str:
    """Return a text as a string literal of Typst."""
    escaped = drop_controls(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
