"""The HTML of posts as text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.channels.mastodon.status_text import CUT, MOST_HTML, plain

HANDLES = {"https://valmont.social/@ville": "@ville@valmont.social"}
MENTION = (
    '<span class="h-card"><a href="https://valmont.social/@ville" class="u-url mention">@<span>ville</span></a></span>'
)
SHORTENED = (
    '<a href="https://www.carte.example/rue-haute/12" rel="nofollow"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">carte.example/rue-</span><span class="invisible">haute/12</span></a>'
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Bonjour", "Bonjour"),
        ("<p>Un</p><p>Deux<br>Trois<br />Quatre</p>", "Un\n\nDeux\nTrois\nQuatre"),
        ("<p>a &amp; b &lt;c&gt; &eacute; &#233; &#x1F600;</p>", "a & b <c> é é 😀"),
        (f"<p>Voir {SHORTENED} !</p>", "Voir https://www.carte.example/rue-haute/12 !"),
        ('<a href="https://a.example/b">a.example/b</a>', "https://a.example/b"),
        ('<a href="https://a.example/long/way">a.example/lon…</a>', "https://a.example/long/way"),
        ('<a href="https://a.example/b">le plan</a>', "le plan (https://a.example/b)"),
        ('<a href="https://a.example/b"></a>', "https://a.example/b"),
        ('<a href="https://bank.example/">city.example</a>', "city.example (https://bank.example/)"),
        ('<a href="javascript:alert(1)">oui</a>', "oui"),
        ("<a>oui</a>", "oui"),
        (f"{MENTION} ?", "@ville@valmont.social ?"),
        ('<a href="https://x.example/@ana" class="mention">@<span>ana</span></a>', "@ana"),
        ('<a href="https://x.example/tags/eau" class="mention hashtag">#<span>eau</span></a>', "#eau"),
        ("<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"),
        ("<blockquote>cité</blockquote>dit-il", "cité\n\ndit-il"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ("<p>jamais <b>fermé", "jamais fermé"),
        ('<a href="https://a.example/b">jamais fermé', "jamais fermé (https://a.example/b)"),
        ("2 < 3 & 4 > 1", "2 < 3 & 4 > 1"),
        ("<p>  </p><p></p><p>a</p>\n\n\n<p>b</p>", "a\n\nb"),
    ],
)  # fmt: skip
def test_what_a_reader_sees(html, text) -> None:
    assert plain(html, HANDLES) == text


def test_of_a_whole_page_the_beginning_is_read() -> None:
    assert plain("a" * (MOST_HTML + 1)) == "a" * MOST_HTML + CUT


@given(st.text(st.sampled_from("<>/apbr lihe=\"'&#;!-[]?@\n é"), max_size=200))
@settings(max_examples=200, derandomize=True, database=None)
def test_any_text_becomes_text(html) -> None:
    text = plain(html, HANDLES)
    assert text == text.strip() and "\n\n\n" not in text
