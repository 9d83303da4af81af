"""What answers for the citizens' data."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from portevoix.record.models import Access
from portevoix.record.operations import access_log
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def test_the_database_itself_refuses_to_change_a_line_of_the_access_log(host) -> None:
    line = Access.objects.create(at=NOW, contact=host, role=host.role, what=Access.What.SEARCHED)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Access.objects.update(contact=None)
    line.delete()  # as retention does


def test_the_search_index_forgets_for_good(take) -> None:
    """On SQLite the words of a deleted or emptied message would else stay in the index's pages."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's index points at rows only")
    with connection.cursor() as cursor:
        cursor.execute("SELECT v FROM record_message_fts_config WHERE k = 'secure-delete'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_who_looks_again_within_the_hour_is_known_without_asking(host, take, django_assert_num_queries) -> None:
    (pk,) = take(incoming("1"))
    look = partial(access_log.log, Access.What.READ, by=host, conversation=pk)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        look(now=NOW)
        raise ZeroDivisionError
    assert not Access.objects.filter(conversation=pk).exists(), "undone, and not remembered"
    with django_assert_num_queries(1):
        look(now=NOW)
        look(now=NOW)
    access_log.forget()
    look(now=NOW)
    assert Access.objects.filter(conversation=pk).count() == 1, "another process asks, and finds it there"
    look(now=NOW + timedelta(hours=1))
    assert Access.objects.filter(conversation=pk).count() == 2
