"""The X channel on an emulated network: what is read once, sent once, billed little, and told when it goes wrong."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from portevoix.channels import http
from portevoix.channels.conformance import CHECKS, Check, Fixtures
from portevoix.channels.media import prepare_picture
from portevoix.channels.x import XConnector, budget, client
from portevoix.channels.x.post_length import posts
from portevoix.channels.x.receive import MOST_PAGES
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.messages import Addressed, Change, Direction, Outgoing, Receipt
from tests.channels.x_given import AGO, CITY, connector, mention, read_all, reply, served, settings
from tests.kernel.pictures import gif, jpeg, png
from tests.servers.faulty import AFTER
from tests.servers.x_door import BEARER, SECRET, TOKEN, TOKEN_SECRET, Door
from tests.servers.x_emulator import PROBLEMS, Problem

pytestmark = pytest.mark.servers


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    with served(monkeypatch) as network:
        yield network


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(door: Door, check: Check) -> None:
    given, parents, used = settings(door), {}, [settings(door)]

    def outgoing(key: str) -> Outgoing:
        parents[key] = mention(door, f"question {key}")
        return reply(parents[key], f"Réponse à {key}", key)

    def sent(key: str) -> Sequence[str]:
        return [post.text for post in door.network.of(door.me) if key.split("-name")[0] in post.text]

    @contextmanager
    def down() -> Iterator[None]:
        used.append(settings(door, base="http://127.0.0.1:1"))
        yield
        used.pop()

    fixtures = Fixtures(
        settings=given,
        write=lambda count: [mention(door, f"n{number}") for number in range(count)] and None,
        outgoing=outgoing,
        read_copies=sent,
        read_descriptions=lambda key: [
            [one["alt_text"] for one in post.media] for post in door.network.of(door.me) if key in post.text
        ],
        down=down,
        secrets=(SECRET, TOKEN, TOKEN_SECRET, BEARER),
    )
    check(lambda: XConnector(CITY, used[-1]), fixtures)


def test_pages_are_read_once_with_no_more_requests_than_they_need(door: Door) -> None:
    numbers = [mention(door, f"n{n}", timedelta(minutes=300 - n)) for n in range(250)]
    mention(door, "trop vieux", timedelta(days=8))
    found, cursor = read_all(door)
    assert Counter(m.external_id for m in found) == Counter(numbers)
    assert door.reached().count(f"GET /2/users/{door.me}/mentions") == 3
    assert door.reached().count("GET /2/users/me") == 1
    late = mention(door, "encore")
    again, cursor = read_all(door, cursor)
    assert [m.external_id for m in again] == [late]
    assert not read_all(door, cursor)[0]


def test_what_comes_while_pages_are_read_is_read_after_them(door: Door) -> None:
    numbers = [mention(door, f"n{n}", timedelta(minutes=300 - n)) for n in range(150)]
    first = connector(door).receive(None)
    assert first.more and len(first.messages) == 100
    assert [m.external_id for m in first.messages] == numbers[50:], "within a batch the oldest first"
    numbers.append(mention(door, "entre deux pages"))
    rest, cursor = read_all(door, first.cursor)
    last, _ = read_all(door, cursor)
    assert Counter(m.external_id for m in [*first.messages, *rest, *last]) == Counter(numbers)


def test_a_page_token_that_expired_costs_nothing(door: Door) -> None:
    numbers = [mention(door, f"n{n}", timedelta(minutes=300 - n)) for n in range(250)]
    first = connector(door).receive(None)
    door.network.tokens.clear()
    rest, _ = read_all(door, first.cursor)
    assert Counter(m.external_id for m in [*first.messages, *rest]) == Counter(numbers)


def test_a_network_that_always_says_more_is_left_alone_at_last(door: Door, monkeypatch) -> None:
    monkeypatch.setattr(door.network, "_page", lambda posts, query: {"meta": {"next_token": "t", "result_count": 0}})
    cursor, calls = None, 0
    while True:
        batch = connector(door).receive(cursor)
        cursor, calls = batch.cursor, calls + 1
        if not batch.more or json.loads(cursor or "")["jobs"]:
            break
    assert calls == MOST_PAGES


def test_the_first_reading_ends_where_x_ends(door: Door) -> None:
    for number in range(830):
        mention(door, f"n{number}", timedelta(minutes=900 - number))
    found, _ = read_all(door)
    assert len(found) == 800 and door.reached().count(f"GET /2/users/{door.me}/mentions") == 8


def test_keys_that_expire_in_the_middle_pause_the_account_and_it_catches_up(door: Door) -> None:
    numbers = [mention(door, f"n{n}", timedelta(minutes=300 - n)) for n in range(250)]
    first = connector(door).receive(None)
    door.revoked = True
    with pytest.raises(Refused, match="clock") as expired:
        connector(door).receive(first.cursor)
    assert expired.value.pause
    door.revoked = False
    rest, _ = read_all(door, first.cursor)
    assert Counter(m.external_id for m in [*first.messages, *rest]) == Counter(numbers)


@pytest.mark.parametrize("wrong", [-600, 600])
def test_a_clock_that_is_wrong_is_named(door: Door, wrong: int, monkeypatch) -> None:
    right = time.time
    monkeypatch.setattr(client, "time", SimpleNamespace(time=lambda: right() + wrong))
    with pytest.raises(Refused, match="the clock of this machine") as refused:
        connector(door).receive(None)
    assert refused.value.pause


def test_an_edit_amends_and_a_deletion_retracts(door: Door) -> None:
    kept, edited, gone = mention(door, "a", AGO), mention(door, "b", AGO), mention(door, "c", AGO)
    _, cursor = read_all(door)
    door.network.edit(edited, f"{CITY} b, rue Haute")
    changed, cursor = read_all(door, cursor)
    assert [(m.external_id, m.change, m.revision) for m in changed] == [(edited, Change.AMEND, 1)]
    assert "rue Haute" in changed[0].text
    door.network.delete(gone)
    told = json.loads(cursor or "")
    yesterday = json.dumps(told | {"looked_at": (datetime.now(UTC) - timedelta(days=1)).isoformat()})
    lost, cursor = read_all(door, yesterday)
    assert [(m.external_id, m.change) for m in lost] == [(gone, Change.RETRACT)]
    assert lost[0].revision > 1 and {kept, edited} <= set(json.loads(cursor or "")["recent"])
    looked = door.reached().count("GET /2/tweets")
    read_all(door, cursor)
    assert door.reached().count("GET /2/tweets") == looked, "once a day"


def test_what_is_deleted_on_the_day_it_was_written_is_seen_within_an_hour_and_costs_nothing(door: Door) -> None:
    kept, gone = mention(door, "a"), mention(door, "b")
    _, cursor = read_all(door)
    door.network.delete(gone)
    assert not read_all(door, cursor)[0], "it was looked at just now"
    told = json.loads(cursor or "")
    earlier = json.dumps(told | {"again_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()})
    lost, cursor = read_all(door, earlier)
    assert [(m.external_id, m.change) for m in lost] == [(gone, Change.RETRACT)]
    after = json.loads(cursor or "")
    assert after["recent"] == [kept] and after["tally"]["read"] == told["tally"]["read"]


def test_own_posts_go_out_but_for_reposts_what_is_fresh_and_later_parts(door: Door) -> None:
    network = door.network
    old = network.write(door.me, "Marché demain : https://ville.example/a?b=1&c=2", ago=AGO)
    network.write(door.me, "RT", ago=AGO, reposted="5")
    network.write(door.me, "tout frais")
    head = network.write(door.me, "Un (1/2)", ago=AGO)
    network.write(door.me, "Deux (2/2)", ago=AGO, parent=head.id)
    found, _ = read_all(door)
    assert {(m.external_id, m.text) for m in found} == {
        (old.id, "Marché demain : https://ville.example/a?b=1&c=2"),
        (head.id, "Un (1/2)"),
    }
    assert all(m.direction is Direction.OUT for m in found)


def test_where_the_city_is_called_into_a_conversation_what_came_before_is_read_once(door: Door) -> None:
    root = door.network.write(door.bob, "La rue est noire", ago=AGO)
    second = door.network.write(door.ana, "Depuis lundi", ago=AGO, parent=root.id)
    door.network.write(door.bob, "Une autre branche", ago=AGO, parent=root.id)
    third = door.network.write(door.bob, f"{CITY} vous savez ?", ago=AGO, parent=second.id)
    found, cursor = read_all(door)
    told = {m.external_id: m for m in found}
    assert told.keys() == {root.id, second.id, third.id}, "and not the whole crowd"
    assert {m.thread for m in found} == {root.id}
    assert all(m.addressed is Addressed.COPY for m in found)
    door.network.write(door.ana, f"{CITY} alors ?", parent=second.id)
    read_all(door, cursor)
    assert door.reached().count("GET /2/tweets/search/recent") == 1


def test_the_month_s_reading_has_a_limit_and_goes_on_with_more(door: Door) -> None:
    numbers = [mention(door, f"n{n}", timedelta(minutes=300 - n)) for n in range(60)]
    found, cursor = [], None
    with pytest.raises(TryLater, match="used up") as spent:
        for _ in range(20):
            batch = connector(door, most_read=40).receive(cursor)
            found += batch.messages
            cursor = batch.cursor
            if not batch.more:
                break
    assert door.network.billed <= 40 and spent.value.after > timedelta(0)
    rest, _ = read_all(door, cursor, most_read=1000)
    assert Counter(m.external_id for m in [*found, *rest]) == Counter(numbers)


def test_the_month_s_writing_has_a_limit_where_the_count_is_known(door: Door) -> None:
    for number in range(3):
        door.network.write(door.me, f"Annonce {number}", ago=AGO)
    read_all(door)
    made = [
        post for post in door.network.of(door.me) if budget.month_of(post.made) == budget.month_of(datetime.now(UTC))
    ]
    most = len(made) + 1
    connector(door, most_written=most).send(reply(mention(door)))
    with pytest.raises(TryLater, match="to write on X are used up"):
        connector(door, most_written=most).send(reply(mention(door), "Autre chose"))
    budget.forget()
    connector(door, most_written=most).send(reply(mention(door), "Un autre processus ne le sait pas"))


def test_check_tells_what_works_what_it_costs_and_whose_keys_these_are(door: Door) -> None:
    told = " ".join(connector(door).check())
    assert "@VilleDeValmont" in told and "may write" in told and "0 of 2000000" in told and "10000" in told
    assert not door.network.of(door.me) and not door.network.billed
    door.access = "read"
    with pytest.raises(Refused, match="Read and write"):
        connector(door).check()
    with pytest.raises(Refused, match="belong to @VilleDeValmont") as other:
        XConnector("@autre", settings(door)).receive(None)
    assert other.value.pause
    for wrong in ({"api_secret": "no"}, {"access_secret": "no"}, {"bearer_token": "no"}):
        door.access = "read-write"
        with pytest.raises(Refused):
            connector(door, **wrong).check()


def test_an_api_that_says_tweet_is_spoken_to_in_its_words(door: Door) -> None:
    door.network.vocabulary = "tweet"
    root = door.network.write(door.me, "Marché", ago=AGO)
    answer = mention(door, "à quelle heure ? " + "x" * 300, AGO, parent=root.id)
    found, _ = read_all(door)
    told = {m.external_id: m for m in found}
    assert told[answer].in_reply_to == root.id and len(told[answer].text) > 300
    assert connector(door).find(reply(answer)) is None
    receipt = connector(door).send(reply(answer))
    assert connector(door).find(reply(answer)) == receipt
    refused = [exchange for exchange in door.exchanges if exchange.status == 400]
    assert len(refused) == 1, "it asks once which words are known"


def test_x_s_rule_on_replies_is_told(door: Door) -> None:
    alone = door.network.write(door.bob, "La rue est noire")
    with pytest.raises(Refused, match=r"only to who mentioned @VilleDeValmont.*by hand") as refused:
        connector(door).send(reply(alone.id))
    assert not refused.value.pause
    own = door.network.write(door.me, "Marché demain")
    quoting = door.network.write(door.bob, "Ah bon", quoted=own.id)
    answering = door.network.write(door.bob, "Où ?", parent=own.id)
    for number, parent in enumerate((quoting.id, answering.id, mention(door), "")):
        assert connector(door).send(reply(parent, f"Réponse {number}")).external_id
    gone = mention(door)
    door.network.delete(gone)
    with pytest.raises(Refused, match="deleted"):
        connector(door).send(reply(gone, "Trop tard"))


@pytest.mark.parametrize("fault", AFTER)
def test_a_reply_whose_answer_was_lost_is_found_and_not_sent_again(door: Door, fault: str) -> None:
    message = reply(mention(door), "Merci ! Voir https://ville.example/a/ & <la suite>.")
    door.next = [fault]
    with pytest.raises(Uncertain):
        connector(door).send(message)
    found = connector(door).find(message)
    assert isinstance(found, Receipt) and found.external_id == door.network.of(door.me)[0].id
    assert connector(door).send(message) == found, "X refuses the same text twice: it is the one that is there"
    assert len(door.network.of(door.me)) == 1


def test_a_post_that_x_shows_late_is_not_doubled(door: Door) -> None:
    door.network.hidden = 4
    message = reply(mention(door))
    door.next = ["reset after"]
    with pytest.raises(Uncertain):
        connector(door).send(message)
    assert connector(door).find(message) is None, "X does not show it yet"
    with pytest.raises(Uncertain, match="does not show it"):
        connector(door).send(message)
    assert connector(door).find(message) == Receipt(
        door.network.of(door.me)[0].id, f"https://x.com/VilleDeValmont/status/{door.network.of(door.me)[0].id}"
    )
    assert len(door.network.of(door.me)) == 1


def test_the_same_text_to_somebody_else_is_for_a_person_to_change(door: Door) -> None:
    connector(door).send(reply(mention(door, ago=AGO)))
    for ago in (AGO, timedelta()):  # a question of before that reply, and one of after it
        other = reply(mention(door, "autre", ago))
        assert connector(door).find(other) is None, "it was sent to somebody else"
        with pytest.raises(Refused, match="same text twice"):
            connector(door).send(other)


def test_a_thread_that_was_cut_is_continued(door: Door) -> None:
    text = " ".join(f"Phrase {number} de la réponse." for number in range(40))
    message, count = reply(mention(door), text), len(posts(text))
    door.next = ["", "", "", "", "429"]  # who, own posts, two parts … then the third
    with pytest.raises(TryLater):
        connector(door).send(message)
    http.forget_waits()
    assert len(door.network.of(door.me)) == 2 < count
    assert connector(door).find(message) is None, "not all of it is there"
    receipt = connector(door).send(message)
    written = sorted(door.network.of(door.me), key=lambda post: int(post.id))
    assert len(written) == count and receipt.external_id == written[0].id
    assert [post.parent for post in written] == [message.in_reply_to, *(post.id for post in written[:-1])]
    assert connector(door).find(message) == receipt


def test_limits_of_one_kind_hold_up_no_other(door: Door) -> None:
    parent = mention(door)
    door.network.limits = {f"GET /2/users/{door.me}/mentions": 2}
    read_all(door)
    asked = len(door.exchanges)
    with pytest.raises(TryLater) as busy:
        connector(door).receive(json.dumps({"me": door.me, "handle": CITY[1:]}))
    assert len(door.exchanges) == asked, "the limit is kept before it is hit"
    assert busy.value.after > timedelta(minutes=10)
    assert connector(door).send(reply(parent)).external_id


def test_what_is_read_beside_mentions_holds_them_up_never(door: Door) -> None:
    parents = [mention(door, f"n{number}", AGO) for number in range(3)]
    door.choose = lambda request: "" if "mentions" in request or "/me" in request else "429"
    found, cursor = read_all(door)
    assert [m.external_id for m in found] == parents
    late = mention(door)
    assert [m.external_id for m in read_all(door, cursor)[0]] == [late]


def test_credits_that_are_used_up_pause_the_account_with_words(door: Door) -> None:
    door.broke = True
    for call in (lambda: connector(door).receive(None), lambda: connector(door).send(reply("1"))):
        with pytest.raises(Refused, match="credits") as spent:
            call()
        assert spent.value.pause


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (
            Problem(403, "Your client app is not configured with the appropriate oauth1 app permissions."),
            "Read and write",
        ),
        (Problem(403, "Use keys of an App in a Project.", f"{PROBLEMS}client-forbidden"), "Read and write"),
        (Problem(403, "Your account is suspended and is not permitted to access this feature."), "suspended or locked"),
    ],
)
def test_what_concerns_the_whole_account_pauses_it(door: Door, problem: Problem, told: str, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise problem

    monkeypatch.setattr(door.network, "answer", refuse)
    for call in (lambda: connector(door).receive(None), lambda: connector(door).send(reply("1"))):
        with pytest.raises(Refused, match=told) as refused:
            call()
        assert refused.value.pause


def test_a_strange_post_holds_nothing_up(door: Door, monkeypatch) -> None:
    good = mention(door)
    bad = mention(door, "bad")
    whole = door.network._one
    monkeypatch.setattr(
        door.network, "_one", lambda post, *more: whole(post, *more) | ({"author_id": 7} if post.id == bad else {})
    )
    batch = connector(door).receive(None)
    assert [m.external_id for m in batch.messages] == [good]
    assert [item.external_id for item in batch.unreadable] == [bad]


def test_pictures_are_laid_and_described_before_the_post_that_shows_them(door: Door) -> None:
    shown = prepare_picture("rue.jpg", jpeg(), "La rue Haute"), prepare_picture("plan.png", png(), "Le plan")
    message = replace(reply(mention(door, "montrez"), "Voici. " * 60, "vue"), media=shown)
    receipt = connector(door).send(message)
    assert connector(door).find(message) == receipt
    first, *others = sorted(door.network.of(door.me), key=lambda post: int(post.id))
    assert [one["alt_text"] for one in first.media] == ["La rue Haute", "Le plan"] and others
    assert not any(post.media for post in others)
    assert list(door.network.contents.values()) == [one.content for one in shown]


def test_killed_between_picture_and_post_it_is_sent_once(door: Door) -> None:
    message = replace(reply(mention(door, "montrez"), key="vue"), media=(prepare_picture("rue.jpg", jpeg(), "La rue"),))
    door.next = ["", "", "reset before"]
    with pytest.raises(Uncertain):
        connector(door).send(message)
    assert len(door.network.laid) == 1 and not door.network.of(door.me)
    assert connector(door).find(message) is None
    receipt = connector(door).send(message)
    assert [post.id for post in door.network.of(door.me)] == [receipt.external_id]
    door.next = ["reset after"]
    with pytest.raises(TryLater):
        connector(door).send(replace(message, text="Autre chose."))
    assert len(door.network.of(door.me)) == 1


def test_a_gif_goes_alone(door: Door) -> None:
    asked = mention(door, "montrez")
    both = prepare_picture("a.gif", gif(), "Une roue"), prepare_picture("plan.png", png(), "Le plan")
    with pytest.raises(Refused, match="only by itself"):
        connector(door).send(replace(reply(asked), media=both))
    connector(door).send(replace(reply(asked), media=both[:1]))
    assert [post.media[0]["type"] for post in door.network.of(door.me)] == ["animated_gif"]


def test_a_thread_is_deleted_whole_and_no_other_post(door: Door) -> None:
    kept = connector(door).send(reply(mention(door, "un"), "Une autre réponse."))
    message = reply(mention(door, "deux"), "Voici la réponse. " * 40, "k2")
    receipt = connector(door).send(message)
    assert len(door.network.of(door.me)) > 2
    connector(door).delete(message, receipt.external_id)
    assert [post.id for post in door.network.of(door.me)] == [kept.external_id]
    connector(door).delete(message, receipt.external_id)
    with pytest.raises(Refused, match="not authorized"):
        connector(door).delete(reply(""), mention(door, "pas à nous"))
