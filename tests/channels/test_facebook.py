"""Both connectors against the emulator of Meta's Graph API: the conformance suite, catching up, windows and codes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from portevoix.channels import http
from portevoix.channels.conformance import CHECKS, Fixtures
from portevoix.channels.facebook import pending_sends, poll
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from portevoix.kernel.messages import RawRequest, Receipt, Visibility
from tests.channels.meta import both, connector, read_all, reply
from tests.servers.meta_emulator import DAY, SECRET, TOKEN, VERIFY, Meta, no, said, signed


@both
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_conformance(check, on, meta) -> None:
    under = meta.comment(meta.post("La piscine rouvre."), "Quand ?")

    def write(count: int) -> None:
        for number in range(count):
            meta.comment(meta.post("Travaux"), f"Et rue Haute ? {number}")

    @contextmanager
    def down() -> Iterator[None]:
        meta.line.choose = lambda _: "reset before"
        yield
        meta.line.choose = lambda _: ""

    request = meta.push(meta.events[-1:])
    other = json.dumps({"object": "page" if on == "facebook" else "instagram", "entry": [{"id": "1"}]}).encode()
    check(
        lambda: connector(meta, on),
        Fixtures(
            settings=connector(meta, on).settings,
            write=write,
            request=request,
            forgeries=(
                RawRequest("POST", "/", {}, request.body, request.received_at),
                signed(request.body, "guessed"),
                signed(other),
            ),
            outgoing=lambda key: reply(under, key),
            read_copies=lambda key: [one.words for one in meta.of("comment", under.id) if f"({key})" in one.words],
            down=down,
            secrets=(TOKEN, SECRET, VERIFY),
        ),
    )


@both
def test_reading_and_webhooks_bring_the_same_messages_under_the_same_ids(on, meta) -> None:
    post = meta.post("Fête de la musique")
    first = meta.comment(post, "À quelle heure ?", ago=3600)
    meta.comment(first, "Moi aussi", by="502", ago=1800)
    meta.comment(first, "À 20 h.", by=meta.me, ago=60)
    meta.letter("Bonjour, en privé", ago=50)
    meta.letter("Bonjour.", to="501", ago=40)
    if on == "facebook":
        meta.comment(meta.post("Un arbre est tombé", by="503"), "Encore ?", by="504")
    pushed = [one for entry in meta.events for one in connector(on=on).parse(meta.push([entry]))]
    found, _ = read_all(meta)
    whole = {one.external_id: (one.direction, one.text, one.thread, one.in_reply_to, one.author.id) for one in pushed}
    assert {
        one.external_id: (one.direction, one.text, one.thread, one.in_reply_to, one.author.id) for one in found
    } == {
        key: (direction, text, thread, parent if not thread.startswith("with:") else "", author)
        for key, (direction, text, thread, parent, author) in whole.items()
    }
    assert len(found) == len(whole) and {one.revision for one in found} == {0}
    assert {one.author.name for one in found} >= {"Valmont"}


@both
def test_much_is_read_in_as_many_requests_as_its_pages_need(on, meta) -> None:
    posts = [meta.post(f"Actualité {number}", ago=number * 60) for number in range(30)]
    for number in range(130):
        meta.comment(posts[0], f"Question {number}", ago=(130 - number) * 60)
    found, cursor = read_all(meta)
    assert len({one.external_id for one in found}) == len(found) == 130
    assert len(meta.asked) == 4, "two pages of posts, one more of comments, one of conversations"
    meta.asked.clear()
    again, cursor = read_all(meta, cursor)
    assert not again and len(meta.asked) == 3, "nothing changed: nothing is read to its end again"
    meta.comment(posts[29], "Une dernière")
    assert [one.text for one in read_all(meta, cursor)[0]] == ["Une dernière"]
    assert all(TOKEN not in path and SECRET not in path for _, path in meta.asked)


@both
def test_what_was_deleted_while_it_was_read_stops_nothing(on, meta) -> None:
    posts = [meta.post(f"Actualité {number}", ago=number) for number in range(2)]
    for post in posts:
        for number in range(60):
            meta.comment(post, f"Question {number}")
    batch = connector(meta, on).receive(None)
    del meta.said[posts[0].id]
    rest, cursor = read_all(meta, batch.cursor)
    assert len(batch.messages) + len(rest) == 110
    meta.line.choose = lambda _: said(no(100, "Invalid cursor"))
    with pytest.raises(Refused):
        connector(meta, on).receive(cursor)
    cursor = json.dumps(json.loads(cursor) | {"todo": [["conversations", [], "gone"]]})
    again = connector(meta, on).receive(cursor)
    assert not again.more and not again.messages
    meta.line.choose = lambda _: ""
    meta.comment(posts[1], "Encore là ?")
    assert "Encore là ?" in [one.text for one in read_all(meta, again.cursor)[0]]


@pytest.mark.parametrize("on", ["facebook"])
def test_a_long_exchange_is_read_whole(on, meta) -> None:
    for number in range(45):
        meta.letter(f"Lettre {number}", ago=3_600 - number)
    assert len({one.external_id for one in read_all(meta)[0]}) == 45 and len(meta.asked) == 4


@both
def test_between_two_readings_nothing_is_asked(on, meta, monkeypatch) -> None:
    monkeypatch.setattr(poll, "EVERY", timedelta(minutes=5))
    _, cursor = read_all(meta)
    asked = len(meta.asked)
    batch = connector(meta, on).receive(cursor)
    assert batch.cursor == cursor and not batch.more and len(meta.asked) == asked


@both
def test_what_is_older_than_a_month_is_history(on, meta) -> None:
    meta.comment(meta.post("Vieux", ago=40 * DAY), "Hier", ago=DAY)
    meta.comment(meta.post("Récent", ago=20 * DAY), "Il y a longtemps", ago=35 * DAY)
    meta.comment(meta.post("Récent aussi", ago=20 * DAY), "Il y a peu", ago=19 * DAY)
    assert "Il y a peu" in (texts := [one.text for one in read_all(meta)[0]])
    assert "Il y a longtemps" not in texts


@both
def test_an_answer_to_an_answer_stands_under_the_first_comment(on, meta) -> None:
    first = meta.comment(meta.post("Budget"), "Combien ?")
    answer = meta.comment(first, "Et pourquoi ?", by="502")
    message = reply(answer)
    receipt = connector(meta, on).send(message)
    assert meta.said[receipt.external_id].under == first.id
    assert connector(meta, on).find(message) == receipt
    message = reply(meta.comment(answer, "Et quand ?", by="503"))
    receipt = connector(meta, on).send(message)
    assert meta.said[receipt.external_id].under == first.id
    if on == "facebook":  # Instagram has two levels only
        assert connector(meta, on).find(message) == receipt


@both
def test_private_messages_have_their_window(on, meta) -> None:
    letter = meta.letter("Bonjour", ago=30 * 3600)
    with pytest.raises(Refused, match="over: a day after"):
        connector(meta, on).send(reply(letter))
    with pytest.raises(Refused, match="over: a day after"):
        connector(meta, on, human_agent=True).send(reply(letter))
    meta.human_agent = True
    receipt = connector(meta, on, human_agent=True).send(reply(letter, text="Après enquête : oui."))
    assert meta.said[receipt.external_id].words == "Après enquête : oui."
    assert [body.get("tag") for body in meta.posted] == [None, None, "HUMAN_AGENT", None, "HUMAN_AGENT"]
    fresh = meta.letter("Merci", by="502")
    connector(meta, on, human_agent=True).send(reply(fresh))
    assert meta.posted[-1]["messaging_type"] == "RESPONSE"


@both
def test_a_comment_is_answered_in_private_once_and_within_a_week(on, meta) -> None:
    post = meta.post("Élections")
    comment, old = meta.comment(post, "Mon dossier 123 ?"), meta.comment(post, "Et le mien ?", ago=8 * DAY)
    private = reply(comment, visibility=Visibility.PRIVATE)
    receipt = connector(meta, on).send(private)
    assert meta.posted[-1]["recipient"] == {"comment_id": comment.id}
    assert connector(meta, on).find(private) == receipt and meta.said[receipt.external_id].kind == "letter"
    with pytest.raises(Refused, match="once"):
        connector(meta, on).send(private)
    with pytest.raises(Refused, match="within seven days"):
        connector(meta, on).send(reply(old, visibility=Visibility.PRIVATE))
    if on == "facebook":
        visitor = meta.post("Un trou rue Haute", by="505")
        connector(meta, on).send(reply(visitor, visibility=Visibility.PRIVATE))
        assert meta.posted[-1]["recipient"] == {"post_id": visitor.id}


@both
def test_only_what_stands_in_public_is_taken_back(on, meta) -> None:
    comment, letter = meta.comment(meta.post("Voirie"), "Un trou ?"), meta.letter("Bonjour")
    for private in (reply(letter), reply(comment, visibility=Visibility.PRIVATE)):
        receipt = connector(meta, on).send(private)
        meta.asked.clear()
        with pytest.raises(Refused, match="Send another one that sets it right"):
            connector(meta, on).delete(private, receipt.external_id)
        assert not meta.asked and receipt.external_id in meta.said
    public = reply(comment)
    key = connector(meta, on).send(public).external_id
    meta.fixed.add(key)
    with pytest.raises(Refused, match="by hand"):
        connector(meta, on).delete(public, key)
    meta.line.choose = lambda request: said(no(200, "Requires pages_manage_engagement")) if "DELETE" in request else ""
    with pytest.raises(Refused, match="permissions"):
        connector(meta, on).delete(public, key)
    for wrong in ("../me", "1?x=", "me"):
        with pytest.raises(Refused):
            connector(meta, on).delete(public, wrong)


@both
def test_the_same_words_from_before_prove_nothing(on, meta) -> None:
    comment = meta.comment(meta.post("Voirie"), "Un trou ?")
    meta.comment(comment, "Merci.", by=meta.me, ago=120)
    with pytest.raises(Uncertain):
        connector(meta, on).find(reply(comment, text="Merci."))
    assert connector(meta, on).find(reply(comment, text="Merci bien.")) is None
    meta.comment(comment, "Merci bien.", by="501")
    assert connector(meta, on).find(reply(comment, text="Merci bien.")) is None, "those are the citizen's words"


@both
def test_what_may_still_appear_is_waited_for(on, meta, monkeypatch) -> None:
    monkeypatch.setattr(pending_sends, "SETTLES", timedelta(minutes=2))
    comment = meta.comment(meta.post("Voirie"), "Un trou ?")
    meta.line.choose = lambda request: "reset before" if request.startswith("POST") else ""
    message = reply(comment, key="late")
    with pytest.raises(Uncertain):
        connector(meta, on).send(message)
    with pytest.raises(TryLater) as wait:
        connector(meta, on).find(message)
    assert timedelta(minutes=1) < wait.value.after <= timedelta(minutes=2)
    late = meta.comment(comment, message.text, by=meta.me)
    assert connector(meta, on).find(message).external_id == late.id


@pytest.mark.parametrize("on", ["facebook"])
@pytest.mark.parametrize(
    ("code", "reading", "writing", "pause"),
    [
        (190, Refused, Refused, True),
        (368, Refused, Refused, True),
        (10, Refused, Refused, False),
        (200, Refused, Refused, False),
        (4, TryLater, TryLater, False),
        (17, TryLater, TryLater, False),
        (32, TryLater, TryLater, False),
        (613, TryLater, TryLater, False),
        (1, TryLater, Uncertain, False),
        (2, TryLater, Uncertain, False),
        (100, Refused, Refused, False),
    ],
)
def test_each_code_of_meta_has_its_meaning(code, reading, writing, pause, on, meta) -> None:
    comment = meta.comment(meta.post("Voirie"), "Un trou ?")
    meta.line.choose = lambda _: said(no(code, "As Meta says"))
    for expected, call in ((reading, lambda: connector(meta).receive(None)), (writing, _sends(meta, comment))):
        http.forget_waits()
        with pytest.raises(expected) as told:
            call()
        assert getattr(told.value, "pause", False) is pause and TOKEN not in str(told.value)


def _sends(meta: Meta, comment) -> Callable[[], Receipt]:
    return lambda: connector(meta, meta.on).send(reply(comment))


@both
def test_a_budget_is_left_before_it_is_used_up(on, meta) -> None:
    meta.usage = {"X-App-Usage": {"call_count": 40, "total_time": 12, "total_cputime": 3}}
    connector(meta, on).check()
    connector(meta, on).check()
    told = {
        "type": "pages",
        "call_count": 96,
        "total_time": 1,
        "total_cputime": 1,
        "estimated_time_to_regain_access": 7,
    }
    meta.usage["X-Business-Use-Case-Usage"] = {"1": [told]}
    connector(meta, on).check()
    asked = len(meta.asked)
    with pytest.raises(TryLater) as spared:
        connector(meta, on).check()
    assert len(meta.asked) == asked and timedelta(minutes=6) < spared.value.after <= timedelta(minutes=7)


@both
def test_an_access_that_ends_in_the_middle_of_the_pages_loses_nothing(on, meta) -> None:
    for number in range(60):
        meta.comment(meta.post(f"Actualité {number}", ago=number), f"Question {number}", ago=number)
    batch = connector(meta, on).receive(None)
    found = list(batch.messages)
    meta.line.choose = lambda _: "expired"
    with pytest.raises(Refused) as ended:
        connector(meta, on).receive(batch.cursor)
    assert ended.value.pause and batch.more
    meta.line.choose = lambda _: ""
    found += read_all(meta, batch.cursor)[0]
    assert sorted(one.text for one in found) == sorted(f"Question {number}" for number in range(60))


@pytest.mark.parametrize("on", ["facebook"])
def test_check_tells_whose_token_it_is(on, meta) -> None:
    assert "Ville de Valmont" in connector(meta).check()[0]
    with pytest.raises(Refused):
        connector(meta, me="42").check()
    with pytest.raises(Refused) as wrong:
        connector(meta, access_token="old").check()
    assert wrong.value.pause
    with pytest.raises(BadInput):
        connector(graph_base="http://graph.example/v26.0")
    with pytest.raises(BadInput):
        connector(access_token="two words")


@both
def test_no_id_leads_elsewhere(on, meta) -> None:
    comment = meta.comment(meta.post("Voirie"), "Un trou ?")
    for key in ("../me", "1/2", "1?x=", "", "m_abc"):
        with pytest.raises(Refused):
            connector(meta, on).send(reply(comment, in_reply_to=key, references=()))
    assert not meta.asked
