"""Numbers and names in addresses and forms that nothing has: they lead nowhere, and break nothing."""

import pytest

from tests.world import World, make

pytestmark = pytest.mark.django_db
BEYOND = (2**63, 10**40, 987654)


@pytest.fixture
def world(take) -> World:
    return make(take)


@pytest.mark.parametrize("number", BEYOND)
def test_a_number_beyond_those_of_a_database_is_nobodys(number, world) -> None:
    client = world.browser("administrator")
    for verb in ("release", "reopen", "take", "close", "route", "note", "present", "draft", "reply"):
        response = client.post(f"/inbox/{number}/{verb}/", {"text": "x", "seen": "1", "department": "sports"})
        assert response.status_code == 404, verb
    assert client.get(f"/inbox/{number}/").status_code == client.get(f"/file/{number}/").status_code == 404


@pytest.mark.parametrize("seen", BEYOND[:2])
def test_a_version_that_no_page_showed_is_told(seen, world) -> None:
    client = world.browser("host")
    response = client.post(world.address("desk:reply"), {"text": "Oui.", "reply": "answer", "seen": seen})
    assert response.status_code == 422


@pytest.mark.parametrize("name", ["a AND {{7*7}}", "../../settings", "é", "x" * 5000, "nowhere"])
def test_a_department_that_is_none_has_no_journal(name, world) -> None:
    assert world.browser("editor").get("/journal/", {"department": name}).status_code == 400
