"""A turn in Telegram: the reply taken, the remarks and the line sent, the reply rewritten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from commcoach.coaching.arms import Taken, advice_on
from commcoach.coaching.mail import Answer, Outgoing
from commcoach.coaching.one_way import one_way as one_way_to_put
from commcoach.coaching.practice import Practice
from commcoach.coaching.standing import verdicts_for
from commcoach.coaching.turns import NotPossibleNow, SetAside, rewrite_reply, take_turn
from commcoach.domain.dialogue import (
    Action,
    PracticeSession,
    Turn,
    allowed_actions,
    natural_ending,
)
from commcoach.presentation.one_way import way_text
from commcoach.presentation.reasons import mask_notice, objection, why_lines
from commcoach.telegram.debriefing import finish
from commcoach.telegram.desk import Talk
from commcoach.telegram.drafting import Drafting
from commcoach.telegram.late_scores import complete
from commcoach.telegram.markup import bold, escape, folded, pages
from commcoach.telegram.taps import Verb
from commcoach.telegram.turn_message import promise_of, turn_key, turn_rows, turn_text

REWRITE = "rewrite"
EDITED = "edited:"
"""What the chat waits with after an edit: the new wording, until the learner decides."""


async def take(talk: Talk) -> Answer:
    """Take what the learner wrote as the next reply, or as the rewrite that was asked for."""
    session = await talk.latest()
    if session is None:
        return talk.hint("bot.no_session")
    action = Action.REWRITE if talk.chat.expects == REWRITE else Action.REPLY
    return await _take(talk, session, action, talk.text, talk.masked)


async def _take(
    talk: Talk, session: PracticeSession, action: Action, text: str, masked: Sequence[str]
) -> Answer:
    talk.desk.signs.typing(talk.chat.id)
    coach = await talk.coach(session)
    use_case = take_turn if action is Action.REPLY else rewrite_reply
    try:
        watch = Drafting(talk, coach) if talk.desk.signs.may_draft() else None
        taken = await use_case(coach, session, text, talk.message, tuple(masked), watch)
    except NotPossibleNow:
        if action is Action.REWRITE:
            # The rewrite that was asked for cannot be any more; what was written is a reply.
            return await _take(talk, session, Action.REPLY, text, masked)
        return await finish(talk, session)
    if isinstance(taken, SetAside):
        return talk.answer(talk.send(escape(objection(taken.reason, talk.words))))
    messages = []
    if taken.masked:
        messages.append(talk.send(escape(mask_notice(taken.masked, talk.words))))
    messages.append(turn_message(talk, coach, taken))
    if taken.ending is not None:
        if taken.late is not None:
            # What comes next is the debrief, which needs every score.
            taken = await taken.late
            messages[-1] = turn_message(talk, coach, taken)
        # The line is not to wait for the last words and the debrief; known keys are queued once.
        await talk.desk.house.outbox.add(talk.answer(*messages).messages, talk.desk.now())
        talk.desk.wake(talk.chat.id)
        return await finish(talk, taken.session, tuple(messages))
    if taken.late is not None:
        _complete_later(talk, taken.turn, session.id, taken.late)
    return talk.answer(*messages, chat=talk.now_in(session.id))


def turn_message(talk: Talk, coach: Practice, taken: Taken) -> Outgoing:
    """Remarks and line of a turn; sent once, whatever happens in between."""
    text = turn_text(taken, coach.library, talk.words)
    rows = turn_rows(talk.words, taken, coach.library.scenarios[taken.session.scenario])
    message = talk.send(text, rows, turn_key(taken.session, taken.turn))
    if taken.turn.card is not None:
        return message
    return replace(message, promises=promise_of(taken.session, taken.turn))


def _complete_later(talk: Talk, turn: Turn, session: str, late: asyncio.Task[Taken]) -> None:
    """Complete the message by an edit as soon as its score is there."""

    async def score_and_complete() -> None:
        # Should the score fail to come or to be kept, `complete` asks for it once more.
        await asyncio.gather(late, return_exceptions=True)
        await complete(talk.desk, (session, turn.number, turn.attempt))

    talk.desk.complete_later(talk.chat.id, score_and_complete)


async def _turn(talk: Talk, id: str, number: str, attempt: str) -> tuple[Practice, Taken] | None:
    """A turn of the learner's own by what a button carries, as it was handed over."""
    session = await talk.own_session(id)
    for turn in session.turns if session is not None else ():
        if session is not None and (str(turn.number), str(turn.attempt)) == (number, attempt):
            coach = await talk.coach(session)
            scenario = coach.library.scenarios[session.scenario]
            upto = [one for one in session.course() if one.number < turn.number]
            advice = advice_on(coach.library, scenario, [*upto, turn])
            return coach, Taken(session, turn, advice, (), session.ending)
    return None


