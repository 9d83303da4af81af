"""A language model may reword the five lines: what it may change, and that nothing else gets through."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils.translation import override

from portevoix.journal.editions.edition import Edition
from portevoix.journal.storage.rewording import is_faithful
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.journal.words.front_lines import write_lines
from portevoix.journal.words.wording import NUMBER, plain
from portevoix.record.models import Author
from portevoix.record.models import Edition as StoredEdition
from portevoix.record.operations.erase import erase
from tests.journal.conftest import AFTER
from tests.journal.weeks_of_words import POOL

LINE = "Piscine des Trois-Îles : 12 personnes en parlent cette semaine, contre 3,2 d’ordinaire ; « rouvrez-la » (2)."


@pytest.mark.parametrize(
    ("reworded", "faithful"),
    [
        ("Cette semaine, 12 personnes parlent de la Piscine des Trois-Îles, non 3,2 : « rouvrez-la » (2).", True),
        (LINE, True),
        (LINE.replace("12", "13"), False),
        ("Contre 3,2 d’ordinaire, 12 personnes parlent de la Piscine des Trois-Îles : « rouvrez-la » (2).", False),
        (LINE.replace("12 personnes", "Douze personnes"), False),
        (f"{LINE} Cela fait quatre fois plus.", False),
        (LINE.replace("Trois-Îles", "Deux-Îles"), False),
        (f"{LINE} Le maire, M. Durand, est informé.", False),
        (LINE.replace("rouvrez-la", "rouvrez la piscine"), False),
        (LINE.replace(" (2)", ""), False),
        (f"{LINE} <b>Urgent</b>", False),
        (f"{LINE} {'Il faut le dire et le redire. ' * 20}", False),
        ("", False),
    ],
)  # fmt: skip
def test_numbers_names_and_quotations_stay_and_nothing_comes(reworded: str, faithful: bool) -> None:
    assert is_faithful(LINE, reworded) is faithful


@pytest.fixture
def endpoint(settings) -> Iterator[dict[str, Any]]:
    """An endpoint that answers with what `answer` makes of the lines; `asked` are the bodies of its requests."""
    state: dict[str, Any] = {"asked": [], "answer": lambda lines: [f"{line.rstrip('.')}, voilà." for line in lines]}

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state["asked"].append((self.path, self.headers["Authorization"], body))
            lines = json.loads(body["messages"][1]["content"])
            text = json.dumps(state["answer"](lines))
            content = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.REWORDING = f"http://127.0.0.1:{server.server_port}/v1"
    settings.REWORDING_MODEL, settings.REWORDING_KEY = "small", "k3y"
    yield state
    server.shutdown()
    server.server_close()


def lines(edition: Edition) -> list[str]:
    with override("fr"):
        return [plain(line.sentence) for line in write_lines(edition)]


def test_an_edition_is_reworded_when_it_is_stored_and_its_numbers_still_lead_somewhere(strike, endpoint) -> None:
    edition = compose_and_store(week="2026-W46", department="sports", now=AFTER)
    [(path, key, body), _] = endpoint["asked"]
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer k3y", "small")
    assert {line.endswith(", voilà.") for line in lines(edition) if NUMBER.search(line)} == {True}
    with override("fr"):
        parts = [part for line in write_lines(edition) for part in line.sentence if part.behind]
        assert parts == [p for line in write_lines(edition, reworded=False) for p in line.sentence if p.behind]


def test_what_adds_a_number_is_dropped_and_the_lines_stay(strike, endpoint) -> None:
    endpoint["answer"] = lambda lines: [*lines[:4], f"{lines[4]} Comptez 99 personnes."]
    edition = compose_and_store(week="2026-W46", department="sports", now=AFTER)
    assert edition.section("findings").rewordings == () and "99" not in " ".join(lines(edition))


@pytest.mark.parametrize("answer", [lambda lines: lines[:3], lambda lines: "non", lambda lines: [1, 2, 3, 4, 5]])
def test_what_is_no_list_of_five_lines_is_dropped(strike, endpoint, answer) -> None:
    endpoint["answer"] = answer
    assert compose_and_store(week="2026-W46", department="sports", now=AFTER).section("findings").rewordings == ()


def test_an_endpoint_that_is_away_holds_up_no_edition(strike, settings) -> None:
    settings.REWORDING, settings.REWORDING_MODEL = "http://127.0.0.1:9/v1", "small"
    assert compose_and_store(week="2026-W46", department="sports", now=AFTER).stored


def test_an_erasure_drops_what_was_reworded(strike, endpoint, administrator) -> None:
    compose_and_store(week="2026-W46", department="sports", now=AFTER)
    author = Author.objects.filter(messages__text__in=POOL).first()
    assert "voilà" in str(StoredEdition.objects.get().content)
    erase(author=author.pk, by=administrator, now=AFTER)
    assert "voilà" not in str(StoredEdition.objects.get().content)
