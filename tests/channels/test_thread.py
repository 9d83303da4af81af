"""Long replies as threads: the same cuts for all networks, each with its own way of counting."""

import re
from collections.abc import Callable
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.channels.bluesky import post_length as bluesky
from portevoix.channels.graphemes import graphemes
from portevoix.channels.mastodon.status_text import length
from portevoix.channels.text_limit import MOST_PARTS, cut_text
from portevoix.channels.x import post_length as x
from portevoix.kernel.errors import Refused

Counts = Callable[[str], bool]
NETWORKS: dict[str, tuple[Callable[[str], tuple[str, ...]], Counts]] = {
    "bluesky": (bluesky.posts, bluesky.fits),
    "x": (x.posts, lambda part: x.weight(part) <= x.MOST),
    "mastodon": (lambda text: cut_text(text, _status), lambda part: _status(part)),
}
LINK, MENTION, TAG = "https://ville.example/travaux/rue-haute?x=1", "@ana.autre.example", "#travaux2026"
WHOLE = (LINK, MENTION, TAG, "👩🏽‍🔧", "e\u0301\u0301", "🇫🇷")
WORDS = ("Bonjour,", "la", "mairie", "vient.", "Demain\u202f!", "« Oui »", "\n\n", "mot", "役所に", "n" * 70)
every = pytest.mark.parametrize("network", NETWORKS)


def _status(part: str) -> bool:
    return length(part, 23) <= 480


def bare(parts: tuple[str, ...], network: str) -> list[str]:
    """Without the numbers of X's parts."""
    return [re.sub(r" \(\d+/\d+\)$", "", part) if network == "x" and len(parts) > 1 else part for part in parts]


def parted(text: str, network: str) -> list[str] | None:
    """The parts, each found to fit; None when the text is refused."""
    divide, counts = NETWORKS[network]
    try:
        parts = divide(text)
    except Refused:
        return None
    assert all(part.strip() and counts(part) for part in parts)
    assert divide(text) == parts and len(parts) <= MOST_PARTS
    return bare(parts, network)


@every
@settings(max_examples=40)
@given(text=st.lists(st.text(max_size=350) | st.sampled_from([*WORDS, "a" * 600]), max_size=25).map("".join))
def test_whatever_is_written_no_part_is_too_long_and_nothing_is_lost(network: str, text: str) -> None:
    if (parts := parted(text, network)) is not None:
        whole = normalize("NFC", text) if network == "x" else text
        assert "".join("".join(parts).split()) == "".join(whole.split())


@every
@settings(max_examples=40)
@given(st.lists(st.sampled_from((*WHOLE, *WORDS)), min_size=30, max_size=200), st.sampled_from([" ", ""]))
def test_links_mentions_and_what_is_one_letter_to_a_reader_stay_whole(
    network: str, words: list[str], between: str
) -> None:
    joined = [f" {word} " if word in WHOLE[:3] and not between else word for word in words]
    text = normalize("NFC", between.join(joined))
    if (parts := parted(text, network)) is not None:
        for word in (LINK, MENTION, TAG):
            assert sum(part.count(word) for part in parts) == text.count(word)
        kept = [piece for part in parts for piece in graphemes(part) if not piece.isspace()]
        assert kept == [piece for piece in graphemes(text) if not piece.isspace()]


def test_a_part_ends_where_a_reader_would_breathe() -> None:
    def in_forty(part: str) -> bool:
        return len(part) <= 40

    assert cut_text("Nous venons demain matin. Merci de votre message, la mairie", in_forty) == (
        "Nous venons demain matin.",
        "Merci de votre message, la mairie",
    )
    assert (
        cut_text("Un paragraphe, puis un autre.\n\nLe voilà. Il est long.", in_forty)[0]
        == "Un paragraphe, puis un autre."
    )
    assert cut_text("un deux trois quatre cinq", lambda part: len(part) <= 10) == ("un deux", "trois", "quatre", "cinq")
    stays = cut_text("Voulez-vous bien venir à la piscine ici ! Oui", in_forty)
    assert stays == ("Voulez-vous bien venir à la piscine", "ici ! Oui"), "a mark stays with its word"


def test_what_does_not_fit_by_itself_is_cut_all_the_same() -> None:
    assert cut_text("abcdefgh", lambda part: len(part) <= 3) == ("abc", "def", "gh")
    assert cut_text(f"voir {LINK}", lambda part: len(part) <= 40)[0] == "voir"
    assert cut_text("e\u0301\u0301\u0301", lambda part: len(part) <= 2) == ("e", "\u0301", "\u0301\u0301")


@pytest.mark.parametrize("text", ["", " \n ", "mot " * 10_000, "a" * 100_000])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        cut_text(text, lambda part: len(part) <= 300)
