"""`commcoach transcript second-opinion`: a stored turn scored again, carefully, by the model."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.override import name_of
from commcoach.cli.terminal import UsageError
from commcoach.cli.trainer import By, Lang, find_session, trainer
from commcoach.coaching.debriefing import SECOND_MODEL
from commcoach.coaching.language_model import BudgetSpent
from commcoach.coaching.records import Entry
from commcoach.coaching.second_opinion import Compared, SecondOpinion
from commcoach.coaching.transcripts import expired
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import Scored, Unscored
from commcoach.presentation.reasons import gate_line
from commcoach.presentation.remarks import quote
from commcoach.presentation.transcripts.levels import level_in_words, verdict_on
from commcoach.presentation.wording import N_, Wording

LONGEST_QUOTE = 110
"""Cells of a quote, as in the reasons for a score."""
_NO_VERDICT = {
    "model": N_("second_opinion.no_answer"),
    "unusable": N_("second_opinion.unproved"),
    "language": N_("second_opinion.other_language"),
    "too_few": N_("second_opinion.too_few"),
}


def second_opinion(
    session: Annotated[str, typer.Argument(help=help_text("transcript.session"))],
    turn: Annotated[int, typer.Argument(min=1, help=help_text("second_opinion.turn"))],
    attempt: Annotated[int, typer.Option(min=1, help=help_text("second_opinion.attempt"))] = 1,
    samples: Annotated[int, typer.Option(min=1, help=help_text("score.samples"))] = 5,
    by: By = None,
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    about = context(lang)
    if not bootstrap.model_is_set(about.settings):
        raise UsageError("error.no_model")
    asyncio.run(_second_opinion(about, session, (turn, attempt), samples, trainer(by)))


async def _second_opinion(
    about: Context, given: str, place: tuple[int, int], samples: int, by: str
) -> None:
    async with bootstrap.open_house(about.settings) as house:
        session = await find_session(house, given)
        turn = _turn(session, place)
        if expired(turn):
            raise UsageError("error.words_expired", turn=name_of(turn))
        if not await bootstrap.may_be_sent(about.settings, house, session.learner):
            raise UsageError("error.not_agreed_to_model")
        library = await bootstrap.library_of(about.settings, house, session.release)
        # Written down first: the words leave the house when the model is asked.
        entry = Entry(bootstrap.now(), by, "viewed", session.id, f"second opinion {name_of(turn)}")
        await house.audit.record(entry)
        try:
            with about.terminal.waiting("second_opinion.waiting"):
                found = await bootstrap.ask_second_opinion(
                    about.settings, house, library, session, turn, samples
                )
        except BudgetSpent:
            about.terminal.say("second_opinion.budget", "yellow")
            raise typer.Exit(1) from None
    _show(about, library, session, found, samples)


def _turn(session: PracticeSession, place: tuple[int, int]) -> Turn:
    for turn in session.turns:
        if (turn.number, turn.attempt) == place:
            return turn
    number, attempt = place
    known = [name_of(one) for one in session.turns]
    if any(turn.number == number for turn in session.turns):
        raise UsageError("error.unknown_attempt", turn=number, attempt=attempt, known=known)
    raise UsageError("error.unknown_turn", given=number, known=known)


def _show(
    about: Context, library: Library, session: PracticeSession, found: SecondOpinion, samples: int
) -> None:
    terminal, words = about.terminal, about.words
    terminal.panel(
        words.say("second_opinion.title", turn=name_of(found.turn), model=found.engine.model),
        words.say("second_opinion.about", samples=samples),
    )
    if found.stand_in == SECOND_MODEL:
        terminal.say("second_opinion.second_model", "yellow")
    terminal.show(found.turn.reply, "bold")
    for one in found.compared:
        terminal.show()
        _show_one(about, library, one)
    if found.gates:
        terminal.show()
    for hit in found.gates:
        terminal.show(gate_line(hit, library, words), "red")
    terminal.show()
    terminal.say(
        "second_opinion.unchanged",
        "bold",
        command=command_name(),
        session=session.id[:8],
        turn=name_of(found.turn),
    )


def _show_one(about: Context, library: Library, one: Compared) -> None:
    terminal, words = about.terminal, about.words
    criterion = library.criteria[one.criterion]
    # The id is what `commcoach override` asks for.
    terminal.show(f"{criterion.title.said_in(words.language)}  [{one.criterion}]", "cyan")
    terminal.say(
        "second_opinion.levels",
        before="–" if one.standing is None else verdict_on(one.standing, criterion, words),
        after=verdict_on(one.found, criterion, words),
    )
    some_usable = one.unusable < len(one.samples)
    if isinstance(one.found, Unscored):
        kind = "too_few" if some_usable else one.found.rationale.partition(":")[0]
        terminal.say(_NO_VERDICT.get(kind, "second_opinion.held_back"), "dim")
    if some_usable:
        terminal.say("second_opinion.samples", counts=_counts(one, criterion, words))
    if isinstance(one.found, Scored):
        terminal.say("second_opinion.mean", expected=f"{one.found.expected:.2f}")
    if not one.stable:
        terminal.say("second_opinion.unstable", "yellow")
    for evidence in one.found.evidence if isinstance(one.found, Scored) else ():
        key = "why.evidence" if evidence.source == "reply" else "why.evidence_context"
        terminal.say(key, "dim", quote=quote(evidence.quote, LONGEST_QUOTE))


def _counts(one: Compared, criterion: Criterion, words: Wording) -> str:
    """How many samples say what, the unusable ones last."""
    counts = [
        (level_in_words(level, criterion, words), count) for level, count in one.levels.items()
    ]
    if one.not_applicable:
        counts.append((words.say("second_opinion.not_applicable"), one.not_applicable))
    if one.unusable:
        counts.append((words.say("second_opinion.unusable"), one.unusable))
    return words.say("punctuation.list").join(
        words.say("second_opinion.count", what=what, count=count) for what, count in counts
    )
