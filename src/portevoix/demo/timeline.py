"""Twelve weeks of Valmont-sur-Loire, shifted in time so that the last of them is the current one."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from portevoix.kernel.interchange import read_line
from portevoix.kernel.messages import Direction, Incoming, ReplyKind, Writer

LAST_MONDAY = date(2026, 11, 16)
"""Monday of the last week, as the files have it."""
_SIGNATURE = re.compile(r"(?:[A-ZÉÈ]\. ?|[A-ZÉÈÎ][\w’'-]+ ){1,2}(?:(?:de|du|Le|La) )?[A-ZÉÈ][\w’'-]+")
_HOSTS = ("Claire", "Mehdi", "Jeanne")
_NOUNS = (
    "lili",
    "papi",
    "veloduchemin",
    "mamie",
    "titi",
    "zaza",
    "leo",
    "nana",
    "tonton",
    "momo",
    "fifi",
    "juju",
    "kiki",
)
_PLACES = ("_loire", ".quais", "_portneuf", "_saintclair", "44", "_tuileries", "_valmont", ".levee", "_", "du49")
_NAMES = """
    Lucie Karim Brigitte Thomas Inès Gérard Nadia Julien Monique Yanis Sophie Patrick Aïcha Quentin Josiane Hugo Fatou
    Didier Camille Rachid Nathalie Enzo Sylvie Mathieu Chantal Moussa Laure Bernard Amina Étienne Corinne
"""
_FIRST_NAMES = _NAMES.split()
ZONE = ZoneInfo("Europe/Paris")


def text(name: str) -> str:
    """Return the content of a bundled file of the demonstration."""
    return files("portevoix.demo").joinpath(name).read_text(encoding="utf-8")


def lines(name: str) -> Iterator[str]:
    return iter(text(name).splitlines())


def weeks_to(monday: date) -> int:
    """Return by how many weeks the files' dates move, for their last week to begin on `monday`."""
    return (monday - LAST_MONDAY).days // 7


@cache
def timeline(weeks: int) -> tuple[Incoming, ...]:
    """Return all messages of citizens and of the city, in order, moved by whole weeks of wall time."""
    questions = {
        message.external_id: named(message)
        for name in ("messages.jsonl", "followups.jsonl")
        for number, line in enumerate(lines(name), 1)
        for message in [read_line(line, number)]
    }
    messages = [
        *questions.values(),
        *(_reply(n, json.loads(line), questions) for n, line in enumerate(lines("replies.jsonl"), 1)),
    ]
    return tuple(sorted((_move_message(message, weeks) for message in messages), key=lambda m: m.sent_at))


def named(message: Incoming) -> Incoming:
    """Return the message with a citizen's name: the signature, or an invented one, always the same for a citizen."""
    author = message.author
    number = int(author.id.rsplit("-", 1)[-1])
    if message.channel in ("email", "webform", "facebook"):
        first, initial = _FIRST_NAMES[number % len(_FIRST_NAMES)], chr(ord("A") + number * 7 % 22)
        name = _signature(message.text) or f"{first} {initial}."
        return replace(message, author=replace(author, name=name))
    noun, place = _NOUNS[number % len(_NOUNS)], _PLACES[number * 7 // 3 % len(_PLACES)]
    return replace(message, author=replace(author, handle=f"{noun}{place}{number % 90 + 10}"))


def _signature(text: str) -> str:
    last = text.strip().splitlines()[-1].strip(" .,")
    return last if _SIGNATURE.fullmatch(last) else ""


def _reply(number: int, reply: dict[str, Any], questions: dict[str, Incoming]) -> Incoming:
    to = questions[reply["to"]]
    promised_at = reply.get("promised_at")
    return Incoming(
        channel=to.channel,
        account=to.account,
        external_id=f"r{number:04}",
        direction=Direction.OUT,
        author=Writer(to.account, name=_host(reply)),
        sent_at=datetime.fromisoformat(reply["sent_at"]),
        text=reply["text"],
        lang="fr",
        in_reply_to=to.external_id,
        visibility=to.visibility,
        reply_kind=ReplyKind(reply["kind"]),
        promised_at=datetime.fromisoformat(promised_at) if promised_at else None,
    )


def _host(reply: dict[str, Any]) -> str:
    """Return who replied: the name that signs the reply, if there is one."""
    last = reply["text"].strip().splitlines()[-1]
    return next((name for name in _HOSTS if last.startswith(name)), reply["by"].capitalize())


def _move_message(message: Incoming, weeks: int) -> Incoming:
    return replace(
        message,
        sent_at=move(message.sent_at, weeks),
        promised_at=move(message.promised_at, weeks) if message.promised_at else None,
    )


def move(at: datetime, weeks: int) -> datetime:
    """Return the same weekday and wall time in Valmont, whatever daylight saving does in between."""
    wall = at.astimezone(ZONE).replace(tzinfo=None) + timedelta(weeks=weeks)
    return wall.replace(tzinfo=ZONE)
