"""Feeds of articles: RSS 2.0, RSS 1.0 and Atom as sites write them, and as nobody should."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.channels import feeds
from portevoix.channels.feeds import Article, comparison_key, read_articles
from portevoix.kernel.errors import BadInput

PARIS = timezone(timedelta(hours=1))
RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Valmont</title><link>https://valmont.example</link>
<atom:link href="https://valmont.example/rss" rel="self" type="application/rss+xml"/>
<item>
  <title>La piscine <![CDATA[<b>rouvre</b> & accueille l'été]]></title>
  <link>https://valmont.example/piscine?a=1&amp;b=2</link>
  <pubDate>Mon, 02 Mar 2026 09:00:00 +0100</pubDate>
  <description><![CDATA[<item><link>https://elsewhere.example</link></item>]]></description>
</item>
<item><title>T&amp;eacute;l&amp;eacute;</title><guid>https://valmont.example/tele</guid><dc:date>2026-03-03T10:00:00Z</dc:date></item>
<item><title>Sans adresse</title><guid isPermaLink="false">https://valmont.example/?p=9</guid></item>
<item><title>Deux fois</title><link>https://valmont.example/tele</link></item>
<item><title>Code</title><link>javascript:alert(1)</link></item>
</channel></rss>
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Valmont</title><link href="https://valmont.example/"/>
<entry><title type="html">Un &lt;em&gt;titre&lt;/em&gt;</title>
  <link rel="replies" href="https://valmont.example/replies"/><link href="https://valmont.example/a"/>
  <id>tag:valmont.example,2026:a</id>
  <updated>2026-03-05T10:00:00Z</updated><published>2026-03-04T10:00:00+01:00</published></entry>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Un <b>autre</b></div></title>
  <link rel="alternate" href="https://valmont.example/b" /><updated>hier</updated></entry></feed>
"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://valmont.example/"><title>Valmont</title></channel>
<item rdf:about="https://valmont.example/c"><title>Un titre</title><dc:date>2026-03-04</dc:date></item></rdf:RDF>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_rss_in_each_encoding(encoding) -> None:
    declared = encoding.removesuffix("-sig")
    assert read_articles(RSS.format(encoding=declared).encode(encoding)) == (
        Article(
            "https://valmont.example/piscine?a=1&b=2", "La piscine rouvre & accueille l'été",
            datetime(2026, 3, 2, 9, tzinfo=PARIS),
        ),
        Article("https://valmont.example/tele", "Télé", datetime(2026, 3, 3, 10, tzinfo=UTC)),
    )  # fmt: skip


def test_atom_and_rdf() -> None:
    assert read_articles(ATOM.encode()) == (
        Article("https://valmont.example/a", "Un titre", datetime(2026, 3, 4, 10, tzinfo=PARIS)),
        Article("https://valmont.example/b", "Un autre", None),
    )
    assert read_articles(RDF.encode()) == (
        Article("https://valmont.example/c", "Un titre", datetime(2026, 3, 4, tzinfo=UTC)),
    )


def test_no_entity_grows_and_none_reads_a_file() -> None:
    declared = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    raw = f"{declared}<rss><item><title>x&b;&f;</title><link>https://a.example/</link></item></rss>"
    (found,) = read_articles(raw.encode())
    assert found.title == "x&b;&f;"


@pytest.mark.parametrize("raw", [b"", b"<html><title>Valmont</title></html>", b"\x89PNG\r\n", b"\xff\xfe", b"{}"])
def test_what_is_no_feed_is_refused(raw) -> None:
    with pytest.raises(BadInput, match="no feed"):
        read_articles(raw)


def test_a_feed_is_bounded(monkeypatch) -> None:
    many = "".join(f"<item><link>https://a.example/{number}</link></item>" for number in range(2000))
    assert len(read_articles(f"<rss>{many}</rss>".encode())) == feeds.MOST_ARTICLES
    title = f"<rss><item><title>{'a' * 100_000}</title><link>https://a.example/</link></item></rss>"
    assert len(read_articles(title.encode())[0].title) == feeds.MOST_TITLE
    monkeypatch.setattr(feeds, "MOST_BYTES", 10)
    with pytest.raises(BadInput, match="larger than 10"):
        read_articles(b"<rss></rss>")


@pytest.mark.parametrize("part", ["<", "<a ", "<!--", "<![CDATA[", "<?", "&#", "<item>", "<title>", "<script>", "<!x"])
def test_time_grows_with_the_size_alone(part) -> None:
    spent = []
    for size in (20_000, 200_000):
        raw = ("<rss><item><title>" + part * (size // len(part))).encode()
        began = time.process_time()
        read_articles(raw)
        spent.append(time.process_time() - began)
    assert spent[1] < 0.1 + 30 * spent[0]


MADE_TO_BE_SLOW = {
    "author": lambda size: "<rss><item><author>" + "a" * size + "</author>",
    "base": lambda size: "<rss xml:base='http://a/'><item>" + "<a xml:base='bbbbbbbb/'>" * (size // 24),
    "declaration": lambda size: "<?xml " + 'encoding="' * (size // 10) + "<rss>",
    "head": lambda size: "<!--" + "\n" * size + "--><rss>",
    "charref": lambda size: "<rss><item><title>&#" + "9" * size + ";</title>",
}
"""Where feedparser 6 takes the square of the size, or gives up."""


@pytest.mark.parametrize("name", MADE_TO_BE_SLOW)
def test_what_is_made_to_be_slow_is_read_in_time(name: str) -> None:
    raw = MADE_TO_BE_SLOW[name](1_000_000).encode()
    began = time.process_time()
    with suppress(BadInput):
        read_articles(raw)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("sign", ["&", "&amp;", "<![CDATA[&"])
@pytest.mark.parametrize("digits", [11, 4000, 4900])
def test_a_character_of_a_vast_number_is_none(sign: str, digits: int) -> None:
    raw = f"<rss><item><link>https://a.example/</link><title>a{sign}#{'9' * digits};]]>b</title></item></rss>"
    (article,) = read_articles(raw.replace("]]>", "]]>" if "[" in sign else "").encode())
    assert article.title.startswith("a\ufffd") and "9" not in article.title


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=100, derandomize=True, database=None)
def test_whatever_comes_is_read_or_refused(raw) -> None:
    for inside in (raw, b"<rss><item><link>https://a.example/</link>" + raw, ATOM.encode()[:300] + raw):
        try:
            found = read_articles(inside)
        except BadInput:
            continue
        assert all(article.url.startswith("http") for article in found)


@pytest.mark.parametrize(
    "url",
    [
        "https://valmont.example/a%C3%A9/b?p=1&x=",
        "http://WWW.Valmont.example:80/aé/b/?utm_source=x&p=1&x=&fbclid=2&GCLID=3#fin",
    ],
)
def test_what_leads_to_one_article_has_one_key(url) -> None:
    assert comparison_key(url) == "valmont.example/aé/b?p=1&x="


def test_what_leads_elsewhere_has_another_key_and_what_is_no_address_has_none() -> None:
    told = ["https://v.example/a", "https://v.example/A", "https://v.example/a?p=1", "https://v.example:8080/a"]
    assert len({comparison_key(url) for url in told}) == 4
    bad = [
        "",
        "v.example/a",
        "ftp://v.example/",
        "https://",
        "https://[",
        "https://v.example:x/",
        "https://v.example/%00",
    ]
    assert [comparison_key(url) for url in bad] == [""] * len(bad)


@given(st.text())
def test_no_address_makes_it_stumble(text) -> None:
    comparison_key(text)
    comparison_key(f"https://{text}")
