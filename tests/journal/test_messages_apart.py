"""Each message counts as what it is by itself, and new requests, reminders and thanks add up."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.edition import Edition
from portevoix.journal.render import html
from portevoix.journal.words import figure_words
from portevoix.journal.words.wording import describe_volume, plain
from portevoix.record.facts import cut_off, facts_of_week
from tests.journal.conftest import AFTER

pytestmark = pytest.mark.django_db
WEEK = "2026-W46"
THANKS = "Il fait chaud dans la classe depuis ce matin, merci d’être venus si vite"


@pytest.fixture
def week(say) -> Edition:
    """Three requests, one of which is written again twice, a thank-you that ends it, and one that begins another."""
    say("2026-11-09 10:00", "Toujours pas de chauffage à l’école", kind="complaint", valence="wrong")
    say("2026-11-10 10:00", "Et ce matin non plus, rien", kind="complaint", valence="wrong", in_reply_to="m1")
    say("2026-11-11 10:00", "Quand viendrez-vous ?", kind="question", in_reply_to="m1")
    say("2026-11-12 10:00", THANKS, kind="praise", valence="well", in_reply_to="m1")
    say("2026-11-12 11:00", "Où est la piscine ?", replied=timedelta(hours=1))
    say("2026-11-12 12:00", "Bravo pour le marché", kind="praise", valence="well")
    say("2026-11-12 13:00", "Et la mairie ?")
    return compose(week=WEEK, now=AFTER)


def test_thanks_in_a_conversation_that_a_complaint_began_are_thanks(week) -> None:
    voices = week.section("voices")
    assert (voices.wrong.count.now, voices.well.count.now, voices.neutral.now) == (2, 2, 3)
    assert THANKS in [voice.text for voice in voices.well.voices]
    assert {row.code: row.count.now for row in week.section("volume").kinds} == {
        "complaint": 2,
        "question": 3,
        "praise": 2,
    }


def test_requests_reminders_and_thanks_add_up(week) -> None:
    volume, replies = week.section("volume"), week.section("replies")
    roles = {row.code: row.count.now for row in volume.roles}
    assert roles == {"request": 3, "reminder": 2, "thanks": 2}
    assert sum(roles.values()) == volume.total.now
    assert volume.begun == replies.measures[0].now.n + replies.copies == 4
    assert volume.begun_with_thanks == 1
    with override("en"):
        assert plain(describe_volume(volume)) == "7 messages: 3 new requests, 2 reminders, 2 messages of satisfaction."
        assert figure_words.begun_line(volume) == "4 conversations began. 1 of them began with thanks."
    with override("fr"):
        told = plain(describe_volume(volume))
    assert told == "7 messages\xa0: 3 nouvelles demandes, 2 relances, 2 messages de satisfaction."


def test_the_page_says_so_and_an_edition_kept_before_says_nothing(week) -> None:
    assert "3 new requests, 2 reminders" in html.page(week, language="en", accent="#1f5673")
    told = week.as_json()
    for section in told["sections"]:
        section.pop("roles", None)
        section.pop("begun_with_thanks", None)
    assert "new requests" not in html.page(Edition.from_json(told), language="en", accent="#1f5673")


def test_a_wait_has_the_kind_of_the_message_that_opened_it(say) -> None:
    say("2026-11-09 10:00", kind="complaint", valence="wrong", replied=timedelta(hours=1))
    say("2026-11-10 10:00", "Merci !", kind="praise", valence="well", in_reply_to="m1")
    facts = facts_of_week(WEEK, cut_off=cut_off(WEEK, now=AFTER))
    assert [(fact.ordinal, fact.kind, fact.valence) for fact in facts] == [
        (1, "complaint", "wrong"),
        (2, "praise", "well"),
    ]
