"""What the X channel asks, and what its emulator answers, held against X's published description of its API.

The description is X's, so it is not kept here: PORTEVOIX_X_OPENAPI names the file (api.x.com/2/openapi.json), and
`pip install openapi-core` brings what reads it. Without either the test is skipped.
"""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from portevoix.channels.media import prepare_picture
from portevoix.channels.x import send
from portevoix.kernel.errors import Refused
from tests.channels.x_given import AGO, CITY, connector, read_all, reply, served
from tests.kernel.pictures import jpeg
from tests.servers.x_door import Door, Exchange

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore:Unsupported scheme type"),  # OAuth 1.0a: the emulator itself verifies it
]
FILE = os.environ.get("PORTEVOIX_X_OPENAPI", "")


@pytest.fixture(scope="module")
def description() -> Any:
    if not FILE or not Path(FILE).is_file():
        pytest.skip("missing: X's description (PORTEVOIX_X_OPENAPI names a copy of https://api.x.com/2/openapi.json)")
    core = pytest.importorskip("openapi_core", reason="missing: openapi-core (pip install openapi-core)")
    told = json.loads(Path(FILE).read_text(encoding="utf-8"))
    return core, told


def play(door: Door) -> None:
    """Everything that the channel does, once at least."""
    network = door.network
    ana, bob = door.ana, door.bob
    media = [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/1.jpg", "alt_text": "Lampe"}]
    long = network.write(ana, f"{CITY} voir https://ville.example/a?b=1&c=2 " + "long " * 80, ago=AGO, media=media)
    edited, gone = network.write(ana, f"{CITY} ici", ago=AGO), network.write(ana, f"{CITY} là", ago=AGO)
    root = network.write(bob, "La rue est noire", ago=AGO)
    second = network.write(ana, "Depuis lundi", ago=AGO, parent=root.id)
    network.write(bob, f"{CITY} vous savez ?", ago=AGO, parent=second.id)
    for number in range(120):
        network.write(bob, f"{CITY} n{number}", ago=AGO)
    network.write(door.me, "Annonce https://ville.example/", ago=AGO)
    connector(door).check()
    _, cursor = read_all(door)
    network.edit(edited.id, f"{CITY} ici même")
    network.delete(gone.id)
    read_all(door, json.dumps(json.loads(cursor or "") | {"looked_at": "", "own_at": ""}))
    connector(door).send(reply(long.id, "Merci. " * 90))
    connector(door).find(reply(long.id, "Merci. " * 90))
    connector(door).send(reply("", "Une annonce", "k2"))
    seen = replace(reply(long.id, "Voici.", "k4"), media=(prepare_picture("rue.jpg", jpeg(), "La rue Haute"),))
    connector(door).delete(seen, connector(door).send(seen).external_id)
    with pytest.raises(Refused):
        connector(door).send(reply(root.id, "Autre", "k3"))


def test_every_exchange_is_as_x_describes_it(description: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    core, told = description
    with served(monkeypatch) as door:
        assert send.SETTLING == 0
        play(door)
        found = door.exchanges
        server = {**told, "servers": [{"url": door.address}]}
    api = core.OpenAPI.from_dict(server, config=core.Config(spec_validator_cls=None))
    asked = {f"{exchange.method} {exchange.url.split('?')[0].removeprefix(door.address)}" for exchange in found}
    assert len({re.sub("[0-9]{9,}", "ID", each) for each in asked}) == 10, asked
    for exchange in found:
        _known_parameters(told, exchange, door.address)
        request = _Request(exchange)
        api.validate_request(request)
        if exchange.status < 400:  # X describes no problem of the kind "about:blank", which is what it answers
            api.validate_response(request, _Response(exchange))


def _known_parameters(told: dict[str, Any], exchange: Exchange, address: str) -> None:
    """No parameter that the description does not have: X refuses those, a validator passes them over."""
    path, _, query = exchange.url.removeprefix(address).partition("?")
    places = [place for place in told["paths"] if _fits(place, path)]
    described = told["paths"][places[0]][exchange.method.lower()].get("parameters", [])
    shared = told["components"]["parameters"]
    names = {(shared[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one)["name"] for one in described}
    assert {pair.split("=")[0] for pair in query.split("&") if pair} <= names, exchange.url


def _fits(place: str, path: str) -> bool:
    return bool(re.fullmatch(re.escape(place).replace(r"\{id\}", "[0-9]+"), path))


class _Request:
    """A request as openapi-core asks for it."""

    def __init__(self, exchange: Exchange) -> None:
        core, data = pytest.importorskip("openapi_core.datatypes"), pytest.importorskip("werkzeug.datastructures")
        parts = urlsplit(exchange.url)
        self.host_url, self.path, self.method = f"{parts.scheme}://{parts.netloc}", parts.path, exchange.method.lower()
        self.body, self.content_type = exchange.body or None, exchange.headers.get("Content-Type", "")
        query = data.ImmutableMultiDict(parse_qsl(parts.query))
        self.parameters = core.RequestParameters(query=query, header=data.Headers(exchange.headers))


class _Response:
    """An answer as openapi-core asks for it."""

    def __init__(self, exchange: Exchange) -> None:
        data = pytest.importorskip("werkzeug.datastructures")
        self.data, self.status_code = exchange.content, exchange.status
        self.content_type, self.headers = exchange.told["Content-Type"].split(";")[0], data.Headers(exchange.told)
