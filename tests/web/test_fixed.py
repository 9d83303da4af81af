"""Fixed words of a template are said as Django says them, in the language of whoever reads."""

import pytest
from django.template import engines
from django.utils.translation import override

WORDS = [
    '{% translate "Inbox" %}',
    "{% translate 'Inbox'|upper %}",
    '{% translate "Inbox" as said %}<{{ said }}>',
    '{% translate "Inbox" noop %}',
    '{% translate "Inbox" context "nowhere" %}',
    "{% translate named %}",
    '{% translate "100%% <b>sure</b>" %}',
]


@pytest.mark.parametrize("words", WORDS)
def test_words_are_said_as_django_says_them(words) -> None:
    ours = engines["django"].from_string(words)
    theirs = engines["django"].from_string("{% load i18n %}" + words)  # what is loaded goes before what is built in
    for language in ("en", "fr", "en", None, "fr"):
        with override(language):
            assert ours.render({"named": "Inbox"}) == theirs.render({"named": "Inbox"})


def test_each_reads_their_language() -> None:
    said = engines["django"].from_string('{% translate "Inbox" %}')
    told = []
    for language in ("fr", "en", "fr"):
        with override(language):
            told.append(said.render({}))
    assert told[0] == told[2] != told[1] == "Inbox"
