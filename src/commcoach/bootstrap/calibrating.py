"""Examining criteria by their graded cases: floors, links and twins; and calibrating by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.content import content_root, load_library
from commcoach.bootstrap.embedding import embedder
from commcoach.bootstrap.in_force import UNLOADABLE, content_in_force
from commcoach.bootstrap.keeping import now
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.bootstrap.rubric_testing import MODEL_TWINS, EmbeddedEngine, ModelEngine
from commcoach.bootstrap.scoring import WatchedModels
from commcoach.bootstrap.trying import ONE_CALL
from commcoach.coaching.batches import Estimate
from commcoach.coaching.calibrating import Examination, Fitting, fit_links, to_be_fitted
from commcoach.coaching.checking import Moved, cases_left_out, moved_by_courtesies
from commcoach.coaching.house import House
from commcoach.coaching.losses import Loss
from commcoach.coaching.publishing import Publication
from commcoach.coaching.rubric_testing import Advance, Engine, Twins, tasks_planned, trial
from commcoach.domain.case_scores import CaseScore, FloorVerdict, floor_verdict
from commcoach.domain.library import Library
from commcoach.domain.score import EngineName
from commcoach.settings import Settings

AT_ONCE = 8
"""Replies that a model is shown side by side, at most."""


class UnknownCriteria(Exception):
    """The release in force has no such criteria."""

    def __init__(self, given: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(self.__doc__)
        self.given = given
        self.known = known


GiveUp = Callable[[Sequence[Loss], Library | None, Library], bool]
"""Whether losses are given up: from the library in force, if it can be read, to the new one."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever sits there: told how many scores will be made and of each one, and asked.

    `agree` is asked before a model is paid, `give_up` whether what would be lost may go. Where
    nobody is there to be asked, the first is agreed to and the second is not.
    """

    begin: Callable[[int], None] = lambda _: None
    advance: Advance = lambda _: None
    agree: Callable[[Estimate], bool] = lambda _: True
    give_up: GiveUp | None = None


QUIET = Watch()


@dataclass(frozen=True, slots=True)
class Examined:
    """What scoring the graded cases came to.

    `left_out` has the cases that a floor counts and that got no level, by criterion. Nothing was
    found if it was `stopped`, by a model's failure, or `declined`, before it began.
    """

    engine: EngineName
    floors: tuple[FloorVerdict, ...] = ()
    fittings: tuple[Fitting, ...] = ()
    moved: tuple[Moved, ...] = ()
    left_out: Mapping[str, tuple[CaseScore, ...]] = field(default_factory=dict)
    stopped: str = ""
    declined: bool = False


async def examined(
    settings: Settings,
    house: House,
    library: Library,
    criteria: Sequence[str],
    with_model: bool,
    watch: Watch = QUIET,
) -> Examined:
    """Judge the floors of these criteria, fit their links, and see what courtesies move.

    The prompts of a model are those of the settings' content folder.
    """
    with_floor = [id for id in criteria if library.criteria[id].floor is not None]
    looked_at = {*with_floor, *to_be_fitted(library, criteria)}
    tested = [id for id in criteria if id in looked_at]
    async with _engine(settings, house, library, with_model) as (engine, models):
        name = engine.name
        tasks = tasks_planned(library, tested, MODEL_TWINS) if models is not None else ()
        if models is not None and tasks:
            estimate = await models.estimate(library, tasks, ONE_CALL)
            if not watch.agree(estimate):
                return Examined(name, declined=True)
        watch.begin(sum(len(case.levels_of(id)) > 0 for case in library.cases for id in tested))
        done = await trial(
            engine,
            library,
            tested,
            advance=watch.advance,
            at_once=min(AT_ONCE, models.rows_at_once(ONE_CALL)) if models is not None else 1,
            twins=MODEL_TWINS if models is not None else Twins(),
        )
    # A part of the cases says nothing about how well all of them are scored.
    if done.stopped:
        return Examined(name, stopped=done.stopped)
    return await in_background(partial(_findings, name, library, criteria, done.scores))


def _findings(
    engine: EngineName,
    library: Library,
    criteria: Sequence[str],
    scores: Mapping[str, Sequence[CaseScore]],
) -> Examined:
    known = library.criteria
    return Examined(
        engine,
        tuple(
            floor_verdict(known[id], tuple(each))
            for id, each in scores.items()
            if known[id].floor is not None
        ),
        fit_links(library, criteria, scores),
        moved_by_courtesies(scores),
        {
            id: cases_left_out(known[id], each)
            for id, each in scores.items()
            if known[id].floor is not None
        },
    )


@asynccontextmanager
async def _engine(
    settings: Settings, house: House, library: Library, with_model: bool
) -> AsyncIterator[tuple[Engine, WatchedModels | None]]:
    if not with_model:
        yield EmbeddedEngine(library, embedder(settings)), None
        return
    models = WatchedModels(settings, house.calls)
    try:
        embedded = embedded_scorer(settings, library, tuple(library.criteria))
        await in_background(embedded.prepare)
        yield ModelEngine(models.careful_scorer(embedded, library, samples=1)), models
    finally:
        await models.aclose()


# -- what is in force already ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToCalibrate:
    """The content in force, some criteria of it, and by whom it was published, if it was.

    `root` is the folder it was read from; `aside` the author's own folder if that holds something
    else, which is not looked at.
    """

    library: Library
    criteria: tuple[str, ...]
    root: Path
    publication: Publication | None = None
    aside: Path | None = None


async def to_calibrate(
    settings: Settings, house: House, criteria: Sequence[str] | None
) -> ToCalibrate:
    """The content in force, with these criteria or all; raises `UnknownCriteria`."""
    in_force = await content_in_force(settings, house)
    library = in_force.library
    unknown = [id for id in criteria or () if id not in library.criteria]
    if unknown:
        raise UnknownCriteria(unknown, tuple(library.criteria))
    chosen = tuple(id for id in library.criteria if not criteria or id in criteria)
    aside = await _aside(settings, library) if in_force.publication is not None else None
    return ToCalibrate(library, chosen, in_force.root, in_force.publication, aside)


async def _aside(settings: Settings, library: Library) -> Path | None:
    """The folder that the author names, unless it holds what is in force."""
    if settings.content is None:
        return None
    try:
        own = await in_background(partial(load_library, settings))
    except UNLOADABLE:
        return content_root(settings.content)
    return content_root(settings.content) if own.hashes != library.hashes else None


async def calibrate_in_force(
    settings: Settings,
    house: House,
    wanted: ToCalibrate,
    with_model: bool,
    watch: Watch = QUIET,
    by: str = "",
) -> Examined:
    """Examine criteria of the release in force, and keep what was found with it.

    Nothing is kept if it was stopped or declined. Raises `ModelMisconfigured` if there is no model
    to examine them with.
    """
    own = settings.model_copy(update={"content": wanted.root})
    found = await examined(own, house, wanted.library, wanted.criteria, with_model, watch)
    if not (found.stopped or found.declined):
        await house.calibrations.add(examination(wanted.library.release, found, by))
    return found


def examination(release: str, found: Examined, by: str) -> Examination:
    """What was found, as it is kept."""
    return Examination(release, found.engine, now(), by, found.fittings, found.floors)
