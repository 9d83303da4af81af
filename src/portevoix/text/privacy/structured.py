"""Detection of structured data: e-mail and postal addresses, telephone, bank and card numbers, plates, dates of birth.

A number with check digits must pass the check, unless a word before it states what it is: a number with a mistyped
digit is still personal.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from stdnum import iban, luhn
from stdnum.fr import nir
from stdnum.iso7064 import mod_97_10

from portevoix.text.privacy.house_numbers import address_span, street_with_number
from portevoix.text.privacy.patterns import CAP, GAP, MONTH
from portevoix.text.privacy.spans import PersonalData, Span, as_seen, blank_out, without_overlaps
from portevoix.text.tokens import STOP, fold_word

# Every repetition is bounded, so that the time is linear in the length of any text.
MASKS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "fr": {"email": "[courriel]", "phone": "[téléphone]", "iban": "[IBAN]", "number": "[numéro]", "plate": "[plaque]",
           "address": "[adresse]", "name": "[nom]", "handle": "[compte]", "link": "[lien]", "card": "[carte bancaire]",
           "birth": "[date de naissance]", "secret": "[code]"},
    "en": {"email": "[e-mail]", "phone": "[phone]", "iban": "[IBAN]", "number": "[number]", "plate": "[plate]",
           "address": "[address]", "name": "[name]", "handle": "[account]", "link": "[link]", "card": "[bank card]",
           "birth": "[date of birth]", "secret": "[code]"},
})  # fmt: skip
"""The replacement of each kind, by language."""


_Check = Callable[[re.Match[str]], Span | None]
_SEP = r"[ \u00a0\u202f\u2009.\-–/]"
_BEFORE = 40
_MOST_DIGITS, _FEWEST_DIGITS = 15, 8
"""Bounds of an international telephone number (ITU-T E.164)."""
_LENGTHS_TEXT = """
    AD24 AT20 BE16 BF28 BG22 BJ28 CH21 CI28 CM27 CY28 CZ24 DE22 DK18 DZ26 EE20 ES24 FI18 FR27 GB22 GR27
    HR21 HU28 IE22 IT27 LT20 LU20 LV21 MA28 MC27 ML28 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SN28
    TN24 TR26
"""
_SHORTEST_IBAN = 15
_IBAN_LENGTHS = {word[:2]: int(word[2:]) for word in _LENGTHS_TEXT.split()}
"""Letters and digits of an IBAN, by country near to here; of others only whole and right ones are recognised."""


def find_forms(text: str) -> Iterator[PersonalData]:
    """Yield structured personal data, as written or as it looks, without overlaps."""
    yield from without_overlaps(as_seen(text, _find_forms))


def _find_forms(text: str) -> Iterator[PersonalData]:
    """Yield structured data kind by kind; text found as one kind is not searched for the next."""
    for kind, pattern, check in _FORMS:
        spans = [
            PersonalData(*span, kind)
            for match in pattern.finditer(text)
            if (span := check(match) if check else match.span("v" if "v" in pattern.groupindex else 0))
        ]
        yield from spans
        text = blank_out(text, spans)


def _told_before(match: re.Match[str], words: str) -> bool:
    """Return whether one of the words, a pattern, is shortly before the match."""
    return bool(re.search(rf"(?i)\b(?:{words})", match.string[max(0, match.start() - _BEFORE) : match.start()]))


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter in "0123456789")


def _is_iban(match: re.Match[str]) -> Span | None:
    """Return the span of an IBAN, by country, length and check digits.

    Characters beyond the country's length are cut off.
    """
    places = [place for place, letter in enumerate(match.group()) if letter.isalnum()]
    letters = "".join(match.group()[place] for place in places).upper()
    length = _IBAN_LENGTHS.get(letters[:2]) or _length_elsewhere(letters)
    if length is None:
        return None
    is_announced = _told_before(match, "iban|rib|compte|account|bank")
    if len(letters) < length:
        return match.span() if is_announced or (letters[:2] == "FR" and len(letters) > length - 4) else None
    end = match.start() + places[length - 1] + 1
    whole = letters[:length]
    right = mod_97_10.is_valid(whole[4:] + whole[:4])
    within = match.string[end : end + 1].isalnum() and end < match.end()
    return (match.start(), end) if right or is_announced or (match.group()[:2].isupper() and not within) else None


def _length_elsewhere(letters: str) -> int | None:
    """Return the length of the valid IBAN that the letters begin with, whatever its country; None without one."""
    return next((length for length in range(_SHORTEST_IBAN, len(letters) + 1) if iban.is_valid(letters[:length])), None)


def _is_social(match: re.Match[str]) -> Span | None:
    """Return the span of a French social-security number, by its key or the context."""
    digits = re.sub(r"[^\dAB]", "", match.group().upper())
    if nir.is_valid(digits):
        return match.span()
    has_spaces = len(digits) != len(match.group())
    is_announced = _told_before(match, r"s[ée]cu|nir\b|assur|ss\b|immatricul|social|num|n°")
    return match.span() if digits[0] in "12" and (has_spaces or is_announced or len(digits) == 15) else None


def _is_card(match: re.Match[str]) -> Span | None:
    """Return the span of a bank card number, by Luhn's check or the word before."""
    digits = _digits(match.group())
    right = luhn.is_valid(digits) and digits[0] in "3456"
    return match.span() if right or _told_before(match, r"carte|cb\b|visa|mastercard|card") else None


