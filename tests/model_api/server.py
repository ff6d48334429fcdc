"""A server of chat completions that answers as it is told, and tells what a client does wrong."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.model_api.form import faults
from tests.model_api.replies import CUT, Reply, Trouble, failing


class FakeModelServer:
    """The server: `async with FakeModelServer() as api`, then `api.url` and `api.key`.

    Requests are answered by what was queued with `say`, then by `brain` if it has one, then by
    `usual`, or `usual_object` where an object is asked for. `refuses` names parameters and response
    formats with the words of refusal, `ignores_formats` takes every response format and answers
    with words. What OpenAI would refuse stands in `violations`.
    """

    def __init__(self) -> None:
        self.url = ""
        self.key = "sk-of-a-test"
        self.requests: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.refuses: dict[str, str] = {}
        self.ignores_formats = False
        self.brain: Callable[[Mapping[str, Any]], Reply] | None = None
        self.usual = Reply("您先说说看。")
        self.usual_object = Reply('{"level": 2}')
        self._replies: deque[Reply] = deque()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._handle)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        self._closing.set()
        await self._runner.cleanup()

    def say(self, *replies: Reply | str) -> None:
        """Answer the next requests with these, one each; words alone are a completion."""
        self._replies.extend(Reply(one) if isinstance(one, str) else one for one in replies)

    @property
    def formats(self) -> list[str | None]:
        """The response formats that were asked for, oldest first."""
        return [one.get("response_format", {}).get("type") for one in self.requests]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        asked = await request.json()
        self.requests.append(asked)
        self.violations.extend(faults(asked))
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            wrong = request.headers.get("Authorization", "")
            return self._plain(failing(401, f"Incorrect API key provided: {wrong[7:]}."), asked)
        wanted = asked.get("response_format", {}).get("type")
        for name, words in self.refuses.items():
            if name in asked or name == wanted:
                return self._plain(failing(400, words), asked)
        reply = self._reply(asked, wanted)
        stream = asked.get("stream") is True and reply.status == 200 and reply.body is None
        if stream and reply.trouble is not Trouble.HANG:
            return await self._stream(request, reply, asked)
        await asyncio.sleep(began + reply.after - time.monotonic())
        if reply.trouble is Trouble.CUT:
            return await self._half(request, self._plain(reply, asked))
        await self._befall(request, reply)
        return self._plain(reply, asked)

    def _reply(self, asked: dict[str, Any], wanted: str | None) -> Reply:
        if self._replies:
            return self._replies.popleft()
        if self.brain is not None:
            return self.brain(asked)
        prompted = "JSON Schema" in asked["messages"][0]["content"]
        if prompted or (wanted is not None and not self.ignores_formats):
            return self.usual_object
        return self.usual

    async def _stream(
        self, request: web.Request, reply: Reply, asked: dict[str, Any]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with_usage = asked.get("stream_options", {}).get("include_usage") is True
        chunks = reply.chunks(asked["model"], with_usage)
        if reply.trouble is Trouble.CUT:
            chunks = chunks[: len(chunks) // 2]
        await asyncio.sleep(reply.after / 2)
        for chunk in chunks:
            await asyncio.sleep(reply.after / 2 / len(chunks))
            await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
        for event in reply.events:
            await response.write(f"data: {event}\n\n".encode())
        await self._befall(request, reply)
        if reply.finish is not None:
            await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _half(self, request: web.Request, whole: web.Response) -> web.StreamResponse:
        body = (whole.text or "").encode()
        response = web.StreamResponse(headers={"Content-Type": whole.content_type})
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        # What is written has to leave before the connection goes.
        await asyncio.sleep(0)
        await self._befall(request, CUT)
        return response

    async def _befall(self, request: web.Request, reply: Reply) -> None:
        if reply.trouble in (Trouble.RESET, Trouble.CUT) and request.transport is not None:
            request.transport.abort()
        if reply.trouble is Trouble.HANG:
            await self._closing.wait()

    def _plain(self, reply: Reply, asked: dict[str, Any]) -> web.Response:
        body = reply.body
        if body is None:
            body = json.dumps(reply.completion(asked["model"]), ensure_ascii=False)
        return web.Response(
            text=body,
            status=reply.status,
            headers=dict(reply.headers),
            content_type=reply.content_type,
        )
