"""What a learner wrote while consent was asked for anew: held, and taken up once it is given."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.held import Held, HeldWords, expecting, held_in
from commcoach.telegram.desk import Talk
from commcoach.telegram.updates import Kind


def holding(talk: Talk) -> Talk:
    """The talk in which what the learner wrote is held, or the new wording of what was."""
    number = talk.update.about.get("message")
    held = held_in(talk.chat.expects)
    if not isinstance(number, int):
        # Words without a number could be neither edited nor told apart from the same ones again.
        return talk
    known = held.said.get(number)
    if known is not None and known.text == talk.text:
        return talk
    words = HeldWords(talk.text, talk.masked, talk.desk.now())
    return waiting(talk, replace(held, said={**held.said, number: words}))


def waiting(talk: Talk, held: Held) -> Talk:
    """The talk in whose chat this is held."""
    return replace(talk, chat=replace(talk.chat, expects=expecting(held)))


def taken_up(talk: Talk, held: Held) -> Talk:
    """The talk as if what is held had just been written, in answer to what it answered."""
    first = next(iter(held.said))
    about = {**talk.update.about, "text": held.text, "masked": list(held.masked), "message": first}
    update = replace(talk.update, kind=Kind.TEXT, about=about)
    return waiting(replace(talk, update=update), replace(held, said={}))
