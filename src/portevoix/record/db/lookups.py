"""Query lookups that are faster than Django's own when a batch or a record is large.

`among`: as `in`, with all the values as one parameter. The statement is the same for any number of them, so that it is
prepared once, and neither Django nor the driver processes each value. For text and numbers, in fields of their own
kind.

`filled`: not "", exactly as the partial indexes have it. With a parameter instead of "" SQLite does not see that such
an index applies, and reads the whole table.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection as current
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup
from django.db.models.sql.compiler import SQLCompiler

type CompiledSql = tuple[str, list[Any]]
MANY = 50
"""Number of values from which on a statement gets a plan of its own."""


@Field.register_lookup
class Among(Lookup):
    """The value is one of these, given as a set."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> CompiledSql:
        return self._compile_with(compiler, connection, "= ANY(%s)", list(self.rhs))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> CompiledSql:
        values = json.dumps(list(self.rhs), ensure_ascii=False)
        return self._compile_with(compiler, connection, "IN (SELECT value FROM json_each(%s))", values)

    def _compile_with(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, operator: str, values: object
    ) -> CompiledSql:
        if not self.rhs:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        return f"{column} {operator}", [*params, values]


@Field.register_lookup
class Filled(Lookup):
    """The text is not empty; always used as `filled=True`."""

    lookup_name = "filled"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> CompiledSql:
        column, params = self.process_lhs(compiler, connection)
        return f"NOT ({column} = '')", list(params)


@contextmanager
def planned_for(count: int) -> Iterator[None]:
    """Have PostgreSQL plan each statement for its own values within a transaction, where these are many.

    A cached plan assumes ten values, and may have been made while the tables were small: then each of five hundred
    values is compared with each row. The checks of references at the end of the transaction keep their cached plan.
    """
    if count < MANY or current.vendor != "postgresql":
        yield
        return
    with current.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        yield
        cursor.execute("SET LOCAL plan_cache_mode TO DEFAULT")
