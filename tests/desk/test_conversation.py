"""What a conversation's page tells, and what it costs."""

from datetime import timedelta
from urllib.parse import urljoin

import pytest

from portevoix.channels.email.parse import parse_mail
from portevoix.desk.models import Draft
from portevoix.exchange.inbound.enrich import enrich_envelopes
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.messages import (
    About,
    Addressed,
    Batch,
    Change,
    Direction,
    File,
    Media,
    Place,
    ReplyKind,
    Visibility,
    Writer,
)
from portevoix.record import operations
from portevoix.record.models import Account, Conversation, Inquiry, Message
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries import conversation as queries
from portevoix.record.queries import persons
from portevoix.text.labels.passages import Mention
from portevoix.text.tokens import digest
from tests.conftest import NOW, incoming


def text_of(soup, selector: str) -> str:
    return soup.select_one(selector).get_text(" ", strip=True)


def shown(soup, name: str) -> str:
    """An element without what differs from one request to the next."""
    item = soup.select_one(f"#{name}")
    del item["hx-swap-oob"]
    for proof in item.select("[name=csrfmiddlewaretoken]"):
        proof.decompose()
    return str(item)


def test_it_shows_what_was_said_by_whom_in_the_order_of_time(take, desk, host):
    (pk,) = take(incoming("1", "Première question"))
    take(incoming("2", "Et alors ?", in_reply_to="1", sent_at=NOW - timedelta(minutes=2)))
    operations.note(conversation=pk, text="Je m'en occupe.", by=host, now=NOW)
    said = [item.get_text(" ", strip=True) for item in desk.page(f"/inbox/{pk}/").select("#thread .said")]
    assert [next(word for word in ("Première", "alors", "occupe") if word in one) for one in said] == [
        "Première",
        "alors",
        "occupe",
    ]
    assert "Claire" in said[2]
    assert "colleagues only" in said[2]


def test_quoted_text_is_folded_and_the_article_can_be_opened_without_telling_where_from(take, desk):
    (pk,) = take(incoming("1", "Merci", quoted="> tout le reste", about=About("https://ville.example/a", "La piscine")))
    soup = desk.page(f"/inbox/{pk}/")
    assert "tout le reste" in soup.select_one("#thread details").text
    link = soup.select_one("#context a[href='https://ville.example/a']")
    assert link.text == "La piscine"
    assert set(link["rel"]) == {"noopener", "noreferrer", "nofollow"}


def test_both_clocks_are_told_with_elapsed_time_and_opening_hours(take, desk, host):
    (pk,) = take(incoming("1", sent_at=NOW - timedelta(hours=18)))  # Tuesday 16:00
    time = text_of(desk.page(f"/inbox/{pk}/"), "#facts")
    assert "First contact" in time
    assert "running for 18 h" in time
    assert "3 h 30 min of opening hours" in time
    operations.answer(conversation=pk, text="Oui.", by=host, now=NOW, seen=99)
    assert "in time after 18 h" in text_of(desk.page(f"/inbox/{pk}/"), "#facts")


def test_what_was_late_stays_told_as_late(take, desk, host):
    (pk,) = take(incoming("1", sent_at=NOW - timedelta(days=9)))
    operations.answer(conversation=pk, text="Pardon.", by=host, now=NOW, seen=99)
    assert "too late after 9 days" in text_of(desk.page(f"/inbox/{pk}/"), "#facts")


def test_in_copy_nothing_is_due(take, desk):
    (pk,) = take(incoming("1", addressed=Addressed.COPY))
    assert "nothing is due" in text_of(desk.page(f"/inbox/{pk}/"), "#facts")


def test_history_is_told_in_plain_sentences(take, desk, host, other_host):
    (pk,) = take(incoming("1"))
    operations.route(conversation=pk, department="voirie", by=host, now=NOW)
    operations.assign(conversation=pk, to=other_host.pk, by=host, now=NOW)
    operations.release(conversation=pk, by=other_host, now=NOW)
    operations.assign(conversation=pk, to=host.pk, by=host, now=NOW)
    operations.label(conversation=pk, kind="report", valence="wrong", by=host, now=NOW)
    operations.close(conversation=pk, by=host, now=NOW, why="doublon")
    operations.reopen(conversation=pk, by=host, now=NOW)
    told = text_of(desk.page(f"/inbox/{pk}/"), "#thread")
    for sentence in (
        "Claire gave it to Voirie.",
        "Claire gave it to Mehdi.",
        "Mehdi gave it back to everybody.",
        "Claire took it.",
        "Claire labelled it: report · something goes wrong.",
        "Claire closed the conversation: doublon",
        "Claire reopened the conversation.",
    ):
        assert sentence in told
    whole = text_of(desk.page(f"/inbox/{pk}/"), "#facts details")
    assert "The citizen wrote." in whole


