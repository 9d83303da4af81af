"""What needs no network: signatures, lengths, threads, the reading of posts."""

from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from portevoix.channels.x import XConnector, XSettings, budget, oauth1
from portevoix.channels.x.budget import Tally
from portevoix.channels.x.cursor import WATCH_PERIOD, Cursor
from portevoix.channels.x.parse import Page, Reader, creation_time, number_at
from portevoix.channels.x.post_length import essence, is_later_part, posts, weight
from portevoix.kernel.errors import BadInput, Refused, TryLater
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, Media, Place, Unreadable

NUMBER = "1850000000000000001"


def test_what_looks_like_one_endless_address_is_weighed_at_once() -> None:
    start = process_time()
    assert weight("a." * 20_000) == 40_000
    assert process_time() - start < 5  # seconds; it took half a minute, and no page was answered meanwhile


DOCUMENTED_KEYS = oauth1.Keys(
    "xvz1evFS4wEEPTGEFPHBog",
    "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
)


@pytest.mark.parametrize("host", ["https://api.twitter.com", "HTTPS://API.Twitter.com:443"])
def test_a_request_is_signed_as_x_signs_its_own(host: str) -> None:
    """The keys, parameters and signature of X's documentation, "Creating a signature"."""
    parameters = {"include_entities": "true", "status": "Hello Ladies + Gentlemen, a signed OAuth request!"}
    nonce = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"
    told = oauth1.header(
        "post", f"{host}/1.1/statuses/update.json", parameters, DOCUMENTED_KEYS, nonce=nonce, seconds=1318622958
    )
    assert 'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"' in told


def test_the_header_names_the_keys_and_shows_no_secret() -> None:
    keys = oauth1.Keys("ck", "csecret", "at", "asecret")
    told = oauth1.header("GET", "https://api.x.com/2/x", {"q": "é&="}, keys, nonce="n", seconds=5)
    fields = dict(field.split("=") for field in told.removeprefix("OAuth ").split(", "))
    assert fields.pop("oauth_signature") and fields == {
        "oauth_consumer_key": '"ck"',
        "oauth_nonce": '"n"',
        "oauth_signature_method": '"HMAC-SHA1"',
        "oauth_timestamp": '"5"',
        "oauth_token": '"at"',
        "oauth_version": '"1.0"',
    }
    assert "secret" not in told + repr(keys)


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("a" * 280, 280),
        ("é" * 10, 10),
        ("e\u0301" * 10, 10),  # composed first
        ("役所", 4),
        ("https://ville.example/une/adresse/tres/longue/qui/compte/pour/vingt-trois", 23),
        ("Voir https://v.fr/a.", 5 + 23 + 1),
        ("👍", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇫🇷🇫🇷", 4),
        ("👍🏽", 2),
        ("1️⃣", 2),
        ("“«…»”", 6),
        ("…", 2),
    ],
)
def test_a_text_is_as_long_as_x_counts_it(text: str, long: int) -> None:
    assert weight(text) == long


def test_a_long_reply_is_cut_where_a_reader_would_breathe() -> None:
    text = " ".join(f"Phrase numéro {number}, voir https://ville.example/page/{number} 👍🏽." for number in range(30))
    parts = posts(text)
    assert len(parts) > 3 and all(weight(part) <= 280 for part in parts)
    assert [part.rsplit(" ", 1)[1] for part in parts] == [f"({n}/{len(parts)})" for n in range(1, len(parts) + 1)]
    assert " ".join(part.rsplit(" ", 1)[0] for part in parts) == text, "nothing is lost"
    assert all(part.rsplit(" ", 1)[0].endswith(".") for part in parts), "each ends with a sentence"
    assert parts == posts(text) and [is_later_part(part) for part in parts] == [False] + [True] * (len(parts) - 1)
    assert posts("x" * 280) == ("x" * 280,)
    assert len(posts("役" * 141)) == 2
    for bad in ("  \n", "mot " * 4000):
        with pytest.raises(Refused):
            posts(bad)


def test_a_text_is_known_again_whatever_x_made_of_it() -> None:
    ours = "Merci ! Voir https://www.ville.example/a/ et  la\nsuite."
    assert essence("@ana @bob Merci ! Voir http://ville.example/a et la suite.") == essence(ours)
    assert essence("Merci !") != essence(ours)


@pytest.mark.parametrize("account", ["", "ville de valmont", "@a@b", "x" * 16, "https://x.com/a"])
def test_what_is_no_account_is_told(account: str) -> None:
    with pytest.raises(BadInput):
        XConnector(account, XSettings(api_key="a", api_secret="b", access_token="c", access_secret="d"))


def view(**more: object) -> dict[str, object]:
    plain = {
        "id": NUMBER,
        "text": "@VilleDeValmont la lampe",
        "author_id": "7",
        "created_at": "2026-11-02T08:00:00.000Z",
        "conversation_id": NUMBER,
    }
    return plain | more


def page(**includes: object) -> Page:
    return Page.of({"data": [], "includes": {"users": [{"id": "7", "username": "ana", "name": "Ana B"}], **includes}})


def read(told: object, came: Page | None = None, known: tuple[str, ...] = ()) -> Incoming | Unreadable | None:
    return Reader("@VilleDeValmont", "1", "VilleDeValmont", known).read(told, came or page())


