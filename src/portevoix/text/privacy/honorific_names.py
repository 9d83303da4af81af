"""Detection of surnames after a civility with a particle or in capitals: "Mme Le Goff", "M. de Kerangal", "MME LOPEZ".

An article after a civility mostly introduces an office ("Monsieur le Maire", "Madame La Directrice"), so the next words
must be possible only as a name.
"""

import re
from collections.abc import Iterator

from portevoix.text.privacy.common_words import unknown
from portevoix.text.privacy.patterns import CAP, GAP, LETTERS
from portevoix.text.tokens import STOP, fold_word

CIVILITY = (
    r"(?:(?:M|MM|Mr|Mrs|Ms|Dr|Me|Pr|Mme|Mmes|Mlle)\.?|Monsieur|Madame|Mademoiselle|Docteur|Maître|mme|mr|Mère|"
    r"Père(?! Noël)|(?:Sgt|Cpl|Lt|Capt|Det|Ofc|Prof|Rev)\.?|Sergeant|Miss(?! France))"
)
_CAPITAL_CIVILITY = r"(?:MME|MLLE|MR|MONSIEUR|MADAME|MADEMOISELLE)\.?"
_WORDS = (
    r"[dD]e|DE|[dD]u|DU|[dD]es|DES|[lL]a|LA|[lL]es?|LES?|[dD][aio]|D[AIO]|[dD][ao]s|D[AO]S|[dD]el(?:la)?|[vV][ao]n|"
    r"V[AO]N|[dD]e[nr]|[tT]er|[bB]en|BEN|[bB]int|[eEaA]l|[EA]L|[oO]uld|[aA]bd|[aA]bou"
)
_ELISION = r"[dDlLnNmM][’']"
_WITH_PARTICLE = re.compile(
    rf"(?<!\w)(?:{CIVILITY}|{_CAPITAL_CIVILITY})(?:{GAP}{{1,2}}|(?<=\.))"
    rf"(?P<name>(?P<before>(?:(?:{_WORDS}){GAP}{{1,2}}|{_ELISION}){{1,3}})(?P<last>{CAP}))"
)
_LOUD = re.compile(
    rf"(?<!\w){_CAPITAL_CIVILITY}{GAP}{{1,2}}(?P<name>[A-ZÀ-ÖØ-Þ]{{3,30}}(?:-[A-ZÀ-ÖØ-Þ]{{2,30}}){{0,2}})(?![\w’'])"
)
_SMALL = re.compile(
    rf"(?<!\w)(?:[mM]me|[mM]r|[mM]lle|[mM]rs|[mM]\.)\.?{GAP}(?:[vV]euve{GAP})?"
    rf"(?P<name>(?P<before>(?:(?:{_WORDS}){GAP}|[dno][’']){{0,2}})(?P<last>{LETTERS}{{3,30}}(?:-{LETTERS}{{2,30}})?))"
    r"(?!\w)"
)
_ARTICLE = re.compile(rf"(?i)(?<!\w)(?:l(?:a|es?){GAP}|l[’'])")
_SMALL_ARTICLE = re.compile(rf"(?<!\w)(?:l(?:a|es?){GAP}|l[’'])")
_NOBLE = re.compile(rf"(?i:(?:de{GAP}))L(?:[ae]{GAP}{{1,2}}|[’'])$")
_OF = re.compile(rf"(?i)(?<!\w)(?:de|du|des){GAP}|[dnm][’']")
_TRADE = re.compile(r"(?:eur|euse|rice|iere?|aire|iste|ante?|ente?|ienn?e?)$")
"""Endings of words for occupations: after an article in small letters they are no names."""
_ADJECTIVES_TEXT = "blanc roux grand petit bon roy gros long brun noir vieux jeune gentil sage doux fort"
_ADJECTIVES = frozenset(_ADJECTIVES_TEXT.split())
"""Words that are surnames with "Le"."""
_OFFICES_TEXT = """
    maire mairesse mayor adjoint adjointe president presidente directeur directrice conseiller conseillere prefet
    prefete depute deputee senateur senatrice bonjour monsieur madame mademoiselle responsable secretaire elu elue
    ministre premier premiere commissaire principal principale vice sous chef cheffe procureur procureure juge recteur
    rectrice inspecteur inspectrice delegue deleguee gouverneur comptable tresorier tresoriere receveur receveuse
    percepteur proviseur proviseure greffier greffiere docteur professeur cure pasteur colonel general generale
    commandant commandante capitaine lieutenant ambassadeur consul doyen doyenne notaire huissier batonnier mediateur
    mediatrice defenseur administrateur administratrice gestionnaire coordinateur coordinatrice facteur factrice
    gardien gardienne concierge rapporteur rapporteuse superintendant intendant intendante syndic proprietaire
    veuve ville mairie metropole region poste caf ccas accueil service services direction police
"""
_OFFICES = frozenset(_OFFICES_TEXT.split())


def after_civility(text: str) -> Iterator[str]:
    """Yield surnames with a particle, or in capitals, after a civility."""
    for match in _WITH_PARTICLE.finditer(text):
        if _is_surname(match["before"], match["last"]):
            yield match["name"]
    for match in _LOUD.finditer(text):
        if _is_surname("", match["name"]) and unknown(match["name"]):
            yield match["name"]


def small_after_civility(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of surnames without capitals after a civility: "mme lopez", "mme da silva"."""
    for match in _SMALL.finditer(text):
        before, last = match["before"], match["last"]
        article = _SMALL_ARTICLE.search(before)
        trade = article and match.group()[:3].lower() != "mme"
        if not trade and (not before or unknown(last)) and _is_surname(before, last):
            yield match.span("name")


def is_office(word: str) -> bool:
    """Return whether a part of the word is an office or a service, which a civility may precede."""
    return any(part in _OFFICES for part in fold_word(word).split("-"))


def _is_surname(before: str, last: str) -> bool:
    """Return whether the word after these particles is a surname, not an office or another word."""
    word = fold_word(last)
    if word in STOP or is_office(last):
        return False
    if _NOBLE.search(before):
        return True
    if _ARTICLE.search(before):
        if not unknown(last):
            return word in _ADJECTIVES and not _SMALL_ARTICLE.search(before)
        return not _SMALL_ARTICLE.search(before) or not _TRADE.search(word)
    return unknown(last) if _OF.search(before) else True
