"""Structural features of a draft, as relevant to tone as its words: address, content offered, lengths."""

import math
import re

from portevoix.text.tone.cue import whole_words
from portevoix.text.tone.cues_silly import EMOJI
from portevoix.text.tone.folding import Folded
from portevoix.text.tone.formality import counted

GREETING = re.compile(
    r"^\W*(?:@[\w.-]+\W*)?" + whole_words(
        """
        bonjour, bonsoir, (?:cher|chere|chers|cheres)(?: \\w+)?, madame, monsieur, mesdames, messieurs, hello, hi,
        dear, good (?:morning|afternoon|evening), merci, thank you, thanks
        """
    )
)  # fmt: skip
CLOSING = re.compile(
    whole_words(
        """
        cordialement, bien a vous, bonne (?:journee|soiree|fin de|semaine|fete|chance|route|lecture|visite), a
        (?:bientot|tres bientot|demain|samedi|lundi|votre (?:ecoute|disposition)), belle (?:journee|soiree),
        (?:vos|nos) (?:remerciements|salutations), salutations, respectueusement, sincerement, (?:kind|best|warm)
        (?:regards|wishes), sincerely, yours, best, regards
        """
    )
)
_SIGNATURE = re.compile(r"\n ?(?:l[ea']s? ?|la |votre )?[^\n]{3,50}$")
DATE = re.compile(
    whole_words(
        r"""
        (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?, (?:le )?\d{1,2}(?:er)?
        (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre), \d{1,2} ?h(?:
        ?\d{2})?, le (?:1er|[12]?\d|3[01]), (?:fin|debut|mi-?)
        ?(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre), (?:en|courant)
        (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre), demain, aujourd'hui,
        ce (?:matin|midi|soir), cet apres-midi, cette (?:nuit|semaine|apres-midi), hier, d'ici (?:a|le|la|fin|\w+
        jours), sous (?:\w+) (?:heures|jours|semaines), (?:mon|tues|wednes|thurs|fri|satur|sun)days?, tomorrow,
        tonight, today, yesterday, this (?:morning|afternoon|evening|week), \d{1,2}(?::\d\d)? ?(?:am|pm|a\.m|p\.m),
        noon, (?:january|february|march|april|june|july|august|september|october|november|december),
        (?:on|by|until|from) (?:the )?\d{1,2}(?:st|nd|rd|th)?, within \w+ (?:days|hours|weeks), next (?:week|month)
        """
    )
    + r"|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b\d{4}-\d\d-\d\d\b"
)
STEP = re.compile(
    whole_words(
        """
        vous (?:pouvez|pourrez|recevrez|serez), pouvez-vous, il suffit, si vous, peut (?:vous|etre|venir|se faire),
        souhaitez, preferez, reserv\\w+, appel\\w+, ecri(?:re|vez), envo\\w+, rappel\\w+, message prive, gratuit\\w*,
        guichet, accueil, possible, possibilite, en revanche, toutefois, you can, if you, please, call, email, reply,
        free, instead, we(?:'ll| will), counter, office
        """
    )
)
_GROUPS = {
    "you": r"\b(?:vous|votre|vos|you|your)\b|\w{3,}ez\b",
    "we": r"\b(?:nous|notre|nos|we|our|us)\b|\w{3,}ons\b",
    "i": r"\b(?:je|j'|mon|ma|mes|moi|i|my|me)\b",
    "one": r"\bon\b",
    "he": r"\b(?:ils?|elles?|leurs?|eux|lui|they|their|them|his|her|he|she)\b",
    "sorry": whole_words(
        """
        pardon, desolee?s?, excuses?, regret(?:tons|te)?, sorry, apolog\\w+, (?:nous )?comprenons, comprend(?:s)?,
        comprehensible, inquietude, la gene, penible, legitime, utile, merci, understand, thanks?, frustrating, fair
        question
        """
    ),
    "step": STEP.pattern,
    "done": whole_words(
        r"""
        (?:sera|seront|a ete|ont ete|est|sont) (?:\w+ )?(?:\w+e|\w+es|\w+is|\w+it|\w+us|\w+ert), reste(?:nt|ra)?,
        ouvr\w+, rouvr\w+, repare\w*, remplace\w*, pos(?:e|ee|es|er)\w*, will be \w+, has been \w+, was \w+ed
        """
    ),
    "passive": whole_words(
        r"""
        (?:est|sont|sera|seront|a ete|ont ete|etre) (?:\w+e|\w+ee|\w+es|\w+ees|\w+is|\w+ise|\w+it|\w+ite|\w+us),
        (?:is|are|was|were|be|been|being) \w+(?:ed|en)
        """
    ),
    "why": whole_words("car, parce, puisque, en raison, a cause, afin, pour que, because, since, so that, due to, as"),
    "not": r"\b(?:ne|n'|pas|aucune?|sans|not|no|never|cannot)\b|n't\b",
    "very": whole_words(
        """
        tres, si, tellement, tout simplement, vraiment, franchement, so, very, really, truly, simply, just, quite,
        rather
        """
    ),
    "adverb": r"\w{3,}ment\b|\w{3,}ly\b",
    "ask": r"\?",
    "exclaim": r"!",
    "dots": r"\.\.\.",
    "colon": r" ?[:;] ",
    "quoted": r"[«»\"“”]",
    "number": r"\b\d[\d ,.]*",
    "link": r"https?://|www\.",
    "emoji": EMOJI,
    "but": whole_words("mais, pourtant, cependant, sauf, though, but, however"),
    "hedge": whole_words(
        """
        sans doute, surement, peut-etre, bien sur, apparemment, visiblement, donc, enfin, bref, toujours, encore,
        deja, jamais, still, again, always, never, anyway
        """
    ),
    "would": r"\w{3,}(?:rait|rions|raient)\b|\bwould\b",
    "past": r"\b(?:avons|avait|etait|avions|ont|a)\b",
    "future": r"\w{3,}(?:ra|ront|rons|rez)\b|\bwill\b|'ll\b",
    "third": whole_words(
        r"""
        (?:le|la|l'|les|nos|notre|ce|cette|ces|un|une)
        ?(?:metropole|agglo\w*|prefecture|prefet|departement|region|etat|ministere|elus?|maire|adjointe?s?|
        conseiller\w*|direction|directeurs?|collegues?|syndicat|prestataire|entreprise|bailleur|bureau|cabinet|
        architecte|operateur|promoteur|commission|rapport|logiciel|experts?|urbaniste|ingenieurs?|compagnie|
        transporteur|agence|voisins?|monsieur|dame|chef|consultants?|guichet|contractor|county|state|council\w*|
        mayor|committee|board|report|company|agency|department|consultants?|planners?|landlord|developer), (?:the|our)
        (?:\w+ )?(?:contractor|county|state|councillors?|mayor|committee|board|report|company|agency|department|
        consultants?|planners?|landlord|developer|ranger|colleagues?|friends|people)
        """
    ),
    "stance": whole_words(
        r"""
        (?:nous|on) (?:le |la |les |lui |leur |y |en |vous |n'|ne
        )?(?:connai\w+|laiss\w+|gage\w*|croi\w+|croyons|suppos\w+|cherch\w+|imagin\w+|aimer\w+|aim\w+|disons|
        dit|sav\w+|sait|ignor\w+|rejoui\w+|admir\w+|felicit\w+|penchons|doutons|etonn\w+|appreci\w+|demande
        de|assure|pri\w+|dirai\w*), (?:we|one|i) (?:are |would |can |do |must |could
        )?(?:gather|assume|suspect|imagine|told|sure|love|say|trust|wonder|confess|admit|admire|understand|
        suppose|looking|pretend\w*|laugh)
        """
    ),
    "guess": whole_words(
        r"""
        (?:vous|tu) (?:l'|le |en |y |n'|ne |me |nous
        )?(?:savez|sais|connaissez|verrez|verras|imaginez|comprenez|voyez|devinez|devinerez|comprendrez|
        reconnaitrez|apprecierez|aurez|auras|trouverez|meritez|pensez), you(?:'ll| will| may| can|'ve)?
        (?:know|guess\w*|see|imagine|notice\w*|understand|recogni[sz]e|gather\w*|deserve)
        """
    ),
    "none": whole_words(
        """
        personne, rien, jamais, nul(?:le)?, aucune?, plus jamais, seul(?:e|s|es)?, meme, ni, nobody, nothing, never,
        none, nowhere, only, even
        """
    ),
    "contrast": r"[,;] ?(?:lui|elle|eux|elles|nous|celui|celle)(?= ?[,;.]| qui)"
    r"|\b(?:quant a|en revanche|sauf|except)\b",
    "opinion": whole_words(
        r"""
        vrai(?:e|s|es)?, fort (?:\w+), bel(?:le)?s?, beau(?:x)?, joli(?:e|s|es)?, brillant\w*, fidele, prudent\w*,
        elegant\w*, content\w*, laid\w*, curieu\w+, drole\w*, rire, sourire, heureu\w+, malheur\w*, bon sens, betise,
        serieu\w+, nice, lovely, fine, excellent, quite, rather, charming, splendid, laugh\w*, funny, clever, brave,
        bold
        """
    ),
}  # fmt: skip
_PATTERNS = {name: re.compile(pattern) for name, pattern in _GROUPS.items()}
_WORD = re.compile(r"[^\W\d_]+")
NAMES = (
    *_GROUPS, *(f"{name}?" for name in _GROUPS), "date", "date?", "greeting", "closing", "signature", "tu", "letters",
    "words a sentence", "shortest", "longest", "first short", "shouted", "lines", "word length",
)  # fmt: skip