def test_promises_are_told_with_what_became_of_them(take, desk, host, at_ten):
    (pk,) = take(incoming("1"))
    operations.hold(conversation=pk, text="Demain.", promised_at=NOW + timedelta(days=1), by=host, now=NOW, seen=99)
    facts = text_of(desk.page(f"/inbox/{pk}/"), "#facts")
    assert "still open" in facts
    at_ten.shift(timedelta(days=2))
    desk.force_login(host)  # the session of two days ago is over
    assert "not kept" in text_of(desk.page(f"/inbox/{pk}/"), "#facts")


def test_earlier_conversations_of_the_same_person_are_listed(take, desk):
    old, new = take(incoming("1", sent_at=NOW - timedelta(days=30)), incoming("2"))
    (stranger,) = take(incoming("3", author=Writer("someone-else")))
    links = {link["href"] for link in desk.page(f"/inbox/{new}/").select("[aria-labelledby=author-title] ul a")}
    assert links == {f"/inbox/{old}/"}
    assert "first one known" in text_of(desk.page(f"/inbox/{stranger}/"), "[aria-labelledby=author-title]")


def test_files_are_offered_and_refused_ones_explained(take, desk):
    (pk,) = take(
        incoming(
            "1",
            files=(
                File("plan.pdf", "application/pdf", 4, b"%PDF"),
                File("film.mov", "video/quicktime", 99, None, "It is larger than 10 MB."),
            ),
            media=(Media("https://img.example/1.jpg", "image/jpeg", "Un trou"),),
            place=Place(47.1, -1.5),
        )
    )
    soup = desk.page(f"/inbox/{pk}/")
    files = text_of(soup, "#thread .files")
    assert "plan.pdf" in files
    assert "It is larger than 10 MB." in files
    assert soup.select_one("#thread .files a[href='https://img.example/1.jpg']").text == "Un trou"


def test_imported_replies_are_shown_as_what_they_were(take, desk):
    (pk,) = take(incoming("1", sent_at=NOW - timedelta(days=2)))
    take(
        incoming(
            "2",
            "On revient vers vous.",
            direction=Direction.OUT,
            author=Writer("@testville", name="Ville"),
            in_reply_to="1",
            sent_at=NOW - timedelta(days=1),
            reply_kind=ReplyKind.HOLDING,
            promised_at=NOW + timedelta(days=1),
        )
    )
    assert "holding reply" in text_of(desk.page(f"/inbox/{pk}/"), "#thread .said--out")


def test_an_account_that_is_not_connected_is_explained_in_the_place_of_the_composer(take, desk, sign_in, administrator):
    (pk,) = take(incoming("1", channel="mastodon", account="@ville@example.social"))
    soup = desk.page(f"/inbox/{pk}/")
    assert soup.select_one("#composer") is None
    assert "@ville@example.social is not connected" in text_of(soup, "#main")
    assert sign_in(administrator).page(f"/inbox/{pk}/").select_one("#main a[href='/settings/channels/']")


def test_a_paused_account_is_said_where_one_writes(take, desk):
    (pk,) = take(incoming("1"))
    account = accounts.get_or_create(channel="x", address="@testville")
    accounts.record_trouble(
        account=account, error=Refused("The password is wrong.", pause=True), again_at=None, now=NOW
    )
    assert "leaves once the account works again" in text_of(desk.page(f"/inbox/{pk}/"), "#composer")


@pytest.mark.parametrize(
    ("channel", "account", "limit"), [("x", "@testville", 280), ("email", "contact@testville.example", None)]
)
def test_the_composer_counts_where_the_network_does(take, desk, channel, account, limit):
    (pk,) = take(incoming("1", channel=channel, account=account))
    state = desk.do(f"/inbox/{pk}/draft/", 200, text="x" * 281).select_one("#draft-state").get_text(" ", strip=True)
    assert ("281 characters: it leaves as 2 posts" in state) == bool(limit)
    assert "Draft kept." in state


