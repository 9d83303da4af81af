"""Whatever a file holds, an importer gives messages that can be written and read again, or refuses with words."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.channels.importers.documents import Item, LeftOut
from portevoix.channels.importers.formats import FORMATS
from portevoix.kernel.errors import BadLine
from portevoix.kernel.interchange import read_line, write_line
from portevoix.kernel.messages import Incoming
from tests.channels.test_importing import CASES, NETWORKS, SAMPLES, X, converted
from tests.fuzz.nasty import MOMENTS, SHORT

MORE = settings(max_examples=80, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
drawn = st.randoms(note_method_calls=False)


def holds(items: list[Item]) -> None:
    """Each is a message that can be written and read again the same, or refused with words, or left out."""
    for item in items:
        if isinstance(item, Incoming):
            assert read_line(write_line(item), 1) == item
        elif isinstance(item, BadLine):
            assert item.line and item.args[0] and not re.search(r"\{[a-z]+\}", item.args[0])
        else:
            assert isinstance(item, LeftOut) and item.what


def nasty(random: Random) -> object:
    return random.choice(
        [None, True, 0, -1, 1.5, 2**70, [], {}, [[]], [{}], {"id": 1}, random.choice(SHORT), random.choice(MOMENTS)]
    )


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(inner, (*path, key))


def spoilt(value: Any, random: Random) -> Any:
    """The value with some places in it replaced or taken away."""
    value = json.loads(json.dumps(value))
    for _ in range(random.randint(1, 4)):
        where = random.choice(list(places(value)) or [()])
        if not where:
            return nasty(random)
        inner = value
        for key in where[:-1]:
            inner = inner[key]
        if random.random() < 0.3:
            del inner[where[-1]]
        else:
            inner[where[-1]] = nasty(random)
    return value


@MORE
@given(drawn)
def test_spoilt_samples_are_read_or_refused(random: Random) -> None:
    name, sample, accounts, *_ = random.choice([case for case in CASES if case[0] in NETWORKS])
    text = (SAMPLES / sample).read_text()
    values = [json.loads(text)] if text.startswith(("[\n", "{\n")) else [json.loads(line) for line in text.splitlines()]
    raw = "\n".join(json.dumps(spoilt(value, random)) for value in values)
    holds(converted(random.choice([name, *NETWORKS]) if random.random() < 0.3 else name, raw.encode(), *accounts))


@MORE
@given(drawn)
def test_spoilt_bytes_are_read_or_refused(random: Random) -> None:
    name, sample, accounts, *_ = random.choice(CASES)
    raw = bytearray((SAMPLES / sample).read_bytes())
    for _ in range(random.randint(1, 30)):
        at = random.randrange(len(raw))
        raw[at : at + random.choice([0, 1, 1, 1, 40])] = random.choice(
            [b"\0", b'"', b"\n", b"\r", b"\xff", b";", b",", b"{", b"]", b"From x 10:00\n", b"", b"\xc3\xa9", b"99999"]
        )
    holds(converted(name, bytes(raw), *accounts))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@MORE
@given(JSON, st.sampled_from(sorted(FORMATS)))
def test_random_json_raises_nothing(value: object, name: str) -> None:
    accounts = (X,) if FORMATS[name].accounts is FORMATS["twarc"].accounts else ()
    holds(converted(name, json.dumps(value).encode("utf-8", "surrogatepass"), *accounts))


@MORE
@given(st.binary(max_size=300), st.sampled_from(sorted(FORMATS)))
def test_random_bytes_raise_nothing(raw: bytes, name: str) -> None:
    accounts = (X,) if FORMATS[name].accounts is FORMATS["twarc"].accounts else ()
    holds(converted(name, raw, *accounts))
