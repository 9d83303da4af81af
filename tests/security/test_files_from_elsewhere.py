"""Files that an administrator was given by somebody else: results of a study, a policy. What they say stays small."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portevoix.barometer.publish import publish
from portevoix.barometer.results.document import parse
from portevoix.channels.feeds import read_articles
from portevoix.kernel.errors import BadInput
from portevoix.kernel.toml_source import TomlSource
from tests.barometer import sample

REPEATED = 3_000
OFTEN = {"text": "{x}" * REPEATED, "values": {"x": "a" * REPEATED}}
"""Nine million characters, of twelve thousand."""
BEGINNINGS = ("<a ", "<!--", "<![", "</a", "<?", "&#1", "&a", "<![CDATA[", "<script>", " a=", "<a/", "<item><title>")


def results() -> dict:
    return json.loads(json.dumps(sample.small()))


@pytest.mark.parametrize("where", ["unranked", "remarks", "rankings_missing"])
def test_a_sentence_of_results_stays_small(where) -> None:
    document = results()
    if where == "unranked":
        next(city for city in document["cities"] if city["unranked"])["unranked"] = OFTEN
    elif where == "remarks":
        document["remarks"].append({"file": "cities.csv", "row": 1, "grave": False, **OFTEN})
    else:
        document["rankings"]["quantitative"] = None
        document["rankings_missing"]["quantitative"] = OFTEN
        for city in document["cities"]:
            city["rankings"]["quantitative"] = None
    with pytest.raises(BadInput):
        parse(document)


def test_results_as_they_are_can_be_read() -> None:
    assert any(city.unranked for city in parse(results()).cities)


def test_no_name_of_results_leads_out_of_the_site_or_runs_in_it(tmp_path: Path) -> None:
    document, out = results(), tmp_path / "in" / "site"
    code = document["cities"][-1]["code"]
    raw = json.dumps(document).replace(json.dumps(code), json.dumps("../../../evil"))
    document = json.loads(raw)
    document["title"] = '"><script>alert(1)</script>'
    document["cities"][0]["name"] = "</title><script>alert(2)</script>"
    for account in document["cities"][0]["accounts"]:
        account |= {"evidence_url": "javascript:alert(3)", "handle": 'x"><b onclick=alert(4)>'}
    publish(parse(document), out, catalogue=sample.CATALOGUE)
    assert [path.name for path in tmp_path.iterdir()] == ["in"] and [path.name for path in out.parent.iterdir()] == [
        "site"
    ]
    for page in out.rglob("*.html"):
        assert not re.search(r"<script>alert|href=.javascript:|<b onclick", page.read_text(encoding="utf-8")), page


def test_a_line_of_blanks_takes_no_more_time_than_another() -> None:
    few, many = (_seconds(TomlSource(" " * count).line, "hours.mon") for count in (300, 600))
    assert many < 4 * few + 0.02


def _seconds(work: Callable[..., object], *given: str) -> float:
    began = time.process_time()
    work(*given)
    return time.process_time() - began


def test_no_beginning_of_a_tag_keeps_the_reader_of_a_feed_busy() -> None:
    began = time.process_time()
    for beginning in BEGINNINGS:
        read_articles(f"<rss>{beginning * (40_000 // len(beginning))}".encode())
    assert time.process_time() - began < 3
