"""One person goes out of the city's own words, and nothing else does."""

import pytest

from portevoix.text.privacy.person_removal import NOBODY, identify, remove_person

ANA = {
    "names": ["Ana Lévêque-Roux"],
    "handles": ["@ana_lr", "ana.leveque@poste.example"],
    "texts": [
        "Bonjour, le lampadaire du 12 bis, rue des Lilas est éteint. Rappelez-moi au 06 12 34 56 78.\nMarthe Coquelin",
        "J'ai aussi écrit à contact@testville.example, ma voiture est la AB-123-CD.",
    ],
    "spared": ["contact@testville.example", "Claire", "Claire Aubry"],
}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Bonjour Madame Lévêque-Roux,", "Bonjour Madame [nom],"),
        ("Chère ANA LEVEQUE-ROUX,", "Chère [nom],"),
        ("Merci Ana ! Claire Aubry", "Merci [nom] ! Claire Aubry"),
        ("Bonjour Madame Coquelin", "Bonjour Madame [nom]"),
        ("@ana_lr Bonjour", "[compte] Bonjour"),
        ("Réponse envoyée à Ana.Leveque@poste.example.", "Réponse envoyée à [courriel]."),
        ("Nous appelons le 0612345678 ou +33 6 12.34.56.78.", "Nous appelons le [téléphone] ou [téléphone]."),
        ("L'équipe passe 12 bis, rue  des lilas lundi.", "L'équipe passe [adresse] lundi."),
        ("La voiture ab 123 cd gêne.", "La voiture [plaque] gêne."),
        ("Écrivez à contact@testville.example.", "Écrivez à contact@testville.example."),
        ("Le banana split d'Anaïs, 12 rue des Roses.", "Le banana split d'Anaïs, 12 rue des Roses."),
    ],
)  # fmt: skip
def test_what_is_known_of_her_goes_and_nothing_else(text: str, left: str) -> None:
    assert remove_person(text, identify(**ANA)) == left


def test_a_handle_with_its_server_goes_in_either_form() -> None:
    ana = identify(names=[], handles=["ana@ville.social"], texts=[])
    assert (
        remove_person("@ana@ville.social et @ana, banana @anatole", ana) == "[courriel] et [courriel], banana @anatole"
    )


def test_the_words_in_brackets_are_those_of_the_text() -> None:
    assert remove_person("Dear Ana,", identify(**ANA), lang="en-GB") == "Dear [name],"


def test_a_name_of_two_letters_is_no_word() -> None:
    li = identify(names=["Li Wu", "Jean Le Goff"], handles=[], texts=[])
    assert remove_person("Madame Li, le tram va au lit. Le Goff ?", li) == "[nom], le tram va au lit. Le [nom] ?"


def test_who_is_called_le_goff_is_not_the_mayor() -> None:
    goff = identify(names=["Jean Le Goff"], handles=[], texts=[])
    assert remove_person("Monsieur le Maire, Mme Le Goff", goff) == "Monsieur le Maire, Mme Le [nom]"
    ben = identify(names=["Ben Li"], handles=[], texts=[])
    assert remove_person("Ben est là", ben) == "[nom] est là"


def test_a_common_word_in_a_name_stays_in_its_place() -> None:
    people = identify(names=["Collectif des Lilas", "Jean Bon"], handles=[], texts=[])
    assert remove_person("Bonjour M. Bon, le bon des Lilas", people) == "Bonjour [nom], le bon des [nom]"


def test_nobody_and_nothing_change_no_text() -> None:
    text = "La piscine rouvre lundi. (c) [x] \\d+"
    assert remove_person(text, NOBODY) == text
    assert remove_person(text, identify(names=["", "  ", "."], handles=["", "@", "a"], texts=[""])) == text


def test_whatever_a_name_is_made_of_it_is_no_pattern() -> None:
    odd = identify(names=["(.*)", "a|b", "[x"], handles=["\\w+"], texts=[])
    assert remove_person("Bonjour à tous, (.*) [x", odd).startswith("Bonjour à tous")
