"""Colleagues who change colleagues at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from portevoix.kernel.errors import BadInput
from portevoix.record.models import Contact
from portevoix.record.operations.city import save_contact

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="the embedded database knows one writer at a time"),
]


def together(*calls: Callable[[], object]) -> int:
    """Calls all at the same moment; how many were refused in words. Nothing else may go wrong."""
    start = threading.Barrier(len(calls))

    def go(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        done = [pool.submit(go, call) for call in calls]
    refused = [error for one in done if (error := one.exception())]
    assert all(isinstance(error, BadInput) for error in refused), refused
    return len(refused)


def test_two_administrators_who_demote_each_other_do_not_leave_none(administrator) -> None:
    for n in range(10):
        email = f"second{n}@testville.example"
        second = save_contact(email=email, name="Second", role="administrator", by=administrator)
        first = Contact.objects.get(pk=administrator.pk)
        refused = together(
            partial(save_contact, email=second.email, name="Second", role="host", pk=second.pk, by=first),
            partial(save_contact, email=first.email, name="Helene", role="host", pk=first.pk, by=second),
        )
        left = list(Contact.objects.filter(role="administrator", is_active=True))
        assert len(left) == refused == 1
        if left[0].pk != administrator.pk:
            save_contact(email=first.email, name="Helene", role="administrator", pk=first.pk, by=left[0])
            administrator.refresh_from_db()
            save_contact(email=email, name="Second", role="host", pk=second.pk, by=administrator)


def test_of_two_colleagues_with_one_address_one_is_told(administrator) -> None:
    for n in range(10):
        email = f"twice{n}@testville.example"
        refused = together(*[partial(save_contact, email=email, name="T", role="host", by=administrator)] * 2)
        assert refused == 1 and Contact.objects.filter(email=email).count() == 1
