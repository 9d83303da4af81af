"""Analyses one city's messages before they are counted: threads, waits, boilerplate, machines, codes, tones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portevoix.barometer.studies.handles import handle
from portevoix.barometer.studies.loader import Study, StudyCity
from portevoix.barometer.studies.news_feed import read_feed
from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.messages import Addressed, Direction, Incoming
from portevoix.measures.automation import Automation, Trace, find_automatic
from portevoix.measures.schema import Fact
from portevoix.measures.threads import Exchanges, find_numbered_apart, name_of
from portevoix.measures.waits import observe_waits
from portevoix.text.language import TRAINED_LANGUAGES
from portevoix.text.posts import CityPost, Places, PostCodes, code_posts
from portevoix.text.posts.feed_traces import Features, NetworkPost, features
from portevoix.text.similarity.boilerplate import Reply, find_boilerplate
from portevoix.text.tone import check
from portevoix.text.tone.verdict import verdict

type Handle = tuple[str, str]
"""Network and handle of an account."""


@dataclass(frozen=True, slots=True)
class CityAnalysis:
    """Results by message name (`threads.name_of`). `waits` are the first waits that began in the period."""

    exchanges: Exchanges
    boilerplate: frozenset[str]
    automatic: frozenset[str]
    automation: Mapping[Handle, Automation]
    codes: Mapping[str, PostCodes]
    tones: Mapping[str, str]
    waits: Mapping[str, Fact]


def analyse_city(study: Study, city: StudyCity, messages: Sequence[Incoming], clock: ServiceClock) -> CityAnalysis:
    """Analyse a city's messages, in which each message occurs once."""
    exchanges = Exchanges(messages)
    own = [message for message in messages if message.direction is Direction.OUT]
    replies = {name_of(message): message for message in own if exchanges.place(message).citizen}
    boilerplate_ids = find_boilerplate(Reply(key, m.text, exchanges.place(m).citizen) for key, m in replies.items())
    automation = _automation(study, city, own, replies, clock)
    automatic = frozenset(key for evidence in automation.values() for key in evidence.ids)
    return CityAnalysis(
        exchanges=exchanges,
        boilerplate=frozenset(boilerplate_ids),
        automatic=automatic,
        automation=automation,
        codes=dict(zip(map(name_of, own), _codes(study, city, own, replies), strict=True)),
        tones=_tones(replies),
        waits=_waits(study, messages, silent=automatic | boilerplate_ids, clock=clock),
    )


def _tones(replies: Mapping[str, Incoming]) -> dict[str, str]:
    """Return the tone of each reply, computed once per text; replies in neither French nor English get no tone of their
    own.
    """
    tones: dict[str, str] = {}
    for reply in replies.values():
        if reply.text not in tones:
            is_known_language = reply.lang.partition("-")[0].lower() in TRAINED_LANGUAGES
            tones[reply.text] = (
                verdict(reply.text) if is_known_language else check(reply.text, public=True).verdict
            ).tone
    return {key: tones[reply.text] for key, reply in replies.items()}


def _automation(
    study: Study, city: StudyCity, own: Sequence[Incoming], replies: Mapping[str, Incoming], clock: ServiceClock
) -> dict[Handle, Automation]:
    """Find the automation of each account separately: a city may feed one account and write on another."""
    posts = [
        NetworkPost(id=name_of(m), network=m.channel, text=m.text, sent_at=m.sent_at, links=_links(m)) for m in own
    ]
    features_by_id = {one.id: one for one in features(posts, read_feed(study.directory, city.code))}
    traces: dict[Handle, list[Trace]] = {}
    for message in own:
        key = name_of(message)
        trace = _trace(message, features_by_id[key], reply=key in replies, local=message.sent_at.astimezone(clock.zone))
        traces.setdefault((message.channel, message.account), []).append(trace)
    return {account: find_automatic(some) for account, some in traces.items()}


def _trace(message: Incoming, features: Features, *, reply: bool, local: datetime) -> Trace:
    return Trace(
        id=features.id,
        sent_at=local,
        reply=reply,
        mentions=features.mentions,
        lag_s=features.lag_s,
        has_link=features.has_link,
        is_truncated=features.is_truncated,
        is_copy=features.is_copy,
        is_declared=message.automatic,
    )


def _codes(study: Study, city: StudyCity, own: Sequence[Incoming], replies: Mapping[str, Incoming]) -> list[PostCodes]:
    others = [one for one in study.cities if one.code != city.code]
    places = Places(
        city=(city.name,),
        agglomeration=(city.agglomeration,) if city.agglomeration else (),
        others=tuple({text for one in others for text in (one.name, one.agglomeration) if text}),
    )
    return code_posts([CityPost.of(message, reply=name_of(message) in replies) for message in own], places)


def _waits(
    study: Study, messages: Sequence[Incoming], *, silent: frozenset[str] | set[str], clock: ServiceClock
) -> dict[str, Fact]:
    """Return the first waits of the period. Automatic and boilerplate messages do not count as answers, and a city that
    writes to another city does not count as a citizen.
    """
    marked_messages = [replace(m, automatic=True) if name_of(m) in silent else m for m in messages]
    marked_messages = [replace(m, addressed=Addressed.COPY) if _is_city(study, m) else m for m in marked_messages]
    apart = find_numbered_apart(marked_messages)
    together = [
        m if m.channel in apart else replace(m, account="") for m in marked_messages
    ]  # whichever account answers
    facts = observe_waits(together, account=None, until=study.watched_until, clock=clock, timezone=study.timezone)
    names = {
        name_of(one): name_of(message) for one, message in zip(reversed(together), reversed(messages), strict=True)
    }
    return {names[fact.wait]: fact for fact in facts if fact.opened_at >= study.begins}


def _is_city(study: Study, message: Incoming) -> bool:
    """Return whether the author is a city of the study, by the full handle: on another Mastodon server, a citizen may
    have the city's name.
    """
    name = message.author.handle or message.author.id
    account = study.account_of(message.channel, name, message.sent_at) if message.direction is Direction.IN else None
    return account is not None and account.handle == handle(message.channel, name)


def _links(message: Incoming) -> tuple[str, ...]:
    return (message.about.url,) if message.about else ()