@pytest.mark.parametrize("target", ["main", "thread"])
def test_what_htmx_swaps_equals_what_a_reload_shows(take, desk, host, target):
    first, _other = take(incoming("1"), incoming("2"))
    operations.note(conversation=first, text="Note", by=host, now=NOW)
    address = f"/inbox/{first}/?view=all"
    whole, part = desk.page(address), desk.part(address, target)
    assert shown(part, target) == shown(whole, target)
    oob = {item["id"] for item in part.select("[hx-swap-oob]")}
    assert oob == {"main": {"context", "said"}, "thread": {"standing", "facts"}}[target]
    for name in oob:
        assert shown(part, name) == shown(whole, name)


def test_the_list_comes_after_its_conversation_which_is_marked_there(take, desk):
    first, other = take(incoming("1"), incoming("2"))
    waiting = desk.page(f"/inbox/{first}/?view=all").select_one("#rows-area")
    assert not waiting.select("[data-row]") and waiting.a["href"] == "/inbox/?view=all"  # also without a script
    rows = desk.part(waiting["hx-get"], "rows-area").select("a[data-row]")
    assert {row["href"] for row in rows} == {f"/inbox/{pk}/?view=all" for pk in (first, other)}
    assert [row["id"] for row in rows if row.get("aria-current")] == [f"row-{first}"]


def test_what_came_since_the_page_was_opened_is_marked(take, desk):
    (pk,) = take(incoming("1"))
    seen = desk.page(f"/inbox/{pk}/").select_one("#seen")["value"]
    take(incoming("2", "Allô ?", in_reply_to="1", sent_at=NOW))
    new = desk.part(f"/inbox/{pk}/?seen={seen}", "thread").select(".said--new")
    assert [item.select_one(".said__text").text for item in new] == ["Allô ?"]
    assert desk.part(f"/inbox/{pk}/?seen=nonsense", "thread").select(".said--new") == []


def test_contacts_see_their_own_conversations_only_and_cannot_reply(take, host, contact_of, sign_in):
    mine, other = take(incoming("1"), incoming("2"))
    operations.route(conversation=mine, department="sports", by=host, now=NOW)
    sports = sign_in(contact_of("sports"))
    soup = sports.page(f"/inbox/{mine}/")
    assert soup.select_one("#composer") is None
    assert soup.select_one("#note")
    assert soup.select_one("form[action*=route]") is None
    for address in (f"/inbox/{other}/", "/inbox/999999/"):
        assert sports.get(address).status_code == 404
    for verb in ("present", "draft", "reply", "note", "take", "close", "route"):
        assert sports.post(f"/inbox/{other}/{verb}/", {"text": "x", "seen": 0}).status_code in (403, 404), verb


def test_nobody_who_is_not_signed_in_sees_anything(take, client):
    (pk,) = take(incoming("1"))
    for address in ("/", "/inbox/", f"/inbox/{pk}/", "/inbox/aside/", "/inquiries/", "/file/1/"):
        assert client.get(address)["Location"].startswith("/sign-in/"), address


def test_what_was_erased_is_told_and_nobody_can_be_answered(take, desk, host, administrator):
    (pk,) = take(incoming("1"), department="sports")
    operations.inquire(conversation=pk, department="sports", question="Ouverte ?", by=host, now=NOW)
    operations.answer(conversation=pk, text="Oui, Madame Citoyenne.", by=host, now=NOW, seen=99)
    operations.reopen(conversation=pk, by=host, now=NOW)
    [author] = persons.find_citizens("Citoyenne")
    operations.erase(author=author.pk, by=administrator, now=NOW)
    soup = desk.page(f"/inbox/{pk}/")
    said = [message.text for message in soup.select(".said__text")]
    assert [" ".join(text.split()) for text in said][:2] == ["What stood here was erased.", "Oui, Madame [compte]."]
    whole = " ".join(soup.text.split())
    assert "Ana" not in whole and "Somebody" in whole and "Helene erased the person" in whole
    assert "Nobody can be answered any more: close the conversation." in whole and not soup.select("#reply-text")
    assert "cancelled. The person whom it was for was erased." in whole
    assert "erased" in desk.page("/inbox/").select_one(".row__text").text


