"""Where masks leaked or took too much: numbers joined, signs that nobody sees, names introduced, offices, years."""

import pytest

from portevoix.text.privacy import find, mask, mask_reversibly
from tests.text.timing import check_growth


@pytest.mark.parametrize("parting", ["/", ",", "-", ".", " / ", ", "])
@pytest.mark.parametrize(
    ("one", "other"),
    [("0612345678", "0711223344"), ("06 12 34 56 78", "07.11.22.33.44"), ("+33612345678", "0711223344")],
)
def test_joined_telephone_numbers(one: str, other: str, parting: str) -> None:
    assert mask(f"{one}{parting}{other}") == f"[téléphone]{parting}[téléphone]"


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("voir 06\u200b12\u200b34\u200b56\u200b78.", "06\u200b12\u200b34\u200b56\u200b78", "phone"),
        ("voir \uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18.", None, "phone"),
        ("voir 06\u201112\u201134\u201156\u201178.", "06\u201112\u201134\u201156\u201178", "phone"),
        ("voir jean.dupont\u200b@gmail.com.", "jean.dupont\u200b@gmail.com", "email"),
        ("voir jean.dupont\uff20gmail.com.", "jean.dupont\uff20gmail.com", "email"),
        ("voir Ka\u00adrim.", "Ka\u00adrim", "name"),
        ("voir Zoe\u0301.", "Zoe\u0301", "name"),
    ],
)
def test_the_eye_decides_and_places_are_of_the_text(text: str, value: str | None, kind: str) -> None:
    value = value or text[5:-1]
    assert [(text[each.start : each.end], each.kind) for each in find(text)] == [(value, kind)]
    masked = mask_reversibly(text)
    assert masked.unmask(masked.text) == text


def test_what_is_not_seen_hides_no_name_beside_it() -> None:
    assert "Karim" not in mask("Bonjour\u200bKarim est venu") and "Ana" not in mask("A\u200bna Li", names=["A\u200bna"])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("martine.lopez at orange point fr", "[courriel]"),
        ("bob_smith AT yahoo DOT com", "[courriel]"),
        ("paul.petit at gmail.com", "[courriel]"),
        ("mon nom est abdelkader benali", "mon nom est [nom]"),
        ("je m appelle karim bouzid", "je m appelle [nom]"),
        ("je m'appelle karim bouzid", "je m'appelle [nom]"),
        ("je suis fatima zahra el idrissi", "je suis [nom]"),
        ("Mon fils s'appelle Eliott, un L", "Mon fils s'appelle [nom], un L"),
        ("I'm Dave", "I'm [nom]"),
        ("Sgt. Miller was rude", "Sgt. [nom] was rude"),
        ("My neighbour Mr. Kowalczyk", "My neighbour Mr. [nom]"),
        ("Mon mot de passe est Soleil2026", "Mon mot de passe est [code]"),
        ("mot de passe : soleil", "mot de passe : [code]"),
        ("digicode 45A12", "digicode [code]"),
        ("QQ 12 34 56 C", "[numéro]"),
        ("c'est @lea.bzh35", "c'est [compte]"),
        ("12 rue Haute est sale", "[adresse] est sale"),
        ("12, rue du 8 mai 1945", "[adresse]"),
        ("le 14 juillet, 12 rue Haute", "le 14 juillet, [adresse]"),
        ("L'arrêt de bus 4 avenue Foch", "L'arrêt de bus [adresse]"),
        ("2019 avenue Foch", "[adresse]"),
        ("à 18 h, 30 rue Pasteur", "à 18 h, [adresse]"),
    ],
)
def test_what_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "le 14 juillet 2026, rue du 8 mai 1945",
        "Le 3 mars 2026, place du Marché",
        "Réunion à 18 h 30 rue Pasteur",
        "Le bus 4 avenue Foch",
        "Article 2 rue privée",
        "Depuis 2019 rue Haute est sale",
        "at this point in time",
        "Mot de passe oublié, digicode en panne",
        "I'm French, I'm SO tired",
        "Mme Hidalgo, maire de Paris",
        "Le maire, M. Lefranc, a promis",
        "la ministre Rachida Dati",
        "Rachida Dati (ministre)",
        "Paul Petit, adjoint à la voirie",
        "Mayor Johnson",
        "Alder Barbara Constantinople",
    ],
)
def test_what_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Mme Lopez, ma voisine, a écrit au maire", "Lopez"),
        ("J'ai vu le maire, Mme Lopez, ma voisine, aussi", "Lopez"),
        ("J'ai vu le maire, Mme Lopez et moi", "Lopez"),
        ("Le maire, Mme Lopez, M. Durand étaient là", "Lopez"),
        ("Monsieur le maire, Karim Benali, 12 rue Haute", "Benali"),
        ("Monsieur\u00a0le maire Karim Benali vous écrit", "Benali"),
        ("Que fait le maire, Karim Benali", "Benali"),
        ("Que fait le maire, Mme Lopez.", "Lopez"),
        ("Que fait le maire ?\nMme Lopez", "Lopez"),
        ("Que fait le maire, Mme Lopez", "Lopez"),
        ("Mme Lopez, la maire ne répond pas", "Lopez"),
        ("J'ai vu le maire, Mme Lopez, j'habite ici", "Lopez"),
        ("Le fils du maire Karim", "Karim"),
        ("Karim Benali, président de l'association", "Benali"),
        ("Karim Benali, adjoint administratif", "Benali"),
    ],
)
def test_who_only_stands_near_an_office_stays_masked(text: str, secret: str) -> None:
    assert secret not in mask(text)


def test_an_author_in_office_is_masked_all_the_same() -> None:
    assert mask("Karim Benali, maire de Valmont", names=["Karim Benali"]) == "[nom], maire de Valmont"


@pytest.mark.parametrize(
    "text",
    ["0612345678/" * 5_000, "0\u200b6" * 17_000, "\u200b" * 50_000, "je suis fatima el " * 3_000,
     "le maire de la ville, " * 2_500, "le maire de Mme Lopez, " * 2_200, "a at b point " * 4_000,
     "mot de passe : " * 3_500, "18 h 30 rue Haute " * 2_800, "bus 4 rue " * 5_000],
)  # fmt: skip
def test_time_is_bounded(text: str) -> None:
    check_growth(mask, text)
