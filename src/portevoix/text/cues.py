"""Kind and valence by transparent cues, French and English: what serves until a city has labels of its own."""

import re

from portevoix.text.words import any_of, fold

_PRAISE = any_of(
    r"""
    bravo, felicitations?, merci (?:a|aux|pour|de|au), super, chapeau, genial, magnifique, excellent,
    well done, congratulations, great job, thank you for
    """
)
_SUGGESTION = any_of(
    r"""
    pourquoi (?:pas|ne pas), il faudrait, on pourrait, pourrait-on, ce serait (?:bien|top|utile),
    serait-il possible, suggestion, je (?:propose|suggere), why not, could we have, i suggest, it would
    be (?:nice|good)
    """
)
_REPORT = any_of(
    r"""
    casse, cassee, en panne, fuite, nid[- ]de[- ]poule, depot sauvage, signale, signaler, deborde,
    debordent, penche, tombe, tombee, eteint, trou, tags?, graffiti, rats?, broken, leak, pothole,
    overflowing, fallen, i report
    """
)
_COMPLAINT = any_of(
    r"""
    inadmissible, honte, honteux, scandale(?:ux)?, ras[- ]le[- ]bol, marre, inacceptable, toujours rien,
    aucune reponse, intolerable, deplorable, lamentable, n'importe quoi, unacceptable, shame, disgrace,
    fed up, still nothing
    """
)
_QUESTION = r"\?|" + any_of(
    r"""
    comment, quand, ou puis-je, quel(?:le)?s?, combien, est-ce que, peut-on, puis-je, pouvez-vous me
    dire, how, when, where, which, what time, can i
    """
)
_KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("complaint", _COMPLAINT),
        ("suggestion", _SUGGESTION),
        ("praise", _PRAISE),
        ("report", _REPORT),
        ("question", _QUESTION),
    )
)
_WRONG = re.compile(
    f"{_COMPLAINT}|{_REPORT}|" + any_of("dangereux, danger, sale, probleme, bruit, peur, dangerous, dirty, problem")
)
_WELL = re.compile(_PRAISE)


def kind(text: str) -> tuple[str, tuple[str, ...]]:
    """(kind, the words that said so): the first cue that is found, in the order in which they are sure."""
    folded = fold(text)
    for name, pattern in _KINDS:
        if found := _found(pattern, folded):
            return name, found
    return "other", ()


def valence(text: str) -> tuple[str, tuple[str, ...]]:
    """("wrong", "well" or "neutral", the words that said so); where both speak, what goes wrong is heard first."""
    folded = fold(text)
    for name, pattern in (("wrong", _WRONG), ("well", _WELL)):
        if found := _found(pattern, folded):
            return name, found
    return "neutral", ()


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group() for match in pattern.finditer(text)))[:5]
