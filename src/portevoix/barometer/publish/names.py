"""What pillars and indicators are called on a chart: short, and plain enough for whoever reads a newspaper.

Their formulas and sources are the catalogue's (`portevoix.measures.indicators`); a code that has no name here has the
catalogue's label, and failing that stands for itself.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from portevoix.kernel.i18n import gettext_noop

PILLARS: Mapping[str, str] = {
    "reactivity": gettext_noop("Reactivity"),
    "conversation": gettext_noop("Conversation"),
    "content": gettext_noop("Content"),
    "presence": gettext_noop("Presence"),
    "automation": gettext_noop("Automation"),
    "audience": gettext_noop("Audience"),
}
MEANINGS: Mapping[str, str] = {
    "reactivity": gettext_noop("How soon citizens who speak to the city get a first reply by a person."),
    "conversation": gettext_noop("Whether the city talks with citizens, with how many, and how it sounds."),
    "content": gettext_noop("What the city publishes of its own accord, and how regularly."),
    "presence": gettext_noop("Which accounts the city has, and whether it says itself that they are its own."),
    "automation": gettext_noop("How much is published by a machine, as the posts themselves give it away."),
    "audience": gettext_noop("How many follow. Shown for what it is: never part of the quality score."),
}
RANKINGS: Mapping[str, str] = {
    "quantitative": gettext_noop("Quantitative"),
    "qualitative": gettext_noop("Qualitative"),
    "general": gettext_noop("General"),
}
RANKING_MEANINGS: Mapping[str, str] = {
    "quantitative": gettext_noop("Audience alone: followers, and followers per inhabitant."),
    "qualitative": gettext_noop("The score of this page: how citizens are served."),
    "general": gettext_noop("Both together, as the study of 2013 did."),
}
INDICATORS: Mapping[str, str] = {
    "presence.account": gettext_noop("Has an account"),
    "presence.accounts": gettext_noop("Accounts"),
    "presence.official": gettext_noop("Accounts with evidence that they are the city’s"),
    "presence.community_manager": gettext_noop("Has a community manager"),
    "reactivity.f1h": gettext_noop("First reply within 1 hour"),
    "reactivity.f8h": gettext_noop("First reply within 8 hours"),
    "reactivity.f24h": gettext_noop("First reply within 24 hours"),
    "reactivity.f72h": gettext_noop("First reply within 72 hours"),
    "reactivity.f1h.service": gettext_noop("First reply within 1 opening hour"),
    "reactivity.f8h.service": gettext_noop("First reply within 8 opening hours"),
    "reactivity.f24h.service": gettext_noop("First reply within 24 opening hours"),
    "reactivity.f72h.service": gettext_noop("First reply within 72 opening hours"),
    "reactivity.answered": gettext_noop("Questions answered in the end"),
    "reactivity.restricted_mean": gettext_noop("Mean wait, counted up to 72 hours"),
    "conversation.reply_share": gettext_noop("Replies among the city’s posts"),
    "conversation.depth": gettext_noop("Replies per conversation"),
    "conversation.citizens": gettext_noop("Citizens who got an answer"),
    "conversation.neutral": gettext_noop("Replies in a neutral tone"),
    "conversation.silly": gettext_noop("Replies that sound silly"),
    "conversation.conniving": gettext_noop("Replies that sound conniving"),
    "conversation.cold": gettext_noop("Replies that sound cold"),
    "conversation.described": gettext_noop("Images described for blind readers"),
    "conversation.plain": gettext_noop("Posts in plain language"),
    "content.service": gettext_noop("Posts that give service information"),
    "content.event_announced": gettext_noop("Posts that announce an event"),
    "content.event_covered": gettext_noop("Posts that report on an event"),
    "content.alert": gettext_noop("Posts that give an alert"),
    "content.consultation": gettext_noop("Posts that ask for citizens’ views"),
    "content.symbolic": gettext_noop("Posts on ceremonies and symbols"),
    "content.relay": gettext_noop("Posts that pass on somebody else’s"),
    "content.answer": gettext_noop("Posts that answer a question put to the city"),
    "content.photo": gettext_noop("Posts with a photo"),
    "content.video": gettext_noop("Posts with a video"),
    "content.link": gettext_noop("Posts with a link"),
    "content.text": gettext_noop("Posts of text alone"),
    "content.city": gettext_noop("Posts on the city"),
    "content.agglomeration": gettext_noop("Posts on the agglomeration"),
    "content.elsewhere": gettext_noop("Posts on elsewhere"),
    "content.self_centred": gettext_noop("Posts in which the city speaks of itself"),
    "content.posts_per_day": gettext_noop("Posts a day"),
    "content.regularity": gettext_noop("Days with a post"),
    "content.off_hours": gettext_noop("Posts at night and at weekends"),
    "automation.share": gettext_noop("Posts published by a machine"),
    "audience.followers": gettext_noop("Followers"),
    "audience.reach": gettext_noop("Followers per inhabitant"),
    "audience.ratio": gettext_noop("Accounts followed for each follower"),
}
YES_OR_NO = frozenset({"presence.account", "presence.community_manager"})
"""Of a city these are 1 or 0; of the study they are shares."""
SCOPES: Mapping[str, str] = {
    "city": gettext_noop("the city’s own"),
    "agglomeration": gettext_noop("shared with the agglomeration"),
    "other": gettext_noop("of another body"),
}
SIGNS: Mapping[str, str] = {
    "feed": gettext_noop("its posts repeat the city’s news feed"),
    "lag": gettext_noop("they follow the feed after the same lag"),
    "minute": gettext_noop("they come at the same minute of the hour"),
    "truncation": gettext_noop("they are cut off as a machine cuts"),
    "copies": gettext_noop("the same posts stand on other networks"),
    "no_replies": gettext_noop("it never replies"),
}


def named(names: Mapping[str, str], code: str, fallback: str = "") -> str:
    """The translated name of a code; one that nobody named has the fallback, translated too, or stands for itself."""
    found = names.get(code) or fallback
    return _(found) if found else code
