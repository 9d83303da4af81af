"""An edition as an e-mail: HTML by MJML for light and dark, pictures of its charts, and the same as plain text."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from portevoix.journal.editions.edition import Edition
from portevoix.journal.render.blocks import Block, Chart, Words, drop_controls
from portevoix.journal.render.chart_pictures import draw_charts
from portevoix.journal.render.mail_markup import FACES, put_text, write_markup
from portevoix.journal.render.outline import Extent, name_department, outline_edition, say_end, say_week
from portevoix.journal.render.plain_text import wrap_text, write_text
from portevoix.kernel.letters import InlinePicture
from portevoix.web.theme_tokens import Shade, read_tokens

MOST_BYTES = 100_000
"""A mail of more than 102 kB of HTML is cut off by Gmail."""
EXTENTS = (
    Extent(rows=30, subjects=8, quotations=3),
    Extent(rows=12, subjects=5, quotations=2),
    Extent(rows=8, subjects=3, quotations=1),
    Extent(rows=5, subjects=2, quotations=0, tables=False),
    Extent(rows=2, subjects=0, quotations=0, tables=False),
)
"""How much of an edition a mail tells: the first that is short enough. The page tells all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLinks:
    """Addresses in the mail, "" for none: the edition's page, a form for each finding, one to stop it, the feed."""

    page: str = ""
    answer_by_finding: Mapping[str, str]
    stop: str = ""
    feed: str = ""


NO_LINKS = EditionLinks(answer_by_finding={})


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail. The pictures are named in its HTML as `cid:`."""

    subject: str
    text: str
    html: str
    pictures: tuple[InlinePicture, ...]


def write_edition_mail(
    edition: Edition, *, lang: str, links: EditionLinks, answers: Mapping[str, str], accent: str, correction: str = ""
) -> RenderedMail:
    """Return an edition as a mail in `lang`, of less than `MOST_BYTES` of HTML.

    `answers`: what departments answered so far, in words, by the finding's id; `accent`: the city's colour;
    `correction`: what this version corrects.
    """
    with override(lang):
        subject = _write_subject(edition, corrected=bool(correction))
        for extent in EXTENTS:
            blocks = _outline(edition, extent, answers, correction)
            html = _render(subject, edition, blocks, links, accent, lang)
            if len(html.encode()) <= MOST_BYTES:
                break
        text = _write_plain(edition, blocks, links)
        return RenderedMail(subject, text, html, _draw_pictures(edition, blocks, accent))


def _write_subject(edition: Edition, *, corrected: bool) -> str:
    values = {"number": edition.week[6:], "name": name_department(edition, edition.department)}
    text = _("Correction: the citizens’ journal, week {number} – {name}")
    return (text if corrected else _("The citizens’ journal, week {number} – {name}")).format(**values)


def _outline(edition: Edition, extent: Extent, answers: Mapping[str, str], correction: str) -> tuple[Block, ...]:
    blocks = outline_edition(edition, extent=extent, answers=answers)
    if not correction:
        return blocks
    return (Words(_("This edition replaces the one sent before. Corrected: {what}").format(what=correction)), *blocks)


def _write_plain(edition: Edition, blocks: Sequence[Block], links: EditionLinks) -> str:
    head = [_("The citizens’ journal"), name_department(edition, edition.department), say_week(edition)]
    body = write_text(blocks, answer=_("Answer this finding"), addresses=links.answer_by_finding)
    ends = "\n\n".join(f"{name}:\n{address}" for name, address in _name_links(links))
    front = f"{edition.city}\n" if edition.city else ""
    foot = [wrap_text(say_end(edition)), *([ends] if ends else [])]
    parts = [front + "\n".join(head), "", body, "-- ", "\n\n".join(foot), ""]
    return drop_controls("\n".join(parts))


def _name_links(links: EditionLinks) -> Iterator[tuple[str, str]]:
    named = (
        (_("The whole edition, with the messages behind each number"), links.page),
        (_("The journal as a feed"), links.feed),
        (_("Receive this journal no more"), links.stop),
    )
    return ((name, address) for name, address in named if address)


def _render(
    subject: str, edition: Edition, blocks: Sequence[Block], links: EditionLinks, accent: str, lang: str
) -> str:
    """Return the HTML. MJML is imported with the first mail: no page needs it."""
    tokens = read_tokens(accent)
    soft = tokens["ink-soft"].light
    head = (
        f'<p class="soft" style="margin:0;color:{soft};font-size:14px">{escape(edition.city)}</p>'
        f'<h1 style="margin:4px 0;font-family:{FACES};font-size:28px;line-height:1.2">{_("The citizens’ journal")}</h1>'
        f'<p style="margin:0"><b class="accent" style="color:{tokens["accent"].light}">'
        f"{escape(name_department(edition, edition.department))}</b><br>{escape(say_week(edition))}</p>"
    )
    ends = "".join(
        f'<p style="margin:0 0 8px"><a class="accent" style="color:{tokens["accent"].light}" '
        f'href="{escape(address)}">{escape(name)}</a></p>'
        for name, address in _name_links(links)
    )
    body = write_markup(blocks, tokens, answer=_("Answer this finding"), addresses=links.answer_by_finding)
    end = put_text(f'{ends}<p class="soft" style="margin:0;color:{soft};font-size:14px">{escape(say_end(edition))}</p>')
    source = _MJML.format(
        lang=lang,
        title=escape(subject),
        paper=tokens["paper"].light,
        surface=tokens["surface"].light,
        ink=tokens["ink"].light,
        dark=_write_dark(tokens),
        body=put_text(head, "24px 24px 16px") + body + end,
    )
    html: str = importlib.import_module("mjml").mjml2html(drop_controls(source), disable_comments=True)
    return html


def _write_dark(tokens: Mapping[str, Shade]) -> str:
    rules = (
        f"body, .page {{ background: {tokens['paper'].dark} !important }}",
        f".card, .card > table, .card td {{ background: {tokens['surface'].dark} !important }}",
        f".card div, .card td, .card th, .card caption {{ color: {tokens['ink'].dark} !important }}",
        f".card .soft {{ color: {tokens['ink-soft'].dark} !important }}",
        f".card .accent {{ color: {tokens['accent'].dark} !important }}",
        f".card .rule {{ border-color: {tokens['rule'].dark} !important }}",
    )
    return "@media (prefers-color-scheme: dark) { " + " ".join(rules) + " }"


_MJML = """<mjml lang="{lang}" dir="ltr"><mj-head><mj-title>{title}</mj-title>
<mj-attributes><mj-all font-family="'Segoe UI', Helvetica, Arial, sans-serif" />
<mj-text font-size="16px" line-height="1.5" color="{ink}" />
<mj-table font-size="16px" line-height="1.4" color="{ink}" /></mj-attributes>
<mj-raw><meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-style>{dark}</mj-style></mj-head>
<mj-body background-color="{paper}" css-class="page" width="640px">
<mj-section background-color="{surface}" css-class="card" padding="0 0 24px">
<mj-column>{body}</mj-column></mj-section></mj-body></mjml>"""
# No face in it may be one that MJML knows on the web: it would have mail programs fetch it.


def _draw_pictures(edition: Edition, blocks: Sequence[Block], accent: str) -> tuple[InlinePicture, ...]:
    shown = {block.name: block.alt for block in blocks if isinstance(block, Chart)}
    pictures = draw_charts(edition, tuple(shown), accent=accent, form="png")
    return tuple(InlinePicture(name, "image/png", content, shown[name]) for name, content in pictures.items())
