"""Names of cities in French sentences."""

import pytest
from django.utils.translation import override

from portevoix.web.elision import fill_sentence


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Orvillers-le-Port", "la fiche d’Orvillers-le-Port"),
        ("Évreux", "la fiche d’Évreux"),
        ("Yvetot", "la fiche d’Yvetot"),
        ("Yerres", "la fiche d’Yerres"),
        ("Hyères", "la fiche d’Hyères"),
        ("Hénin-Beaumont", "la fiche d’Hénin-Beaumont"),
        ("Haguenau", "la fiche de Haguenau"),
        ("Honfleur", "la fiche de Honfleur"),
        ("Ouistreham", "la fiche de Ouistreham"),
        ("Yaoundé", "la fiche de Yaoundé"),
        ("Le Havre", "la fiche du Havre"),
        ("Les Sables-d’Olonne", "la fiche des Sables-d’Olonne"),
        ("La Rochelle", "la fiche de La Rochelle"),
        ("L’Haÿ-les-Roses", "la fiche de L’Haÿ-les-Roses"),
        ("Lens", "la fiche de Lens"),
        ("", "la fiche de "),
    ],
)
def test_de_before_the_name_of_a_city(name: str, told: str) -> None:
    with override("fr"):
        assert fill_sentence("la fiche de {city}", city=name) == told


def test_other_words_before_a_name() -> None:
    with override("fr"):
        assert fill_sentence("{n} villes mieux que {city}", n=2, city="Aube") == "2 villes mieux qu’Aube"
        assert fill_sentence("À {city}, à {city}", city="Le Mans") == "Au Mans, au Mans"
        assert fill_sentence("à {city}", city="Angers") == "à Angers"
        assert fill_sentence("De {city} à {other}", city="Les Ulis", other="Les Ulis") == "Des Ulis aux Ulis"


def test_only_what_was_put_in_is_touched() -> None:
    with override("fr"):
        assert fill_sentence("de Aube et de {city}", city="de Olonne") == "de Aube et de de Olonne"
        assert fill_sentence("{share} de la note", share="60 %") == "60 % de la note"
    with override("en"):
        assert fill_sentence("the card of {city}", city="Orvillers") == "the card of Orvillers"
