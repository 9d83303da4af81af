"""`portevoix text mask`: personal data taken out of messages."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from portevoix.cli.text.lines import Line, answer_lines

if TYPE_CHECKING:
    from portevoix.text.privacy import Found

_LANGUAGES = ("fr", "en")
_OF_AUTHOR = ("name", "handle", "id")


@click.command()
@click.option("--reversible", is_flag=True, help='Number what is masked, and add "values", which put it back.')
def mask(*, reversible: bool) -> None:
    """Take personal data out of messages.

    Each line comes back with its text, its subject, its author and what describes its pictures masked, and with
    "masked": what was found in the text, with its kind and its place (start and end, in characters of the text as it
    was), and elsewhere, marked with "field". The account that the line names is not masked. With --reversible,
    "values" tells what stands behind each numbered place of the line: keep it inside the house.

    Exit status: 0, 3 when some lines were refused.
    """
    from portevoix.text import language, privacy  # noqa: PLC0415 - the language model would slow --help

    def mask_line(line: Line) -> Line:
        fields = _fields(line)
        names = [value for path, value in fields.items() if path[-1] in ("name", "handle")]
        exempt_names = [line["account"]] if isinstance(line.get("account"), str) else []
        lang = str(line.get("lang") or language.detect(line["text"], _LANGUAGES)[0] or "fr").split("-")[0]
        if reversible:
            results = privacy.mask_together(list(fields.values()), names=names, lang=lang, spared=exempt_names)
            texts, spans = [each.text for each in results], [each.found for each in results]
            values = {place: value for each in results for place, value in each.values.items()}
        else:
            spans = [privacy.find(text, names, spared=exempt_names) for text in fields.values()]
            texts = [privacy.cover(*pair, lang=lang) for pair in zip(fields.values(), spans, strict=True)]
            values = None
        masks = list(_mask_rows(dict(zip(fields, spans, strict=True))))
        more = {"masked": masks} if values is None else {"masked": masks, "values": values}
        return _with(line, dict(zip(fields, texts, strict=True))) | more

    answer_lines(lambda lines: map(mask_line, lines))


def _fields(line: Line) -> dict[tuple[str, ...], str]:
    """Return the fields that may hold personal data, by their path in the line."""
    author = line.get("author")
    of_author = author if isinstance(author, Mapping) else {}
    texts: dict[tuple[str, ...], Any] = {("text",): line["text"], ("subject",): line.get("subject")}
    texts |= {("author", key): of_author.get(key) for key in _OF_AUTHOR}
    texts |= {("media", str(number), "alt"): media.get("alt") for number, media in enumerate(_media(line))}
    return {path: value for path, value in texts.items() if isinstance(value, str)}


def _media(line: Line) -> list[Mapping[str, Any]]:
    """Return its pictures; other items stay in their place, empty."""
    media = line.get("media")
    return [one if isinstance(one, Mapping) else {} for one in media] if isinstance(media, list) else []


def _mask_rows(spans_by_path: Mapping[tuple[str, ...], "Sequence[Found]"]) -> Iterator[Line]:
    for path, here in spans_by_path.items():
        if path[0] != "author":
            field = {} if path == ("text",) else {"field": ".".join(path)}
            yield from ({"kind": each.kind, "start": each.start, "end": each.end} | field for each in here)


def _with(line: Line, texts: Mapping[tuple[str, ...], str]) -> dict[str, Any]:
    """Return a copy of the line, with these texts at their paths."""
    new = copy.deepcopy(dict(line))
    for path, text in texts.items():
        within: Any = new
        for step in path[:-1]:
            within = within[int(step) if isinstance(within, list) else step]
        within[path[-1]] = text
    return new
