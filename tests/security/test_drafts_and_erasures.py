"""A draft that an open page saves at the very moment of an erasure is not there afterwards."""

import pytest

from portevoix.desk.composer import drafts
from portevoix.desk.models import Draft
from portevoix.record.models import Author
from portevoix.record.operations import erase
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def test_no_draft_is_saved_after_an_erasure(take, host) -> None:
    [conversation] = take(incoming())
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    drafts.save_draft(host, conversation, "Madame Zqdraft", now=NOW)
    assert not Draft.objects.exists()
