"""`commcoach rubric test`: how well engines score graded cases that they have not learned from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.embedding_cures import refuse_without_embeddings
from commcoach.cli.engines import EMBEDDED, is_any_model, settings_for
from commcoach.cli.help_texts import help_text
from commcoach.cli.long_commands import how_far
from commcoach.cli.own_content import hint_of_unused
from commcoach.cli.rubric_show import show_lines
from commcoach.cli.terminal import UsageError
from commcoach.coaching.rubric_testing import EngineReport, calls_planned
from commcoach.domain.engine_comparison import Comparison
from commcoach.domain.library import Library
from commcoach.presentation.rubric_report.bench import comparisons
from commcoach.presentation.rubric_report.data import is_report_data, report_data
from commcoach.presentation.rubric_report.lines import bench_lines, engine_lines
from commcoach.presentation.rubric_report.page import is_report_page, report_page
from commcoach.presentation.rubric_report.summary import summary_lines
from commcoach.presentation.rubric_report.view import about_lines


def rubric_test(
    criteria: Annotated[
        list[str] | None, typer.Argument(help=help_text("test.criteria"), show_default=False)
    ] = None,
    engine: Annotated[
        list[str] | None, typer.Option(help=help_text("test.engine"), show_default=EMBEDDED)
    ] = None,
    details: Annotated[bool, typer.Option("--details", help=help_text("test.details"))] = False,
    data: Annotated[Path | None, typer.Option("--json", help=help_text("test.json"))] = None,
    html: Annotated[Path | None, typer.Option(help=help_text("test.html"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    engines = tuple(dict.fromkeys(engine or (EMBEDDED,)))
    for one in engines:
        is_any_model(about, one)
    _refuse_wrong_output(data, is_report_data)
    _refuse_wrong_output(html, is_report_page)
    library = bootstrap.load_library(about.settings)
    chosen = _chosen(library, criteria)
    refuse_without_embeddings(about)
    if hint := hint_of_unused(about.words):
        about.terminal.show(hint, "yellow")
    reports = [_run(about, library, chosen, one) for one in engines]
    against = [comparisons(reports[0], other) for other in reports[1:]]
    # Written before anything is shown: what a model was paid for is not lost to a closed pipe.
    if data is not None:
        data.write_text(report_data(reports, against, library.release), encoding="utf-8")
    if html is not None:
        page = report_page(reports, against, library.release, about.words, bootstrap.now())
        html.write_text(page, encoding="utf-8")
    _show(about, reports, against, details=details or len(chosen) == 1)
    for place in filter(None, (data, html)):
        about.terminal.say("test.written", "green", path=place)
    if html is not None:
        about.terminal.say("test.print")
    if any(one.fails or one.trial.stopped for one in reports):
        raise typer.Exit(1)


def _show(
    about: Context,
    reports: Sequence[EngineReport],
    against: Sequence[dict[str, Comparison]],
    details: bool,
) -> None:
    for line in about_lines(reports, about.words):
        about.terminal.show(line, "yellow")
    for one in reports:
        about.terminal.show()
        show_lines(about.terminal, engine_lines(one, about.words, details))
    for other, each in zip(reports[1:], against, strict=True):
        about.terminal.show()
        show_lines(about.terminal, bench_lines(reports[0], other, each, about.words))
    about.terminal.show()
    about.terminal.say("test.table.about", "dim")
    if not details:
        about.terminal.say("test.more", "dim")
    # Last, so that it is what stands on the screen.
    for one in reports:
        about.terminal.show()
        show_lines(about.terminal, summary_lines(one, about.words))


def _refuse_wrong_output(place: Path | None, is_ours: Callable[[str], bool]) -> None:
    """Said before a model is paid for: nothing is written over that is no report of this kind."""
    if place is None:
        return
    if not place.parent.is_dir():
        raise UsageError("error.no_such_path", path=place.parent)
    if place.exists():
        kept = place.is_file() and place.read_text(encoding="utf-8", errors="replace")
        if kept is False or not (kept == "" or is_ours(kept)):
            raise UsageError("error.not_a_test_report", path=place)


def _chosen(library: Library, named: Sequence[str] | None) -> tuple[str, ...]:
    """The criteria to test, in the order of the library."""
    unknown = [id for id in named or () if id not in library.criteria]
    if unknown:
        raise UsageError("error.unknown_criteria", given=unknown, known=list(library.criteria))
    wanted = [id for id in library.criteria if not named or id in named]
    graded = tuple(id for id in wanted if any(case.levels_of(id) for case in library.cases))
    missing = [id for id in wanted if id not in graded]
    if not graded or (named and missing):
        raise UsageError("error.no_graded_cases", given=missing)
    return graded


def _run(about: Context, library: Library, chosen: tuple[str, ...], engine: str) -> EngineReport:
    if engine != EMBEDDED:
        # Nobody should have to guess what a run will cost before it has begun.
        number = calls_planned(library, chosen, bootstrap.MODEL_TWINS)
        about.terminal.say("test.calls", "dim", number=number)
    total = sum(bool(case.levels_of(id)) for case in library.cases for id in chosen)
    with how_far(about, total) as shown:
        if engine == EMBEDDED:
            work = bootstrap.try_embedded(about.settings, library, chosen, shown.advance)
        else:
            settings = settings_for(about, engine)
            work = bootstrap.try_model(settings, library, chosen, shown.advance)
        return asyncio.run(work)
