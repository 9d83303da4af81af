"""How many dangers are noticed that somebody else wrote, and how many harmless messages are taken for one.

The messages of `held/dangers.jsonl` were written by another hand, after the phrases and beside the examples; nothing is
tuned on them. Half of them only sound like a danger: of ordinary messages far fewer are reported.
"""

import json
from pathlib import Path

from portevoix.text.urgency.detector import find_spoken_danger, urgencies

HELD = Path(__file__).with_name("held") / "dangers.jsonl"
ROWS = [json.loads(line) for line in HELD.read_text("utf-8").splitlines()]
DANGERS, HARMLESS = ([row["text"] for row in ROWS if (row["level"] > 0) is dangerous] for dangerous in (True, False))


def test_most_dangers_are_noticed_and_most_harmless_messages_left_alone() -> None:
    noticed, reported = (sum(each.level > 0 for each in urgencies(texts)) for texts in (DANGERS, HARMLESS))
    assert noticed >= 0.9 * len(DANGERS), noticed
    assert reported <= 0.16 * len(HARMLESS), reported


def test_more_than_twice_as_many_as_by_phrases_alone() -> None:
    spoken = sum(find_spoken_danger(text).level > 0 for text in DANGERS)
    assert sum(each.level > 0 for each in urgencies(DANGERS)) > 2 * spoken


def test_what_is_likely_is_said_to_be_so_and_never_alarms() -> None:
    likely = [each for each in urgencies([*DANGERS, *HARMLESS]) if each.likely]
    assert likely and all(each.level == 1 and each.words for each in likely)


def test_one_text_is_judged_as_among_many() -> None:
    assert urgencies(DANGERS[:20]) == [urgencies([text])[0] for text in DANGERS[:20]]
