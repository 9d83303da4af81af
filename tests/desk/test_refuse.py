"""Many messages that wait for a decision: all are counted and reachable, and what is alike is refused at once."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from portevoix.kernel.errors import BadInput, NotAllowed
from portevoix.kernel.messages import About, Batch, Unreadable, Writer
from portevoix.record import operations
from portevoix.record.models import Envelope
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries.bulk_refusal import Criteria, find_matches
from tests.conftest import NOW, incoming

HOUR = timedelta(hours=1)
REFUSE = "/inbox/aside/refuse/"
SPAM = "Gagnez un VÉLO maintenant, cliquez ici vite"


def held(*messages, account=("x", "@testville"), unreadable=(), now=NOW - 2 * HOUR):
    row = accounts.get_or_create(channel=account[0], address=account[1])
    envelopes.store(row, Batch(messages, unreadable=unreadable), now=now)
    return row


def spam(number: int, text: str = SPAM, **more):
    return incoming(f"spam-{number}", text, held="It came without proof.", **more)


def states() -> dict[str, str]:
    return dict(Envelope.objects.values_list("external_id", "state"))


def looked(desk, **asked) -> BeautifulSoup:
    """The page before anything happens, as a browser without JavaScript asks for it."""
    names = ("state", "words", "sender", "article", "account", "since", "until")
    return desk.page(f"{REFUSE}?{urlencode({**dict.fromkeys(names, ''), 'state': 'held', **asked})}")


def confirm(desk, soup: BeautifulSoup):
    form = soup.select_one("form[method=post][action$='refuse/']")
    return desk.do(form["action"], **{field["name"]: field.get("value", "") for field in form.select("input[name]")})


def test_all_are_counted_in_the_header_and_on_the_page_and_paged_through(desk, host):
    held(*(spam(number) for number in range(5000)))
    soup = desk.page("/inbox/aside/")
    assert soup.select_one("#held-title .count").text.strip() == "5,000"
    assert soup.select_one(".masthead .count--bad").next_element.strip() == "5,000"
    assert len(soup.select("article")) == 20
    seen, address = set(), "/inbox/aside/" + soup.select_one("a[href*='sort=held']")["href"].partition("/aside/")[2]
    while address:
        soup = desk.page(address)
        here = {article["id"] for article in soup.select("article")}
        assert here and not here & seen
        seen |= here
        onward = soup.select_one("a[rel=next]")
        address = f"/inbox/aside/{onward['href']}" if onward and len(seen) < 200 else ""
    assert len(seen) == 200
    last = desk.page("/inbox/aside/?sort=held&page=100")
    assert len(last.select("article")) == 50 and "Page 100 of 100" in last.text and not last.select("a[rel=next]")
    for odd in ("?sort=held&page=9999999", "?sort=held&page=0", "?sort=held&page=x", "?sort=nonsense", "?page=٣"):
        assert desk.page(f"/inbox/aside/{odd}").select("article"), odd


def test_a_flood_is_refused_at_once_and_what_is_no_part_of_it_stays(desk, host):
    held(*(spam(number) for number in range(5000)), spam(9000, "La piscine est-elle ouverte ?"))
    soup = looked(desk, words="velo CLIQUEZ")
    assert "5,000 messages fit" in soup.select_one("#fit-title").text and "and 4,995 more" in soup.text
    assert set(states().values()) == {"held"}, "to look changes nothing"
    held(spam(9001), now=NOW + timedelta(seconds=1))  # while the host reads
    confirm(desk, soup)
    found = states()
    assert (found.pop("spam-9000"), found.pop("spam-9001")) == ("held", "held")
    assert set(found.values()) == {"rejected"}
    soup = desk.page("/inbox/aside/")
    assert "5,000 messages are kept out" in soup.select_one("#told").text
    assert soup.select_one("#held-title .count").text.strip() == "2"


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"words": "vélo"}, {"a", "b"}),
        ({"words": "velo ici"}, {"a"}),
        ({"words": "sujet"}, {"b"}),
        ({"words": "%"}, set()),
        ({"words": "garbage", "state": "quarantined"}, {"broken"}),
        ({"sender": "bot.example"}, {"b"}),
        ({"sender": "ELODIE"}, {"a"}),
        ({"article": "piscine"}, {"c"}),
        ({"article": "a.example/p"}, {"c"}),
        ({"account": "email"}, {"c"}),
        ({"since": "2026-11-18T08:30"}, {"c"}),  # in Paris
        ({"until": "2026-11-18T08:30"}, {"a", "b"}),
        ({"until": "2026-11-18T08:30", "words": "maintenant", "sender": "x"}, set()),
    ],
)
def test_they_are_chosen_by_words_sender_article_account_and_time(desk, host, asked, fits):
    held(
        incoming("a", "Un Vélo, ici", held="x", author=Writer("1", "e", "Élodie")),
        incoming("b", "Un vélo là", held="x", author=Writer("2", "spam@bot.example", ""), subject="Sujet : 100"),
        unreadable=(Unreadable("broken", "It is no message.", "\\x00 Garbage"),),
    )
    mail = held(
        incoming(
            "c", "Bonjour", held="x", about=About("https://a.example/p", "La Piscine"), account="m", channel="email"
        ),
        account=("email", "contact@testville.example"),
        now=NOW - HOUR,
    )
    soup = looked(desk, **{name: str(mail.pk) if value == "email" else value for name, value in asked.items()})
    if fits:
        confirm(desk, soup)
    else:
        assert "No message fits." in soup.text and not soup.select("form[action$='refuse/'][method=post]")
    assert {name for name, state in states().items() if state == "rejected"} == fits


def test_who_says_nothing_in_common_refuses_nothing(desk, host):
    held(spam(1))
    answer = desk.get(f"{REFUSE}?state=held&words=&since=&until=&account=&sender=&article=")
    assert answer.status_code == 422 and "Say at least one thing" in answer.text
    assert desk.get(f"{REFUSE}?state=held").status_code == 200, "the empty form"
    for bad in ("since=2026-11-18T10:00&until=2026-11-18T09:00", "since=yesterday", "account=999999", "state=taken"):
        assert desk.get(f"{REFUSE}?words=velo&state=held&{bad}").status_code == 422, bad
    with pytest.raises(BadInput):
        operations.refuse(common=Criteria(), by=host)
    assert states() == {"spam-1": "held"}


def test_nothing_is_refused_by_a_post_of_which_nobody_saw_what_fits(desk, host):
    held(spam(1))
    answer = desk.post(REFUSE, {"state": "held", "words": "velo"})
    assert answer.status_code == 200 and "1 message fits" in answer.text
    assert states() == {"spam-1": "held"}


def test_a_colleague_was_faster(desk, host, other_host):
    held(spam(1), spam(2))
    soup = looked(desk, words="velo")
    envelopes.admit(envelope=Envelope.objects.get(external_id="spam-1").pk, by=other_host)
    confirm(desk, soup)
    assert states() == {"spam-1": "waiting", "spam-2": "rejected"}
    assert "1 message is kept out" in desk.page("/inbox/aside/").select_one("#told").text


def test_each_message_leads_to_those_like_it(desk, host):
    held(spam(1), spam(2), spam(3, "La piscine est-elle ouverte ?"))
    link = desk.page("/inbox/aside/").select_one("article a[href*='refuse']")["href"]
    assert "2 messages fit" in desk.page(link).text


def test_what_strangers_wrote_is_text_there_too(desk, host):
    held(spam(1, "<script>alert(1)</script> velo"))
    assert "&lt;script&gt;" in str(looked(desk, words="<script>")) and not looked(desk, words="velo").select(
        "main script"
    )


def test_contacts_and_editors_refuse_nothing(host, contact_of, editor, sign_in):
    held(spam(1))
    for colleague in (contact_of("sports"), editor):
        desk = sign_in(colleague)
        assert desk.get(f"{REFUSE}?words=velo&state=held").status_code == 403
        assert desk.post(REFUSE, {"state": "held", "words": "velo", "before": NOW.isoformat()}).status_code == 403
        assert find_matches(Criteria(words="velo"), by=colleague).count == 0
        with pytest.raises(NotAllowed):
            operations.refuse(common=Criteria(words="velo"), by=colleague)
    assert states() == {"spam-1": "held"}


WORDS = st.lists(st.sampled_from(["vélo", "VELO", "piscine", "ouverte", "été", "ici"]), max_size=4).map(" ".join)


class TestAnyFlood(TestCase):
    @given(st.lists(st.tuples(WORDS, st.integers(0, 5)), max_size=8), WORDS, st.integers(0, 5), st.integers(0, 5))
    def test_exactly_those_that_fit_are_refused(self, flood, words, since, until):
        """As a person would choose them one by one."""
        operations.city.found_city(name="V", now=NOW)
        host = operations.city.save_contact(email="h@v.example", name="H", role="host", by=None)
        for number, (text, hour) in enumerate(flood):
            held(spam(number, text or "–"), now=NOW + hour * HOUR)
        common = Criteria(words=words, since=NOW + since * HOUR, until=NOW + until * HOUR)
        fits = {
            f"spam-{number}"
            for number, (text, hour) in enumerate(flood)
            if since <= hour < until
            and all(word in text.lower().replace("é", "e") for word in words.lower().replace("é", "e").split())
        }
        assert find_matches(common, by=host).count == len(fits)
        assert operations.refuse(common=common, by=host) == len(fits)
        assert {name for name, state in states().items() if state == "rejected"} == fits
        assert operations.refuse(common=common, by=host) == 0, "twice is once"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("field", ["since", "until", "before"])
def test_a_moment_that_no_zone_knows_is_none(desk, host, field, moment):
    held(spam(1))
    asked = {"state": "held", "words": "vélo", "before": NOW.isoformat(), field: moment}
    if field != "before":
        desk.page(f"{REFUSE}?{urlencode(asked)}", 422)
    desk.do(REFUSE, 422, **asked)
    assert set(states().values()) == {Envelope.State.HELD}
