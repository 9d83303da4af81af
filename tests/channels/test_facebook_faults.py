"""What happens on the wire between us and Meta: nothing is lost, nothing doubled, in whatever order things come."""

from random import Random

import pytest

from portevoix.channels import http
from portevoix.kernel.errors import TryLater, Uncertain
from portevoix.kernel.messages import Direction, Incoming
from tests.channels.meta import both, connector, read_all, reply, tried
from tests.servers.faulty import FAULTS, pushes, seeded
from tests.servers.meta_emulator import Meta


@both
def test_under_faults_on_the_wire_nothing_is_lost_and_nothing_doubled(on, meta) -> None:
    """As the house does it: an uncertain send is looked for, sent again only when it is not there, else left."""
    post = meta.post("Voirie")
    comments = [meta.comment(post, f"Question {number}", by=str(500 + number)) for number in range(20)]
    comments += [meta.letter(f"Lettre {number}", by=str(600 + number)) for number in range(20)]
    meta.line.choose = seeded(26, 0.3)
    left = [number for number in range(40) if not _delivered(meta, reply(comments[number], key=f"n{number}"))]
    meta.line.choose = lambda _: ""
    for number in range(40):
        copies = [one for one in meta.said.values() if f"(n{number})" in one.words]
        assert len(copies) == 1 or (number in left and not copies), f"{number}: {len(copies)}"
    assert not left, "each of them could be looked up"
    meta.line.choose = seeded(27, 0.3)
    found: dict[tuple[str, int], Incoming] = {}
    cursor, more = None, True
    while more:
        batch = tried(lambda cursor=cursor: connector(meta, on).receive(cursor))
        found |= {(one.external_id, one.revision): one for one in batch.messages}
        cursor, more = batch.cursor, batch.more
    there = {one.id for one in meta.said.values() if one.kind != "post"}
    assert {key for key, _ in found} == there and len(found) == len(there)
    assert {one.direction for one in found.values()} == {Direction.IN, Direction.OUT}
    assert meta.line.met.total() > 15 and len(meta.line.met) > len(FAULTS) / 2


def _delivered(meta: Meta, message) -> bool:
    """Whether it left; False: a person decides."""
    for _ in range(20):
        try:
            tried(lambda: connector(meta, meta.on).send(message))
        except Uncertain:
            try:
                if tried(lambda: connector(meta, meta.on).find(message)) is None:
                    continue
            except Uncertain:
                return False
        return True
    raise AssertionError("it never left")


@both
def test_with_clocks_that_differ_nothing_is_lost_and_a_person_is_asked_rather_than_doubled(on, meta) -> None:
    post = meta.post("Voirie")
    for skew in (-90, 90):
        meta.skew = skew
        comment = meta.comment(post, f"Un trou ? {skew}")
        message = reply(comment, key=f"skew{skew}")
        meta.line.choose = lambda request: "reset after" if request.startswith("POST") else ""
        with pytest.raises(Uncertain):
            connector(meta, on).send(message)
        meta.line.choose = lambda _: ""
        if skew > 0:
            assert connector(meta, on).find(message) is not None
        else:
            with pytest.raises(Uncertain):
                connector(meta, on).find(message)
    found, cursor = read_all(meta)
    meta.skew = -300
    meta.comment(post, "D'une horloge en retard")
    assert [one.text for one in read_all(meta, cursor)[0]] == ["D'une horloge en retard"]
    assert len(found) == 4


@both
def test_pushed_in_any_order_and_number_it_is_the_same(on, meta) -> None:
    """Batched, reordered, twice: what a retry brings again is known by id and revision."""
    post = meta.post("Voirie")
    for number in range(12):
        one = meta.comment(post, f"Question {number}")
        if on == "facebook" and number % 3 == 0:
            meta.edit(one, f"Question {number} !")
        if on == "facebook" and number % 4 == 0:
            meta.remove(one)
    letters = [meta.letter(f"Lettre {number}") for number in range(6)]
    meta.edit(letters[0], "Mieux")
    meta.remove(letters[1])
    entries = meta.events
    once = {(one.external_id, one.revision): one for entry in entries for one in _parsed(meta, [entry])}
    again: dict[tuple[str, int], Incoming] = {}
    for several in pushes(entries, Random(7)):
        again |= {(one.external_id, one.revision): one for one in _parsed(meta, several)}
    assert again == once and len(once) >= 20


def _parsed(meta: Meta, entries: list) -> tuple[Incoming, ...]:
    return connector(on=meta.on).parse(meta.push(entries))


@both
@pytest.mark.parametrize("fault", ["reset before", "429", "500", "reset after", "cut", "502 after"])
def test_a_deletion_that_is_cut_off_is_done_once_it_is_tried_again(on, meta, fault) -> None:
    comment = meta.comment(meta.post("Voirie"), "Un trou ?")
    gone, kept = (reply(comment, key=key) for key in ("gone", "kept"))
    receipt, _ = (connector(meta, on).send(one) for one in (gone, kept))
    meta.line.next = [fault]
    with pytest.raises((TryLater, Uncertain)):
        connector(meta, on).delete(gone, receipt.external_id)
    http.forget_waits()
    for _ in range(2):
        connector(meta, on).delete(gone, receipt.external_id)
    assert receipt.external_id not in meta.said and len(meta.of("comment", comment.id)) == 1
