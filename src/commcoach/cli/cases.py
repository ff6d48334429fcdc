"""`commcoach cases`: graded replies out as sheets to fill in, and grades in again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.case_corrections import corrections
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, command_on_own_content, help_text, quoted
from commcoach.cli.own_content import own_content
from commcoach.cli.terminal import UsageError, no_file
from commcoach.coaching.casework import Fault, choose_cases, grading_sheet
from commcoach.coaching.corrections import is_correction
from commcoach.coaching.grade_import import Taken, Terms
from commcoach.domain.cases import HUMAN, IMPORT, Grade, GradedCase
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.problems import Problem
from commcoach.domain.rubric import Criterion
from commcoach.presentation.grading import fault_lines, rows_named, sheet_labels

XLSX, JSONL = "xlsx", "jsonl"
MOST_FAULTS = 200
"""Lines about faults that anybody reads; a file with more has one cause for most of them."""

cases_app = typer.Typer(help=help_text("cases_app"), no_args_is_help=True)
cases_app.command("corrections", help=help_text("cases.corrections"))(corrections)


@cases_app.command("export", help=help_text("cases.export"))
def export(
    output: Annotated[Path, typer.Argument(help=help_text("cases.output"))],
    criterion: Annotated[list[str] | None, typer.Option(help=help_text("cases.criterion"))] = None,
    module: Annotated[str | None, typer.Option(help=help_text("cases.module"))] = None,
    scenario: Annotated[str | None, typer.Option(help=help_text("cases.scenario"))] = None,
    language: Annotated[str | None, typer.Option(help=help_text("cases.language"))] = None,
    every: Annotated[bool, typer.Option("--all", help=help_text("cases.all"))] = False,
    grader: Annotated[list[str] | None, typer.Option(help=help_text("cases.grader"))] = None,
    blind: Annotated[bool, typer.Option("--blind", help=help_text("cases.blind"))] = False,
    kind: Annotated[str | None, typer.Option("--format", help=help_text("cases.format"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    wanted = kind or output.suffix.removeprefix(".").lower()
    if wanted not in (XLSX, JSONL):
        raise UsageError("error.cases_format", given=wanted, known=(XLSX, JSONL))
    if not output.parent.is_dir():
        raise UsageError("error.no_such_path", path=output.parent)
    spoken, graders = _language(language), _graders(grader or [])
    library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    criteria = _criteria(library, criterion, module)
    ids = [one.id for one in criteria]
    chosen = choose_cases(library.cases, ids, scenario, spoken, graded=not every)
    if not chosen and not every:
        chosen = choose_cases(library.cases, ids, scenario, spoken, graded=False)
        if chosen:
            about.terminal.say("cases.none_graded", "yellow", number=len(chosen))
    if not chosen:
        raise UsageError("error.no_cases")
    _write(about, output, wanted, chosen, criteria, graders, blind)
    about.terminal.say("cases.written", "green", path=output, number=len(chosen))
    corrected = sum(map(is_correction, chosen))
    if corrected:
        about.terminal.say("cases.has_corrections", "yellow", number=corrected)
    if wanted == XLSX:
        by = "" if graders else about.words.say("cases.by_name")
        if not blind and any(case.levels_of(id) for case in chosen for id in ids):
            about.terminal.say("cases.not_blind", "yellow")
        command, path = command_on_own_content(), quoted(str(output))
        about.terminal.say("cases.next", command=command, path=path, by=by)
        if by:
            about.terminal.say("cases.by_is_an_example", "dim")


def _write(
    about: Context,
    output: Path,
    kind: str,
    cases: Sequence[GradedCase],
    criteria: Sequence[Criterion],
    graders: Sequence[str],
    blind: bool,
) -> None:
    ids = [one.id for one in criteria]
    try:
        if kind == XLSX:
            sheet = grading_sheet(cases, ids, graders, blind)
            bootstrap.write_grading_sheet(output, sheet, sheet_labels(criteria, about.words))
        else:
            bootstrap.write_cases(output, grades_shown(cases, ids, blind))
    except FileExistsError:
        raise UsageError("error.sheet_is_there", path=output) from None


def grades_shown(
    cases: Sequence[GradedCase], criteria: Sequence[str], blind: bool
) -> list[GradedCase]:
    """The cases with the grades of these criteria only, or with none."""

    def shown(grade: Grade) -> Grade:
        levels = {id: grade.levels[id] for id in criteria if id in grade.levels}
        blindly = {id: grade.blind[id] for id in levels if id in grade.blind}
        drawn = {id: one for id, one in grade.drawing.items() if id in blindly}
        return dataclasses.replace(grade, levels=levels, blind=blindly, drawing=drawn)

    def grades(case: GradedCase) -> tuple[Grade, ...]:
        found = () if blind else tuple(map(shown, case.grades))
        return tuple(grade for grade in found if grade.levels)

    return [dataclasses.replace(case, grades=grades(case)) for case in cases]


@cases_app.command("import", help=help_text("cases.import"))
def import_(
    file: Annotated[Path, typer.Argument(help=help_text("cases.file"))],
    by: Annotated[str, typer.Option(help=help_text("cases.by"))] = "",
    kind: Annotated[str, typer.Option(help=help_text("cases.kind"))] = HUMAN,
    replace: Annotated[bool, typer.Option("--replace", help=help_text("cases.replace"))] = False,
    new_cases: Annotated[
        bool, typer.Option("--new-cases", help=help_text("cases.new_cases"))
    ] = False,
    content: Annotated[Path | None, typer.Option(help=help_text("new.content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    if kind not in (HUMAN, IMPORT):
        raise UsageError("error.grade_kind", given=kind, known=(HUMAN, IMPORT))
    if not file.is_file():
        raise no_file(file)
    root = own_content(about)
    with bootstrap.sole_import(root):
        library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
        terms = Terms(" ".join(by.split()), kind, replace, new_cases)
        taken = bootstrap.read_grades(file, library.cases, library, terms)
        refuse_faults(about, [(file.name, fault) for fault in taken.faults], {"": taken.blank})
        keep(about, root, file.stem, taken)


def keep(about: Context, root: Path, name: str, taken: Taken) -> None:
    """Write what was taken in into the author's content, and say what came of it."""
    terminal, words = about.terminal, about.words
    if taken.missing:
        terminal.say("cases.missing", "yellow", number=taken.missing)
    if taken.blank:
        terminal.say("cases.blank", "dim", rows=rows_named(taken.blank, words))
    if taken.unchanged:
        terminal.say("cases.unchanged", "dim", number=taken.unchanged)
    if taken.unmarked:
        terminal.say("cases.unmarked", "yellow", number=taken.unmarked, command=command_name())
    if not taken.grades and not taken.cases:
        terminal.say("cases.nothing_new", "yellow")
        return
    written = bootstrap.keep_grades(root, name, taken)
    if written is None:
        raise UsageError("error.cases_changed")
    graders = words.say("punctuation.list").join(taken.graders)
    if taken.levels or taken.cases:
        terminal.say("cases.taken", "green", levels=taken.levels, rows=taken.rows, graders=graders)
    else:
        terminal.say("cases.only_reweighed", "green")
    for place in written:
        terminal.show(f"  {place}")
    if taken.reweighed:
        terminal.say("cases.reweighed", "dim", number=taken.reweighed)
    if taken.cases:
        terminal.say("cases.taken_new", "green", number=len(taken.cases))
    if taken.masked:
        terminal.say("cases.masked", "yellow", number=taken.masked)
    terminal.say("cases.check", command=command_name(), root=quoted(str(root)))


