"""`portevoix journal`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from portevoix.cli.django_setup import set_up_django
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

LANGUAGES = ("fr", "en")


@click.group()
def journal() -> None:
    """Compose the weekly journal: what citizens said, what goes wrong and well, what was promised."""


@journal.command()
@click.option("--week", metavar="2026-W47", required=True, help="The ISO week: its year, then its number.")
@click.option("--department", metavar="SLUG", default="", help="One department; without it, the whole city.")
@click.option(
    "--out", metavar="DIR", required=True, type=click.Path(path_type=Path, file_okay=True), help="Made if missing."
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the page; the city's own if not given.")
def build(week: str, department: str, out: Path, language: str | None) -> None:
    """Write DIR/index.html, which reads without a network, and DIR/edition.json, the same as data.

    A week that is over is composed once, as it was known on the Monday after it at eight, and then says the same
    whenever it is built. One that is running is told until now. Whatever citizens wrote is masked, also where
    a department reads on its own page in which street a street light is broken.

    \b
    Example: portevoix journal build --week 2026-W47 --department sports --out journal-sports
    """
    set_up_django()
    from portevoix.journal.render import html  # noqa: PLC0415 -- Django is ready only now
    from portevoix.journal.stored_editions import read_for_file  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.queries.city import city  # noqa: PLC0415 -- Django is ready only now

    home = city()
    page_language = language or (home.language if home else "")
    lang = page_language if page_language in LANGUAGES else LANGUAGES[0]
    edition = read_for_file(week=week, department=department, lang=lang, now=datetime.now(UTC))
    page = html.page(edition, language=lang, accent=home.accent)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "index.html").write_text(page, encoding="utf-8")
        data = json.dumps(edition.as_json(), ensure_ascii=False, indent=1)
        (out / "edition.json").write_text(data + "\n", encoding="utf-8")
    except OSError as error:
        message = gettext_noop("Nothing can be written to {place}: {why}.")
        raise BadInput(message, place=str(out), why=error.strerror or "") from error
    click.echo(str(out / "index.html"))
