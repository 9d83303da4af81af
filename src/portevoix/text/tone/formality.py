"""Detection of tu and vous in French texts."""

import re
import unicodedata
from collections.abc import Iterator

from portevoix.text.tone.folding import MOST_CHARACTERS, Folded, folded

# `ton` is a noun after an article; the hyphen distinguishes `t'` and `te` from the euphonic -t-.
_TU = re.compile(
    r"(?<![\w-])(?:tu|toi|tes|te|ta|toi-meme|stp)(?![\w'])|(?<![\w-])t'(?=[aeiouyh]\w)|-(?:tu|toi)\b"
    r"|(?<!\ble )(?<!\bun )(?<!\bce )(?<!\bdu )(?<!\bau )\bton(?= \w)|\b(?:le|la|les|des|du) tien(?:ne)?s?\b"
)
_VOUS = re.compile(
    r"(?<!rendez-)\b(?:vous|votre|vos|votres?|vous-memes?|svp|monsieur|madame|etes|dites|faites)\b"
    r"|\b(?!(?:chez|assez|nez|rez|rendez-vous|gaz)\b)\w{2,}ez\b"
)
# The familiar imperative, at the beginning of a sentence.
_FAMILIAR = re.compile(
    r"(?:^|[.!?…,;:\n] ?)(?:et |alors |ok |oui |non |bon |donc )*"
    r"(?P<verb>(?!passe (?:d'abord|ensuite|alors|encore|aussi) (?:l[ea]s? |l'|une? ))"
    r"(?:regarde|attends|dis|ecoute|viens|prends|fais|laisse|imagine|vas-y|va|essaie|donne|passe|pense|envoie|mets|appelle|"
    r"lis|sois|aie|n'hesite|n'oublie|tiens|profite|amuse|raconte|verifie|continue|excuse|pardonne|sache|ferme|ouvre|clique|"
    r"demande|reste|garde|tape|ramene|check|calme))(?![\w'-]*(?:ez|ons)\b)(?:-(?:moi|le|la|les|nous|lui|toi|y))?\b"
)
_FAMILIAR_GREETING = re.compile(r"^ ?(?:salut|coucou|hey|yo)\b")
_QUOTATION = re.compile(r"«[^«»\n]{0,300}»|“[^“”\n]{0,300}”|\"[^\"\n]{0,300}\"")


def unquoted(text: str) -> str:
    """Return the beginning of a text with quotations blanked: a slogan addresses nobody."""
    return _QUOTATION.sub(lambda quoted: " " * len(quoted[0]), text[:MOST_CHARACTERS])


def formality(text: str) -> str:
    """Return "tu", "vous", or "" when a French text addresses nobody.

    As many of both means "tu": vous may be several persons, tu is always one. Quotations count only when nothing else
    addresses anybody.
    """
    tu, vous = counted(folded(unquoted(text)), text)
    if not tu and not vous:
        tu, vous = counted(folded(text), text)
    return "" if not tu and not vous else "tu" if tu >= vous else "vous"


def counted(read: Folded, written: str) -> tuple[int, int]:
    """Return how often a French text says tu, and vous. `read` is `written`, folded."""
    tu = (
        len(_TU.findall(read.text))
        + len(list(_imperatives(read, written)))
        + bool(_FAMILIAR_GREETING.search(read.text))
    )
    return tu, len(_VOUS.findall(read.text))


def addressed(text: str) -> list[tuple[int, int]]:
    """Return the spans where a French text says tu."""
    read = folded(unquoted(text))
    places = [match.span() for match in _TU.finditer(read.text)]
    return sorted(read.span(*place) for place in (*places, *_imperatives(read, text)))


def _imperatives(read: Folded, written: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of imperatives, from the verb on; participles, which only the accent distinguishes, are not."""
    for match in _FAMILIAR.finditer(read.text):
        last = match.end("verb") - 1
        letter = unicodedata.normalize("NFC", written[read.places[last] : read.places[last + 1]])
        if not letter.startswith(("é", "É")):
            yield match.start("verb"), match.end()
