"""What networks tell, each part of it in turn replaced by what no network should tell: all is taken or set aside.

Whoever writes on a server of their own chooses every part of a post.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from portevoix.channels.bluesky.parse import Reader as BlueskyReader
from portevoix.channels.http_answers import Answer
from portevoix.channels.mastodon import status as mastodon
from portevoix.channels.x.parse import Page
from portevoix.channels.x.parse import Reader as XReader
from portevoix.exchange.inbound import enrich
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Batch, Incoming, Unreadable
from portevoix.record.models import Conversation, Envelope
from portevoix.record.operations import accounts, envelopes
from tests.channels.bluesky_posts import image, link, mention, reference, view
from tests.channels.meta import connector
from tests.channels.test_facebook_push import feed, letters
from tests.channels.test_mastodon import HERE, status
from tests.servers.meta_emulator import INSTAGRAM_ID, Meta

NASTY = (
    "null", "true", "-1", "1" + "0" * 400, "1e999", "NaN", "[]", "[[[{}]]]", '"a\\u0000b\\u001b"', '"x\\udfff\\ud800y"',
    '"0001-01-01T00:00:00+14:00"', '"javascript:alert(1)"', '"' + "9" * 4500 + '"', '"' + "<p>" * 3000 + '"',
)  # fmt: skip
"""As JSON writes it."""
TOLD, PICTURE = "Bonjour @ville.test https://a.example/b", "https://a.example/p"
POST = view(
    TOLD,
    facets=[mention(TOLD, "@ville.test", "did:plc:ville"), link(TOLD, "https://a.example/b", "https://a.example/b")],
    reply={"root": reference("did:plc:bob", "3a"), "parent": reference("did:plc:ville", "3b")},
    langs=["fr"],
    embed={"images": [image("alt")], "external": {"uri": "https://a.example/b", "title": "t"}},
)
STATUS = status(
    media_attachments=[{"url": PICTURE, "type": "image", "description": "alt"}],
    poll={"options": [{"title": "oui"}]},
    edited_at="2026-03-02T09:00:00.000Z",
)
NUMBER = "1855500000000000001"
TWEET = {
    "id": NUMBER,
    "text": "@VilleDeValmont la lampe https://t.co/a",
    "author_id": "7",
    "created_at": "2026-11-02T08:00:00.000Z",
    "conversation_id": NUMBER,
    "in_reply_to_user_id": "1",
    "referenced_tweets": [{"type": "replied_to", "id": "1855500000000000000"}],
    "edit_history_tweet_ids": [NUMBER],
    "entities": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://a.example"}]},
    "attachments": {"media_keys": ["3_1"]},
    "geo": {"coordinates": {"coordinates": [0.5, 47.1]}},
    "public_metrics": {"like_count": 1, "repost_count": 2, "reply_count": 3},
    "lang": "fr",
}
BESIDE = {
    "users": [{"id": "7", "username": "ana", "name": "Ana B"}],
    "media": [{"media_key": "3_1", "url": PICTURE, "type": "photo"}],
}
LETTER = {"mid": "m", "text": "Bonjour", "attachments": [{"type": "image", "payload": {"url": PICTURE}}]}


def read_status(told: Any) -> Batch:
    try:
        return batch(mastodon.read(told, HERE))
    except mastodon.Unclear:
        return batch(mastodon.unreadable(told, "status:1"))


def read_tweet(told: Any, beside: Any = BESIDE) -> Batch:
    return batch(XReader("@V", "1", "V").read(told, Page.of({"data": [told], "includes": beside})))


def read_event(told: Any, on: str) -> Batch:
    try:
        return connector(on=on).parse_webhook(Meta(on).push([told]))
    except Refused:  # what is meant for another account
        return Batch()


def batch(item: Incoming | Unreadable | None) -> Batch:
    return Batch((item,)) if isinstance(item, Incoming) else Batch(unreadable=(item,) if item else ())


NETWORKS: dict[str, tuple[Any, Callable[[Any], Batch]]] = {
    "bluesky": (POST, lambda told: batch(BlueskyReader("@ville.test", "did:plc:ville").post(told))),
    "mastodon": (STATUS, read_status),
    "x": (TWEET, read_tweet),
    "x, who": (BESIDE, partial(read_tweet, TWEET)),
    "facebook": (feed(link="https://a.example", photo=PICTURE), partial(read_event, on="facebook")),
    "letters": (letters({"message": LETTER}), partial(read_event, on="facebook")),
    "instagram": (letters({"message": LETTER}, me=INSTAGRAM_ID), partial(read_event, on="instagram")),
}


def places(told: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each part of it is."""
    if at:
        yield at
    if isinstance(told, dict | list):
        for key, value in told.items() if isinstance(told, dict) else enumerate(told):
            yield from places(value, (*at, key))


def replaced(told: Any, at: tuple[Any, ...], by: Any) -> Any:
    made = deepcopy(told)
    inner = made
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = by
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("network", NETWORKS)
def test_whatever_a_network_tells_is_taken_or_set_aside(network, city, now, host, client) -> None:
    told, read = NETWORKS[network]
    found: dict[str, Incoming] = {}
    for at in places(told):
        for nasty in NASTY:
            came = read(replaced(told, at, Answer(200, {}, nasty.encode()).json()))
            assert len(came.messages) + len(came.unreadable) <= 1
            found |= {
                repr(one): replace(one, external_id=f"{one.external_id[:400]} {len(found)}") for one in came.messages
            }
    assert len(found) > 10
    messages = tuple(found.values())
    account = accounts.get_or_create(channel=messages[0].channel, address=messages[0].account)
    stored = envelopes.store(account, Batch(messages), now=now)
    enrich.enrich_envelopes(stored.waiting, now=now, fresh=stored.fresh)
    faults = [row.reason for row in Envelope.objects.exclude(state=Envelope.State.TAKEN)]
    assert not faults, "one of them has all of them taken one by one"
    client.force_login(host)
    for pk in Conversation.objects.order_by("-pk").values_list("pk", flat=True)[:5]:
        assert client.get(f"/inbox/{pk}/").status_code == 200
