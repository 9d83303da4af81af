"""Mastodon over real servers: two snac2 that federate, and mastodon_mock for what these lack; and harm on the wire."""

import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from portevoix.channels import http
from portevoix.channels.conformance import CHECKS, Check, Fixtures, check_deleting
from portevoix.channels.mastodon import MastodonConnector, MastodonSettings, client, oauth, receive
from portevoix.channels.media import prepare_picture
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, Outgoing, Receipt, Visibility, Writer
from tests.kernel.pictures import jpeg, png
from tests.servers import snac as servers
from tests.servers.faulty import AFTER, BEFORE, HARMLESS, faulty, seeded
from tests.servers.mail import wait_for
from tests.servers.mastodon_mock import Server
from tests.servers.snac import Instances, Person

pytestmark = pytest.mark.servers

CITY = "@ville@ville.test"
NUMBERS = count(1)
SEED = 5
FAULTS = (*BEFORE, *AFTER, *HARMLESS)


def outgoing(key: str, parent: str, to: str = "@ana@ville.test", **more: Any) -> Outgoing:
    values = {"text": f"Merci ({key}), nous venons demain à 8 h : https://ville.test/plan_des_rues"} | more
    return Outgoing(
        key=key,
        account=CITY,
        conversation="",
        to=Writer(to.removeprefix("@"), to, "Ana"),
        sent_at=datetime.now(UTC),
        in_reply_to=parent,
        lang="fr",
        **values,
    )


def words(raw: dict[str, Any]) -> str:
    """The text of a status, by a reader of the tests' own."""
    return re.sub(r"<[^>]*>", "", raw["content"].replace("<br>", "\n")).replace("&quot;", '"').strip()


@pytest.fixture(scope="module")
def city(snac: Instances) -> MastodonConnector:
    return MastodonConnector(CITY, MastodonSettings("http://ville.test", snac.ville.token))


@pytest.fixture(scope="module")
def far(snac: Instances) -> dict[str, dict[str, Any]]:
    """What somebody on the other instance wrote at the very beginning: to federate takes some seconds."""
    asked = "@ville@ville.test la lampe de la rue Haute https://autre.test/photos/une_adresse_bien_longue?x=1"
    return {
        "public": snac.bob.post(asked, spoiler_text="voirie"),
        "private": snac.bob.post("@ville@ville.test ceci reste entre nous", visibility="direct"),
        "near": snac.ana.post("@ville la poubelle est pleine :poubelle:", language="fr"),
    }


@pytest.mark.parametrize(
    "check", [check for check in CHECKS if check is not check_deleting], ids=lambda check: check.__name__
)
def test_it_keeps_the_contract(snac: Instances, far: dict[str, Any], check: Check) -> None:
    settings = MastodonSettings("http://ville.test", snac.mairie.token)
    used = [settings]
    question = snac.ana.post("une question")["id"]

    @contextmanager
    def down() -> Iterator[None]:
        client.forget()
        used.append(replace(settings, instance=f"http://127.0.0.1:{_closed_port()}"))
        yield
        used.pop()

    given = Fixtures(
        settings=settings,
        write=partial(write, snac),
        outgoing=lambda key: outgoing(key, question),
        read_copies=partial(copies, snac),
        read_descriptions=partial(described, snac),
        down=down,
        secrets=(snac.mairie.token,),
    )
    check(lambda: MastodonConnector(snac.mairie.handle, used[-1]), given)


def write(snac: Instances, how_many: int) -> None:
    keys = [snac.ana.post(f"@mairie bonjour {next(NUMBERS)}")["id"] for _ in range(how_many)]
    settle(snac, snac.mairie, keys)


def settle(snac: Instances, person: Person, keys: list[str]) -> None:
    """Waits until this person has been told of them: that takes up to three seconds."""

    def told() -> bool:
        snac.hurry()
        return set(keys) <= {one["id"] for one in person.notified()}

    wait_for(told, "what was written did not arrive")


def profile(snac: Instances, person: Person, key: str) -> list[dict[str, Any]]:
    """What a citizen sees under this key on that person's profile."""
    whose = person.ask("/api/v1/accounts/verify_credentials")["id"]
    said = snac.ana.ask(f"/api/v1/accounts/{whose}/statuses?limit=200")
    return [one for one in said if f"({key})" in one["content"]]


