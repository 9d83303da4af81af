"""Languages are told among those asked for, and what is in none of them is not forced into one."""

import pytest

from portevoix.text.language import detect, is_foreign
from tests.text.test_text import OTHER_LANGUAGES

OURS = ("fr", "en")


@pytest.mark.parametrize("text", [
    *OTHER_LANGUAGES, "Когда починят фонарь на нашей улице?", "学校门口的路灯什么时候能修好？",
    "Πότε ανοίγει το κολυμβητήριο;",
    "Il lampione della nostra strada è rotto da due settimane.", "Muchas gracias", "Grazie mille!", "Danke", "Gracias",
])  # fmt: skip
def test_another_language_is_none_of_ours(text: str) -> None:
    assert detect(text, OURS) == ("", 0.0)


@pytest.mark.parametrize(("text", "language"), [
    ("Когда починят фонарь?", "ru"), ("学校门口的路灯什么时候能修好？", "zh"), ("متى سيتم إصلاح مصباح الشارع؟", "ar"),
    ("Warum ist das Schwimmbad am Sonntag geschlossen?", "de"), ("Danke", "de"),
    ("À quelle heure ouvre la piscine ?", "fr"),
])  # fmt: skip
def test_it_is_told_when_it_is_asked_for(text: str, language: str) -> None:
    assert detect(text, (*OURS, "ar", "de", "ru", "zh"))[0] == language


@pytest.mark.parametrize(("text", "language"), [
    ("Merci !", "fr"), ("bonjour", "fr"), ("@ville Merci bcp", "fr"), ("ok merci", "fr"),
    ("Thanks", "en"), ("Hello", "en"),
    ("ok", ""), ("👍", ""), ("Hello la mairie de Valmont", "fr"), ("La « мэрия » ferme à quelle heure ?", "fr"),
])  # fmt: skip
def test_greetings_and_thanks_are_told_by_a_word(text: str, language: str) -> None:
    assert detect(text, OURS)[0] == language


def test_one_language_is_that_one_in_its_letters() -> None:
    assert detect("Merci", ("fr",)) == ("fr", 1.0) and detect("Спасибо", ("fr",)) == ("", 0.0)
    assert detect("Спасибо", ("ru",)) == ("ru", 1.0) and detect("Πότε", ("ru", "fr")) == ("", 0.0)


def test_what_is_in_other_letters_is_foreign() -> None:
    assert is_foreign("Πότε ανοίγει;") and is_foreign("什么时候修路灯") and not is_foreign("Merci !")
