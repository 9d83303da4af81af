"""Makes the first schema in an empty database, with rows that its own code wrote, by its own operations.

Run as `python -m tests.operate.first_schema`. `first_schema.jsonl` holds rows of every table of it, in every state that
they may have: it never changes, whatever becomes of the schema.
"""

import base64
import json
from pathlib import Path

from portevoix.cli.django_setup import set_up_django

set_up_django(migrate=False)

from django.core.management.color import no_style  # noqa: E402 -- Django is ready only now
from django.db import connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.models import BinaryField  # noqa: E402

FIRST = (("record", "0002_search"), ("desk", "0001_initial"), ("sessions", "0001_initial"))
ROWS = Path(__file__).with_suffix(".jsonl")


def main() -> None:
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(
        connection, replace_migrations=False
    )  # as there was none yet that replaces others
    apps = executor.migrate(list(FIRST)).apps
    filled = set()
    with transaction.atomic():
        for text in ROWS.read_text(encoding="utf-8").splitlines():
            told = json.loads(text)
            model = apps.get_model(told["model"])
            put(model, told["pk"], told["fields"])
            filled.add(model)
        lacking = {m._meta.label for m in apps.get_models() if m._meta.app_label in dict(FIRST)} - {
            m._meta.label for m in filled
        }
        assert not lacking, f"no row of {lacking}"
        with connection.cursor() as cursor:  # the numbers go on behind these
            for statement in connection.ops.sequence_reset_sql(no_style(), list(filled)):
                cursor.execute(statement)


def put(model, pk, told) -> None:
    fields = {name: model._meta.get_field(name) for name in told}
    several = {name for name, field in fields.items() if field.many_to_many}
    row = model(pk=pk)
    for name in told.keys() - several:
        binary = isinstance(fields[name], BinaryField) and told[name] is not None
        value = base64.b64decode(told[name]) if binary else fields[name].to_python(told[name])
        setattr(row, fields[name].attname, value)
    row.save(force_insert=True)
    for name in several:
        getattr(row, name).set(told[name])


if __name__ == "__main__":
    main()
