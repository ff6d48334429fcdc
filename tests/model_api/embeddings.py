"""A server of embeddings that answers as it is told, in a thread of its own, over real HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

DIMENSIONS = 8


@dataclass(frozen=True, slots=True)
class Given:
    """What a request is answered with; `body` in place of vectors, `after` so many seconds."""

    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    hang_up: bool = False


def refusing(status: int, message: str, **headers: str) -> Given:
    """An error as OpenAI words it."""
    return Given(status, json.dumps({"error": {"message": message, "type": "error"}}), headers)


def vector_of(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """The vector that the server gives to a text: of no meaning, and never of length 1."""
    digest = hashlib.sha512(text.encode()).digest()
    return [byte - 127.5 for byte in digest[:dimensions]]


class FakeEmbeddingServer:
    """The server: `with FakeEmbeddingServer() as api`, then `api.url` and `api.key`.

    Requests are answered by what was queued with `say`, then with vectors, last one first, as the
    protocol allows. `texts` are those that were asked for; what OpenAI would refuse stands in
    `violations`.
    """

    def __init__(self) -> None:
        self.url = ""
        self.key = "sk-of-an-embedding"
        self.model = "bge-small"
        self.dimensions = DIMENSIONS
        self.texts: list[str] = []
        self.requests = 0
        self.violations: list[str] = []
        self.down = False
        self._given: deque[Given] = deque()
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                fake._answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def say(self, *given: Given) -> None:
        """Answer the next requests with these, one each."""
        self._given.extend(given)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.requests += 1
        self.violations += faults(handler.path, asked)
        given = self._given.popleft() if self._given else self._usual(handler, asked)
        time.sleep(given.after)
        if given.hang_up:
            handler.close_connection = True
            return
        body = (given.body if given.body is not None else self._vectors(asked)).encode()
        handler.send_response(given.status)
        for name, value in {"Content-Type": "application/json", **given.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _usual(self, handler: BaseHTTPRequestHandler, asked: Mapping[str, Any]) -> Given:
        if self.down:
            return refusing(503, "overloaded")
        if handler.headers.get("Authorization") != f"Bearer {self.key}":
            return refusing(401, f"Incorrect API key: {handler.headers.get('Authorization')}")
        if asked.get("model") != self.model:
            return refusing(404, f"The model `{asked.get('model')}` does not exist")
        return Given()

    def _vectors(self, asked: Mapping[str, Any]) -> str:
        texts: Sequence[str] = asked["input"]
        self.texts += texts
        data = [
            {"object": "embedding", "index": index, "embedding": vector_of(text, self.dimensions)}
            for index, text in enumerate(texts)
        ]
        return json.dumps({"object": "list", "data": data[::-1], "model": asked["model"]})


def faults(path: str, asked: Mapping[str, Any]) -> list[str]:
    """What OpenAI, or a service with narrow limits, would refuse."""
    texts = asked.get("input")
    found = []
    if path != "/v1/embeddings":
        found.append(f"there is no {path}")
    if not isinstance(texts, list) or not texts or not all(isinstance(one, str) for one in texts):
        return [*found, "input is no list of texts"]
    if not all(texts):
        found.append("an empty text")
    if len(texts) > 10:
        found.append(f"{len(texts)} texts at once")
    if asked.get("encoding_format") not in (None, "float"):
        found.append("a packed form that only some know")
    return found
