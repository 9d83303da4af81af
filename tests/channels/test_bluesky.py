"""What Bluesky shows and what is written there, in the shapes of its lexicons, and in those of nobody's."""

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.channels.bluesky import BlueskyConnector, BlueskySettings, facets
from portevoix.channels.bluesky import sweep as sweeping
from portevoix.channels.bluesky.cursor import Cursor
from portevoix.channels.bluesky.parse import Reader
from portevoix.channels.bluesky.post_length import posts
from portevoix.channels.bluesky.receive import overlapping, reached_by
from portevoix.channels.bluesky.send import rkey
from portevoix.channels.bluesky.sweep import Entry, Listing, Page, sweep
from portevoix.channels.graphemes import count_graphemes, graphemes
from portevoix.channels.text_limit import MOST_PARTS
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.messages import About, Addressed, Incoming, Media, Outgoing, Unreadable, Writer
from tests.channels.bluesky_posts import ANA, BOB, CITY, URI, image, link, mention, reference, view

READER = Reader("ville.test", CITY)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def read(text: str, **more: Any) -> Incoming:
    item = READER.post(view(text, **more))
    assert isinstance(item, Incoming)
    return item


def test_a_post_is_read_with_all_that_it_carries() -> None:
    text = "@ville.test trou rue Haute, voir ville.example/trav… et là"
    whole = "https://ville.example/travaux?rue=haute"
    item = read(
        text,
        facets=[
            mention(text, "@ville.test", CITY),
            link(text, "ville.example/trav…", whole),
            link(text, "là", "https://a.example/"),
        ],
        langs=["fr", "en"],
        reply={"root": reference(BOB, "1"), "parent": reference(BOB, "2")},
        embed={"$type": "app.bsky.embed.images", "images": [image("Un trou"), image("")]},
    )
    assert item.text == f"@ville.test trou rue Haute, voir {whole} et là (https://a.example/)"
    assert item.author == Writer(ANA, "ana.test", "Ana Bél") and item.lang == "fr"
    assert item.sent_at == datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)
    assert (item.thread, item.in_reply_to) == (reference(BOB, "1")["uri"], reference(BOB, "2")["uri"])
    place = f"https://cdn.bsky.app/img/feed_fullsize/plain/{ANA}/bafkreiabcdef@jpeg"
    assert item.media == (Media(place, "image/jpeg", "Un trou"), Media(place, "image/jpeg", ""))


def test_what_a_machine_says_is_marked() -> None:
    labels = [{"src": ANA, "uri": ANA, "val": "bot", "cts": "2026-01-01T00:00:00Z"}]
    told = view("Il pleut")
    item = READER.post({**told, "author": {**told["author"], "labels": labels}})
    assert isinstance(item, Incoming) and item.automatic and not read("Il pleut").automatic


def test_a_card_is_what_the_post_speaks_of_and_so_is_a_quoted_post() -> None:
    card = {"external": {"uri": "https://ville.example/a", "title": "Travaux", "description": ""}}
    assert read("x", embed=card).about == About("https://ville.example/a", "Travaux")
    quoted = About(f"https://bsky.app/profile/{CITY}/post/9")
    assert read("x", embed={"record": reference(CITY, "9")}).about == quoted
    both = read("x", embed={"record": {"record": reference(CITY, "9")}, "media": {"images": [image("a")]}})
    assert both.about == quoted and both.media[0].alt == "a"
    assert read("x", embed={"external": {"uri": "javascript:alert(1)"}}).about is None


V, B = {"@ville.test": CITY}, {"@bob.test": BOB}


@pytest.mark.parametrize(
    ("text", "mentions", "addressed"),
    [
        ("@ville.test la rue est sale", V, "direct"),
        ("Bonjour @ville.test, la rue est sale", V, "direct"),
        ("  .@ville.test la rue est sale", V, "direct"),
        ("@ville.test voyez @bob.test", V | B, "direct"),
        ("@ville.test @bob.test la rue est sale", V | B, "copy"),
        ("@ville.test et @bob.test, la rue est sale", V | B, "copy"),
        ("@bob.test @ville.test la rue est sale", B | V, "copy"),
        ("La rue est sale, que fait @ville.test ?", V, "copy"),
        ("Selon @ville.test la rue est propre", V, "copy"),
        ("la rue est sale", {}, "copy"),
    ],
)
def test_who_begins_with_the_city_alone_speaks_to_it(text: str, mentions: dict[str, str], addressed: str) -> None:
    assert read(text, mentions=mentions).addressed == addressed


def test_who_answers_the_city_speaks_to_it_and_who_answers_another_below_it_does_not() -> None:
    root = reference(CITY, "1")
    assert read("non", reply={"root": root, "parent": reference(CITY, "2")}).addressed is Addressed.DIRECT
    assert read("non", reply={"root": root, "parent": reference(BOB, "2")}).addressed is Addressed.COPY


