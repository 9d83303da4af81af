"""What has a form and used to escape: addresses in other orders, accounts, numbers of papers, births of children."""

import pytest

from portevoix.text.privacy import find, mask
from tests.text.timing import check_growth


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("tell mrs garcia at 5 elm st apt 4b", "tell mrs [nom] at [adresse]"),
        ("come to flat 4b, 5 elm street", "come to [adresse]"),
        ("i live at 95 poplar st", "i live at [adresse]"),
        ("j'habite au vingt-deux rue Victor Hugo", "j'habite au [adresse]"),
        ("au numéro douze rue Haute", "au numéro [adresse]"),
        ("j'habite 14 Grand'Place", "j'habite [adresse]"),
        ("j'habite rue Haute 14", "j'habite [adresse]"),
        ("J'habite rue de la Paix 12 bis.", "J'habite [adresse]."),
        ("rue Haute n° 14, 59000 Lille", "[adresse], 59000 Lille"),
    ],
)
def test_addresses(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("mon insta lolo.photo59", "lolo.photo59", "handle"),
        ("snap: leo_59", "leo_59", "handle"),
        ("TikTok lolo59", "lolo59", "handle"),
        ("Twitter: jdoe59", "jdoe59", "handle"),
        ("pseudo: bob", "bob", "handle"),
        ("discord bob#1234", "bob#1234", "handle"),
        ("wa.me/33612345678", "wa.me/33612345678", "link"),
        ("https://wa.me/33612345678", "https://wa.me/33612345678", "link"),
        ("jean.dupont%40gmail.com", "jean.dupont%40gmail.com", "email"),
        ("depuis 82.64.123.45.", "82.64.123.45", "number"),
        ("mon ip 8.8.8.8", "8.8.8.8", "number"),
        ("né(e) le: 01-02-1990", "01-02-1990", "birth"),
        ("mon fils (12/04/2015) a faim", "12/04/2015", "birth"),
        ("mes enfants (nés le 12/04/2015)", "12/04/2015", "birth"),
        ("demande de logement social 059123456789012345", "059123456789012345", "number"),
        ("mon INE 1234567890A", "1234567890A", "number"),
        ("PDL : 09 123 456 789 012", "09 123 456 789 012", "number"),
        ("n° RSA 1234567", "1234567", "number"),
        ("réf. 2024-ABC-12", "2024-ABC-12", "number"),
        ("carte de bus 0012345678", "0012345678", "number"),
    ],
)
def test_forms(text: str, value: str, kind: str) -> None:
    assert [(text[each.start : each.end], each.kind) for each in find(text)] == [(value, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "rue Haute 14 h, rue Haute 14h30, rue Haute 14 mars, rue Haute 14 personnes, rue Haute, 14 arbres",
        "rue Haute 30 km/h, rue Haute 3,5 m, rue Haute 5 € le parking, rue Pasteur 12/04",
        "rue du 8 mai 1945, place du 14 Juillet",
        "Rénover le square Hébert Paris 18",
        "arrêt Place Foch 2",
        "la Grand'Place est belle, deux rues plus loin, les deux rue Haute, au premier étage rue Haute",
        "5 cars down the road, 2 cars on the street",
        "Twitter est nul, Facebook : rien, sur Instagram et TikTok aussi, Snapchat : 3 jours",
        "facebook de la ville 2024",
        "version 1.2.3.4, le 1.200.300.400, le 12.04.20.15",
        "le conseil (12/04/2026), mon fils (classe de 2015)",
        "RSA 12 000 foyers, RSA : 635,71 euros, INE absent, le RSA 2024",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("piece", ["rue de Aa Bb ", "Rue Aa, ", "5 elm ", "flat 4b 5 ", "au vingt ", "vingt-", "255.",
                                   "INE : : ", "insta a", "instagram aa_", "mon fils Aa (1", "né(e) (",
                                   "a%40"])  # fmt: skip
def test_time_is_bounded(piece: str) -> None:
    check_growth(mask, (piece * 50_000)[:50_000])
