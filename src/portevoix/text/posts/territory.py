"""The territory that a post speaks of: by names that are given, and by words that only a city or an agglomeration uses.

The narrowest territory that covers all of it: what names the agglomeration is about the agglomeration, though it names
the city too; what is elsewhere counts only where nothing of the two is told.
"""

import re
from collections.abc import Iterable

from portevoix.text.posts.codes import Places
from portevoix.text.tone.cue import whole_words
from portevoix.text.words import fold

_CAMEL = re.compile(r"(?<=[a-zà-ÿ\d])(?=[A-ZÀ-Þ])")
_LINK = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")
_GAP = re.compile(r"[^\w]+|_+")
_AGGLOMERATION = re.compile(
    whole_words(
        r"""
        l agglo, agglo, agglomeration, metropole, metropolitaine?s?, communaute (?:urbaine|d agglomeration|de
        communes), intercommunal\w*, grand paris, (?:les|des|aux|nos|toutes les) (?:\w+ )?communes(?: membres)?,
        \d+ communes, (?:metropolitan|metro|urban) (?:area|region|authority), greater \w+, county wide, countywide,
        across the (?:county|region), neighbou?ring (?:towns|councils|villages), (?:\w+ )?conurbation
        """
    )
)
_CITY = re.compile(
    whole_words(
        r"""
        rues?, avenue, boulevard, bd, allee, quai, quais, impasse, place (?:de|du|des|d|saint\w*|sainte|[a-z]+),
        passage, cours (?:de|du|des), rond point, (?:le|du|les|des|nos|vos|votre|ce|chaque) quartiers?, centre ville,
        coeur de ville, hotel de ville, mairies?, (?:mairie|maison) de quartier, la ville, notre ville, votre ville,
        ville de, en ville, conseil municipal, municipal\w*, (?:le|notre|madame le|monsieur le|m le|mme la) maire,
        (?:la|madame la) maire, adjointe?s? a, mediatheques?, bibliotheques?, gymnases?, ecoles?, creches?,
        cantines?, piscines?, patinoire, conservatoire, stade, marche (?:couvert|de|du|des)?, halles, parc,
        jardin, square, theatre, musee, cimetieres?, decheteries?, parking, ccas, pont (?:de|du|des), eglise,
        cathedrale, beffroi, port, plage, skatepark, maison des \w+, salle (?:des|du|de)?, nos rues, notre commune, la commune,
        etat civil, police municipale, habitants, city hall, town hall, city council, town council, council,
        (?:the|our|your) (?:city|town), street, avenue, road, lane, square, high street, downtown, town cent(?:re|er),
        city cent(?:re|er), neighbou?rhoods?, ward, library, libraries, leisure cent(?:re|er), pool, park, playground,
        (?:the|our) mayor, residents, museum, theatre, school, schools, recycling cent(?:re|er), car park, cemetery,
        bridge, market (?:square|hall|place)
        """
    )
)
_ELSEWHERE = re.compile(
    whole_words(
        """
        ukraine, mayotte, maroc, turquie, gaza, israel, liban, haiti, allemagne, italie, espagne, japon, bruxelles,
        etats unis, royaume uni, a l etranger, notre ville jumelle, ville jumelle, villes jumelles, twin town, twin
        city, sister city, abroad, overseas, turkey, syria, lebanon, morocco, germany, france entiere, brussels
        """
    )
)


class Territories:
    """Tells territories by the names of one city's study; made once for many posts."""

    def __init__(self, places: Places) -> None:
        self._city = _names(places.city)
        self._agglomeration = _names(places.agglomeration)
        self._others = _names(places.others)

    def of(self, text: str) -> str:
        """ "city", "agglomeration", "elsewhere", or "" where no place is told."""
        flat = _flat(text)
        rest, named = _without(self._agglomeration, flat)
        rest, own = _without(self._city, rest)
        if named or _AGGLOMERATION.search(rest):
            return "agglomeration"
        if own:
            return "city"
        rest, others = _without(self._others, rest)
        if others or _ELSEWHERE.search(rest):
            return "elsewhere"
        return "city" if _CITY.search(rest) else ""


def _flat(text: str) -> str:
    """Folded words with one space between; what a hashtag or a handle joins is taken apart, addresses are left out."""
    return _GAP.sub(" ", fold(_CAMEL.sub(" ", _LINK.sub(" ", text))))


def _names(names: Iterable[str]) -> re.Pattern[str] | None:
    """Any of these names as whole words, and as hashtags and handles run them together; the longest first."""
    known = {flat.strip() for name in names if (flat := _flat(name)).strip()}
    every = known | {name.replace(" ", "") for name in known}
    if not every:
        return None
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(every, key=len, reverse=True))) + r")\b")


def _without(names: re.Pattern[str] | None, text: str) -> tuple[str, bool]:
    if names is None:
        return text, False
    rest, found = names.subn(" ", text)
    return rest, found > 0
