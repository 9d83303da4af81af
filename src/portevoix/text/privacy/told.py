"""Masks personal data, for good: what the journal shows of a citizen's message.

Where in doubt it masks: a name too many costs the reader a word, a name left costs a citizen her privacy. Names of
places without a number stay, because a journal of a city is about its places.
"""

import re
from collections.abc import Iterable

MASKS = {
    "fr": {"email": "[courriel]", "phone": "[téléphone]", "iban": "[IBAN]", "number": "[numéro]", "plate": "[plaque]",
           "address": "[adresse]", "name": "[nom]", "handle": "[compte]", "link": "[lien]"},
    "en": {"email": "[e-mail]", "phone": "[phone]", "iban": "[IBAN]", "number": "[number]", "plate": "[plate]",
           "address": "[address]", "name": "[name]", "handle": "[account]", "link": "[link]"},
}  # fmt: skip
_GAP = "[ \u00a0\u202f]"
# Every repetition is bounded, so that no text, however made, costs more than its length.
_LETTERS = r"[^\W\d_]"
_CAP = rf"(?<![\w[])[A-ZÀ-ÖØ-Þ]{_LETTERS}{{1,30}}(?:[’']{_LETTERS}{{1,30}})?(?:-{_LETTERS}{{1,30}}){{0,3}}"
_INITIAL = rf"(?<!\w)(?!M\.{_GAP})[A-ZÀ-ÖØ-Þ]\.(?:-?[A-ZÀ-ÖØ-Þ]\.)?"
_JOINT = rf"{_GAP}(?:(?:de|du|des|la|le|da|dos|van|den|der|von|ben|el|al){_GAP}|[dD][’']){{0,2}}"
_NAME = rf"(?:{_INITIAL}{_GAP}?{_CAP}(?:{_JOINT}{_CAP}){{0,2}}|{_CAP}(?:{_JOINT}{_CAP}){{0,4}}(?:{_GAP}{_INITIAL})?)"
_NAMES = rf"{_NAME}(?:(?:,{_GAP}?|{_GAP}(?:et|&|and){_GAP}){_NAME}){{0,3}}"
_STREET = (
    r"(?:rue|r\.|avenue|av\.?|boulevard|bd\.?|bld|all[ée]e|place|pl\.|chemin|impasse|quai|cours|square|route|rte|venelle|"
    r"ruelle|passage|sente|sentier|esplanade|promenade|mail|résidence|lotissement|faubourg|cité|clos|hameau|street|road|"
    r"lane|avenue|drive|close)"
)
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")),
    ("link", re.compile(r"https?://[^\s/@]{1,200}@\S+|https?://\S{1,200}[/?&](?:@|~|users?/|profile|u/|in/)\S+")),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:_?[A-Z0-9]{4}){3,7}(?:_?[A-Z0-9]{1,3})?\b".replace("_", _GAP))),
    ("number", re.compile(
        r"\b[12]_?\d{2}_?(?:0[1-9]|1[0-2]|[2-9]\d)_?\d[\dAB]_?\d{3}_?\d{3}(?:_?\d{2})?\b".replace("_", _GAP))),
    ("phone", re.compile(
        r"(?<!\w)(?:\+\d{1,3}[\s.-]?(?:\(0\)_?)?\d|0[1-9])(?:[\s.\-/]?\d{2}){4}(?!\w)".replace("_", _GAP))),
    ("phone", re.compile(r"(?<!\w)\+\d{1,3}(?:[ \u00a0.-]?\d{2,4}){2,5}(?!\w)")),
    ("plate", re.compile(
        r"(?i:\b[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}\b)|\b[A-HJ-NP-TV-Z]{2} ?\d{3} ?[A-HJ-NP-TV-Z]{2}\b|"
        r"\b\d{1,4}[ -]?[A-Z]{2,3}[ -]?\d{2}\b")),
    ("address", re.compile(
        rf"(?i:\b(?:n[°o] ?)?\d{{1,4}}(?:{_GAP}?(?:bis|ter|quater|[a-d]))?,?{_GAP}{{1,3}}{_STREET})"
        rf"{_GAP}{{1,3}}(?:(?:de|du|des|la|le|les|aux|à|au){_GAP}|[dl][’']){{0,3}}[\w’'-]{{1,40}}"
        rf"(?:{_GAP}(?:de |du |des |la )?{_CAP}){{0,3}}")),
    ("number", re.compile(
        r"(?i:(?<=numéro )|(?<=dossier )|(?<=famille )|(?<=famille : )|(?<=n° )|(?<=nº )|(?<=nᵒ )|(?<=n°))"
        r"(?!(?:19|20)\d\d\b)\d{4,}\b")),
    ("handle", re.compile(r"(?<![\w/@])@[\w.-]{2,}")),
)  # fmt: skip
CIVILITY = (
    r"(?:(?:M|MM|Mr|Mrs|Ms|Dr|Me|Pr)\.?|Mme|Mmes|Mlle|Monsieur|Madame|Mademoiselle|Docteur|Maître|mme|mr|Mère|Père)"
)
_KIN = (
    r"(?:fils|filles?|maris?|femme|épouse|époux|compagne|compagnon|mère|père|maman|papa|frères?|sœurs?|soeur|cousine?|"
    r"neveu|nièce|voisine?|amie?|collègue|élève|petit-fils|petite-fille|grand-mère|grand-père|tante|oncle|locataire)"
)
_TOLD = tuple(re.compile(pattern) for pattern in (
    rf"(?<!\w){CIVILITY}(?:{_GAP}et{_GAP}{CIVILITY})?{_GAP}({_NAME}|{_INITIAL})",
    rf"(?i:\b(?:[mst][’']appell?ent?|[mst][’']appelle|je me nomme|prénommée?|nommée?|my name is|i am called|"
    rf"mon nom est|au nom de|familles?))(?:{_GAP}:)?{_GAP}({_NAME})",
    rf"(?i:\b(?:je suis|ici|i am|i['’]m))[ ]({_CAP}{_JOINT}{_CAP})",
    rf"(?i:\b(?:[mst](?:on|a|es)|[nv]otre|my)){_GAP}(?:petite?{_GAP})?{_KIN},?{_GAP}({_NAME})",
    rf"\b(?:maman|papa|parents|mère|père|mamie|grand-mère){_GAP}d(?:e{_GAP}|[’'])([A-ZÀ-ÖØ-Þ]{_LETTERS}{{1,30}})(?![\w-])",
))  # fmt: skip
_SIGNERS = rf"({_NAMES}|(?:{_INITIAL}{_GAP}?){{1,3}})\s*([,(\[–].{{0,80}})?[.!\s]*$"
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
    pour vu photo type objet lieu reçu ville mairie salutations thanks hello please best regards
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())
_LIST = re.compile(r"\s+(?:et|&|and)\s+|,\s*")
_TAIL = 400
_LINES = 4


