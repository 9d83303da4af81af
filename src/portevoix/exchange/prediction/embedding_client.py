"""A client for an embeddings endpoint of the administrator's choice, with OpenAI's protocol.

The endpoint may be inside the internal network: the environment decides. Requests do not follow redirections, so that
neither text nor key goes anywhere else.
"""

import json
import ssl
from collections.abc import Sequence
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

import numpy as np

from portevoix.channels.http import Deadline, read_body
from portevoix.exchange.prediction.embedding_config import endpoint_name
from portevoix.kernel.errors import ChannelError, Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.labels.embeddings import Vectors

TIMEOUT = 10.0
"""Seconds for a whole answer, during which the worker does nothing else."""
MOST_BYTES = 30_000_000
MOST_NUMBERS = 8192
LONGEST_WAIT = timedelta(hours=1)
_LATER = frozenset({408, 425, 429})
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
        parts = urlsplit(address)
        assert parts.hostname
        self.name = endpoint_name(address, model)
        self._https, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._path = parts.path.rstrip("/") + "/embeddings"
        self._model, self._timeout = model, timeout
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "Portevoix"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 0), np.float32)
        request = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        return _vectors(self._ask(json.dumps(request).encode()), len(texts))

    def _ask(self, body: bytes) -> bytes:
        connection = self._connection()
        try:
            with Deadline(connection, self._timeout) as watch:
                watch.connect()
                connection.request("POST", self._path, body, self._headers)
                answer = connection.getresponse()
                content = read_body(answer, MOST_BYTES)
                watch.check()
        except (OSError, HTTPException) as error:
            message = gettext_noop("It cannot be reached ({kind}).")
            raise TryLater(message, kind=type(error).__name__) from error
        if answer.status != 200:
            raise _refusal(answer)
        return content

    def _connection(self) -> HTTPConnection:
        if not self._https:
            return HTTPConnection(self._host, self._port, timeout=self._timeout)
        context = ssl.create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=self._timeout, context=context)


def _refusal(answer: HTTPResponse) -> ChannelError:
    """Return the error for an answer, without the answer's own words: they may quote the texts."""
    status = answer.status
    if status in _LATER or status >= 500:
        retry_after = answer.headers.get("Retry-After", "")
        after = (
            timedelta(seconds=int(retry_after))
            if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 8
            else timedelta()
        )
        message = gettext_noop("It is busy or out of order (HTTP {status}).")
        return (EncoderFailed if status == 500 else TryLater)(message, min(after, LONGEST_WAIT), status=status)
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