KEYS = re.findall(
    r"\S+",
    "uri record author did handle text facets index byteStart byteEnd features $type reply root parent langs embed "
    "images image ref $link alt external media createdAt indexedAt likeCount via",
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from([URI, CITY, "2026-03-02T09:00:00Z", "handle.invalid", "\ud800", "a\0b", "https://a.example"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


def assert_sound(item: object) -> None:
    assert isinstance(item, Incoming | Unreadable)
    assert 0 < len(item.external_id) <= 1000
    if isinstance(item, Unreadable):
        json.dumps(item.raw).encode()
    else:
        assert "\0" not in item.text and item.author.id and item.sent_at.utcoffset() is not None


@given(ANYTHING)
def test_whatever_stands_where_a_post_should_be_is_read_or_kept(anything: Any) -> None:
    assert_sound(READER.post(anything))
    assert READER.is_ours(anything) in (False, True) and READER.is_later_part(anything) in (False, True)


@given(st.dictionaries(st.sampled_from(["uri", "author", "indexedAt", "likeCount"]), ANYTHING), ANYTHING, ANYTHING)
def test_a_post_with_anything_within_is_read_or_kept(changes: dict[str, Any], facets: Any, embed: Any) -> None:
    honest = view("Bonjour été", facets=facets, embed=embed, reply=embed, langs=facets)
    assert_sound(READER.post({**honest, **changes}))


@pytest.mark.parametrize("place", [(0, 0), (1, 2), (0, 99), (-1, 3), (3, 1), ("0", 3), (True, 3), (0, 1.0)])
def test_a_facet_that_lies_outside_or_within_a_letter_is_passed_over(place: tuple[Any, Any]) -> None:
    told = {
        "index": {"byteStart": place[0], "byteEnd": place[1]},
        "features": link("a", "a", "https://a.b")["features"],
    }
    assert facets.read("été", [told]) == ()


@given(
    st.lists(
        st.sampled_from(["@bob.test", "#été", "https://a.example/é(1)", "mot", "👩‍👩‍👧", "\n", "(", ")", ".", "a@b.fr"])
    )
)
def test_what_is_marked_in_a_reply_is_marked_to_the_byte(words: list[str]) -> None:
    text = " ".join(words)
    whole, done = text.encode(), 0
    for facet in facets.find_facets(text, {"bob.test": BOB}):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert done <= start < end
        done, marked, feature = end, whole[start:end].decode(), facet["features"][0]
        assert marked in ("@bob.test", "#été", feature.get("uri"))
    assert text.count("@bob.test") == sum(
        "did" in facet["features"][0] for facet in facets.find_facets(text, {"bob.test": BOB})
    )


def test_a_link_ends_before_the_punctuation_and_keeps_the_brackets_that_it_opens() -> None:
    text = "Voir (https://a.example/b_(c)), https://a.example/d. Et @nobody.test ou #1 ou x#y ; écrire à a@bob.test."
    found = [facet["features"][0] for facet in facets.find_facets(text, {"bob.test": BOB})]
    assert [feature["uri"] for feature in found] == ["https://a.example/b_(c)", "https://a.example/d"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("été", 3),
        ("e\u0301te\u0301", 3),
        ("\r\n\n", 2),
        ("👩‍👩‍👧‍👦", 1),
        ("👩🏽‍🔧❤️", 2),
        ("🇫🇷🇩🇪🇪", 3),
        ("a\u200d\u200db", 2),
        ("\n\u0301", 2),
        ("👨\u200d\u200d👩", 2),
        ("각", 1),
        ("நி", 1),
        ("🏴\U000e0067\U000e0062\U000e007f", 1),
    ],
)
def test_graphemes_are_what_readers_take_for_letters(text: str, count: int) -> None:
    assert count_graphemes(text) == count and "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("text", "count"), [("नमस्ते", 4), ("🇫🇷\u0301", 2), ("\u06005", 2), ("a\u0378", 2), ("क\u0378", 2)]
)
def test_what_a_network_may_take_apart_counts_apart(text: str, count: int) -> None:
    assert count_graphemes(text) == count and "".join(graphemes(text)) == text


@pytest.mark.parametrize("part", ["🇫", "a\u0301", "क\u094d", "👩\u200d", "\u0600🇫", "\u0301"])
def test_time_of_counting_grows_with_the_text_alone(part: str) -> None:
    spent = []
    for size in (2_000, 20_000):
        began = time.process_time()
        count_graphemes(part * size)
        spent.append(time.process_time() - began)
    assert spent[1] < 0.1 + 30 * spent[0]


@given(st.text(st.sampled_from("aé’…\t\r\n\u02ff\u0301\u200c\u200d\u20d0👩🏽❤\ufe0f🇫🇷"), max_size=12))
def test_what_is_seen_to_stand_alone_is_counted_as_the_rest(text: str) -> None:
    assert count_graphemes(text) == len(list(graphemes(text)))


def test_a_reply_that_fits_stays_as_it_is() -> None:
    text = "Bonjour,\n\n" + "é" * 288 + "\n."
    assert posts(text) == (text,) and posts("👩‍👩‍👧‍👦" * 100)[0] == "👩‍👩‍👧‍👦" * 100
    with pytest.raises(Refused):
        posts(" \n ")
    with pytest.raises(Refused):
        posts("a" * (MOST_PARTS * 300 + 1))


def test_a_long_reply_is_cut_where_one_would_breathe() -> None:
    first, second = "Une phrase courte. " * 14, "Un paragraphe entier qui suit et qui est long. " * 3
    assert posts(f"{first.strip()}\n\n{second.strip()}") == (first.strip(), second.strip())
    address = "https://ville.example/" + "x" * 100
    assert posts("mot " * 60 + address)[1] == address
    assert all(post.endswith(".") for post in posts("Une phrase tout à fait courte. " * 30))


def test_one_key_gives_one_record_key_and_another_another() -> None:
    message = Outgoing("k", "ville.test", "c", Writer(ANA), "x", NOW)
    keys = {
        rkey(replace(message, key=key, sent_at=NOW + timedelta(seconds=number)), number)
        for key in "ab"
        for number in range(50)
    }
    assert len(keys) == 100 and all(re.fullmatch("[2-7a-j][2-7a-z]{12}", key) for key in keys)
    assert rkey(message, 0) == rkey(replace(message, text="other"), 0) != rkey(message, 1)


# A model of the network's listings: the newest first, and a page ends strictly above the moment that its cursor names.


class Notified:
    """Entries at given milliseconds; a page holds `size`."""

    def __init__(self, size: int) -> None:
        self.size, self.entries = size, dict[str, int]()

    def page(self, cursor: str) -> Page:
        before = reached_by(cursor) if cursor else None
        every = sorted(self.entries.items(), key=lambda each: (-each[1], each[0]))
        found = [Entry(at, name) for name, at in every if before is None or at < before][: self.size]
        if not found:
            return Page((), None)
        end = datetime.fromtimestamp(found[-1].at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Page(tuple(found), found[-1].at, overlapping(end, cursor), full=len(found) == self.size)


ARRIVALS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.booleans()), max_size=120)


