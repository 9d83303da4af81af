"""Detection of first names in running text, with their surnames: "Ambre et Jonas", "l'animatrice Zoé Kermarrec".

A list of first names gives the candidates, and the words around decide: names of streets, schools or stadiums do not
count, and a name that is also a word or a place needs supporting context.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from portevoix.text.privacy.common_words import is_word, unknown
from portevoix.text.privacy.honorific_names import small_after_civility
from portevoix.text.privacy.patterns import CAP, GAP, INITIAL, LETTERS, NAME
from portevoix.text.privacy.spans import Found, Span
from portevoix.text.tokens import STOP, fold_word

_CERTAIN, _WORD, _PLACE = "", "?", "!"
_FIRST = re.compile(rf"(?<![\w\[#@’'-])[A-ZÀ-ÖØ-Þ]{LETTERS}{{1,20}}(?:-{LETTERS}{{1,20}}){{0,2}}(?![\w’'])|"
                    rf"(?<=\b[dDlLnN][’'])[A-ZÀ-ÖØ-Þ]{LETTERS}{{1,20}}(?:-{LETTERS}{{1,20}}){{0,2}}(?![\w’'])|"
                    rf"(?<=\b[Qq]u[’'])[A-ZÀ-ÖØ-Þ]{LETTERS}{{1,20}}(?![\w’'])")  # fmt: skip
_SURNAME = re.compile(
    rf"{GAP}(?:(?:[dD]e|[dD]u|des|[lL]a|[lL]e|[dD]a|[dD]os|[vV]an|"
    rf"[dD]en|der|von|[bB]en|bint|[eE]l|[aA]l|ould|[dD]i"
    rf"|[dD]el){GAP}){{0,2}}(?:[dD][’'])?({CAP})|"
    rf"{GAP}({INITIAL}|[A-ZÀ-ÖØ-Þ])(?![\w’'])"
)
_AFTER_INITIAL = re.compile(rf"{GAP}({CAP})(?![\w’'])")
_NO_INITIALS = frozenset("AIOYÀ")
"""Without a full stop these are words, or numerals of kings."""
_SURNAME_BEFORE = re.compile(r"(?<![\w\[#@’'-])[A-ZÀ-ÖØ-Þ]{3,30}(?:[-’'][A-ZÀ-ÖØ-Þ]{2,30}){0,2}[ \u00a0]$")
_PARTS = re.compile(rf"{LETTERS}+")
_MOST_SURNAMES = 3
_LOOK_BACK, _LOOK_ON = 70, 60
_ROADS = (
    r"rue|avenue|av\.?|ave|boulevard|bd\.?|bld|all[ée]es?|places?|pl\.|chemin|impasse|quais?|cours|square|route"
    r"|venelle|"
    r"ruelle|passage|sente|sentier|esplanade|promenade|mail|r[ée]sidences?|lotissement|faubourg|cit[ée]|clos|hameau"
    r"|rond[ -]point"
)
_PLACES = (
    rf"(?:{_ROADS}|"
    r"[ée]coles?|coll[èe]ges?|lyc[ée]es?|cr[èe]ches?|maternelle|primaire|[ée]l[ée]mentaire|groupe scolaire|campus"
    r"|universit[ée]|"
    r"fac(?:ult[ée])?|stades?|gymnases?|salles?|piscines?|patinoire|complexe|v[ée]lodrome|dojo|terrain|parcs?"
    r"|jardins?|bois|"
    r"m[ée]diath[èe]que|biblioth[èe]que|mus[ée]e|th[ée][âa]tre|cin[ée]ma|conservatoire|maison|espace|centre|foyer"
    r"|ehpad|pavillon|"
    r"h[ôo]pital|clinique|cimeti[èe]re|[ée]glise|chapelle|cath[ée]drale|basilique|paroisse|pont|passerelle|tunnel"
    r"|port|gare|"
    r"station|arr[êe]t|tram|ligne|quartiers?|b[âa]timents?|tours?|immeubles?|halles?|march[ée]|kiosque|fontaine"
    r"|statue|monument|"
    r"lac|[îi]le|plage|fort|ch[âa]teau|domaine|ferme|moulin|saint[es]?|ste?s?|st|f[êe]te|festival|prix|tournoi|"
    r"fondation|institut|caserne|amphi(?:th[ée][âa]tre)?|auditorium|z[ae]c|zone|parking|garage|boulangerie|pharmacie"
    r"|caf[ée]|"
    r"bar|brasserie|restaurant|cantine|v[ée]lo|expo(?:sition)?|livre|roman|film|spectacle|concert"
    r"|chanson|"
    r"corner|intersection|between|angle|carrefour|school|park|church|library|hospital|bridge|stadium|pool|lake|hall|station|mount|fort|port)"
)
_PLACE_BEFORE = re.compile(
    rf"(?i)(?<![\w]){_PLACES}(?:{GAP}(?:maternelle|primaire|[ée]l[ée]mentaire|publique?|municipale?s?|priv[ée]e?"
    rf"|nautique|"
    rf"culturel(?:le)?|of|social(?:e)?|sportif|omnisports?|d[ée]partemental|polyvalente|scolaire|couvert|intercommunal|"
    rf"g[ée]n[ée]ral|mar[ée]chal|docteur|dr\.?|pr[ée]sident|professeur|abb[ée]|colonel|capitaine|commandant|saint"
    rf"|sainte|"
    rf"tram|bus|m[ée]tro|arr[êe]t|chez|de|du|des|la|le|les|à)|{GAP}?[«“\"’']"
    rf"|{GAP}[dl][’']){{0,4}}[\s’'-]{{0,2}}[«“\"]?{GAP}?$"
)
_NAMED_AFTER = re.compile(
    rf"(?i)(?<!\w)(?:{_ROADS}|[ée]coles?|coll[èe]ge|lyc[ée]e|stade|gymnase|h[ôo]pital|clinique|square|parc)"
    rf"(?:{GAP}(?:de|du|des|la|docteure?|dr\.?|ma[îi]tre|professeure?|p[èe]re|m[èe]re|s(?:œ|oe)urs?|fr[èe]res?|abb[ée]|"
    rf"madame|mme)){{1,4}}{GAP}$"
)
_PLACE_AFTER = re.compile(
    rf"(?:{GAP}{CAP}){{0,2}}{GAP}(?:Street|St|Road|Rd|Avenue|Ave|Park|School|Bridge|Square|Lane|Drive|Library|"
    r"Station|Hospital|Terr|street|st|avenue|ave|road|rd|"
    r"Cent(?:er|re)|Court|Place|Hall|Pool|Field|High|Elementary|Middle|Academy|Way|Terrace|Hill|Green|House|Church|Day|"
    r"Blvd|Boulevard|Playground|University|College|Stadium|Museum|Garden|Gardens|Building|Plaza|Beach|Creek|River)\b|"
    rf"{GAP}[A-Z]\.?(?:{GAP}{CAP}){{1,2}}{GAP}(?:Street|St|Road|Rd|Avenue|Ave|Drive|Way|Blvd|Boulevard|School|Library"
    r"|Bridge)\b"
)
_ARTICLE_BEFORE = re.compile(r"(?i)(?<!\w)(?:la|le|les|du|au|aux|des|the|cette|ce|ces|une?)[ \u00a0]$|[lL][’']$")
_CAP_BEFORE = re.compile(rf"({CAP}){GAP}$")
_BEGINS = re.compile(r"(?:^|[.!?…:;\n«»“”\"()\[\]•|/–—-])\s*$")
_CONJUNCTION = re.compile(rf"(?:{GAP}(?:et|&|and|ou){GAP}|,{GAP}?)")
_SECOND_NAME = re.compile(rf"{GAP}(?:et|&|and){GAP}({CAP}{GAP}{CAP})(?!\w)")
_RELATION_BEFORE = re.compile(
    r"(?i)\b(?:fils|fille|enfants?|fr[èe]re|s(?:œ|oe)ur|mari|femme|maman|papa|mamie|papi|ami|amie|voisine?|bébé"
    r"|appelée?|"
    r"prénommée?|petite?|my|son|daughter|wife|husband|neighbou?r|friend)[ ,:\u00a0]{1,2}$"
)
_PLAIN_NAME = re.compile(
    r"(?i)(?:\b(?:fils|fille|fr[èe]re|s(?:œ|oe)ur|mari|femme|voisin|voisine|amie?|coll[èe]gue|mamie|papi|tante|oncle|"
    r"son|daughter|husband|wife|[ms][’']appelle|pr[ée]nom|my name is|avec|chez|salut|bonjour|bravo(?: [àa])?|"
    r"ask|tell|told|met|contact(?:er|ez)?|joindre|demand(?:er|ez) [àa]|parl(?:er|ez|é) [àa]|"
    r"(?:spoke|speak|talk|talked) (?:to|with)|(?:salut|bonjour|coucou|slt),? c[’']est|"
    r"merci(?: [àa]| d[’']avance)?|moi c[’']est|je suis|cordialement|thanks|regards|cdt|cdlt|bises)"
    r"[ ,:.\n\u00a0]{1,3}|\n)$"
)
_SMALL = re.compile(rf"(?<![\w’'@.-])[a-zà-ÿ]{LETTERS}{{2,19}}(?:-{LETTERS}{{2,20}})?(?![\w’'@-])")
_ROLE = re.compile(
    r"(?<![\w-])(?:agente?|officer|prof(?:esseure?)?|gardien(?:ne)?|institut(?:eur|rice)|ma[îi]tresse|animat(?:eur"
    r"|rice)|"
    r"conseill(?:er|[èe]re)|m[ée]decin|infirmi(?:er|[èe]re)|brigadier|inspect(?:eur|rice)|lieutenant|sergent|nurse"
    r"|teacher|"
    r"docteure?|ma[îi]tre|s(?:œ|oe)ur|fr[èe]re|abb[ée]|"
    rf"coach|councillor|Officer|Councillor|Nurse|Coach){GAP}({NAME})"
)


def running(text: str) -> Iterator[Found]:
    """Yield names in running text, by first names or after an occupation, in time linear in the text's length."""
    yield from _by_first_name(text)
    for match in _ROLE.finditer(text):
        if not is_word(match[1]) and fold_word(match[1]) not in STOP and not has_a_street(text, match.start(1)):
            yield Found(*match.span(1), "name")