def mask(text: str, *, names: Iterable[str] = (), lang: str = "fr") -> str:
    """The text with names, addresses, numbers and accounts replaced by what they are, in brackets.

    `names`: those of the author, masked wherever they stand. `lang` "fr" or "en" chooses the words in brackets.
    """
    words = MASKS.get(lang, MASKS["en"])
    for kind, pattern in PATTERNS:
        text = pattern.sub(words[kind], text)
    for name in sorted({*_given(names), *told(text)}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", words["name"], text)
    for name in sorted(_given(names), key=len, reverse=True):
        text = re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", words["name"], text)
    return text


def _given(names: Iterable[str]) -> set[str]:
    return {part for whole in names for part in (whole, *whole.split()) if len(part) > 2}


def told(text: str) -> set[str]:
    """The names that the text itself tells: after a civility, a kinship or "my name is", and as its signature."""
    found = {name for pattern in _TOLD for name in pattern.findall(text)}
    lines = [line for line in text[-_TAIL:].rstrip().split("\n") if line.strip()][-_LINES:]
    for line in lines:
        if signed := _SIGNED.match(line):
            found.update(_signers(signed, alone=line is lines[-1] and len(lines) > 1))
    if lines:
        last = _SENTENCE.split(lines[-1])[-1]
        if signed := _SIGNED.match(last) or _GREETED.match(last):
            found.update(_signers(signed, alone=bool(signed.group(1).strip())))
    return {name for name in found if not _is_word(name)}


def _signers(signed: re.Match[str], *, alone: bool) -> set[str]:
    """The names of a signature; `alone`: one word will do, as in a last line that says "Lucinda"."""
    parts = [part for part in _LIST.split(signed.group(2).strip()) if part]
    named = [part for part in parts if not _is_word(part)]
    if len(named) == 1 and " " not in named[0] and not alone:
        return set()
    return set(named)


def _is_word(name: str) -> bool:
    """Whether it begins like a greeting or a place rather than like a name."""
    first = re.split(r"[\s'’]", name.casefold(), maxsplit=1)[0]
    return first in _NOT_NAMES or first.endswith("ment") or first.startswith("merci")
