"""The text room: bounded on anything, honest when it does not know, and right on what a city is asked."""

import json
import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.text import language, privacy, tokens
from portevoix.text.labels import predictor
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.cold_start import BY_WORDS
from portevoix.text.labels.evaluation import evaluate
from portevoix.text.labels.predictor import Labeller, TrainedLabeller
from portevoix.text.language import is_foreign
from portevoix.text.similarity.keywords import find_keywords
from portevoix.text.starter import DepartmentText
from portevoix.text.tone import check
from portevoix.text.training import classifier
from portevoix.text.training.from_labels import department_labeller, labeller
from portevoix.text.urgency import detector

DEPARTMENTS = [
    DepartmentText("sports", "Sports", "Piscines, gymnases, stades", ("piscine et horaires",)),
    DepartmentText("voirie", "Voirie", "Chaussées, trottoirs, lampadaires", ("nids-de-poule",)),
    DepartmentText("proprete", "Propreté", "Poubelles, déchèterie, rats", ("dépôts sauvages",)),
]
MESSAGES = [
    json.loads(line) for line in files("portevoix.demo").joinpath("messages.jsonl").read_text("utf-8").splitlines()
]
AWKWARD = ["", "👍", "x" * 100_000, "a\u200bb\u202ec", "<script>alert(1)</script>", "\x00", "мир 世界 سلام", " \n\t"]


@pytest.fixture(scope="module")
def cold() -> Labeller:
    return department_labeller(DEPARTMENTS, ())


@pytest.fixture(scope="module")
def taught() -> Labeller:
    """By forty of each: to learn takes seconds."""
    sports = ("la piscine est fermée", "la buvette du gymnase")
    roads = ("un nid-de-poule", "le portail bleu grince", "L'éclairage clignote")
    return department_labeller(
        DEPARTMENTS, [*((text, "sports") for text in sports), *((text, "voirie") for text in roads)] * 40
    )


def test_words_are_folded_alike() -> None:
    told = tokens.tokens("L'École d’Été : œuvre, COÛT, https://x.fr a@b.fr @ville 12")
    assert told == ["ecole", "oeuvre", "cout"]
    assert tokens.fold("pi\u200bscine") == "piscine"
    assert tokens.stem(tokens.fold("lampadaires")) == tokens.stem("lampadaire")


LATIN = st.characters(max_codepoint=0x250) | st.sampled_from("’‘“”…–—€\u202f\u200b\u0301\u0308ﬁ Œﷺ가")


@given(st.text(LATIN, max_size=60))
def test_common_letters_are_folded_at_once_and_like_all_others(text: str) -> None:
    assert tokens.fold(text) == tokens._fold(text)


def test_of_several_phrases_the_earlier_one_is_found_first() -> None:
    """They are put together by their first letters, which changes nothing of what is found."""
    pattern = re.compile(
        tokens.any_of("(?:gas|gaz) leaks?, gas, (?<!on )fire, (?:big )?fire, gaz, l'eau (?:monte|gagne)")
    )
    told = "gas leaks, gas leak, gasoline, gaz, on fire, big fire, l'eau gagne"
    assert pattern.findall(told) == ["gas leaks", "gas leak", "gaz", "fire", "big fire", "l'eau gagne"]
    odd = re.compile(tokens.any_of("s?oui, (?:x?|t)a, a{2}b, , ,"))
    assert odd.findall("oui soui xa ta a aab ab") == ["oui", "soui", "xa", "ta", "a", "aab"]


@given(st.text(max_size=300))
def test_anything_gets_an_answer(cold: Labeller, text: str) -> None:
    assert cold.predict([text])[0][-1].label
    assert labeller("kind", ()).predict([text])[0][-1].label
    assert detector.urgency(text).level in (0, 1, 2)
    assert isinstance(privacy.mask(text), str)
    assert language.detect(text, ("fr", "en"))[0] in ("", "fr", "en")
    find_keywords([text], [text])


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_messages_are_bounded(taught: Labeller, text: str) -> None:
    assert len(taught.predict([text])[0]) <= predictor.MOST_SUGGESTED + 1
    assert privacy.mask(text).count("[") <= text.count("[") + 5


