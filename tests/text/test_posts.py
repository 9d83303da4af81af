"""Posts of cities: their codes, what they share with the feed, and boilerplate."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.kernel.messages import Media
from portevoix.text import posts
from portevoix.text.labels.features import grams
from portevoix.text.posts import FUNCTIONS, CityPost, Places, asks, asks_of, code_post, code_posts
from portevoix.text.posts.coder_confusion import AXES, confusion
from portevoix.text.posts.feed_traces import Article, NetworkPost, features
from portevoix.text.posts.function import model
from portevoix.text.similarity.boilerplate import Reply, find_boilerplate
from portevoix.text.training import linear

PLACES = Places(
    city=("Tours-sur-Lisse", "Ormesnac"),
    agglomeration=("Ormesnac Agglo", "Grand Ormesnac"),
    others=("Nice", "Brévigny"),
)
SAMPLE = Path(__file__).resolve().parents[2] / "bench" / "data" / "posts"
AT = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


def code(text: str, **more: object) -> posts.PostCodes:
    return code_post(CityPost(text=text, **more), PLACES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("⚠️ Vigilance orange orages : évitez les berges et rentrez vos chaises, parcs fermés ce soir.", "alert"),
        ("Donnez votre avis sur le futur plan vélo : questionnaire en ligne jusqu'au 30.", "consultation"),
        ("Retour en images sur le concert d'hier soir : vous étiez 3 000 dans le parc !", "event_covered"),
        ("Severe storm warning until 8pm: stay away from the seafront.", "alert"),
        ("RT @Prefet00 : contrôles routiers ce week-end", "relay"),
        ("@lea Bonjour, la piscine ouvre à 9 h.", "answer"),
    ],
    ids=["alert", "consultation", "covered", "english", "repost", "addressed"],
)
def test_functions(text: str, function: str) -> None:
    assert code(text, reply=False).function == function


def test_a_reply_is_an_answer_and_never_self_centred_whatever_it_says() -> None:
    said = code("Fiers de recevoir le label Ville fleurie, quatre fleurs !", reply=True)
    assert (said.function, said.self_centred) == ("answer", False)
    assert code("Fiers de recevoir pour la troisième fois le label Ville fleurie, quatre fleurs !").self_centred


@pytest.mark.parametrize("text", ["", "🙂🙂", "https://ormesnac.example/1", "12 345"])
def test_what_has_no_words_has_no_function(text: str) -> None:
    assert code(text).function == ""


@pytest.mark.parametrize(
    ("media", "links", "text", "form"),
    [
        (["image/png", "video/mp4"], [], "x https://a.example", "video"),
        (["image/png"], ["https://a.example"], "x", "photo"),
        ([""], [], "x", "photo"),
        ([], [], "à voir https://www.youtube.com/watch?v=1", "video"),
        ([], ["https://a.example"], "x", "link"),
        (["audio/mpeg"], [], "x", "text"),
        ([], [], "écrivez à www.ville.example", "link"),
    ],
)
def test_the_richest_part_is_the_form(media: list[str], links: list[str], text: str, form: str) -> None:
    given = tuple(Media(url="https://m.example/1", type=kind) for kind in media)
    assert code(text, media=given, links=links).form == form


@pytest.mark.parametrize(
    ("text", "territory"),
    [
        ("Ormesnac fête la musique", "city"),
        ("Les Ormesnaçais sont les bienvenus", "city"),
        ("#ormesnac en fête", "city"),
        ("Le Grand Ormesnac et Ormesnac signent", "agglomeration"),
        ("Collecte dans les 23 communes", "agglomeration"),
        ("Nos voisins de Brévigny font la fête", "elsewhere"),
        ("Match à Nice samedi", "elsewhere"),
        ("What a nice day", ""),
        ("Rue Foch fermée demain", "city"),
        ("Bonne année !", ""),
        ("@ormesnac_fan merci !", ""),
        ("Bonne année https://ormesnac.example/rue-foch", ""),
    ],
)
def test_territories(text: str, territory: str) -> None:
    assert code(text).territory == territory


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("La piscine ouvre à 9 h. Prenez un bonnet.", True),
        ("LA PISCINE OUVRE DEMAIN MATIN", False),
        ("Fête #a #b #c #d #e", False),
        ("Il est rappelé aux administrés que " + "le dépôt de la demande est possible " * 6, False),
        ("Un nouveau terrain synthétique pour le rugby au complexe des Trois… https://a.example", False),
    ],
)
def test_plain_language(text: str, plain: bool) -> None:
    assert code(text, lang="fr").plain is plain


def test_codes_do_not_depend_on_what_else_is_coded() -> None:
    many = [
        CityPost(text=row["text"]) for row in map(json.loads, (SAMPLE / "posts.jsonl").read_text("utf-8").splitlines())
    ]
    assert code_posts(many, PLACES) == [code_post(post, PLACES) for post in many[:3]] + code_posts(many[3:], PLACES)
    assert code_posts([], PLACES) == []


def test_of_a_long_text_the_beginning_is_coded() -> None:
    beginning = "Donnez votre avis sur le plan vélo d'Ormesnac. " * 90
    assert code(beginning + "zz@" * 100_000, lang="fr") == code(beginning, lang="fr")


def test_what_calls_for_an_answer() -> None:
    assert asks("Le lampadaire devant le 12 rue Foch est cassé depuis une semaine.")
    assert asks("@ville vous ouvrez quand ?") and not asks("Merci beaucoup, bravo à l'équipe, c'est magnifique !")
    assert asks_of([]) == []


def test_how_good_on_the_invented_sample() -> None:
    """Floors below what bench/coders.py prints, so that a change that makes it worse is seen."""
    for axis, least in {"form": 0.99, "territory": 0.65, "self_centred": 0.85, "plain": 0.88}.items():
        counts = confusion(axis)
        assert sum(counts[label].get(label, 0) for label in counts) >= least * _total(counts), axis
    told = {true: {said: n for said, n in row.items() if said} for true, row in confusion("function").items()}
    assert sum(told[label][label] for label in told) >= 0.75 * _total(told)
    assert _total(told) >= 0.55 * _total(confusion("function"))


def test_the_models_are_of_this_seed() -> None:
    rows = map(json.loads, Path(posts.__file__).with_name("seed.jsonl").read_text("utf-8").splitlines())
    known = linear.build_vocabulary(grams([row["text"] for row in rows])).buckets
    for axis in ("function", "self_centred"):
        assert np.array_equal(model(axis).words.vocabulary.buckets, known), "run tools/posts.py"


def _total(counts: dict[str, dict[str, int]]) -> int:
    return sum(sum(row.values()) for row in counts.values())


def test_the_stored_confusion_is_of_this_program_and_these_codings() -> None:
    one, other = (_coding(name) for name in ("coder_a.csv", "coder_b.csv"))
    assert {axis for axis in AXES} <= json.loads(Path(posts.__file__).with_name("confusion.json").read_text()).keys()
    agreed = [id for id in one if one[id]["function"] == other[id]["function"]]
    counts = confusion("function")
    assert tuple(counts) == FUNCTIONS and _total(counts) == len(agreed)
    replies = [id for id in agreed if one[id]["function"] == "answer"]
    assert counts["answer"]["answer"] == len(replies)


def _coding(name: str) -> dict[str, dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


# What a post shares with the feed.

ARTICLE = Article(
    title="Un nouveau terrain synthétique pour le rugby au complexe des Trois Chênes",
    url="https://www.ville.example/actu/12/?utm_source=rss", published=AT,
)  # fmt: skip


def shared(text: str, *, seconds: float = 60, network: str = "x", id: str = "1") -> NetworkPost:
    return NetworkPost(id=id, network=network, text=text, sent_at=AT + timedelta(seconds=seconds))


def test_a_title_cut_off_with_its_address_repeats_the_article() -> None:
    text = (
        "Un nouveau terrain synthétique pour le rugby au complexe des… https://ville.example/actu/12?utm_medium=social"
    )
    (found,) = features([shared(text, seconds=42)], [ARTICLE])
    assert found.lag_s == 42 and found.similarity == 1 and found.is_truncated and found.has_link


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Venez vite essayer la pelouse toute neuve, on vous attend https://ville.example/actu/12", 60),
        ("Un nouveau terrain synthétique pour le rugby", -60),
        ("Un nouveau terrain synthétique pour le rugby", 86400 * 40),
        ("Rugby terrain", 60),
    ],
    ids=["own words", "before it", "long after", "too short"],
)
def test_what_somebody_wrote_repeats_nothing(text: str, seconds: float) -> None:
    (found,) = features([shared(text, seconds=seconds)], [ARTICLE])
    assert found.lag_s is None


def test_the_same_on_another_network_within_minutes_is_a_copy() -> None:
    text = "Les inscriptions ouvrent lundi matin"
    some = [
        shared(text, id="1"), shared(f"{text} https://a.example", id="2", network="mastodon", seconds=200),
        shared(text, id="3", network="bluesky", seconds=9000), shared("Autre chose ce soir encore", id="4"),
    ]  # fmt: skip
    assert [one.is_copy for one in features(some)] == [True, True, False, False]


# Boilerplate.

TEXT = "Bonjour, votre demande 1234 est transmise au service. Bonne journée !"


def sent(texts: list[str]) -> list[Reply]:
    return [Reply(f"r{n}", text, f"c{n}") for n, text in enumerate(texts)]


def test_the_same_to_five_is_boilerplate_and_to_four_is_not() -> None:
    assert find_boilerplate(sent([TEXT] * 5)) == {f"r{n}" for n in range(5)}
    assert find_boilerplate(sent([TEXT] * 4)) == set()
    assert find_boilerplate([Reply(f"r{n}", TEXT, f"c{n % 4}") for n in range(40)]) == set()
    assert find_boilerplate([*sent([TEXT] * 4), Reply("x", TEXT, "")]) == set()


def test_an_empty_text_is_never_boilerplate_and_the_same_link_is() -> None:
    assert find_boilerplate(sent(["", " ", "@a", "@b", "@c", "@d"])) == set()
    assert find_boilerplate(sent([f"@u{n} https://a.example/faq" for n in range(5)])) == {f"r{n}" for n in range(5)}
    assert find_boilerplate(sent([f"https://a.example/{n}" for n in range(9)])) == set()


@given(st.permutations(range(12)), st.data())
def test_order_case_spacing_handles_and_links_do_not_matter(order: list[int], data: st.DataObject) -> None:
    def dressed(n: int) -> str:
        text = TEXT.upper() if data.draw(st.booleans()) else TEXT
        text = text.replace(" ", data.draw(st.sampled_from([" ", "  ", "\n", "\u202f", "\u00a0"])))
        handle = data.draw(st.sampled_from(["", f"@citizen{n} ", f"@c{n}@social.example, "]))
        return handle + text + data.draw(st.sampled_from(["", f" https://ville.example/{n}"]))

    replies = [Reply(f"r{n}", dressed(n) if n < 6 else f"Réponse {n}", f"c{n}") for n in range(12)]
    assert find_boilerplate([replies[n] for n in order]) == {f"r{n}" for n in range(6)}


@given(st.lists(st.integers(0, 9999), min_size=5, max_size=12, unique=True))
def test_digits_distinguish(numbers: list[int]) -> None:
    assert find_boilerplate(sent([f"Votre demande {n} est transmise." for n in numbers])) == set()
