"""The feed of the city's website, read over the wire by a worker, and the messages that are tied to its articles."""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from portevoix.channels import http, internal_hosts
from portevoix.exchange.inbound import link_articles, news_feed, poller
from portevoix.exchange.worker import Worker
from portevoix.kernel.errors import BadInput, NotAllowed
from portevoix.kernel.messages import About, Direction
from portevoix.record.models import Article, Conversation, Feed, Message
from portevoix.record.operations import feeds as operations
from portevoix.record.operations import rules as kept
from portevoix.text.routing.routing_rule import Rule as Written
from tests.channels.wire import Wire, wire
from tests.conftest import NOW, conversation_of, incoming
from tests.exchange.jobs import run_job

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
POOL = "https://www.valmont.example/actualites/piscine/"
TRACKED = "http://valmont.example/actualites/piscine?utm_source=x&utm_campaign=été&fbclid=1#horaires"


def rss(*items: tuple[str, str, str]) -> bytes:
    told = "".join(
        f"<item><title>{title}</title><link>{url}</link><pubDate>{date}</pubDate></item>" for url, title, date in items
    )
    return f"<rss><channel>{told}</channel></rss>".encode()


POOLS = rss((POOL, "La piscine rouvre", "Mon, 16 Nov 2026 09:00:00 +0100"))


@pytest.fixture
def site() -> Iterator[Wire]:
    """The city's website, on a machine of this network that the environment allows to be asked."""
    http.forget_waits()
    with wire() as told:
        internal_hosts.internal.add("127.0.0.1")
        yield told
        internal_hosts.internal.discard("127.0.0.1")


@pytest.fixture
def named(site, administrator) -> Wire:
    operations.set_address(address=f"{site.address}/?feed=rss2", by=administrator, now=NOW)
    return site


@pytest.fixture
def known(city, administrator) -> None:
    """The feed has been read, and told of one article."""
    operations.set_address(address="https://www.valmont.example/rss", by=administrator, now=NOW)
    feed = operations.claim(now=NOW)
    assert operations.store_articles(feed=feed, articles=news_feed.read_articles(POOLS), now=NOW) == 1


def read(now=NOW) -> int:
    reader = news_feed.FeedReader()
    reader.begin(now)
    return reader.take(now, within=None)


def come(*messages, now=NOW) -> list[Message]:
    for _ in poller.take_messages(messages, now=now):
        pass
    return [Message.objects.get(external_id=message.external_id) for message in messages]


def post(external_id: str, text: str, **more):
    return incoming(external_id, text, direction=Direction.OUT, **more)


def read_feed(worker: Worker, now: datetime) -> int:
    """What a worker reads of it at that moment."""
    run_job(worker, "ask_feed", now)
    return run_job(worker, "read_feed", now)


def test_a_worker_reads_the_feed_once_an_hour(named) -> None:
    named.next += [(200, {}, POOLS), (200, {}, POOLS)]
    worker = Worker()
    assert read_feed(worker, NOW) == 1 and read_feed(worker, NOW + timedelta(minutes=59)) == 0
    [(verb, path, headers, _)] = named.asked
    assert (verb, path) == ("GET", "/?feed=rss2") and "rss" in headers["Accept"]
    [article] = Article.objects.all()
    assert (article.url, article.title) == (POOL, "La piscine rouvre")
    assert Feed.objects.get().read_at == NOW
    assert read_feed(worker, NOW + HOUR) == 0, "what is known is not new"
    assert len(named.asked) == 2 and Article.objects.count() == 1


def test_nothing_is_asked_without_an_address(city, site) -> None:
    assert read_feed(Worker(), NOW) == 0 and read() == 0
    assert site.asked == []


def test_two_workers_ask_once_and_one_that_was_killed_holds_it_up_for_its_lease_only(named) -> None:
    assert operations.claim(now=NOW)
    assert read() == 0 and named.asked == []
    named.next.append((200, {}, POOLS))
    assert read(NOW + operations.LEASE) == 1


