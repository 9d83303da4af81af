"""Detection of public names: those of office holders, directly beside the office.

Only an apposition counts. "Mme Lopez, ma voisine, a écrit au maire" names nobody in office; neither does a letter to
the mayor whose next words are a signature, nor a list after the mayor.
"""

import re

from portevoix.text.privacy.patterns import GAP
from portevoix.text.privacy.spans import Found

_BEFORE, _AFTER = 110, 110
_PUBLIC = (
    r"(?:r[ée]publique|conseil (?:r[ée]gional|d[ée]partemental|g[ée]n[ée]ral|municipal)|r[ée]gion|d[ée]partement|"
    r"m[ée]tropole|agglom[ée]ration|agglo|communaut[ée]|s[ée]nat|assembl[ée]e|united states|senate)(?!\w)"
)
_OFFICE = (
    r"(?:(?:sous-pr[ée]f[èe]te?|pr[ée]f[èe]te?|(?:premi[èe]re? )?ministre|d[ée]put[ée]e?|s[ée]nat(?:eur|rice)|mairesse|"
    r"maire(?:[ -]adjointe?)?|eurod[ée]put[ée]e?|gouverneure?|secr[ée]taire d[’'][ée]tat|"
    r"conseill(?:er|[èe]re) (?:municipale?|d[ée]partementale?|r[ée]gionale?|m[ée]tropolitaine?)|"
    r"(?:deputy )?mayor|(?:prime )?minister|governor|senator|congress(?:man|woman)|council(?:lor|man|woman)|"
    r"alder(?:man|woman)?)|"
    r"(?<!directeur )(?<!directrice )adjointe?(?! (?:administrati|technique|d[’']animation|du patrimoine|de direction|"
    r"de s[ée]curit|p[ée]dagogique|au (?:chef|direct|respons|g[ée]rant)|[àa] la (?:direct|respons|g[ée]rant|cheffe)))|"
    rf"pr[ée]sidente? (?:de la |du |de l[’']|des ){_PUBLIC}|president of the {_PUBLIC})"
)
_OF = (
    rf"(?:{GAP}(?:d[’']|de l[’']|[àa] l[’']|"
    rf"(?:de la|du|des|de|[àa] la|au|aux|[àa]|charg[ée]e? de|en charge de|of the|of|for){GAP})"
    rf"(?:(?:la|le|les|l[’']|the){GAP}?)?[\w’'-]{{2,30}}){{0,3}}"
)
_CIVIL = rf"(?:M\.|Mme|Mr\.?|Mrs\.?|Ms\.?|Monsieur|Madame){GAP}"
_NOT_AFTER = """
    monsieur madame mme mr m m. à a de of to pour for cher chère dear et and chez avec with bonjour bonsoir salut hello
"""
_SUBJECT = (
    rf"(?<!{GAP}{GAP})" + "".join(rf"(?<!{re.escape(word)}{GAP})" for word in _NOT_AFTER.split()) + r"(?<![\w’'-])"
    r"(?:le|la|l[’']|notre|the|our)"
)
"""The article of a person who is mentioned, not addressed, and not a possessor."""
_TITLE = r"(?<![\w’'-])(?:Mayor|Governor|Senator|Minister|Council(?:lor|man|woman)|Alder(?:man|woman)?)"
_TITLE_BEFORE = re.compile(rf"{_TITLE}{GAP}")
_HOLDER = re.compile(rf"(?i:{_SUBJECT}{GAP}?{_OFFICE}{_OF}){GAP}$|{_TITLE}{GAP}$")
_SET_OFF = re.compile(rf"(?i:{_SUBJECT}{GAP}?{_OFFICE}{_OF}),{GAP}{_CIVIL}$")
_CLOSING = re.compile(
    rf"[;)]|,{GAP}(?!(?i:et|and|ou|or|le|la|les|l[’']|the|ma|mon|ta|ton|sa|son|notre|nos|mes|my|our|his|her|"
    r"une?|an|a (?:neighbou?r|friend|resident|citizen)|habitante?|demeurant|domicili[ée]e?|n[ée]e?|je|"
    r"i)(?![^\W_])|"
    rf"[ldj][’']|{_CIVIL}|[A-ZÀ-ÖØ-Þ\d])"
)
_THEN = re.compile(
    rf"(?i:(?:,{GAP}|{GAP}\()(?:(?:ancien(?:ne)?|former|ex)[ -])?{_OFFICE}(?!\w)|"
    rf"(?:,{GAP}|{GAP}\()(?:notre|our|votre|your){GAP}{_OFFICE}(?!\w){_OF}(?=[,.;!?)]|\s*$))"
)


def holds_office(text: str, name: Found) -> bool:
    """Return whether the name is that of an office holder: "la ministre …", "le maire, M. …,", "Mme …, maire de …"."""
    if _TITLE_BEFORE.match(text, name.start, name.end) or _THEN.match(text, name.end, name.end + _AFTER):
        return True
    before = text[max(0, name.start - _BEFORE) : name.start]
    if _HOLDER.search(before):
        return True
    return bool(_SET_OFF.search(before) and _CLOSING.match(text, name.end))
