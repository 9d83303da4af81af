"""Collecting from real servers, which ask nobody to sign in: the AppView of Bluesky, an instance of snac2, and a server
of Mastodon's API.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from portevoix.barometer.collect.collector import Progress, accounts_to_collect, collect
from portevoix.barometer.collect.store import read_collected
from portevoix.barometer.studies.loader import Study, read_study
from portevoix.channels import http, internal_hosts
from portevoix.cli.main import portevoix
from portevoix.kernel.messages import Addressed, Direction
from tests.barometer.given import running
from tests.servers.bluesky import Bluesky, Person, bluesky, wait_for  # noqa: F401 -- a fixture
from tests.servers.mastodon_mock import Server, mastodon  # noqa: F401 -- a fixture
from tests.servers.snac import Instances, snac  # noqa: F401 -- a fixture

pytestmark = pytest.mark.servers


@pytest.fixture
def internal() -> Iterator[None]:
    before = set(internal_hosts.internal)
    internal_hosts.internal.update(("localhost", "127.0.0.1"))
    http.forget_waits()
    yield
    internal_hosts.internal.clear()
    internal_hosts.internal.update(before)


def gather(study: Study, base: str = "http://localhost:9") -> tuple[bool, list[Progress]]:
    told: list[Progress] = []
    until = datetime.now(UTC) + timedelta(minutes=1)
    whole = collect(
        study, accounts_to_collect(study, study.networks, until), until=until, tell=told.append, bluesky=base
    )
    return whole, told


def coverage(study: Study) -> dict[str, object]:
    (told,) = json.loads((study.directory / "coverage.json").read_text())
    return told


def audience(study: Study) -> list[tuple[str, int, int | None]]:
    return [(one.handle, one.followers, one.following) for one in read_study(study.directory).audience]


def answered(person: Person, post: dict[str, str], text: str, root: dict[str, str] | None = None) -> dict[str, str]:
    return person.post(text, reply={"root": root or post, "parent": post})


def test_bluesky(tmp_path: Path, bluesky: Bluesky, internal: None) -> None:  # noqa: F811
    city, ana, bob = bluesky.person("ville"), bluesky.person("ana"), bluesky.person("bob")
    at = f"@{city.handle}"
    question = ana.post(f"{at} la piscine est-elle ouverte ?", mentions={at: city.did})
    answer = answered(city, question, "Oui, de 9 h à 13 h.")
    answered(ana, answer, "Merci !", question)
    bob.post(f"{at} et la patinoire ?", mentions={at: city.did})
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    follow = {"$type": "app.bsky.graph.follow", "subject": city.did, "createdAt": now}
    ana.call("com.atproto.repo.createRecord", {"repo": ana.did, "collection": follow["$type"], "record": follow})
    market = city.post("Marché de Noël samedi.")
    gone = bob.post(f"{at} qui a éteint les lampadaires ?", mentions={at: city.did})
    answered(city, gone, "Une panne, réparée demain.")
    bob.delete(gone["uri"])
    wait_for(lambda: not _posts(bluesky, gone), "The AppView does not know that the question is gone.")
    wait_for(lambda: _posts(bluesky, market), "The AppView does not know the market.")

    study = running(tmp_path / "study", f"bluesky,https://bsky.app/profile/{city.handle}")
    assert gather(study, bluesky.view)[0]

    found = {one.text: one for one in read_collected(study)}
    assert set(found) == {
        f"{at} la piscine est-elle ouverte ?",
        "Oui, de 9 h à 13 h.",
        "Merci !",
        f"{at} et la patinoire ?",
        "Marché de Noël samedi.",
        "Une panne, réparée demain.",
    }
    assert {one.account for one in found.values()} == {city.handle}
    first, reply, thanks = found[f"{at} la piscine est-elle ouverte ?"], found["Oui, de 9 h à 13 h."], found["Merci !"]
    assert (first.direction, first.addressed) == (Direction.IN, Addressed.DIRECT)
    assert (reply.direction, reply.in_reply_to, reply.thread) == (Direction.OUT, first.external_id, first.external_id)
    assert reply.author.handle == city.handle
    assert first.author == thanks.author != found[f"{at} et la patinoire ?"].author, "who writes twice is one citizen"
    assert ana.did not in str(first.author) and not first.author.handle, "and nobody knows which one"

    shelf = study.directory / "collected" / "bluesky" / f"{city.handle}.jsonl.gz"
    assert shelf.stat().st_mode & 0o777 == 0o600
    told = coverage(study)
    assert told["read"] == len(found) and told["error"] == "" and told["sources"] == ["bluesky"]
    assert told["hidden"] == {"deleted": 1}

    assert audience(study) == [(city.handle, 1, 0)]

    before = list(read_collected(study))
    answered(city, question, "Et dimanche aussi.", question)
    wait_for(lambda: _posts(bluesky, question)[0]["replyCount"] == 2, "The AppView does not know the second answer.")
    assert gather(study, bluesky.view)[0]
    after = list(read_collected(study))
    assert [one for one in after if one.text != "Et dimanche aussi."] == before
    assert len(after) == len(before) + 1
    assert len(audience(study)) == 1, "followers are counted once a day"


def _posts(servers: Bluesky, post: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Person(servers.view, "").call("app.bsky.feed.getPosts", uris=[post["uri"]])["posts"]
    return found


def test_an_account_that_is_not_there_is_told(tmp_path: Path, bluesky: Bluesky, internal: None) -> None:  # noqa: F811
    study = running(tmp_path / "study", "bluesky,nobody.test")
    assert not gather(study, bluesky.view)[0]
    assert "refuses" in str(coverage(study)["error"])


def test_mastodon(tmp_path: Path, mastodon: Server, internal: None) -> None:  # noqa: F811
    question = mastodon.post("ana", "@ville la piscine est-elle ouverte ?")
    answer = mastodon.post("ville", "@ana Oui, de 9 h à 13 h.", in_reply_to_id=question)
    mastodon.post("ana", "@ville Merci !", in_reply_to_id=answer)
    mastodon.post("ville", "Marché de Noël samedi.")
    study = running(tmp_path / "study", f"mastodon,ville@127.0.0.1:{mastodon.port}", "mastodon")
    whole, told = gather(study)
    assert whole, coverage(study)["error"]
    found = list(read_collected(study))
    assert [(one.direction, one.in_reply_to) for one in found if "Marché" not in one.text] == [
        ("in", ""),
        ("out", question),
        ("in", answer),
    ]
    assert found[0].author == found[2].author and "ana" not in str(found[0].author)
    assert coverage(study)["hidden"] == {"mentions": 1}, "what an anonymous reader is not shown is said"
    assert [one.step for one in told][:2] == ["", "statuses"]
    assert audience(study) == [(f"ville@127.0.0.1:{mastodon.port}", 0, 0)]


def test_as_somebody_types_it(tmp_path: Path, mastodon: Server, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    mastodon.post("ville", "La piscine ouvre à 9 h.")
    monkeypatch.setenv("PORTEVOIX_INTERNAL_HOSTS", "127.0.0.1")
    study = running(tmp_path / "study", f"mastodon,ville@127.0.0.1:{mastodon.port}", "mastodon")
    until = ["--until", (datetime.now(UTC) - timedelta(hours=1)).isoformat()]
    done = CliRunner().invoke(portevoix, ["barometer", "observe", str(study.directory), *until, "--yes"])
    assert done.exit_code == 0, done.output
    assert "mastodon: accounts 1, about" in done.output and "not shown: mentions 1." in done.output
    again = CliRunner().invoke(portevoix, ["barometer", "observe", str(study.directory), *until])
    assert again.exit_code == 0 and "Nothing is left to ask" in again.output


def test_an_instance_that_shows_no_threads(tmp_path: Path, snac: Instances, internal: None) -> None:  # noqa: F811
    snac.bob.post("@ville@ville.test quand ouvre la patinoire ?")
    wait_for(lambda: snac.hurry() or snac.ville.notified(), "The mention does not come.")
    asked = snac.ville.notified()[0]["id"]
    snac.ville.post("@bob@autre.test samedi", in_reply_to_id=asked)
    study = running(tmp_path / "study", "mastodon,http://ville.test/@ville", "mastodon")
    assert gather(study)[0], coverage(study)["error"]
    assert [(one.direction, one.text) for one in read_collected(study)] == [("out", "@bob@autre.test samedi")]
    assert coverage(study)["hidden"] == {"mentions": 1, "threads_refused": 1}
