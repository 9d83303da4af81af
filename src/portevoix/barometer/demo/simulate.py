"""Simulates twelve weeks of an invented city's accounts from its character: the same for the same seed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np

from portevoix.barometer.demo.invented import Character, InventedCity, phrases
from portevoix.kernel.labels import Kind
from portevoix.kernel.messages import Direction, Incoming, Media, Writer

ZONE = ZoneInfo("Europe/Paris")
FIRST_DAY, LAST_DAY = date(2026, 8, 31), date(2026, 11, 22)
_WEEKS = 12
_ASKING = frozenset({Kind.QUESTION, Kind.REPORT, Kind.COMPLAINT})
_THANKS = ("Merci, c’est noté.", "Merci ! Et pour la rue d’à côté ?", "D’accord, mais à partir de quand ?", "Parfait.")
# How often people write at each hour of the day, from midnight on.
_HOURS = np.array([1, 1, 0, 0, 0, 1, 3, 7, 9, 8, 8, 8, 10, 9, 8, 8, 8, 9, 11, 11, 10, 9, 6, 3], dtype=float)
_OPENS, _CLOSES = 8, 19
_MOST_REACTIONS = 400


@dataclass(frozen=True, slots=True)
class FedArticle:
    """An article of the city's website. `published` is in UTC."""

    title: str
    url: str
    published: datetime


