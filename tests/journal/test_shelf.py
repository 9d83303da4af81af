"""An edition that is read again says the same."""

from datetime import timedelta

from portevoix.journal.composition.compose import compose
from portevoix.journal.storage import stored_editions
from portevoix.journal.storage.stored_editions import compose_and_store, read_or_compose
from portevoix.record.models import Message
from portevoix.record.operations.erase import erase
from portevoix.record.queries.journal import edition as kept
from tests.journal.conftest import AFTER, at

WEEK = "2026-W46"


def test_a_final_edition_does_not_change_when_replies_and_messages_come_later(say):
    for minute in range(12):
        say(f"2026-11-09 10:{10 + minute}", replied=timedelta(hours=1) if minute % 2 else None)
    first = compose_and_store(week=WEEK, now=AFTER)
    for minute in range(0, 12, 2):
        say.answer(f"m{minute + 1}", "2026-11-09 12:00")
    say("2026-11-12 10:00", "Une lettre arrivée bien plus tard, oubliée au fond d’un sac")
    again = read_or_compose(week=WEEK, now=AFTER + timedelta(days=30))
    assert again == first
    assert again.section("volume").total.now == 12


def test_it_is_final_from_monday_at_eight_on_and_not_before(say):
    say("2026-11-09 10:00")
    for moment, final in (("2026-11-15 23:00", False), ("2026-11-16 07:59", False), ("2026-11-16 08:01", True)):
        edition = read_or_compose(week=WEEK, now=at(moment))
        assert (edition.final, edition.stored, kept(WEEK, "")) == (final, False, None), "reading stores nothing"
        assert compose_and_store(week=WEEK, now=at(moment)).stored is final
        assert (kept(WEEK, "") is not None) is final
    assert edition.cut_off == at("2026-11-16 08:00")


def test_an_empty_edition_is_not_kept_so_that_an_archive_can_still_fill_it(say):
    assert compose_and_store(week=WEEK, now=AFTER).section("volume").total.now == 0
    say("2026-11-09 10:00")
    assert read_or_compose(week=WEEK, now=AFTER).section("volume").total.now == 1


def test_who_is_erased_while_it_is_composed_is_not_quoted_in_what_is_stored(say, administrator, monkeypatch):
    for place in ("patinoire", "bibliothèque", "fontaine", "passerelle"):
        said = f"La {place} est fermée depuis lundi matin, et personne ne dit pourquoi."
        say("2026-11-09 10:00", said, kind="complaint", valence="wrong")
    composed = []

    def compose_slowly(**how):
        edition = compose(**how)
        composed.append([voice.text for voice in edition.section("voices").wrong.voices])
        if len(composed) == 1:
            erase(author=Message.objects.get(text=composed[0][0]).author_id, by=administrator, now=AFTER)
        return edition

    monkeypatch.setattr(stored_editions, "compose", compose_slowly)
    edition = compose_and_store(week=WEEK, now=AFTER)
    before, after = composed
    assert before[0] not in after and set(before[1:]) <= set(after)
    for content in (edition.as_json(), kept(WEEK, "").content):
        assert before[0] not in str(content) and after[0] in str(content)
    assert read_or_compose(week=WEEK, now=AFTER) == edition and len(composed) == 2
