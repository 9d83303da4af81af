"""The steps of an envelope before the record takes it: language, priority, article, the city's rules, labels.

Each step takes frozen values and returns frozen values; a message that fails is set aside with the reason and holds up
no other. Threading is done where the record writes, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db import DatabaseError

from portevoix.exchange.inbound import cached_rule_matcher, link_articles
from portevoix.exchange.prediction import predictors
from portevoix.exchange.result import attempt
from portevoix.exchange.thresholds import as_json, likely_label, sure_label
from portevoix.kernel.errors import PortevoixError, TryLater, internal_error
from portevoix.kernel.messages import Change, Direction, Incoming
from portevoix.record.db.errors import as_bad_input, is_busy
from portevoix.record.operations import Labelled, envelopes, receive
from portevoix.text.labels.features import Texts
from portevoix.text.labels.passages import mentions
from portevoix.text.language import detect
from portevoix.text.routing.matcher import RuleInput
from portevoix.text.routing.routing_rule import format_rule as remembered
from portevoix.text.tokens import digest, with_subject
from portevoix.text.urgency.detector import urgencies

log = structlog.get_logger("portevoix.steps")
EXPECTED_ERRORS = (PortevoixError, DatabaseError)
"""Errors that a message may cause; any other is a bug."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of envelopes that became messages, were set aside, or wait for another try."""

    taken_count: int = 0
    aside: int = 0
    waiting: int = 0


def enrich_envelopes(ids: Sequence[int], *, now: datetime, fresh: Mapping[int, Incoming] | None = None) -> Outcome:
    """Run the steps of these envelopes and store the messages: all together, else one by one.

    `fresh`: the messages of envelopes that were written just now.
    """
    messages = envelopes.read(ids, fresh)
    if not messages:
        return Outcome()
    error = _take(messages, now)
    if error is None:
        return Outcome(taken_count=len(messages))
    if is_busy(error):
        envelopes.free(ids)  # a worker takes them up again
        return Outcome(waiting=len(messages))
    if not isinstance(error, EXPECTED_ERRORS):
        log.error("batch_failed", messages=len(messages), exc_info=error)
    return _one_by_one(messages, now)


def _take(messages: Sequence[tuple[int, Incoming]], now: datetime) -> Exception | None:
    """Label and store the messages; return the exception that prevented it, of whatever kind, or None."""
    result = attempt(lambda: receive(_label(messages), now=now))
    return result if isinstance(result, Exception) else None


def _one_by_one(messages: Sequence[tuple[int, Incoming]], now: datetime) -> Outcome:
    """Store each message by itself, so that a faulty one does not stop the others."""
    taken_count = aside_count = waiting_count = 0
    for message in messages:
        error = _take([message], now)
        if error is None:
            taken_count += 1
        elif is_busy(error):
            envelopes.free([message[0]])
            waiting_count += 1
        elif isinstance(error, TryLater):
            envelopes.put_off(message[0], until=now + error.after)
            waiting_count += 1
        else:
            envelopes.quarantine(message[0], error=_reason(error, message[0]))
            aside_count += 1
    return Outcome(taken_count=taken_count, aside=aside_count, waiting=waiting_count)


def _reason(error: Exception, envelope: int) -> PortevoixError:
    """Return the reason for which a message is set aside, for the person who finds it there."""
    match error:
        case PortevoixError():
            return error
        case DatabaseError():
            return as_bad_input(error)
    log.error("envelope_failed", envelope=envelope, exc_info=error)
    return internal_error(error)


def _label(messages: Sequence[tuple[int, Incoming]]) -> list[Labelled]:
    items = [Labelled(envelope, incoming) for envelope, incoming in messages]
    for step in (_language, _urgency, _tie_articles, _apply_rules, _suggest, _passages, _apply_own_labels):
        items = step(items)
    return items


def _asks(incoming: Incoming) -> bool:
    """Return whether the message is to be labelled: only a citizen's own words are."""
    return incoming.direction is Direction.IN and incoming.change is Change.MESSAGE and not incoming.automatic


def _language(items: list[Labelled]) -> list[Labelled]:
    languages = predictors.labellers().languages
    return [
        replace(item, lang=item.incoming.lang or detect(item.incoming.text, languages)[0])
        if item.incoming.change is Change.MESSAGE
        else item
        for item in items
    ]


def _urgency(items: list[Labelled]) -> list[Labelled]:
    asking = [place for place, item in enumerate(items) if _asks(item.incoming)]
    for place, found in zip(asking, urgencies([items[place].incoming.text for place in asking]), strict=True):
        items[place] = replace(items[place], urgency=found.level)
    return items


def _tie_articles(items: list[Labelled]) -> list[Labelled]:
    """Add the article of the city's website that each message speaks of."""
    messages = link_articles.with_articles([item.incoming for item in items])
    return [
        item if item.incoming is incoming else replace(item, incoming=incoming)
        for item, incoming in zip(items, messages, strict=True)
    ]


def _apply_rules(items: list[Labelled]) -> list[Labelled]:
    """Apply the city's rules, which go before a model's suggestions, and name the rule."""
    matcher = cached_rule_matcher.matcher()
    if matcher is None:
        return items
    matches = [matcher.find(_rule_input(item.incoming)) if _asks(item.incoming) else None for item in items]
    return [
        replace(item, department=hit.rule.department, rule=remembered(hit.rule), rule_words=hit.words) if hit else item
        for item, hit in zip(items, matches, strict=True)
    ]


def _rule_input(incoming: Incoming) -> RuleInput:
    return RuleInput(
        text=with_subject(incoming.subject, incoming.text),
        account=(incoming.channel, incoming.account),
        at=incoming.sent_at,
        article=incoming.about.url if incoming.about else "",
        place=incoming.place,
    )


def _suggest(items: list[Labelled]) -> list[Labelled]:
    """Suggest department, kind and valence for the whole batch at once."""
    asking = [index for index, item in enumerate(items) if _asks(item.incoming)]
    texts = Texts([with_subject(items[index].incoming.subject, items[index].incoming.text) for index in asking])
    labellers = predictors.labellers()
    predictions = {name: model.predict(texts) for name, model in labellers.by_name.items()} if texts else {}
    results = list(items)
    for place, index in enumerate(asking):
        suggestions = {name: per_text[place] for name, per_text in predictions.items()}
        results[index] = replace(
            results[index],
            department=items[index].department or sure_label(suggestions.get("department", ())),
            kind=likely_label(suggestions.get("kind", ())),
            valence=likely_label(suggestions.get("valence", ())),
            suggestions={name: as_json(several) for name, several in suggestions.items()},
        )
    return results


def _passages(items: list[Labelled]) -> list[Labelled]:
    """Add the department of each passage, for messages that speak of several things."""
    labellers = predictors.labellers().by_name
    asking = [index for index, item in enumerate(items) if _asks(item.incoming)]
    passages_per_text = mentions(
        [items[index].incoming.text for index in asking], labellers["department"], labellers["valence"]
    )
    results = list(items)
    for index, passages in zip(asking, passages_per_text, strict=True):
        if passages:
            topics = [passage.as_json() for passage in passages]
            topic_labels = {"topics": topics, "topics_of": digest(items[index].incoming.text)}
            results[index] = replace(items[index], suggestions={**items[index].suggestions, **topic_labels})
    return results


def _apply_own_labels(items: list[Labelled]) -> list[Labelled]:
    """Apply the labels that came with the message: they are certain, and go before rules and models."""
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
