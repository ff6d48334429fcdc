"""What the tests ask models."""

from __future__ import annotations

from typing import Any

from commcoach.coaching.language_model import Ask, LanguageModel, Message

WORDS = Ask(
    "voice",
    (Message("system", "You are a colleague."), Message("user", "Say hello in three words.")),
    most_tokens=90,
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"level": {"type": "integer", "minimum": 0, "maximum": 4}},
    "required": ["level"],
    "additionalProperties": False,
}
LEVEL = Ask("scorer", (Message("system", "Score it."), Message("user", "您好。")), SCHEMA)


async def heard(model: LanguageModel, ask: Ask = WORDS) -> list[str]:
    """The pieces of a stream."""
    return [piece async for piece in model.stream(ask)]
