"""Networks on which citizens write to the city and are answered, each behind a line with faults.

The servers are the most real ones that there are, in processes of their own. What arrived is read there.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from portevoix.channels.facebook import pending_sends, poll
from portevoix.channels.x import send as x_send
from portevoix.kernel.messages import RawRequest
from tests.servers import bluesky, faulty, mastodon_mock, mastodon_shelf, meta_emulator, x_door
from tests.servers.elsewhere import Elsewhere, elsewhere
from tests.servers.faulty import EXPIRED, FAULTS, Line, seeded
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, TOKEN, VERIFY, Meta

SILENCE = 2.3
"""Seconds of a silence: more than `talks.TIMEOUT`."""
SHARE = 0.2
"""Of the requests, how many meet a fault."""


@dataclass
class Network:
    """`write` has citizens write so many messages and gives their ids; `said` is what the city says there, all or at
    least the latest few hundred; `pushed` what the network sends of its own accord since it was asked last. `crowd`
    has one citizen write that many mentions at once, and `asked` counts the requests by their paths.
    """

    channel: str
    address: str
    settings: dict[str, Any]
    secret: set[str]
    write: Callable[[str, int], set[str]]
    said: Callable[[], list[str]]
    spoil: Callable[[int | str], None]
    met: Callable[[], Mapping[str, int]]
    asked: Callable[[], Mapping[str, int]]
    crowd: Callable[[int], object] = field(default=lambda count: None)
    pushed: Callable[[random.Random], list[RawRequest]] = field(default=lambda dice: [])


def spoil(line: Line, seed: int | str) -> None:
    """From now on some requests meet a fault; signing in is none that a token could be too old for."""
    line.silence, faults = SILENCE, seeded(seed, SHARE, FAULTS)

    def choose(request: str) -> str:
        fault = faults(request)
        return "" if fault == EXPIRED and "com.atproto.server" in request else fault

    line.choose = choose


def met(line: Line) -> dict[str, int]:
    return dict(line.met)


def asked(line: Line) -> dict[str, int]:
    return dict(Counter(request.partition("?")[0] for request in line.asked))


def address(line: Line) -> str:
    return line.address


@contextmanager
def on_bluesky() -> Iterator[Network]:
    """Bluesky's own PDS and AppView."""
    with bluesky.network() as servers, elsewhere(faulty.faulty, servers.url) as line:
        city, ana = servers.person("ville"), servers.person("ana")
        at = f"@{city.handle}"

        def write(name: str, count: int) -> set[str]:
            texts = [f"{at} {name} {number}" for number in range(count)]
            posts = {ana.post(text, mentions={at: city.did})["uri"] for text in texts}
            told = lambda: posts <= {row["uri"] for row in city.notified()}  # noqa: E731
            bluesky.wait_for(told, "The city is not told.")
            return posts

        settings = {"app_password": servers.app_password(city), "service": line.ask(address)}
        yield Network(
            channel="bluesky",
            address=city.handle,
            settings=settings,
            secret={"app_password"},
            write=write,
            said=lambda: [record["value"]["text"] for record in city.latest()],
            spoil=partial(line.ask, spoil),
            met=partial(line.ask, met),
            asked=partial(line.ask, asked),
            crowd=partial(_crowd, city, ana),
        )