def copies(snac: Instances, key: str) -> Sequence[str]:
    """A content warning as if it were a header, and the text."""
    said = profile(snac, snac.mairie, key.removesuffix("-name"))
    return [f"{one['spoiler_text']}\n\n{words(one)}" for one in said]


def described(snac: Instances, key: str) -> Sequence[Sequence[str]]:
    return [[one["description"] for one in status["media_attachments"]] for status in profile(snac, snac.mairie, key)]


def test_conversations(snac: Instances, city: MastodonConnector, far: dict[str, dict[str, Any]], monkeypatch) -> None:
    """Somebody on another instance asks, in public and in private; their own client reads each answer, once.

    A neighbour asks too, and answers the answer.
    """
    wanted = {raw["url"] for raw in far.values()}
    found: dict[str, Incoming] = {}

    def arrived() -> bool:
        snac.hurry()
        found.update({message.url: message for message in drained(city, None)[0]})
        return wanted <= set(found)

    wait_for(arrived, "what was written elsewhere did not arrive")
    public, private, near = (found[far[name]["url"]] for name in ("public", "private", "near"))
    assert public.author == Writer("bob@autre.test", "@bob@autre.test", "bob")
    assert public.text.split("\n\n") == [
        "voirie",
        "@ville@ville.test la lampe de la rue Haute https://autre.test/photos/une_adresse_bien_longue?x=1",
    ]
    assert (public.visibility, private.visibility) == (Visibility.PUBLIC, Visibility.PRIVATE)
    assert (near.direction, near.addressed) == (Direction.IN, Addressed.DIRECT)
    assert near.text == "@ville@ville.test la poubelle est pleine :poubelle:"
    sent = [
        outgoing("public", public.external_id, public.author.handle),
        outgoing("prive", private.external_id, private.author.handle, visibility=private.visibility),
        outgoing("voisine", near.external_id, near.author.handle),
    ]
    cursor = drained(city, None)[1]
    receipts = [city.send(message) for message in sent]
    assert [city.find(message) for message in sent] == receipts
    back = snac.ana.post("@ville merci !", in_reply_to_id=receipts[2].external_id)
    settle(snac, snac.ville, [back["id"]])
    wait_for(lambda: snac.hurry() or len(answers_of(snac.bob)) >= 2, "the answers did not arrive")
    _assert_read_once(answers_of(snac.bob), sent, far)
    monkeypatch.setattr(receive, "own_delay", timedelta(seconds=-5))
    last = {message.external_id: message for message in drained(city, cursor)[0]}
    answer = last[back["id"]]
    assert (answer.in_reply_to, answer.thread) == (receipts[2].external_id, near.external_id)
    assert last[receipts[2].external_id].direction is Direction.OUT


def answers_of(person: Person) -> list[dict[str, Any]]:
    """The statuses of which they are told, each once: to be told twice of one is the instance's affair."""
    return list({one["id"]: one for one in person.notified()}.values())


def _assert_read_once(notified: list[dict[str, Any]], sent: list[Outgoing], far: dict[str, dict[str, Any]]) -> None:
    answers = {one["visibility"]: one for one in notified}  # this instance says “private” for “direct”
    assert len(notified) == 2
    assert words(answers["public"]) == f"@bob@autre.test {sent[0].text}"
    assert words(answers["private"]) == f"@bob@autre.test {sent[1].text}"
    assert answers["public"]["spoiler_text"] == "voirie"
    assert answers["public"]["in_reply_to_id"] == far["public"]["id"]


def test_access_is_given_on_the_instances_own_pages_and_taken_back(snac: Instances) -> None:
    app = oauth.register("http://ville.test", redirect=servers.REDIRECT)
    assert app.client_secret not in repr(app)
    state, verifier = oauth.secret(), oauth.secret()
    address = oauth.authorisation(app, state=state, verifier=verifier)
    assert not servers.allow(address, "ville", "not the password", state)
    code = servers.allow(address, "ville", snac.ville.password, state)
    with pytest.raises(Refused):
        oauth.exchange(replace(app, client_secret="another"), code, verifier=verifier)
    token = oauth.exchange(app, code, verifier=verifier)
    city = MastodonConnector(CITY, MastodonSettings("http://ville.test", token))
    assert city.check()[0] == "Signed in to ville.test as @ville@ville.test."
    oauth.revoke(app, token)
    client.forget()
    with pytest.raises(Refused, match="Make a new one there") as caught:
        city.check()
    assert caught.value.pause


