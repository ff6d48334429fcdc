"""What a server repeats in its errors of what it was sent, to be left out of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_LEAST = 12
"""Bytes of a prompt that are more than chance: four Chinese characters, two English words."""
_LONGEST = 600
"""Characters of an error that are looked at; the rest is not kept either."""


@dataclass(frozen=True, slots=True)
class Echoes:
    """The key and the prompt that a server was sent."""

    key: str = ""
    prompt: str = ""

    def without(self, said: str) -> str:
        """What a server said, cut to 600 characters: "…" for the key, and for the prompt's words.

        Words are the prompt's if 12 bytes of UTF-8 or more stand in it one after the other, as they
        are or as JSON writes them.
        """
        # The key first of all: of half a key nobody would know that it is one.
        said = said.replace(self.key, "…") if self.key else said
        return _without(re.sub(r"\\+", r"\\", said[:_LONGEST]), _as_written(self.prompt))


def _as_written(prompt: str) -> str:
    return "\n".join((prompt, json.dumps(prompt), json.dumps(prompt, ensure_ascii=False)))


def _without(said: str, sent: str) -> str:
    kept: list[str] = []
    place = 0
    while place < len(said):
        end = _end_of_least(said, place)
        if end is None or said[place:end] not in sent:
            kept.append(said[place])
            place += 1
            continue
        while end < len(said) and said[place : end + 1] in sent:
            end += 1
        kept.append("…")
        place = end
    return "".join(kept)


def _end_of_least(said: str, place: int) -> int | None:
    """Where the shortest stretch from here ends that can be an echo; `None` if none can."""
    size = 0
    for end in range(place, len(said)):
        size += len(said[end].encode(errors="replace"))
        if size >= _LEAST:
            return end + 1
    return None