def refuse_faults(
    about: Context,
    faults: Sequence[tuple[str, Fault | Problem]],
    blank: Mapping[str, Sequence[int]],
    *,
    to_write: bool = True,
) -> None:
    """Say everything that is wrong at once, and stop; nothing has been written.

    That is said too if something was `to_write`.
    `blank` has the rows of each file that nobody graded: whoever mends the rest may fill these too.
    """
    if not faults:
        return
    words = about.words
    lines = fault_lines(faults, words, by_file=len(blank) > 1)
    if len(lines) > MOST_FAULTS:
        more = words.say("cases.more_faults", number=len(lines) - MOST_FAULTS)
        lines = [*lines[:MOST_FAULTS], more]
    for name, rows in blank.items():
        if rows:
            said = words.say("cases.blank_too", rows=rows_named(rows, words))
            lines.append(f"{name}: {said}" if name else said)
    key = "error.grades_refused" if to_write else "error.sheets_to_mend"
    raise UsageError(key, number=len(faults), wrong="\n".join(lines))


def _graders(given: Sequence[str]) -> tuple[str, ...]:
    """The names of new graders; two alike would make one column of two people."""
    names = [" ".join(name.split()) for name in given if name.strip()]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError("error.grader_twice", name=twice)
    return tuple(names)


def _language(given: str | None) -> Language | None:
    if given is None:
        return None
    if given not in list(Language):
        raise UsageError("error.unknown_language", given=given)
    return Language(given)


def _criteria(
    library: Library, criteria: Sequence[str] | None, module: str | None
) -> tuple[Criterion, ...]:
    """The criteria that were named, those of a module, or all of them."""
    known = library.criteria
    if module is not None and module not in library.rubrics:
        raise UsageError("error.unknown_module", given=module, known=list(library.rubrics))
    named = [id for given in criteria or [] for id in given.replace(" ", "").split(",") if id]
    unknown = [id for id in named if id not in known]
    if unknown:
        raise UsageError("error.unknown_criteria", given=unknown, known=list(known))
    of_module = library.rubrics[module].criteria if module is not None else ()
    chosen = (*(known[id] for id in named), *of_module)
    return tuple({one.id: one for one in chosen}.values()) or tuple(known.values())
