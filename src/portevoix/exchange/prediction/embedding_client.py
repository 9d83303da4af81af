"""A client for an embeddings endpoint of the administrator's choice, with OpenAI's protocol.

The endpoint may be inside the internal network: the environment decides. Requests do not follow redirections, so that
neither text nor key goes anywhere else.
"""

import json
from collections.abc import Sequence

import numpy as np

from portevoix.channels.http import Http
from portevoix.exchange.prediction.embedding_config import endpoint_name
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.labels.embedding_model import Vectors

TIMEOUT = 10.0
"""Seconds for a whole answer, during which the worker does nothing else."""
MOST_BYTES = 30_000_000
MOST_NUMBERS = 8192
_OF_THE_TEXT = frozenset({400, 413, 422})


class TextRefused(Refused):
    """The endpoint does not accept one of the texts, or the whole request."""


class EncoderFailed(TryLater):
    """The encoder fails, by itself or on one of the texts."""


class EmbeddingClient:
    """An encoder behind `POST {address}/embeddings`. Texts leave this machine, so callers mask them first.

    `encode` raises TryLater when the endpoint cannot be reached or is busy, EncoderFailed when it fails, TextRefused
    when it does not accept these texts, Refused when it accepts none or its answer cannot be used.
    """

    slow = remote = True
    version = ""

    def __init__(self, address: str, model: str, key: str = "", *, timeout: float = TIMEOUT) -> None:
        self.name = endpoint_name(address, model)
        self._model = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._server = Http(address, headers=headers, timeout=timeout, most=MOST_BYTES, internal=True)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 0), np.float32)
        request = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        return _vectors(self._ask(json.dumps(request).encode()), len(texts))

    def _ask(self, body: bytes) -> bytes:
        try:
            return self._server.upload("/embeddings", body, "application/json").content
        except TryLater as error:
            if error.values.get("status") == 500:
                raise EncoderFailed(error.text, error.after, **error.values) from error
            raise
        except Refused as error:
            if status := error.values.get("status"):
                raise _refusal(int(status)) from None  # the answer may quote the texts
            raise


def _refusal(status: int) -> Refused:
    """Return the error for an answer, without the answer's own words: they may quote the texts."""
    if status in (401, 403):
        return Refused(
            gettext_noop("It refuses the key (HTTP {status}): check PORTEVOIX_EMBEDDINGS_KEY."), status=status
        )
    if status in _OF_THE_TEXT:
        return TextRefused(
            gettext_noop("It does not take what it is asked (HTTP {status}): check the model."), status=status
        )
    return Refused(gettext_noop("It answers HTTP {status} instead of vectors: check the address."), status=status)


def _vectors(content: bytes, count: int) -> Vectors:
    """Return unit vectors (texts, size) in the order of the texts, whatever the order of the answer."""
    try:
        rows = {int(each["index"]): each["embedding"] for each in json.loads(content)["data"]}
        matrix = np.array([rows[place] for place in range(count)], np.float64)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Refused(gettext_noop("What it answers are no vectors, or not as many as texts.")) from error
    if len(rows) != count or matrix.ndim != 2 or not 0 < matrix.shape[1] <= MOST_NUMBERS:
        raise Refused(gettext_noop("What it answers are no vectors, or not as many as texts."))
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise Refused(gettext_noop("Some of the numbers that it answers are none, or all nought."))
    return (matrix / lengths).astype(np.float32)