def _crowd(city: bluesky.Person, ana: bluesky.Person, count: int) -> None:
    """Two hundred in one write, each in a millisecond of its own; returns once the city is told of all of them."""
    at = f"@{city.handle}"
    index = {"byteStart": 0, "byteEnd": len(at)}
    facets = [{"index": index, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": city.did}]}]
    before = city.call("app.bsky.notification.getUnreadCount")["count"]
    for first in range(0, count, 200):
        writes = []
        for number in range(first, min(first + 200, count)):
            when = datetime.now(UTC) - timedelta(milliseconds=200 - number % 200)
            at_ms = when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            value = {"$type": bluesky.POST, "text": f"{at} foule {number}", "facets": facets, "createdAt": at_ms}
            kind = "com.atproto.repo.applyWrites#create"
            writes.append({"$type": kind, "collection": bluesky.POST, "value": value})
        ana.call("com.atproto.repo.applyWrites", {"repo": ana.did, "writes": writes})
        told = before + first + len(writes)
        bluesky.wait_for(
            lambda told=told: city.call("app.bsky.notification.getUnreadCount")["count"] >= told,
            "The city is not told.",
        )


@contextmanager
def on_mastodon() -> Iterator[Network]:
    """`mastodon_mock`: Mastodon's API with its state."""
    with mastodon_mock.running() as port, elsewhere(_expiring, f"http://127.0.0.1:{port}") as line:
        server = mastodon_mock.Server(port)
        whose = server.ask("ville", "/api/v1/accounts/verify_credentials")["id"]

        def write(name: str, count: int) -> set[str]:
            return {server.post("ana", f"@ville {name} {number}") for number in range(count)}

        def said() -> list[str]:
            found, more = [], ""
            for _ in range(8):
                page = server.ask("ana", f"/api/v1/accounts/{whose}/statuses?limit=40{more}")
                found += [re.sub(r"<[^>]*>", "", one["content"]) for one in page]
                more = f"&max_id={page[-1]['id']}" if page else more
            return found

        yield Network(
            channel="mastodon",
            address="@ville@ville.test",
            settings={"instance": line.ask(address), "access_token": "tok-ville"},
            secret={"access_token"},
            write=write,
            said=said,
            spoil=partial(line.ask, spoil),
            met=partial(line.ask, met),
            asked=partial(line.ask, asked),
            crowd=partial(write, "foule"),
        )


@contextmanager
def on_shelf() -> Iterator[Network]:
    """Mastodon's pages without what makes a server slow: for figures of what comes in, and nothing else."""
    with elsewhere(mastodon_shelf.shelf) as there:
        yield Network(
            channel="mastodon",
            address="@ville@ville.test",
            settings={"instance": there.ask(address), "access_token": "tok-ville"},
            secret={"access_token"},
            write=lambda name, count: set(),
            said=list,
            spoil=partial(there.ask, spoil),
            met=partial(there.ask, met),
            asked=partial(there.ask, asked),
            crowd=partial(there.ask, mastodon_shelf.Shelf.mention, "foule"),
        )


def _expiring(upstream: str) -> Any:
    revoked = faulty.told(401, {"error": "The access token expired"})
    return faulty.faulty(upstream, said={EXPIRED: revoked})


@contextmanager
def on_x() -> Iterator[Network]:
    """The emulator of X, which takes no key and refuses the same text twice."""
    x_send.SETTLING = 0.0  # it shows a post at once
    with elsewhere(x_door.emulator) as door:
        yield Network(
            channel="x",
            address="@VilleDeValmont",
            settings={
                "api_key": x_door.KEY,
                "api_secret": x_door.SECRET,
                "access_token": x_door.TOKEN,
                "access_secret": x_door.TOKEN_SECRET,
                "most_read": 0,
                "most_written": 0,
                "base": door.ask(address),
            },
            secret={"api_key", "api_secret", "access_token", "access_secret"},
            write=partial(door.ask, _mention),
            said=partial(door.ask, _posted),
            spoil=partial(door.ask, spoil),
            met=partial(door.ask, met),
            asked=partial(door.ask, asked),
            crowd=partial(door.ask, _mention, "foule"),
        )


def _mention(door: x_door.Door, name: str, count: int) -> set[str]:
    return {door.network.write(door.ana, f"@VilleDeValmont {name} {number}").id for number in range(count)}


def _posted(door: x_door.Door) -> list[str]:
    return [post.text for post in door.network.of(door.me)]


@contextmanager
def on_meta(on: str) -> Iterator[Network]:
    """The emulator of a page or of an Instagram account. Comments and private messages are pushed, in any order, up to
    three times, and one push in five never.
    """
    poll.EVERY = pending_sends.SETTLES = poll.EVERY * 0  # it shows at once what it took
    with elsewhere(meta_emulator.serving, on) as there:
        yield Network(
            channel=on,
            address="valmont",
            settings={
                "me": PAGE_ID if on == "facebook" else INSTAGRAM_ID,
                "access_token": TOKEN,
                "app_secret": SECRET,
                "verify_token": VERIFY,
                "graph_base": there.ask(_base),
            },
            secret={"access_token", "app_secret", "verify_token"},
            write=partial(there.ask, _asked),
            said=partial(there.ask, _answered),
            spoil=partial(there.ask, _spoil),
            met=partial(there.ask, _met),
            asked=partial(there.ask, _requests),
            pushed=partial(_pushed, there, on),
        )


def _base(meta: Meta) -> str:
    return meta.base


def _asked(meta: Meta, name: str, count: int) -> set[str]:
    """Under one post of the city, and in private, each by somebody else."""
    post = meta.post(f"Voirie {name}")
    meta.events.clear()
    found = set()
    for number in range(count):
        words, by = f"Question {name} {number}", str(100_000 + len(meta.said))
        found.add((meta.comment(post, words, by=by) if number % 2 else meta.letter(words, by=by)).id)
    return found


def _answered(meta: Meta) -> list[str]:
    return [one.words for one in meta.said.values() if one.by == meta.me]


def _spoil(meta: Meta, seed: int | str) -> None:
    spoil(meta.line, seed)


def _met(meta: Meta) -> dict[str, int]:
    return met(meta.line)


def _requests(meta: Meta) -> dict[str, int]:
    return asked(meta.line)


def _events(meta: Meta) -> list[dict[str, Any]]:
    found = list(meta.events)
    meta.events.clear()
    return found


def _pushed(there: Elsewhere[Meta], on: str, dice: random.Random) -> list[RawRequest]:
    several = faulty.pushes(there.ask(_events), dice)
    return [Meta(on).push(entries) for entries in several if dice.random() < 0.8]


NETWORKS: dict[str, Callable[[], Any]] = {
    "bluesky": on_bluesky,
    "mastodon": on_mastodon,
    "x": on_x,
    "facebook": partial(on_meta, "facebook"),
    "instagram": partial(on_meta, "instagram"),
}
