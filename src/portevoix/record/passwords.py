"""A check for colleagues' passwords that are too easy to guess, beyond Django's own checks."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from portevoix.record.models import City, Department
from portevoix.text.tokens import fold

LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses."""
LOOKED_AT = 72
"""Characters that are examined: further ones cannot make a password easier to guess."""
FRENCH = """
    azerty azertyuiop azertyui qsdfgh qsdfghjklm wxcvbn motdepasse mdp passe secret code acces entree compte
    session utilisateur admin administrateur soleil lune etoile loulou doudou chouchou chouquette minou minette nounours
    bisous bisou calin amour jetaime jetadore monamour coeur cherie cheri princesse prince ange angel bebe papa maman
    mamie papi famille enfant enfants bonjour bonsoir salut coucou bienvenue merci bravo courage bonheur joie vie
    liberte egalite fraternite france francais paris lyon marseille toulouse nice nantes bordeaux lille rennes
    strasbourg montpellier bretagne alsace provence normandie corse chocolat vanille caramel fraise cerise citron orange
    banane pomme poire fromage camembert baguette croissant pastis ricard rouge bleu vert jaune noir blanc rose violet
    chien chat cheval lapin souris oiseau poisson tigre lion loup dauphin papillon coccinelle football rugby tennis
    velo piscine plage mer montagne vacances voyage voiture maison jardin fleur printemps ete automne hiver janvier
    fevrier mars avril mai juin juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi
    samedi dimanche noel mairie ville commune village metropole agglomeration communaute departement region prefecture
    hoteldeville hotel maire adjoint elu conseil conseiller accueil service services public citoyen citoyenne usager
    habitant communication cabinet secretariat secretaire direction directeur directrice etatcivil urbanisme voirie
    police ecole creche bibliotheque mediatheque sports culture social travail bureau equipe agent poste courrier
    message reponse portevoix desk journal barometre facebook twitter instagram bluesky mastodon internet ordinateur
    informatique windows microsoft google changeme changezmoi nouveau nouvelle ancien temporaire provisoire test demo
"""
"""Common words in the passwords of a French town hall, which zxcvbn's English lists lack."""
MOST_WORDS = 8
"""Of one name."""
LEAST_WORD = 3
"""Characters; a single letter of a name helps nobody to guess."""
_WORD = re.compile(r"\w+")


class GuessValidator:
    """Refuses passwords of common words, names, dates, neighbouring keys, or known facts; a Django validator.

    Known facts are those about the colleague and the city. For AUTH_PASSWORD_VALIDATORS.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is easy to guess."""
        if score(password, [*known_of_city(), *(known_of(user) if user else ())]) < LEAST_SCORE:
            raise ValidationError(self.get_help_text(), code="password_easy_to_guess")

    def get_help_text(self) -> str:
        return gettext(
            "This password is easy to guess: blanks, common words, names, dates, or what is known of you and your "
            "city. Take a sentence that only you would write, or several words that have nothing to do with each other."
        )


def score(password: str, known: list[str]) -> int:
    """Return a score from 0, guessed at once, to 4. `known` are words that an attacker would try first."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 -- its lists take 12 MB, and passwords are seldom set

    start = fold(password).strip()[:LOOKED_AT]
    return int(zxcvbn(start, user_inputs=[*filter(_counts, known), *FRENCH.split()])["score"]) if start else 0


def _counts(word: str) -> bool:
    return len(word) >= LEAST_WORD


def known_of_city() -> Iterator[str]:
    """Yield the city's name and the names of its departments, with the ways of writing them."""
    for name in (*City.objects.values_list("name", flat=True), *Department.objects.values_list("name", flat=True)):
        yield from _ways(name)


def known_of(contact: Any) -> Iterator[str]:
    name, _, host = contact.email.partition("@")
    for text in (contact.name, name, *host.split(".")):
        yield from _ways(text)


def _ways(text: str) -> Iterator[str]:
    """Yield the name and each run of its words, with all ways of joining them."""
    words = _WORD.findall(fold(text))[:MOST_WORDS]
    yield fold(text)
    for first, last in combinations(range(len(words) + 1), 2):
        yield from {between.join(words[first:last]) for between in ("", "-", " ", "_", ".")}
