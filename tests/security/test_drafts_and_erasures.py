"""A draft that an open page saves at the very moment of an erasure is not there afterwards."""

import pytest

from portevoix.channels.email.compose import PICTURES
from portevoix.desk.composer import drafts
from portevoix.desk.models import Draft, DraftPicture
from portevoix.kernel.messages import Attachment
from portevoix.record.models import Author
from portevoix.record.operations import erase
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def test_no_draft_is_saved_after_an_erasure(take, host) -> None:
    [conversation] = take(incoming())
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    drafts.save_draft(host, conversation, "Madame Zqdraft", now=NOW)
    assert not Draft.objects.exists()


def test_no_picture_is_attached_after_an_erasure(take, host) -> None:
    [conversation] = take(incoming())
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    picture = Attachment("zq.png", "image/png", b"\x89PNG", "Madame Zqpicture")
    drafts.attach(host, conversation, picture, takes=PICTURES, now=NOW)
    assert not DraftPicture.objects.exists()
