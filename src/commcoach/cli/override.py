"""`commcoach override`: a trainer corrects one level, with a reason."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import help_text
from commcoach.cli.terminal import UsageError
from commcoach.cli.trainer import Lang, find_session
from commcoach.coaching.review import NotCorrectable, UnknownTurn, record_override
from commcoach.domain.dialogue import PracticeSession, Turn
from commcoach.domain.score import Override, Scored
from commcoach.presentation.transcripts.levels import level_in_words, verdict_on

NOT_APPLICABLE = "na"
_TURN = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?")
_LEVEL = re.compile(r"-?\d{1,3}")


def override(
    session: Annotated[str, typer.Argument(help=help_text("transcript.session"))],
    turn: Annotated[str, typer.Argument(help=help_text("override.turn"))],
    criterion: Annotated[str, typer.Argument(help=help_text("override.criterion"))],
    level: Annotated[str, typer.Argument(help=help_text("override.level"))],
    reason: Annotated[str, typer.Option(help=help_text("override.reason"))],
    by: Annotated[str, typer.Option(help=help_text("override.by"))],
    lang: Lang = None,
) -> None:
    """See the message catalogue."""
    about = context(lang)
    if not reason.strip() or not by.strip():
        raise UsageError("error.override_needs")
    number = None if level.lower() == NOT_APPLICABLE else _number(level)
    asyncio.run(_override(about, session, turn, criterion, number, reason.strip(), by.strip()))


def _number(level: str) -> int:
    if not _LEVEL.fullmatch(level):
        raise UsageError("error.override_level", given=level)
    return int(level)


async def _override(
    about: Context,
    given: str,
    place: str,
    criterion: str,
    level: int | None,
    reason: str,
    by: str,
) -> None:
    async with bootstrap.open_house(about.settings) as house:
        session = await find_session(house, given)
        turn = _turn(session, place)
        library = await bootstrap.library_of(about.settings, house, session.release)
        correction = Override(
            turn.number, turn.attempt, criterion, level, reason, by, bootstrap.now()
        )
        try:
            await record_override(house.review(), library, session.id, correction)
        except NotCorrectable as error:
            if error.given != criterion:
                numbers = _range(library.criteria[criterion].numbers)
                raise UsageError("error.no_such_level", given=level, known=numbers) from None
            raise UsageError(
                "error.not_correctable", given=error.given, known=error.allowed or "–"
            ) from None
        except UnknownTurn:
            raise _no_such_turn(session, place) from None
    words, known = about.words, library.criteria[criterion]
    standing = turn.standing()
    before = next(
        (one for one in (standing.scores if standing else ()) if one.criterion == criterion), None
    )
    about.terminal.say(
        "override.done",
        "green",
        turn=name_of(turn),
        criterion=known.title.said_in(words.language),
        before="–" if before is None else verdict_on(before, known, words),
        after=level_in_words(level, known, words),
    )
    if isinstance(before, Scored) and before.level == level:
        about.terminal.say("override.same", "dim")


def _range(numbers: Sequence[int]) -> str:
    """`0–4`, or each number where one is left out between them."""
    first, last = min(numbers), max(numbers)
    if len(set(numbers)) == last - first + 1:
        return f"{first}–{last}"
    return ", ".join(map(str, numbers))


def _turn(session: PracticeSession, place: str) -> Turn:
    """The turn a trainer means: `3`, or `3.2` for the second attempt at it."""
    named = _TURN.fullmatch(place)
    if named is not None:
        wanted = (int(named.group(1)), int(named.group(2) or 1))
        for turn in session.turns:
            if (turn.number, turn.attempt) == wanted:
                return turn
    raise _no_such_turn(session, place)


def _no_such_turn(session: PracticeSession, place: str) -> UsageError:
    known = [name_of(one) for one in session.turns]
    return UsageError("error.unknown_turn", given=place, known=known)


def name_of(turn: Turn) -> str:
    """`3`, or `3.2` for a rewrite."""
    return f"{turn.number}.{turn.attempt}" if turn.assisted else str(turn.number)
