"""What answers for the citizens' data."""

import pytest
from django.db import DatabaseError, connection, transaction

from portevoix.record.models import Access
from tests.conftest import NOW

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
