"""Prepared queries, compiled once: each page runs the same ones, only the numbers differ.

Django compiles the SQL of a query each time that it runs, which takes longer than the database's answer.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

from portevoix.kernel.bounds import MOST_NUMBER

_MARK = -(1 << 62)
"""The first of the placeholder numbers, which each call replaces with its own: no row has them."""


class PreparedQuery[Row: Model]:
    """A query that `build` returns for some row numbers; a call with as many numbers returns the rows.

    A number that no row can have gives none. The query may depend on nothing else. Each thread has its own compiled
    query, as it has its own connection.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self._build = build
        self._mine = threading.local()

    def __call__(self, *numbers: int) -> list[Row]:
        if max(map(abs, numbers)) > MOST_NUMBER:
            return []
        if not hasattr(self._mine, "query"):
            self._mine.query = self._put_together(len(numbers))
        query, fill = self._mine.query
        fill(numbers)
        return list(ModelIterable(query))

    def _put_together(self, count: int) -> tuple[QuerySet[Row], Callable[[tuple[int, ...]], None]]:
        marks = [_MARK + number for number in range(count)]
        query = self._build(*marks)
        compiler: Any = query.query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
        statement, values = compiler.as_sql()
        places = [marks.index(value) if value in marks else None for value in values]

        def fill(numbers: tuple[int, ...]) -> None:
            arguments = [
                value if place is None else numbers[place] for place, value in zip(places, values, strict=True)
            ]
            compiler.as_sql = lambda: (statement, arguments)

        query.query.get_compiler = lambda **_: compiler  # type: ignore[method-assign]
        return query, fill


class _Plan(NamedTuple):
    """A plan to turn rows into models: the places of fields and of other attributes, and their converters."""

    names: tuple[str, ...]
    places: tuple[int, ...]
    others: tuple[tuple[str, int], ...]
    compiler: Any
    converters: dict[int, Any]


class _Plans(threading.local):
    """Plans by statement; each thread has its own, as a compiler belongs to a connection."""

    def __init__(self) -> None:
        self.by_statement: dict[str, _Plan] = {}


_plans = _Plans()


def fetch_row[Row: Model](model: type[Row], statement: str, values: Sequence[Any]) -> Row | None:
    """Return the row that a statement selects, or None; columns that are no fields become attributes.

    Faster than `Manager.raw`, which looks the columns up each time.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        if row is None:
            return None
        plan = _plans.by_statement.get(statement)
        if plan is None:
            plan = _plans.by_statement[statement] = _make_plan(model, [column[0] for column in cursor.description])
    [cells] = plan.compiler.apply_converters([row], plan.converters)
    instance = model.from_db(DEFAULT_DB_ALIAS, plan.names, [cells[place] for place in plan.places])
    for name, place in plan.others:
        setattr(instance, name, cells[place])
    return instance


def _make_plan(model: type[Model], columns: Sequence[str]) -> _Plan:
    compiler: Any = model._default_manager.all().query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
    fields = {field.column: field for field in model._meta.concrete_fields}
    attributes = [(field.attname, columns.index(column)) for column, field in fields.items() if column in columns]
    cells = [fields[name].get_col(model._meta.db_table) if name in fields else None for name in columns]
    return _Plan(
        names=tuple(name for name, _ in attributes),
        places=tuple(place for _, place in attributes),
        others=tuple((name, place) for place, name in enumerate(columns) if name not in fields),
        compiler=compiler,
        converters=compiler.get_converters(cells),
    )
