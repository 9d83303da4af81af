"""An endpoint for vectors, over a real connection: what it answers is checked before anything is made of it."""

from datetime import timedelta

import numpy as np
import pytest

from portevoix.channels.http import forget_waits
from portevoix.exchange.prediction.embedding_client import EmbeddingClient, EncoderFailed, TextRefused
from portevoix.kernel.errors import Refused, TryLater
from tests.exchange.vectors import SIZE, serving, vector

TEXTS = ("La piscine est fermée", "Un trou dans la rue", "Merci")


@pytest.fixture
def far():
    with serving() as told:
        yield told


def test_it_asks_as_openai_is_asked_and_takes_any_order(far) -> None:
    endpoint = EmbeddingClient(far.address + "/", "small", "secret-key")
    for fault in ("", "order"):
        far.fails.append(fault)
        found = endpoint.encode(TEXTS)
        assert found.shape == (3, SIZE) and found.dtype == np.float32
        assert np.allclose(found, [vector(text) for text in TEXTS], atol=1e-6), "of length one, each in its place"
    assert far.bodies[0] == {"model": "small", "input": list(TEXTS), "encoding_format": "float"}
    assert far.headers[0]["Authorization"] == "Bearer secret-key"
    EmbeddingClient(far.address, "small").encode(TEXTS[:1])
    assert "Authorization" not in far.headers[-1]
    assert endpoint.encode([]).shape[0] == 0 and len(far.asked) == 3


def test_its_name_tells_host_and_model_and_no_key() -> None:
    one, other = (EmbeddingClient("https://vectors.ville.example/v1/", model, "k3y") for model in ("small", "large"))
    assert one.name == "vectors.ville.example/v1 small" != other.name


@pytest.mark.parametrize(
    "fault", ["few", "twice", "ragged", "nan", "nought", "words", "none", "empty", "html", 301, 302, 404, 401, 403, 418]
)
def test_what_is_no_vector_is_refused(far, fault) -> None:
    far.fails.append(fault)
    if fault == "html":
        far.more["Content-Length"] = "6"
    with pytest.raises(Refused) as told:
        EmbeddingClient(far.address, "small", "k3y").encode(TEXTS)
    assert not isinstance(told.value, TextRefused) and "k3y" not in str(told.value)
    assert len(far.asked) == 1, "no redirection is followed"


@pytest.mark.parametrize(("fault", "kind"), [(429, TryLater), (503, TryLater), (500, EncoderFailed), (408, TryLater)])
def test_what_may_pass_is_for_later(far, fault, kind) -> None:
    far.fails.append(fault)
    far.more["Retry-After"] = "120"
    with pytest.raises(kind) as told:
        EmbeddingClient(far.address, "small").encode(TEXTS)
    assert told.value.after == timedelta(minutes=1 if fault == 500 else 2)
    forget_waits()
    far.fails.append(fault)
    far.more["Retry-After"] = "Wed, 21 Oct 2026 07:28:00 GMT"
    with pytest.raises(kind) as told:
        EmbeddingClient(far.address, "small").encode(TEXTS)
    assert told.value.after == timedelta(minutes=1 if fault == 500 else 0)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_that_is_not_taken_is_told(far, status) -> None:
    far.fails.append(status)
    with pytest.raises(TextRefused):
        EmbeddingClient(far.address, "small").encode(TEXTS)


@pytest.mark.parametrize("fault", ["cut", "drip", "drip headers"])
def test_an_answer_that_breaks_off_or_drips_is_for_later(far, fault) -> None:
    far.fails.append(fault)
    with pytest.raises(TryLater):
        EmbeddingClient(far.address, "small", timeout=0.3).encode(TEXTS)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "http://vectors.invalid/v1"])
def test_nobody_there_is_for_later(address) -> None:
    with pytest.raises(TryLater, match=r"cannot be found|refuses connections"):
        EmbeddingClient(address, "small", timeout=2).encode(TEXTS)


def test_an_endpoint_without_tls_is_for_a_person_to_mend(far) -> None:
    with pytest.raises(Refused, match="does not speak TLS"):
        EmbeddingClient(far.address.replace("http:", "https:"), "small", timeout=2).encode(TEXTS)
