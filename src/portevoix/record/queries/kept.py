"""Queries that are put together once: each page asks the same, only the numbers differ.

Django makes the SQL of a query anew each time that it is asked, which takes longer than the answer.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

_MOST = (1 << 63) - 1
_MARK = -(1 << 62)
"""The first of the numbers in whose place those of each call are put: no row has them."""


class Kept[Row: Model]:
    """`build`, given some numbers of rows, makes the query; asked with as many, it gives the rows.

    There are none for a number that no row can have. What `build` says may depend on nothing else. Each thread keeps
    the query for itself, as its connection is its own.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self._build = build
        self._mine = threading.local()

    def __call__(self, *numbers: int) -> list[Row]:
        if max(map(abs, numbers)) > _MOST:
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
            given = [value if place is None else numbers[place] for place, value in zip(places, values, strict=True)]
            compiler.as_sql = lambda: (statement, given)

        query.query.get_compiler = lambda **_: compiler  # type: ignore[method-assign]
        return query, fill
