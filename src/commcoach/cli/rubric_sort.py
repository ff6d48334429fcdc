"""`commcoach rubric sort`: whether a stranger puts a criterion's anchors back where they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.help_texts import command_name, help_text, quoted
from commcoach.cli.rubric_show import find_criterion, show_lines
from commcoach.cli.terminal import EndOfInput, UsageError, no_file
from commcoach.domain.language import Language
from commcoach.domain.retranslation import Card, deal, judge
from commcoach.domain.rubric import Criterion
from commcoach.presentation.rubric_pages.sorting_report import sorting_report
from commcoach.presentation.rubric_pages.sorting_sheet import (
    in_words,
    instructions,
    read_sheet,
    shown,
    sorting_sheet,
)
from commcoach.presentation.wording import Wording

MOST_EXAMPLES = 10


def sort(
    criterion: Annotated[str, typer.Argument(help=help_text("sort.criterion"))],
    sheet: Annotated[Path | None, typer.Option(help=help_text("sort.sheet"))] = None,
    result: Annotated[list[Path] | None, typer.Option(help=help_text("sort.result"))] = None,
    examples: Annotated[
        int, typer.Option(min=0, max=MOST_EXAMPLES, help=help_text("sort.examples"))
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help=help_text("sort.seed"))] = 1,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("sort.lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    if sheet is not None and result:
        raise UsageError("error.sheet_or_result")
    library = bootstrap.load_library(about.settings, (bootstrap.RUBRICS,))
    chosen = find_criterion(library, criterion)
    words = _spoken(about, chosen)
    # A sheet is named after the colleague who gets it: each has an order of its own.
    sorter = sheet.stem if sheet is not None else ""
    cards = deal(chosen, words.language, examples, seed, sorter)
    if sheet is not None:
        _write(about, sheet, sorting_sheet(chosen, cards, words), chosen)
        return
    sortings = _read(about, result, chosen) if result else (_ask(about, chosen, cards),)
    show_lines(about.terminal, sorting_report(chosen, judge(sortings), about.words))


def _spoken(about: Context, criterion: Criterion) -> Wording:
    """The reader's own language, or the one that the criterion has."""
    if about.words.language in criterion.languages:
        return about.words
    return Wording(Language(criterion.languages[0]), about.words.zone)


def _write(about: Context, place: Path, book: bytes, criterion: Criterion) -> None:
    if place.suffix.lower() != ".xlsx":
        raise UsageError("error.not_named_xlsx", path=place)
    if not place.parent.is_dir():
        raise UsageError("error.no_such_path", path=place.parent)
    try:
        with place.open("xb") as file:
            file.write(book)
    except FileExistsError:
        # It may hold what a colleague has filled in.
        raise UsageError("error.sheet_is_there", path=place) from None
    about.terminal.say("sorting.written", "green", path=place)
    path = quoted(str(place))
    about.terminal.say("sorting.next", command=command_name(), criterion=criterion.id, path=path)


def _read(
    about: Context, places: Sequence[Path], criterion: Criterion
) -> tuple[Mapping[Card, int], ...]:
    """Every sheet, or none: all that is wrong is said at once."""
    if len({place.resolve() for place in places}) < len(places):
        raise UsageError("error.sheet_twice")
    numbers = range(MOST_EXAMPLES + 1)
    decks = [deal(criterion, one, number) for one in criterion.languages for number in numbers]
    read = []
    wrong = []
    for place in places:
        if not place.is_file():
            raise no_file(place)
        levels, problems = read_sheet(place.read_bytes(), criterion, decks)
        read.append(levels)
        wrong += [f"{place}: {in_words(problem, about.words)}" for problem in problems]
    if wrong:
        raise UsageError("error.sheets_refused", number=len(wrong), wrong="\n".join(wrong))
    # Each sheet has an order of its own: the same levels in the same order are hardly two people's.
    first: dict[tuple[tuple[Card, int], ...], Path] = {}
    for place, levels in zip(places, read, strict=True):
        other = first.setdefault(tuple(levels.items()), place)
        if other is not place:
            about.terminal.say("sorting.copied", "yellow", path=place, other=other)
    return tuple(read)


def _ask(about: Context, criterion: Criterion, cards: Sequence[Card]) -> Mapping[Card, int]:
    """One card after another, until each has a level."""
    terminal, words = about.terminal, _spoken(about, criterion)
    title, summary, what_to_do = instructions(criterion, words)
    terminal.panel(title, summary)
    terminal.show(what_to_do)
    about.terminal.say("sorting.in_one_go", "dim")
    levels: dict[Card, int] = {}
    choices = {str(number): number for number in criterion.numbers}
    try:
        for number, card in enumerate(cards, start=1):
            terminal.show()
            terminal.show(f"{number}/{len(cards)}  {shown(card, words)}")
            prompt = words.say("sorting.prompt", levels=f"{criterion.lowest}–{criterion.highest}")
            while (given := terminal.ask(prompt).strip()) not in choices:
                if given.lower() in ("q", "/stop"):
                    raise EndOfInput
                levels_said = f"{criterion.lowest}–{criterion.highest}"
                terminal.say("sorting.choose", "yellow", levels=levels_said)
            levels[card] = choices[given]
    except EndOfInput:
        raise UsageError("error.sorting_stopped", done=len(levels), number=len(cards)) from None
    terminal.show()
    return levels
