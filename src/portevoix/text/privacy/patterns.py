"""Parts of patterns shared by the detectors of names and of structured data; every repetition is bounded."""

GAP = "[ \u00a0\u202f]"
LETTERS = r"[^\W\d_]"
CAP = (
    rf"(?<![\w[])(?:[OD][’'](?=[A-Z])|[NM][’'](?=[A-ZÀ-ÖØ-Þ][a-zà-ÿ]))?"
    rf"[A-ZÀ-ÖØ-Þ]{LETTERS}{{1,30}}(?:[’']{LETTERS}{{1,30}})?(?:-{LETTERS}{{1,30}}){{0,3}}"
)
"""A word with a capital."""
INITIAL = rf"(?<!\w)(?!M\.{GAP})[A-ZÀ-ÖØ-Þ]\.(?:-?[A-ZÀ-ÖØ-Þ]\.)?"
JOINT = rf"{GAP}(?:(?:de|du|des|la|le|da|dos|van|den|der|von|ben|el|al){GAP}|[dD][’']){{0,2}}"
"""Separator of the parts of a name, with particles."""
NAME = rf"(?:{INITIAL}{GAP}?{CAP}(?:{JOINT}{CAP}){{0,2}}|{CAP}(?:{JOINT}{CAP}){{0,4}}(?:{GAP}{INITIAL})?)"
NAMES = rf"{NAME}(?:(?:,{GAP}?|{GAP}(?:et|&|and){GAP}){NAME}){{0,3}}"
MONTH = (
    r"(?i:janv(?:ier)?|f[ée]vr?(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|oct(?:obre)?|"
    r"nov(?:embre)?|d[ée]c(?:embre)?|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|jan|feb|mar|apr|jun|jul|aug|sep|dec)\.?"
)
