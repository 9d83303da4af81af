"""What most tests begin with: made once a process by the record's own operations, then put back row by row."""

from collections.abc import Callable, Sequence
from copy import copy

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from portevoix.record.db import bulk

type Rows = Sequence[Sequence[Model]]


def made_once(make: Callable[[], object]) -> Rows:
    """All that is in the record, by model, when `make` has been called; afterwards it is not there any more."""
    with transaction.atomic():
        make()
        everything = [list(model.objects.order_by("pk")) for model in apps.get_app_config("record").get_models()]
        transaction.set_rollback(True)
    return [rows for rows in everything if rows]


def put_back(everything: Rows) -> None:
    """Writes the rows with the ids that they had; the record has none like them."""
    for rows in everything:
        bulk.insert([copy(row) for row in rows])


def another[Row: Model](row: Row) -> Row:
    """Writes one like this, with an id of its own."""
    fresh = copy(row)
    fresh.pk = None
    bulk.insert([fresh])
    return fresh
