"""What a department reads on its own page, what everybody reads in a file, and what nobody is ever quoted on."""

import json
import random
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone
from django.utils.translation import override

from portevoix.cli.journal import journal
from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.strict_editions import mask_strictly
from portevoix.journal.storage.rewording import reword_edition
from portevoix.journal.storage.stored_editions import compose_and_store, read_for_file, read_or_compose
from portevoix.journal.words.front_lines import write_lines
from portevoix.journal.words.wording import plain
from portevoix.kernel.messages import Writer
from portevoix.record.models import Edition as StoredEdition
from portevoix.text.privacy.sensitive_subjects import is_sensitive
from tests.journal.conftest import AFTER, Say, monday, week_ago

WEEK = "2026-W46"
HOUR = timedelta(hours=1)
PLATE = "La plaque devant le 9 rue Saint-Aubin claque toute la nuit, merci de la fixer vite"
HOME = "J’habite au 14 rue Haute et le lampadaire devant le 14 rue Haute clignote sans arrêt"
SENSITIVE = [
    "Pouvez-vous réparer le portail de l’école zorglub ? Mon fils attend dehors tous les matins",
    "Quand rouvre la piscine zorglub ? Je suis amputé et la rééducation ne peut pas attendre",
    "Remboursez l’abonnement zorglub, mon mari est hospitalisé depuis lundi",
    "Le maire, M. Lefranc, nous ment sur le stade zorglub, il faut qu’il réponde",
    "Un élève de CM1 est tombé du mur zorglub, merci de le réparer",
    "L’adjoint est un menteur, tout le monde le sait au club zorglub",
    "Ma fille est malvoyante et le feu zorglub est muet",
    "Elle fait de l’asthme et la salle zorglub est humide, que faites-vous ?",
    "Mon fils pleure : quand rouvre la piscine zorglub des Trois-Îles ?",
    "Grève à la piscine zorglub, je suis enceinte et mon abonnement doit être remboursé",
    "Ma grande de 9 ans attend devant la piscine zorglub des Trois-Îles, fermée pour grève",
]
PLAIN = [
    "Le bassin de la piscine est froid, vraiment très froid ce matin",
    "Quand rouvre la piscine ? Les horaires affichés sont faux depuis lundi",
    "Le gymnase des Acacias est fermé, pourquoi et jusqu’à quand ?",
    "Remboursez les abonnements de la piscine, elle est fermée depuis lundi",
]


def stored_text(edition: Edition) -> str:
    return json.dumps(edition.as_json(), ensure_ascii=False)


def test_a_department_reads_where_to_go_and_the_city_and_a_file_do_not(say):
    say("2026-11-10 10:00", PLATE, valence="wrong", replied=HOUR, promised="2026-11-13 18:00")
    say("2026-11-11 10:00", HOME, valence="wrong")
    own = stored_text(compose(week=WEEK, department="sports", now=AFTER))
    assert "9 rue Saint-Aubin" in own and "14 rue Haute" not in own
    for other in (
        compose(week=WEEK, now=AFTER),
        compose(week=WEEK, department="sports", now=AFTER, for_file=True),
        read_for_file(week=WEEK, department="sports", lang="fr", now=AFTER),
    ):
        assert "9 rue Saint-Aubin" not in stored_text(other) and "14 rue Haute" not in stored_text(other)
        assert "[adresse]" in stored_text(other)


def test_a_name_and_a_file_number_are_masked_for_the_department_too(say):
    text = "Le banc du 3 rue Basse est cassé. Zoé le dit aussi. Ma déclaration DP 26-0318 attend"
    say("2026-11-10 10:00", text, author=Writer("z", "z", "Zoé Quelquune"))
    own = stored_text(compose(week=WEEK, department="sports", now=AFTER))
    assert "[nom]" in own and "[numéro]" in own and "Zoé" not in own and "0318" not in own


