"""`commcoach calibration`: replies drawn for people to grade blind, and what came of it."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.cases import keep, refuse_faults
from commcoach.cli.context import Context, context
from commcoach.cli.embedding_cures import refuse_without_embeddings
from commcoach.cli.engines import EMBEDDED, is_any_model, settings_for
from commcoach.cli.errors import as_lists
from commcoach.cli.help_texts import command_name, help_text, quoted
from commcoach.cli.long_commands import told_if_interrupted
from commcoach.cli.own_content import own_content
from commcoach.cli.rubric_show import find_criterion, no_such, show_lines
from commcoach.cli.terminal import UsageError, no_file
from commcoach.coaching.blind_grading import Returned
from commcoach.coaching.drawing import (
    Key,
    Order,
    corrections_left_out,
    drawable,
    read_key,
    to_be_scored,
)
from commcoach.coaching.grading_report import GradingReport, grading_report
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.presentation.calibration.lines import report_lines
from commcoach.presentation.calibration.page import calibration_page, is_calibration_page
from commcoach.presentation.grading import sheet_labels

FEWEST, MOST_GRADERS = 1, 9
ENOUGH_GRADERS = 2
"""So many have to grade each reply before agreement says anything, unless the floor says more."""

calibration_app = typer.Typer(help=help_text("calibration_app"), no_args_is_help=True)


@calibration_app.command("draw", help=help_text("calibration.draw"))
def draw(
    criterion: Annotated[str, typer.Option(help=help_text("calibration.criterion"))],
    output: Annotated[Path, typer.Option(help=help_text("calibration.output"))],
    n: Annotated[int, typer.Option("--n", min=1, help=help_text("calibration.n"))] = 60,
    by_level: Annotated[
        bool, typer.Option("--by-level", help=help_text("calibration.by_level"))
    ] = False,
    graders: Annotated[
        int, typer.Option(min=FEWEST, max=MOST_GRADERS, help=help_text("calibration.graders"))
    ] = 2,
    grader: Annotated[list[str] | None, typer.Option(help=help_text("calibration.grader"))] = None,
    language: Annotated[str | None, typer.Option(help=help_text("calibration.language"))] = None,
    seed: Annotated[int, typer.Option(min=0, help=help_text("calibration.seed"))] = 1,
    engine: Annotated[str, typer.Option(help=help_text("calibration.engine"))] = EMBEDDED,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    by_model = is_any_model(about, engine)
    settings = settings_for(about, engine)
    library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    chosen = find_criterion(library, criterion)
    named = _graders(grader, graders)
    order = Order(chosen.id, named, _languages(chosen, language), n, by_level, seed)
    names = _names(chosen.id, named)
    _refuse_content_folder(about, output)
    _refuse_places(output, bootstrap.drawing_places(output, chosen.id, named, names))
    pool = drawable(library, order)
    if not pool:
        raise _nothing_to_draw(library, order)
    refuse_without_embeddings(about)
    if by_model:
        # Nobody should have to guess what a drawing will cost before it has begun.
        number = len(to_be_scored(pool, order))
        about.terminal.say("calibration.calls", "dim", number=number)
    with (
        told_if_interrupted(about, "calibration.interrupted"),
        about.terminal.waiting("calibration.drawing"),
    ):
        drawing = bootstrap.draw_for_graders(settings, library, order, by_model=by_model)
        key = asyncio.run(drawing)
    if key is None:
        raise UsageError("error.drawing_stopped", command=command_name())
    try:
        labels = sheet_labels((chosen,), about.words)
        *sheets, key_place = bootstrap.write_drawing(output, key, library, labels, names)
    except FileExistsError as error:
        raise UsageError("error.drawing_is_there", path=error.filename) from None
    _say_drawn(about, key, n, sheets, key_place)
    needed = chosen.floor.graders if chosen.floor is not None else ENOUGH_GRADERS
    if len(key.graders) < needed:
        about.terminal.say("calibration.too_few_graders", "yellow", needed=needed)
    left_out = corrections_left_out(library, order)
    if left_out:
        about.terminal.say("calibration.no_corrections", "dim", number=left_out)
    about.terminal.say("calibration.no_practice", "dim")
    about.terminal.say(
        "calibration.next",
        command=command_name(),
        sheets=" ".join(quoted(str(place)) for place in sheets),
        key=quoted(str(key_place)),
    )


def _refuse_content_folder(about: Context, folder: Path) -> None:
    """Content is read as a whole: a drawing in it would be published, or found to be wrong."""
    root = bootstrap.content_root(about.settings.content).resolve()
    place = folder.resolve()
    parts = (root / bootstrap.RUBRICS, root / bootstrap.SCENARIOS)
    if (place / bootstrap.RUBRICS).is_dir() or any(map(place.is_relative_to, parts)):
        raise UsageError("error.drawing_into_content", path=folder)


def _nothing_to_draw(library: Library, order: Order) -> UsageError:
    """Why there is nothing: no such replies, or these graders have graded them all."""
    number = len(drawable(library, dataclasses.replace(order, graders=())))
    if not number:
        return UsageError("error.nothing_to_draw", command=command_name())
    done = [
        by
        for by in order.graders
        if not drawable(library, dataclasses.replace(order, graders=(by,)))
    ]
    if not done:
        return UsageError("error.all_graded_together", graders=order.graders, number=number)
    told = {"graders": done, "number": number, "command": command_name()}
    return UsageError("error.all_graded", **told)


def _refuse_places(folder: Path, places: Sequence[Path]) -> None:
    """Scoring takes its time; what stands in the way is said before."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("error.not_a_folder", path=folder)
    for place in places:
        if place.exists() or place.is_symlink():
            raise UsageError("error.drawing_is_there", path=place)


