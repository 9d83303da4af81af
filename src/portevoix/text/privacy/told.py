"""Names that a text itself tells: after a civility, a kinship or "my name is", and as its signature."""

import re

from portevoix.text.privacy.patterns import CAP, GAP, INITIAL, JOINT, LETTERS, NAME, NAMES

CIVILITY = (
    r"(?:(?:M|MM|Mr|Mrs|Ms|Dr|Me|Pr)\.?|Mme|Mmes|Mlle|Monsieur|Madame|Mademoiselle|Docteur|Maître|mme|mr|Mère|"
    r"Père(?! Noël)|(?:Sgt|Cpl|Lt|Capt|Det|Ofc|Prof|Rev)\.?|Sergeant|Miss(?! France))"
)
_KIN = (
    r"(?:fils|filles?|maris?|femme|épouse|époux|compagne|compagnon|mère|père|maman|papa|frères?|sœurs?|soeur|cousine?|"
    r"neveu|nièce|voisine?|amie?|collègue|élève|petit-fils|petite-fille|grand-mère|grand-père|tante|oncle|locataire|"
    r"son|daughter|husband|wife|mother|father|brother|sister|neighbou?r|friend|landlord|colleague|mum|mom|dad)"
)
_TOLD = tuple(re.compile(pattern) for pattern in (
    rf"(?<!\w){CIVILITY}(?:{GAP}et{GAP}{CIVILITY})?{GAP}({NAME}|{INITIAL})",
    rf"(?i:\b(?:[mst][’' ]?appell?e(?:nt)?|je me nomme|prénommée?|nommée?|my name is|i am called|"
    rf"mon nom est|au nom de|familles?|named|dénommée?|soussignée?|name of|account holder|titulaire))(?:{GAP}?:)?{GAP}"
    rf"({NAME})",
    rf"\b[Tt]he{GAP}({CAP}){GAP}family\b",
    rf"^(?i:hi|hello),?{GAP}({NAME}){GAP}here\b",
    rf"(?i:\bthis is){GAP}({CAP})\.",
    rf"(?i:\b(?:trésorière?|présidente?|secrétaire|gérante?|directrice|directeur)),{GAP}({CAP}{JOINT}{CAP})",
    rf"(?i:\b(?:je suis|ici|i am|i['’]m|this is))[ ]({CAP}{JOINT}{CAP})",
    rf"(?i:\b(?:[mst](?:on|a|es)|[nv]otre|my|our)){GAP}(?:petite?{GAP})?(?:(?:ex|belle|beau|demi)-)?{_KIN}(?:-in-law)?"
    rf",?{GAP}(?:{CIVILITY}{GAP})?({NAME})",
    rf"\b(?:maman|papa|parents|mère|père|mamie|grand-mère){GAP}d(?:e{GAP}|[’'])([A-ZÀ-ÖØ-Þ]{LETTERS}{{1,30}})(?![\w-])",
    rf"(?i:\b(?:nom|prénom|nom et prénom|noms|nom de famille|nom de jeune fille|name|full name|signé|signed|contact)"
    rf"{GAP}?:{GAP}?)({NAME})",
    rf"(?<=[a-zà-ÿ]{GAP})(?:né|née|veuve|époux|épouse|consorts|ménage|couple|le jeune|le voisin|la voisine|l[’']élève)"
    rf"{GAP}({NAME})",
))  # fmt: skip
_CIVIL = re.compile(CIVILITY)
_SIGNERS = rf"({NAMES}|(?:{INITIAL}{GAP}?){{1,3}})\s*([,(\[–].{{0,80}})?[.!\s]*$"
_SIGNED = re.compile(rf"^\s*[–—-]?\s*(){_SIGNERS}")
_GREETED = re.compile(
    r"^.{0,80}?(?i:ment|merci|cordialement|salutations|remerciements.{0,12}?|retour|cdt|cdlt|à vous|vôtre|aide|avance|"
    r"bises.{0,30}?|journée|soirée|gratitude|regards|sincerely|thanks|yours|habitants|bureau|collectif.{0,40}?|équipe|"
    rf"association)([\s,.;:!–—-]{{1,5}}){_SIGNERS}"
)
_SENTENCE = re.compile(r"(?<=[^\WA-ZÀ-ÖØ-Þ_][.!?…])\s+|(?<=[)»?!…])\s+")
_NOT_NAMES_TEXT = """
    merci bonjour bonsoir bonne bon bravo cordialement urgent madame monsieur messieurs vivement vive place rue avenue
    quai chemin boulevard impasse allée square parc jardin école collège résidence stade piscine le la les l un une des
    au aux dans sur sous avec chez en ce cette ces notre nos votre vos mon ma mes quand si que qui pourquoi comment où
    il elle je nous vous on et mais donc the my our at in and but why when where how what grand grande
    pour vu photo type objet lieu reçu ville mairie salutations dear cher chère chers thanks hello please best regards
"""
NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())
_LIST = re.compile(r"\s+(?:et|&|and)\s+|,\s*")
_TAIL = 400
_LINES = 4


def told(text: str) -> set[str]:
    """The names that the text itself tells: after a civility, a kinship or "my name is", and as its signature."""
    found = {name for pattern in _TOLD for name in pattern.findall(text)}
    lines = [line for line in text[-_TAIL:].rstrip().split("\n") if line.strip()][-_LINES:]
    for line in lines if len(lines) > 1 else []:  # a whole text is no signature
        if signed := _SIGNED.match(line):
            found.update(_signers(signed, alone=line is lines[-1]))
    if lines:
        last = _SENTENCE.split(lines[-1])[-1]
        for pattern in (_SIGNED, _GREETED):
            if (signed := pattern.match(last)) and (last != text.strip() or signed[1]):
                found.update(_signers(signed, alone=bool(signed.group(1).strip())))
    return {name for name in found if not is_word(name) and not _CIVIL.fullmatch(name)}


def _signers(signed: re.Match[str], *, alone: bool) -> set[str]:
    """The names of a signature; `alone`: one word will do, as in a last line that says "Lucinda"."""
    parts = [part for part in _LIST.split(signed.group(2).strip()) if part]
    named = [part for part in parts if not is_word(part)]
    if len(named) == 1 and " " not in named[0] and not alone:
        return set()
    return set(named)


def is_word(name: str) -> bool:
    """Whether it begins like a greeting or a place rather than like a name."""
    first = re.split(r"[\s'’]", name.casefold(), maxsplit=1)[0]
    return first in NOT_NAMES or first.endswith("ment") or first.startswith("merci")
