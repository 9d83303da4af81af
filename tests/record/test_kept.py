"""Queries that are put together once give what they would give when put together each time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models.sql.compiler import SQLCompiler

from portevoix.record.db.prepared import PreparedQuery, fetch_row
from portevoix.record.models import Message
from tests.conftest import incoming

pytestmark = pytest.mark.django_db


def between(first: int, last: int):
    return Message.objects.filter(pk__gte=first, pk__lte=last).select_related("author").order_by("pk")


@pytest.fixture
def messages(take) -> list[int]:
    take(*[incoming(str(number), thread=str(number)) for number in range(12)])
    return list(Message.objects.order_by("pk").values_list("pk", flat=True))


def test_each_call_has_its_own_numbers(messages, django_assert_num_queries) -> None:
    kept = PreparedQuery(between)
    for first, last in [(0, 3), (3, 3), (5, 11), (11, 5), (0, 11), (3, 3)]:
        asked = messages[first], messages[last]
        with django_assert_num_queries(1):
            found = kept(*asked)
            assert all(row.author.name for row in found)
        assert found == list(between(*asked))


def test_the_same_number_may_stand_for_two(messages) -> None:
    kept = PreparedQuery(lambda pk, other: Message.objects.exclude(pk=other).filter(pk=pk))
    assert kept(messages[0], messages[1]) == [Message.objects.get(pk=messages[0])]
    assert kept(messages[0], messages[0]) == []


@pytest.mark.parametrize("number", [1 << 63, -(1 << 64), 10**40])
def test_a_number_that_no_database_keeps_is_no_rows(number, messages) -> None:
    assert PreparedQuery(between)(number, number) == []


def test_it_is_put_together_once(messages, monkeypatch) -> None:
    made = []
    kept, as_sql = PreparedQuery(between), SQLCompiler.as_sql
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *a, **k: made.append(1) or as_sql(*a, **k))
    for number in messages:
        assert [row.pk for row in kept(number, number)] == [number]
    assert len(made) == 1


def test_each_thread_has_the_query_for_itself_and_its_own_connection() -> None:
    kept, found = PreparedQuery(between), []

    def look() -> None:
        query, _ = kept._put_together(2)
        found.append(query.query.get_compiler().connection is connections["default"])

    several = [threading.Thread(target=look) for _ in range(3)]
    for thread in several:
        thread.start()
    for thread in several:
        thread.join()
    assert found == [True] * 3
    with ThreadPoolExecutor(1) as elsewhere:
        kept._mine.query = None
        assert not elsewhere.submit(hasattr, kept._mine, "query").result()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database keeps its statements by itself")
def test_a_statement_that_is_asked_for_often_is_planned_once(messages) -> None:
    kept = PreparedQuery(between)
    for number in [*messages, *messages]:
        kept(number, number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%record_message%author%"],
        )
        assert max(row[0] for row in cursor.fetchall()) >= len(messages)


def test_a_statement_gives_the_row_that_django_would_give(messages, django_assert_num_queries) -> None:
    statement = "SELECT 7 AS more, * FROM record_message WHERE id = %s"
    for number in messages[:3]:
        with django_assert_num_queries(1):
            found = fetch_row(Message, statement, [number])
            told = {field.attname: getattr(found, field.attname) for field in Message._meta.concrete_fields}
        mine = Message.objects.get(pk=number)
        assert told == {name: getattr(mine, name) for name in told} and found.more == 7
        assert found == mine and not found._state.adding
    assert fetch_row(Message, statement, [0]) is None


def test_what_a_statement_leaves_out_is_asked_for_when_it_is_wanted(messages, django_assert_num_queries) -> None:
    found = fetch_row(Message, "SELECT text, id FROM record_message WHERE id = %s", [messages[0]])
    with django_assert_num_queries(0):
        assert (found.pk, found.text[:7]) == (messages[0], "Bonjour")
    assert found.external_id == "0"
