"""A turn as one message: remarks, a rule, and last the line that must be answered."""

from __future__ import annotations

from commcoach.coaching.arms import Taken
from commcoach.coaching.mail import Button
from commcoach.domain.dialogue import Action, PracticeSession, Turn, allowed_actions
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.presentation.engines import stand_in_notice
from commcoach.presentation.remarks import remarks
from commcoach.presentation.wording import Wording
from commcoach.telegram.markup import RULE, bold, escape
from commcoach.telegram.taps import Verb, data_of

SCORED = "-scored"


def turn_key(session: PracticeSession, turn: Turn) -> str:
    """The name of a turn's message: the same however often the turn is worked on."""
    return f"turn-{session.id}-{turn.number}-{turn.attempt}"


def promise_of(session: PracticeSession, turn: Turn) -> str:
    """The name of the edit that completes a turn's message once its score is there."""
    return f"{turn_key(session, turn)}{SCORED}"


def promised_turn(key: str) -> tuple[str, int, int] | None:
    """The turn that such an edit completes: session, number, attempt."""
    kind, _, rest = key.removesuffix(SCORED).partition("-")
    id, _, numbers = rest.partition("-")
    number, _, attempt = numbers.partition("-")
    if kind != "turn" or not (number.isdecimal() and attempt.isdecimal()):
        return None
    return id, int(number), int(attempt)


def turn_text(taken: Taken, library: Library, words: Wording) -> str:
    """The remarks if the score is there, and the line; first, once, why a model is stood in for."""
    scenario = library.scenarios[taken.session.scenario]
    name = scenario.persona.name.said_in(taken.session.language)
    blocks = []
    said = _remark_lines(taken, library, scenario, words)
    if notice := stand_in_notice(taken, words):
        said.insert(0, escape(notice))
    if said:
        blocks = [*said, RULE]
    if taken.turn.line:
        speaker = bold(words.say("practice.speaker", name=name))
        blocks.append(f"{speaker}{escape(taken.turn.line)}")
    return "\n".join(blocks)


def _remark_lines(taken: Taken, library: Library, scenario: Scenario, words: Wording) -> list[str]:
    turn = taken.turn
    if turn.card is None:
        return [escape(words.say("bot.score_follows"))]
    told = turn.reaction.state.told - set(turn.reaction.opened) if turn.reaction else frozenset()
    covered = turn.reading.points if turn.reading else ()
    said = remarks(taken.advice, library, scenario, covered, frozenset(told), words)
    lines = []
    if said.keep:
        lines.append(bold(words.say("remarks.keep")) + escape(said.keep))
    if said.change:
        key = "remarks.change" if said.keep else "remarks.change_only"
        lines.append(bold(words.say(key)) + escape(said.change))
    elif said.all_reached:
        lines.append(escape(words.say("remarks.nothing")))
    elif not said.keep:
        lines.append(escape(words.say("remarks.nothing_seen")))
    if turn.assisted:
        lines.append(f"<i>{escape(words.say('bot.assisted'))}</i>")
    return lines


def turn_rows(words: Wording, taken: Taken, scenario: Scenario) -> tuple[tuple[Button, ...], ...]:
    """The buttons below a turn: rewrite, one way to put it, why; and the way out."""
    session, turn = taken.session, taken.turn
    place = (session.id, turn.number, turn.attempt)
    why = Button(words.say("bot.button.why"), data_of(Verb.WHY, *place))
    # A crossed line comes before any example, and its remark has said what to do instead.
    crossed = taken.advice.gate is not None
    one_way = Button(words.say("bot.button.one_way"), data_of(Verb.ONE_WAY, *place))
    looking = (why,) if crossed else (one_way, why)
    if taken.ending is not None:
        return (looking,)
    stop = Button(words.say("bot.button.stop"), data_of(Verb.STOP, session.id))
    if Action.REWRITE not in allowed_actions(session, scenario):
        return (looking, (stop,))
    rewrite = Button(
        words.say("bot.button.rewrite"), data_of(Verb.REWRITE, session.id, turn.number)
    )
    return ((rewrite, *looking[:-1]), (why, stop))
