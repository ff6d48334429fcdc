"""What a model server can answer, right and wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

USAGE = {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}


class Trouble(StrEnum):
    """What happens to the connection instead of an answer."""

    RESET = "reset"
    CUT = "cut"
    """Reset when half of the body is there."""
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `body` is sent instead of a completion.

    Of a stream, `events` are sent as they are after the words; with `trouble` these come in place
    of its end, else in place of everything. `after` is how many seconds the whole of it takes; the
    pieces of a stream come in the second half of them.
    """

    text: str | None = ""
    message: Mapping[str, Any] = field(default_factory=dict)
    finish: str | None = "stop"
    usage: Mapping[str, Any] | None = field(default_factory=lambda: USAGE)
    logprobs: Mapping[str, Any] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    content_type: str = "application/json"
    trouble: Trouble | None = None
    events: tuple[str, ...] = ()
    after: float = 0.0

    def completion(self, model: str) -> dict[str, Any]:
        """The completion, as OpenAI's documents describe it."""
        message = {"role": "assistant", "content": self.text, "refusal": None} | dict(self.message)
        choice = {
            "index": 0,
            "message": message,
            "finish_reason": self.finish,
            "logprobs": self.logprobs,
        }
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": model,
            "choices": [choice],
            "usage": self.usage,
        }

    def chunks(self, model: str, with_usage: bool) -> list[dict[str, Any]]:
        """The chunks of the completion; the words in pieces of 3 characters."""
        text = self.text or ""
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": text[begin : begin + 3]} for begin in range(0, len(text), 3)]
        deltas += [{name: value} for name, value in self.message.items()]
        chunks = [_chunk(model, [{"index": 0, "delta": one}]) for one in deltas]
        if self.finish is not None:
            end = {"index": 0, "delta": {}, "finish_reason": self.finish}
            chunks.append(_chunk(model, [end]))
        if with_usage and self.finish is not None:
            chunks.append(_chunk(model, []) | {"usage": self.usage})
        return chunks


def _chunk(model: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    about = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000}
    return about | {"model": model, "choices": choices}


def failing(
    status: int, message: str, code: str | None = None, param: str | None = None, **headers: str
) -> Reply:
    """An error in OpenAI's form; headers by their names with underscores."""
    error = {"message": message, "type": "error", "code": code, "param": param}
    return Reply(
        status=status,
        body=json.dumps({"error": error}, ensure_ascii=False),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def raw(body: Any, content_type: str = "application/json") -> Reply:
    """Status 200 with this body, and no completion."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(body=text, content_type=content_type)


HTML = raw("<!doctype html><html><body>Welcome to the gateway</body></html>", "text/html")
MALFORMED = raw('{"id": "chatcmpl-1", "choices": [{"mess')
RESET = Reply(trouble=Trouble.RESET)
CUT = Reply("您先说", trouble=Trouble.CUT)
HANG = Reply(trouble=Trouble.HANG)
