"""Looking back: progress as a picture, past sessions, a session reply by reply, the export."""

from __future__ import annotations

from commcoach.coaching.held import held_in
from commcoach.coaching.mail import Answer, Button, Kind, Outgoing
from commcoach.coaching.progressing import Progress, progress_of
from commcoach.coaching.standing import verdicts_for
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.feedback import target
from commcoach.domain.library import Library
from commcoach.domain.progress import FEWEST
from commcoach.domain.score import NotApplicable, Scored
from commcoach.presentation.engines import calibration
from commcoach.presentation.reasons import correction_of, gate_line, standing_level
from commcoach.presentation.remarks import quote
from commcoach.telegram.attachments import Shown, recipe
from commcoach.telegram.desk import Talk
from commcoach.telegram.markup import bold, escape, folded, pages
from commcoach.telegram.taps import Verb, data_of

PAGE = 8
"""Sessions on one screen of the history."""


async def progress(talk: Talk) -> Answer:
    """The focus criteria over time as a picture, and three lines."""
    library = talk.desk.coaches.newest.library
    found = await progress_of(talk.desk.house.sessions, library, talk.learner.id)
    if not found.masteries:
        return talk.hint("bot.progress_nothing")
    picture = Outgoing(
        key="",
        chat=talk.chat.id,
        text="\n".join(escape(line) for line in progress_lines(talk, found, library)),
        kind=Kind.PHOTO,
        buttons=((talk.button("bot.button.practice", Verb.MENU),),),
        recipe=recipe(Shown.PROGRESS, talk.learner.id, talk.language),
    )
    return talk.answer(picture)


def progress_lines(talk: Talk, found: Progress, library: Library) -> list[str]:
    """How much was practised, where the learner stands, what comes next."""
    words = talk.words
    lines = [words.say("progress.sessions", number=found.sessions)]
    known = [
        one
        for one in found.masteries.values()
        if one.level is not None and one.criterion in library.criteria
    ]
    if known:
        named = max(known, key=lambda one: (one.level or 0.0, one.trend or 0.0))
        key = "bot.progress_best"
        if (named.level or 0.0) < target(library.criteria[named.criterion]):
            named = min(known, key=lambda one: one.level or 0.0)
            key = "bot.progress_next_level"
        criterion = library.criteria[named.criterion]
        title = criterion.title.said_in(talk.language)
        level = f"{named.level:g}"
        lines.append(words.say(key, criterion=title, level=level, top=criterion.highest))
    else:
        most = max(one.observations for one in found.masteries.values())
        lines.append(words.say("bot.progress_too_few", missing=max(1, FEWEST - most)))
    if found.recommended is not None:
        title = found.recommended.title.said_in(talk.language)
        lines.append(words.say("bot.progress_next", title=title))
    return lines


async def history(talk: Talk, page: str = "0") -> Answer:
    """The past sessions, newest first, as buttons."""
    number = int(page) if page.isdecimal() else 0
    all_sessions = await talk.desk.house.sessions.of_learner(talk.learner.id)
    practised = [one for one in reversed(all_sessions) if one.turns]
    shown = practised[number * PAGE : (number + 1) * PAGE]
    if not shown:
        return talk.hint("bot.history_nothing")
    rows = [[await _session_button(talk, one)] for one in shown]
    turning = []
    if number:
        turning.append(talk.button("bot.button.newer", Verb.HISTORY, number - 1))
    if len(practised) > (number + 1) * PAGE:
        turning.append(talk.button("bot.button.older", Verb.HISTORY, number + 1))
    rows.append(turning)
    key = "bot.history" if len(practised) > 1 else "bot.history_once"
    text = talk.html(key, number=len(practised))
    return talk.answer(talk.send(text, [row for row in rows if row]))


async def _session_button(talk: Talk, session: PracticeSession) -> Button:
    library = (await talk.coach(session)).library
    turns = len(session.course())
    text = talk.words.say(
        "bot.history_line" if turns > 1 else "bot.history_line_one",
        date=talk.words.day(session.started_at)[5:],
        title=library.scenarios[session.scenario].title.said_in(talk.language),
        turns=turns,
    )
    return Button(text, data_of(Verb.EACH, session.id))


