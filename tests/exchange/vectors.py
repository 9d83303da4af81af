"""A server that gives vectors as OpenAI's does, made of the words of each text; told to, it fails in a given way."""

import json
import math
import random
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SIZE = 64


@dataclass
class Vectors:
    """What was asked and how, and how the next answers fail: by a status, or by a word that `_spoilt` knows."""

    address: str = ""
    asked: list[list[str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    fails: list[int | str] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)
    refused: tuple[int, str] = (0, "")
    """A status for every request in which this word stands."""
    size: int = SIZE


_MEANS: dict[str, str] = {}


def noun(means: str, number: int) -> str:
    """A word that no other one looks like, and that means this to the server."""
    word = "".join(random.Random(f"{means} {number}").choices("abcdefghijklmnopqrstuvwxyz", k=9))
    _MEANS[word] = means
    return word


def vector(text: str, size: int = SIZE) -> list[float]:
    """Texts with the same words, or with nouns that mean the same, have the same one."""
    row = [0.001] * size
    for word in (each.strip(".,?!") for each in text.lower().split()):
        row[zlib.crc32(_MEANS.get(word, word).encode()) % size] += 1
    length = math.sqrt(sum(each * each for each in row))
    return [each / length for each in row]


@contextmanager
def serving() -> Iterator[Vectors]:
    told = Vectors()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append(body["input"])
            told.headers.append(dict(self.headers))
            told.bodies.append(body)
            fault = told.fails.pop(0) if told.fails else ""
            status, word = told.refused
            if word and any(word in text for text in body["input"]):
                fault = status
            found = [
                {"object": "embedding", "index": n, "embedding": [3 * x for x in vector(text, told.size)]}
                for n, text in enumerate(body["input"])
            ]
            content = json.dumps({"object": "list", "data": spoilt(found, fault)}).encode()
            if fault == "drip headers":
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.02)
            self.send_response(fault if isinstance(fault, int) and fault else 200)
            for name, value in told.more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if fault == "drip":
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.02)
            self.wfile.write(content[:50] if fault == "cut" else b"<html>" if fault == "html" else content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield told
    server.shutdown()
    server.server_close()


def spoilt(data: list[dict[str, Any]], fault: int | str) -> Any:
    match fault:
        case "order":
            return data[::-1]
        case "few":
            return data[:-1]
        case "twice":
            return [*data[:-1], data[0]]
        case "ragged":
            return [{**data[0], "embedding": [1.0]}, *data[1:]]
        case "nan":
            return [{**data[0], "embedding": [float("nan")] * SIZE}, *data[1:]]
        case "nought":
            return [{**data[0], "embedding": [0.0] * SIZE}, *data[1:]]
        case "words":
            return [{**each, "embedding": ["a"]} for each in data]
        case "none":
            return None
        case "empty":
            return [{**each, "embedding": []} for each in data]
    return data
