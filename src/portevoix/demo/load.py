"""Loads Valmont-sur-Loire into an empty record, by the same operations as any city."""

import json
import secrets
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from portevoix.demo import timeline
from portevoix.exchange.inbound import poller
from portevoix.journal.editions.weeks import shift_week
from portevoix.journal.storage.stored_editions import store_week
from portevoix.kernel.clock import ServiceClock, week_of
from portevoix.kernel.labels import CALLING_KINDS
from portevoix.kernel.messages import Direction, Incoming, ReplyKind, Writer
from portevoix.kernel.policy import parse_policy
from portevoix.record.operations import accounts, city, close, rules
from portevoix.record.queries import demo as queries
from portevoix.text.routing.routing_rule import parse_rule

Tell = Callable[[str], None]
OPEN_PERIOD = timedelta(weeks=1)
FORGETTING_PERIOD = timedelta(weeks=5)
FORGOTTEN_INTERVAL = 9
"""One in so many questions of the last weeks that nobody answered was forgotten, not closed: the inbox shows it."""
PROMISED_TODAY = 2


WEEKS_STORED = 3
"""Past weeks whose editions are stored, as the worker would have on each Monday."""


def prepare(mark: Path, *, now: datetime, tell: Tell) -> dict[str, Any]:
    """Return the sign-ins and the shift in weeks; load the city first, unless `mark` holds them already."""
    if content := mark.read_text(encoding="utf-8"):
        sign_ins: dict[str, Any] = json.loads(content)
        return sign_ins
    setup = tomllib.loads(timeline.text("city.toml"))
    today = now.astimezone(timeline.ZONE).date()
    weeks = timeline.weeks_to(today - timedelta(days=today.weekday()))
    password = f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.randbelow(9000) + 1000}"
    tell("Founding Valmont-sur-Loire…")
    _set_up_city(setup, password, now)
    tell("Taking in twelve weeks of messages…")
    messages = timeline.timeline(weeks)
    _take([message for message in messages if message.sent_at <= now], weeks, now)
    _close_old(now)
    _promise_today(setup, now)
    _take(_dangers(now), weeks, now)
    tell("Writing the journal of the last weeks…")
    for back in range(WEEKS_STORED, 0, -1):
        store_week(shift_week(week_of(now, setup["timezone"]), -back), now=now)
    colleagues = [{key: c[key] for key in ("name", "email", "role")} for c in setup["colleague"]]
    sign_ins = {"weeks": weeks, "password": password, "colleagues": colleagues}
    mark.write_text(json.dumps(sign_ins), encoding="utf-8")
    return sign_ins


class Release:
    """A job of the worker: takes in messages that are due by now, except replies that a person has given already.

    The first run goes through all messages, as the demonstration may have been closed for any time; known ones are not
    taken twice.
    """

    def __init__(self, weeks: int) -> None:
        self.weeks = weeks
        self.upto = datetime.min.replace(tzinfo=UTC)

    def run(self, now: datetime) -> int:
        due = [m for m in timeline.timeline(self.weeks) if self.upto < m.sent_at <= now]
        self.upto = now
        return _take([message for message in due if not _has_reply(message)], self.weeks, now) if due else 0


def _has_reply(message: Incoming) -> bool:
    return message.direction is Direction.OUT and queries.replied_here(message.account, message.in_reply_to)


def _set_up_city(setup: dict[str, Any], password: str, now: datetime) -> None:
    city.found_city(name=setup["name"], timezone=setup["timezone"], language=setup["language"], now=now)
    city.save_policy(text=setup["policy"].lstrip(), by=None, now=now)
    for department in tomllib.loads(timeline.text("departments.toml"))["department"]:
        city.save_department(**department, by=None)
    colleagues = [city.save_contact(**colleague, by=None) for colleague in setup["colleague"]]
    city.give_password(colleagues, password)
    fields = {key: setup[key] for key in ("name", "timezone", "language", "languages", "accent", "site")}
    city.change_city(**fields, by=colleagues[-1])
    for channel, address in sorted({(m.channel, m.account) for m in timeline.timeline(0)}):
        accounts.connect(
            channel=channel,
            address=address,
            connector="fake",
            settings={"secret": secrets.token_urlsafe(32), "site": address} if channel == "webform" else {},
            secret={"secret"},
            by=None,
            now=now,
        )
    for rule in setup["rule"]:
        rules.save(rule=parse_rule(rule, rule["department"]), by=None, now=now)