def test_the_token_of_somebody_else_is_told(snac: Instances) -> None:
    with pytest.raises(Refused, match="is that of @ana") as caught:
        MastodonConnector(CITY, MastodonSettings("http://ville.test", snac.ana.token)).check()
    assert caught.value.pause


def test_the_machine_is_left_as_it_was(tmp_path: Path, monkeypatch) -> None:
    """Also when something else writes into the file meanwhile, and when an earlier run was killed."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    monkeypatch.setattr(servers, "HOSTS_FILE", hosts)
    with servers._named():
        assert "127.0.0.12 autre.test\n" in hosts.read_text()
        killed = hosts.read_text()
    assert hosts.read_text() == "127.0.0.1 localhost\n"
    hosts.write_text(killed)
    with servers._named():
        hosts.write_text(f"{hosts.read_text()}127.0.0.1 other\n")
    assert hosts.read_text() == "127.0.0.1 localhost\n127.0.0.1 other\n"


def delivered(city: MastodonConnector, message: Outgoing) -> Receipt | None:
    """As `exchange.outbound.delivery` does it; None where a person would have to decide."""
    doubt = False
    for _ in range(60):
        try:
            if doubt and (found := city.find(message)):
                return found
        except TryLater:
            http.forget_waits()
            continue
        except Uncertain:
            return None
        try:
            return city.send(message)
        except TryLater:
            http.forget_waits()  # as if that long had passed
            doubt = False
        except Uncertain:
            doubt = True
    raise AssertionError("never delivered")


def drained(city: MastodonConnector, cursor: str | None) -> tuple[list[Incoming], str | None]:
    """Everything new; what fails is tried again from the same cursor."""
    found: list[Incoming] = []
    for _ in range(200):
        try:
            batch = city.receive(cursor)
        except TryLater:
            http.forget_waits()
            continue
        found += batch.messages
        cursor = batch.cursor
        if not batch.more:
            return found, cursor
    raise AssertionError("never read to the end")


def harmed(city: Callable[[str], MastodonConnector], server: str, host: str, parents: list[str]) -> Counter[str]:
    """Sends an answer to each of them through a wire that does harm; how it ended."""
    ended: Counter[str] = Counter()
    with faulty(server, host) as between:
        connected = city(between.address)
        connected.check()
        between.choose = seeded(SEED, 0.3, FAULTS)
        for number, parent in enumerate(parents):
            receipt = delivered(connected, outgoing(f"faute-{number}", parent))
            ended["sent" if receipt else "uncertain"] += 1
        assert between.met.total() > len(parents) / 2
    return ended


def test_no_answer_is_lost_or_doubled_on_a_bad_wire(snac: Instances) -> None:
    """This instance does not heed Idempotency-Key: all depends on looking for what was sent."""
    parents = [snac.ana.post("aïe")["id"] for _ in range(40)]
    settings = partial(MastodonSettings, access_token=snac.ville.token)
    ended = harmed(lambda base: MastodonConnector(CITY, settings(base)), "http://127.0.0.11", "ville.test", parents)
    for number, parent in enumerate(parents):
        assert [one["in_reply_to_id"] for one in profile(snac, snac.ville, f"faute-{number}")] == [parent]
    assert ended == {"sent": 40}


def test_no_mention_is_lost_or_doubled_on_a_bad_wire(snac: Instances, city: MastodonConnector) -> None:
    _, began = drained(city, None)
    cursor, found = began, list[Incoming]()
    with faulty("http://127.0.0.11", "ville.test") as between:
        connected = MastodonConnector(CITY, MastodonSettings(between.address, snac.ville.token))
        connected.check()
        between.choose = seeded(SEED, 0.4, FAULTS)
        written = {snac.ana.post(f"@ville encore {number}")["id"] for number in range(40)}

        def read() -> bool:
            """Whether all have been read, which come as the instance hands them out."""
            nonlocal cursor
            snac.hurry()
            new, cursor = drained(connected, cursor)
            found.extend(new)
            http.forget_waits()
            return written <= {message.external_id for message in found}

        with suppress(AssertionError):
            wait_for(read, "slow", 120)
        there = written & {one["id"] for one in snac.ville.notified(100)}
        read()
        assert len(there) >= 20, f"{len(there)} of 40 mentions have come to the city's own instance"
        missing = there - {message.external_id for message in found}
        assert not missing, "the city's instance shows what was never read"
        assert between.met.total() >= 5
    times = Counter(message.external_id for message in found)
    assert {key: times[key] for key in there} == dict.fromkeys(there, 1)


# What snac2 lacks: tried on mastodon_mock.


@pytest.fixture
def town(mastodon: Server, monkeypatch) -> MastodonConnector:
    http.forget_waits()
    client.forget()
    monkeypatch.setattr(receive, "own_delay", timedelta(seconds=-5))
    return MastodonConnector(CITY, MastodonSettings(mastodon.base, "tok-ville"))


def test_edits_deletions_and_polls(mastodon: Server, town: MastodonConnector) -> None:
    _, cursor = drained(town, None)
    first = mastodon.post("ana", "@ville la lampe", poll={"options": ["rue Haute", "rue Basse"], "expires_in": 3600})
    second = mastodon.post("ana", "@ville la poubelle")
    own = mastodon.post("ville", "Travaux rue Haute")
    found, cursor = drained(town, cursor)
    assert {one.external_id: one.direction for one in found} == {
        first: Direction.IN,
        second: Direction.IN,
        own: Direction.OUT,
    }
    assert found[0].text.endswith("\n\n- rue Haute\n- rue Basse")
    mastodon.ask("ana", f"/api/v1/statuses/{second}", {"status": "@ville la poubelle verte"}, method="PUT")
    mastodon.ask("ana", f"/api/v1/statuses/{first}", method="DELETE")
    mastodon.ask("ville", f"/api/v1/statuses/{own}", method="DELETE")
    changes, cursor = drained(town, cursor)
    assert sorted((one.external_id, one.change, one.direction) for one in changes) == sorted(
        [
            (first, Change.RETRACT, Direction.IN),
            (second, Change.AMEND, Direction.IN),
            (own, Change.RETRACT, Direction.OUT),
        ]
    )
    assert next(one.text for one in changes if one.external_id == second) == "@ville la poubelle verte"
    assert not drained(town, cursor)[0]


def test_one_key_arrives_once_and_a_long_answer_as_a_thread(mastodon: Server, town: MastodonConnector) -> None:
    question = mastodon.post("ana", "@ville racontez", visibility="unlisted")
    long = outgoing("long", question, text="Il était une fois une mairie qui répondait à tout le monde. " * 20)
    receipt = town.send(long)
    assert town.send(long) == receipt == town.find(long)
    below = mastodon.answers("ana", question)
    assert [one["in_reply_to_id"] for one in below] == [question, *(one["id"] for one in below[:-1])]
    assert {one["visibility"] for one in below} == {"unlisted"}
    assert all(len(words(one)) <= 500 for one in below)
    said = " ".join(words(one).removeprefix("@ana@ville.test ") for one in below)
    assert said == long.text.strip()


def test_pictures_go_with_the_first_part_and_all_parts_are_deleted(mastodon: Server, town: MastodonConnector) -> None:
    warned = "voirie, et tout ce qui s'ensuit, " * 6
    question = mastodon.post("ana", "@ville montrez", spoiler_text=warned)
    shown = (
        prepare_picture("rue.jpg", jpeg(), "La rue Haute, barrée"),
        prepare_picture("plan.png", png(), "Le plan du détour"),
    )
    long = outgoing("vue", question, text="Voici la rue telle qu'elle est ce matin. " * 20, media=shown)
    receipt = town.send(long)
    assert town.send(long) == receipt
    first, *others = mastodon.answers("ana", question)
    assert [one["description"] for one in first["media_attachments"]] == [one.alt for one in shown]
    assert first["spoiler_text"] == warned and others
    assert not any(one["media_attachments"] for one in others)
    town.delete(long, receipt.external_id)
    assert mastodon.answers("ana", question) == []
    town.delete(long, receipt.external_id)


def test_deleting_keeps_the_contract_where_an_instance_deletes(mastodon: Server, town: MastodonConnector) -> None:
    question = mastodon.post("ana", "@ville encore")

    def sent(key: str) -> Sequence[str]:
        return [words(one) for one in mastodon.answers("ana", question) if f"({key})" in one["content"]]

    given = Fixtures(town.settings, outgoing=lambda key: outgoing(key, question), read_copies=sent)
    check_deleting(lambda: town, given)


def test_an_instance_that_deletes_nothing_says_so(snac: Instances, city: MastodonConnector) -> None:
    question = snac.ana.post("@ville@ville.test alors ?")["id"]
    receipt = city.send(outgoing("reste", question))
    with pytest.raises(Refused, match="lets nothing be deleted from here"):
        city.delete(outgoing("reste", question), receipt.external_id)


def test_a_post_of_the_city_s_own_names_nobody(mastodon: Server, town: MastodonConnector) -> None:
    post = replace(outgoing("annonce", ""), to=Writer(""), text="Piscine fermée lundi. " * 40)
    receipt = town.send(post)
    assert town.find(post) == receipt == town.send(post)
    told = mastodon.ask("bob", f"/api/v1/statuses/{receipt.external_id}")
    assert (told["in_reply_to_id"], told["visibility"], told["mentions"]) == (None, "public", [])
    assert [one["account"]["username"] for one in mastodon.answers("bob", receipt.external_id)] == ["ville"]


def test_what_was_deleted_meanwhile_is_not_answered(mastodon: Server, town: MastodonConnector) -> None:
    question = mastodon.post("ana", "@ville oubliez")
    mastodon.ask("ana", f"/api/v1/statuses/{question}", method="DELETE")
    with pytest.raises(Refused, match="not on the network any more") as caught:
        town.send(outgoing("late", question))
    assert not caught.value.pause


def test_a_server_that_is_busy_is_left_alone(mastodon: Server, town: MastodonConnector) -> None:
    question = mastodon.post("ana", "@ville vite")
    rule = {"match": {"path": "/api/v1/statuses", "methods": ["POST"]}, "count": 1}
    effect = {"type": "ratelimit", "headers": {"Retry-After": "2"}}
    mastodon.ask("ville", "/api/v1/_mock/faults", {**rule, "effect": effect})
    with pytest.raises(TryLater) as caught:
        town.send(outgoing("busy", question))
    assert caught.value.after == timedelta(seconds=2)
    assert town.find(outgoing("busy", question)) is None
    with pytest.raises(TryLater, match="asks us to wait"):
        town.send(outgoing("busy", question))
    http.forget_waits()
    town.send(outgoing("busy", question))
    assert len(mastodon.answers("ana", question)) == 1


def test_no_answer_is_lost_or_doubled_where_keys_are_heeded(mastodon: Server) -> None:
    parents = [mastodon.post("ana", "@ville aïe") for _ in range(40)]
    settings = partial(MastodonSettings, access_token="tok-ville")
    ended = harmed(lambda base: MastodonConnector(CITY, settings(base)), mastodon.base, "ville.test", parents)
    for number, parent in enumerate(parents):
        assert [words(one).count(f"(faute-{number})") for one in mastodon.answers("ana", parent)] == [1]
    assert ended == {"sent": 40}


def test_a_token_that_may_only_read_is_told_so(mastodon: Server, town: MastodonConnector) -> None:
    assert town.check()[2] == "Replies may be written: up to 500 characters in one status."
    app = oauth.register(mastodon.base, redirect="urn:ietf:wg:oauth:2.0:oob")
    assert app.pkce and "code_challenge_method=S256" in oauth.authorisation(app, state="s", verifier="v")
    body = {
        "grant_type": "authorization_code",
        "code": "mockcode_ville",  # as its page gives it, which asks for no password
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": app.redirect,
        "scope": "read",
    }
    reads = mastodon.ask("ville", "/oauth/token", body)["access_token"]
    with pytest.raises(Refused, match="needs the scopes “read write:statuses write:media”") as caught:
        MastodonConnector(CITY, MastodonSettings(mastodon.base, reads)).check()
    assert caught.value.pause


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