def test_cold_start_says_why_and_when_it_does_not_know(cold: Labeller) -> None:
    sure, lost = cold.predict(["À quelle heure ouvre la piscine ?", "Bonjour à vous"])
    assert (sure[0].label, sure[0].words) == ("sports", ("piscine",))
    assert lost[0].label is None and lost[0].probability < BY_WORDS.alone


def test_of_few_departments_it_is_not_sure_before_of_many() -> None:
    """Half is what each of two has by chance."""
    said = "Rues, trottoirs, lampadaires", "Piscines et stades"
    two = department_labeller([DepartmentText(name[:4], name, name, ()) for name in said], ())
    [first, *_] = two.predict(["Encore un grand merci, trois mois sans lumière devant chez nous."])[0]
    assert first.label is None and first.probability > 0.5


def test_probabilities_are_shares(cold: Labeller, taught: Labeller) -> None:
    for model in (cold, taught):
        for suggestions in model.predict(["piscine", "rats et poubelles", "bonjour"]):
            assert all(0 <= s.probability <= 1 for s in suggestions)
            named = [s for s in suggestions if s.label]
            assert [s.probability for s in named] == sorted((s.probability for s in named), reverse=True)


def test_labels_beat_descriptions_once_there_are_enough(cold: Labeller, taught: Labeller) -> None:
    [before], [after] = cold.predict(["encore le portail bleu"]), taught.predict(["encore le portail bleu"])
    assert before[0].label != "voirie" == after[0].label


def test_labels_without_words_break_nothing() -> None:
    texts = ["", "\u200b", "👍", "?"]
    routed = [(text, slug) for text in texts for slug in ("sports", "voirie")] * 10
    assert len(department_labeller(DEPARTMENTS, routed).predict([*texts, "Bravo aux jardiniers"])) == 5


def test_words_that_spoke_are_shown_as_written(taught: Labeller) -> None:
    suggested = taught.predict(["L’Éclairage fait des siennes"])[0]
    assert ("voirie", "éclairage") in {(s.label, word) for s in suggested for word in s.words}


def test_router_on_a_city_s_messages() -> None:
    """Learnt on eleven weeks and on what ships with the program, tried on the twelfth."""
    slugs = ("etat-civil", "mobilites", "proprete", "sports", "voirie")
    mine = [(m["sent_at"], m["text"], m["labels"]["department"]) for m in MESSAGES]
    mine = [row for row in mine if row[2] in slugs]
    learnt = [(text, label) for at, text, label in mine if at < "2026-11-16"]
    tried = [(text, label) for at, text, label in mine if at >= "2026-11-16"]
    model = department_labeller([DepartmentText(slug, slug.replace("-", " ")) for slug in slugs], learnt)
    report = evaluate(model, tried)
    assert report.n > 15 and report.accuracy > 0.6


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Écrivez à jean.dupont@exemple.fr ou au 06 39 98 12 34.", ["dupont", "06 39"]),
        ("Le lampadaire devant le 12 bis rue des Lilas clignote", ["12 bis", "Lilas"]),
        ("devant ma fenetre (6 allee des peupliers) est penché", ["6 allee", "peupliers"]),
        ("Je m'appelle Amélie Poulain et j'habite ici", ["Amélie", "Poulain"]),
        ("Bonjour,\nmerci.\nCordialement,\nAndré Tolédano-Vinet", ["André", "Tolédano"]),
        ("La dame, Mme Bernard, ne répond pas", ["Bernard"]),
        ("Plaque AB-123-CD, IBAN FR76 3000 6000 0112 3456 7890 189", ["AB-123", "3000 6000"]),
        ("Mon numéro : 2 85 05 78 006 084 36", ["85 05 78"]),
        ("cdt. R. Mauduit", ["Mauduit"]),
        ("+33 6 12 34 56 78 ou @citoyen44", ["12 34", "citoyen44"]),
    ],
)
def test_personal_data_are_masked(text: str, hidden: list[str]) -> None:
    masked = privacy.mask(text)
    assert not [secret for secret in hidden if secret in masked]


