"""A model server beside a test, which scores what it is shown by a rule of its own."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.model_api.replies import Reply
from tests.model_api.server import FakeModelServer

_FENCED = re.compile(r"<(reply-[0-9a-f]{12})>(.*?)</\1>", re.DOTALL)
_END_OF_TALK = re.compile("请评学员的最后|Score the learner's last")
_WORDS = re.compile(r"[A-Za-z]{1,5}|[0-9]{1,3}|[㐀-鿿]{1,2}|[^\sA-Za-z0-9㐀-鿿]")


def tokens(text: str) -> int:
    """What a tokenizer could make of a text: pieces of words, and pairs of characters."""
    return len(_WORDS.findall(text))


@dataclass
class Judge:
    """Scores the last reply of a prompt: `level` by criterion, reply and seed, `quote` for proof.

    Without a level the criterion does not apply; `instead` may give another answer to a request,
    by its number from 1.
    """

    level: Callable[[str, str, int], int | None] = field(
        default=lambda id, reply, _: 1 + zlib.crc32((id + reply).encode()) % 3
    )
    quote: Callable[[str, str], str] = field(default=lambda _, reply: reply[:12])
    instead: Callable[[int], Reply | None] = field(default=lambda _: None)
    asked: int = 0

    def __call__(self, request: Mapping[str, Any]) -> Reply:
        self.asked += 1
        other = self.instead(self.asked)
        if other is not None:
            return other
        prompt = "".join(one["content"] for one in request["messages"])
        # What comes after the talk is held up as being at fault.
        talk = _END_OF_TALK.split(request["messages"][-1]["content"])[0]
        reply = _FENCED.findall(talk)[-1][1]
        schema = request["response_format"]["json_schema"]["schema"]
        made: dict[str, Any] = {}
        for id in schema["properties"]:
            level = self.level(id, reply, request.get("seed") or 0)
            applicable = level is not None
            made[id] = {
                "quotes": [self.quote(id, reply)],
                "applicable": applicable,
                "level": level,
            }
        if "gates" in made:
            made["gates"] = []
        text = json.dumps(made, ensure_ascii=False)
        usage = {
            "prompt_tokens": tokens(prompt),
            "completion_tokens": tokens(text),
            "total_tokens": tokens(prompt + text),
        }
        return Reply(text, usage=usage)


@contextmanager
def serving(judge: Callable[[Mapping[str, Any]], Reply]) -> Iterator[FakeModelServer]:
    """The server, on a thread of its own."""
    ready, stop = threading.Event(), asyncio.Event()
    found: list[tuple[FakeModelServer, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        async with FakeModelServer() as api:
            api.brain = judge
            found.append((api, asyncio.get_running_loop()))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    api, loop = found[0]
    try:
        yield api
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
    assert api.violations == []


def environment(api: FakeModelServer) -> dict[str, str]:
    """The settings that lead to the server."""
    return {
        "COMMCOACH_MODEL_PROVIDER": "openai",
        "COMMCOACH_MODEL": "judge-1",
        "COMMCOACH_MODEL_BASE_URL": api.url,
        "COMMCOACH_MODEL_API_KEY": api.key,
        "COMMCOACH_MODEL_TIMEOUT": "5",
    }
