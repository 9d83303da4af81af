"""Detection of names that a text states: after a civility, a kinship or "my name is", and as its signature."""

import re

from portevoix.text.privacy.common_words import is_word, unknown
from portevoix.text.privacy.given_names import has_a_street
from portevoix.text.privacy.honorific_names import CIVILITY, after_civility, is_office
from portevoix.text.privacy.patterns import CAP, GAP, INITIAL, JOINT, LETTERS, NAME, NAMES
from portevoix.text.tokens import STOP, fold_word

_KIN = (
    r"(?:fils|filles?|maris?|femme|épouse|époux|compagne|compagnon|mère|père|maman|papa|frères?|sœurs?|soeur|cousine?|"
    r"neveu|nièce|voisine?|amie?|collègue|élève|petit-fils|petite-fille|grand-mère|grand-père|tante|oncle|locataire|"
    r"son|daughter|husband|wife|mother|father|brother|sister|neighbou?r|friend|landlord|colleague|mum|mom|dad)"
)
_SPOKEN_OF = (
    rf"(?:[lL]e{GAP}(?:voisin|fils|p[èe]re(?!{GAP}No[ëe]l)|fr[èe]re|gamin)|"
    rf"[lL]a{GAP}(?:voisine|fille|m[èe]re(?!{GAP}(?:No[ëe]l|Patrie|Nature))|s(?:œ|oe)ur|veuve|gamine))"
)
_STATED_NAMES = tuple(re.compile(pattern) for pattern in (
    rf"(?<!\w){CIVILITY}(?:{GAP}et{GAP}{CIVILITY})?{GAP}{{1,2}}(?:(?:[vV]euve|[vV]ve\.?|née){GAP})?({NAME}|{INITIAL})",
    rf"(?<![\w.])(?:M|MM|Mr|Mrs|Ms|Dr|Me|Pr|Mme|Mlle)\.({CAP}(?:{JOINT}{CAP}){{0,2}})",
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
    rf"(?<!\w){_SPOKEN_OF}(?:,(?={GAP}{NAME},))?{GAP}({NAME})",
    rf"(?<!\w)(?:[Uu]ne?{GAP}certaine?(?!{GAP}(?:Europe|France|Monsieur|Madame))|"
    rf"(?:[sS]onn|[fF]rapp|[tT]oqu)[a-zé]{{0,5}}{GAP}chez){GAP}({NAME})",
    rf"(?i:\b(?:chez|voisins?|amis|locataires),?{GAP}les){GAP}([A-ZÀ-ÖØ-Þ][a-zà-ÿ]{{2,30}}(?<![sxz]))(?![\w’'-])",
    rf"(?<=[a-zà-ÿ]{GAP})(?:né|née|veuve|époux|épouse|consorts|ménage|couple|le jeune|l[’']élève)"
    rf"{GAP}({NAME})",
))  # fmt: skip
_CIVIL = re.compile(rf"^{CIVILITY}(?:{GAP}|$)")
_SIGNERS = rf"({NAMES}|(?:{INITIAL}{GAP}?){{1,3}})\s*([,(\[–].{{0,80}})?[.!\s]*$"
_SIGNED_LE = re.compile(rf"^\s*(Le{GAP}([A-ZÀ-ÖØ-Þ][a-zà-ÿ]{{2,30}}(?:-[A-ZÀ-ÖØ-Þ]{LETTERS}{{2,30}})?))[.!\s]*$")
_SIGNATURE = re.compile(rf"^\s*[–—-]?\s*(){_SIGNERS}")
_AFTER_GREETING = re.compile(
    r"^.{0,80}?(?i:ment|merci|cordialement|salutations|remerciements.{0,12}?|retour|cdt|cdlt|à vous|vôtre|aide|avance|"
    r"bises.{0,30}?|journée|soirée|gratitude|regards|sincerely|thanks|yours|habitants|bureau|collectif.{0,40}?|équipe|"
    rf"association)([\s,.;:!–—-]{{1,5}}){_SIGNERS}"
)
_SENTENCE = re.compile(r"(?<=[^\WA-ZÀ-ÖØ-Þ_][.!?…])\s+|(?<=[)»?!…])\s+")
_LIST = re.compile(r"\s+(?:et|&|and)\s+|,\s*")
_TAIL = 400
_LINES = 4


def told(text: str) -> set[str]:
    """Return the names stated in a text: after a civility, a kinship or "my name is", and as its signature."""
    names = {
        _CIVIL.sub("", match[1], count=1)
        for pattern in _STATED_NAMES
        for match in pattern.finditer(text)
        if not has_a_street(text, match.start(1))
    }
    names |= _signature_names(text)
    names = {name for name in names if name and not is_word(name) and fold_word(name) not in STOP}
    return names | set(after_civility(text)) | _signed_le(text)


def _signature_names(text: str) -> set[str]:
    """Return the names in the last lines, and after the closing at the end of the last sentence."""
    names: set[str] = set()
    lines = _last_lines(text)
    for line in lines if len(lines) > 1 else []:  # a whole text is no signature
        if signature := _SIGNATURE.match(line):
            names.update(_signers(signature, alone=line is lines[-1]))
    if lines:
        last = _SENTENCE.split(lines[-1])[-1]
        for pattern in (_SIGNATURE, _AFTER_GREETING):
            if (signature := pattern.match(last)) and (last != text.strip() or signature[1]):
                names.update(_signers(signature, alone=bool(signature.group(1).strip())))
    return names


def _signed_le(text: str) -> set[str]:
    """Return the name when the last line consists only of one like "Le Goff"."""
    lines = _last_lines(text)
    name = _SIGNED_LE.match(lines[-1]) if len(lines) > 1 else None
    return {name[1]} if name and unknown(name[2]) and not is_office(name[2]) else set()


def _last_lines(text: str) -> list[str]:
    return [line for line in text[-_TAIL:].rstrip().split("\n") if line.strip()][-_LINES:]


def _signers(signature: re.Match[str], *, alone: bool) -> set[str]:
    """Return the names of a signature; `alone`: one word is enough, as in a last line "Lucinda"."""
    parts = [part for part in _LIST.split(signature.group(2).strip()) if part]
    names = [part for part in parts if not is_word(part)]
    if len(names) == 1 and " " not in names[0] and not alone:
        return set()
    return set(names)