def _by_first_name(text: str) -> Iterator[Found]:
    end, last = 0, (-1, -1)
    for match in _FIRST.finditer(text):
        if match.start() < end or (mark := _mark(match.group())) is None:
            continue
        start, end = _full_name(text, match)
        if is_place(text, match):
            continue
        if mark == _CERTAIN or _is_meant(text, match, mark, (start, end), last):
            last = (start, end)
            yield Found(start, end, "name")
            if second := _SECOND_NAME.match(text, end):
                end = second.end()
                last = second.span(1)
                yield Found(*last, "name")
        else:
            end = match.end()


def small(text: str) -> Iterator[Found]:
    """Yield names without capitals where only a name is possible: "mon fils kevin", "mme lopez"."""
    for span in small_after_civility(text):
        if not is_famous(text[slice(*span)]):
            yield Found(*span, "name")
    last = -1
    for match in _SMALL.finditer(text):
        if _mark(match.group(), certain=True) is None:
            continue
        conjunction = _CONJUNCTION.match(text, match.end())
        other = _SMALL.match(text, conjunction.end()) if conjunction else None
        if other and _mark(other.group(), certain=True) is not None:
            last = other.start()
            yield Found(*match.span(), "name")
        if match.start() == last or _PLAIN_NAME.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
            yield Found(match.start(), _small_surname(text, match.end()), "name")