def shape(read: Folded, written: str) -> list[float]:
    """Return one number for each of `NAMES`, most of them from 0 to about 1. `read` is `written`, folded."""
    plain_text = read.text
    words = _WORD.findall(plain_text)
    count = max(1, len(words))
    sentences = [len(_WORD.findall(piece)) for piece in re.split(r"[.!?…\n]+", plain_text) if _WORD.search(piece)] or [
        0
    ]
    counts = [len(pattern.findall(plain_text)) for pattern in _PATTERNS.values()]
    dates = len(DATE.findall(plain_text))
    letters = sum(map(len, words))
    return [
        *(min(1.0, 8 * n / count) for n in counts),
        *(float(n > 0) for n in counts),
        min(1.0, 8 * dates / count),
        float(dates > 0),
        float(bool(GREETING.search(plain_text))),
        float(bool(CLOSING.search(plain_text))),
        float(bool(_SIGNATURE.search(plain_text))),
        float(counted(read, written)[0] > 0),
        math.log1p(len(plain_text)) / 6,
        min(2.0, sum(sentences) / len(sentences) / 20),
        min(2.0, min(sentences) / 10),
        min(2.0, max(sentences) / 30),
        float(sentences[0] <= 3),
        min(1.0, 3 * sum(map(str.isupper, written)) / max(1, len(written))),
        min(1.0, plain_text.count("\n") / 6),
        letters / count / 6,
    ]
