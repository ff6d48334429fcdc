"""`commcoach rubric show`: criteria to read at the terminal, or as pages to print."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import WIDEST, Terminal, UsageError, wrap
from commcoach.coaching.standing import ContentStanding
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Rubric
from commcoach.presentation.rubric_pages import lines
from commcoach.presentation.rubric_pages.page import is_rubric_page, rubric_page
from commcoach.presentation.wording import Wording

BOTH = "both"


def show(
    name: Annotated[str | None, typer.Argument(help=help_text("show.name"))] = None,
    html: Annotated[Path | None, typer.Option(help=help_text("show.html"))] = None,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("show.lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(None if lang == BOTH else lang, content)
    library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    chosen = find(library, name) if name is not None else None
    standing = asyncio.run(bootstrap.standing_of_content(about.settings, library))
    # A page is read by people of both languages, unless one was asked for.
    both = lang == BOTH or (html is not None and lang is None)
    said = _both(about) if both else (about.words,)
    if html is not None:
        _write(about, html, library, chosen, said, standing)
    elif chosen is None:
        show_lines(about.terminal, lines.all_criteria(library, about.words, standing))
        about.terminal.say("show.how_on", "dim", command=command_name())
    elif isinstance(chosen, Rubric):
        show_lines(about.terminal, lines.module(chosen, library, said, standing))
    else:
        show_lines(about.terminal, lines.criterion(chosen, library, said, standing))


def find(library: Library, name: str) -> Rubric | Criterion:
    """The module or criterion of this name; `module/criterion` will do as well."""
    if name in library.rubrics:
        return library.rubrics[name]
    module, _, id = name.rpartition("/")
    criterion = library.criteria.get(id)
    if criterion is None or module not in ("", criterion.module):
        raise no_such(name, [*library.rubrics, *library.criteria])
    return criterion


def no_such(name: str, known: Sequence[str]) -> UsageError:
    """That there is none such, with those that were perhaps meant."""
    near = get_close_matches(name.rpartition("/")[2], known, n=3)
    if near:
        return UsageError("error.nothing_to_show_near", given=name, near=near)
    return UsageError("error.nothing_to_show", given=name)


def show_lines(terminal: Terminal, shown: Iterable[lines.Line]) -> None:
    """Lines with labels, wrapped so that the labels stand free."""
    width = min(Console().width, WIDEST)
    for line in shown:
        indent = cell_len(line.label)
        for row in wrap(Text(line.label + line.text), width, indent):
            terminal.show(row.plain, line.style)


def _both(about: Context) -> tuple[Wording, Wording]:
    zone = about.words.zone
    return Wording(Language.ZH, zone), Wording(Language.EN, zone)


def _write(
    about: Context,
    folder: Path,
    library: Library,
    chosen: Rubric | Criterion | None,
    said: Sequence[Wording],
    standing: ContentStanding,
) -> None:
    places = {folder / f"{name}.html": pair for name, pair in _pages(library, chosen).items()}
    for place in places:
        _refuse_other_page(place)
    folder.mkdir(parents=True, exist_ok=True)
    at = bootstrap.now()
    for place, (rubric, criteria) in places.items():
        page = rubric_page(rubric, criteria, library, said, at, standing)
        place.write_text(page, encoding="utf-8")
        about.terminal.say("show.written", "green", path=place)
    about.terminal.say("show.print")


def _pages(
    library: Library, chosen: Rubric | Criterion | None
) -> dict[str, tuple[Rubric, Sequence[Criterion]]]:
    """What stands on which page: a module's criteria, or the one that was named."""
    if isinstance(chosen, Criterion):
        return {chosen.id: (library.rubrics[chosen.module], (chosen,))}
    rubrics = library.rubrics.values() if chosen is None else (chosen,)
    return {rubric.module: (rubric, rubric.criteria) for rubric in rubrics if rubric.criteria}


def _refuse_other_page(place: Path) -> None:
    if not place.exists():
        return
    ours = place.is_file() and is_rubric_page(place.read_text(encoding="utf-8", errors="replace"))
    if not ours:
        raise UsageError("error.not_a_rubric_page", path=place)
