"""Random histories of a small city, for the tests of what holds whatever happens."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from portevoix.kernel.errors import BadInput, Conflict, NotPossible
from portevoix.kernel.messages import Addressed, Batch, Change, Direction, Incoming, ReplyKind, Writer
from portevoix.record import operations as do
from portevoix.record.models import Contact, Conversation, Inquiry, Message
from portevoix.record.operations import Labelled, accounts, city, envelopes, receive
from tests.conftest import NOW, POLICY

HOUR = timedelta(hours=1)
POLICIES = (
    POLICY,
    POLICY.replace('"8h"', '"2h"'),
    'timezone = "Europe/Paris"\nfirst_contact = "30h"\nsubstance = "90h"\n',
)
CITIZENS = 2


class History:
    """What happens to a city, step by step; each step is drawn from `draw`, and its clock moves on.

    `said` are the messages of citizens and of the city so far, `touched` the conversations of the last step.
    """

    def __init__(self, host: Contact, draw: random.Random) -> None:
        self.host = host
        self.draw = draw
        self.now: datetime = NOW
        self.said: list[Incoming] = []
        self.answers: list[str] = []

    def wait(self) -> None:
        self.now += self.draw.choice((timedelta(), timedelta(minutes=7), HOUR, 5 * HOUR, 30 * HOUR))

    def step(self, name: str) -> bool:
        """Does one thing; False when the state of things does not allow it."""
        try:
            STEPS[name](self)
        except (NotPossible, BadInput, Conflict):
            return False
        return True

    def take(self, *messages: Incoming) -> None:
        account = accounts.get_or_create(channel="x", address="@testville")
        stored = envelopes.store(account, Batch(messages), now=self.now)
        receive([Labelled(pk, m, department="sports") for pk, m in envelopes.read(stored.waiting)], now=self.now)
        self.said += [m for m in messages if m.change is Change.MESSAGE]

    def incoming(self, **more) -> Incoming:
        citizen = self.draw.randrange(CITIZENS)
        values = {
            "channel": "x",
            "account": "@testville",
            "external_id": f"m{len(self.said)}",
            "direction": Direction.IN,
            "author": Writer(f"citizen-{citizen}", f"c{citizen}", f"Citoyenne {citizen}"),
            "sent_at": self.now,
            "text": "Bonjour, la piscine est-elle ouverte ?",
        }
        return Incoming(**{**values, **more})

    def outgoing(self, **more) -> Incoming:
        return self.incoming(direction=Direction.OUT, author=Writer("@testville"), **more)

    def parent(self) -> Incoming:
        """Some message; raises BadInput when nothing was said yet."""
        if not self.said:
            raise BadInput("Nothing was said yet.")
        return self.draw.choice(self.said)

    def conversation(self) -> Conversation:
        rows = list(Conversation.objects.filter(merged_into=None).order_by("pk"))
        if not rows:
            raise BadInput("There is no conversation yet.")
        return self.draw.choice(rows)

    def earlier(self) -> datetime:
        return self.now - self.draw.choice((1, 9, 40, 100)) * HOUR


def _ask(h: History) -> None:
    copy = h.draw.random() < 0.2
    h.take(h.incoming(addressed=Addressed.COPY if copy else Addressed.DIRECT, thread=h.draw.choice(("", "T", "U"))))


def _go_on(h: History) -> None:
    h.take(h.incoming(in_reply_to=h.parent().external_id))


def _come_late(h: History) -> None:
    """A citizen's message that was written some time ago."""
    h.take(h.incoming(in_reply_to=h.parent().external_id, sent_at=h.earlier()))


def _answer_absent(h: History) -> None:
    """An answer to a message that has not come yet: `_begin` may bring it."""
    h.answers.append(f"absent{len(h.said)}")
    h.take(h.incoming(in_reply_to=h.answers[-1], thread=h.draw.choice(("", h.answers[-1]))))


def _begin(h: History) -> None:
    """The beginning of what an answer began, which has come after it."""
    if not h.answers:
        raise BadInput("Nothing is absent.")
    absent = h.answers.pop()
    above = h.draw.choice(("", h.parent().external_id))
    thread = h.draw.choice(("", "T", "U"))
    h.take(h.incoming(external_id=absent, in_reply_to=above, thread=thread, sent_at=h.earlier()))


