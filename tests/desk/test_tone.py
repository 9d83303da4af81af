"""While a host writes, the desk says how it sounds; it blocks nothing, and shows only what she writes herself."""

import pytest
from django.urls import reverse

from portevoix.kernel.messages import Writer
from portevoix.record.models import Message
from tests.conftest import incoming

pytestmark = pytest.mark.django_db
COLD = "Bonjour, il appartient au demandeur de se rapprocher du service gestionnaire compétent."
PLAIN = "Bonjour Ana, la piscine rouvre lundi 7 décembre à 9 h. Vous pouvez appeler l'accueil si besoin. Bien à vous."

NOTICED = (
    "Bonjour, si ça ne tenait qu'à nous, le stationnement serait gratuit. "
    "Les tarifs sont votés en juin ; vous pouvez écrire à la mission Déplacements."
)


@pytest.fixture
def conversation(take) -> int:
    return take(incoming("m1", author=Writer("citizen-1", "c", "Ana"), text="La piscine est-elle ouverte ?"))[0]


def panel(client, conversation: int, text: str) -> str:
    response = client.post(reverse("desk:draft", args=[conversation]), {"text": text}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    body = response.content.decode()
    assert 'id="tone-warnings" hx-swap-oob="innerHTML"' in body
    return body[body.index('id="tone-status"') :]


def test_a_cold_draft_is_told_with_the_passage_and_what_to_write_instead(client, host, conversation) -> None:
    client.force_login(host)
    told = panel(client, conversation, COLD)
    assert "Ceci peut sembler froid" in told and "<q>il appartient</q>" in told and "Dites qui fait quoi" in told
    assert '<q>il appartient</q> (mieux\N{NO-BREAK SPACE}: <q lang="fr">vous pouvez</q>)' in told
    assert "Par exemple" in told and "parce que" not in told


def test_a_draft_in_another_language_than_its_conversation_gets_phrases_in_its_own(client, host, conversation) -> None:
    client.force_login(host)
    told = panel(client, conversation, "Please note that the applicant must pay. Your request has been rejected.")
    assert '<q lang="en">You must pay</q>' in told.replace("The ", "") and "mieux" in told


def test_one_passage_is_pointed_at_without_a_verdict_on_the_reply(client, host, conversation) -> None:
    client.force_login(host)
    told = panel(client, conversation, NOTICED)
    assert "<q>si ça ne tenait qu&#x27;à nous</q>" in told
    assert 'class="notice"' in told and "notice--warn" not in told


def test_a_plain_draft_is_left_alone(client, host, conversation) -> None:
    client.force_login(host)
    assert "notice--warn" not in panel(client, conversation, PLAIN)
    assert "<li>" not in panel(client, conversation, "  ")


def test_what_would_be_published_is_pointed_at_on_a_public_channel(client, host, conversation) -> None:
    client.force_login(host)
    told = panel(client, conversation, PLAIN + " Appelez Mme Martin au 06 39 98 12 34.")
    assert "Un numéro de téléphone serait publié" in told


def test_what_is_written_is_shown_as_text(client, host, conversation) -> None:
    client.force_login(host)
    told = panel(
        client, conversation, "Il appartient au <script>alert(1)</script> demandeur de se rapprocher du service."
    )
    assert "<script>" not in told


def test_a_kept_draft_is_told_when_the_conversation_is_opened_again(client, host, conversation) -> None:
    client.force_login(host)
    panel(client, conversation, COLD)
    page = client.get(reverse("desk:conversation", args=[conversation])).content.decode()
    assert "Ceci peut sembler froid" in page


def test_advice_keeps_nothing_from_being_sent(client, host, conversation) -> None:
    client.force_login(host)
    response = client.post(reverse("desk:reply", args=[conversation]), {"text": COLD, "reply": "answer", "seen": 1})
    assert response.status_code == 303
    assert Message.objects.get(direction="out").text == COLD
