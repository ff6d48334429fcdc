"""Content problems in words: where, what is wrong, how to mend it."""

from __future__ import annotations

from commcoach.domain.problems import Problem
from commcoach.presentation.wording import N_, Wording

_SAYINGS = {
    "after_bracket": (N_("problem.after_bracket"), N_("cure.after_bracket")),
    "backslash": (N_("problem.backslash"), N_("cure.backslash")),
    "bad_cue": (N_("problem.bad_cue"), N_("cure.bad_cue")),
    "bad_id": (N_("problem.bad_id"), N_("cure.bad_id")),
    "bad_number": (N_("problem.bad_number"), N_("cure.bad_number")),
    "bad_template": (N_("problem.bad_template"), N_("cure.bad_template")),
    "betrayed_fact": (N_("problem.betrayed_fact"), N_("cure.betrayed_fact")),
    "boundary_span": (N_("problem.boundary_span"), N_("cure.boundary_span")),
    "changed_meanwhile": (N_("problem.changed_meanwhile"), N_("cure.changed_meanwhile")),
    "colon_inside": (N_("problem.colon_inside"), N_("cure.colon_inside")),
    "comma": (N_("problem.comma"), N_("cure.comma")),
    "cue_in_quotes": (N_("problem.cue_in_quotes"), N_("cure.cue_in_quotes")),
    "doubled_case": (N_("problem.doubled_case"), N_("cure.doubled_case")),
    "doubled_id": (N_("problem.doubled_id"), N_("cure.doubled_id")),
    "doubled_key": (N_("problem.doubled_key"), N_("cure.doubled_key")),
    "doubled_level": (N_("problem.doubled_level"), N_("cure.doubled_level")),
    "doubled_line": (N_("problem.doubled_line"), N_("cure.doubled_line")),
    "empty_key": (N_("problem.empty_key"), N_("cure.empty_key")),
    "empty_text": (N_("problem.empty_text"), N_("cure.empty_text")),
    "fact_cannot_open": (N_("problem.fact_cannot_open"), N_("cure.fact_cannot_open")),
    "half_import": (N_("problem.half_import"), N_("cure.half_import")),
    "hash_cut": (N_("problem.hash_cut"), N_("cure.hash_cut")),
    "id_is_not_name": (N_("problem.id_is_not_name"), N_("cure.id_is_not_name")),
    "indent": (N_("problem.indent"), N_("cure.indent")),
    "level_out_of_range": (N_("problem.level_out_of_range"), N_("cure.level_out_of_range")),
    "list_indent": (N_("problem.list_indent"), N_("cure.list_indent")),
    "misfit": (N_("problem.misfit"), N_("cure.misfit")),
    "missing_block": (N_("problem.missing_block"), N_("cure.missing_block")),
    "missing_example": (N_("problem.missing_example"), N_("cure.missing_example")),
    "missing_key": (N_("problem.missing_key"), N_("cure.missing_key")),
    "missing_language": (N_("problem.missing_language"), N_("cure.missing_language")),
    "missing_level": (N_("problem.missing_level"), N_("cure.missing_level")),
    "missing_moves": (N_("problem.missing_moves"), N_("cure.missing_moves")),
    "missing_rubric": (N_("problem.missing_rubric"), N_("cure.missing_rubric")),
    "needs_value": (N_("problem.needs_value"), N_("cure.needs_value")),
    "no_colon": (N_("problem.no_colon"), N_("cure.no_colon")),
    "no_manipulation": (N_("problem.no_manipulation"), N_("cure.no_manipulation")),
    "no_space": (N_("problem.no_space"), N_("cure.no_space")),
    "no_space_dash": (N_("problem.no_space_dash"), N_("cure.no_space_dash")),
    "not_a_level": (N_("problem.not_a_level"), N_("cure.not_a_level")),
    "not_a_mapping": (N_("problem.not_a_mapping"), N_("cure.not_a_mapping")),
    "not_allowed": (N_("problem.not_allowed"), N_("cure.not_allowed")),
    "not_json": (N_("problem.not_json"), N_("cure.not_json")),
    "not_read": (N_("problem.not_read"), N_("cure.not_read")),
    "not_utf8": (N_("problem.not_utf8"), N_("cure.not_utf8")),
    "odd_key": (N_("problem.odd_key"), N_("cure.odd_key")),
    "one_judge": (N_("problem.one_judge"), N_("cure.one_judge")),
    "one_kind_of_key": (N_("problem.one_kind_of_key"), N_("cure.one_kind_of_key")),
    "open_bracket": (N_("problem.open_bracket"), N_("cure.open_bracket")),
    "open_quote": (N_("problem.open_quote"), N_("cure.open_quote")),
    "out_of_range": (N_("problem.out_of_range"), N_("cure.out_of_range")),
    "quoted_together": (N_("problem.quoted_together"), N_("cure.quoted_together")),
    "refers_to_itself": (N_("problem.refers_to_itself"), N_("cure.refers_to_itself")),
    "several_documents": (N_("problem.several_documents"), N_("cure.several_documents")),
    "several_in_one": (N_("problem.several_in_one"), N_("cure.several_in_one")),
    "smart_quotes": (N_("problem.smart_quotes"), N_("cure.smart_quotes")),
    "special_start": (N_("problem.special_start"), N_("cure.special_start")),
    "syntax": (N_("problem.syntax"), N_("cure.syntax")),
    "tab": (N_("problem.tab"), N_("cure.tab")),
    "text_after_quote": (N_("problem.text_after_quote"), N_("cure.text_after_quote")),
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
    "unknown_key_here": (N_("problem.unknown_key_here"), N_("cure.unknown_key_here")),
    "unknown_key_near": (N_("problem.unknown_key_near"), N_("cure.unknown_key_near")),
    "unknown_module": (N_("problem.unknown_module"), N_("cure.unknown_module")),
    "unknown_move": (N_("problem.unknown_move"), N_("cure.unknown_move")),
    "unknown_placeholder": (N_("problem.unknown_placeholder"), N_("cure.unknown_placeholder")),
    "unknown_scenario": (N_("problem.unknown_scenario"), N_("cure.unknown_scenario")),
    "unknown_stimulus": (N_("problem.unknown_stimulus"), N_("cure.unknown_stimulus")),
    "unknown_topic": (N_("problem.unknown_topic"), N_("cure.unknown_topic")),
    "unknown_value": (N_("problem.unknown_value"), N_("cure.unknown_value")),
    "unreadable": (N_("problem.unreadable"), N_("cure.unreadable")),
    "utf16": (N_("problem.utf16"), N_("cure.utf16")),
    "unseen_in_key": (N_("problem.unseen_in_key"), N_("cure.unseen_in_key")),
    "wants_bool": (N_("problem.wants_bool"), N_("cure.wants_bool")),
    "wants_int": (N_("problem.wants_int"), N_("cure.wants_int")),
    "wants_int_near": (N_("problem.wants_int"), N_("cure.wants_int_near")),
    "wants_list": (N_("problem.wants_list"), N_("cure.wants_list")),
    "wants_mapping": (N_("problem.wants_mapping"), N_("cure.wants_mapping")),
    "wants_number": (N_("problem.wants_number"), N_("cure.wants_number")),
    "wants_string": (N_("problem.wants_string"), N_("cure.wants_string")),
    "weights": (N_("problem.weights"), N_("cure.weights")),
    "wide_bracket": (N_("problem.wide_bracket"), N_("cure.wide_bracket")),
    "wide_colon": (N_("problem.wide_colon"), N_("cure.wide_colon")),
    "wide_comma": (N_("problem.wide_comma"), N_("cure.wide_comma")),
    "wide_dash": (N_("problem.wide_dash"), N_("cure.wide_dash")),
    "wide_key": (N_("problem.wide_key"), N_("cure.wide_key")),
    "wide_space": (N_("problem.wide_space"), N_("cure.wide_space")),
}

_LISTS = {"known", "wanted"}
"""Details that may name several keys or values."""

CODES = frozenset(_SAYINGS)
"""Every kind of mistake that can be put into words."""


def place(problem: Problem) -> str:
    """`path:line:column`, as editors and terminals make it clickable."""
    return f"{problem.path}:{problem.line}:{problem.column}"


def what_is_wrong(problem: Problem, words: Wording) -> str:
    """What is wrong, in a sentence."""
    return words.say(_SAYINGS[problem.code][0], **_told(problem, words))


def how_to_mend(problem: Problem, words: Wording) -> str:
    """The cure, in a sentence."""
    return words.say(_SAYINGS[problem.code][1], **_told(problem, words))


def _told(problem: Problem, words: Wording) -> dict[str, str]:
    """The details as people read them: `levels.0.anchor` is the first entry of a list."""
    details = dict(problem.details)
    if "where" in details:
        details["where"] = " → ".join(
            words.say("check.item", number=int(part) + 1) if part.isdecimal() else part
            for part in details["where"].split(".")
        )
    for name in _LISTS & details.keys():
        details[name] = words.say("punctuation.list").join(details[name].split(", "))
    return details
