"""Names with particles, initials, titles and introductions: what is masked of them, and what only looks like them."""

import pytest

from portevoix.text.privacy import mask
from tests.text.timing import check_growth


@pytest.mark.parametrize("name", ["Le Goff", "Le Gall", "Le Goff-Bihan", "L'Hermite", "L’Hermite", "N'Diaye", "La Rosa",
                                  "Le Roux", "Le Blanc", "de Kerangal", "du Plessis", "d'Ormesson", "de La Tour",
                                  "de l'Isle", "van der Berg", "von Arnim", "ben Salah", "El Idrissi", "da Silva",
                                  "dos Santos", "Du Bois", "Le  Goff"])  # fmt: skip
@pytest.mark.parametrize("civility", ["M.", "Mme", "Madame", "Monsieur", "Mr", "Dr"])
def test_surnames_with_a_particle(civility: str, name: str) -> None:
    assert mask(f"J'ai vu {civility} {name} hier") in (f"J'ai vu {civility} [nom] hier", "J'ai vu [nom] hier")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Contactez MME LE GOFF SVP", "Contactez MME [nom] SVP"),
        ("MONSIEUR LAMBERT EST VENU", "MONSIEUR [nom] EST VENU"),
        ("voir mme le goff et m. da costa", "voir mme [nom] et m. [nom]"),
        ("Le bac déborde.\nCordialement,\nM. Le Goff", "Le bac déborde.\nCordialement,\nM. [nom]"),
        ("Le bac déborde.\nCordialement,\nLe Goff", "Le bac déborde.\nCordialement,\n[nom]"),
        ("M.Lambert attend", "M.[nom] attend"),
        ("Mme.Costa attend", "Mme.[nom] attend"),
        ("Mr.Lambert called", "Mr.[nom] called"),
        ("je suis Mme Veuve Poulain", "je suis Mme Veuve [nom]"),
        ("pour mme veuve poulain", "pour mme veuve [nom]"),
        ("Je soussignée Mme Lopez, locataire", "Je soussignée Mme [nom], locataire"),
    ],
)
def test_after_a_civility(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("I met John A. Smith yesterday", "I met [nom] yesterday"),
        ("Anne S. Lefort est là", "[nom] est là"),
        ("I met John A. Brown", "I met [nom]"),
        ("Anna C. Merci", "[nom] Merci"),
        ("le compteur de L. Martin fuit", "le compteur de [nom] fuit"),
        ("signalé par J.-P. Morel", "signalé par [nom]"),
        ("J.M. Le Pennec est passé", "[nom] est passé"),
        ("le docteur Vasseur est parti", "le docteur [nom] est parti"),
        ("maître Vasseur a écrit", "maître [nom] a écrit"),
        ("voir sœur Vasseur", "voir sœur [nom]"),
        ("le fils Garnier crie", "le fils [nom] crie"),
        ("La voisine Garnier crie", "La voisine [nom] crie"),
        ("le voisin, Garnier, crie", "le voisin, [nom], crie"),
        ("un certain Ferreira crie", "un certain [nom] crie"),
        ("il faut sonner chez Petit", "il faut sonner chez [nom]"),
        ("Mes voisins, les Morel, crient", "Mes voisins, les [nom], crient"),
        ("c'est mohamed benali du 3e étage", "c'est [nom] du 3e étage"),
        ("cordialement, s. benali", "cordialement, [nom]"),
        ("salut c'est kevin", "salut c'est [nom]"),
        ("I spoke with kevin about it", "I spoke with [nom] about it"),
        ("voir mme o'brien demain", "voir mme [nom] demain"),
        ("Le bac déborde.\nCordialement\nJ. Le Goff", "Le bac déborde.\nCordialement\n[nom]"),
        ("ask kevin at the front desk", "ask [nom] at the front desk"),
    ],
)
def test_who_is_introduced(text: str, masked: str) -> None:
    assert mask(text) == masked


OFFICES = ["Maire", "Préfet", "Président", "Directeur", "Conseiller", "Responsable", "Chargé de mission", "Curé",
           "Commissaire-Enquêteur", "Rapporteur"]  # fmt: skip


@pytest.mark.parametrize("office", OFFICES)
@pytest.mark.parametrize("civility", ["Monsieur le", "Monsieur Le", "M. le", "M. Le", "MONSIEUR LE", "monsieur le"])
def test_an_office_after_a_civility_stays(civility: str, office: str) -> None:
    text = f"{civility} {office}, la rue est sale"
    assert mask(text) == text
    assert mask(text.upper()) == text.upper()


@pytest.mark.parametrize(
    "text",
    [
        "Madame La Maire, bonjour",
        "Madame L'Adjointe, Madame L'Élue, Madame La Conseillère",
        "Bonjour Madame La Rue est sale",
        "BONJOUR MONSIEUR SUITE A MON APPEL LE BAC EST PLEIN",
        "le maire, M. Le Goff, a promis",
        "Mme Le Guen, maire de Valmont",
        "Mr. Mayor, please",
        "art. L. 2213-4 du code, L'article L. 121-3 et R. 610-5",
        "Le plan B. Merci. Hépatite C. Pierre tombale. Vitamine D. Bonjour",
        "le texte de J. Jaurès, l'école J. Ferry, à l'angle de R. Salengro",
        "chez E. Leclerc, chez Lidl, chez Carrefour, chez les Verts",
        "le docteur de garde, maître nageur, sœur jumelle",
        "rue du docteur Calmette, avenue du professeur Calmette, rue du Docteur Roux",
        "le fils aîné, la voisine crie, le voisin Du dessus, le père Noël",
        "une certaine Europe, un certain Monsieur",
        "c'est rose et blanc, c'est Emmanuel Macron",
        "ask the mayor, tell me, ask rose why",
        "A car on David G Mugar Way and on John F. Fitzgerald Surface Road",
    ],
)
def test_what_only_looks_like_a_name_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("piece", ["Mme de la ", "M. de l'", "M.A", "MME LE ", "J. P. Aa ", "J.-P. ", "de L. ",
                                   "le voisin, Aa, ", "Anne S. Lefort ", "c'est marie ", "Le Aa\n",
                                   "Mme Le Goff "])  # fmt: skip
def test_time_is_bounded(piece: str) -> None:
    check_growth(mask, (piece * 50_000)[:50_000])
