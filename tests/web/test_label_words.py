"""Kinds and sentiments: one list of them, one table of words, and "tone" for drafts only."""

from pathlib import Path

from babel.messages.pofile import read_po
from django.utils import translation

from portevoix.journal.words import figure_words
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.text.labels.bundled import load_bundled
from portevoix.web import label_words

CATALOGUE = Path(label_words.__file__).parents[1] / "locale" / "fr" / "LC_MESSAGES" / "django.po"
OF_DRAFTS = ("repl", "draft", "sounds")
"""What a sentence with "tone" speaks of."""


def test_every_kind_and_sentiment_has_its_words_and_may_be_suggested() -> None:
    assert list(label_words.KINDS) == list(Kind)
    assert list(label_words.SENTIMENTS) == list(Sentiment)
    assert list(figure_words.KINDS) == [*Kind, ""]
    assert set(load_bundled("kind").labels) == set(Kind)
    assert set(load_bundled("valence").labels) == set(Sentiment)


def test_what_an_import_calls_otherwise_stands_for_itself() -> None:
    assert label_words.word(label_words.KINDS, "petition") == "petition"
    with translation.override("en"):
        assert label_words.word(label_words.SENTIMENTS, Sentiment.WELL) == "something goes well"


def test_readers_see_the_tone_of_drafts_only() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    for message in catalogue:
        texts = [str(message.id).lower(), str(message.string).lower()]
        assert "valence" not in texts[0] + texts[1] and "tonalité" not in texts[1], message.id
        if "tone" in texts[0].split():
            assert any(word in texts[0] for word in OF_DRAFTS), message.id