def test_nothing_is_written_where_nobody_could_erase_it_any_more(take, desk, host, administrator):
    (pk,) = take(incoming("1"), department="sports")
    operations.inquire(conversation=pk, department="sports", question="Ouverte ?", by=host, now=NOW)
    [author] = persons.find_citizens("Citoyenne")
    operations.erase(author=author.pk, by=administrator, now=NOW)
    assert not desk.page(f"/inbox/{pk}/").select("#note, #question, #reply-text")
    said = "Mme Dupont, 06 12 34 56 78"
    inquiry = Inquiry.objects.get()
    desk.do(f"/inbox/{pk}/note/", 422, text=said)
    desk.do(f"/inbox/{pk}/inquire/", 422, department="sports", question=said)
    desk.do(f"/inbox/{pk}/draft/", 404, text=said)
    desk.do(f"/inbox/{pk}/reply/", 422, text=said, reply="answer", seen="99")
    with pytest.raises(BadInput, match="no answer is needed"):
        operations.inform(inquiry=inquiry.pk, answer=said, ruling="may_say", by=host, now=NOW)
    assert not Draft.objects.exists() and not Message.objects.filter(text__contains="Dupont").exists()
    assert Inquiry.objects.get().answer == ""


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ('"c8@citoyen.test"', "evil@x.test"),
        ("=?utf-8?q?Marie_=E2=80=AE?=", "Marie"),
        ("=?utf-8?q?c8=EF=BC=A0citoyen.test?=", "evil@x.test"),
        ('"evil@x.test"', "evil@x.test"),
    ],
)
def test_a_private_reply_says_whose_address_it_goes_to_whatever_the_name(city, desk, sender, name):
    account = Account.objects.get(channel="email")
    raw = f"From: {sender} <evil@x.test>\r\nMessage-ID: <1@x>\r\n\r\nBonjour ?".encode()
    mail = parse_mail(raw, account=account.address, received_at=NOW)
    enrich_envelopes(envelopes.store(account, Batch((mail,)), now=NOW).waiting, now=NOW)
    soup = desk.page(f"/inbox/{Conversation.objects.get().pk}/")
    label = " ".join(soup.select_one("label[for=reply-text]").text.split())
    assert label == f"Your reply to {name}" + (" evil@x.test" if name != "evil@x.test" else "")
    assert "c8@" not in soup.text


TWO = "Merci pour la piscine, elle est superbe. Par contre les rats courent partout dans la rue, c'est sale !"


def passage(start, end, department, valence):
    """As the intake stores one."""
    return Mention(start, end, department, 0.9, valence, 0.7).as_json()


def test_a_message_about_two_things_shows_its_passages(take, desk):
    topics = [
        passage(0, 40, "sports", "well"),
        passage(41, len(TWO), "voirie", None),
    ]
    (pk,) = take(incoming("1", TWO))
    Conversation.objects.filter(pk=pk).update(suggestions={"topics": topics, "topics_of": digest(TWO)})
    told = [item.get_text(" ", strip=True) for item in desk.page(f"/inbox/{pk}/").select("#context li:has(q)")]
    assert told == [f"Sports · 90% Something goes well · 70% {TWO[:40]}", f"Voirie · 90% {TWO[41:]}"]


def test_passages_are_not_shown_of_a_message_that_was_changed_afterwards(take, desk):
    (pk,) = take(incoming("1", TWO))
    topic = passage(0, 40, "sports", "well")
    Conversation.objects.filter(pk=pk).update(suggestions={"topics": [topic], "topics_of": digest(TWO)})
    take(incoming("1", "Tout va bien.", change=Change.AMEND, revision=1))
    assert not desk.page(f"/inbox/{pk}/").select("#context li:has(q)")


UNSURE = [
    {"label": None, "probability": 0.52, "words": []},
    {"label": "complaint", "probability": 0.52, "words": ["honte"]},
    {"label": "report", "probability": 0.31, "words": ["panne"]},
]
SURE = [{"label": "wrong", "probability": 0.94, "words": ["panne", "sale"]}]


def why(desk, pk, name):
    return text_of(desk.page(f"/inbox/{pk}/"), f"#{name}-why")


