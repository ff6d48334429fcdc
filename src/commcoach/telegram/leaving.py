"""Leaving for good: everything deleted, after a question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from commcoach.coaching.keeping import Forgotten, forget_learner
from commcoach.coaching.mail import Answer
from commcoach.telegram.desk import Talk
from commcoach.telegram.taps import Verb


async def ask(talk: Talk, key: str = "bot.forget_sure") -> Answer:
    """Ask once before everything is deleted, with the text of this key."""
    rows = (
        (talk.button("bot.button.forget", Verb.FORGET),),
        (
            talk.button("bot.button.export_first", Verb.EXPORT),
            talk.button("bot.button.keep", Verb.KEEP),
        ),
    )
    return talk.answer(talk.send(talk.html(key), rows))


async def forget(talk: Talk) -> Answer:
    """Delete everything, and say what was deleted and what remains in backups until when."""
    house, terms, now = talk.desk.house, talk.desk.terms, talk.desk.now()
    await talk.desk.drop_late(talk.chat.id)
    gone = await forget_learner(house.keeping, talk.learner.id, now)
    until = talk.words.day(now + timedelta(days=terms.backups))
    if gone == Forgotten():
        # Deleted a moment ago, by a first try that could not be brought to its end.
        text = talk.html("bot.forgotten_all", until=until)
    else:
        text = talk.html(
            "bot.forgotten",
            sessions=gone.sessions,
            replies=gone.replies,
            scores=gone.scores,
            until=until,
        )
    return Answer((replace(talk.send(text), key=f"{talk.update.id}.forgotten", fleeting=True),))


async def keep(talk: Talk) -> Answer:
    """Nothing is deleted after all."""
    return talk.answer(talk.send(talk.html("bot.forget_not")))
