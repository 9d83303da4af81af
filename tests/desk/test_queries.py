"""How many statements a page costs, on a record that is crowded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import File, Writer
from portevoix.record import operations
from portevoix.record.models import Conversation
from portevoix.record.operations import accounts
from tests.conftest import NOW, incoming

INBOX, CONVERSATION, ALIKE = 8, 12, 9


def seen(pk: int) -> int:
    return Conversation.objects.get(pk=pk).version


@pytest.fixture
def crowd(take, host, other_host):
    """More than a page of conversations, and one in which everything has happened."""
    pks = take(
        *(
            incoming(
                f"m{n}",
                f"Le lampadaire numéro {n} est en panne",
                author=Writer(f"c{n % 7}", f"voisin{n % 7}"),
                sent_at=NOW - timedelta(hours=n),
                files=(File("photo.png", "image/png", 3, b"abc"),) if n % 3 == 0 else (),
            )
            for n in range(70)
        ),
        department="voirie",
    )
    for pk in pks[::5]:
        operations.assign(conversation=pk, to=other_host.pk, by=host, now=NOW)
    for pk in pks[1::5]:
        operations.inquire(conversation=pk, department="voirie", question="Quand ?", by=host, now=NOW)
    for pk in pks[2::5]:
        operations.hold(
            conversation=pk,
            text="Nous cherchons.",
            promised_at=NOW + timedelta(days=2),
            by=host,
            now=NOW,
            seen=seen(pk),
        )
    full = pks[0]
    for n in range(6):
        take(incoming(f"f{n}", "Et maintenant ?", in_reply_to="m0", author=Writer("c0", "voisin0")))
        operations.note(conversation=full, text="Vu.", by=(host, other_host)[n % 2], now=NOW)
        operations.inquire(conversation=full, department=("voirie", "sports")[n % 2], question="?", by=host, now=NOW)
        operations.hold(
            conversation=full,
            text="Bientôt.",
            promised_at=NOW + timedelta(days=n + 1),
            by=(host, other_host)[n % 2],
            now=NOW,
            seen=seen(full),
        )
    return full


@pytest.fixture
def costs(desk):
    """The statements of one request, in a process that has shown a page before."""
    desk.page("/inbox/")

    def cost(address: str, target: str = "", **data) -> list[str]:
        headers = {"HX-Request": "true", "HX-Target": target} if target else {}
        with CaptureQueriesContext(connection) as captured:
            response = desk.post(address, data, headers=headers) if data else desk.get(address, headers=headers)
        assert response.status_code == 200
        # An announcement to open pages asks nothing of the database.
        return [query["sql"] for query in captured.captured_queries if "pg_notify" not in query["sql"]]

    return cost


def told(statements: list[str]) -> str:
    return "\n".join(f"{n}. {sql[:300]}" for n, sql in enumerate(statements, 1))


def test_an_inbox_costs_few_statements_whole_or_refreshed(crowd, costs, subtests) -> None:
    for address in ("/inbox/", "/inbox/?view=mine&channel=x&department=voirie&q=lampadaire"):
        for target in ("", "list"):
            with subtests.test(address=address, target=target):
                statements = costs(address, target)
                assert len(statements) <= INBOX, told(statements)


def test_a_conversation_costs_few_statements_whole_or_refreshed(crowd, costs, subtests) -> None:
    costs(f"/inbox/{crowd}/")  # the colleague is there already, as on every refresh
    for target in ("", "main", "thread", "rows-area"):
        with subtests.test(target=target):
            statements = costs(f"/inbox/{crowd}/", target)
            assert len(statements) <= CONVERSATION, told(statements)


def test_what_nobody_has_answered_costs_as_little_however_much_was_written(take, costs) -> None:
    def cost() -> int:
        return len(costs(f"/inbox/{pk}/"))

    [pk] = take(incoming("a0", "La lampe est en panne"))
    cost()
    once = cost()
    for n in range(5):
        take(incoming(f"a{n + 1}", "Et maintenant ?", in_reply_to="a0"))
    assert cost() == once


def test_the_panel_of_look_alikes_costs_few_statements(crowd, costs) -> None:
    costs(f"/inbox/{crowd}/alike/", "alike")  # this process has read what there is
    statements = costs(f"/inbox/{crowd}/alike/", "alike")
    assert len(statements) <= ALIKE, told(statements)


def test_so_does_the_first_time_in_an_hour_which_the_access_log_notes(crowd, costs) -> None:
    statements = costs(f"/inbox/{crowd}/")
    assert any("INTO record_access" in sql for sql in statements) and len(statements) <= CONVERSATION, told(statements)


def test_a_page_shows_what_was_changed_a_moment_ago_though_the_house_is_kept_in_memory(crowd, desk, now) -> None:
    """Also by a hand that knows nothing of the memory: the database marks the change itself."""

    def shown() -> str:
        return desk.page("/inbox/").text + desk.page(f"/inbox/{crowd}/").text

    shown()
    operations.city.save_department(slug="eau", name="Eau potable", by=None)
    assert "Eau potable" in shown()
    operations.city.save_department(slug="eau", name="Eaux usées", by=None)
    assert "Eaux usées" in shown() and "Eau potable" not in shown()
    operations.city.save_contact(email="n@v.example", name="Nora Nouvelle", role="host", by=None)
    assert "Nora Nouvelle" in shown()
    accounts.get_or_create(channel="bluesky", address="@testville")
    assert "Bluesky" in shown()
    account = accounts.connect(
        channel="bluesky", address="@testville", connector="fake", settings={}, secret=(), by=None, now=now
    )
    accounts.record_trouble(account=account, error=Refused("The token has expired."), again_at=None, now=now)
    assert "The token has expired." in shown()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record_department SET active = %s WHERE slug = 'eau'", [False])
    assert "Eaux usées" not in shown()


def test_only_what_is_kept_in_memory_makes_it_be_read_again(crowd, costs, now) -> None:
    account = accounts.get_or_create(channel="x", address="@testville")
    accounts.record_poll(account=account, again_at=now, now=now)
    assert not [sql for sql in costs("/inbox/") if 'record_department" WHERE' in sql]
