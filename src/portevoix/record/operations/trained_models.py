"""Stores the versions of the nightly trained models: one worker trains each task, and one version serves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Q

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions
from portevoix.record.models import City, ColdModel, Contact, Model, Refit
from portevoix.record.operations.apply_retention import FIRST_HOUR
from portevoix.record.permissions import Capability
from portevoix.record.queries.trained_models import fits

LEASE = timedelta(minutes=15)
"""Many times the duration of a training: after a worker was killed, others wait so long."""
VERSIONS_KEPT = 6
"""Versions of each task, of some three megabytes each; the one that serves stays in any case."""


COLD_KEPT = 6
"""Cold-start models: while machines are updated one by one, each has its own."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A training task leased to the caller until `until`."""

    day: date
    task: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A new version, with fields as in `Model`. `against`: the version it was compared with, None: the bundled one."""

    labels: Sequence[str]
    content: bytes
    tried: bytes
    measured: Mapping[str, Any]
    examples: int
    against: int | None


def claim(*, tasks: Sequence[str], now: datetime) -> Turn | None:
    """Lease and return the next of tonight's tasks; None when all are done or another worker has one.

    The night begins when retention's does. Where no worker runs then, the tasks are made up for later.
    """
    city = City.objects.first()
    if city is None:
        return None
    day = (now.astimezone(ZoneInfo(city.timezone)) - FIRST_HOUR).date()
    run, _ = Refit.objects.get_or_create(day=day, defaults={"started_at": now, "left": list(tasks)})
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    if run.finished_at or not Refit.objects.filter(free, pk=day, finished_at=None).update(leased_until=now + LEASE):
        return None
    return Turn(day, Refit.objects.get(pk=day).left[0], now + LEASE)


def keep(*, turn: Turn, told: Mapping[str, Any], made: Made | None = None, now: datetime) -> Model | None:
    """End the turn and store its result; a new version serves from now on, unless somebody chose another meanwhile.

    Do nothing, and return None, when the lease was over and another worker has taken the task.
    """
    with transaction.atomic():
        run = Refit.objects.select_for_update().get(pk=turn.day)
        if run.leased_until != turn.until or turn.task not in run.left:
            return None
        row = _add(turn.task, made, now) if made else None
        run.told[turn.task] = {**told, "version": row.version} if row else dict(told)
        run.left = [task for task in run.left if task != turn.task]
        run.leased_until = None
        run.finished_at = None if run.left else now
        run.save()
    return row


def keep_cold(*, key: str, content: bytes, now: datetime) -> None:
    """Store a cold-start model, trained on the departments' descriptions; several processes may do so at once."""
    with transaction.atomic():
        ColdModel.objects.update_or_create(key=key, defaults={"content": content, "made_at": now})
        newest = list(ColdModel.objects.order_by("-made_at", "pk").values_list("pk", flat=True)[:COLD_KEPT])
        ColdModel.objects.exclude(pk__in=newest).delete()


def use(*, model: int, by: Contact, now: datetime) -> Model:
    """Put a version into service instead of the present one, older or newer. Raise BadInput if it cannot serve."""
    permissions.check(by, Capability.SETTINGS)
    with transaction.atomic():
        row = Model.objects.filter(pk=model).first()
        if row is None:
            raise BadInput(gettext_noop("This version is gone: only the latest are kept."))
        if not fits(row):
            raise BadInput(gettext_noop("This version suggests departments that receive no messages any more."))
        _lock(row.task)
        Model.objects.filter(task=row.task, active=True).update(active=False)
        Model.objects.filter(pk=model).update(active=True, by=by)
    return row


def _add(task: str, made: Made, now: datetime) -> Model:
    _lock(task)
    mine = Model.objects.filter(task=task)
    serving = mine.filter(active=True).values_list("pk", flat=True).first()
    active = serving == made.against
    if active:
        mine.filter(active=True).update(active=False)
    row = Model.objects.create(
        task=task,
        version=(mine.aggregate(last=Max("version"))["last"] or 0) + 1,
        labels=list(made.labels),
        content=made.content,
        tried=made.tried,
        measured=dict(made.measured),
        examples=made.examples,
        made_at=now,
        active=active,
    )
    old = list(mine.order_by("-version").values_list("pk", flat=True)[VERSIONS_KEPT:])
    mine.filter(pk__in=old, active=False).delete()
    return row


def _lock(task: str) -> None:
    """Lock the task's versions, so that one transaction at a time chooses which serves."""
    list(Model.objects.select_for_update().filter(task=task).order_by("pk").values("pk"))
