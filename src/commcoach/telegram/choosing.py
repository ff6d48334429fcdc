"""Choosing what to practise: recommended, by module, by difficulty; the briefing; the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commcoach.coaching.mail import Answer, Button, Outgoing
from commcoach.coaching.practice import start_session
from commcoach.coaching.progressing import progress_of
from commcoach.domain.dialogue import PracticeSession, last_line
from commcoach.domain.scenario import Scenario
from commcoach.presentation.cards import briefing, difficulty
from commcoach.telegram.desk import Rows, Talk, new_id
from commcoach.telegram.markup import bold, escape, folded
from commcoach.telegram.taps import LONGEST, Verb, data_of

AUTHORITY = 2
"""The cards that are always open: what the learner may decide, and what not."""


async def menu(talk: Talk) -> Answer:
    """What to practise, or to go on with what is open; nothing asked for before is waited for."""
    return talk.answer(await menu_message(talk), chat=replace(talk.chat, expects=""))


async def menu_message(talk: Talk) -> Outgoing:
    """The session in progress if there is one, else the ways to choose."""
    session = await talk.session()
    if session is not None:
        return await _open_session_message(talk, session)
    library = talk.desk.coaches.newest.library
    progress = await progress_of(talk.desk.house.sessions, library, talk.learner.id)
    recommended = progress.recommended
    rows: list[list[Button]] = []
    text = talk.html("bot.menu")
    if recommended is not None and talk.language in recommended.languages:
        title = recommended.title.said_in(talk.language)
        text = talk.html("bot.menu_recommended", title=title, difficulty=difficulty(recommended))
        rows.append([talk.button("bot.button.recommended", Verb.BRIEF, recommended.number)])
    rows.append(
        [
            talk.button("bot.button.by_module", Verb.MODULES),
            talk.button("bot.button.by_difficulty", Verb.DIFFICULTIES),
        ]
    )
    return talk.send(text, rows)


async def _open_session_message(talk: Talk, session: PracticeSession) -> Outgoing:
    coach = await talk.coach(session)
    scenario = coach.library.scenarios[session.scenario]
    taken = len(session.course())
    text = talk.html(
        "bot.session_open",
        title=scenario.title.said_in(session.language),
        number=taken + 1,
        turns=scenario.turns,
        name=scenario.persona.name.said_in(session.language),
        line=last_line(session, taken + 1),
    )
    rows = (
        (
            talk.button("bot.button.resume", Verb.RESUME),
            talk.button("bot.button.cards", Verb.CARDS, session.id),
        ),
        (talk.button("bot.button.stop", Verb.STOP, session.id),),
    )
    return talk.send(text, rows)


async def modules(talk: Talk) -> Answer:
    """The modules that have a scenario."""
    library = talk.desk.coaches.newest.library
    used = dict.fromkeys(one.module for one in talk.scenarios())
    rows = [
        [Button(library.rubrics[id].title.said_in(talk.language), data_of(Verb.MODULE, id))]
        for id in used
        if len(f"{Verb.MODULE}:{id}") <= LONGEST
    ]
    return talk.answer(talk.send(talk.html("bot.choose_module"), rows))


async def module(talk: Talk, id: str) -> Answer:
    """The scenarios of a module."""
    return _offer(talk, [one for one in talk.scenarios() if one.module == id])


async def difficulties(talk: Talk) -> Answer:
    """The difficulties that there are."""
    there = sorted({one.difficulty for one in talk.scenarios()})
    rows = [[Button("★" * one, data_of(Verb.DIFFICULTY, one)) for one in there]]
    return talk.answer(talk.send(talk.html("bot.choose_difficulty"), rows))


async def by_difficulty(talk: Talk, stars: str) -> Answer:
    """The scenarios of a difficulty."""
    return _offer(talk, [one for one in talk.scenarios() if str(one.difficulty) == stars])


def _offer(talk: Talk, scenarios: Sequence[Scenario]) -> Answer:
    if not scenarios:
        return talk.hint("bot.unknown_button")
    rows = [
        [
            Button(
                f"{one.title.said_in(talk.language)} {'★' * one.difficulty}",
                data_of(Verb.BRIEF, one.number),
            )
        ]
        for one in scenarios
    ]
    return talk.answer(talk.send(talk.html("bot.choose_scenario"), rows))


def _scenario(talk: Talk, number: str) -> Scenario | None:
    return next((one for one in talk.scenarios() if one.number == number), None)


async def brief(talk: Talk, number: str) -> Answer:
    """Role, goal and cards of a scenario, with a button to begin."""
    scenario = _scenario(talk, number)
    if scenario is None:
        return talk.hint("bot.scenario_gone")
    rows = (
        (talk.button("bot.button.begin", Verb.BEGIN, number),),
        (talk.button("bot.button.another", Verb.MENU),),
    )
    return talk.answer(talk.send(briefing_text(talk, scenario), rows))


def briefing_text(talk: Talk, scenario: Scenario) -> str:
    """The briefing as HTML; the fact card opens when it is tapped."""
    language = talk.language
    facts = talk.words.say(
        "briefing.facts_of_session",
        relation=scenario.relation.said_in(language),
        difficulty=difficulty(scenario),
        turns=scenario.turns,
    )
    head = f"{bold(scenario.title.said_in(language))}\n{escape(facts)}"
    role, goal, *cards = briefing(scenario, talk.words)
    blocks = ["\n".join([bold(one.title), *map(escape, one.lines)]) for one in (role, goal)]
    listed = [[bold(one.title), *(f"· {escape(line)}" for line in one.lines)] for one in cards]
    blocks += ["\n".join(lines) for lines in listed[:AUTHORITY]]
    blocks += [folded(lines) for lines in listed[AUTHORITY:]]
    return "\n\n".join([head, *blocks])


async def begin_number(talk: Talk, number: str) -> Answer:
    """Begin the scenario of a button."""
    scenario = _scenario(talk, number)
    return talk.hint("bot.scenario_gone") if scenario is None else await begin(talk, scenario)


async def begin(
    talk: Talk, scenario: Scenario, before: tuple[Outgoing, ...] = (), first: bool = False
) -> Answer:
    """Start a session, unless one is open; the counterpart speaks first."""
    id = new_id(talk.update, "session")
    current = await talk.session()
    if current is not None and current.id != id:
        return talk.answer(*before, await _open_session_message(talk, current))
    coach = talk.desk.coaches.newest
    # A newer release may have come since the scenario was chosen.
    here = coach.library.scenarios.get(scenario.id)
    if here is None:
        return talk.hint("bot.scenario_gone")
    scenario = here
    session = await start_session(coach, scenario, talk.learner.id, talk.language, id)
    messages = [*before]
    if first:
        role = scenario.role.said_in(talk.language)
        goal = scenario.goal.said_in(talk.language)
        messages.append(talk.send(talk.html("bot.first_try", role=role, goal=goal)))
    messages.append(opening_message(talk, session, scenario))
    return talk.answer(*messages, chat=talk.now_in(session.id))


def opening_message(talk: Talk, session: PracticeSession, scenario: Scenario) -> Outgoing:
    """The counterpart's first line, with the way out and the cards in reach."""
    name = scenario.persona.name.said_in(session.language)
    text = talk.html("bot.opening", name=name, line=session.opening, turns=scenario.turns)
    return talk.send(text, session_rows(talk, session))


def session_rows(talk: Talk, session: PracticeSession) -> Rows:
    """What is always in reach during a session."""
    return (
        (
            talk.button("bot.button.cards", Verb.CARDS, session.id),
            talk.button("bot.button.stop", Verb.STOP, session.id),
        ),
    )


async def resume(talk: Talk) -> Answer:
    """Go on with the session in progress: what the counterpart said last, once more."""
    session = await talk.session()
    if session is None:
        return talk.hint("bot.no_session")
    scenario = (await talk.coach(session)).library.scenarios[session.scenario]
    text = talk.html(
        "bot.resumed",
        name=scenario.persona.name.said_in(session.language),
        line=last_line(session, len(session.course()) + 1),
    )
    return talk.answer(talk.send(text, session_rows(talk, session)), chat=talk.now_in(session.id))


async def cards(talk: Talk, id: str) -> Answer:
    """The briefing of a session once more."""
    session = await talk.own_session(id)
    if session is None:
        return talk.hint("bot.session_gone")
    scenario = (await talk.coach(session)).library.scenarios[session.scenario]
    return talk.answer(talk.send(briefing_text(talk, scenario)))
