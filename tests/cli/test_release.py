"""The demonstration goes on while it is open: a week goes by on a clock of its own."""

from datetime import datetime, timedelta

import pytest

from portevoix.demo import load, timeline
from portevoix.record import operations as do
from portevoix.record.models import Contact, Conversation, Message

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2027, 3, 10, 10, 0, tzinfo=timeline.ZONE)
HOUR = timedelta(hours=1)


def said_by(when: datetime, weeks: int) -> set[str]:
    return {message.external_id for message in timeline.timeline(weeks) if message.sent_at <= when}


def known() -> set[str]:
    rows = Message.objects.exclude(external_id__regex="^(r-)?today-")
    return set(rows.exclude(external_id=None).values_list("external_id", flat=True))


def at_the_top() -> list[str]:
    """What was said in the last hour and is a danger to people."""
    rows = Conversation.objects.filter(urgency=2, queue_at__isnull=False, last_message_at__gt=WEDNESDAY - HOUR)
    return [message.text for message in Message.objects.filter(conversation__in=rows).order_by("sent_at")]


def test_what_is_later_than_now_comes_as_time_passes_and_never_twice(tmp_path) -> None:
    mark = tmp_path / "mark"
    mark.touch()
    told = load.prepare(mark, now=WEDNESDAY, tell=lambda text: None)
    weeks = told["weeks"]
    assert known() == said_by(WEDNESDAY, weeks), "nothing of what is still to come"
    assert load.prepare(mark, now=WEDNESDAY, tell=pytest.fail) == told
    cable, gas = at_the_top()
    assert "câble électrique" in cable and "gaz" in gas

    release = load.Release(weeks)
    assert release.run(WEDNESDAY) == 0
    new = sum(release.run(WEDNESDAY + hour * HOUR) for hour in range(1, 7))
    assert known() == said_by(WEDNESDAY + 6 * HOUR, weeks) and new == len(known()) - len(said_by(WEDNESDAY, weeks))

    # A host replies to a question before its reply in the files is due: that one is not sent as well.
    later = [m for m in timeline.timeline(weeks) if m.direction == "out" and m.sent_at > WEDNESDAY + 6 * HOUR]
    reply = next(m for m in later if m.in_reply_to in known())
    row = Conversation.objects.get(messages__external_id=reply.in_reply_to)
    host = Contact.objects.get(email="claire@valmont-sur-loire.example")
    do.answer(conversation=row.pk, text="Oui.", by=host, now=WEDNESDAY + 6 * HOUR, seen=row.version)

    end = WEDNESDAY + timedelta(days=7)
    load.Release(weeks).run(end)  # closed for the rest of the week, and opened again
    assert said_by(end, weeks) - known() == {reply.external_id}
    assert load.Release(weeks).run(end) == 0
