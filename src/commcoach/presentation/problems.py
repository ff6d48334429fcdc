"""Content problems in words: where, what is wrong, how to mend it."""

from __future__ import annotations

from commcoach.domain.problems import Problem
from commcoach.presentation.wording import N_, Wording

_SAYINGS = {
    "bad_cue": (N_("problem.bad_cue"), N_("cure.bad_cue")),
    "bad_id": (N_("problem.bad_id"), N_("cure.bad_id")),
    "bad_number": (N_("problem.bad_number"), N_("cure.bad_number")),
    "bad_template": (N_("problem.bad_template"), N_("cure.bad_template")),
    "betrayed_fact": (N_("problem.betrayed_fact"), N_("cure.betrayed_fact")),
    "comma": (N_("problem.comma"), N_("cure.comma")),
    "doubled_case": (N_("problem.doubled_case"), N_("cure.doubled_case")),
    "doubled_id": (N_("problem.doubled_id"), N_("cure.doubled_id")),
    "doubled_key": (N_("problem.doubled_key"), N_("cure.doubled_key")),
    "doubled_level": (N_("problem.doubled_level"), N_("cure.doubled_level")),
    "doubled_line": (N_("problem.doubled_line"), N_("cure.doubled_line")),
    "empty_key": (N_("problem.empty_key"), N_("cure.empty_key")),
    "empty_text": (N_("problem.empty_text"), N_("cure.empty_text")),
    "fact_cannot_open": (N_("problem.fact_cannot_open"), N_("cure.fact_cannot_open")),
    "id_is_not_name": (N_("problem.id_is_not_name"), N_("cure.id_is_not_name")),
    "level_out_of_range": (N_("problem.level_out_of_range"), N_("cure.level_out_of_range")),
    "misfit": (N_("problem.misfit"), N_("cure.misfit")),
    "missing_block": (N_("problem.missing_block"), N_("cure.missing_block")),
    "missing_example": (N_("problem.missing_example"), N_("cure.missing_example")),
    "missing_key": (N_("problem.missing_key"), N_("cure.missing_key")),
    "missing_language": (N_("problem.missing_language"), N_("cure.missing_language")),
    "missing_level": (N_("problem.missing_level"), N_("cure.missing_level")),
    "missing_moves": (N_("problem.missing_moves"), N_("cure.missing_moves")),
    "missing_rubric": (N_("problem.missing_rubric"), N_("cure.missing_rubric")),
    "no_manipulation": (N_("problem.no_manipulation"), N_("cure.no_manipulation")),
    "not_a_level": (N_("problem.not_a_level"), N_("cure.not_a_level")),
    "not_a_mapping": (N_("problem.not_a_mapping"), N_("cure.not_a_mapping")),
    "not_allowed": (N_("problem.not_allowed"), N_("cure.not_allowed")),
    "not_json": (N_("problem.not_json"), N_("cure.not_json")),
    "not_read": (N_("problem.not_read"), N_("cure.not_read")),
    "not_utf8": (N_("problem.not_utf8"), N_("cure.not_utf8")),
    "odd_key": (N_("problem.odd_key"), N_("cure.odd_key")),
    "one_judge": (N_("problem.one_judge"), N_("cure.one_judge")),
    "one_kind_of_key": (N_("problem.one_kind_of_key"), N_("cure.one_kind_of_key")),
    "out_of_range": (N_("problem.out_of_range"), N_("cure.out_of_range")),
    "refers_to_itself": (N_("problem.refers_to_itself"), N_("cure.refers_to_itself")),
    "smart_quotes": (N_("problem.smart_quotes"), N_("cure.smart_quotes")),
    "syntax": (N_("problem.syntax"), N_("cure.syntax")),
    "tab": (N_("problem.tab"), N_("cure.tab")),
    "too_few": (N_("problem.too_few"), N_("cure.too_few")),
    "too_few_lines": (N_("problem.too_few_lines"), N_("cure.too_few_lines")),
    "too_many": (N_("problem.too_many"), N_("cure.too_many")),
    "too_many_criteria": (N_("problem.too_many_criteria"), N_("cure.too_many_criteria")),
    "topic_without_move": (N_("problem.topic_without_move"), N_("cure.topic_without_move")),
    "unknown_condition": (N_("problem.unknown_condition"), N_("cure.unknown_condition")),
    "unknown_criterion": (N_("problem.unknown_criterion"), N_("cure.unknown_criterion")),
    "unknown_fact": (N_("problem.unknown_fact"), N_("cure.unknown_fact")),
    "unknown_gate": (N_("problem.unknown_gate"), N_("cure.unknown_gate")),
    "unknown_key": (N_("problem.unknown_key"), N_("cure.unknown_key")),
    "unknown_key_near": (N_("problem.unknown_key_near"), N_("cure.unknown_key_near")),
    "unknown_module": (N_("problem.unknown_module"), N_("cure.unknown_module")),
    "unknown_move": (N_("problem.unknown_move"), N_("cure.unknown_move")),
    "unknown_placeholder": (N_("problem.unknown_placeholder"), N_("cure.unknown_placeholder")),
    "unknown_scenario": (N_("problem.unknown_scenario"), N_("cure.unknown_scenario")),
    "unknown_stimulus": (N_("problem.unknown_stimulus"), N_("cure.unknown_stimulus")),
    "unknown_topic": (N_("problem.unknown_topic"), N_("cure.unknown_topic")),
    "unknown_value": (N_("problem.unknown_value"), N_("cure.unknown_value")),
    "unreadable": (N_("problem.unreadable"), N_("cure.unreadable")),
    "wants_bool": (N_("problem.wants_bool"), N_("cure.wants_bool")),
    "wants_int": (N_("problem.wants_int"), N_("cure.wants_int")),
    "wants_list": (N_("problem.wants_list"), N_("cure.wants_list")),
    "wants_mapping": (N_("problem.wants_mapping"), N_("cure.wants_mapping")),
    "wants_number": (N_("problem.wants_number"), N_("cure.wants_number")),
    "wants_string": (N_("problem.wants_string"), N_("cure.wants_string")),
    "weights": (N_("problem.weights"), N_("cure.weights")),
    "wide_colon": (N_("problem.wide_colon"), N_("cure.wide_colon")),
}

CODES = frozenset(_SAYINGS)
"""Every kind of mistake that can be put into words."""


def place(problem: Problem) -> str:
    """`path:line:column`, as editors and terminals make it clickable."""
    return f"{problem.path}:{problem.line}:{problem.column}"


def what_is_wrong(problem: Problem, words: Wording) -> str:
    """What is wrong, in a sentence."""
    return words.say(_SAYINGS[problem.code][0], **problem.details)


def how_to_mend(problem: Problem, words: Wording) -> str:
    """The cure, in a sentence."""
    return words.say(_SAYINGS[problem.code][1], **problem.details)
