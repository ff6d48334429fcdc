"""Grading sheets in words: headers, anchors, what to do; and what is wrong with one sent back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from commcoach.coaching.casework import (
    CHECK,
    CONTEXT,
    ID,
    LANGUAGE,
    NOT_APPLICABLE,
    NOTE,
    REPLY,
    SCENARIO,
    Fault,
    Labels,
)
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.domain.rubric import Criterion
from commcoach.presentation.level_names import level_name
from commcoach.presentation.problems import how_to_mend, place, what_is_wrong
from commcoach.presentation.wording import N_, Wording

_FIXED = {
    ID: N_("sheet.column.id"),
    LANGUAGE: N_("sheet.column.language"),
    SCENARIO: N_("sheet.column.scenario"),
    CONTEXT: N_("sheet.column.context"),
    REPLY: N_("sheet.column.reply"),
    NOTE: N_("sheet.column.note"),
    CHECK: N_("sheet.column.check"),
}
_GUIDE = (
    N_("sheet.guide.title"),
    N_("sheet.guide.yellow"),
    N_("sheet.guide.anchors"),
    N_("sheet.guide.blank"),
    N_("sheet.guide.not_applicable"),
    N_("sheet.guide.leave"),
    N_("sheet.guide.alone"),
    N_("sheet.guide.save"),
)
_FAULTS = {
    "bad_header": N_("sheet.fault.bad_header"),
    "bad_header_near": N_("sheet.fault.bad_header_near"),
    "bad_language": N_("sheet.fault.bad_language"),
    "broken": N_("sheet.fault.broken"),
    "case_gone": N_("sheet.fault.case_gone"),
    "changed_check": N_("sheet.fault.changed_check"),
    "changed_text": N_("sheet.fault.changed_text"),
    "changed_while_read": N_("sheet.fault.changed_while_read"),
    "date": N_("sheet.fault.date"),
    "doubled_column": N_("sheet.fault.doubled_column"),
    "doubled_grader": N_("sheet.fault.doubled_grader"),
    "doubled_row": N_("sheet.fault.doubled_row"),
    "drawn_sheet": N_("sheet.fault.drawn_sheet"),
    "graded_already": N_("sheet.fault.graded_already"),
    "graded_already_drawn": N_("sheet.fault.graded_already_drawn"),
    "half_level": N_("sheet.fault.half_level"),
    "half_level_drawn": N_("sheet.fault.half_level_drawn"),
    "id_taken": N_("sheet.fault.id_taken"),
    "json_quotes": N_("sheet.fault.json_quotes"),
    "json_tab": N_("sheet.fault.json_tab"),
    "locked": N_("sheet.fault.locked"),
    "merged": N_("sheet.fault.merged"),
    "missing_columns": N_("sheet.fault.missing_columns"),
    "no_header": N_("sheet.fault.no_header"),
    "no_id": N_("sheet.fault.no_id"),
    "no_id_new": N_("sheet.fault.no_id_new"),
    "no_level_columns": N_("sheet.fault.no_level_columns"),
    "no_levels": N_("sheet.fault.no_levels"),
    "no_name": N_("sheet.fault.no_name"),
    "no_name_drawn": N_("sheet.fault.no_name_drawn"),
    "no_reply": N_("sheet.fault.no_reply"),
    "no_rows": N_("sheet.fault.no_rows"),
    "not_a_level": N_("sheet.fault.not_a_level"),
    "not_cases": N_("sheet.fault.not_cases"),
    "not_a_workbook": N_("sheet.fault.not_a_workbook"),
    "older_text": N_("sheet.fault.older_text"),
    "old_workbook": N_("sheet.fault.old_workbook"),
    "other_drawing": N_("sheet.fault.other_drawing"),
    "out_of_range": N_("sheet.fault.out_of_range"),
    "same_name": N_("sheet.fault.same_name"),
    "sheet_of_same": N_("sheet.fault.sheet_of_same"),
    "too_large": N_("sheet.fault.too_large"),
    "uncomputed": N_("sheet.fault.uncomputed"),
    "unknown_criterion": N_("sheet.fault.unknown_criterion"),
    "unknown_row": N_("sheet.fault.unknown_row"),
    "unknown_row_drawn": N_("sheet.fault.unknown_row_drawn"),
    "unknown_scenario": N_("sheet.fault.unknown_scenario"),
}

_MOST_OF_A_KIND = 3
"""Sentences about mistakes of one kind that are read before it is seen what they share."""
_MOST_PLACES = 12
"""Places or rows that are listed; whoever mends these knows what to look for."""
_PLACE = re.compile(r"^(?:(.*!)(.+)|(.*?:)(\d+)(?::\d+)?)$")
"""`评分表!F12`, or `grades.jsonl:12`, maybe with a column."""

FAULTS = frozenset(_FAULTS)
"""Every kind of fault that can be put into words."""


def fault_line(fault: Fault | Problem, file: str, words: Wording) -> str:
    """Where, what is wrong, and what to do."""
    return f"{_where(fault, file)}: {_said(fault, words)}"


def _where(fault: Fault | Problem, file: str) -> str:
    return place(fault) if isinstance(fault, Problem) else fault.place or file


def _said(fault: Fault | Problem, words: Wording) -> str:
    if isinstance(fault, Problem):
        return f"{what_is_wrong(fault, words)}\n    {how_to_mend(fault, words)}"
    details = {
        name: _first(value, words, "…") if isinstance(value, tuple) else value
        for name, value in fault.details.items()
    }
    return words.say(_FAULTS[fault.kind], **details)


def _first(values: Sequence[object], words: Wording, more: str = "") -> str:
    """The first of them, as many as anybody looks up, and `more` if there are more."""
    shown = words.say("punctuation.list").join(map(str, values[:_MOST_PLACES]))
    return shown + more if len(values) > _MOST_PLACES else shown


def fault_lines(
    faults: Sequence[tuple[str, Fault | Problem]], words: Wording, *, by_file: bool = False
) -> list[str]:
    """All faults, each beside its file, in as few lines as name every kind and its places.

    What is said of several places in the same words stands in one line. Of one kind that is said
    in many words, as of a hundred ids, the first ones are told whole and the others by place.
    `by_file` begins each line with its file, where there were several.
    """
    said: dict[tuple[str, str], list[str]] = {}
    kinds: dict[tuple[str, str], str] = {}
    for file, fault in faults:
        key = file, _said(fault, words)
        said.setdefault(key, []).append(_where(fault, file))
        kinds[key] = fault.code if isinstance(fault, Problem) else fault.kind
    told: Counter[tuple[str, str]] = Counter()
    lines: list[str] = []

    def told_of(file: str, places: Sequence[str]) -> str:
        together = _together(places, words)
        return f"{file} {together}" if by_file and file not in together else together

    others: dict[tuple[str, str], list[str]] = {}
    for (file, sentence), places in said.items():
        kind = file, kinds[file, sentence]
        told[kind] += 1
        if told[kind] <= _MOST_OF_A_KIND or places == [file]:
            lines.append(f"{told_of(file, places)}: {sentence}")
        else:
            others.setdefault(kind, []).extend(places)
    lines += [
        words.say("sheet.fault.same_kind", places=told_of(file, places))
        for (file, _), places in others.items()
    ]
    return lines


def rows_named(rows: Sequence[int], words: Wording) -> str:
    """`第 3、7、9 行`, or the first of them and how many there are."""
    shown = _first(rows, words)
    if len(rows) > _MOST_PLACES:
        return words.say("sheet.rows_of_many", rows=shown, number=len(rows))
    return words.say("sheet.rows", rows=shown)


def _together(places: Sequence[str], words: Wording) -> str:
    """`评分表!F2、F5、F9`: the first place whole, the others without what they share with it."""
    once = list(dict.fromkeys(places))
    if len(once) == 1:
        return once[0]
    found = _PLACE.match(once[0])
    before = (found[1] or found[3]) if found is not None else ""
    inside = list(dict.fromkeys(_PLACE.sub(r"\2\4", one) for one in once))
    shown = before + _first(inside, words)
    if len(inside) > _MOST_PLACES:
        return words.say("sheet.places_of_many", places=shown, number=len(inside))
    return shown


def sheet_labels(criteria: Sequence[Criterion], words: Wording) -> Labels:
    """Every word of a sheet for these criteria; what to do is told in both languages."""
    return Labels(
        sheet=words.say("sheet.name"),
        anchors_sheet=words.say("sheet.name.anchors"),
        guide_sheet=words.say("sheet.name.guide"),
        fixed={name: words.say(key) for name, key in _FIXED.items()},
        titles={one.id: one.title.said_in(words.language) for one in criteria},
        choices={one.id: _choices(one) for one in criteria},
        choose=words.say("sheet.choose"),
        guide=[*_guide(Wording(Language.ZH)), "", *_guide(Wording(Language.EN))],
        anchors=[line for one in criteria for line in _anchors(one, words)],
    )


def _choices(criterion: Criterion) -> tuple[str, ...]:
    return (*map(str, criterion.numbers), NOT_APPLICABLE)


def _guide(words: Wording) -> Iterator[str]:
    for key in _GUIDE:
        yield words.say(key, not_applicable=NOT_APPLICABLE)


def _anchors(criterion: Criterion, words: Wording) -> Iterator[tuple[bool, tuple[str, str]]]:
    spoken = words.language
    yield True, (criterion.title.said_in(spoken), criterion.summary.said_in(spoken))
    yield False, (words.say("sheet.id"), criterion.id)
    for condition in criterion.applies_when:
        yield False, (words.say("sheet.applies"), condition.when.said_in(spoken))
    for condition in criterion.not_applicable_when:
        yield False, (words.say("sheet.applies_not"), condition.when.said_in(spoken))
    for level in criterion.levels:
        name = f"{level.number} {level_name(criterion, level.number, words)}".strip()
        yield False, (name, level.anchor.said_in(spoken))
    for one in criterion.boundaries:
        between = words.say("sheet.boundary", lower=one.lower, upper=one.upper)
        yield False, (between, one.question.said_in(spoken))
    yield False, ("", "")
