"""Edits and removals that only reading can see; and what looks like a removal and is none."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from portevoix.channels.facebook import cursor as cursors
from portevoix.channels.facebook import edit_watch
from portevoix.channels.facebook.values import REMOVAL_REVISION
from portevoix.kernel.messages import Change, Incoming
from tests.channels.meta import both, connector, read_all, tried
from tests.servers.faulty import seeded
from tests.servers.meta_emulator import DAY, Meta, Said, no, said


def removed(found: list[Incoming]) -> list[str]:
    return [one.external_id for one in found if one.change is Change.RETRACT]


def read_twice(meta: Meta, cursor: str | None) -> tuple[list[Incoming], str | None]:
    """What is missed for the first time is only noted."""
    first, cursor = read_all(meta, cursor)
    second, cursor = read_all(meta, cursor)
    return first + second, cursor


def discussion(meta: Meta) -> list[Said]:
    """A comment and what answers it, one more, and on Facebook a visitor's post."""
    post = meta.post("La piscine rouvre.", ago=3 * DAY)
    first = meta.comment(post, "Quand ?", ago=2 * DAY)
    told = [first, meta.comment(first, "Lundi ?", by="502", ago=DAY), meta.comment(post, "Enfin !", by="503", ago=60)]
    return told + ([meta.post("Un arbre est tombé", by="504", ago=DAY)] if meta.on == "facebook" else [])


@both
def test_an_edit_is_told_once_under_the_id_of_its_message(on, meta) -> None:
    told = discussion(meta)
    before, cursor = read_all(meta)
    for one in told:
        meta.edit(one, f"{one.words} (corrigé)")
    found, cursor = read_all(meta, cursor)
    assert {(one.external_id, one.text) for one in found} == {(one.id, one.words) for one in told}
    assert {one.change for one in found} == {Change.AMEND} and min(one.revision for one in found) > 1_000_000_000
    assert {one.external_id: one.thread for one in found} == {one.external_id: one.thread for one in before}
    assert read_all(meta, cursor)[0] == []


@both
def test_a_removal_is_told_once_as_meta_would_push_it(on, meta) -> None:
    told = discussion(meta)
    _, cursor = read_all(meta)
    gone = told[1:2] + told[3:]
    for one in gone:
        meta.remove(one)
    found, cursor = read_all(meta, cursor)
    assert found == [], "missed once is only noted"
    found, cursor = read_all(meta, cursor)
    assert sorted(removed(found)) == sorted(one.id for one in gone) and {one.revision for one in found} == {
        REMOVAL_REVISION
    }
    if on == "facebook":
        pushed = [one for entry in meta.events for one in connector(on=on).parse(meta.push([entry]))]
        shapes = {(one.external_id, one.revision, one.author.id, one.sent_at) for one in pushed if one.revision}
        assert shapes >= {(one.external_id, one.revision, one.author.id, one.sent_at) for one in found[:1]}
    assert read_twice(meta, cursor)[0] == []


@both
def test_what_no_listing_shows_is_asked_for_once_a_day_and_is_not_gone(on, meta, monkeypatch) -> None:
    told = discussion(meta)
    _, cursor = read_all(meta)
    told[0].hidden = told[1].hidden = True
    meta.asked.clear()
    assert read_all(meta, cursor)[0] == [] and len(meta.asked) == 4, "two listings, and both by themselves"
    found, cursor = read_twice(meta, cursor)
    found, cursor = read_twice(meta, cursor)
    assert found == [] and len(meta.asked) == 14, "now for a day by nobody"
    meta.edit(told[0], "Quand, enfin ?")
    monkeypatch.setattr(edit_watch, "AGAIN", timedelta(days=-1))
    cursor = json.dumps(_later(json.loads(cursor)))
    found, cursor = read_all(meta, cursor)
    assert [(one.external_id, one.text) for one in found] == [(told[0].id, "Quand, enfin ?")]
    meta.remove(told[1])
    assert removed(read_twice(meta, cursor)[0]) == [told[1].id]


def _later(cursor: dict) -> dict:
    """As it reads when a day has passed."""
    rows = {key: [*row[:4], min(row[4], 1), row[5]] for key, row in cursor["watched"].items()}
    return cursor | {"watched": rows}