def _take(messages: Iterable[Incoming], weeks: int, now: datetime) -> int:
    """Take messages in; return how many are new.

    The current week comes without labels, as in a real city, so that the router suggests them.
    """
    this_week = timeline.move(datetime.combine(timeline.LAST_MONDAY, datetime.min.time(), timeline.ZONE), weeks)
    batch = [replace(m, labels={}) if m.sent_at >= this_week else m for m in messages]
    parts = ([m for m in batch if m.sent_at < this_week], [m for m in batch if m.sent_at >= this_week])
    return sum(page.new for part in parts for page in poller.take_messages(part, now=now))


def _close_old(now: datetime) -> None:
    """Close old conversations without an answer some days later, except a few forgotten questions."""
    host = queries.colleague("jeanne@valmont-sur-loire.example")
    for number, row in enumerate(queries.open_before(now - OPEN_PERIOD)):
        asks = row.kind in CALLING_KINDS and row.last_message_at > now - FORGETTING_PERIOD
        if number % FORGOTTEN_INTERVAL or not asks:
            close(conversation=row.pk, by=host, now=row.last_message_at + timedelta(days=4), why="")


def _promise_today(setup: dict[str, Any], now: datetime) -> None:
    """Promise an answer for today in two conversations, so that there is something to do on any day."""
    clock = ServiceClock(parse_policy(setup["policy"].lstrip()))
    wall = now.astimezone(timeline.ZONE)
    evening = wall.replace(hour=18, minute=0, second=0, microsecond=0)
    if wall >= evening - timedelta(hours=1):
        evening = wall.replace(hour=23, minute=30, second=0, microsecond=0)
    replies = []
    for number, row in enumerate(queries.open_questions(now, limit=PROMISED_TODAY)):
        message = queries.first_message(row)
        sent_at = _last_open(clock, row.last_message_at, now)
        replies.append(
            Incoming(
                channel=row.account.channel,
                account=row.account.address,
                external_id=f"r-today-{number}",
                direction=Direction.OUT,
                author=Writer(row.account.address, name="Claire"),
                sent_at=sent_at,
                text=_HOLDING[number].format(hour=f"{evening:%H h %M}".replace(" 00", "")),
                lang="fr",
                in_reply_to=message.external_id or "",
                visibility=message.visibility,
                reply_kind=ReplyKind.HOLDING,
                promised_at=evening,
            )
        )
    for _ in poller.take_messages(replies, now=now):
        pass


def _dangers(now: datetime) -> list[Incoming]:
    """Return two calls for help of some minutes ago, so that any day shows how danger goes to the top."""
    return [
        Incoming(
            channel=channel,
            account=account,
            external_id=f"today-danger-{number}",
            direction=Direction.IN,
            author=writer,
            sent_at=now - ago,
            text=text,
            lang="fr",
        )
        for number, (channel, account, writer, ago, text) in enumerate(_DANGERS)
    ]


def _last_open(clock: ServiceClock, after: datetime, now: datetime) -> datetime:
    """Return some minutes after the question, within opening hours if there were any since."""
    due = clock.due_at(after, 20 * 60)
    return min(due, now - timedelta(minutes=1)).astimezone(UTC)


_HOLDING = (
    "Bonjour, nous avons transmis votre message au service concerné et nous vous répondons aujourd'hui avant {hour}.",
    "Bonjour, la réponse demande une vérification sur place. Nous revenons vers vous aujourd'hui avant {hour}.",
)
_DANGERS = (
    (
        "x",
        "@VilleValmont",
        Writer("citizen-today-0", handle="maman_desquais44"),
        timedelta(minutes=9),
        "@VilleValmont Ça sent très fort le gaz devant l'école des Ardoisières, côté cantine. On est plusieurs parents "
        "devant la grille, on fait quoi ??",
    ),
    (
        "facebook",
        "VilleValmont",
        Writer("citizen-today-1", name="Gérard P."),
        timedelta(minutes=26),
        "Bonjour, depuis le coup de vent un câble électrique pend au-dessus du trottoir, quai des Chalands, à hauteur "
        "de tête. Des gamins jouent au ballon juste à côté. Il faudrait envoyer quelqu'un rapidement, merci.",
    ),
)
# Short, so that no password is by chance like a colleague's name or address, which would be refused.
_WORD_LIST = """
    chaland gabare levee tuile ardoise saule heron brochet ecluse quai beffroi halle verger tilleul grenier clocher
    pavois ruelle venelle jardin lavoir moulin
"""
_WORDS = _WORD_LIST.split()
