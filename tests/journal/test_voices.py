"""Which messages are quoted, and that nobody can be recognised by them."""

import json
from datetime import UTC, datetime

from portevoix.journal.composition.compose import compose
from portevoix.journal.composition.quotations import LONGEST, Candidate, choose, find_telling_words, shorten
from portevoix.kernel.messages import Visibility, Writer
from portevoix.record.models import Message
from portevoix.record.queries.journal import CitizenMessage
from tests.journal.conftest import AFTER
from tests.journal.weeks_of_words import POOL


def heard(text: str, *words: str, conversation: int = 0) -> Candidate:
    said = CitizenMessage(
        pk=1,
        author="",
        district="",
        text=text,
        sent_at=datetime(2026, 11, 9, tzinfo=UTC),
        channel="x",
        department="sports",
        kind="complaint",
        valence="wrong",
        conversation=conversation or hash(text),
        visibility="public",
        lang="fr",
        names=(),
        begins=True,
    )
    return Candidate(said, text, frozenset(words))


def quoted(*messages: Candidate) -> list[str]:
    return [voice.text for voice in choose(messages)]


def test_first_who_holds_most_telling_words_then_who_adds_to_them_then_the_shorter():
    both = heard("both words stand in this rather long message of mine", "grève", "piscine")
    same = heard("the same two words again, in another long message", "grève", "piscine")
    new = heard("a word that no other quotation holds, in this message", "bus")
    short = heard("no telling word, and quite a short message")
    assert quoted(same, short, new, both) == [same.text, new.text, short.text]
    assert len(same.text) < len(both.text)


def test_no_conversation_and_no_text_is_quoted_twice():
    one = heard("the pool has been closed for three days now, alas", "pool", conversation=1)
    again = heard("the pool is closed, I say it once more: closed!", "pool", conversation=1)
    copied = heard("THE POOL has been closed for three days now, alas", "pool", conversation=2)
    assert len(quoted(one, again, copied)) == 1 or again.text in quoted(one, again, copied)
    assert len(quoted(one, copied)) == 1
    assert len(quoted(one, again)) == 1


def test_too_short_a_message_is_not_quoted_and_a_long_one_comes_last_and_is_cut():
    long = heard("very long " * 60, "grève", "piscine")
    whole = heard("a message that can be quoted whole, without any word")
    first, second = choose([heard("Merci !"), long, whole])
    assert (first.text, first.cut) == (whole.text, False)
    assert second.cut
    assert len(second.text) <= LONGEST


def test_a_text_is_cut_after_a_word():
    assert shorten("one two three", 13) == ("one two three", False)
    assert shorten("one two, three", 12) == ("one two", True)
    assert shorten("a\n\n b", 10) == ("a b", False)
    assert shorten("x" * 30, 10) == ("x" * 10, True)


def test_a_telling_word_is_held_in_any_ending_and_a_pair_only_whole():
    assert find_telling_words("Les piscines sont fermées", ["piscine", "grève"]) == {"piscine"}
    assert find_telling_words("Jules habite ici", ["jules verne"]) == frozenset()
    assert find_telling_words("L’école Jules-Verne", ["jules verne"]) == {"jules verne"}


def test_nobody_can_be_recognised(say):
    writer = Writer("id-77", "zoe_q", "Zoé Quelquune")
    for number in range(3):
        say(
            f"2026-11-1{number} 10:00",
            f"Zoé Quelquune ici, rappelez-moi au 06 39 98 27 1{number} ou zoe.q@exemple.fr, la piscine est fermée",
            valence="wrong",
            author=writer,
            visibility=Visibility.PRIVATE,
            replied=AFTER - AFTER,
            promised="2026-11-13 18:00",
        )
    edition = compose(week="2026-W46", now=AFTER)
    told = json.dumps(edition.as_json(), ensure_ascii=False).casefold()
    assert edition.section("voices").wrong.voices[0].private
    assert edition.section("promises").listed[0].gist
    assert not [secret for secret in ("quelquune", "zoé", "06 39", "exemple.fr", "zoe_q", "id-77") if secret in told]


def test_what_the_mask_puts_in_names_no_subject(strike):
    for message in Message.objects.filter(text__in=POOL):
        message.text = f"{message.text} Rappelez Mme Quelquune au 06 39 98 27 14"
        message.save()
    findings = compose(week="2026-W46", department="sports", now=AFTER).section("findings")
    titles = [subject.phrase.casefold() for subject in findings.subjects]
    assert titles
    assert not any(word in title for title in titles for word in ("téléphone", "06", "quelquune", "nom"))
    assert "quelquune" not in str(findings).casefold()
