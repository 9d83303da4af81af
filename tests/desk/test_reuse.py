"""An answer that is used again comes without whom it greeted and who signed it."""

import pytest

from portevoix.desk.thread.reuse import Parts, split

SAID = "la piscine rouvre lundi à 9 h.\nPensez au bonnet."
COLLEAGUES = ("Claire Aubry", "Mehdi Roy")


@pytest.mark.parametrize(
    ("signature", "foreign"),
    [
        ("Cordialement,\nMehdi Roy", True),
        ("Bien à vous,\nMehdi, pour la Ville", True),
        ("Cordialement,\nClaire Aubry", False),
        ("Cordialement,\nLa Ville de Testville", False),
    ],
)
def test_greeting_and_signature_are_told_apart_from_what_is_said(signature, foreign) -> None:
    text = f"Bonjour Madame Martin, {SAID}\n\n{signature}"
    found = split(text, mine="Claire Aubry", colleagues=COLLEAGUES)
    assert found == Parts("Bonjour Madame Martin, ", f"{SAID}\n\n", signature, foreign)


@pytest.mark.parametrize("text", ["Bonjour", "Bonjour,", "Oui.", "", "Cordialement,\nMehdi Roy", SAID])
def test_nothing_is_lost_of_an_answer_that_has_no_parts(text) -> None:
    found = split(text, mine="Claire Aubry", colleagues=COLLEAGUES)
    assert found.greeting + found.said + found.signature == text
    assert found.said.strip() or not text


def test_a_long_signature_that_a_colleague_s_name_opens_is_one() -> None:
    house = "Mehdi, service de la relation aux usagers — Ville de Valmont-sur-Loire et ses communes associées"
    found = split(f"Bonjour,\n\nLa saleuse passe à 5 h.\n\n{house}", mine="Claire Aubry", colleagues=["Mehdi Saïdi"])
    assert (found.said.strip(), found.signature.strip(), found.foreign) == ("La saleuse passe à 5 h.", house, True)
    said = "La salle est fermée.\nMehdi vous rappelle."
    assert split("Une seule ligne de Mehdi", mine="Claire", colleagues=["Mehdi"]).signature == ""
    assert split(said, mine="Claire Aubry", colleagues=["Mehdi Roy"]).said == said
