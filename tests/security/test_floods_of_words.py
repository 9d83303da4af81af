"""Many messages, all different, that cost the journal time, memory, or a week's edition."""

from dataclasses import replace
from time import perf_counter

import numpy as np

from portevoix.journal.composition import compose_findings
from portevoix.journal.composition.compose import compose
from portevoix.journal.findings.detection import find_longest, read_week
from portevoix.journal.findings.report import write_report
from portevoix.text.subjects import affinity
from portevoix.text.subjects.corpus import read_corpus
from portevoix.text.subjects.demands import MOST_OF_TEXT, gather_demands
from portevoix.text.subjects.naming import choose_speakers
from portevoix.text.subjects.utterances import Utterance
from tests.journal.conftest import AFTER
from tests.journal.weeks_of_words import pool, week

SYLLABLES = [consonant + vowel for consonant in "bcdfglmnprst" for vowel in "aeiou"]


def word(number: int) -> str:
    """Another word for each number."""
    return "".join(SYLLABLES[number // 60**place % 60] for place in range(3))


def test_demands_that_are_all_different_are_gathered_in_time() -> None:
    texts = [" ".join(f"Nous demandons {word(60 * n + m)}." for m in range(60)) for n in range(100)]
    begun = perf_counter()
    demands = gather_demands(texts, range(100))
    assert perf_counter() - begun < 3
    assert all(len(demand.places) == 1 for demand in demands)


def test_a_demand_of_many_is_counted_whole_among_many_others() -> None:
    texts = [f"Nous voulons un remboursement {word(n)}. Nous demandons {word(n)} {word(n + 1)} !" for n in range(1500)]
    [first, *_] = gather_demands(texts, range(1500))
    assert first.people == 1500
    assert len(gather_demands(["Rendez-nous la piscine ! " * 100], [0])[0].places) == 1 and MOST_OF_TEXT < 60


def test_no_subject_compares_each_of_its_messages_with_each() -> None:
    sizes = []

    class Compared:
        def between(self, rows, columns):
            sizes.append(len(rows) * len(columns))
            return np.zeros((len(rows), len(columns)), np.float32)

    every = [Utterance(str(n), f"La piscine des Trois-Îles {word(n)}", str(n), 0) for n in range(3000)]
    nearness = np.linspace(0, 1, 3000)
    speakers = choose_speakers(read_corpus(every), Compared(), np.arange(3000), nearness)
    assert speakers.typical == 2999 and max(sizes) <= 1000**2


def test_what_is_compared_at_once_is_bounded(monkeypatch) -> None:
    told = week(pool())
    usual = write_report(told)
    monkeypatch.setattr(affinity, "MOST_AT_ONCE", 100, raising=False)
    assert write_report(told) == usual


def test_long_texts_are_read_in_part_where_they_are_many(monkeypatch) -> None:
    assert find_longest([]) == 0 and find_longest([10, 4000]) == 4000
    monkeypatch.setattr("portevoix.journal.findings.detection.MOST_CHARACTERS", 1000)
    monkeypatch.setattr("portevoix.journal.findings.detection.CHARACTERS_EACH", 10)
    assert find_longest([100, 100, 4000, 4000]) == 400
    told = week()
    long = [replace(each, text=each.text + " long" * 200) for each in told.messages]
    corpus = read_week(replace(told, messages=long))
    assert sum(len(each.text) for each in corpus.utterances) <= 1200


def test_several_readers_of_a_week_wait_for_one_of_them(monkeypatch, strike) -> None:
    """As many at once would need as many times the memory."""
    inside = []
    detect = compose_findings.detect

    def seen(told):
        inside.append(compose_findings._DETECTING.locked())
        return detect(told)

    monkeypatch.setattr(compose_findings, "detect", seen)
    compose_findings._DETECTED.clear()
    compose(week="2026-W46", now=AFTER)
    assert inside == [True]


def test_nobody_waits_for_a_reading_of_very_long_messages(monkeypatch, strike) -> None:
    monkeypatch.setattr("portevoix.journal.composition.compose.MOST_CHARACTERS", 500, raising=False)
    assert compose(week="2026-W46", now=AFTER, on_request=True).section("findings") is None
    assert compose(week="2026-W46", now=AFTER).section("findings") is not None
