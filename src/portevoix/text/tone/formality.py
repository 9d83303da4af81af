"""Whether a French text says tu or vous."""

import re

from portevoix.text.tone.folding import folded

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
    r"(?:regarde|attends|dis|ecoute|viens|prends|fais|laisse|imagine|vas-y|va|essaie|donne|passe|pense|envoie|mets|appelle|"
    r"lis|sois|aie|n'hesite|n'oublie|tiens|profite|amuse|raconte|verifie|continue|excuse|pardonne|sache|ferme|ouvre|clique|"
    r"demande|reste|garde|tape|ramene|check|calme)(?![\w'-]*(?:ez|ons)\b)(?:-(?:moi|le|la|les|nous|lui|toi|y))?\b"
)
_GREETED = re.compile(r"^ ?(?:salut|coucou|hey|yo)\b")


def formality(text: str) -> str:
    """ "tu", "vous", or "" where a French text addresses nobody.

    As much of one as of the other is "tu": vous may be many persons, tu is always one.
    """
    tu, vous = counted(folded(text).text)
    return "" if not tu and not vous else "tu" if tu >= vous else "vous"


def counted(text: str) -> tuple[int, int]:
    """How often a folded French text says tu, and vous."""
    tu = len(_TU.findall(text)) + len(_FAMILIAR.findall(text)) + bool(_GREETED.search(text))
    return tu, len(_VOUS.findall(text))


def addressed(text: str) -> list[tuple[int, int]]:
    """Where a folded French text says tu."""
    return sorted(found.span() for pattern in (_TU, _FAMILIAR) for found in pattern.finditer(text))
