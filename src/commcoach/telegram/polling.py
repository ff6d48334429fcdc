"""Fetching updates: kept before they are acknowledged, whatever they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
import structlog

from commcoach.coaching.storage import DatabaseUnusable

log = structlog.get_logger()

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
AT_ONCE = 100
LONGEST_PAUSE = 30.0
"""Seconds between attempts when Telegram or the database cannot be reached."""
REFUSALS = 3
"""How often in a row the token must be refused: a server that is set up anew may err once."""
UNKNOWN = (401, 404)
CONFLICT = 409

Keep = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]


class TokenRefused(Exception):
    """Telegram does not know the token."""


class Polling:
    """Asks for updates again and again.

    `keep` must have committed every update when it returns; only then does the next request
    acknowledge them. `taken` is told once when somebody else gets the updates instead.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        hold: int,
        keep: Keep,
        taken: Callable[[], None],
    ) -> None:
        self._client = client
        self._url = url
        self._hold = hold
        self._keep = keep
        self._taken = taken

    async def run(self) -> None:
        """Fetch until cancelled; raises `TokenRefused` if there is no point in going on."""
        offset: int | None = None
        failures = refused = 0
        told = False
        while True:
            try:
                updates = await self._fetch(offset)
                if updates:
                    # In the order they came about, however they were delivered.
                    updates.sort(key=_number)
                    await self._keep(updates)
                    offset = _number(updates[-1]) + 1
                if failures:
                    log.info("polling_again", after=failures)
                failures = refused = 0
                told = False
            except (httpx.HTTPError, NotAnswered, DatabaseUnusable) as error:
                failures += 1
                wait, code = 0.0, None
                if isinstance(error, NotAnswered):
                    wait, code = error.wait, error.error_code
                    refused = refused + 1 if code in UNKNOWN else 0
                if refused == REFUSALS:
                    raise TokenRefused from error
                if failures == 1:
                    log.warning("polling_interrupted", reason=type(error).__name__, code=code)
                if code == CONFLICT and not told:
                    told = True
                    self._taken()
                await asyncio.sleep(max(wait, min(0.5 * 2 ** (failures - 1), LONGEST_PAUSE)))

    async def _fetch(self, offset: int | None) -> list[dict[str, Any]]:
        request: dict[str, object] = {
            "limit": AT_ONCE,
            "timeout": self._hold,
            "allowed_updates": WANTED,
        }
        if offset is not None:
            request["offset"] = offset
        response = await self._client.post(self._url, json=request)
        return _updates_in(response)


class NotAnswered(Exception):
    """Telegram answered with something else than updates.

    `error_code` is that of the answer, else the HTTP status; `wait` is in seconds.
    """

    def __init__(self, error_code: int, wait: float = 0.0) -> None:
        super().__init__((self.__doc__ or "").partition("\n")[0])
        self.error_code = error_code
        self.wait = wait


def _updates_in(response: httpx.Response) -> list[dict[str, Any]]:
    try:
        answer = response.json()
    except ValueError:
        raise NotAnswered(response.status_code) from None
    if not isinstance(answer, dict):
        raise NotAnswered(response.status_code)
    result = answer.get("result")
    if answer.get("ok") is not True or not isinstance(result, list):
        parameters = answer.get("parameters")
        wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
        code = answer.get("error_code")
        raise NotAnswered(
            code if isinstance(code, int) else response.status_code,
            float(wait) if isinstance(wait, int | float) else 0.0,
        )
    updates = [one for one in result if isinstance(one, dict) and _number(one) >= 0]
    if len(updates) < len(result):
        log.warning("updates_without_number", count=len(result) - len(updates))
        if not updates:
            # Nothing that could be acknowledged: asking again at once would only spin.
            raise NotAnswered(response.status_code)
    return updates


def _number(update: dict[str, Any]) -> int:
    """The update's id; -1 if it has none that can be kept."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or number >= 2**63:
        return -1
    return number
