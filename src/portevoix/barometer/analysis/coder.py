"""Turns a city's messages into coded posts, which hold only what can be counted: no text and no name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from hashlib import blake2b
from typing import TypedDict

from portevoix.barometer.analysis.city_analysis import Handle, Readings, read_city
from portevoix.barometer.studies.loader import Study, StudyCity
from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.messages import Direction, Incoming, Media
from portevoix.measures.automation import Automation
from portevoix.measures.posts import Post
from portevoix.measures.schema import Fact
from portevoix.measures.threads import citizen_of, name_of
from portevoix.text.posts import PostCodes

_NOT_CODED = PostCodes(function="", form="", territory="", self_centred=False, plain=False)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Coded:
    """One city's posts of the period, and how its accounts behave, by network and handle."""

    posts: tuple[Post, ...]
    automation: Mapping[Handle, Automation]


class Coder:
    """Codes one city after the other. `key` makes the hashes: without it nobody can tell whose row it is."""

    def __init__(self, study: Study, *, key: bytes) -> None:
        self._study, self._key = study, key
        self._clock = ServiceClock(study.hours)

    def code(self, city: StudyCity, messages: Sequence[Incoming]) -> Coded:
        """Code all messages of a city, each given once. Messages before the period only serve to build threads."""
        readings = read_city(self._study, city, messages, self._clock)
        posts = [self._post(city, one, readings) for one in messages if one.sent_at >= self._study.begins]
        return Coded(tuple(posts), readings.automation)

    def _post(self, city: StudyCity, message: Incoming, readings: Readings) -> Post:
        own, place = name_of(message), readings.exchanges.place(message)
        outbound = message.direction is Direction.OUT
        local = message.sent_at.astimezone(self._clock.zone)
        codes = readings.codes.get(own, _NOT_CODED)
        pictures = [media for media in message.media if _is_picture(media)] if outbound else []
        return Post(
            city=city.code,
            network=message.channel,
            account=message.account,
            post=self._hash(own),
            thread=self._hash(place.thread),
            author=0 if outbound else self._hash(citizen_of(message)),
            outbound=outbound,
            sent_at=message.sent_at.astimezone(UTC),
            day=local.date(),
            minute=local.minute,
            off_hours=not self._clock.elapsed(message.sent_at, message.sent_at + _SECOND),
            reply=bool(place.citizen),
            citizen=self._hash(place.citizen) if place.citizen else 0,
            automatic=own in readings.automatic,
            boilerplate=own in readings.boilerplate,
            function=codes.function,
            form=codes.form,
            territory=codes.territory,
            self_centred=codes.self_centred,
            plain=codes.plain,
            tone=readings.tones.get(own, ""),
            images=len(pictures),
            images_described=sum(bool(media.alt.strip()) for media in pictures),
            likes=message.counts.get("likes", 0),
            reposts=message.counts.get("reposts", 0),
            comments=message.counts.get("replies", 0),
            **_wait_columns(readings.waits.get(own)),
        )

    def _hash(self, text: str) -> int:
        """Return a keyed hash of 63 bits."""
        return int.from_bytes(blake2b(text.encode(), key=self._key, digest_size=8).digest(), "big") >> 1


class _WaitColumns(TypedDict, total=False):
    wait: bool
    first_elapsed_s: int | None
    first_service_s: int | None
    censored_elapsed_s: int
    censored_service_s: int


def _wait_columns(fact: Fact | None) -> _WaitColumns:
    """Return the columns of a wait; none where no first wait began."""
    if fact is None:
        return {}
    return {
        "wait": True,
        "first_elapsed_s": fact.first_elapsed_s,
        "first_service_s": fact.first_service_s,
        "censored_elapsed_s": fact.censored_elapsed_s,
        "censored_service_s": fact.censored_service_s,
    }


def _is_picture(media: Media) -> bool:
    """Return whether an attachment is a picture. One without a type counts as a picture, as most are."""
    return not media.type or media.type.startswith("image")
