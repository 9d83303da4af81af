"""Kind and valence by transparent cues, French and English: what serves until a city has labels of its own."""

import re

from portevoix.text.words import any_of, fold

_PRAISE = any_of(
    r"""
    bravo, felicitations?, merci (?:a|au|aux) \w+, merci pour (?!vo(?:tre|s) (?:reponse|retour|aide)),
    (?:grand|mille) mercis?, super, chapeau, genial(?:e|es)?, magnifiques?, excellent(?:e|es|s)?, formidables?,
    impeccables?, parfait(?:e|s|es)?, ravie?s?, belle initiative, beau travail, tres (?:beau|belle|bien|propre),
    continuez, quel plaisir, rien a redire, well done, congratulations, great job, good job, thank you
    (?:for|to), thanks to, lovely, wonderful, keep it up
    """
)
_SUGGESTION = any_of(
    r"""
    pourquoi (?:pas|ne pas), il faudrait, on pourrait, pourrait-on, pourriez-vous
    (?:installer|ajouter|mettre|prevoir), ce serait (?:bien|top|utile|chouette|mieux), serait-il possible,
    suggestions?, une idee, je (?:propose|suggere), nous (?:proposons|suggerons), et si (?:on|vous|la ville),
    why not, could we have, i suggest, we suggest, suggestion, how about, it would be (?:nice|good|great)
    """
)
_REPORT = any_of(
    r"""
    cassee?s?, en panne, hors service, fuites?, nids?[- ]de[- ]poule, depots? sauvages?, signale, signaler,
    signalement, deborde(?:nt)?, penche, tombee?s?, eteinte?s?, trous?, tags?, graffitis?, rats?, bouchee?s?,
    abimee?s?, arrachee?s?, bloquee?s?, clignote(?:nt)?, ne (?:marche|fonctionne|s'allume)(?:nt)? (?:plus|pas),
    broken, leak(?:ing)?, potholes?, overflowing, fallen, out of order, blocked, i report, to report
    """
)
_COMPLAINT = any_of(
    r"""
    inadmissibles?, hont(?:e|eux|euse), scandale(?:ux|use)?, ras[- ]le[- ]bol, marre, inacceptables?, toujours
    rien, aucune reponse, (?:sans|pas de) reponse, intolerables?, deplorables?, lamentables?, n'importe quoi, se
    moque(?:nt)?, vous vous moquez, degoutant(?:e|s|es)?, decue?s?, de qui se moque, unacceptable,
    shame(?:ful)?, disgrace(?:ful)?, fed up, still nothing, no (?:reply|answer), disappointed, ridiculous
    """
)
_QUESTION = r"\?|" + any_of(
    r"""
    comment (?:faire|obtenir|puis-je|peut-on), quand est-ce, ou puis-je, est-ce que, peut-on, puis-je,
    pouvez-vous me dire, je (?:souhaite|voudrais|aimerais) savoir, auriez-vous, how (?:do|can) i, when
    (?:is|are|will), where (?:is|are|can), which, what time, can i
    """
)
_KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("complaint", _COMPLAINT),
        ("suggestion", _SUGGESTION),
        ("praise", _PRAISE),
        ("question", _QUESTION),
        ("report", _REPORT),
    )
)
_WRONG = re.compile(
    f"{_COMPLAINT}|{_REPORT}|"
    + any_of(
        """
        dangereu(?:x|se|ses), danger, sales?, problemes?, bruit, peur, impossible, personne ne, plus de, encore
        une fois, dangerous, dirty, problems?, noise, afraid
        """
    )
)
_WELL = re.compile(_PRAISE)
_NEITHER = re.compile(f"{_SUGGESTION}|{_QUESTION}")


def kind(text: str) -> tuple[str, tuple[str, ...]]:
    """(kind, the words that said so): the first cue that is found, in the order in which they are sure.

    Without a cue, a plain statement is most often something to be dealt with: ("report", ()).
    """
    folded = fold(text)
    for name, pattern in _KINDS:
        if found := _found(pattern, folded):
            return name, found
    return ("report" if folded.strip() else "other"), ()


def valence(text: str) -> tuple[str, tuple[str, ...]]:
    """("wrong", "well" or "neutral", the words that said so); where both speak, what goes wrong is heard first.

    Who asks or suggests is neutral; a plain statement without a cue most often tells of something wrong: ("wrong", ()).
    """
    folded = fold(text)
    for name, pattern in (("wrong", _WRONG), ("well", _WELL), ("neutral", _NEITHER)):
        if found := _found(pattern, folded):
            return name, found
    return ("wrong" if folded.strip() else "neutral"), ()


def spoken(text: str) -> tuple[str, ...]:
    """The names of all cues that are found, for a model to weigh."""
    folded = fold(text)
    found = [name for name, pattern in (*_KINDS, ("wrong", _WRONG)) if pattern.search(folded)]
    if folded.rstrip().endswith("?"):
        found.append("asks last")
    length = next((i for i, most in enumerate((60, 120, 250)) if len(folded) < most), 3)
    return (*found, f"length {length}", "kind " + kind(text)[0], "valence " + valence(text)[0])


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group() for match in pattern.finditer(text)))[:5]
