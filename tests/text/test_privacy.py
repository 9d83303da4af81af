"""What a citizen says of herself stays inside; measured on the whole of Valmont's messages, read by hand."""

import json
from importlib.resources import files

import pytest

from portevoix.text.privacy import mask
from portevoix.text.privacy.sensitive_subjects import is_sensitive
from tests.text.timing import check_growth

MESSAGES = {
    message["external_id"]: message["text"]
    for line in files("portevoix.demo").joinpath("messages.jsonl").read_text("utf-8").splitlines()
    if (message := json.loads(line))
}
# Found by reading every e-mail and form: who signs, who is named, where they live, how they can be reached.
TOLD = {
    "d0003": ["Quillet"], "d0005": ["Tolédano"], "d0007": ["6 allee", "Mauduit"], "d0009": ["Meillon"],
    "d0019": ["Daguenet"], "d0024": ["31 avenue"], "d0025": ["Alistair", "Sicard"], "d0027": ["Anne-Laure"],
    "d0035": ["Estrade"], "d0036": ["Dubreuil", "3, rue"], "d0059": ["Ferrandeau"], "d0060": ["Coutansais"],
    "d0061": ["Élodie", "Mathilde"], "d0066": ["Eliott"], "d0073": ["Suzie"], "d0075": ["Thévenot"],
    "d0084": ["Kylian"], "d0094": ["Maryse"], "d0110": ["Marie-Ange"], "d0115": ["Lacombe"], "d0128": ["Vautrin"],
    "d0134": ["Kowalczyk"], "d0135": ["Jasper", "Brouck"], "d0143": ["Clémence", "Thibaut"],
    "d0144": ["Patrick", "Lherbier"], "d0151": ["Sylvain"], "d0152": ["Mamadou"], "d0153": ["Lucinda"],
    "d0155": ["Aubourg"], "d0165": ["22, rue"], "d0169": ["Querrien"], "d0172": ["Rivaud"],
    "d0174": ["Simonneau", "Nathalie"], "d0177": ["Carpentier"], "d0181": ["Haddouche"], "d0183": ["Deniau"],
    "d0188": ["Pouliquen"], "d0198": ["Tarek", "9, allée"], "d0200": ["Gaëlle", "Tournemire"], "d0215": ["Fontenoy"],
    "d0243": ["Tiphaine"], "d0257": ["Tressard"], "d0258": ["Lemarchand"], "d0259": ["06 39", "Fresneau"],
    "d0265": ["Astier"], "d0272": ["Moreau"], "d0285": ["Ferreira"], "d0294": ["Inès"], "d0296": ["Delahousse"],
    "d0302": ["Bissonnet"], "d0318": ["Hautefeuille"], "d0325": ["Laetitia"], "d0332": ["C. L."],
    "d0345": ["Guérineau"],
    "d0348": ["Malisson", "27 avenue"], "d0358": ["Estève"], "d0370": ["Chevreau"], "d0373": ["Aurélie"],
    "d0386": ["Trinquart"], "d0393": ["Granger"], "d0407": ["Corbineau"], "d0426": ["Roselyne", "Guy"],
    "d0452": ["Hallier"], "d0462": ["Ancelin"], "d0465": ["Kessel"], "d0466": ["41 boulevard", "Pascaud"],
    "d0472": ["Aumont"], "d0495": ["Rambourg"], "d0500": ["Orieux"], "d0504": ["Vidal"], "d0506": ["Lautier"],
    "d0513": ["Plessis"], "d0519": ["Bensaïd"], "d0524": ["Fernand"], "d0535": ["Ravoire"], "d0536": ["5 chemin"],
    "d0538": ["Corinne"], "d0540": ["Okonkwo"], "d0541": ["Barreteau"], "d0544": ["Lanoiselée"], "d0551": ["Sallé"],
    "d0552": ["Belhadj"], "d0561": ["Paul-Henri"], "d0575": ["Mérindol"], "d0576": ["Jousseaume"],
    "d0592": ["Desroziers"], "d0593": ["Guéret"], "d0595": ["Ferré"], "d0599": ["Ophélie", "Karim"],
    "d0610": ["Dumoulin"], "d0612": ["Roussin"], "d0622": ["Dugast"], "d0623": ["Rochefontaine"], "d0636": ["Ambre"],
}  # fmt: skip


def test_what_citizens_tell_of_themselves_is_masked() -> None:
    told = [(number, secret) for number, secrets in TOLD.items() for secret in secrets]
    assert all(secret in MESSAGES[number] for number, secret in told)
    left = [(number, secret) for number, secret in told if secret in mask(MESSAGES[number])]
    assert len(left) <= 0.03 * len(told), left


def test_what_is_not_personal_stays() -> None:
    """Names in a message of a network without a signature are places; few of them may be lost."""
    short = [text for text in MESSAGES.values() if len(text) < 200 and "\n" not in text]
    lost = [text for text in short if "[nom]" in mask(text)]
    assert len(lost) < 0.1 * len(short)
    for text in (
        "La rue des Lilas est fermée, la médiathèque L'Encrier aussi.",
        "Merci Valmont !",
        "Facture de 34 € reçue le 12/10/2026 à 14h30, 3 fois",
        "La maîtresse des CP est absente depuis lundi.",
    ):
        assert mask(text) == text


def test_a_name_once_told_is_masked_everywhere() -> None:
    masked = mask("Mon fils Eliott pleure. Eliott a six ans.\nMerci,\nInès Kaplan")
    assert masked == "Mon fils [nom] pleure. [nom] a six ans.\nMerci,\n[nom]"


def test_english_masks() -> None:
    masked = mask("My name is Ann Lee, call +44 20 7946 0958 or ann@lee.example, 12 Baker road", lang="en")
    assert not any(secret in masked for secret in ("Ann", "7946", "lee.example"))
    assert "[name]" in masked and "[phone]" in masked and "[e-mail]" in masked


@pytest.mark.parametrize(
    "text",
    ["A-" * 25_000, "Aa " * 16_000, "Cordialement, " + "Aa-Bb " * 10_000 + "!x", "0" * 50_000, "\n" * 50_000,
     "a@" * 25_000, "https://" * 6_000, "1 rue de " * 6_000, "M. A. " * 8_000, "e\u0301\u0302" * 15_000],
)  # fmt: skip
def test_time_is_bounded(text: str) -> None:
    check_growth(lambda part: mask(part, names=["Ana Citoyenne"]), text)


@pytest.mark.parametrize(
    ("text", "sensitive"),
    [
        ("Le maire, M. Lefranc, se moque de nous et ne répond jamais.", True),
        ("Le maire se moque de nous et ne répond jamais.", False),
        ("Le maire, M. Lefranc, a inauguré la salle samedi.", False),
        ("La route est lamentable et personne ne répond.", False),
        ("Mayor Smith lied to all of us.", True),
    ],
)
def test_only_a_named_official_who_is_judged_is_not_quoted(text: str, sensitive: bool) -> None:
    assert is_sensitive(text) is sensitive