def test_a_suggested_label_says_how_sure_it_is_and_why(take, desk, host, other_host):
    (pk,) = take(incoming("1"))
    suggestions = {"kind": UNSURE, "valence": SURE}
    Conversation.objects.filter(pk=pk).update(suggestions=suggestions, kind="complaint", valence="wrong")
    told = " ".join(why(desk, pk, "kind").split())
    assert told == "Not sure: Complaint 52%, Report 31% for: honte"
    assert why(desk, pk, "valence") == "Suggested, 94% sure for: panne, sale"
    assert desk.page(f"/inbox/{pk}/").select_one("select#kind option").text == "Not sure: choose"
    operations.label(conversation=pk, kind="complaint", by=other_host, now=NOW)
    assert why(desk, pk, "kind") == f"Chosen by {other_host.name}"
    assert why(desk, pk, "valence") == "Suggested, 94% sure for: panne, sale", "the other one is open still"


def test_the_inbox_tells_a_kind_of_which_nobody_is_sure(take, desk, host):
    guessed, decided = take(incoming("1"), incoming("2"))
    Conversation.objects.filter(pk__in=[guessed, decided]).update(suggestions={"kind": UNSURE}, kind="complaint")
    operations.label(conversation=decided, kind="complaint", by=host, now=NOW)
    unsure = [row.a["id"] for row in desk.page("/inbox/").select("#rows > li") if row.select(".chip--guess")]
    assert unsure == [f"row-{guessed}"]


def test_a_label_that_nobody_can_tell_is_no_first_choice_of_a_list(take, desk):
    (pk,) = take(incoming("1", "…"))
    Conversation.objects.filter(pk=pk).update(suggestions={}, kind="", valence="")
    for name in ("kind", "valence"):
        select = desk.page(f"/inbox/{pk}/").select_one(f"select#{name}")
        assert select.option.text == "Nobody can tell yet" and not select.select("[selected]")
        desk.do(f"/inbox/{pk}/label/", 422, **{name: ""})


def test_a_label_that_the_message_came_with_is_no_suggestion(take, desk):
    (pk,) = take(incoming("1", labels={"kind": "praise", "department": "sports"}), department="sports")
    assert why(desk, pk, "kind") == "The message came with it."
    assert "The message came sorted under Sports." in text_of(desk.page(f"/inbox/{pk}/"), "#thread")


@pytest.mark.parametrize(
    ("found", "told"), [("fail", "Sender not confirmed"), ("pass", "sender's domain confirmed"), ("none", "")]
)
def test_what_the_mail_server_found_of_the_sender_stands_beside_the_name(desk, take, found, told):
    (pk,) = take(incoming("1", dmarc=found))
    thread = desk.page(f"/inbox/{pk}/").select_one("#thread").get_text(" ", strip=True)
    assert (told in thread) if told else ("confirmed" not in thread)
    assert ("Give out nothing personal" in thread) is (found == "fail")


def test_a_long_message_is_shown_in_part_and_read_whole_page_by_page(take, desk):
    text = "".join(f"{number:06} " for number in range(20_000))
    (pk,) = take(incoming("1", text, quoted="> tout en bas"))
    said = desk.page(f"/inbox/{pk}/").select_one("#thread .said")
    assert said.select_one(".said__text").text.endswith("[…]")
    assert len(said.text) < queries.MOST_SHOWN + 2_000
    address, found = said.select_one("a[href*=message]")["href"], ""
    while address:
        soup = desk.page(address)
        found += soup.select_one(".said__text").text
        after = soup.select_one("a[rel=next]")
        address = urljoin(address, after["href"]) if after else ""
    assert found == f"{text}\n\n> tout en bas"


def test_a_conversation_of_many_long_messages_stays_a_page(take, desk):
    (pk,) = take(incoming("0", "début"))
    for number in range(1, 120):
        take(incoming(str(number), "mot " * 8_000, in_reply_to="0"))
    page = desk.get(f"/inbox/{pk}/")
    assert len(page.content) < 2 * queries.MOST_TOGETHER


def test_an_imported_author_is_named_with_the_address_too(take, desk):
    account, citizen = "contact@testville.example", Writer("ana@citoyen.example", "", "Ana")
    [pk] = take(incoming("1", channel="email", account=account, author=citizen, visibility=Visibility.PRIVATE))
    assert text_of(desk.page(f"/inbox/{pk}/"), "label[for=reply-text]") == "Your reply to Ana ana@citoyen.example"
