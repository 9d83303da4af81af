"""`portevoix text mask`, as its user runs it."""

import json

import pytest
from click.testing import CliRunner

from portevoix.cli.text.mask import mask

LINE = {
    "channel": "email", "account": "mairie@valmont.example", "author": {"id": "zoe@k.example", "name": "Zoé Kermarrec"},
    "subject": "Le bac de Zoé", "text": "Bonjour mairie@valmont.example, ici kermarrec, 06 12 34 56 78.", "lang": "fr",
}  # fmt: skip


def answers(*arguments: str, lines: list[dict | str]) -> tuple[int, list[dict]]:
    given = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = CliRunner().invoke(mask, arguments, input=given.encode())
    assert not done.exception or done.exit_code == 3, done.exception
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_it_masks_for_good_text_subject_and_author() -> None:
    code, (told,) = answers(lines=[LINE])
    assert code == 0 and told["text"] == "Bonjour mairie@valmont.example, ici [nom], [téléphone]."
    assert told["subject"] == "Le bac de [nom]" and told["author"] == {"id": "[courriel]", "name": "[nom]"}
    name = next(each for each in told["masked"] if "field" not in each)
    assert LINE["text"][name["start"] : name["end"]] == "kermarrec" and "values" not in told
    assert told["channel"] == "email"


def test_what_describes_a_picture_is_masked_where_it_stands() -> None:
    media = [{"url": "https://x.example/1.jpg", "alt": "Le bac de Zoé Kermarrec"}, "no picture", {"url": "y", "alt": 3}]
    _, (told,) = answers(lines=[{**LINE, "media": media}])
    assert told["media"] == [{**media[0], "alt": "Le bac de [nom]"}, *media[1:]]
    assert [each["field"] for each in told["masked"] if "field" in each] == ["subject", "media.0.alt"]


def test_what_is_reversible_has_its_values() -> None:
    _, (told,) = answers("--reversible", lines=[LINE])
    back = told["text"]
    for place, value in told["values"].items():
        back = back.replace(place, value)
    assert back == LINE["text"]


@pytest.mark.parametrize("bad", ["nonsense", {"text": 3}])
def test_a_bad_line_keeps_its_place(bad: dict | str) -> None:
    code, told = answers(
        lines=[{"text": "I met Karim"}, bad, {"text": "", "author": "x", "account": "", "x": "\ud800"}]
    )
    assert code == 3 and [set(line) & {"error", "masked"} for line in told] == [{"masked"}, {"error"}, {"masked"}]
    assert told[0]["text"] == "I met [name]"