def test_given_names_are_masked_and_the_rest_stays() -> None:
    assert privacy.mask("Merci, dit Zoé Kermarrec.", names=["Zoé Kermarrec"]) == "Merci, dit [nom]."
    assert privacy.mask("La piscine ouvre à 9 h le 12 octobre 2026") == "La piscine ouvre à 9 h le 12 octobre 2026"


def test_danger_comes_first() -> None:
    assert detector.urgency("Forte odeur de gaz devant l'école").level == 2
    for text in ("Il y a le feu dans la cage d'escalier", "Une dame est coincée dessous", "Un voisin avec un couteau"):
        assert detector.urgency(text).level == 2, text
    assert detector.urgency("Le panneau est tombé dans le fossé, une clé coincée dans la serrure").level == 0
    assert detector.urgency("Des seringues dans le parc").level == 1
    assert detector.urgency("À quelle heure ouvre la mairie ?").level == 0


def test_telling_words_stand_out_against_the_past() -> None:
    past = ["la poubelle est pleine", "le bus est en retard", "la piscine est chaude"] * 10
    now = ["grève à la piscine", "piscine fermée, encore la grève", "Grève ! piscine !", "le bus est en retard"]
    telling = find_keywords(now, past)
    assert telling.against_past
    assert telling.words[0].word in ("grève", "piscine") and "bus" not in [w.word for w in telling.words]
    assert not find_keywords(now, []).against_past


def test_language() -> None:
    assert language.detect("Where can I find the swimming pool opening hours?", ("fr", "en"))[0] == "en"
    assert language.detect("À quelle heure ouvre la piscine ce soir ?", ("fr", "en"))[0] == "fr"
    assert language.detect("👍", ("fr", "en")) == ("", 0.0)


OTHER_LANGUAGES = [
    "La farola de nuestra calle está rota desde hace dos semanas, ¿cuándo la van a reparar?",
    "Muchas gracias por la rapidez, el parque ha quedado precioso.",
    "O buraco na rua da escola está cada vez maior, por favor façam alguma coisa.",
    "Obrigado pela ajuda, a piscina está fantástica!",
    "Sokağımızdaki lamba iki haftadır yanmıyor, ne zaman tamir edilecek?",
    "Çöpler toplanmıyor, bu bir skandal!",
    "Warum ist das Schwimmbad am Sonntag geschlossen?",
    "Wann kommt die Müllabfuhr? Die Container sind voll und es stinkt.",
    "متى سيتم إصلاح مصباح الشارع أمام المدرسة؟",
]


@pytest.mark.parametrize("text", OTHER_LANGUAGES)
def test_of_a_language_that_was_not_learnt_nobody_is_sure(text: str) -> None:
    """A question mark or “container” had made them sure by accident."""
    for task in ("kind", "valence", "department"):
        assert TrainedLabeller(load_bundled(task)).predict([text])[0][0].label is None
    assert check(text).verdict.tone == "neutral"


def test_what_ships_is_read_as_what_it_is() -> None:
    assert not [m["text"] for m in MESSAGES[:200] if is_foreign(m["text"])]
    assert not is_foreign("Merci !") and not is_foreign("")


def test_a_city_s_own_labels_teach_any_language() -> None:
    said = [(f"La farola de la calle {n} está rota desde hace días", "luz") for n in range(40)]
    said += [(f"La basura del barrio {n} lleva días sin recoger", "basura") for n in range(40)]
    model = TrainedLabeller(classifier.fit(said))
    assert model.predict(["La farola de la calle mayor está rota desde hace días"])[0][0].label == "luz"
