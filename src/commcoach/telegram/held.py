"""What was written while consent was asked for anew: held, and taken up once it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from commcoach.coaching.mail import Chat
from commcoach.telegram.desk import Talk
from commcoach.telegram.updates import Kind

HELD = "held:"
"""What the chat waits with: the words that are held, and what it was waiting with before."""


@dataclass(frozen=True, slots=True)
class Held:
    """Words by the number of the message that brought them, masked, and what they answer."""

    expects: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    masked: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it, as one reply: nothing was said to the learner in between."""
        return "\n".join(self.said.values())


def held_in(chat: Chat) -> Held | None:
    """What is held for a chat."""
    if not chat.expects.startswith(HELD):
        return None
    expects, said, masked = json.loads(chat.expects.removeprefix(HELD))
    return Held(expects, said, tuple(masked))


def waiting_with(chat: Chat, expects: str) -> Chat:
    """The chat that waits with this; what is held for it stays."""
    held = held_in(chat)
    return replace(chat, expects=expects if held is None else _kept(replace(held, expects=expects)))


def holding(talk: Talk) -> Talk:
    """The talk in which what the learner wrote is held, or the new wording of what was."""
    held = held_in(talk.chat) or Held(talk.chat.expects)
    number = str(talk.update.about.get("message"))
    if number not in held.said and talk.text in held.said.values():
        return talk
    masked = talk.update.about.get("masked")
    kinds = masked if isinstance(masked, list) else []
    held = Held(
        held.expects,
        {**held.said, number: talk.text},
        tuple(dict.fromkeys([*held.masked, *map(str, kinds)])),
    )
    return replace(talk, chat=replace(talk.chat, expects=_kept(held)))


def taken_up(talk: Talk, held: Held) -> Talk:
    """The talk as if what is held had just been written, in answer to what it answered."""
    first = int(next(iter(held.said)))
    about = {**talk.update.about, "text": held.text, "masked": list(held.masked), "message": first}
    update = replace(talk.update, kind=Kind.TEXT, about=about)
    return replace(talk, update=update, chat=replace(talk.chat, expects=held.expects))


def _kept(held: Held) -> str:
    return HELD + json.dumps([held.expects, held.said, held.masked], ensure_ascii=False)
