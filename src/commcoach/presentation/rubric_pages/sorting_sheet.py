"""The sheet on which a colleague sorts a criterion's anchors back to their levels."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING, Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from commcoach.coaching.level_cells import Refusal, level_in
from commcoach.domain.language import Language
from commcoach.domain.retranslation import Card
from commcoach.domain.rubric import Criterion
from commcoach.presentation.level_names import level_name
from commcoach.presentation.wording import N_, Wording

HEADER_ROW = 4
LARGEST = 2_000_000
"""Bytes of a file that is looked at: a sheet of ours has some ten thousand."""

_HEADERS = (N_("sorting.column.level"), N_("sorting.column.text"), N_("sorting.column.id"))
_WIDTHS = (10, 96, 12)
_LEVEL, _TEXT, _ID = 1, 2, 3
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong in one place of a sheet; `cell` is empty where it is the whole file."""

    kind: str
    cell: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def sorting_sheet(criterion: Criterion, cards: Sequence[Card], words: Wording) -> bytes:
    """An XLSX file: what to do, then a row for each card with a level to choose.

    Only the levels can be changed, and no cell can run as a formula.
    """
    book = Workbook()
    sheet = book.active
    if sheet is None:  # a new workbook has a sheet; the type does not know
        sheet = book.create_sheet()
    sheet.title = words.say("sorting.sheet")
    for row, text in enumerate(instructions(criterion, words), start=1):
        _put(sheet, row, _TEXT, text).font = Font(bold=row == 1)
    for column, (key, width) in enumerate(zip(_HEADERS, _WIDTHS, strict=True), start=1):
        _put(sheet, HEADER_ROW, column, words.say(key)).font = Font(bold=True)
        sheet.column_dimensions["ABC"[column - 1]].width = width
    for row, card in enumerate(cards, start=HEADER_ROW + 1):
        level = cast("Cell", sheet.cell(row, _LEVEL))
        level.protection = Protection(locked=False)
        level.fill = PatternFill("solid", fgColor="FFF4CC")
        level.alignment = Alignment(horizontal="center", vertical="top")
        _put(sheet, row, _TEXT, shown(card, words))
        _put(sheet, row, _ID, card.id).font = Font(color="999999")
    choice = DataValidation(
        type="list",
        formula1=f'"{",".join(map(str, criterion.numbers))}"',
        allow_blank=True,
        showErrorMessage=True,
    )
    choice.error = words.say("sorting.choose", levels=_range(criterion))
    choice.add(f"A{HEADER_ROW + 1}:A{HEADER_ROW + max(1, len(cards))}")
    sheet.add_data_validation(choice)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def instructions(criterion: Criterion, words: Wording) -> tuple[str, str, str]:
    """What the criterion is about, what the levels are called, and what to do."""
    names = [
        f"{number} {level_name(criterion, number, words)}".strip() for number in criterion.numbers
    ]
    return (
        criterion.title.said_in(words.language),
        criterion.summary.said_in(words.language),
        words.say("sorting.what_to_do", names=words.say("punctuation.list").join(names)),
    )


def shown(card: Card, words: Wording) -> str:
    """What stands on a card: an anchor, or a reply with what it answers."""
    if not card.answers:
        return card.text
    return words.say("sorting.reply", answers=card.answers, text=card.text)


def read_sheet(
    raw: bytes, criterion: Criterion, decks: Sequence[Sequence[Card]]
) -> tuple[Mapping[Card, int], tuple[SheetProblem, ...]]:
    """The level of every card, or everything that is wrong with the sheet.

    `decks` are all that may have been dealt: in each language, with more or fewer examples.
    """
    if len(raw) > LARGEST:
        return {}, (SheetProblem("not_ours"),)
    try:
        with warnings.catch_warnings():
            # What other programs add to a sheet does not matter here.
            warnings.simplefilter("ignore")
            sheets = load_workbook(BytesIO(raw)).worksheets
    except Exception:  # noqa: BLE001  # a broken file makes the library raise a dozen kinds
        return {}, (SheetProblem("not_xlsx"),)
    sheet = sheets[0] if sheets else None
    if sheet is None or sheet.max_row > _MOST_ROWS:
        return {}, (SheetProblem("not_ours"),)
    wrong = [*_wrong_headers(sheet), *_merged(sheet)]
    if wrong:
        return {}, tuple(wrong)
    cards = _dealt(sheet, decks)
    if not cards:
        return {}, (SheetProblem("stale"),)
    levels, problems = _rows(sheet, criterion, cards)
    return ({}, tuple(problems)) if problems else (levels, ())


