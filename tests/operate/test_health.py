"""What monitoring asks, and what it is told: of the record, and of a server whose database goes away."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from portevoix.exchange.prediction.embedding_config import source
from portevoix.kernel.messages import Batch
from portevoix.record import operations as do
from portevoix.record.models import Account, Conversation, Delivery, Envelope, LifeSign, Message, Reading, Vector
from portevoix.record.operations import envelopes, workers
from portevoix.web.series import SERIES
from tests.conftest import incoming
from tests.operate.conftest import SERVER
from tests.servers.ports import two_ports

TOKEN = "shown-by-prometheus"  # tests/settings.py
REASON = {"text": "No.", "values": {}}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at_work(db):
    workers.sign(worker="one:1", since=timezone.now(), now=timezone.now())


def asked(client) -> tuple[int, dict]:
    response = client.get("/healthz")
    return response.status_code, response.json()


def figures(client) -> dict[tuple[str, ...], float]:
    """What Prometheus stores: a value by name and labels."""
    response = client.get(reverse("web:metrics"), headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_all_is_well_while_somebody_works(client, city, at_work) -> None:
    status, told = asked(client)
    assert status == 200 and told.pop("worker_seen_seconds") < 60
    assert told == {
        "well": True, "database": True, "migrations": True, "worker": True, "queue": True,
        "disk": True if connection.vendor == "sqlite" else None,
        "oldest_envelope_seconds": 0, "oldest_delivery_seconds": 0,
    }  # fmt: skip


def test_no_worker_is_told_whether_it_never_came_or_went(client, city) -> None:
    status, told = asked(client)
    assert (status, told["worker"], told["worker_seen_seconds"]) == (503, False, None)
    then = timezone.now() - 6 * MINUTE
    workers.sign(worker="one:1", since=then, now=then)
    status, told = asked(client)
    assert status == 503 and not told["worker"] and 360 <= told["worker_seen_seconds"] < 400


def test_what_waits_too_long_is_told(client, city, at_work) -> None:
    account = Account.objects.get(channel="x")
    envelopes.store(account, Batch((incoming(),)), now=timezone.now() - 14 * MINUTE)
    status, told = asked(client)
    assert status == 200 and 840 <= told["oldest_envelope_seconds"] < 900
    Envelope.objects.update(received_at=timezone.now() - 16 * MINUTE)
    status, told = asked(client)
    assert (status, told["queue"]) == (503, False)
    Envelope.objects.update(state="quarantined", reason=REASON, leased_until=None)
    assert asked(client)[0] == 200, "that is for a person, and told on every page"


def test_a_reply_that_rests_is_not_late_and_one_that_is_due_is(client, take, host, at_work) -> None:
    [pk] = take(incoming())
    do.answer(conversation=pk, text="Oui.", by=host, now=timezone.now(), seen=Conversation.objects.get(pk=pk).version)
    Delivery.objects.update(next_attempt_at=timezone.now() + 59 * MINUTE)
    assert asked(client)[1]["oldest_delivery_seconds"] == 0
    for state, leased_until in (("due", None), ("sending", timezone.now() + 5 * MINUTE)):
        then = timezone.now() - 20 * MINUTE
        Delivery.objects.update(next_attempt_at=then, state=state, leased_until=leased_until)
        status, told = asked(client)
        assert status == 503 and told["oldest_delivery_seconds"] >= 1200


def test_an_older_database_is_told(client, city, at_work) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0002_search'")
    assert asked(client) == (503, {"well": False, "database": True, "migrations": False})
    assert figures(client)["portevoix_migrations_missing",] == 1


def test_a_newer_database_is_told(client, city, at_work) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('record', '9999_future', '2027-01-01')"
        )
    assert asked(client) == (503, {"well": False, "database": True, "migrations": False})
    assert figures(client)["portevoix_migrations_unknown",] == 1


def test_a_disk_that_fills_up_is_told_at_once(client, city, at_work, settings) -> None:
    settings.HOME = Path("/")  # as large as this machine's
    assert figures(client)["portevoix_disk_free_bytes",] == pytest.approx(shutil.disk_usage("/").free, rel=0.2)
    with small_disk() as settings.HOME:
        status, told = asked(client)
        assert figures(client)["portevoix_disk_free_bytes",] < 10_000_000
    on_a_server = connection.vendor != "sqlite"
    assert (status, told["disk"]) == ((200, None) if on_a_server else (503, False))


@contextmanager
def small_disk() -> Iterator[Path]:
    """Six megabytes, mounted for a moment."""
    with TemporaryDirectory() as place:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", place], check=False).returncode:
            pytest.skip("missing: root, who may mount a disk")
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", place], check=True)


def test_metrics_are_for_those_who_know_the_token(client, db, settings) -> None:
    address = reverse("web:metrics")
    assert client.get(address).status_code == 401
    for given in ("Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}é", TOKEN):
        assert client.get(address, headers={"Authorization": given}).status_code == 401, given
    settings.METRICS_TOKEN = ""
    for given in ("", "Bearer ", f"Bearer {TOKEN}"):
        assert client.get(address, headers={"Authorization": given}).status_code == 404, given


def test_figures_are_those_of_the_record(client, take, host, at_work) -> None:
    for number in range(3):
        [pk] = take(incoming(f"m{number}"))
    do.answer(conversation=pk, text="Oui.", by=host, now=timezone.now(), seen=Conversation.objects.get(pk=pk).version)
    Delivery.objects.update(state="uncertain", reason=REASON)
    account = Account.objects.get(channel="x")
    envelopes.store(account, Batch((incoming("held", held="No proof."), incoming("waits"))), now=timezone.now())
    Account.objects.filter(channel="email").update(state="paused", trouble=REASON)
    client.get("/sign-in/")
    told = figures(client)
    opened = Conversation.objects.filter(queue_at__isnull=False)
    for name, value in {
        ("portevoix_database_up",): 1,
        ("portevoix_migrations_missing",): 0,
        ("portevoix_envelopes", "held"): 1,
        ("portevoix_envelopes", "waiting"): 1,
        ("portevoix_envelopes", "quarantined"): 0,
        ("portevoix_envelopes_stored_total",): Envelope.objects.latest("pk").pk,
        ("portevoix_deliveries", "uncertain"): 1,
        ("portevoix_deliveries", "due"): 0,
        ("portevoix_conversations_open",): opened.count(),
        ("portevoix_conversations_late",): opened.filter(queue_at__lt=timezone.now()).count(),
        ("portevoix_accounts", "x", "active"): 1,
        ("portevoix_accounts", "email", "paused"): 1,
        ("portevoix_accounts_troubled",): 1,
        ("portevoix_workers",): 1,
    }.items():
        assert told[name] == value, name
    assert told["portevoix_conversations_open",] == 2 and told["portevoix_conversations_late",] == 2
    assert told["portevoix_worker_seen_timestamp_seconds",] == LifeSign.objects.get().seen_at.timestamp()
    assert told["portevoix_request_seconds_count", "web", "2xx"] >= 1
    names = {name for name, *_ in told}
    for series in SERIES:
        assert series.name in names or f"{series.name}_count" in names, series.name


def test_figures_tell_what_waits_to_be_read(client, take, at_work, settings) -> None:
    take(incoming("m1"), incoming("m2"))
    assert figures(client)["portevoix_meaning_waiting",] == 0, "nobody reads"
    settings.EMBEDDINGS, settings.EMBEDDINGS_MODEL = "https://v.example/v1", "small"
    [name] = source().encoders
    stored = Vector.objects.create(message=Message.objects.get(external_id="m1"), encoder=name, content=b"xx")
    Reading.objects.create(source=name)
    told = figures(client)
    assert (told["portevoix_meaning_waiting",], told["portevoix_meaning_troubled",]) == (1, 0)
    assert told["portevoix_meaning_vectors_total",] == stored.pk
    Reading.objects.update(trouble=REASON)
    assert figures(client)["portevoix_meaning_troubled",] == 1


def test_figures_name_nobody(client, take, host, at_work) -> None:
    take(incoming())
    address = reverse("web:metrics")
    told = client.get("/healthz").text + client.get(address, headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not [word for word in ("citoyen", "Ana", "testville", "Claire", "piscine", "one:1") if word in told]


def test_each_question_is_answered_by_an_index(client, city, at_work, settings) -> None:
    """However many messages there are: the database never reads a whole table of them."""
    settings.EMBEDDINGS, settings.EMBEDDINGS_MODEL = "https://v.example/v1", "small"
    with CaptureQueriesContext(connection) as asked_of:
        figures(client)
        client.get("/healthz")
    assert len(asked_of) < 28
    if connection.vendor == "sqlite":
        for query in asked_of.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                steps = [row[3] for row in cursor.fetchall()]
            for table in ("record_envelope", "record_delivery", "record_dispatch", "record_conversation"):
                assert not [step for step in steps if f"SCAN {table}" in step and "USING" not in step], query["sql"]


def test_times_of_all_processes_are_told_together(house) -> None:
    one, port = house("one", PORTEVOIX_METRICS_TOKEN="abc"), two_ports()
    address = f"http://127.0.0.1:{port}"
    with one.running("serve", "--port", str(port), "--processes", "2", "--threads", "1"):
        asked = 0
        end = time.monotonic() + 60
        while asked < 40:
            assert time.monotonic() < end
            try:
                urllib.request.urlopen(f"{address}/sign-in/", timeout=20).close()
                asked += 1
            except urllib.error.URLError:
                time.sleep(0.1)
        for _ in range(6):  # whichever of them answers
            request = urllib.request.Request(f"{address}/metrics", headers={"Authorization": "Bearer abc"})
            with urllib.request.urlopen(request, timeout=20) as answer:
                told = answer.read().decode()
            assert f'portevoix_request_seconds_count{{room="web",status="2xx"}} {asked}.0' in told


@pytest.mark.skipif(not SERVER, reason="the embedded database goes with its machine only")
def test_a_server_tells_of_a_database_that_is_gone_and_of_one_that_comes_back(house) -> None:
    one = house("one", made=True, PORTEVOIX_METRICS_TOKEN="abc")
    port = two_ports()

    def told(path: str = "healthz", **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def until(right) -> None:
        end = time.monotonic() + 60
        while not right(told()):
            assert time.monotonic() < end, told()
            time.sleep(0.2)

    def well(answer: tuple[int, str]) -> bool:
        return answer[0] == 200 and json.loads(answer[1])["well"]

    with one.running("serve", "--port", str(port)), one.running("work"):
        until(well)
        one.hide()
        until(lambda answer: answer[0] == 503 and json.loads(answer[1]) == {"well": False, "database": False})
        status, text = told("metrics", Authorization="Bearer abc")
        assert status == 200 and "portevoix_database_up 0.0" in text
        one.hide(back=True)
        until(well)
    assert b"Workers seen within the last minute: 1." in one.run("doctor").stdout
