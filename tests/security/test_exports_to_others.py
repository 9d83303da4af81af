"""The export that one citizen is handed, of a conversation in which another one wrote in private before."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from portevoix.kernel.messages import Visibility, Writer
from portevoix.record import operations
from portevoix.record.models import Author, Conversation
from portevoix.record.subject_export import write_export
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def mail(name: str, key: str, text: str, **more):
    address = f"{name}@citoyen.example"
    told = {"channel": "email", "account": "contact@testville.example", "visibility": Visibility.PRIVATE}
    return incoming(key, text, author=Writer(address, address, name.title()), sent_at=NOW, **told, **more)


@pytest.fixture
def exported(take, host, administrator) -> str:
    """Bob's: Ada's answer was passed on to him, and he wrote to the address that it came from."""
    take(mail("ada", "k1", "Ma question zqtext.", subject="Zqsubject"))
    home = Conversation.objects.get()
    words = [{"label": "sports", "probability": 0.9, "words": ["zqsuggested"]}]
    Conversation.objects.update(suggestions={"department": words})
    operations.answer(conversation=home.pk, text="Zqreply.", by=host, now=NOW, seen=1)
    take(mail("bob", "k2", "On me l’a transmis.", conversation=home.reference))
    operations.close(conversation=home.pk, by=host, now=NOW, why="Zqwhy")
    with BytesIO() as file:
        write_export(Author.objects.get(name="Bob").pk, file, by=administrator, now=NOW)
        return b"".join(map(ZipFile(file).read, ZipFile(file).namelist())).decode()


def test_it_holds_what_he_wrote_and_none_of_their_messages(exported) -> None:
    assert "On me l’a transmis" in exported and "zqtext" not in exported and "Zqreply" not in exported


@pytest.mark.parametrize("word", ["Zqsubject", "zqsuggested", "Zqwhy"])
def test_it_holds_nothing_else_that_comes_from_another(exported, word) -> None:
    assert word not in exported
