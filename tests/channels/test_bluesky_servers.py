"""Bluesky over its real PDS and AppView, directly and through a proxy that does what networks do."""

import random
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from urllib.request import urlopen

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.bluesky import BlueskyConnector, BlueskySettings, session
from portevoix.channels.conformance import CHECKS, Check, Fixtures
from portevoix.channels.media import prepare_picture
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, Outgoing, Visibility, Writer
from tests.kernel.pictures import SECRET, jpeg, png
from tests.servers.bluesky import POST, Bluesky, Person, wait_for
from tests.servers.faulty import EXPIRED, FAULTS, Line, faulty, seeded

pytestmark = pytest.mark.servers

NUMBERS = count(1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200"
    "0148afa4710000000049454e44ae426082"
)


@dataclass(frozen=True)
class Town:
    """The city and a citizen, each with an account, and the city's app password."""

    servers: Bluesky
    city: Person
    ana: Person
    password: str

    def connector(self, **changes: Any) -> BlueskyConnector:
        return BlueskyConnector(self.city.handle, self.settings(**changes))

    def settings(self, **changes: Any) -> BlueskySettings:
        return BlueskySettings(**{"app_password": self.password, "service": self.servers.url, **changes})

    def mention(self, text: str = "le lampadaire est cassé", **more: Any) -> dict[str, str]:
        """Ana speaks to the city; returns once the city can read it."""
        at = f"@{self.city.handle}"
        post = self.ana.post(f"{at} {text}", mentions={at: self.city.did}, **more)
        self.noticed(post["uri"])
        return post

    def noticed(self, *uris: str) -> None:
        wait_for(lambda: set(uris) <= {row["uri"] for row in self.city.notified()}, "The city is not told.")

    def reply(self, post: dict[str, str], text: str = "Nous passons demain.", **changes: Any) -> Outgoing:
        message = Outgoing(
            key=f"key-{next(NUMBERS)}",
            account=self.city.handle,
            conversation="4e1fa9c02b77",
            to=Writer(self.ana.did, self.ana.handle),
            text=text,
            sent_at=datetime.now(UTC),
            in_reply_to=post["uri"],
            thread=post["uri"],
            lang="fr",
        )
        return replace(message, **changes)


@pytest.fixture(autouse=True)
def as_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(internal_hosts, "internal", {"localhost", "127.0.0.1"})
    http.forget_waits()
    session.forget_sessions()


@pytest.fixture
def town(bluesky: Bluesky) -> Town:
    city = bluesky.person("ville")
    return Town(bluesky, city, bluesky.person("ana"), bluesky.app_password(city))


def read_all(connector: BlueskyConnector, cursor: str | None, calls: int = 3) -> tuple[list[Incoming], str | None]:
    """What so many calls bring, and those that they ask for."""
    found: list[Incoming] = []
    while calls > 0:
        batch = connector.receive(cursor)
        assert not batch.unreadable
        found, cursor, calls = [*found, *batch.messages], batch.cursor, calls - (not batch.more)
    return found, cursor


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(town: Town, check: Check) -> None:
    answered = town.mention()
    sent_at = datetime.now(UTC)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = town.settings(service=f"http://127.0.0.1:{closed.getsockname()[1]}")
    used = [town.settings()]

    def outgoing(key: str) -> Outgoing:
        return town.reply(answered, f"Bonjour ({key}),\n\nnous passons.\n.", key=key, sent_at=sent_at)

    def sent(key: str) -> Sequence[str]:
        return ["\n" + text for record in town.city.records() if f"({key})" in (text := record["value"]["text"])]

    def shown(key: str) -> Sequence[Sequence[str]]:
        records = [each["value"] for each in town.city.records() if f"({key})" in each["value"]["text"]]
        return [[one["alt"] for one in record["embed"]["images"]] for record in records]

    def write(how_many: int) -> None:
        for _ in range(how_many):
            town.mention()

    @contextmanager
    def down() -> Iterator[None]:
        used.append(gone)
        yield
        used.pop()

    given = Fixtures(
        town.settings(),
        write=write,
        outgoing=outgoing,
        read_copies=sent,
        read_descriptions=shown,
        down=down,
        secrets=(town.password,),
    )
    check(lambda: BlueskyConnector(town.city.handle, used[-1]), given)