def test_what_a_worker_brings_after_its_lease_or_for_another_feed_is_left(named, administrator) -> None:
    late = operations.claim(now=NOW)
    in_time = operations.claim(now=NOW + operations.LEASE)
    told = news_feed.read_articles(POOLS)
    assert operations.store_articles(feed=late, articles=told, now=NOW) is None
    operations.set_address(address="https://other.example/rss", by=administrator, now=NOW)
    assert operations.store_articles(feed=in_time, articles=told, now=NOW) is None
    operations.record_trouble(feed=in_time, error=BadInput("No."), now=NOW)
    assert not Article.objects.exists() and Feed.objects.get().trouble is None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, {}, {}), "refuses"),
        ((301, {"Location": "https://www.valmont.example/feed/"}, b""), "elsewhere"),
        ((200, {}, b"<html><title>Valmont</title></html>"), "no feed"),
        ((200, {}, b"<rss>" + b" " * 5_000_000), "larger"),
        ((500, {}, b""), "out of order"),
        ("reset", "broke off"),
    ],
)
def test_what_is_wrong_is_kept_told_once_and_tried_again_an_hour_later(named, answer, why) -> None:
    named.next += [answer, answer, (200, {}, POOLS)]
    with capture_logs() as logs:
        read()
        read(NOW + HOUR - timedelta(seconds=1))
        assert len(named.asked) == 1
        read(NOW + HOUR)
    feed = Feed.objects.get()
    assert why in feed.trouble["text"] and feed.read_at is None
    assert [line["event"] for line in logs] == ["feed_troubled"]
    assert read(NOW + 2 * HOUR) == 1 and Feed.objects.get().trouble is None


def test_a_site_inside_the_houses_network_is_not_asked(named) -> None:
    internal_hosts.internal.discard("127.0.0.1")
    read()
    assert "inside this network" in Feed.objects.get().trouble["text"] and named.asked == []


def test_a_slow_site_holds_up_no_other_work(named, monkeypatch) -> None:
    monkeypatch.setattr(news_feed, "PATIENCE", 0.1)
    named.next.append("silent")
    worker = Worker()
    began = time.monotonic()
    assert read_feed(worker, NOW) == 0 and read_feed(worker, NOW) == 0
    assert time.monotonic() - began < 2
    assert Feed.objects.get().leased_until
    named.patience.set()
    worker.finish()
    assert Feed.objects.get().leased_until is None, "what was asked comes to its end"