@dataclass
class Simulation:
    """One city's messages: `messages()` yields them in no particular order, and fills `articles`."""

    city: InventedCity
    seed: int
    articles: list[FedArticle] = field(default_factory=list)
    rng: np.random.Generator = field(init=False)
    _number: int = 0

    def __post_init__(self) -> None:
        name = sha256(f"{self.seed}:{self.city.code}".encode()).digest()
        self.rng = np.random.default_rng(int.from_bytes(name[:8], "big"))

    def messages(self) -> Iterator[Incoming]:
        character = self.city.character
        if not character.networks:
            return
        for _ in range(self.rng.poisson(character.questions * _WEEKS)):
            yield from self._conversation(character)
        for _ in range(self.rng.poisson(character.posts * _WEEKS)):
            yield self._feed_post() if self.rng.random() < character.feed else self._post(character)

    def _conversation(self, character: Character) -> Iterator[Incoming]:
        """Yield a citizen's question and the messages that follow."""
        network = self._pick(character.networks)
        citizen = f"citizen-{self.city.code}-{self.rng.integers(1 + int(character.questions * _WEEKS * 0.8))}"
        question = self._from_citizen(network, citizen, self._instant(_HOURS), self._pick(_questions()))
        yield question
        if self.rng.random() >= character.answered:
            return
        delay = timedelta(hours=float(np.exp(np.log(character.median_h) + character.spread * self.rng.normal())))
        reply = self._reply(question, self._at_work(question.sent_at + delay, character), self._answer(character))
        yield reply
        if self.rng.random() < character.again:
            when = reply.sent_at + timedelta(minutes=float(self.rng.exponential(90)))
            again = self._from_citizen(network, citizen, when, self._pick(_THANKS), to=reply)
            yield again
            later = again.sent_at + timedelta(hours=float(self.rng.exponential(character.median_h)))
            yield self._reply(again, self._at_work(later, character), self._answer(character))

    def _from_citizen(
        self, network: str, citizen: str, sent_at: datetime, text: str, *, to: Incoming | None = None
    ) -> Incoming:
        own = self._id()
        return Incoming(
            channel=network,
            account=self.city.account(network),
            external_id=own,
            direction=Direction.IN,
            author=Writer(citizen),
            sent_at=sent_at,
            text=f"@{self.city.handle} {text}",
            thread=to.thread if to else own,
            in_reply_to=to.external_id if to else "",
            lang="fr",
        )

    def _reply(self, to: Incoming, sent_at: datetime, text: str) -> Incoming:
        return Incoming(
            channel=to.channel,
            account=to.account,
            external_id=self._id(),
            direction=Direction.OUT,
            author=Writer(self.city.handle),
            sent_at=sent_at,
            text=text,
            thread=to.thread,
            in_reply_to=to.external_id,
            lang="fr",
        )

    def _answer(self, character: Character) -> str:
        words = phrases()
        if self.rng.random() < character.boilerplate:
            return words.boilerplate[0]
        rest = max(0.0, 1 - character.neutral - character.cold)
        parts = (character.neutral, character.cold, rest / 3, rest * 2 / 3)
        tone = str(self.rng.choice(("neutral", "cold", "silly", "conniving"), p=np.array(parts) / sum(parts)))
        return f"{self._pick(words.greetings)} {self._pick(_drafts(tone))} {self._pick(words.signatures)}"

    def _post(self, character: Character) -> Incoming:
        words = phrases()
        useful = self.rng.random() < character.useful
        text = self._fill(self._pick(words.useful if useful else words.self_centred))
        hours = _HOURS if character.weekends else _HOURS * (np.arange(24) >= _OPENS) * (np.arange(24) < _CLOSES)
        sent_at = self._at_work(self._instant(hours), character)
        return self._own(self._pick(character.networks), sent_at, text, has_picture=bool(self.rng.random() < 0.5))

    def _feed_post(self) -> Incoming:
        """Return an automatic post about an article: its cut title and its address, some minutes past the hour."""
        title = self._fill(self._pick(phrases().articles))
        article_time = self._instant(_HOURS).replace(minute=0, second=0)
        sent_at = article_time + timedelta(minutes=2, seconds=int(self.rng.integers(40)))
        address = f"https://www.{self.city.handle}.example/actualites/{self._id()}"
        self.articles.append(FedArticle(title, address, article_time))
        return self._own(self.city.character.networks[0], sent_at, f"{title[:60]}… {address}", has_picture=False)

    def _own(self, network: str, sent_at: datetime, text: str, *, has_picture: bool) -> Incoming:
        description = (
            "Une photo du lieu dont parle le message." if self.rng.random() < self.city.character.described else ""
        )
        own = self._id()
        picture = Media(f"https://www.{self.city.handle}.example/{own}.jpg", "image/jpeg", description)
        likes = min(_MOST_REACTIONS, int(self.rng.poisson(1 + self.city.followers / 9_000)))
        return Incoming(
            channel=network,
            account=self.city.account(network),
            external_id=own,
            direction=Direction.OUT,
            author=Writer(self.city.handle),
            sent_at=sent_at,
            text=text,
            thread=own,
            lang="fr",
            media=(picture,) if has_picture else (),
            counts={"likes": likes, "reposts": likes // 4, "replies": likes // 9},
        )

    def _instant(self, hours: np.ndarray) -> datetime:
        day = FIRST_DAY + timedelta(days=int(self.rng.integers((LAST_DAY - FIRST_DAY).days + 1)))
        hour = int(self.rng.choice(24, p=hours / hours.sum()))
        local = datetime.combine(day, time(hour, int(self.rng.integers(60)), int(self.rng.integers(60))), tzinfo=ZONE)
        return local.astimezone(UTC)

    def _at_work(self, instant: datetime, character: Character) -> datetime:
        """Return the next moment within working hours."""
        local = instant.astimezone(ZONE)
        if local.hour >= _CLOSES:
            local = datetime.combine(local.date() + timedelta(days=1), time(_OPENS), tzinfo=ZONE)
        if local.hour < _OPENS:
            local = local.replace(hour=_OPENS)
        while not character.weekends and local.weekday() > 4:
            local += timedelta(days=1)
        if local.hour == _OPENS:
            local = local.replace(minute=int(self.rng.integers(60)), second=int(self.rng.integers(60)))
        return max(instant, local.astimezone(UTC))

    def _fill(self, template: str) -> str:
        words = phrases()
        return template.format(
            place=self._pick(words.places),
            day=self._pick(words.days),
            hour=int(self.rng.integers(9, 21)),
            city=self.city.name,
            agglomeration=self.city.agglomeration,
        )

    def _pick(self, choices: Sequence[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def _id(self) -> str:
        self._number += 1
        return f"{self.city.code.lower()}-{self._number}"


@cache
def _questions() -> tuple[str, ...]:
    """Return the bundled French messages that call for an answer."""
    text = files("portevoix.text.starter").joinpath("messages.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return tuple(row["text"] for row in rows if row["kind"] in _ASKING and row["lang"] == "fr")


@cache
def _drafts(tone: str) -> tuple[str, ...]:
    """Return the bundled French replies of that tone."""
    text = files("portevoix.text.tone").joinpath("drafts.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return tuple(row["text"] for row in rows if row["label"] == tone and row["lang"] == "fr")