def _is_foreign(match: re.Match[str]) -> Span | None:
    """Return the span of a telephone number with a country code, by its number of digits."""
    return match.span() if _FEWEST_DIGITS <= len(_digits(match.group())) <= _MOST_DIGITS + 2 else None


def _is_host(match: re.Match[str]) -> Span | None:
    """Return the span of an IPv4 address: most have a part of three digits, unlike version numbers."""
    large = any(len(part) == 3 for part in match.group().split("."))
    return match.span() if large or _told_before(match, r"ip\b|ipv4") else None


def _is_address(match: re.Match[str]) -> Span | None:
    """Return the span of an e-mail address, None for an account after a word: "c'est @lea.bzh"."""
    word, at, _ = match.group().partition(" @")
    return None if at and fold_word(word) in STOP else match.span()


def _form(kind: str, pattern: str, check: _Check | None = None) -> tuple[str, re.Pattern[str], _Check | None]:
    """Return a form; in its pattern, `{_}` is a space and `{S}` a separator of digits."""
    return kind, re.compile(pattern.replace("{_}", GAP).replace("{S}", _SEP).replace("{CAP}", CAP)), check


_POINT = r"(?:\.|{_}{1,2}\.{_}{0,2}|{_}?[(\[]{_}?(?:\.|point|dot){_}?[)\]]{_}?|{_}(?i:point|dot|pt){_})"
_DASH = r"{_}(?i:tiret(?:{_}du{_}(?:bas|6|8))?|underscore|dash){_}"
_AT = (
    r"(?:@|{_}{1,2}@{_}{0,2}|@{_}|{_}?[(\[{]{_}?(?i:at|arobase|arobas|à|@|chez){_}?[)\]}]{_}?|"
    r"{_}(?i:arobase|arobas|arrobase|at{_}sign){_})"
)
_AT_WORD = r"{_}(?i:at|[àa]|chez){_}(?!(?i:this|that|some|which|what|any|one|the|no|every|ce|cet|quel|un|ma|mon)\b)"
_ENDING = r"(?i:fr|com|net|org|eu|be|ch|bzh|info|io|uk|ca|de|es|it|pt|lu)"
_HOST = r"(?i:gmail|googlemail|yahoo|hotmail|outlook|live|msn|icloud|orange|wanadoo|free|sfr|laposte|proton(?:mail)?)"
_DATE = (
    rf"(?:\d{{1,2}}(?:er|st|nd|rd|th)?(?:{{_}}of)?[ ./\-\u00a0]{{1,2}}(?:\d{{1,2}}|{MONTH})"
    rf"(?:,?[ ./\-\u00a0]{{1,2}}\d{{2,4}})?|"
    rf"(?:19|20)\d\d-\d\d-\d\d|{MONTH}{{_}}\d{{1,2}}(?:st|nd|rd|th)?(?:,?{{_}}\d{{4}})?)(?!\w)"
)
_LINK = (
    r"(?:{_}{0,2}(?:[:=,(]|n[°ºo]\.?|num[ée]ro|nr|no|ref|d[e'’]|la|le|du|est|is|caf|fiscale?|number|id|personnel"
    r"|suivant|c['’]est|{_})){0,5}{_}{0,2}"
)
_PAPERS = (
    r"allocataires?|caf|fiscal|spi|d['’]imposition|matricule|passeport|identit[ée]|cni|permis|client|cliente|contrat|"
    r"abonn[ée]e?s?|abonnement|usager|adh[ée]rente?|dossier|badge|demandeur|s[ée]jour|[ée]tranger|agdref|mdph"
    r"|passport|licen[cs]e|permit|"
    r"customer|account|case|reference|claim|member|tax|insurance"
)
_NUMERIC_PAPERS = (
    r"INE|PDL|PRM|PCE|RSA|NUR|(?i:points?{_}de{_}livraison|demande{_}de{_}logement(?:{_}social)?|num[ée]ro{_}unique|"
    r"france{_}travail|p[ôo]le{_}emploi)"
)
"""Papers and meters whose number has only digits, named by letters or by several words."""
_CARDS = (
    r"(?:carte|abonnement|pass){_}(?:(?:de{_}|d[’'])?"
    r"(?:bus|tram|transports?|navigo|cantine|biblioth[èe]que|m[ée]diath[èe]que))"
)
_CHILD = r"(?:petit-fils|petite-fille|fils|filles?|enfants?|b[ée]b[ée]|ni[èe]ce|neveu|son|daughter|child|baby)"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_STREET = (
    r"(?:rue|r\.|avenue|av\.?|ave|boulevard|bd\.?|bvd|bld|blvd|all[ée]es?|place|pl\.|chemin|che?\.|impasse|imp\.|quai"
    r"|square|"
    r"rte|venelle|ruelle|sente|sentier|esplanade|r[ée]sidence|r[ée]s\.|lotissement|faubourg|fg|cité|clos|hameau|mont[ée]e|traverse|"
    r"voie|villa|rond[ -]point|street|road|avenue)"
)
_WORDY_STREET = r"(?:cours|mail|passage|promenade|route|côte|lane|drive|close)"
_PLAIN = rf"(?:\d{{1,2}}(?:er)?{{_}}{MONTH}(?:{{_}}(?:19|20)\d\d(?!\d))?(?!\w)|[\w’'-]{{1,40}})"
_VERB = r"(?:est|sont|[ée]tait|a|ont|avait|n[’']est|n[’']a|ne|qui|que|et|o[ùu]|mais|car|sera|is|are|was)(?!\w)"
"""Verbs and other words after a street's name that is an adjective: "rue Haute est sale"."""
_TITLE = (
    r"(?i:g[ée]n[ée]ral|mar[ée]chal|docteur|dr|pr[ée]sident|professeur|abb[ée]|colonel|capitaine|commandant|sainte?"
    r"|ste?|"
    r"jean|notre|grand|grande|petite?|vieux|vieille|belle|beau|pont|croix|quatre|trois|deux|bois|champs?|moulin"
    r"|haute?s?|"
    r"basse?s?|onze|huit|dix|\d{1,2}(?:er)?)"
)
_TOWN = r"(?:{_}?[,–-]?{_}?\(?\d{5}{_}{CAP}(?:{_}{CAP}){0,2}\)?)?"
_NUMBER = (
    r"(?:\b(?i:n[°o] ?)?\d{1,4}(?:{_}?(?i:bis|ter|quater|[a-d]))?(?:{_}?[-/&]{_}?\d{1,4}|{_}et{_}\d{1,4})?,?{_}{1,3}"
    r"(?:(?i:de la|du|de l[’']){_}?)?)"
)
_PARTICLES = r"(?:(?:(?i:de|du|des|la|le|les|aux|à|au|en|sur|sous)){_}|[dlDL][’']){0,3}"
_ENGLISH_STREET = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Close|Way|Place|Pl|Terrace|Crescent|Square|Boulevard"
    r"|Blvd|"
    r"Gardens|Grove|Hill|Row|Mews|Parkway|Walk)\b\.?"
)
_ROAD = (
    rf"(?i:{_STREET}){{_}}{{1,3}}{_PARTICLES}(?:{_TITLE}{{_}}(?:(?:de|du|des|la|le){{_}}){{0,2}}"
    rf"(?!{_VERB}|{MONTH}(?!\w))){{0,2}}{_PLAIN}(?:{{_}}(?:de |du |des |la |le |l[’']|d[’'])?{{CAP}}){{0,3}}"
)
_NAMED_ROAD = (
    r"(?i:rue|avenue|boulevard|bd\.?|all[ée]es?|place|chemin|impasse|quai|square){_}"
    r"(?:(?:de|du|des|la|le|les){_}|[dl][’']){0,2}{CAP}(?:{_}(?:de |du |des |la |le |l[’']|d[’'])?{CAP}){0,3}"
)
"""A street with a capital, after which a number may come: "rue Haute 14"."""
_HOUSE = r"(?i:n[°o]{_}?)?\d{1,3}(?:{_}?(?i:bis|ter|[a-d]))?"
_NO_MORE = r"(?=,?{_}\d{5}(?!\w)|[.)](?!\w)|{_}?(?:[;!?](?!\w)|\n|$))"
"""The end of an address after its number, which must not count what follows."""
_NUMERAL = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt"
    r"|trente|quarante|cinquante|soixante|cents?)"
)
_NETWORK = (
    r"insta(?:gram)?|snap(?:chat)?|tik{_}?tok|twitter|discord|telegram|pseudo|skype|messenger|facebook|fb|threads|"
    r"bluesky|mastodon|username|identifiant"
)
_FLAT = r"(?:apt|flat|unit|apartment|appt|#)\.?"
_SMALL_STREET = (
    r"(?:[a-z]{2,20}{_}){1,2}(?:street|st|road|rd|avenue|ave|lane|ln|drive|court|ct|terrace|place|boulevard|blvd)"
    r"\b\.?"
)
"""An English street without capitals; a flat or "I live at" is required, unlike in “5 cars down the road”."""
_CODE_WORDS = r"mots?{_}de{_}passe|mdp|pass(?:word|code|wd)|pwd"
_SECRET = (
    rf"{_CODE_WORDS}|digicode|interphone|(?:door|gate|access|entry){{_}}code|(?:code{{_}})?pin|"
    r"code{_}(?:secret|wi-?fi|porte|portail|immeuble|d[’'](?:acc[èe]s|entr[ée]e)|d[eu]{_}(?:la{_}|l[’'])?(?:porte|portail|"
    r"immeuble|entr[ée]e|r[ée]sidence))"
)
_FORMS = (
    _form("link", r"https?://[^\s/@]{1,200}@\S+|https?://\S{1,200}[/?&](?:@|~|users?/|profile|u/|in/)\S+|"
          r"(?i:https?://)?(?i:www\.)?(?<!\w)(?i:facebook\.com/\w{2,40}(?:[.-]\w{1,40}){1,4}|(?:twitter|x|instagram"
          r"|tiktok)\.com/\w\S{1,100}|(?:wa\.me/\+?\d|api\.whatsapp\.com/send|(?:t|m)\.me/\w)\S{2,100})"),
    _form("handle", r"(?<![\w/@])@\w[\w.-]{0,60}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    _form("email", r"(?<![\w.+-])[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    _form("email", rf"(?<![\w.+-])[\w+-]{{1,64}}(?:(?:{_POINT}|{_DASH})[\w+-]{{1,64}}){{0,3}}{_AT}"
          rf"[\w-]{{1,63}}(?:(?:{_POINT}|{_DASH})[\w-]{{2,63}}){{0,2}}(?:{_POINT}|{_DASH})[^\W\d_]{{2,63}}(?!\w)",
          _is_address),
    _form("email", rf"(?<![\w.+-])[\w+-]{{1,64}}(?:(?:{_POINT}|{_DASH})[\w+-]{{1,64}}){{0,3}}{_AT_WORD}"
          rf"(?:[\w-]{{1,63}}(?:{{_}}(?i:dot){{_}}[\w-]{{2,63}}){{1,3}}|"
          rf"[\w-]{{1,63}}(?:{_POINT}[\w-]{{2,63}}){{0,2}}{{_}}(?i:point|pt){{_}}{_ENDING}|{_HOST}\.{_ENDING})(?!\w)"),
    _form("iban", r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ \u00a0\u202f-]?[A-Za-z0-9]{4}){2,7}"
          r"(?:[ \u00a0\u202f-]?[A-Za-z0-9]{1,4})?(?!\w)",
          _is_iban),
    _form("iban", r"(?<!\w)\d{5}[ -]\d{5}[ -][A-Z0-9]{11}[ -]\d{2}(?!\w)"),
    _form("number", r"(?<!\w)[1278]{S}?\d{2}{S}?(?:0[1-9]|1[0-2]|[2-9]\d){S}?(?:\d[\dABab]){S}?\d{3}{S}?\d{3}"
          r"(?:{S}{0,3}(?i:cl[ée]{_}:?{_}?)?\d{2})?(?!\w)", _is_social),
    _form("number", r"(?<![\w-])\d{3}-\d{2}-\d{4}"
          r"(?![\w-])|\b[A-Z]{2}{_}?\d{2}{_}?\d{2}{_}?\d{2}{_}?[A-D]\b"),
    _form("card", r"(?<![\w.,])(?:\d{4}(?:[ \u00a0-]?\d{4}){2}[ \u00a0-]?\d{1,7}"
          r"|\d{4}[ -]?\d{6}[ -]?\d{5})(?!\w)", _is_card),
    _form("birth", r"(?i:\b(?:née?s?|né(?:\(e\)|[·./-]e)s?|nee|naissance|ddn|birth|dob|birthdate|born|birthday))"
          r"(?![\w-])(?:{_}{0,2}(?:[:,(]|-|(?i:le|la|à|a|au|on|in|of|is|est|du|the|was|son|mon)\b|{CAP}|{_})){0,6}{_}{0,2}(?P<v>"
          rf"{_DATE})"),
    _form("birth", r"(?i:\b(?:né|née|born))(?:{_}en|{_}in){_}(?P<v>(?:19|20)\d\d)(?!\w)"),
    _form("birth", rf"(?i:\b(?:m(?:on|a|es)|notre|nos|my|our){{_}}{_CHILD})(?:{{_}}{{CAP}}){{0,2}},?{{_}}\({{_}}?"
          rf"(?P<v>\d{{1,2}}(?:[./-]\d{{1,2}}[./-]|{{_}}{MONTH}{{_}})(?:19|20)\d\d){{_}}?\)"),
    _form("number", rf"(?:\b(?:{_NUMERIC_PAPERS}){_LINK})(?P<v>(?:\d[ .]?){{5,17}}\d[A-Z]{{0,2}})(?!\w)"
          r"(?!{_}?(?:€|euros?))"),
    _form("number", rf"(?i:\b(?:{_CARDS}){_LINK})(?P<v>\d{{6,14}})(?!\w)"),
    _form("number", r"(?i:\br[ée]f(?:[ée]rence)?s?\b\.?{_}{0,2}:?{_}{0,2})"
          r"(?P<v>(?:19|20)\d\d-[A-Z]{2,4}-\d{1,6})(?!\w)"),
    _form("number", rf"(?<![\w.,])(?:{_OCTET}\.){{3}}{_OCTET}(?!\w)(?!\.\d)", _is_host),
    _form("number", rf"(?i:\b(?:{_PAPERS})\b{_LINK})(?P<v>(?!(?:19"
          rf"|20)\d\d\b(?![-/]))[A-Z]{{0,3}}[ -]?\d(?:[ ./-]?[\dA-Z]){{4,19}})"
          r"(?!\w)(?!{_}?(?:€|euros?))"),
    _form("phone", r"(?<![\w+])(?:(?<!\d[.,/-])|(?<=\d{9}[.,/-])|(?<=\d(?:{S}\d\d){4}[.,/-]))"
          r"(?!\d\d[./ -]\d\d[./ -](?:19|20)\d\d(?!\d))"
          r"(?:\(?(?:\+|00){_}?33\)?{S}{0,2}(?:\(0\){_}?)?0?|0)[1-9]"
          r"(?:{S}{0,2}\d){8}(?!\w)"),
    _form("phone", r"(?<![\w+])(?:\+|00(?=[1-9]))\d(?:{S}{0,2}[()]{0,2}{_}?\d){7,15}(?!\w)", _is_foreign),
    _form("phone", r"(?<![\w.,-])(?:\(\d{3,5}\){_}?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\w)|"
          r"(?<!\w)(?<!\d[ -])0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}(?!\w)|"
          r"(?<!\w)0[127]\d{9}(?!\w)|(?<!\w)0\d{1,2}/\d{3}[. ]\d{2}[. ]\d{2}(?!\w)|"
          r"(?i:(?<=call )|(?<=phone )|(?<=text )|(?<=cell )|(?<=at ))\d{3}-\d{4}(?!\w)"),
    _form("phone", rf"(?i:\bz[ée]ro(?:[ ,-]{{1,3}}(?:et{{_}})?{_NUMERAL}){{4,14}})(?!\w)"),
    _form("plate", r"(?<![\w-])(?i:[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2})(?![\w-])|"
          r"\b[A-HJ-NP-TV-Z]{2}[ .]?\d{3}[ .]?[A-HJ-NP-TV-Z]{2}\b|\b\d{1,4}[ -]?(?!(?:EUR|TTC|HT|CM|KM|KG|CP|CE|TGV"
          r"|TER|BUS|AM|PM)\b)"
          r"[A-Z]{2,3}[ -]?(?:\d{2}|2[AB])\b|\b[A-Z]{2}\d{2} ?[A-Z]{3}\b"),
    _form("plate", r"(?i:\b(?:immatricul[ée]+s?|immatriculation|plaque|immat|licen[cs]e plate|number plate|plate"
          r"|registration))"
          r"(?:{_}{0,2}(?:[:=(]|(?i:n°|numéro|number|no|est|is|en)\b)){0,3}{_}{0,2}"
          r"(?P<v>(?=[A-Za-z-]{0,5}[ -]?\d)[A-Za-z0-9]{1,4}(?:[ .-]?[A-Za-z0-9]{1,4}){1,2})(?!\w)"),
    _form("address", rf"{_NUMBER}{_ROAD}{_TOWN}", address_span),
    _form("address", rf"(?i:\b(?:au|num[ée]ro|n°)){{_}}(?P<v>(?i:{_NUMERAL}(?:(?:[ -]et)?[ -]{_NUMERAL}){{0,5}}"
          rf"(?:{{_}}(?:bis|ter))?),?{{_}}{_ROAD}{_TOWN})"),
    _form("address", rf"(?<!\w){_NAMED_ROAD}(?<!Paris)(?<!Lyon)(?<!Marseille)(?:{{_}}{_HOUSE}{_NO_MORE}|"
          rf",{{_}}{_HOUSE}(?:,?{{_}}\d{{5}}(?!\w)|{{_}}?(?:\n|$)))", street_with_number),
    _form("address", rf"{_NUMBER}(?i:{_WORDY_STREET}){{_}}{{1,3}}{_PARTICLES}{{CAP}}(?:{{_}}(?:de |du |des "
          rf"|la )?{{CAP}}){{0,3}}{_TOWN}", address_span),
    _form("address", rf"{_NUMBER}(?i:(?:grande?|petite|vieille)[ '’-]{{1,2}}(?:rue|place))(?!\w)(?:{{_}}(?:de |du |des "
          rf"|la )?{{CAP}}){{0,3}}{_TOWN}", address_span),
    _form("address", rf"\b\d{{1,5}}[a-zA-Z]?,?{{_}}(?:{{CAP}}{{_}}){{1,3}}{_ENGLISH_STREET}(?:,?{{_}}(?i:apt|flat"
          rf"|unit|#)\.?{{_}}?\w{{1,5}})?", address_span),
    _form("address", rf"(?i:(?<!\w)(?:{_FLAT}{{_}}?\w{{1,5}},?{{_}}\d{{1,5}}[a-z]?{{_}}{_SMALL_STREET}|"
          rf"\d{{1,5}}[a-z]?{{_}}{_SMALL_STREET},?{{_}}{_FLAT}{{_}}?\w{{1,5}}))(?!\w)"),
    _form("address", rf"(?i:\b(?:live|lives|living|reside|address{{_}}is)(?:{{_}}(?:at|on))?{{_}}"
          rf"(?P<v>\d{{1,5}}{{_}}{_SMALL_STREET}))(?!\w)"),
    _form("address", r"(?i:\b(?:appt?|appartement|apt|logement|flat|apartment)\.?{_}?(?:n[°o]{_}?)?)\d{1,4}[A-Za-z]?"
          r"(?!\w)"),
    _form("number", r"(?i:(?<=numéro )|(?<=dossier )|(?<=famille )|(?<=famille : )|(?<=n° )|(?<=nº )|(?<=nᵒ )|(?<=n°))"
          r"(?!(?:19|20)\d\d\b)\d{4,}\b"),
    _form("secret", rf"(?i:(?<!\w)(?:{_SECRET}))"
          r"(?:{_}{0,2}(?::|=|(?i:n[°o]|num[ée]ro|est|is|le|la|the|c[’']est|actuel|{_})(?![^\W_])|suivant)){0,4}{_}{0,2}(?P<v>(?=[^\s,;\d]{0,40}\d)[^\s,;\[\]]{2,63}[^\s,;.\[\]])"),
    _form("secret", rf"(?i:(?<!\w)(?:{_CODE_WORDS})){{_}}{{0,2}}[:=]{{_}}{{0,2}}"
          r"(?P<v>[^\s,;\[\]]{3,63})(?=[ .,;]{0,3}(?:\n|$))"),
    _form("handle", rf"(?i:(?<!\w)(?:{_NETWORK})(?:{{_}}?[:=]{{_}}?|{{_}}(?:(?:est|is|c[’']est){{_}})?))"
          r"(?P<v>(?=[\w.#]{0,40}[\d_])[A-Za-z][\w.]{1,40}(?:\w|#\d{4}))(?![\w@])"),
    _form("handle", r"(?i:(?<!\w)(?:pseudo|username){_}?[:=]{_}?)"
          r"(?P<v>[A-Za-z][\w.-]{1,40}\w)(?![\w@])"),
    _form("handle", r"(?<![\w/@])@\w(?:[\w.-]{0,60}\w)?"),
)  # fmt: skip