@given(ARRIVALS, st.integers(4, 9), st.integers(1, 3))
def test_each_entry_is_taken_once_whatever_comes_meanwhile(
    arrivals: list[tuple[int, int, bool]], size: int, most: int
) -> None:
    """`arrivals`: how much later than the last, how far the sender's clock is behind, whether we look now."""
    network, listing, now = Notified(size), Listing(floor=0), 1_772_442_000_000
    taken: list[str] = []
    for number, (later, behind, looks) in enumerate(arrivals):
        now += later
        placed = now - behind
        if list(network.entries.values()).count(placed) < size - 1:  # a moment is never longer than a page
            network.entries[str(number)] = placed
        if looks:
            listing, found = sweep(
                sweeping.read(json.loads(json.dumps(sweeping.write(listing)))), network.page, most=most
            )
            assert [entry.at for entry in found] == sorted(entry.at for entry in found)
            taken += [entry.name for entry in found]
    ended = 0
    while ended < 2:  # the one that is under way, and one more
        listing, found = sweep(listing, network.page, most=most)
        taken += [entry.name for entry in found]
        ended += not listing.page
    assert sorted(taken) == sorted(network.entries)


def test_a_sweep_of_many_pages_takes_each_once_and_forgets_the_oldest_names() -> None:
    network = Notified(100)
    network.entries = {str(number): 1_772_442_000_000 + number // 7 for number in range(5000)}
    listing, taken, asked = Listing(floor=0), [], 0
    while True:
        listing, found = sweep(listing, network.page, most=5)
        taken += [entry.name for entry in found]
        asked += 1
        if not listing.page:
            break
    assert sorted(taken) == sorted(network.entries) and asked <= 12
    assert len(listing.seen) == sweeping.KEEP and listing.floor > 1_772_442_000_000
    assert sweep(listing, network.page, most=5)[1] == []


@given(ANYTHING)
def test_a_cursor_that_is_not_ours_begins_anew(anything: Any) -> None:
    for text in (json.dumps(anything), json.dumps({"listings": {"posts": anything}}), "{", None):
        cursor = Cursor.read(text, floor=5, floors={})
        assert Cursor.read(str(cursor), floor=5, floors={}) == cursor


@pytest.mark.parametrize("account", ["ville", "a b.test", "ville.test\nx", "", "@", "did:plc:", "https://bsky.app"])
def test_an_account_is_a_handle_or_a_did(account: str) -> None:
    with pytest.raises(BadInput):
        BlueskyConnector(account, BlueskySettings(app_password="p"))
