"""What the buttons mean: a verb and what it is about, in the 64 bytes that Telegram carries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONGEST = 64
"""Bytes of callback data. Source: Bot API, InlineKeyboardButton."""


class Verb(StrEnum):
    """What a tap asks for."""

    AGREE = "agree"
    DETAILS = "details"
    LEAVE = "leave"
    SPEAK = "speak"
    MENU = "menu"
    MODULES = "mods"
    MODULE = "mod"
    DIFFICULTIES = "diffs"
    DIFFICULTY = "diff"
    BRIEF = "brief"
    BEGIN = "begin"
    RESUME = "resume"
    CARDS = "cards"
    STOP = "stop"
    END = "end"
    REWRITE = "rewrite"
    USE_EDIT = "useedit"
    KEEP_FIRST = "keepfirst"
    ONE_WAY = "oneway"
    WHY = "why"
    EACH = "each"
    DIFFER = "differ"
    DIFFER_ON = "differon"
    NEVER_MIND = "nevermind"
    DEBRIEF = "debrief"
    HISTORY = "history"
    FORGET = "forget"
    KEEP = "keep"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Tap:
    """A verb with its particulars."""

    verb: Verb
    parts: tuple[str, ...] = ()


def data_of(verb: Verb, *parts: object) -> str:
    """What a button carries; a `ValueError` if that is more than Telegram takes."""
    data = ":".join([verb.value, *map(str, parts)])
    if len(data.encode()) > LONGEST:
        raise ValueError(data)
    return data


def tap_of(data: str) -> Tap | None:
    """What a button meant; `None` for one that this version does not know."""
    verb, *parts = data.split(":")
    try:
        return Tap(Verb(verb), tuple(parts))
    except ValueError:
        return None
