"""The place of public equipment stays for who has to go there; where anybody may live does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.text.privacy import find, mask
from portevoix.text.privacy.equipment import mask_without_equipment

PLACES = [
    "@VilleValmont la plaque devant le 9 rue Saint-Aubin fait CLAC-CLAC à chaque voiture.",
    "Le candélabre (6 allée des Peupliers) est penché.",
    "Lampadaire nᵒ SC-118, 12 rue Jean-Zay : clignote en continu.",
    "Devant le 9 rue Saint-Aubin, la plaque claque.",
    "Un nid-de-poule énorme au 14 rue Haute.",
    "Trou dans le trottoir, rue Louise-Michel devant le 77. Rubalise arrachée.",
    "Le conteneur en face du 12 bis rue des Lilas déborde.",
    "Le banc du 3 rue Basse et celui du 7 rue Haute sont cassés.",
    "Arbre tombé à hauteur du numéro 18, boulevard des Acacias.",
    "The street light in front of 12 Mill Lane flickers.",
    "Pothole opposite 12 Mill Lane.",
]
HOMES = [
    "J'habite {}.",
    "J'habite en face, au {}.",
    "Nous vivons au {} depuis dix ans.",
    "Chez moi, {}, tout tremble.",
    "C'est devant chez nous, {}.",
    "Mon domicile : {}.",
    "Mon adresse est le {}.",
    "Adresse : {}",
    "Je suis au {}, troisième étage.",
    "Ma maison est au {}.",
    "Je suis riveraine, {}.",
    "Juste sous ma fenêtre ({}).",
    "Jeanne Morel, {}",
    "Mme Morel, {}",
    "Cordialement,\nZ., {}",
    "Bien à vous, {}",
    "{}\n2e étage, interphone Morel",
    "I live at {}.",
    "My address is {}.",
    "Kind regards, {}",
]
THINGS = ["Le lampadaire", "La plaque", "Un trou", "Le banc public", "Une poubelle", "Le feu piéton", "Nid-de-poule"]
PREPOSITIONS = ["devant le", "en face du", "à hauteur du", "au droit du", "au niveau du"]
STREETS = ["rue des Acacias", "rue Jean-Zay", "avenue de la Gare", "allée des Peupliers", "impasse du Tonnelier"]


@pytest.mark.parametrize("text", PLACES)
def test_the_place_of_equipment_stays_inside_the_house_and_is_masked_elsewhere(text: str) -> None:
    assert mask_without_equipment(text, names=("Léa Morvan",)) == text.replace("@VilleValmont", "[compte]")
    assert "[adresse]" in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "bonjour, le candelabre juste devant ma fenetre (6 allee des peupliers) est penché",
        "Le lampadaire devant le 12 rue des Acacias est éteint. Jeanne Morel, 12 rue des Acacias",
        "Le lampadaire devant le 12 rue des Acacias est éteint. Jeanne Morel, 3 rue Haute",
        "Le feu piéton devant le 3 rue Haute est éteint, Mme Dupont est tombée.",
        "Lampadaire éteint devant le 12 rue des Lilas Mme Dupont",
        "Le lampadaire gêne ma voisine du 9 rue Haute.",
        "Le lampadaire empêche ma mère de sortir, 12 rue des Lilas.",
        "Les poubelles du 12 rue des Lilas ne sont pas ramassées.",
        "Ma poubelle devant le 12 rue des Lilas est pleine.",
        "Le panneau du permis de construire du 6 quai des Toueurs est retourné.",
        "Le lampadaire clignote. 12 rue des Lilas.",
        "Une odeur au 12 rue des Lilas.",
        "Le lampadaire du 9 rue Haute éclaire toute la chambre.",
        "Le banc devant le 9 rue Haute est cassé, appelez-moi au 06 39 98 14 27.",
    ],
)
def test_in_doubt_the_address_is_masked(text: str) -> None:
    assert mask_without_equipment(text) == mask(text)
    assert "[adresse]" in mask_without_equipment(text)


def test_an_author_s_name_and_other_data_are_masked_as_ever() -> None:
    text = "Le banc du 9 rue Haute est cassé. Lea le dit. DP 26-0318, zoe@courriel.example"
    assert mask_without_equipment(text, names=("Lea",)) == (
        "Le banc du 9 rue Haute est cassé. [nom] le dit. DP [numéro], [courriel]"
    )


@settings(max_examples=300, deadline=None)
@given(
    thing=st.sampled_from(THINGS),
    where=st.sampled_from(PREPOSITIONS),
    home=st.sampled_from(HOMES),
    street=st.sampled_from(STREETS),
    number=st.integers(1, 480),
    other=st.one_of(st.none(), st.integers(1, 480)),
    before=st.booleans(),
    joint=st.sampled_from([" ", "\n", "\n\n"]),
)
def test_no_text_that_says_where_its_author_lives_keeps_a_number(
    thing: str, where: str, home: str, street: str, number: int, other: int | None, before: bool, joint: str
) -> None:
    """Whether the equipment stands before the same house or another one, and whichever is written first."""
    told = home.format(f"{number} {street}")
    reported = f"{thing} {where} {other or number} {street} est en panne."
    text = joint.join([told, reported] if before else [reported, told])
    masked = mask_without_equipment(text)
    assert masked == mask(text)
    assert f"{number} {street}" not in masked and f"{other or number} {street}" not in masked


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*PLACES, *HOMES, "Merci.", "zoe@courriel.example", "Mme Morel crie."]), max_size=4))
def test_what_stays_inside_the_house_is_masked_by_masking_again(parts: list[str]) -> None:
    text = " ".join(part.format("5 rue Basse") for part in parts)
    addresses = [text[each.start : each.end] for each in find(text) if each.kind == "address"]
    assert not [each for each in addresses if each in mask(mask_without_equipment(text))]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Lampadaire nᵒ SC-118, rue Jean-Zay : clignote.", "Lampadaire nᵒ SC-118, rue Jean-Zay : clignote."),
        ("Le EP-42 avenue de la Gare est éteint.", "Le EP-42 avenue de la Gare est éteint."),
        ("Appt B-12 rue des Acacias", "Appt [adresse]"),
        ("BAT-12, rue des Acacias", "BAT-[adresse]"),
        ("NOVEMBRE-12 rue des Acacias", "NOVEMBRE-[adresse]"),
    ],
)
def test_a_code_on_equipment_is_not_cut_by_the_mask_of_an_address(text: str, masked: str) -> None:
    assert mask(text) == mask_without_equipment(text) == masked