def test_what_was_stored_for_a_department_is_masked_again_in_a_file(say, tmp_path):
    week = week_ago(2)
    say(monday(week), PLATE, valence="wrong", replied=HOUR, promised=monday(week, 40))
    row = compose_and_store(week=week, department="sports", now=timezone.now())
    assert row.stored and "9 rue Saint-Aubin" in stored_text(row)
    done = CliRunner().invoke(journal, ["build", "--week", week, "--department", "sports", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    for name in ("index.html", "edition.json"):
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert "9 rue Saint-Aubin" not in written and "[adresse]" in written
    again = read_or_compose(week=week, department="sports", now=timezone.now())
    assert again == row, "what is stored stays"
    assert StoredEdition.objects.count() == 1


def test_an_edition_from_before_loses_in_a_file_what_is_sensitive_now(say):
    say("2026-11-10 10:00", PLATE, valence="wrong")
    text = stored_text(compose(week=WEEK, department="sports", now=AFTER))
    before = Edition.from_json(json.loads(text.replace(PLATE, SENSITIVE[0])))
    assert "zorglub" in stored_text(before) and "zorglub" not in stored_text(mask_strictly(before, lang="fr"))


def test_the_sentences_are_sensitive_and_the_plain_ones_are_not():
    assert all(map(is_sensitive, SENSITIVE)) and not any(map(is_sensitive, PLAIN))


@pytest.mark.parametrize("seed", range(6))
def test_nothing_of_what_is_sensitive_stands_in_any_edition(strike, say, seed):
    """Every sensitive text has a word that no other has: it stands nowhere, though each message is counted."""
    draw = random.Random(seed)
    for day in ("10-13", "10-20", "10-27", "11-03"):
        for n in range(draw.randint(0, 4)):
            say(f"2026-{day} 1{n}:00", draw.choice(SENSITIVE))
    total = sum(write_at_random(say, draw, day, n) for day in range(9, 15) for n in range(draw.randint(1, 4)))
    say("2026-11-12 23:00", f"{draw.choice(SENSITIVE)} C’est dangereux.")
    total += 1
    for department in ("sports", ""):
        edition = compose(week=WEEK, department=department, now=AFTER)
        known = [each for each in strike if department in ("", each.department)]
        assert edition.section("volume").total.now == total + len(known)
        assert "zorglub" not in stored_text(edition).lower()
        lists = {each.code for each in edition.section("attention").lists}
        assert {"danger", "longest"} <= lists and edition.section("findings").subjects


def write_at_random(say: Say, draw: random.Random, day: int, n: int) -> int:
    """Write a conversation, mostly of something sensitive; return how many messages it has."""
    thread = {"author": Writer(f"c{day}-{n}", f"c{day}-{n}", "Zoé Quelquune"), "thread": f"t{day}-{n}"}
    labels = {"valence": draw.choice(["wrong", "well", "neutral"]), "kind": draw.choice(["question", "suggestion"])}
    replied = draw.choice([{}, {"replied": HOUR}, {"replied": HOUR, "promised": "2026-11-12 18:00"}])
    subject = draw.choice(["", "Demande", "Objet zorglub : mon fils"])
    say(
        f"2026-11-{day:02} 0{n + 1}:00",
        draw.choice([*SENSITIVE, *PLAIN]),
        **thread,
        **labels,
        **replied,
        subject=subject,
    )
    if draw.random() < 0.5:
        return 1
    thanks = draw.choice(["Merci, tout est réparé !", f"{SENSITIVE[4]}, merci !"])
    say(f"2026-11-{day:02} 2{n % 4}:00", thanks, **thread, kind="praise", valence="well")
    return 2


def test_a_language_model_gets_no_address_though_the_department_reads_it(say, monkeypatch, settings):
    asked = []
    settings.REWORDING = "https://model.example"
    monkeypatch.setattr("portevoix.journal.storage.rewording._ask", lambda lines, language: asked.extend(lines))
    say("2026-11-10 10:00", f"{PLATE} C’est dangereux.", valence="wrong")
    edition = compose(week=WEEK, department="sports", now=AFTER)
    assert reword_edition(edition) == edition and asked
    assert not [line for line in asked if "Saint-Aubin" in line] and [line for line in asked if "[adresse]" in line]
    with override("fr"):
        assert [line for line in write_lines(edition) if "9 rue Saint-Aubin" in plain(line.sentence)]