@both
def test_an_access_that_sees_no_citizens_any_more_claims_no_removal(on, meta) -> None:
    post, told = meta.post("Budget", ago=DAY), []
    for number in range(60):
        told.append(meta.comment(post, f"Question {number}", by=str(600 + number), ago=60 - number))
    meta.comment(post, "La réponse est ici.", by=meta.me)
    _, cursor = read_all(meta)
    meta.blind = True
    for _ in range(6):
        found, cursor = read_all(meta, cursor)
        assert found == []
    meta.blind = False
    found, cursor = read_all(meta, cursor)
    assert found == []
    meta.remove(told[-1])
    assert removed(read_twice(meta, cursor)[0]) == [told[-1].id]


@both
def test_what_it_stood_under_is_gone_too_or_nothing_else_is_heard_and_nothing_is_claimed(on, meta) -> None:
    post, other = meta.post("Voirie", ago=DAY), meta.post("Budget", ago=DAY)
    comment, last = meta.comment(post, "Un trou ?"), meta.comment(other, "Combien ?")
    _, cursor = read_all(meta)
    del meta.said[comment.id], meta.said[post.id]
    found, cursor = read_twice(meta, cursor)
    assert found == []
    del meta.said[last.id]
    assert read_twice(meta, cursor)[0] == []


@both
@pytest.mark.parametrize(
    "answer", [no(10, "Not allowed"), no(100, "Tried accessing a field"), no(2, "Later"), (200, {})]
)
def test_another_answer_than_its_absence_claims_nothing_and_holds_up_nothing(on, meta, answer) -> None:
    told = discussion(meta)
    _, cursor = read_all(meta)
    told[2].hidden = True
    meta.line.choose = lambda request: said(answer) if f"/{told[2].id}?" in request else ""
    for number in range(3):
        new = meta.comment(meta.said[told[0].root], f"Et {number} ?")
        found, cursor = read_all(meta, cursor)
        assert [one.external_id for one in found] == [new.id]


@both
def test_words_that_meta_leaves_out_are_no_edit(on, meta) -> None:
    told = discussion(meta)
    _, cursor = read_all(meta)
    words, told[0].words = told[0].words, ""
    found, cursor = read_all(meta, cursor)
    told[0].words = words
    assert found + read_all(meta, cursor)[0] == []


@both
def test_a_cursor_from_before_there_was_a_watch_goes_on(on, meta) -> None:
    told = discussion(meta)
    _, cursor = read_all(meta)
    older = {name: value for name, value in json.loads(cursor).items() if name not in ("watched", "turn", "heard")}
    found, cursor = read_all(meta, json.dumps(older))
    assert found == []
    meta.edit(told[0], "Quand donc ?")
    assert [one.text for one in read_all(meta, cursor)[0]] == ["Quand donc ?"]


@both
def test_much_is_watched_within_bounds(on, meta, monkeypatch) -> None:
    posts = [meta.post(f"Actualité {number}", ago=20 * DAY - number) for number in range(8)]
    for number in range(320):
        meta.comment(posts[number % 8], f"Question {number}", ago=13 * DAY - number)
    old = meta.comment(posts[0], "Autrefois", ago=15 * DAY)
    _, cursor = read_all(meta)
    kept = json.loads(cursor)["watched"]
    assert len(kept) == cursors.MOST_WATCHED and old.id not in kept
    assert "Question" not in cursor and len(json.dumps(kept)) < 32_000
    for number in range(30):
        meta.comment(posts[0], f"Une vague {number}")
    _, cursor = read_all(meta, cursor)
    meta.asked.clear()
    _, cursor = read_all(meta, cursor)
    assert len(meta.asked) == 2, "who was pushed off the listing was asked for before, and is not for a day"


@both
def test_under_faults_on_the_wire_no_removal_is_invented_and_none_is_lost(on, meta) -> None:
    post = meta.post("Voirie", ago=DAY)
    told = [meta.comment(post, f"Question {number}", by=str(500 + number), ago=60) for number in range(40)]
    _, cursor = read_all(meta)
    for one in told[:5]:
        meta.remove(one)
    for one in told[5:10]:
        one.hidden = True
    for one in told[10:15]:
        meta.edit(one, f"{one.words} !")
    meta.line.choose = seeded(31, 0.3)
    found: Counter[tuple[str, str]] = Counter()
    for _ in range(8):
        more = True
        while more:
            batch = tried(lambda cursor=cursor: connector(meta, on).receive(cursor))
            found.update((one.external_id, one.change) for one in batch.messages)
            cursor, more = batch.cursor, batch.more
    wanted = {(one.id, Change.RETRACT) for one in told[:5]} | {(one.id, Change.AMEND) for one in told[10:15]}
    assert found == Counter(wanted)
    assert meta.line.met.total() > 10