def _dealt(sheet: Worksheet, decks: Sequence[Sequence[Card]]) -> Mapping[str, Card]:
    """The cards that the sheet began with: the smallest deck that explains most of its rows.

    Empty if not a single row is known.
    """
    ids = {_id(sheet, row) for row in range(HEADER_ROW + 1, sheet.max_row + 1)}
    by_id = [{card.id: card for card in deck} for deck in decks]
    known = [deck for deck in by_id if ids & deck.keys()]
    return max(known, key=lambda deck: (len(ids & deck.keys()), -len(deck)), default={})


_PROBLEMS = {
    "not_xlsx": N_("sorting.problem.not_xlsx"),
    "not_ours": N_("sorting.problem.not_ours"),
    "header": N_("sorting.problem.header"),
    "merged": N_("sorting.problem.merged"),
    "blank": N_("sorting.problem.blank"),
    "not_a_level": N_("sorting.problem.not_a_level"),
    "stale": N_("sorting.problem.stale"),
    "unknown": N_("sorting.problem.unknown"),
    "changed": N_("sorting.problem.changed"),
    "doubled": N_("sorting.problem.doubled"),
    "missing": N_("sorting.problem.missing"),
}


def in_words(problem: SheetProblem, words: Wording) -> str:
    """What is wrong and what to do, in a sentence; the cell in front."""
    said = words.say(_PROBLEMS[problem.kind], **problem.details)
    return f"{problem.cell}: {said}" if problem.cell else said


def _wrong_headers(sheet: Worksheet) -> Iterator[SheetProblem]:
    for column, key in enumerate(_HEADERS, start=1):
        wanted = [Wording(language).say(key) for language in Language]
        given = sheet.cell(HEADER_ROW, column).value
        if str(given or "").strip() not in wanted:
            cell = f"{'ABC'[column - 1]}{HEADER_ROW}"
            yield SheetProblem("header", cell, {"wanted": " / ".join(wanted)})


def _merged(sheet: Worksheet) -> Iterator[SheetProblem]:
    for cells in sorted(map(str, sheet.merged_cells.ranges)):
        yield SheetProblem("merged", cells)


def _rows(
    sheet: Worksheet, criterion: Criterion, cards: Mapping[str, Card]
) -> tuple[dict[Card, int], list[SheetProblem]]:
    problems: list[SheetProblem] = []
    levels: dict[Card, int] = {}
    seen: Counter[str] = Counter()
    names = {number: _names(criterion, number) for number in criterion.numbers}
    for row in range(HEADER_ROW + 1, sheet.max_row + 1):
        level, text, id = (sheet.cell(row, column).value for column in (_LEVEL, _TEXT, _ID))
        if level is None and text is None and id is None:
            continue
        card = cards.get(_id(sheet, row))
        if card is None:
            problems.append(SheetProblem("unknown", f"C{row}"))
            continue
        seen[card.id] += 1
        if seen[card.id] > 1:
            problems.append(SheetProblem("doubled", f"C{row}", {"id": card.id}))
        if _folded(text) not in {_folded(shown(card, Wording(one))) for one in Language}:
            problems.append(SheetProblem("changed", f"B{row}"))
        found = level_in(level, criterion, may_be_mean=False, names=names)
        if level is None:
            problems.append(SheetProblem("blank", f"A{row}", {"levels": _range(criterion)}))
        elif found is None or isinstance(found, Refusal):
            details = {"given": str(level)[:20], "levels": _range(criterion)}
            problems.append(SheetProblem("not_a_level", f"A{row}", details))
        else:
            levels[card] = int(found)
    problems.extend(
        SheetProblem("missing", details={"text": f"{card.text[:20]}…"})
        for card in cards.values()
        if card.id not in seen
    )
    return levels, problems


def _id(sheet: Worksheet, row: int) -> str:
    return str(sheet.cell(row, _ID).value or "").strip()


def _names(criterion: Criterion, number: int) -> list[str]:
    """What a level is called on the sheets of both languages."""
    return [level_name(criterion, number, Wording(language)) for language in Language]


def _folded(text: object) -> str:
    """Programs change line ends and spaces at the edges."""
    return " ".join(ILLEGAL_CHARACTERS_RE.sub("", str(text or "")).split())


def _range(criterion: Criterion) -> str:
    return f"{criterion.lowest}–{criterion.highest}"


def _put(sheet: Worksheet, row: int, column: int, value: str) -> Cell:
    """Write a text so that no program takes it for a formula."""
    cell = cast("Cell", sheet.cell(row, column))  # nothing is merged here
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = TYPE_STRING
    cell.quotePrefix = True
    return cell