def _small_surname(text: str, end: int) -> int:
    """Return the end of a name, including a surname that is the last word of the line."""
    on = re.compile(rf"{GAP}{LETTERS}{{2,30}}(?:-{LETTERS}{{2,30}})?(?=[ .!]{{0,2}}(?:\n|$))").match(text, end)
    return on.end() if on and fold_word(on.group().strip()) not in STOP else end


def _mark(word: str, *, certain: bool = False) -> str | None:
    """Return how certain a first name is by itself, None if it is none. "Jean-Zay" is half a surname: a place."""
    marks_by_name = first_names()
    whole = marks_by_name.get(fold_word(word))
    if word[-1] in "éÉ" and word.lower() not in _spellings():  # "Marié", not Marie
        return None
    if whole is None and "-" in word:
        marks = [marks_by_name.get(fold_word(part)) for part in word.split("-")]
        whole = None if None in marks or fold_word(word).replace("-", " ") in famous_names() else _CERTAIN
    return None if certain and whole != _CERTAIN else whole


def _full_name(text: str, match: re.Match[str]) -> Span:
    """Return the span of a first name with further names after it, or a surname in capitals before it."""
    start, end = match.span()
    for _ in range(_MOST_SURNAMES):
        on = _SURNAME.match(text, end, end + _LOOK_ON)
        if not on or (on[1] and (is_word(on[1]) or fold_word(on[1]) in STOP)):
            break
        end = on.end()
        if on[2]:
            end = _after_initial(text, end, on[2])
            break
    before = _SURNAME_BEFORE.search(text[max(0, start - _LOOK_BACK) : start])
    if before and end == match.end() and not match.group().isupper() and fold_word(before.group().strip()) not in STOP:
        start -= len(before.group())
    return start, end


