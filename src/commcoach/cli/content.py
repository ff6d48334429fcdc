"""`commcoach content`, `rubric`, `scenario`: checking and copying authored files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.errors import show_problems
from commcoach.cli.help_texts import command_name, help_text, quoted
from commcoach.cli.own_content import similar_content, unused_content
from commcoach.cli.terminal import UsageError
from commcoach.domain.problems import ContentMissing

content_app = typer.Typer(help=help_text("content_app"), no_args_is_help=True)
rubric_app = typer.Typer(help=help_text("rubric_app"), no_args_is_help=True)
scenario_app = typer.Typer(help=help_text("scenario_app"), no_args_is_help=True)

Lang = Annotated[str | None, typer.Option(help=help_text("lang"))]
Where = Annotated[Path | None, typer.Argument(help=help_text("check.path"), show_default=False)]

Content = Annotated[Path | None, typer.Option(help=help_text("content"))]
All = Annotated[bool, typer.Option("--all", help=help_text("check.all"))]


@content_app.command("check", help=help_text("content.check"))
def check_content(
    path: Where = None, everything: All = False, content: Content = None, lang: Lang = None
) -> None:
    """Check a whole content folder."""
    _check(context(lang, content), path, "", "content", everything)


@rubric_app.command("check", help=help_text("rubric.check"))
def check_rubrics(
    path: Where = None, everything: All = False, content: Content = None, lang: Lang = None
) -> None:
    """Check `rubrics/`, or one file or folder in it."""
    _check(context(lang, content), path, bootstrap.RUBRICS, "rubric", everything)


@scenario_app.command("check", help=help_text("scenario.check"))
def check_scenarios(
    path: Where = None, everything: All = False, content: Content = None, lang: Lang = None
) -> None:
    """Check `scenarios/`, or one file in it."""
    _check(context(lang, content), path, bootstrap.SCENARIOS, "scenario", everything)


@content_app.command("init", help=help_text("content.init"))
def init(
    folder: Annotated[Path, typer.Argument(help=help_text("content.init.folder"))],
    lang: Lang = None,
) -> None:
    """Make a writable copy of the shipped content."""
    about = context(lang)
    written = bootstrap.copy_content(folder)
    about.terminal.say("content.copied", number=len(written), folder=folder, command=command_name())


def _check(about: Context, path: Path | None, folder: str, noun: str, everything: bool) -> None:
    in_use = bootstrap.content_root(about.settings.content)
    place = _place(path, in_use)
    if not place.exists() and not in_use.exists():
        raise ContentMissing(in_use, folder)
    if not place.exists():
        near = similar_content(place)
        if near is not None:
            raise UsageError("error.nothing_to_check_near", path=place, near=near)
        raise UsageError("error.nothing_to_check", path=place, root=in_use)
    if path is None:
        _say_what(about, in_use, f"{command_name()} {noun} check")
    root = bootstrap.content_root_of(place)
    if not any((root / name).is_dir() for name in (bootstrap.RUBRICS, bootstrap.SCENARIOS)):
        alone = place.is_file()
        raise UsageError("error.file_alone" if alone else "error.no_content_here", path=place)
    inside = _relative(place, root)
    if inside and folder and not _is_inside(inside, folder):
        raise UsageError("error.not_checked_here", path=place, folder=folder)
    problems = tuple(
        problem
        for problem in bootstrap.find_problems(about.settings, root)
        if _is_inside(problem.path, folder) and _is_inside(problem.path, inside)
    )
    if problems:
        # What a check finds is its result; 2 would mean that it could not be done.
        again = " ".join((command_name(), noun, "check", *([quoted(str(path))] if path else ())))
        show_problems(problems, about.words, root, "" if everything else again)
        raise typer.Exit(1)
    about.terminal.say("content.fine", "green", path=place)


def _say_what(about: Context, root: Path, command: str) -> None:
    """Which folder is checked if none was named; who has one beside it may mean that."""
    if not bootstrap.is_shipped(root):
        about.terminal.say("check.own", root=root)
        return
    own = [str(one) for one in unused_content()]
    folder = own[0] if own else about.words.say("usage.own_content")
    about.terminal.say("check.shipped", root=root, command=f"{command} {quoted(folder)}")


def _place(path: Path | None, root: Path) -> Path:
    """What is to be checked: a path as typed, or one in the content folder, or an id."""
    if path is None or path.exists():
        return path or root
    rubrics = root / bootstrap.RUBRICS
    criteria = sorted(rubrics.glob(f"*/{path.name}.yaml"))
    scenario = root / bootstrap.SCENARIOS / f"{path.name}.yaml"
    inside = (root / path, rubrics / path, *criteria, scenario)
    return next((one for one in inside if one.exists()), path)


def _relative(place: Path, root: Path) -> str:
    inside = place.resolve().relative_to(root.resolve()).as_posix()
    return "" if inside == "." else inside


def _is_inside(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