def _languages(criterion: Criterion, given: str | None) -> frozenset[Language]:
    """The languages to draw from: the one that was asked for, or all of the criterion's."""
    if given is None:
        return frozenset(criterion.languages)
    if given not in list(Language):
        raise UsageError("error.unknown_language", given=given)
    return frozenset({Language(given)})


def _say_drawn(
    about: Context, key: Key, wanted: int, sheets: Sequence[Path], key_place: Path
) -> None:
    terminal = about.terminal
    if len(key.rows) < wanted:
        terminal.say("calibration.fewer", "yellow", number=len(key.rows), wanted=wanted)
    if key.by_level:
        terminal.say("calibration.by_level", "dim", replies=key.replies)
    for by, place in zip(key.graders, sheets, strict=True):
        terminal.say("calibration.sheet", "green", by=by, path=place)
    terminal.say("calibration.key", "yellow", path=key_place)


def _graders(named: Sequence[str] | None, number: int) -> tuple[str, ...]:
    """Names that were given, each once; without any, numbers."""
    given = [name for name in (" ".join(one.split()) for one in named or []) if name]
    if len(set(given)) < len(given):
        raise UsageError("error.graders_alike", names=given)
    return tuple(given) or tuple(f"grader-{index}" for index in range(1, number + 1))


def _names(criterion: str, graders: Sequence[str]) -> Mapping[str, str]:
    """A file name for each grader's sheet; names may hold what no file name can."""
    names: dict[str, str] = {}
    for index, by in enumerate(graders, start=1):
        safe = re.sub(r"[^\w-]+", "_", by).strip("_") or str(index)
        name = f"{criterion}-{safe}.xlsx"
        names[by] = f"{criterion}-{safe}-{index}.xlsx" if name in names.values() else name
    return names


@calibration_app.command("report", help=help_text("calibration.report"))
def report(
    sheets: Annotated[list[Path], typer.Argument(help=help_text("calibration.sheets"))],
    key: Annotated[Path, typer.Option(help=help_text("calibration.key"))],
    html: Annotated[Path | None, typer.Option(help=help_text("calibration.html"))] = None,
    take: Annotated[bool, typer.Option("--import", help=help_text("calibration.import"))] = False,
    replace: Annotated[bool, typer.Option("--replace", help=help_text("cases.replace"))] = False,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    for place in (key, *sheets):
        if not place.is_file():
            raise no_file(place)
    if len({place.resolve() for place in sheets}) < len(sheets):
        raise UsageError("error.sheet_twice")
    if html is not None:
        _refuse_other_page(html)
    root = own_content(about) if take else None
    drawn = read_key(key.read_text(encoding="utf-8", errors="replace"))
    if drawn is None:
        raise UsageError("error.not_a_key", path=key)
    with nullcontext() if root is None else bootstrap.sole_import(root):
        library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
        if drawn.criterion not in library.criteria:
            raise no_such(drawn.criterion, library.criteria)
        returned = bootstrap.read_returned(drawn, sheets, library)
        faults = [(name or key.name, fault) for name, fault in returned.faults]
        refuse_faults(about, faults, returned.blank, to_write=take)
        _say_deleted(about, returned)
        found = grading_report(drawn, returned, library)
        show_lines(about.terminal, report_lines(found, about.words))
        if html is not None:
            _write_page(about, html, found)
        if root is not None:
            _keep(about, root, drawn, returned, library, replace)
        else:
            about.terminal.say("calibration.not_kept", "yellow")


def _say_deleted(about: Context, returned: Returned) -> None:
    """Rows that somebody took out of a sheet; what they drew is not seen from what is left."""
    for name, codes in returned.deleted.items():
        told = {"sheet": name, "number": len(codes), "codes": codes}
        about.terminal.say("calibration.deleted", "yellow", **as_lists(told, about.words))


def _keep(
    about: Context, root: Path, key: Key, returned: Returned, library: Library, replace: bool
) -> None:
    taken = bootstrap.take_returned(key, returned, library, replace)
    refuse_faults(about, [(root.name, fault) for fault in taken.faults], {})
    about.terminal.show()
    keep(about, root, f"{key.criterion}-calibration", taken)


def _refuse_other_page(place: Path) -> None:
    if not place.parent.is_dir():
        raise UsageError("error.no_such_path", path=place.parent)
    if place.exists():
        text = place.read_text(encoding="utf-8", errors="replace") if place.is_file() else ""
        if not is_calibration_page(text):
            raise UsageError("error.not_a_calibration_page", path=place)


def _write_page(about: Context, place: Path, found: GradingReport) -> None:
    place.write_text(calibration_page(found, about.words, bootstrap.now()), encoding="utf-8")
    about.terminal.say("calibration.page_written", "green", path=place)