def _after_initial(text: str, end: int, initial: str) -> int:
    """Return the end of a name with this middle initial, "John A. Smith"; that of the initial without a surname."""
    on = _AFTER_INITIAL.match(text, end, end + _LOOK_ON)
    if not on or initial in _NO_INITIALS or is_word(on[1]) or fold_word(on[1]) in STOP:
        return end
    return on.end() if initial.endswith(".") or unknown(on[1]) else end


def is_place(text: str, match: re.Match[str]) -> bool:
    """Return whether the match belongs to the name of a street, a school or a stadium."""
    if is_famous(text[match.start() : match.end() + _LOOK_ON]):
        return True
    after = _PLACE_AFTER.match(text, match.end(), match.end() + _LOOK_ON)
    return is_called_after(text, match.start()) or after is not None


def is_called_after(text: str, start: int) -> bool:
    """Return whether the name at `start` follows the word for a street, a school or a stadium."""
    return _PLACE_BEFORE.search(text[max(0, start - _LOOK_BACK) : start]) is not None


def is_famous(name: str) -> bool:
    """Return whether a name begins with that of a person after whom streets are named."""
    plain_name = " ".join(fold_word(word) for word in _PARTS.findall(name))
    return bool(plain_name) and any(
        f"{plain_name} ".startswith(f"{famous_name} ") for famous_name in _beginning(plain_name.split()[0])
    )


def _in_a_name(before: str) -> bool:
    """Return whether a text ends with a word with a capital, as before the name in "la Chaume Blanche"."""
    word = _CAP_BEFORE.search(before)
    return word is not None and not is_word(word[1]) and fold_word(word[1]) not in STOP


def _is_meant(text: str, match: re.Match[str], mark: str, whole: Span, last: Span) -> bool:
    """Return whether a name that is also a word or a place is a person here."""
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _RELATION_BEFORE.search(before) or (
        0 <= last[1] < match.start() and _CONJUNCTION.fullmatch(text, last[1], match.start())
    ):
        return True
    if conjunction := _CONJUNCTION.match(text, match.end()):
        other = _FIRST.match(text, conjunction.end())
        if other and _mark(other.group(), certain=True) is not None:
            return True
    if mark == _PLACE or _ARTICLE_BEFORE.search(before) or _in_a_name(before):
        return False
    return whole[1] > match.end() or not _BEGINS.search(before)


def has_a_street(text: str, start: int) -> bool:
    """Return whether the name at `start`, after a title, is that of a street or a school."""
    return _NAMED_AFTER.search(text[max(0, start - _LOOK_BACK) : start]) is not None


@cache
def first_names() -> dict[str, str]:
    """Return folded first names, each with how certain it is by itself."""
    names: dict[str, str] = {}
    for line in _lines("first_names.txt"):
        for name in line.split():
            mark = name[-1] if name[-1] in (_WORD, _PLACE) else _CERTAIN
            plain_name = fold_word(name.removesuffix(mark))
            names[plain_name] = max(mark, names.get(plain_name, ""), key=(_CERTAIN, _PLACE, _WORD).index)
    return names


@cache
def _spellings() -> frozenset[str]:
    return frozenset(name.rstrip("?!").lower() for line in _lines("first_names.txt") for name in line.split())


@cache
def famous_names() -> frozenset[str]:
    """Return folded names of persons after whom streets and schools are named, and of houses, hyphens as spaces."""
    return frozenset(" ".join(fold_word(word) for word in _PARTS.findall(line)) for line in _lines("famous_names.txt"))


@cache
def _beginning(word: str) -> tuple[str, ...]:
    return tuple(name for name in famous_names() if name.split()[0] == word)


def _lines(name: str) -> list[str]:
    text = files("portevoix.text.privacy").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
