"""Workers and administrators who come at the same moment to what was learnt."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection  # noqa: F401 -- the condition reads it

from portevoix.record.models import Model, Refit
from portevoix.record.operations import trained_models
from tests.conftest import NOW
from tests.record.test_colleagues import together
from tests.world import versions

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="the embedded database knows one writer at a time"),
]


def test_of_several_workers_one_learns(city) -> None:
    for number in range(10):
        turns = []

        def claim(turns=turns, now=NOW + timedelta(days=number)) -> None:
            turns.append(trained_models.claim(tasks=["kind"], now=now))

        assert together(*[claim] * 4) == 0
        assert len(list(filter(None, turns))) == 1
    assert Refit.objects.count() == 10


def test_of_two_who_choose_one_is_last_and_one_version_serves(administrator) -> None:
    rows = versions(NOW, count=4)
    for number in range(10):
        turn = trained_models.claim(tasks=["kind"], now=NOW + timedelta(days=number))
        serving = Model.objects.get(active=True).pk
        made = trained_models.NewVersion(labels=[], content=b"", tried=b"", measured={}, examples=0, against=serving)
        chosen = [partial(trained_models.use_version, model=row.pk, by=administrator, now=NOW) for row in rows[2:]]
        assert together(*chosen, partial(trained_models.finish_turn, turn=turn, told={}, made=made, now=NOW)) == 0
        assert Model.objects.filter(active=True).count() == 1
        rows = list(Model.objects.order_by("version"))[-4:]
