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


@pytest.mark.xfail(strict=True, reason="whether it is erased is asked before, and without a lock")
def test_no_draft_is_saved_while_a_citizen_is_erased(take, host, monkeypatch) -> None:
    [conversation] = take(incoming())
    asked = drafts.is_erased

    def ask_and_erase(pk: int) -> bool:
        answer = asked(pk)
        for author in Author.objects.all():
            erase(author=author.pk, by=None, now=NOW)
        return answer

    monkeypatch.setattr(drafts, "is_erased", ask_and_erase)
    drafts.save_draft(host, conversation, "Madame Zqdraft", now=NOW)
    assert not Draft.objects.exists()
