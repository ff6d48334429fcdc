"""What waits in a chat until its learner agrees: words written meanwhile, and an invitation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

HELD = "held:"
"""How what a chat expects begins while something is held in it."""
_JOIN = "join:"
"""How it began in earlier versions while an invitation waited."""


@dataclass(frozen=True, slots=True)
class HeldWords:
    """What one message says, masked: the kinds that were blotted out, and since when it is held."""

    text: str
    masked: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What is held, and what the chat expects without it.

    `said` has words by the number of the message that brought them, in the order they came;
    `invitation` is the token of a cohort.
    """

    expects: str = ""
    said: Mapping[int, HeldWords] = field(default_factory=dict)
    invitation: str = ""

    @property
    def text(self) -> str:
        """All words as one reply, the same ones once: nothing was said to the learner meanwhile."""
        return "\n".join(dict.fromkeys(one.text for one in self.said.values()))

    @property
    def masked(self) -> tuple[str, ...]:
        """The kinds that were blotted out of the words as they read now."""
        return tuple(dict.fromkeys(kind for one in self.said.values() for kind in one.masked))

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self.said or self.invitation)


def held_in(expects: str) -> Held:
    """What is held in what a chat expects."""
    if expects.startswith(_JOIN):
        return Held(invitation=expects.removeprefix(_JOIN))
    if not expects.startswith(HELD):
        return Held(expects)
    found = json.loads(expects.removeprefix(HELD))
    said = {
        int(number): HeldWords(text, tuple(masked), datetime.fromisoformat(since))
        for number, (text, masked, since) in found["said"].items()
    }
    return Held(found["expects"], said, found["invitation"])


def expecting(held: Held) -> str:
    """What a chat expects that holds this; the inverse of `held_in`."""
    if not held:
        return held.expects
    said = {
        number: (one.text, one.masked, one.since.isoformat()) for number, one in held.said.items()
    }
    kept = {"expects": held.expects, "said": said, "invitation": held.invitation}
    return HELD + json.dumps(kept, ensure_ascii=False)


def without_old_words(held: Held, before: datetime) -> Held:
    """The same without words held since before; what they answered goes with the last of them."""
    young = {number: one for number, one in held.said.items() if one.since >= before}
    return replace(held, said=young, expects=held.expects if young or not held.said else "")