async def why(talk: Talk, id: str, number: str, attempt: str) -> Answer:
    """Level, anchor and evidence per criterion of a turn, in a quote that opens."""
    found = await _turn(talk, id, number, attempt)
    if found is None:
        return talk.hint("bot.session_gone")
    coach, taken = found
    session = taken.session
    verdicts = await verdicts_for(talk.desk.house.calibrations, [session])
    standing = verdicts.standing(session, [taken.turn])
    told = why_lines(taken.turn, coach.library, talk.words, session.engine, standing)
    lines = [escape(line) for line in told]
    title = talk.words.say("bot.why_title", number=taken.turn.number)
    if taken.turn.card is None:
        return talk.answer(talk.send(f"{bold(title)}\n{lines[0]}"))
    if not taken.turn.reply:
        title += talk.words.say("bot.words_expired")
    body = [folded(page.split("\n")) for page in pages(["\n".join(lines[:-1])])]
    return talk.answer(talk.send("\n".join([bold(title), *body, lines[-1]])))


async def one_way(talk: Talk, id: str, number: str, attempt: str) -> Answer:
    """One way to put it, on request: the reply itself in a model's words, else an example."""
    found = await _turn(talk, id, number, attempt)
    if found is None:
        return talk.hint("bot.session_gone")
    coach, taken = found
    if coach.rewriter is not None:
        talk.desk.signs.typing(talk.chat.id)
    way = await one_way_to_put(coach, taken)
    if way is None:
        return talk.hint("one_way.none")
    title, text = way_text(way, talk.words)
    return talk.answer(talk.send(f"{bold(title)}\n{escape(text)}"))


async def rewrite(talk: Talk, id: str, number: str) -> Answer:
    """Ask for the last reply once more."""
    session = await talk.session()
    if session is None or session.id != id:
        return talk.hint("bot.session_gone" if session is None else "bot.moved_on")
    scenario = (await talk.coach(session)).library.scenarios[session.scenario]
    course = session.course()
    if Action.REWRITE not in allowed_actions(session, scenario) or not course:
        return talk.hint("bot.no_rewrite")
    if str(course[-1].number) != number:
        return talk.hint("bot.moved_on")
    if not course[-1].reply:
        return talk.hint("bot.words_expired")
    text = talk.html("bot.rewrite_now", number=number, reply=course[-1].reply)
    return talk.answer(talk.send(text), chat=talk.now_in(session.id, REWRITE))


async def edited(talk: Talk) -> Answer:
    """The learner edited a message: what was scored stays; a rewrite is offered if one can be."""
    session = await talk.session()
    turn: Turn | None = session.brought_by(talk.message) if session is not None else None
    if session is None or turn is None:
        return talk.hint("bot.edit_unused")
    if not turn.reply:
        return talk.hint("bot.words_expired")
    if talk.text == turn.reply:
        # Telegram also reports edits that change nothing to be seen, such as a link's preview.
        return Answer(chat=talk.chat)
    scenario = (await talk.coach(session)).library.scenarios[session.scenario]
    last = session.course()[-1]
    if turn != last or Action.REWRITE not in allowed_actions(session, scenario):
        return talk.hint("bot.edit_too_late")
    rows = (
        (
            talk.button("bot.button.use_edit", Verb.USE_EDIT, session.id, turn.number),
            talk.button("bot.button.keep_first", Verb.KEEP_FIRST),
        ),
    )
    kinds = ",".join(talk.masked)
    chat = talk.now_in(session.id, f"{EDITED}{turn.number}:{kinds}:{talk.text}")
    return talk.answer(talk.send(talk.html("bot.edit_offer"), rows), chat=chat)


async def use_edit(talk: Talk, id: str, number: str) -> Answer:
    """Take the edited wording as the rewrite."""
    session = await talk.session()
    before = f"{EDITED}{number}:"
    if session is None or session.id != id or not talk.chat.expects.startswith(before):
        return talk.hint("bot.moved_on")
    kinds, _, text = talk.chat.expects.removeprefix(before).partition(":")
    masked = kinds.split(",") if kinds else ()
    return await _take(talk, session, Action.REWRITE, text, masked)


async def keep_first(talk: Talk) -> Answer:
    """Leave what was written first as it is."""
    if not talk.chat.expects.startswith(EDITED):
        # Decided already, or dropped by the next reply: what stands may well be the new wording.
        return talk.hint("bot.moved_on")
    return talk.answer(talk.send(talk.html("bot.kept_first")), chat=talk.now_in(talk.chat.session))


async def ask_to_stop(talk: Talk, id: str) -> Answer:
    """Ask once before a dialogue ends at a tap while replies are left; else end it."""
    session = await talk.session()
    if session is None or session.id != id or not session.turns:
        return await stop(talk, id)
    scenario = (await talk.coach(session)).library.scenarios[session.scenario]
    if natural_ending(session, scenario) is not None:
        return await stop(talk, id)
    left = scenario.turns - len(session.course())
    rows = (
        (
            talk.button("bot.button.debrief", Verb.END, id),
            talk.button("bot.button.resume", Verb.RESUME),
        ),
    )
    return talk.hint("bot.stop_sure_last" if left == 1 else "bot.stop_sure", rows, number=left)


async def stop(talk: Talk, id: str | None = None) -> Answer:
    """End the session in progress, with its debrief."""
    session = await talk.latest()
    if session is None:
        return talk.hint("bot.no_session_to_finish")
    if id is not None and session.id != id:
        return talk.hint("bot.session_gone")
    talk.desk.signs.typing(talk.chat.id)
    return await finish(talk, session)
