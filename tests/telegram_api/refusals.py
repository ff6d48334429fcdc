"""Refusals, worded as Telegram words them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Note = Callable[[str], None]
"""Takes down what Telegram lets pass and a careful bot does not do."""


class Refused(Exception):
    """Telegram answers that it will not."""

    def __init__(
        self,
        description: str,
        code: int = 400,
        parameters: Json | None = None,
        *,
        to_be_expected: bool = False,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.parameters = parameters
        self.to_be_expected = to_be_expected
        """It can happen to a bot that does everything right: no violation."""

    def answer(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(what: str) -> Refused:
    """A request that cannot be played as it is."""
    return Refused(f"Bad Request: {what}")


def too_many(seconds: int) -> Refused:
    """Too many requests: come again after so many seconds."""
    return Refused(
        f"Too Many Requests: retry after {seconds}",
        429,
        {"retry_after": seconds},
        to_be_expected=True,
    )