def test_a_fault_of_ours_is_logged_and_told(named, monkeypatch) -> None:
    def stumble(address: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(news_feed, "fetch", stumble)
    with capture_logs() as logs:
        read()
    assert [line["event"] for line in logs] == ["feed_failed", "feed_troubled"]
    assert Feed.objects.get().trouble["values"] == {"kind": "ZeroDivisionError"}


def test_articles_change_and_go_when_they_are_old_and_no_longer_told(named) -> None:
    old = "https://valmont.example/old", "Ancien", "Mon, 16 Nov 2020 09:00:00 +0100"
    undated = "https://valmont.example/undated", "Sans date", ""
    named.next.append((200, {}, rss(old, undated, (POOL, "Titre", "Mon, 16 Nov 2026 09:00:00 +0100"))))
    assert read() == 3
    named.next.append((200, {}, rss((POOL, "Autre titre", "Mon, 16 Nov 2026 09:00:00 +0100"))))
    assert read(NOW + HOUR) == 0
    assert dict(Article.objects.values_list("title", "published_at")).keys() == {"Sans date", "Autre titre"}
    assert Article.objects.get(title="Sans date").published_at == NOW


def test_no_more_than_the_latest_are_known(named, monkeypatch) -> None:
    monkeypatch.setattr(operations, "MOST", 2)
    told = [(f"https://v.example/{day}", f"{day}", f"Mon, {day} Nov 2026 09:00:00 +0100") for day in (11, 13, 12)]
    named.next.append((200, {}, rss(*told)))
    read()
    assert set(Article.objects.values_list("title", flat=True)) == {"13", "12"}


def test_addresses_that_no_index_takes_are_passed_over(named) -> None:
    named.next.append(
        (200, {}, rss(("https://v.example/" + "é" * 1500, "Long", ""), ("https://v.example/%00", "0", "")))
    )
    assert read() == 0 and Feed.objects.get().trouble is None


@pytest.mark.parametrize(
    "text",
    [
        f"Quand rouvrira-t-elle ? {TRACKED}",
        f"Lisez ceci ({POOL}).",
        "Voir www.valmont.example/actualites/piscine, merci",
        f"https://elsewhere.example/ puis {POOL.upper().replace('/ACTUALITES/PISCINE/', '/actualites/piscine/')}",
    ],
)
def test_a_message_is_tied_to_the_article_that_it_links_to(known, text) -> None:
    [message] = come(incoming("m1", text))
    assert message.about == {"url": POOL, "title": "La piscine rouvre"}
    row = message.conversation
    assert (row.about_url, row.about_title) == (POOL, "La piscine rouvre")
    assert message.text == text


def test_a_text_full_of_links_is_looked_at_in_part_only(known) -> None:
    [message] = come(incoming("m1", "https://v.example/ " * link_articles.MOST_LINKS + POOL))
    assert message.about is None


def test_what_it_says_itself_goes_before_and_other_links_tie_nothing(known) -> None:
    form = About("https://valmont.example/form", "Formulaire")
    said, other = come(incoming("m1", POOL, about=form), incoming("m2", "https://valmont.example/actualites/ et www."))
    assert said.about == {"url": form.url, "title": form.title} and other.about is None


def test_a_reply_to_the_citys_own_post_is_tied_and_so_is_a_reply_to_that(known) -> None:
    come(post("p", f"Bonne nouvelle : {TRACKED}"))
    [first] = come(incoming("r1", "Enfin !", in_reply_to="p"))
    second, third = come(
        incoming("r2", "Vraiment ?", in_reply_to="r1"), incoming("r3", "Oui", in_reply_to="gone", thread="p")
    )
    assert [row.about and row.about["url"] for row in (first, second, third)] == [POOL] * 3


def test_so_is_one_that_comes_with_the_post(known) -> None:
    reply, answered = come(incoming("r1", "Enfin !", in_reply_to="p"), post("p", POOL))
    assert reply.about == answered.about == {"url": POOL, "title": "La piscine rouvre"}


def test_so_is_one_to_a_post_that_came_before_its_article_was_known(city, named) -> None:
    [before] = come(post("p", POOL))
    named.next.append((200, {}, POOLS))
    read()
    [reply] = come(incoming("r1", "Enfin !", in_reply_to="p"))
    assert before.about is None and reply.about["url"] == POOL
    assert Conversation.objects.get(pk=reply.conversation_id).about_title == "La piscine rouvre"


def test_a_conversation_speaks_of_what_the_citizen_links_to_and_not_of_what_the_answer_does(known) -> None:
    come(incoming("m1", "Et la piscine ?"))
    [answer] = come(post("a1", f"Voyez {POOL}", in_reply_to="m1"))
    row = Conversation.objects.get(pk=answer.conversation_id)
    assert answer.about["url"] == POOL and row.about_url == ""
    come(incoming("m2", f"Je parle de {TRACKED}", in_reply_to="m1"))
    row.refresh_from_db()
    assert row.about_url == POOL


def test_a_reply_to_an_account_of_another_network_is_not_tied(known) -> None:
    come(post("p", POOL))
    [other] = come(incoming("r1", "Enfin !", in_reply_to="p", channel="email", account="contact@testville.example"))
    assert other.about is None


def test_a_rule_on_articles_holds_for_posts(known) -> None:
    kept.save(rule=Written("voirie", articles=("valmont.example/actualites",)), by=None, now=NOW)
    [message] = come(incoming("m1", f"Et la piscine ? {TRACKED}"))
    assert Conversation.objects.get(pk=message.conversation_id).department.slug == "voirie"


def test_taken_twice_it_is_tied_once(known) -> None:
    message = incoming("m1", POOL)
    come(message)
    come(message)
    assert Message.objects.count() == 1


def test_without_a_feed_no_text_is_looked_at_and_with_one_a_batch_costs_the_same(known, administrator, monkeypatch):
    def cost(*messages) -> int:
        with CaptureQueriesContext(connection) as captured:
            link_articles.with_articles(messages)
        return len(captured)

    replies = [incoming(f"m{n}", "Enfin !", in_reply_to=f"p{n}") for n in range(50)]
    cost()  # this process knows the articles now
    assert cost(*replies[:1]) == cost(*replies) == 2
    operations.set_address(address="", by=administrator, now=NOW)
    monkeypatch.setattr(link_articles, "_LINK", None)
    assert cost(*replies, incoming("a", POOL)) == 1
    assert link_articles.current_articles() == {}


def test_the_page_of_a_post_shows_its_article(known, client, host) -> None:
    message = incoming("m1", TRACKED)
    come(message)
    client.force_login(host)
    page = client.get(f"/inbox/{conversation_of(message)}/").content.decode()
    assert re.search(rf'href="{re.escape(POOL)}"[^>]*>La piscine rouvre</a>', page)


@pytest.mark.parametrize(
    "address", ["valmont.example/rss", "ftp://v.example/", "https://", "https://a b/", "https://v.example:99999/",
                "https://[", "https://user@v.example/", "https://v.example/" + "a" * 500],
)  # fmt: skip
def test_what_is_no_address_is_refused(administrator, address) -> None:
    with pytest.raises(BadInput):
        operations.set_address(address=address, by=administrator, now=NOW)
    assert not Feed.objects.exists()


def test_only_an_administrator_names_it_and_the_same_name_is_not_read_anew(known, administrator, host) -> None:
    with pytest.raises(NotAllowed):
        operations.set_address(address="", by=host, now=NOW)
    operations.set_address(address="https://www.valmont.example/rss", by=administrator, now=NOW)
    assert operations.claim(now=NOW) is None and Article.objects.exists()
    operations.set_address(address="https://www.valmont.example/atom", by=administrator, now=NOW)
    assert operations.claim(now=NOW) and Article.objects.exists()
