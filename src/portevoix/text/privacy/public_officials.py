"""Detection of public names: those of office holders, directly beside the office.

Only an apposition counts. "Mme Lopez, ma voisine, a écrit au maire" names nobody in office; neither does a letter to
the mayor whose next words are a signature, nor a list after the mayor.
"""

from portevoix.text.privacy.name_patterns import load_patterns
from portevoix.text.privacy.spans import PersonalData

_BEFORE, _AFTER = 110, 110


def holds_office(text: str, name: PersonalData) -> bool:
    """Return whether the name is that of an office holder: "la ministre …", "le maire, M. …,", "Mme …, maire de …"."""
    offices = load_patterns("offices.toml")
    beside, before_name = offices["beside"], offices["before"]
    if beside["title"].match(text, name.start, name.end) or beside["then"].match(text, name.end, name.end + _AFTER):
        return True
    before = text[max(0, name.start - _BEFORE) : name.start]
    if before_name["office"].search(before) or before_name["title"].search(before):
        return True
    return bool(before_name["set-off"].search(before) and offices["after"]["closing"].match(text, name.end))
