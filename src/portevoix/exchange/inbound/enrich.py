"""What happens to an envelope before the record takes it: language, priority, article, the city's rules, labels.

Each step goes from a frozen value to a frozen value; what fails is set aside with its reason and holds up nothing.
Threading is done where the record writes, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db import DatabaseError

from portevoix.exchange.inbound import link_articles, rules
from portevoix.exchange.prediction import predictors
from portevoix.exchange.result import attempt
from portevoix.exchange.thresholds import likely, sure, written
from portevoix.kernel.errors import PortevoixError, TryLater, fault
from portevoix.kernel.messages import Change, Direction, Incoming
from portevoix.record.db.errors import busy, told
from portevoix.record.operations import Labelled, envelopes, receive
from portevoix.text.labels.features import Texts
from portevoix.text.labels.passages import mentions
from portevoix.text.language import detect
from portevoix.text.routing.matcher import Said
from portevoix.text.routing.rules import written as remembered
from portevoix.text.tokens import digest, whole
from portevoix.text.urgency.detector import urgency

log = structlog.get_logger("portevoix.steps")
EXPECTED = (PortevoixError, DatabaseError)
"""What a message may bring about; everything else is a fault of ours."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many envelopes became messages, were set aside, or wait for another try."""

    taken: int = 0
    aside: int = 0
    waiting: int = 0


def run(ids: Sequence[int], *, now: datetime, fresh: Mapping[int, Incoming] | None = None) -> Outcome:
    """Runs the steps of these envelopes and has the record take them: all together, else one by one.

    `fresh`: the messages of those that were written just now.
    """
    messages = envelopes.read(ids, fresh)
    if not messages:
        return Outcome()
    error = _take(messages, now)
    if error is None:
        return Outcome(taken=len(messages))
    if busy(error):
        envelopes.free(ids)  # a worker takes them up again
        return Outcome(waiting=len(messages))
    if not isinstance(error, EXPECTED):
        log.error("batch_failed", messages=len(messages), exc_info=error)
    return _one_by_one(messages, now)


def _take(messages: Sequence[tuple[int, Incoming]], now: datetime) -> Exception | None:
    """What came in the way, whatever it was: it is told with the message that it concerns, and the others go on."""
    came = attempt(lambda: receive(_label(messages), now=now))
    return came if isinstance(came, Exception) else None


def _one_by_one(messages: Sequence[tuple[int, Incoming]], now: datetime) -> Outcome:
    """Each message stands for itself: what is wrong with one keeps no other from being taken."""
    taken = aside = waiting = 0
    for message in messages:
        error = _take([message], now)
        if error is None:
            taken += 1
        elif busy(error):
            envelopes.free([message[0]])
            waiting += 1
        elif isinstance(error, TryLater):
            envelopes.put_off(message[0], until=now + error.after)
            waiting += 1
        else:
            envelopes.quarantine(message[0], error=_reason(error, message[0]))
            aside += 1
    return Outcome(taken=taken, aside=aside, waiting=waiting)


def _reason(error: Exception, envelope: int) -> PortevoixError:
    """Why a message is set aside, for the person who finds it there."""
    match error:
        case PortevoixError():
            return error
        case DatabaseError():
            return told(error)
    log.error("envelope_failed", envelope=envelope, exc_info=error)
    return fault(error)


def _label(messages: Sequence[tuple[int, Incoming]]) -> list[Labelled]:
    items = [Labelled(envelope, incoming) for envelope, incoming in messages]
    for step in (_language, _urgency, _tied, _ruled, _suggest, _passages, _known):
        items = step(items)
    return items


def _asks(incoming: Incoming) -> bool:
    """Only a citizen's own words are labelled."""
    return incoming.direction is Direction.IN and incoming.change is Change.MESSAGE and not incoming.automatic


def _language(items: list[Labelled]) -> list[Labelled]:
    allowed = predictors.labellers().languages
    return [
        replace(item, lang=item.incoming.lang or detect(item.incoming.text, allowed)[0])
        if item.incoming.change is Change.MESSAGE
        else item
        for item in items
    ]


def _urgency(items: list[Labelled]) -> list[Labelled]:
    return [
        replace(item, urgency=urgency(item.incoming.text).level) if _asks(item.incoming) else item for item in items
    ]


def _tied(items: list[Labelled]) -> list[Labelled]:
    """The article of the city's website that a message speaks of."""
    tied = link_articles.tied([item.incoming for item in items])
    return [
        item if item.incoming is incoming else replace(item, incoming=incoming)
        for item, incoming in zip(items, tied, strict=True)
    ]


def _ruled(items: list[Labelled]) -> list[Labelled]:
    """What the city wrote itself goes before what a model thinks, and says by which rule."""
    matcher = rules.matcher()
    if matcher is None:
        return items
    found = [matcher.find(_said(item.incoming)) if _asks(item.incoming) else None for item in items]
    return [
        replace(item, department=one.rule.department, rule=remembered(one.rule), rule_words=one.words) if one else item
        for item, one in zip(items, found, strict=True)
    ]


def _said(incoming: Incoming) -> Said:
    return Said(
        text=whole(incoming.subject, incoming.text),
        account=(incoming.channel, incoming.account),
        at=incoming.sent_at,
        article=incoming.about.url if incoming.about else "",
        place=incoming.place,
    )


def _suggest(items: list[Labelled]) -> list[Labelled]:
    """Suggests department, kind and valence, in one go for the batch."""
    asking = [index for index, item in enumerate(items) if _asks(item.incoming)]
    texts = Texts([whole(items[index].incoming.subject, items[index].incoming.text) for index in asking])
    labellers = predictors.labellers()
    found = {name: model.predict(texts) for name, model in labellers.by_name.items()} if texts else {}
    labelled = list(items)
    for place, index in enumerate(asking):
        suggestions = {name: predicted[place] for name, predicted in found.items()}
        labelled[index] = replace(
            labelled[index],
            department=items[index].department or sure(suggestions.get("department", ())),
            kind=likely(suggestions.get("kind", ())),
            valence=likely(suggestions.get("valence", ())),
            suggestions={name: written(several) for name, several in suggestions.items()},
        )
    return labelled


def _passages(items: list[Labelled]) -> list[Labelled]:
    """Which department each passage is about, of messages that speak of several things."""
    labellers = predictors.labellers().by_name
    asking = [index for index, item in enumerate(items) if _asks(item.incoming)]
    found = mentions([items[index].incoming.text for index in asking], labellers["department"], labellers["valence"])
    labelled = list(items)
    for index, passages in zip(asking, found, strict=True):
        if passages:
            topics = [passage.as_json() for passage in passages]
            known = {"topics": topics, "topics_of": digest(items[index].incoming.text)}
            labelled[index] = replace(items[index], suggestions={**items[index].suggestions, **known})
    return labelled


def _known(items: list[Labelled]) -> list[Labelled]:
    """What the message's own labels say is known to be true: it goes before rules and models."""
    return [
        replace(
            item,
            department=str(labels.get("department") or item.department),
            rule=item.rule if labels.get("department") in (None, "", item.department) else {},
            kind=str(labels.get("kind") or item.kind)[:32],
            valence=str(labels.get("valence") or item.valence)[:16],
            suggestions={name: several for name, several in item.suggestions.items() if not labels.get(name)},
        )
        if (labels := item.incoming.labels)
        else item
        for item in items
    ]
