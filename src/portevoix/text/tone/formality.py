"""Whether a French text says tu or vous."""

import re
import unicodedata
from collections.abc import Iterator

from portevoix.text.tone.folding import MOST_CHARACTERS, Folded, folded

# `ton` is a noun after an article; `t'` and `te` are told from the euphonic -t- by the hyphen.
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
_GREETED = re.compile(r"^ ?(?:salut|coucou|hey|yo)\b")
_QUOTED = re.compile(r"«[^«»\n]{0,300}»|“[^“”\n]{0,300}”|\"[^\"\n]{0,300}\"")


def unquoted(text: str) -> str:
    """The beginning of a text with blanks in place of what it quotes: a slogan addresses nobody."""
    return _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text[:MOST_CHARACTERS])


def formality(text: str) -> str:
    """ "tu", "vous", or "" where a French text addresses nobody.

    As much of one as of the other is "tu": vous may be many persons, tu is always one. What is quoted tells only where
    nothing else does.
    """
    tu, vous = counted(folded(unquoted(text)), text)
    if not tu and not vous:
        tu, vous = counted(folded(text), text)
    return "" if not tu and not vous else "tu" if tu >= vous else "vous"


def counted(read: Folded, written: str) -> tuple[int, int]:
    """How often a French text says tu, and vous. `read`: `written`, folded."""
    tu = len(_TU.findall(read.text)) + len(list(_ordered(read, written))) + bool(_GREETED.search(read.text))
    return tu, len(_VOUS.findall(read.text))


def addressed(text: str) -> list[tuple[int, int]]:
    """Where a French text says tu."""
    read = folded(unquoted(text))
    places = [found.span() for found in _TU.finditer(read.text)]
    return sorted(read.span(*place) for place in (*places, *_ordered(read, text)))


def _ordered(read: Folded, written: str) -> Iterator[tuple[int, int]]:
    """Imperatives, from the verb on; a participle, of which only the accent tells, is none."""
    for found in _FAMILIAR.finditer(read.text):
        last = found.end("verb") - 1
        letter = unicodedata.normalize("NFC", written[read.places[last] : read.places[last + 1]])
        if not letter.startswith(("é", "É")):
            yield found.start("verb"), found.end()