def test_a_post_is_read_whole_in_both_vocabularies() -> None:
    urls = [
        {"url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://v.fr/?a=1&b=2"},
        {"url": "https://t.co/bbbbbbbbbb", "expanded_url": "https://x.com/a/photo/1", "media_key": "3_1"},
    ]
    note = {"text": "R&amp;D &lt;3 https://t.co/aaaaaaaaaa https://t.co/bbbbbbbbbb", "entities": {"urls": urls}}
    came = page(media=[{"media_key": "3_1", "type": "photo", "url": "https://pbs.example/1.jpg", "alt_text": "Lampe"}])
    shared = {
        "lang": "fr",
        "geo": {"coordinates": {"type": "Point", "coordinates": [2.5, 48.5]}},
        "attachments": {"media_keys": ["3_1", "gone"]},
    }
    now = view(note_post=note, public_metrics={"like_count": 2, "repost_count": 1, "reply_count": -1}, **shared)
    before = view(note_tweet=note, public_metrics={"like_count": 2, "retweet_count": 1}, **shared)
    first, second = read(now, came), read(before, came)
    assert isinstance(first, Incoming) and first == second
    assert first.text == "R&D <3 https://v.fr/?a=1&b=2"
    assert first.media == (Media("https://pbs.example/1.jpg", "image", "Lampe"),)
    assert first.place == Place(48.5, 2.5) and first.counts == {"likes": 2, "reposts": 1} and first.lang == "fr"
    assert first.url == f"https://x.com/ana/status/{NUMBER}" and first.author.name == "Ana B"


@pytest.mark.parametrize(
    ("text", "more", "addressed"),
    [
        ("@villedevalmont la lampe", {}, Addressed.DIRECT),
        ("@bob @VilleDeValmont la lampe", {}, Addressed.DIRECT),
        ("La lampe, @VilleDeValmont", {}, Addressed.COPY),
        ("@VilleDeValmontagne non", {}, Addressed.COPY),
        ("@VilleDeValmont merci", {"in_reply_to_user_id": "1", "of": "5"}, Addressed.DIRECT),
        ("@bob @VilleDeValmont vois", {"in_reply_to_user_id": "8", "of": "5"}, Addressed.COPY),
        ("@bob @VilleDeValmont vois", {"of": "5"}, Addressed.COPY),
        ("@VilleDeValmont vois", {"of": "5"}, Addressed.DIRECT),
    ],
)
def test_who_is_spoken_to(text: str, more: dict[str, str], addressed: Addressed) -> None:
    parent = more.pop("of", "") if (more := dict(more)) else ""
    told = view(text=text, **more, **({"referenced_posts": [{"type": "replied_to", "id": parent}]} if parent else {}))
    found = read(told)
    assert isinstance(found, Incoming) and found.addressed is addressed and found.in_reply_to == parent


def test_an_edit_amends_what_was_read_and_is_a_message_where_nothing_was() -> None:
    first = "1850000000000000000"
    told = view(edit_history_post_ids=[first, NUMBER])
    seen, unseen = read(told, known=(first,)), read(told)
    assert isinstance(seen, Incoming) and isinstance(unseen, Incoming)
    assert (seen.external_id, seen.revision, seen.change) == (first, 1, Change.AMEND)
    assert (unseen.external_id, unseen.revision, unseen.change) == (first, 0, Change.MESSAGE)


def test_reposts_are_no_messages_and_own_posts_go_out() -> None:
    assert read(view(referenced_posts=[{"type": "retweeted", "id": "5"}])) is None
    own = read(view(author_id="1"))
    assert isinstance(own, Incoming) and own.direction is Direction.OUT


@pytest.mark.parametrize(
    "told",
    [
        None,
        1,
        [],
        {},
        view(id=5),
        view(id="²"),
        view(id="1" * 30),
        view(text=None),
        view(text="x" * 40_000),
        view(author_id=None),
        view(created_at="yesterday"),
        view(created_at="2026-11-02T08:00:00"),
    ],
)
def test_what_cannot_be_read_is_kept_raw(told: object) -> None:
    found = read(told)
    assert isinstance(found, Unreadable) and found.external_id and found.raw


def test_parts_of_the_wrong_kind_are_left_out() -> None:
    wrong = [None, 1, "a", [1], {"a": 1}]
    for value in wrong:
        told = view(
            entities=value,
            attachments=value,
            geo=value,
            public_metrics=value,
            referenced_posts=value,
            edit_history_post_ids=value,
            note_post=value,
            lang=value,
            conversation_id=value,
            in_reply_to_user_id=value,
        )
        found = read(told, Page.of({"data": value, "includes": value, "meta": value, "errors": value}))
        assert isinstance(found, Incoming) and found.external_id == NUMBER, value


def test_a_month_has_an_end_and_says_when() -> None:
    december = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert budget.next_month(december) == datetime(2027, 1, 1, tzinfo=UTC)
    assert budget.page_size(Tally("2026-12", read=40), 100, 5, december) == 60
    assert budget.page_size(Tally("2026-11", read=100), 100, 5, december) == 100, "a new month begins with nothing"
    assert budget.page_size(Tally("2026-12", read=10**6), 0, 5, december) == 100
    with pytest.raises(TryLater, match="2027-01-01") as spent:
        budget.page_size(Tally("2026-12", read=97), 100, 5, december)
    assert spent.value.after == timedelta(hours=12)


def test_a_cursor_survives_and_forgets_what_is_a_week_old() -> None:
    now = datetime.now(UTC)
    young = str((int(now.timestamp() * 1000) - 1_288_834_974_657) << 22)
    at = Cursor(me="1")
    at.remember([NUMBER, young], now)
    assert at.recent == [young] and abs(creation_time(young) - now) < timedelta(seconds=1)
    assert Cursor.read(str(at)) == at
    edge = str(number_at(now - WATCH_PERIOD) + 1)
    at.remember([edge, str(int(edge) - 1)], now)
    assert at.recent == [edge, young], "older by a millisecond, and gone"
    for strange in (None, "", "{", "[]", '"a"', '{"b":1}', "12"):
        assert Cursor.read(strange) == Cursor()
