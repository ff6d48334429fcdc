"""Grading sheets in words: headers, anchors, what to do; and what is wrong with one sent back."""

from __future__ import annotations

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
    "graded_already": N_("sheet.fault.graded_already"),
    "half_level": N_("sheet.fault.half_level"),
    "json_quotes": N_("sheet.fault.json_quotes"),
    "json_tab": N_("sheet.fault.json_tab"),
    "locked": N_("sheet.fault.locked"),
    "merged": N_("sheet.fault.merged"),
    "missing_columns": N_("sheet.fault.missing_columns"),
    "no_header": N_("sheet.fault.no_header"),
    "no_id": N_("sheet.fault.no_id"),
    "no_level_columns": N_("sheet.fault.no_level_columns"),
    "no_levels": N_("sheet.fault.no_levels"),
    "no_name": N_("sheet.fault.no_name"),
    "no_reply": N_("sheet.fault.no_reply"),
    "no_rows": N_("sheet.fault.no_rows"),
    "not_a_level": N_("sheet.fault.not_a_level"),
    "not_a_workbook": N_("sheet.fault.not_a_workbook"),
    "older_text": N_("sheet.fault.older_text"),
    "old_workbook": N_("sheet.fault.old_workbook"),
    "out_of_range": N_("sheet.fault.out_of_range"),
    "same_name": N_("sheet.fault.same_name"),
    "sheet_of_same": N_("sheet.fault.sheet_of_same"),
    "too_large": N_("sheet.fault.too_large"),
    "uncomputed": N_("sheet.fault.uncomputed"),
    "unknown_criterion": N_("sheet.fault.unknown_criterion"),
    "unknown_row": N_("sheet.fault.unknown_row"),
    "unknown_scenario": N_("sheet.fault.unknown_scenario"),
}

FAULTS = frozenset(_FAULTS)
"""Every kind of fault that can be put into words."""


def fault_line(fault: Fault | Problem, file: str, words: Wording) -> str:
    """Where, what is wrong, and what to do."""
    if isinstance(fault, Problem):
        return f"{place(fault)}: {what_is_wrong(fault, words)}\n    {how_to_mend(fault, words)}"
    said = words.say(_FAULTS[fault.kind], **fault.details)
    return f"{fault.place or file}: {said}"


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