def _machine(h: History) -> None:
    make = h.draw.choice((h.incoming, h.outgoing))
    h.take(make(in_reply_to=h.parent().external_id, automatic=True))


def _ahead(h: History) -> None:
    """The network's clock, or the citizen's, is ahead of ours."""
    h.take(h.incoming(sent_at=h.now + h.draw.choice((1, 50)) * HOUR))


def _replied_elsewhere(h: History) -> None:
    """A colleague replied on the network itself."""
    sent = h.draw.choice((h.now, h.earlier()))
    holding = h.draw.random() < 0.5
    h.take(
        h.outgoing(
            in_reply_to=h.parent().external_id,
            sent_at=sent,
            reply_kind=ReplyKind.HOLDING if holding else ReplyKind.ANSWER,
            promised_at=sent + 20 * HOUR if holding and h.draw.random() < 0.8 else None,
        )
    )


def _answer(h: History) -> None:
    row = h.conversation()
    do.answer(conversation=row.pk, text="Oui.", by=h.host, now=h.now, seen=row.version)


def _hold(h: History) -> None:
    row = h.conversation()
    promised = h.now + h.draw.choice((1, 30)) * HOUR
    do.hold(conversation=row.pk, text="Bientôt.", promised_at=promised, by=h.host, now=h.now, seen=row.version)


def _with(verb: Callable, **more: object) -> Callable[[History], None]:
    return lambda h: verb(conversation=h.conversation().pk, by=h.host, now=h.now, **more)


def _route(h: History) -> None:
    department = h.draw.choice(("sports", "voirie", ""))
    do.route(conversation=h.conversation().pk, department=department, by=h.host, now=h.now)


def _inform(h: History) -> None:
    waiting = Inquiry.objects.filter(answered_at=None).first()
    if waiting is None:
        raise BadInput("No question waits.")
    do.inform(inquiry=waiting.pk, answer="Oui.", ruling="may_say", by=h.host, now=h.now)


def _merge(h: History) -> None:
    row = h.conversation()
    same = Conversation.objects.filter(author=row.author, merged_into=None).exclude(pk=row.pk).order_by("pk")
    home = h.draw.choice(list(same) or [row])
    do.merge(conversation=row.pk, into=home.pk, by=h.host, now=h.now, seen=row.version)


def _revise(h: History) -> None:
    message = h.parent()
    known = Message.objects.get(external_id=message.external_id).revision
    change = h.draw.choice((Change.AMEND, Change.RETRACT))
    h.take(h.incoming(external_id=message.external_id, revision=known + 1, change=change, text="Autrement dit."))


def _policy(h: History) -> None:
    city.save_policy(text=h.draw.choice(POLICIES), by=None, now=h.now)


STEPS: dict[str, Callable[[History], None]] = {
    "ask": _ask,
    "go on": _go_on,
    "come late": _come_late,
    "answer absent": _answer_absent,
    "begin": _begin,
    "machine": _machine,
    "ahead": _ahead,
    "replied elsewhere": _replied_elsewhere,
    "answer": _answer,
    "hold": _hold,
    "note": _with(do.note, text="Vu."),
    "route": _route,
    "label": _with(do.label, kind="report", valence="wrong"),
    "release": _with(do.release),
    "inquire": _with(do.inquire, department="voirie", question="?"),
    "inform": _inform,
    "close": _with(do.close),
    "reopen": _with(do.reopen),
    "merge": _merge,
    "revise": _revise,
    "policy": _policy,
    "assign": lambda h: do.assign(conversation=h.conversation().pk, to=h.host.pk, by=h.host, now=h.now),
}
SPOKEN = frozenset({"ask", "go on", "ahead", "answer absent"})
"""A citizen speaks now: what was known of earlier questions stays as it was."""
REPLIES = frozenset({"answer", "hold"})
LATE = frozenset({"come late", "begin", "replied elsewhere"})
"""History that comes after the fact: it falls into its place."""
SILENT = frozenset(STEPS) - SPOKEN - REPLIES - LATE
"""Nobody says anything to anybody: no measure changes."""
