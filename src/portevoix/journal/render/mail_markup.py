"""The blocks of an edition as MJML, which becomes HTML that mail programs understand."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.html import escape

from portevoix.journal.render.blocks import Block, Chart, Figures, Heading, Item, Items, Lines, Quote, Table, Words
from portevoix.web.theme_tokens import Shade

FACES = "Georgia, 'Times New Roman', serif"
_BODY = "font-size:16px;line-height:1.5"


def write_markup(
    blocks: Sequence[Block], tokens: Mapping[str, Shade], *, answer: str, addresses: Mapping[str, str]
) -> str:
    """Return blocks as `mj-text` and `mj-image`. `addresses`: where a finding may be answered, by its id."""
    return "\n".join(part for block in blocks for part in _write(block, tokens, answer, addresses))


def put_text(html: str, padding: str = "0 24px 12px") -> str:
    """Return a piece of HTML as a text of MJML."""
    return f'<mj-text padding="{padding}">{html}</mj-text>'


def _write(block: Block, tokens: Mapping[str, Shade], answer: str, addresses: Mapping[str, str]) -> Iterator[str]:
    soft, rule = tokens["ink-soft"].light, tokens["rule"].light
    match block:
        case Heading(text, level):
            size, space = ("21px", "20px 24px 8px") if level == 2 else ("17px", "10px 24px 6px")
            style = f"margin:0;font-family:{FACES};font-size:{size};line-height:1.25"
            yield put_text(f'<h{level} style="{style}">{escape(text)}</h{level}>', space)
        case Words(text, is_soft):
            style = f' class="soft" style="margin:0;color:{soft};font-size:14px"' if is_soft else ' style="margin:0"'
            yield put_text(f"<p{style}>{_lines(text)}</p>")
        case Lines(rows):
            for name, text in rows:
                yield put_text(f'<p style="margin:0"><b>{escape(name)}</b><br>{_lines(text)}</p>')
        case Figures(rows):
            yield from _write_figures(block, soft, rule)
        case Items(rows):
            yield put_text("".join(_write_item(row, tokens, answer, addresses) for row in rows))
        case Quote(text, source):
            quote = f"margin:0;padding:0 0 0 12px;border-left:3px solid {rule};font-family:{FACES}"
            yield put_text(
                f'<blockquote class="rule" style="{quote}">{_lines(text)}</blockquote>'
                f'<p class="soft" style="margin:4px 0 0;color:{soft};font-size:14px">{escape(source)}</p>'
            )
        case Table():
            yield _write_table(block, soft, rule)
        case Chart(name, alt, caption):
            yield (
                f'<mj-image src="cid:{name}" alt="{_escape_attribute(alt)}" width="480px" padding="0 24px 4px" '
                'border-radius="6px" container-background-color="transparent" />'
            )
            yield put_text(f'<p class="soft" style="margin:0;color:{soft};font-size:14px">{escape(caption)}</p>')


def _write_figures(block: Figures, soft: str, rule: str) -> Iterator[str]:
    """Yield the figures as rows, name left and number right: they stay side by side on the narrowest screen."""
    rows = "".join(
        f'<tr><th scope="row" class="rule" style="{_CELL};text-align:left;font-weight:normal;border-bottom:1px solid '
        f'{rule}">{escape(row.name)}'
        + (
            f'<br><span class="soft" style="color:{soft};font-size:14px">{escape(row.comparison)}</span>'
            if row.comparison
            else ""
        )
        + f'</th><td class="rule" style="{_CELL};text-align:right;white-space:nowrap;'
        f'border-bottom:1px solid {rule};font-size:22px">'
        f"<b>{escape(row.number)}</b>{_write_margin(row.margin, soft)}</td></tr>"
        for row in block.rows
    )
    yield f'<mj-table padding="4px 24px 12px">{rows}</mj-table>'


def _write_margin(margin: str, soft: str) -> str:
    return f'<br><span class="soft" style="color:{soft};font-size:14px">{escape(margin)}</span>' if margin else ""


_CELL = "padding:6px 8px 6px 0;vertical-align:top"


def _write_item(item: Item, tokens: Mapping[str, Shade], answer: str, addresses: Mapping[str, str]) -> str:
    soft, accent = tokens["ink-soft"].light, tokens["accent"].light
    parts = [
        f'<b class="accent" style="color:{accent}">{escape(item.badge)}</b> · ' if item.badge else "",
        _lines(item.text),
    ]
    if item.note:
        parts.append(f'<br><span class="soft" style="color:{soft};font-size:14px">{escape(item.note)}</span>')
    if item.answer:
        parts.append(f"<br>→ <b>{_lines(item.answer)}</b>")
    elif address := addresses.get(item.finding):
        link = f"display:inline-block;padding:8px 0;color:{accent}"
        parts.append(f'<br><a class="accent" style="{link}" href="{escape(address)}"><b>{escape(answer)}</b></a>')
    return f'<p style="margin:0 0 10px">{"".join(parts)}</p>'


def _write_table(table: Table, soft: str, rule: str) -> str:
    head = "".join(
        f'<th scope="col" class="soft rule" style="{_cell(place in table.numbers)};color:{soft};border-bottom:1px '
        f'solid {rule}">{escape(name)}</th>'
        for place, name in enumerate(table.head)
    )
    rows = "".join(f"<tr>{_write_row(row, table, rule)}</tr>" for row in table.rows)
    caption = f'<caption style="text-align:left;padding:0 0 4px"><b>{escape(table.caption)}</b></caption>'
    return f'<mj-table font-size="14px" padding="4px 24px 14px">{caption}<tr>{head}</tr>{rows}</mj-table>'


def _write_row(row: Sequence[str], table: Table, rule: str) -> str:
    cells = []
    for place, cell in enumerate(row):
        tag = ("th", ' scope="row"') if not place else ("td", "")
        style = f"{_cell(place in table.numbers)};border-bottom:1px solid {rule}"
        cells.append(f'<{tag[0]}{tag[1]} class="rule" style="{style}">{escape(cell)}</{tag[0]}>')
    return "".join(cells)


def _cell(is_number: bool) -> str:
    return f"{_CELL};font-weight:normal;text-align:{'right' if is_number else 'left'}"


def _escape_attribute(text: str) -> str:
    """Return a text for an attribute of MJML, which writes backslashes and no-break spaces as Rust would show them."""
    return "".join(each if each.isascii() and each != "\\" else f"&#{ord(each)};" for each in str(escape(text)))


def _lines(text: str) -> str:
    return str(escape(text)).replace("\n", "<br>")