def test_a_conversation_is_read_answered_and_read_on(town: Town) -> None:
    connector = town.connector()
    asked = town.mention("la rue Haute est dans le noir", langs=["fr"])
    (question,), cursor = read_all(connector, None)
    assert (question.external_id, question.thread, question.in_reply_to) == (asked["uri"], asked["uri"], "")
    assert (question.author, question.lang) == (Writer(town.ana.did, town.ana.handle), "fr")
    assert (question.addressed, question.direction) == (Addressed.DIRECT, Direction.IN)
    assert question.url == f"https://bsky.app/profile/{town.ana.did}/post/{asked['uri'].rsplit('/', 1)[1]}"

    text = f"Bonjour @{town.ana.handle} 👩‍🔧, voyez https://ville.example/travaux#été. #voirie"
    receipt = connector.send(town.reply(asked, text))
    (seen,) = wait_for(town.ana.notified, "The citizen is not told.")
    assert (seen["uri"], seen["record"]["text"]) == (receipt.external_id, text)
    whole = text.encode()
    said = {
        feature["$type"].split("#")[1]: whole[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        for facet in seen["record"]["facets"]
        for feature in facet["features"]
    }
    assert said == {"mention": f"@{town.ana.handle}", "link": "https://ville.example/travaux#été", "tag": "#voirie"}

    answer = {"uri": seen["uri"], "cid": seen["cid"]}
    thanks = town.ana.post("Merci !", reply={"root": asked, "parent": answer})
    town.noticed(thanks["uri"])
    (more,), cursor = read_all(connector, cursor)
    assert (more.external_id, more.thread, more.in_reply_to) == (thanks["uri"], asked["uri"], receipt.external_id)
    again = connector.send(town.reply(thanks, "Avec plaisir."))
    placed = next(each["value"]["reply"] for each in town.city.records() if each["uri"] == again.external_id)
    assert (placed["root"]["uri"], placed["parent"]["uri"]) == (asked["uri"], thanks["uri"])
    assert read_all(connector, cursor)[0] == [], "what Portevoix sent does not come back"


def test_what_names_the_city_in_copy_and_what_it_says_elsewhere_are_read_too(town: Town) -> None:
    at = f"@{town.city.handle}"
    own = town.city.post("La piscine est fermée.")
    quote = town.ana.post("Encore !", embed={"$type": "app.bsky.embed.record", "record": own})
    blob = town.ana.call("com.atproto.repo.uploadBlob", PNG)["blob"]
    images = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": "Un sac devant une porte"}]}
    copy = town.ana.post(f"La rue est sale, que fait {at} ?", mentions={at: town.city.did}, embed=images)
    answer = town.ana.post("Jusqu'à quand ?", reply={"root": own, "parent": own})
    by_hand = town.city.post("Jusqu'à lundi.", reply={"root": own, "parent": answer})
    found = town.ana.post("Ville-sur-Loire est une belle ville")
    town.noticed(quote["uri"], copy["uri"], answer["uri"])
    wait_for(
        lambda: len(town.city.call("app.bsky.feed.getAuthorFeed", actor=town.city.did)["feed"]) == 2, "Not in the feed."
    )
    messages, _ = read_all(town.connector(search="Ville-sur-Loire"), None, calls=4)
    read = {message.external_id: message for message in messages}
    assert len(read) == len(messages) == 6
    copies = {uri for uri, message in read.items() if message.addressed is Addressed.COPY}
    assert copies == {quote["uri"], copy["uri"], found["uri"]}
    assert {uri for uri, m in read.items() if m.direction is Direction.OUT} == {own["uri"], by_hand["uri"]}
    assert read[by_hand["uri"]].thread == own["uri"] and read[answer["uri"]].in_reply_to == own["uri"]
    (picture,) = read[copy["uri"]].media
    assert (picture.type, picture.alt) == ("image/png", "Un sac devant une porte") and blob["ref"][
        "$link"
    ] in picture.url
    assert read[quote["uri"]].about and own["uri"].rsplit("/", 1)[1] in read[quote["uri"]].about.url


def test_a_deleted_post_is_retracted_once_and_a_citizen_who_blocks_the_city_deletes_nothing(town: Town) -> None:
    kept, gone = town.mention(), town.mention()
    connector = town.connector()
    taken_back = connector.send(town.reply(kept, "une phrase " * 40)).external_id
    feed = partial(town.city.call, "app.bsky.feed.getAuthorFeed", actor=town.city.did)
    wait_for(lambda: len(feed()["feed"]) == 2, "Not in the feed.")
    _, cursor = read_all(connector, None)
    for record in town.city.records():
        town.city.delete(record["uri"])
    town.ana.delete(gone["uri"])
    block = {"$type": "app.bsky.graph.block", "subject": town.city.did, "createdAt": "2026-01-01T00:00:00Z"}
    asked = {"repo": town.ana.did, "collection": "app.bsky.graph.block", "record": block}
    made = town.ana.call("com.atproto.repo.createRecord", asked)
    hidden = partial(town.city.call, "app.bsky.feed.getPosts", uris=[kept["uri"], gone["uri"]])
    wait_for(lambda: not hidden()["posts"], "The AppView does not know of it.")
    changes, cursor = read_all(connector, cursor, calls=6)
    assert {(each.external_id, each.direction) for each in changes} == {
        (gone["uri"], Direction.IN),
        (taken_back, Direction.OUT),  # and nothing is said of the second post of that reply: it is no message
    }
    assert all(each.change is Change.RETRACT and each.revision == 1 for each in changes) and len(changes) == 2
    with pytest.raises(Refused, match="blocked"):
        connector.send(town.reply(kept))
    with pytest.raises(Refused, match="deleted"):
        connector.send(town.reply(gone))
    town.ana.call("com.atproto.repo.deleteRecord", {**asked, "rkey": made["uri"].rsplit("/", 1)[1]})


def test_a_long_reply_is_a_thread_and_one_that_was_cut_is_continued(town: Town) -> None:
    text = " ".join(f"Phrase numéro {number}, ni trop longue ni trop courte." for number in range(18))
    asked = town.mention()
    with faulty(town.servers.url) as proxy:
        connector = town.connector(service=proxy.address)
        message = town.reply(asked, text)
        made = count()
        proxy.choose = lambda request: "reset before" if "createRecord" in request and next(made) == 2 else ""
        with pytest.raises(Uncertain):
            connector.send(message)
        assert connector.find(message) is None and len(town.city.records()) == 2
        asked_for: list[str] = []
        proxy.choose = lambda request: asked_for.append(request) or ""
        receipt = connector.send(message)
        whole = len(town.city.records())
        assert sum("createRecord" in request for request in asked_for) == 1 + whole - 2, "what is there is passed over"
        asked_for.clear()
        assert connector.find(message) == receipt
        assert len(asked_for) == 1, "where the last post is there, all are"
    records = town.city.records()
    assert receipt.external_id == records[0]["uri"]
    assert " ".join(record["value"]["text"] for record in records) == text
    above = [record["value"]["reply"]["parent"]["uri"] for record in records]
    assert above == [asked["uri"], *(record["uri"] for record in records[:-1])]
    assert {record["value"]["reply"]["root"]["uri"] for record in records} == {asked["uri"]}


def test_a_private_reply_and_one_to_nothing_are_refused(town: Town) -> None:
    asked = town.mention()
    for changes in ({"visibility": Visibility.PRIVATE}, {"in_reply_to": "not a post"}, {"text": " \n "}):
        with pytest.raises(Refused) as refused:
            town.connector().send(town.reply(asked, **changes))
        assert not refused.value.pause
    assert not town.city.records()


def test_who_lets_nobody_answer_gets_no_answer(town: Town) -> None:
    asked = town.mention()
    gate = {"$type": "app.bsky.feed.threadgate", "post": asked["uri"], "allow": [], "createdAt": "2026-01-01T00:00:00Z"}
    key = asked["uri"].rsplit("/", 1)[1]
    made = {"repo": town.ana.did, "collection": "app.bsky.feed.threadgate", "rkey": key, "record": gate}
    town.ana.call("com.atproto.repo.createRecord", made)
    shown = partial(town.city.call, "app.bsky.feed.getPosts", uris=[asked["uri"]])
    wait_for(lambda: shown()["posts"][0]["viewer"].get("replyDisabled"), "The AppView does not know of it.")
    with pytest.raises(Refused, match="lets nobody"):
        town.connector().send(town.reply(asked))


def test_only_the_password_s_end_asks_for_a_person_and_signing_in_is_rare(town: Town) -> None:
    with faulty(town.servers.url) as proxy:
        cursor = None
        for _ in range(5):
            cursor = town.connector(service=proxy.address).receive(cursor).cursor
        assert sum("createSession" in request for request in proxy.asked) == 1
        proxy.next = ["", "expired"]
        post = town.mention()
        messages, cursor = read_all(town.connector(service=proxy.address), cursor)
        assert [message.external_id for message in messages] == [post["uri"]]
        assert sum("createSession" in request for request in proxy.asked) == 1
        town.city.call("com.atproto.server.revokeAppPassword", {"name": "Portevoix"})
        proxy.next = ["expired"]
        with pytest.raises(Refused, match="App passwords") as refused:
            town.connector(service=proxy.address).receive(cursor)
        assert refused.value.pause and town.password not in f"{refused.value!r} {refused.value.__context__!r}"
    with pytest.raises(Refused):
        town.connector().check()


def test_an_account_that_was_closed_asks_for_a_person(town: Town) -> None:
    asked = town.mention()
    town.connector().receive(None)
    town.city.call("com.atproto.server.deactivateAccount", {})
    for call in (town.connector().check, partial(town.connector().send, town.reply(asked))):
        with pytest.raises(Refused, match="closed or suspended") as refused:
            call()
        assert refused.value.pause


def unwelcome(proxy: Line, seed: int) -> None:
    """From now on about every third request meets a fault."""
    faults = seeded(seed, 0.35)

    def choose(request: str) -> str:
        fault = faults(request)
        return "" if fault == EXPIRED and "server." in request else fault

    proxy.choose = choose


def delivered(connector: BlueskyConnector, message: Outgoing, kills: random.Random) -> int:
    """As the door out does it: after doubt the network is asked before anything is sent again. Returns the tries."""
    doubt = False
    for tried in range(200):
        try:
            if doubt and connector.find(message):
                return tried
            doubt = False
            connector.send(message)
            if kills.random() < 0.9:  # else the process was killed before it could note it
                return tried
            doubt = True
        except TryLater:
            http.forget_waits()  # as if that long had passed
        except Uncertain:
            doubt = True
    raise AssertionError("never delivered")


@pytest.mark.parametrize("seed", [5])
def test_under_faults_nothing_is_lost_and_nothing_comes_twice(
    town: Town, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "Http", partial(http.Http, timeout=0.4))
    kills = random.Random(seed)
    began = datetime.now(UTC) - timedelta(hours=1)
    with faulty(town.servers.url, silence=1.0) as proxy:
        connector = town.connector(service=proxy.address)
        unwelcome(proxy, seed)
        asked = [town.mention(f"numéro {number}") for number in range(8)]
        written, cursor, read = [post["uri"] for post in asked], None, []
        for _ in range(400):
            if len(written) < 40:
                at = f"@{town.city.handle}"
                written.append(town.ana.post(f"{at} encore", mentions={at: town.city.did})["uri"])
            try:
                batch = connector.receive(cursor)
            except TryLater:
                http.forget_waits()
                continue
            if kills.random() < 0.9:  # else the process was killed before it could keep what it had read
                read += [message.external_id for message in batch.messages]
                cursor = batch.cursor
            if len(written) == 40 and len(read) >= 40 and not batch.messages:
                break
        assert sorted(read) == sorted(written)
        replies = [
            town.reply(asked[number % 8], f"Réponse {number}. " * (40 if number % 4 == 0 else 1), sent_at=began)
            for number in range(44)
        ]
        for message in replies:
            delivered(connector, message, kills)
        assert {*proxy.met} == {*FAULTS}
    records = town.city.records()
    texts = [record["value"]["text"] for record in records]
    for number, message in enumerate(replies):
        mine = [text for text in texts if f"Réponse {number}." in text]
        assert " ".join(mine).strip() == message.text.strip()


def test_many_mentions_take_as_many_requests_as_pages(town: Town) -> None:
    at = f"@{town.city.handle}"
    start = datetime.now(UTC) - timedelta(hours=2)
    index = {"byteStart": 0, "byteEnd": len(at)}
    facets = [{"index": index, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": town.city.did}]}]
    for first in range(0, 600, 200):
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": POST,
                "value": {
                    "$type": POST,
                    "text": f"{at} {number}",
                    "facets": facets,  # thirty of them in one and the same moment, across the end of a page
                    "createdAt": (start + timedelta(seconds=number // 30 * 30)).isoformat(timespec="milliseconds"),
                },
            }
            for number in range(first, first + 200)
        ]
        town.ana.call("com.atproto.repo.applyWrites", {"repo": town.ana.did, "writes": writes})
    unread = partial(town.city.call, "app.bsky.notification.getUnreadCount")
    wait_for(lambda: unread()["count"] == 600, "The city is not told of all.")
    with faulty(town.servers.url) as proxy:
        messages, _ = read_all(town.connector(service=proxy.address), None, calls=1)
        asked = sum("listNotifications" in request for request in proxy.asked)
    assert len({message.external_id for message in messages}) == len(messages) == 600
    assert asked <= 8


def test_pictures_are_seen_described_and_a_thread_is_deleted_whole(town: Town) -> None:
    connector, asked = town.connector(), town.mention("montrez")
    shown = (
        prepare_picture("rue.jpg", jpeg(6), "La rue Haute"),
        prepare_picture("plan.png", png(width=8, height=5), "Le plan"),
    )
    message = town.reply(asked, "Voici la rue telle qu'elle est ce matin. " * 20, media=shown)
    receipt = connector.send(message)
    assert connector.send(message) == receipt == connector.find(message)
    view = wait_for(
        lambda: town.ana.call("app.bsky.feed.getPosts", uris=receipt.external_id)["posts"], "The picture is not shown."
    )[0]
    seen = view["embed"]["images"]
    assert [one["alt"] for one in seen] == ["La rue Haute", "Le plan"]
    assert seen[1]["aspectRatio"] == {"width": 8, "height": 5}
    did, held = town.city.did, view["record"]["embed"]["images"][0]["image"]["ref"]["$link"]
    blob = urlopen(f"{town.servers.url}/xrpc/com.atproto.sync.getBlob?did={did}&cid={held}").read()
    assert blob == shown[0].content and SECRET not in blob
    assert len(town.city.records()) > 1
    connector.delete(message, receipt.external_id)
    assert town.city.records() == [] and connector.find(message) is None
    connector.delete(message, receipt.external_id)


def test_a_post_of_the_city_s_own_stands_by_itself(town: Town) -> None:
    connector = town.connector()
    post = replace(town.reply({"uri": ""}, "Piscine fermée lundi. " * 30), to=Writer(""), thread="")
    receipt = connector.send(post)
    assert connector.send(post) == receipt == connector.find(post)
    first, *others = sorted((each for each in town.city.records()), key=lambda each: each["value"]["createdAt"])
    assert first["uri"] == receipt.external_id and "reply" not in first["value"]
    assert {each["value"]["reply"]["root"]["uri"] for each in others} == {receipt.external_id}


def test_killed_between_picture_and_post_it_is_there_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    message = town.reply(town.mention("montrez"), "Voici.", media=(prepare_picture("rue.jpg", jpeg(), "La rue"),))

    def killed(self: object, method: str, body: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(session.Client, "post", killed)
        with pytest.raises(KeyboardInterrupt):
            town.connector().send(message)
    assert town.city.records() == [] and town.connector().find(message) is None
    receipt = town.connector().send(message)
    assert [each["uri"] for each in town.city.records()] == [receipt.external_id]
