"""A thread on Bluesky that was cut goes on behind its last post that is there, found with few requests."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from portevoix.channels.bluesky import BlueskyConnector, send
from portevoix.channels.bluesky.post_length import posts
from portevoix.channels.http_answers import Rejected
from portevoix.kernel.errors import Refused, Uncertain
from portevoix.kernel.messages import Outgoing, Writer

TEXT = " ".join(f"mot{number}" for number in range(620))
COUNT = len(posts(TEXT))


class Repository:
    """The city's own posts, as the server keeps them: a key is taken once. It fails beyond its `room`."""

    did = "did:plc:city"

    def __init__(self, room: int = COUNT) -> None:
        self.room, self.records, self.asked = room, dict[str, dict](), Counter[str]()
        self.odd = False

    def post(self, method: str, body: dict) -> dict:
        self.asked[method] += 1
        key = body["rkey"]
        if key in self.records:
            raise Rejected("There is one.", status=400, code="InvalidRequest")
        if len(self.records) >= self.room:
            raise Uncertain("Cut.")
        self.records[key] = body["record"]
        return self._ref(key)

    def get(self, method: str, asked: dict) -> dict:
        self.asked[method] += 1
        key = asked["rkey"]
        if self.odd and key != send.rkey(MESSAGE, 0):
            raise Rejected("Odd.", status=400, code="InvalidRequest")
        if key not in self.records:
            raise Rejected("None.", status=400, code="RecordNotFound")
        return {**self._ref(key), "value": self.records[key]}

    def _ref(self, key: str) -> dict:
        return {"uri": f"at://{self.did}/app.bsky.feed.post/{key}", "cid": f"c{key}"}


MESSAGE = Outgoing(
    key="k1", account="city.example", conversation="c", to=Writer(""), text=TEXT,
    sent_at=datetime(2026, 11, 18, 9, tzinfo=UTC), lang="fr",
)  # fmt: skip


def cut(after: int) -> Repository:
    there = Repository(room=after)
    if after < COUNT:
        with pytest.raises(Uncertain):
            send.send(there, MESSAGE)
    else:
        send.send(there, MESSAGE)
    there.room = COUNT
    there.asked.clear()
    return there


@pytest.mark.parametrize("after", range(COUNT + 1))
def test_wherever_it_was_cut_each_post_is_made_once(after: int) -> None:
    there = cut(after)
    found = send.find(there, MESSAGE)
    assert (found is not None) == (after == COUNT) and there.asked.total() == 1
    receipt = send.send(there, MESSAGE)
    assert receipt == send.find(there, MESSAGE)
    shown = BlueskyConnector.text_limit({}, MESSAGE.to).cut(TEXT)
    assert [record["text"] for record in there.records.values()] == list(shown)
    assert there.asked["com.atproto.repo.getRecord"] <= 3 + COUNT.bit_length()
    above = [record["reply"]["parent"]["uri"] for record in list(there.records.values())[1:]]
    assert above == [f"at://{there.did}/app.bsky.feed.post/{key}" for key in list(there.records)[:-1]]


def test_another_post_in_the_place_of_one_is_told() -> None:
    there = cut(4)
    there.records[send.rkey(MESSAGE, 3)]["text"] = "Tout autre chose"
    with pytest.raises(Refused, match="taken the place"):
        send.send(there, MESSAGE)


def test_where_the_network_does_not_say_what_is_there_it_stays_uncertain() -> None:
    there = cut(3)
    there.odd = True
    with pytest.raises(Uncertain):
        send.send(there, MESSAGE)
