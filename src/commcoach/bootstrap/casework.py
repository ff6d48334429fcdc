"""Blind calibration: replies drawn for graders, and their sheets that come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.case_exchange import read_grades, write_grading_sheet
from commcoach.bootstrap.embedding import embedder
from commcoach.bootstrap.keeping import now, open_house
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer, mask
from commcoach.bootstrap.rubric_testing import EmbeddedEngine, ModelEngine, model_at_once
from commcoach.coaching.blind_grading import (
    Returned,
    ReturnedGrades,
    behind,
    blind_sheet,
    gather,
)
from commcoach.coaching.casework import Labels
from commcoach.coaching.drawing import Key, Order, draw, drawable, key_text, to_be_scored
from commcoach.coaching.grade_import import Taken, Terms, take_in
from commcoach.coaching.rubric_testing import Trial, trial
from commcoach.domain.cases import GradedCase
from commcoach.domain.library import Library
from commcoach.settings import Settings
from commcoach.swapped_files import write_whole

KEY_NAME = "key.json"


async def draw_for_graders(
    settings: Settings, library: Library, order: Order, *, by_model: bool = False
) -> Key | None:
    """Draw replies, by chance but the same for the same seed.

    The machine scores them without having learned from them or their kin. `None` if the model
    could not score to the end. Raises `ModelMisconfigured` if it is set wrongly.
    """
    pool = drawable(library, order)
    wanted = to_be_scored(pool, order)
    if by_model:
        done = await _scored_by_model(settings, library, order.criterion, wanted)
    else:
        done = await trial(
            EmbeddedEngine(library, embedder(settings)), library, (order.criterion,), cases=wanted
        )
    if done.stopped:
        return None
    scored = [(one.case, one.score) for one in done.scores[order.criterion]]
    rows, strata = draw(scored, order)
    return Key(
        order.criterion,
        library.hashes[f"criterion:{order.criterion}"],
        library.release,
        done.engine,
        now(),
        order.seed,
        order.graders,
        len(pool),
        strata,
        rows,
    )


async def _scored_by_model(
    settings: Settings, library: Library, criterion: str, cases: Sequence[GradedCase]
) -> Trial:
    async with open_house(settings) as house:
        models = Models(settings, house.calls)
        try:
            embedded = embedded_scorer(settings, library, (criterion,))
            await in_background(embedded.prepare)
            engine = ModelEngine(models.careful_scorer(embedded, library, samples=1))
            at_once = model_at_once(settings)
            return await trial(engine, library, (criterion,), at_once=at_once, cases=cases)
        finally:
            await models.aclose()


def write_drawing(
    folder: Path, key: Key, library: Library, labels: Labels, names: Mapping[str, str]
) -> list[Path]:
    """The sheet of each grader, under its name in `names`, and the key, all or none.

    The key comes first: if the program is killed, no sheet is there without it, for what is in such
    a sheet could never be taken in. Raises `FileExistsError` rather than write over anything.
    """
    cases = {case.id: case for case in library.cases}
    key_place, *sheets = drawing_places(folder, key.criterion, key.graders, names)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        write_whole(key_place, key_text(key).encode())
        written.append(key_place)
        for grader, place in zip(key.graders, sheets, strict=True):
            write_grading_sheet(place, blind_sheet(key, cases, grader), labels)
            written.append(place)
    except BaseException:
        for place in reversed(written):
            place.unlink(missing_ok=True)
        raise
    return [*sheets, key_place]


def drawing_places(
    folder: Path, criterion: str, graders: Sequence[str], names: Mapping[str, str]
) -> tuple[Path, ...]:
    """Where a drawing is written: the key, and the sheet of each grader."""
    return folder / f"{criterion}-{KEY_NAME}", *(folder / names[one] for one in graders)


def read_returned(key: Key, sheets: Sequence[Path], library: Library) -> Returned:
    """The graders' sheets of a drawing, checked against what was given out."""
    found, gone = behind(key, {case.id: case for case in library.cases})
    terms = Terms(blind=True)
    taken = [(place.name, read_grades(place, found.values(), library, terms)) for place in sheets]
    return gather(key, taken, gone)


def take_returned(key: Key, returned: Returned, library: Library, replace: bool) -> Taken:
    """The grades of a drawing as grades of the cases themselves."""
    cases = {case.id: case for case in library.cases}
    file = ReturnedGrades(key, returned, cases)
    return take_in(file, library.cases, library.criteria, Terms(replace=replace, blind=True), mask)
