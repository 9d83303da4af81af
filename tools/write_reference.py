"""Writes the pages of docs/en/reference that are listed below from the code; a test holds them to it."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

os.environ["PORTEVOIX_HOME"] = tempfile.gettempdir() + "/portevoix-reference"

from portevoix.barometer.results.document import schema
from portevoix.barometer.results.open_data import TABLES
from portevoix.channels.base import SettingField, installed_channels, pictures, setting_fields, text_limit
from portevoix.channels.media import megabytes
from portevoix.channels.text_limit import MOST_PARTS
from portevoix.config.env import SETTINGS
from portevoix.journal.storage.edition_schema import schema as edition_schema
from portevoix.kernel.messages import Writer
from portevoix.measures.indicators import INDICATORS, Indicator
from portevoix.measures.metrics import METRICS
from portevoix.web.series import SERIES
from tools.french import French
from tools.reference_commands import sections

DOCS = Path(__file__).parent.parent / "docs"
FOLDER = DOCS / "en" / "reference"
FRENCH_FOLDER = DOCS / "fr" / "reference"
NOTE = "<!-- Written by `make docs`; edit the code instead. -->"
Say = Callable[[str], str]
"""Gives a text in the language of the page."""


def as_written(text: str) -> str:
    """Return a text in the language of the code: `Say` of the English pages."""
    return text


def commands(say: Say = as_written) -> Iterator[str]:
    french = say if isinstance(say, French) else None
    yield f"# {say('Commands')}"
    yield say(NOTE)
    if french:
        yield say("Each command prints its own help, in English: `portevoix COMMAND --help`, or `-h`.")
    yield say(
        "Exit status: 0 done; 1 something is wrong with the installation; 2 the input cannot be used; 3 part of it was "
        "refused."
    )
    yield from sections(french)


def settings(say: Say = as_written) -> Iterator[str]:
    yield f"# {say('Settings')}"
    yield say(NOTE)
    yield say(
        "Environment variables. Each may be read from a file instead: add `_FILE` to its name. A variable that begins "
        "with `PORTEVOIX_` and is none of these is refused, by every command and server: a misspelt one would be "
        "passed over in silence."
    )
    empty = say("empty")
    rows = [f"| `{s.name}` | {f'`{s.default}`' if s.default else empty} | {say(s.help)} |" for s in SETTINGS]
    yield "\n".join([f"| {say('setting')} | {say('default')} | |", "|---|---|---|", *rows])


def metrics() -> Iterator[str]:
    yield "# Metrics"
    yield NOTE
    yield "A published metric never changes: it gets a new version. Copies never enter the denominator."
    rows = [
        f"| `{m.code}` | {m.version} | {m.label} | {m.unit} | {m.direction or '–'} | {m.minimum} |"
        for m in METRICS.values()
    ]
    head = ["| code | version | what | unit | better | least sample |", "|---|---|---|---|---|---|"]
    yield "\n".join([*head, *rows])


def indicators() -> Iterator[str]:
    yield "# Indicators of the Barometer"
    yield NOTE
    yield (
        "A published indicator never changes: it gets a new version. *Posts* are the city's outbound messages within "
        "the study's days. A *reply* is one to somebody else, neither automatic nor boilerplate. A *first wait* is a "
        "conversation that a citizen opened by speaking to the city. Below the least sample no value is to be "
        "published. Shares have Wilson's interval of 95 %, those of reactivity Greenwood's on the log-log scale, the "
        "mean wait a normal one. How soon citizens are answered is told on two clocks: day and night, and (`.service`) "
        "within opening hours. What follows *audience* never enters the score of quality."
    )
    head = (
        "| code | version | what | formula | unit | better | least sample | source |\n|---|---|---|---|---|---|---|---|"
    )
    for pillar in dict.fromkeys(i.pillar for i in INDICATORS.values()):
        yield f"## {pillar.capitalize()}"
        yield "\n".join([head, *(_indicator(i) for i in INDICATORS.values() if i.pillar == pillar)])


def _indicator(one: Indicator) -> str:
    better, least = one.direction or "–", one.minimum
    words = (f"`{one.code}`", one.version, one.label, one.formula, one.unit, better, least, one.source)
    return f"| {' | '.join(str(word) for word in words)} |"


def channels_page(say: Say = as_written) -> Iterator[str]:
    yield f"# {say('Channels')}"
    yield say(NOTE)
    for kind, made in installed_channels().items():
        yield f"## {kind}"
        yield say((made.__doc__ or "").strip().splitlines()[0])
        yield say("Abilities: {abilities}.").format(abilities=", ".join(say(one) for one in sorted(made.abilities)))
        if limit := text_limit(kind, {}, Writer("")):
            yield say(
                "Length of a reply: {most} characters, as the network counts them; a longer one leaves as a thread of "
                "up to {parts} posts."
            ).format(most=limit.most, parts=MOST_PARTS)
        if takes := pictures(kind):
            kinds = ", ".join(one.partition("/")[2].upper() for one in takes.types)
            yield say("Pictures with a reply: {most}, of {size} MB each; {kinds}.").format(
                most=takes.most, size=megabytes(takes.bytes), kinds=kinds
            )
        fields = setting_fields(made.Settings)
        rows = [f"| `{name}` | {say(knob.label)} | {_what(knob, say)} |" for name, _, _, knob in fields]
        if rows:
            yield "\n".join([f"| {say('setting')} | | |", "|---|---|---|", *rows])


def _what(knob: SettingField, say: Say) -> str:
    if knob.from_network:
        return say("comes from the network, secret") if knob.secret else say("comes from the network")
    if knob.secret:
        return say("secret")
    return say(knob.help) if knob.help else ""


def monitoring(say: Say = as_written) -> Iterator[str]:
    yield f"# {say('Monitoring')}"
    yield say(NOTE)
    yield say(
        "What `/metrics` tells Prometheus. What to watch, and what to do about it: "
        "[keep it running](../how-to/operate.md)."
    )
    rows = [f"| `{s.name}` | {s.kind} | {', '.join(s.labels) or '–'} | {say(s.help)} |" for s in SERIES]
    yield "\n".join([f"| {say('name')} | {say('kind')} | {say('labels')} | |", "|---|---|---|---|", *rows])


_FIELD_HEAD = "| field | type | |\n|---|---|---|"


def barometer_results() -> Iterator[str]:
    whole = schema()
    cities = whole["properties"].pop("cities")
    yield "# Results of a barometer"
    yield NOTE
    yield (
        "`portevoix barometer build` writes `results.json` into the study’s folder; `publish` puts it into `data/` of "
        "the site, with its JSON schema and the tables below. How the figures come about: "
        "[how cities are ranked](../explanation/ranking.md). What each indicator is: [indicators](indicators.md)."
    )
    yield f"{whole['description']} No field is ever missing. `[]` is each of a list, `*` each by its name or code."
    yield "## The study"
    yield "\n".join([_FIELD_HEAD, *_fields(whole["properties"])])
    yield "## Each city"
    yield f"`cities`: {cities['description']}"
    yield "\n".join([_FIELD_HEAD, *_fields(cities["items"]["properties"])])
    yield from _open_data()


def _open_data() -> Iterator[str]:
    yield "## Open data"
    yield (
        "CSV with commas, in UTF-8 with a byte-order mark. An empty cell has nothing to say; a text that a spreadsheet "
        "would take for a formula begins with an apostrophe. No citizen is in these files: neither text nor name nor "
        "handle, nor a hash of one."
    )
    for file, columns in TABLES.items():
        yield f"### {file}"
        rows = (f"| `{name}` | {unit or '–'} | {meaning} |" for name, (unit, meaning) in columns.items())
        yield "\n".join(["| column | unit | |", "|---|---|---|", *rows])
    yield "### The others"
    yield (
        "| file | |\n|---|---|\n"
        "| `indicators.parquet` | the rows of `indicators.csv`, `enough` being a boolean |\n"
        "| `codebook.csv` | `file`, `column`, `unit`, `meaning` of the columns above, and of each indicator its label, "
        "version and formula |\n"
        "| `schema.json` | the JSON schema of `results.json`, from which this page is written |\n"
        "| `results.json` | all of it |"
    )


def _fields(properties: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """A row for each field, and below it those inside of it."""
    for name, field in properties.items():
        yield f"| `{before}{name}` | {_type(field)} | {field['description']} |"
        inside, each = _inside(field, f"{before}{name}")
        yield from _fields(inside.get("properties", {}), f"{each}.")


def _inside(field: Mapping[str, Any], path: str) -> tuple[Mapping[str, Any], str]:
    """The object that a field holds, at any depth, and the path that leads to one of it."""
    each = next((one for one in field.get("oneOf", [field]) if one.get("type") != "null"), field)
    if each.get("type") == "array":
        return _inside(each["items"], f"{path}[]")
    if isinstance(named := each.get("additionalProperties"), dict):
        return _inside(named, f"{path}.*")
    return each, path


def _type(field: Mapping[str, Any]) -> str:
    if "oneOf" in field:
        return " or ".join(_type(one) for one in field["oneOf"])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"])
    kind = field["type"]
    if kind == "array":
        return f"{'two' if field.get('maxItems') == 2 else 'list of'} {_type(field['items'])}s"
    if kind == "object" and isinstance(named := field.get("additionalProperties"), dict):
        return f"by name: {_type(named)}"
    return kind if isinstance(kind, str) else " or ".join(kind)


def edition() -> Iterator[str]:
    whole = edition_schema()
    yield "# An edition as data"
    yield NOTE
    yield (
        "`portevoix journal build` writes `edition.json` beside the page: from the record, or from a file of messages. "
        "[The journal](../explanation/the-journal.md) says how the figures come about, [subjects and "
        "findings](../explanation/subjects.md) how these are found. The JSON Schema, "
        "[edition.schema.json](../../../src/portevoix/journal/edition.schema.json), is installed with the program."
    )
    yield f"{whole['description']} No field is ever missing, unless it is said here. `[]` is each of a list."
    yield "\n".join([_FIELD_HEAD, *_fields(whole["properties"])])


PAGES: dict[str, Callable[..., Iterator[str]]] = {
    "commands.md": commands,
    "settings.md": settings,
    "metrics.md": metrics,
    "indicators.md": indicators,
    "channels.md": channels_page,
    "monitoring.md": monitoring,
    "barometer-results.md": barometer_results,
    "edition.md": edition,
}


FRENCH_PAGES = ("commands.md", "settings.md", "channels.md", "monitoring.md")
"""Those that are written in French too; their words are in `reference.fr.po`."""


def page(name: str, *say: Say) -> str:
    return "\n\n".join(PAGES[name](*say)) + "\n"


def main() -> int:
    for name in PAGES:
        (FOLDER / name).write_text(page(name), encoding="utf-8")
    french = French()
    for name in FRENCH_PAGES:
        (FRENCH_FOLDER / name).write_text(page(name, french), encoding="utf-8")
    french.save()
    if lacking := french.lacking():
        print("Write the French of these into tools/reference.fr.po, then run `make docs` again:", *lacking, sep="\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