async def each(talk: Talk, id: str) -> Answer:
    """A session reply by reply, with its scores and the trainers' corrections."""
    session = await talk.own_session(id)
    if session is None:
        return talk.hint("bot.session_gone")
    library = (await talk.coach(session)).library
    scenario = library.scenarios[session.scenario]
    name = scenario.persona.name.said_in(session.language)
    title = f"{bold(scenario.title.said_in(talk.language))}　{talk.words.day(session.started_at)}"
    blocks = [f"{title}\n{_said(talk, name, session.opening)}"]
    blocks += [_turn_block(talk, turn, name, library) for turn in session.turns]
    if session.closing:
        blocks.append(_said(talk, name, session.closing))
    blocks += await _own_views(talk, session, library)
    verdicts = await verdicts_for(talk.desk.house.calibrations, [session])
    standing = verdicts.standing(session)
    if standing.criteria:
        blocks.append(escape(calibration(session.engine, standing, library, talk.words)))
    *before, last = pages(blocks)
    over = session.ending is not None and bool(session.turns)
    rows = [[talk.button("bot.button.debrief", Verb.DEBRIEF, session.id)]] if over else ()
    return talk.answer(*(talk.send(page) for page in before), talk.send(last, rows))


def _said(talk: Talk, name: str, line: str) -> str:
    return bold(talk.words.say("practice.speaker", name=name)) + escape(line)


def _turn_block(talk: Talk, turn: Turn, name: str, library: Library) -> str:
    words = talk.words
    label = "bot.you_rewrote" if turn.assisted else "bot.you_said"
    reply = turn.reply or words.say("bot.words_expired")
    lines = [bold(words.say(label, number=turn.number)) + escape(reply)]
    scores = _score_lines(talk, turn, library)
    if scores:
        lines.append(folded(scores))
    if turn.line:
        lines.append(_said(talk, name, turn.line))
    return "\n".join(lines)


def _score_lines(talk: Talk, turn: Turn, library: Library) -> list[str]:
    words = talk.words
    card = turn.standing()
    if card is None:
        return [escape(words.say("bot.not_scored_yet"))]
    lines = []
    for score in card.scores:
        title = library.criteria[score.criterion].title.said_in(talk.language)
        correction = correction_of(turn, score.criterion, words)
        level = standing_level(turn, score, library, words)
        quotes = [
            one.quote
            for one in (score.evidence if isinstance(score, Scored) else ())
            if one.quote and one.source == "reply"
        ]
        if correction:
            key, quoted = "bot.level_corrected", ""
        elif isinstance(score, Scored):
            key, quoted = ("bot.level_quoted", quotes[0]) if quotes else ("bot.level", "")
        elif isinstance(score, NotApplicable):
            continue
        else:
            key, quoted = "why.unscored", ""
        lines.append(
            words.say(
                key, criterion=title, level=level, quote=quote(quoted, 60), correction=correction
            )
        )
    lines += [gate_line(hit, library, words) for hit in card.gates]
    return [escape(line) for line in lines]


async def _own_views(talk: Talk, session: PracticeSession, library: Library) -> list[str]:
    """What the learner saw differently, while the words are kept."""
    said = []
    for one in await talk.desk.house.reviews.contests(session.id):
        if not one.words:
            continue
        if one.criterion in library.criteria:
            title = library.criteria[one.criterion].title.said_in(talk.language)
            said.append(talk.html("bot.own_view_on", criterion=title, said=one.words))
        else:
            said.append(talk.html("bot.own_view", said=one.words))
    return said


async def export(talk: Talk) -> Answer:
    """Everything of the learner, to read and to process."""
    practised = await talk.desk.house.sessions.of_learner(talk.learner.id)
    held = bool(held_in(talk.chat.expects).said)
    shown = [(Shown.DATA, talk.html("bot.export_held" if held else "bot.export_data"))]
    if any(one.turns for one in practised):
        shown.insert(0, (Shown.PAGE, talk.html("bot.export_page")))
    elif not held:
        return talk.hint("bot.export_nothing")
    documents = [
        Outgoing(
            "",
            talk.chat.id,
            text,
            Kind.DOCUMENT,
            recipe=recipe(what, talk.learner.id, talk.language),
        )
        for what, text in shown
    ]
    return talk.answer(*documents)
