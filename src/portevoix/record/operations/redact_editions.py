"""Takes a person out of stored editions of the journal: quotations, gists, and words and phrases only they used.

Figures stay. Editions are read by their shape alone: an entry about a conversation has its number as `conversation`,
one about several has their numbers as `conversations`.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from django.db.models import QuerySet

from portevoix.kernel.clock import week_bounds
from portevoix.kernel.messages import Direction
from portevoix.record.edition_words import index_edition
from portevoix.record.models import City, Edition, FindingAnswer, Message, PublicFinding
from portevoix.record.operations.editions import lock_editions
from portevoix.text.privacy.person_removal import NOBODY, Identity, remove_person
from portevoix.text.tokens import fold, stem, tokens

MARKS = "=,;:.…?!«»“”"
"""Marks around words of titles, and before names of places among the terms of a subject."""

GONE = "…"
"""Instead of an answer of which nothing is left."""


def redact_editions(
    *, conversations: Set[int], said: Mapping[str, Iterable[str]], since: str = "", person: Identity = NOBODY
) -> int:
    """Redact the editions, of the week `since` and later ones, once the messages are empty; return how many changed.

    `said`: the person's texts by week, as they were. `person` is taken out of what departments answered.
    """
    lock_editions()
    timezone, count = City.objects.get().timezone, 0
    said_stems = {week: _stems(texts) for week, texts in said.items()}
    rows = Edition.objects.filter(week__gte=since)
    for row in rows.order_by("pk").iterator(chunk_size=50):
        words = _only_theirs(row, said_stems.get(row.week, frozenset()), timezone)
        words |= set(_find_unsaid(row.content, conversations))
        content = _without_person(_without(row.content, conversations, words), person)
        if content != row.content:
            content = _without_rewordings(content)
            nameless = set(_find_named(row.content)) - set(_find_named(content))
            PublicFinding.objects.filter(edition=row.pk, finding__in=nameless).delete()
            Edition.objects.filter(pk=row.pk).update(content=content, search=index_edition(content))
            count += 1
    redact_answers(person)
    return count


def redact_answers(person: Identity) -> None:
    """Take a person out of what departments answered, with the editions locked. Signatures are colleagues'."""
    if person == NOBODY:
        return
    for row in FindingAnswer.objects.exclude(text="").only("text").iterator(chunk_size=500):
        text = remove_person(row.text, person)
        if text != row.text:
            FindingAnswer.objects.filter(pk=row.pk).update(text=text or GONE)


def _without_person(content: dict[str, Any], person: Identity) -> dict[str, Any]:
    """Return an edition without the person in the answers with which it opens."""
    if person == NOBODY:
        return content
    sections = [
        {**each, "rows": [{**row, "text": remove_person(row["text"], person)} for row in each["rows"]]}
        if each["kind"] == "answered"
        else each
        for each in content["sections"]
    ]
    return {**content, "sections": sections}


def _without(value: Any, conversations: Set[int], words: Set[str]) -> Any:
    """Return the value without entries about these conversations, and without these words."""
    if isinstance(value, list):
        if not any(isinstance(each, dict | list) for each in value[:1]):
            return value  # thousands of numbers of messages: an erasure reads all editions of all years
        return [_without(each, conversations, words) for each in value if not _goes(each, conversations, words)]
    if not isinstance(value, dict):
        return value
    rest = {key: _without(each, conversations, words) for key, each in value.items()}
    if rest.get("conversation") in conversations and "gist" in rest:
        rest["gist"] = ""
    if "phrase" in rest and (rest["phrase"] in words or conversations.issuperset(rest.get("conversations", ()))):
        rest["phrase"] = ""
    if "terms" in rest and not conversations.isdisjoint(rest.get("conversations", ())):
        rest["terms"] = rest["centre"] = []  # nobody reads them once the edition is stored
    return rest


def _without_rewordings(value: Any) -> Any:
    """Return the value without what a language model made of it: nobody knows whose words are in that."""
    if isinstance(value, list):
        return [_without_rewordings(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: [] if key == "rewordings" else _without_rewordings(each) for key, each in value.items()}


def _find_named(value: Any) -> Iterator[str]:
    """Yield the ids of the findings that have a name, in citizens' words."""
    if isinstance(value, dict) and value.get("phrase") and "finding" in value:
        yield value["id"]
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _find_named(each)


def _goes(entry: Any, conversations: Set[int], words: Set[str]) -> bool:
    """Return whether the entry is to be removed: quotations and words are, promises stay."""
    if not isinstance(entry, dict):
        return False
    is_quotation = entry.get("conversation") in conversations and "text" in entry
    return is_quotation or ("word" in entry and entry["word"] in words)


def _only_theirs(row: Edition, said: Set[str], timezone: str) -> Set[str]:
    """Return the words of the edition that only this person used that week."""
    if not said:
        return frozenset()
    since, until = week_bounds(row.week, timezone)
    words = set(_find_words(row.content))
    theirs = {word for word in words if _stems([word]) <= said}
    week = Message.objects.filter(sent_at__gte=since, sent_at__lt=until, direction=Direction.IN)
    return {word for word in theirs if not holding(week, word).exists()}


def _find_unsaid(value: Any, conversations: Set[int]) -> Iterator[str]:
    """Yield phrases of entries about these conversations of which a word stands in no message that is left of them."""
    if isinstance(value, dict) and value.get("phrase") and not conversations.isdisjoint(value.get("conversations", ())):
        left = Message.objects.filter(conversation__in=value["conversations"], direction=Direction.IN)
        if not is_said(value["phrase"], left):
            yield value["phrase"]
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _find_unsaid(each, conversations)


def is_said(words: str, said: QuerySet[Message]) -> bool:
    """Return whether each of these words is in one of the messages: in any ending, or with the same figures."""
    return all(
        (holding(said, word) if word.isalpha() else said.filter(search__contains=fold(word))).exists()
        for each in words.split()
        if (word := each.strip(MARKS))
    )


def _find_words(value: Any) -> Iterator[str]:
    """Yield the words and phrases of citizens in an edition that stand there without a quotation."""
    if isinstance(value, dict):
        yield from (value[key] for key in ("word", "phrase") if value.get(key))
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _find_words(each)


def holding(messages: QuerySet[Message], word: str) -> QuerySet[Message]:
    """Return those of the messages that have a word, or all words of a phrase, in any ending."""
    for part in _stems([word]):
        messages = messages.filter(search__contains=part)
    return messages


def _stems(texts: Iterable[str]) -> Set[str]:
    """Return the words of the texts without their endings."""
    return {stem(token) for text in texts for token in tokens(text, stop=False)}
