"""`commcoach rubric show`: criteria to read at the terminal, or as pages to print."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
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
    titled = _called(name, library.rubrics)
    return library.rubrics[titled] if titled else find_criterion(library, name, library.rubrics)


def find_criterion(
    library: Library, name: str, others: Mapping[str, Rubric] = MappingProxyType({})
) -> Criterion:
    """The criterion of this name, `module/criterion` or its title; a `UsageError` if there is none.

    It names what comes near, also among `others`.
    """
    module, _, id = name.rpartition("/")
    criterion = library.criteria.get(id)
    if criterion is not None and module in ("", criterion.module):
        return criterion
    titled = _called(name, library.criteria)
    if not titled:
        raise no_such(name, {**others, **library.criteria})
    return library.criteria[titled]


def _called(name: str, known: Mapping[str, Rubric | Criterion]) -> str:
    """The id of the one that has this title, in whatever language; nothing if several have it."""
    found = [id for id, one in known.items() if name.strip() in _titles(one)]
    return found[0] if len(found) == 1 else ""


def _titles(one: Rubric | Criterion) -> tuple[str, ...]:
    return tuple(filter(None, (one.title.get(language) for language in Language)))


def no_such(name: str, known: Mapping[str, Rubric | Criterion]) -> UsageError:
    """That there is none such, with those that were perhaps meant, by id or by title."""
    names = {title: id for id, one in known.items() for title in _titles(one)}
    names |= {id: id for id in known}
    near = [names[one] for one in get_close_matches(name.rpartition("/")[2], names, n=3)]
    if near:
        near = list(dict.fromkeys(near))
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
    pages = _pages(library, chosen)
    places = {folder / f"{name}.html": pair for name, pair in pages.items()}
    if folder.suffix.lower() == ".html" and not folder.is_dir():
        if len(pages) > 1:
            raise UsageError("error.pages_need_folder", path=folder, number=len(pages))
        places = dict(zip((folder,), pages.values(), strict=False))
        folder = folder.parent
    above = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if above.is_file():
        raise UsageError("error.page_folder_is_file", path=above)
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
