"""The blocks of an edition as plain text, which says all that the e-mail's HTML says."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from portevoix.journal.render.blocks import (
    Block,
    Chart,
    Figure,
    Figures,
    Heading,
    Item,
    Items,
    Lines,
    Quote,
    Table,
    Words,
)

WIDTH = 72


def write_text(blocks: Sequence[Block], *, answer: str, addresses: Mapping[str, str]) -> str:
    """Return blocks as text. `addresses`: where a finding may be answered, by its id; `answer` invites to it."""
    return "\n\n".join(filter(None, ("\n".join(_write(block, answer, addresses)) for block in blocks))) + "\n"


def _write(block: Block, answer: str, addresses: Mapping[str, str]) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield _write_heading(text, level)
        case Words(text):
            yield wrap_text(text)
        case Lines(rows):
            yield "\n\n".join(wrap_text(_name_value(name, text)) for name, text in rows)
        case Figures(rows):
            yield "\n".join(map(_write_figure, rows))
        case Items(rows):
            for item in rows:
                yield from _write_item(item, answer, addresses)
        case Quote(text, source):
            yield textwrap.indent(wrap_text(text), "> ") + "\n" + wrap_text(f"  ({source})", "  ")
        case Table():
            yield from _write_table(block)
        case Chart(alt=alt, caption=caption):
            yield wrap_text(f"{caption} {alt}")


def _write_heading(text: str, level: int) -> str:
    line = ("=" if level == 2 else "-") * min(len(text), WIDTH)
    return f"\n{text.upper()}\n{line}" if level == 2 else f"{text}\n{line}"


def _write_figure(row: Figure) -> str:
    number = _name_value(row.name, f"{row.number} {row.margin}".rstrip())
    return wrap_text(f"* {number}" + (f" — {row.comparison}" if row.comparison else ""), "  ")


def _write_item(item: Item, answer: str, addresses: Mapping[str, str]) -> Iterator[str]:
    badge = f"[{item.badge}] " if item.badge else ""
    yield wrap_text(f"* {badge}{item.text}" + (f" ({item.note})" if item.note else ""), "  ")
    if item.answer:
        yield wrap_text(f"  -> {item.answer}", "     ")
    elif address := addresses.get(item.finding):
        yield f"  {_name_value(answer, address)}"


def _write_table(table: Table) -> Iterator[str]:
    """Yield a row a line: columns do not line up in every mail program, and are read out one after the other."""
    yield table.caption
    for first, *cells in table.rows:
        if len(cells) == 1:
            yield wrap_text(f"* {_name_value(first, cells[0])}", "  ")
            continue
        named = [_name_value(name, cell) for name, cell in zip(table.head[1:], cells, strict=True)]
        yield wrap_text(f"* {first} — " + "; ".join(named), "  ")


def _name_value(name: str, value: str) -> str:
    """Return a name and a value, with a colon as the language sets it."""
    return _("{name}: {value}").format(name=name, value=value)


def wrap_text(text: str, indent: str = "") -> str:
    """Return a text in lines of at most WIDTH, `indent` before all but the first; addresses stay whole."""
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )
