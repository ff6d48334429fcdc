"""Requests as they came in, and what became of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.telegram_api.faults import Fault
from tests.telegram_api.refusals import Json
from tests.telegram_api.shapes import Upload


@dataclass(slots=True)
class Call:
    """A request and what became of it."""

    at: float
    """Seconds on a clock that only runs forward."""
    method: str
    params: Json
    status: int | None = None
    """None while there is no answer, or if there never is one."""
    answer: Json | None = None
    fault: Fault | None = None

    @property
    def chat(self) -> int | None:
        """The chat it is about."""
        chat = self.params.get("chat_id")
        return chat if isinstance(chat, int) else None


async def raw_parameters(request: web.Request) -> dict[str, Any]:
    """The parameters from the query and the body, in whichever form they come."""
    raw: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            read = json.loads(body or b"{}")
        except ValueError:
            read = {}
        return raw | read if isinstance(read, dict) else raw
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            raw[name] = Upload(value.filename, value.file.read())
            value.file.close()
        else:
            raw[name] = value
    return raw
