"""The end of a practice in Telegram: the debrief in twelve lines, and what can be done after it."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.debriefing import debrief
from commcoach.coaching.mail import Answer, Button, Outgoing
from commcoach.coaching.practice import Practice, finish_session
from commcoach.coaching.review import Contest, contest_score
from commcoach.coaching.standing import verdicts_for
from commcoach.domain.dialogue import PracticeSession
from commcoach.presentation.remarks import quote
from commcoach.presentation.short_debrief import debrief_lines
from commcoach.telegram import choosing
from commcoach.telegram.desk import Rows, Talk
from commcoach.telegram.markup import bold, escape
from commcoach.telegram.taps import Verb, data_of

DIFFER = "differ:"
"""What the chat waits with for the learner's own view: the session and the criterion."""
WHOLE = "all"


async def finish(talk: Talk, session: PracticeSession, before: tuple[Outgoing, ...] = ()) -> Answer:
    """End the session: the counterpart's last words, then the debrief; once only."""
    await talk.desk.late_scores(talk.chat.id)
    coach = await talk.coach(session)
    current = await talk.desk.house.sessions.get(session.id) or session
    ended = await finish_session(coach, current)
    messages = [*before]
    scenario = coach.library.scenarios[ended.scenario]
    if ended.closing:
        name = scenario.persona.name.said_in(ended.language)
        speaker = bold(talk.words.say("practice.speaker", name=name))
        closing = talk.send(f"{speaker}{escape(ended.closing)}", key=f"closing-{ended.id}")
        messages.append(closing)
    messages.append(await _debrief_message(talk, coach, ended))
    return talk.answer(*messages, chat=talk.now_in(None))


async def show(talk: Talk, id: str) -> Answer:
    """The debrief of a session that is over, once more."""
    session = await talk.own_session(id)
    if session is None or session.ending is None:
        return talk.hint("bot.session_gone")
    if not all(turn.reply for turn in session.turns):
        return talk.hint("bot.words_expired")
    message = await _debrief_message(talk, await talk.coach(session), session)
    return talk.answer(replace(message, key=""))


async def _debrief_message(talk: Talk, coach: Practice, ended: PracticeSession) -> Outgoing:
    key = f"debrief-{ended.id}"
    scenario = coach.library.scenarios[ended.scenario]
    again = talk.button("bot.button.again", Verb.BRIEF, scenario.number)
    if not ended.turns:
        other = talk.button("bot.button.another", Verb.MENU)
        return talk.send(talk.plain("debrief.no_turns"), [[again, other]], key)
    verdicts = await verdicts_for(talk.desk.house.calibrations, [ended])
    report = await debrief(coach.library, coach.judge, ended, verdicts)
    lines = debrief_lines(report, ended, coach.library, talk.words)
    text = "\n".join((bold(line.label) if line.label else "") + escape(line.text) for line in lines)
    rows: Rows = (
        (again, talk.button("bot.button.each", Verb.EACH, ended.id)),
        (
            talk.button("bot.button.differ", Verb.DIFFER, ended.id),
            talk.button("bot.button.another", Verb.MENU),
        ),
    )
    return talk.send(text, rows, key)


async def differ(talk: Talk, id: str) -> Answer:
    """Ask what the learner sees differently: one criterion, or the whole."""
    session = await talk.own_session(id)
    if session is None:
        return talk.hint("bot.session_gone")
    coach = await talk.coach(session)
    weights = tuple(coach.library.scenarios[session.scenario].weights)
    levels: dict[str, list[int]] = {}
    for turn in session.first_attempts():
        card = turn.standing()
        for score in card.scored() if card is not None else ():
            levels.setdefault(score.criterion, []).append(score.level)
    rows = [
        [
            Button(
                talk.words.say(
                    "bot.differ_criterion",
                    criterion=coach.library.criteria[criterion].title.said_in(talk.language),
                    levels=talk.words.say("punctuation.list").join(map(str, levels[criterion])),
                ),
                data_of(Verb.DIFFER_ON, session.id, place),
            )
        ]
        for place, criterion in enumerate(weights)
        if criterion in levels
    ]
    rows.append([talk.button("bot.differ_whole", Verb.DIFFER_ON, session.id, WHOLE)])
    rows.append([talk.button("bot.button.debrief", Verb.DEBRIEF, session.id)])
    return talk.answer(talk.send(talk.html("bot.differ"), rows))


async def differ_on(talk: Talk, id: str, place: str) -> Answer:
    """Ask for the reason, in the learner's own words."""
    session = await talk.own_session(id)
    if session is None:
        return talk.hint("bot.session_gone")
    coach = await talk.coach(session)
    weights = tuple(coach.library.scenarios[session.scenario].weights)
    criterion = ""
    if place != WHOLE:
        if not place.isdecimal() or int(place) >= len(weights):
            return talk.hint("bot.unknown_button")
        criterion = weights[int(place)]
    chat = replace(talk.chat, expects=f"{DIFFER}{session.id}:{criterion}")
    row = [talk.button("bot.button.never_mind", Verb.NEVER_MIND)]
    return talk.answer(talk.send(talk.html("bot.differ_why"), [row]), chat=chat)


def no_longer_asked(talk: Talk) -> Talk:
    """The talk in which no reason is waited for: the learner turned to something else."""
    if not talk.chat.expects.startswith(DIFFER):
        return talk
    return replace(talk, chat=replace(talk.chat, expects=""))


async def never_mind(talk: Talk) -> Answer:
    """No reason after all; back to the dialogue in progress, if there is one."""
    if not talk.chat.expects.startswith(DIFFER):
        # Noted already, or dropped by something else that was done.
        return talk.hint("bot.moved_on")
    talk = no_longer_asked(talk)
    if await talk.session() is not None:
        return await choosing.resume(talk)
    return talk.hint("bot.differ_dropped")


async def record_difference(talk: Talk) -> Answer:
    """Keep what the learner sees differently, for the trainers."""
    _, id, criterion = talk.chat.expects.split(":", 2)
    chat = talk.now_in(talk.chat.session)
    if await talk.own_session(id) is None:
        return talk.answer(talk.send(talk.html("bot.session_gone")), chat=chat)
    contest = Contest(f"{id}-{talk.message}", id, criterion, talk.text, talk.desk.now())
    await contest_score(talk.desk.house.review(), contest)
    kept = talk.html("bot.differ_kept", said=quote(talk.text, 240))
    return talk.answer(talk.send(kept), chat=chat)
