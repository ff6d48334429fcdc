"""What is wrong with content as one report: by file, what is still empty in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len

from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.presentation.problems import how_to_mend, place, what_is_wrong
from commcoach.presentation.wording import Wording

A_SCREEN = 30
"""Lines of a report that is not asked to be whole."""
EXCERPT = 66
"""Columns that the line of a file may take."""

_STILL_EMPTY = ("missing_language", "missing_example")
_FEW = 1
"""So many empty places of a file are told one by one."""
_NAMED_LINES = 4
"""So many stretches of lines are named; of more, the first and the last."""
_UNREADABLE = frozenset(
    (
        *("after_bracket", "backslash", "changed_meanwhile", "colon_inside", "half_import"),
        *("indent", "list_indent", "no_colon", "no_space", "no_space_dash", "not_a_mapping"),
        *("not_json", "not_utf8", "open_bracket", "open_quote", "several_documents"),
        *("special_start", "syntax", "tab", "text_after_quote", "unreadable", "utf16"),
        *("wide_bracket", "wide_colon", "wide_comma", "wide_dash", "wide_space"),
    )
)
"""The file cannot be read at all; whatever else is wrong in it shows only afterwards."""
_OUT_OF_SHAPE = frozenset(
    (
        *("doubled_key", "empty_text", "hash_cut", "missing_key", "needs_value", "not_allowed"),
        *("odd_key", "unknown_key", "unknown_key_here", "unknown_key_near"),
        *("unseen_in_key", "wants_bool"),
        *("wants_int", "wants_list", "wants_mapping", "wants_number", "wants_string"),
        *("wants_int_near", "wide_key"),
    )
)

_BY_KEY = frozenset(("unknown_key", "unknown_key_near", "unknown_key_here"))
"""Their cure is another one for every key."""


@dataclass(frozen=True, slots=True)
class Report:
    """Lines to show, how many problems they tell, and how many are left for the whole report."""

    lines: tuple[str, ...]
    told: int
    left: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together, and how many problems they tell."""

    lines: tuple[str, ...]
    problems: int


def problem_report(problems: Iterable[Problem], words: Wording, *, whole: bool) -> Report:
    """The problems file by file, those first that keep a file from being read.

    Unless it is to be `whole`, the report ends after about a screen.
    """
    by_file = groupby(sorted(problems), key=lambda problem: problem.path)
    files = sorted((list(found) for _, found in by_file), key=_importance)
    blocks = [block for found in files for block in _of_file(found, words)]
    shown: list[str] = []
    told = 0
    for block in blocks:
        if shown and not whole and len(shown) + len(block.lines) > A_SCREEN:
            break
        shown.extend(block.lines)
        told += block.problems
    return Report(tuple(shown), told, sum(block.problems for block in blocks) - told)


def excerpt(problem: Problem) -> Iterator[str]:
    """The line of the file and a mark below the place; nothing where the line says nothing."""
    if not problem.text.strip():
        return
    before = _as_seen(problem.text[: problem.column - 1])
    after = _as_seen(problem.text[problem.column - 1 :])
    gutter = f"  {problem.line:>5} | "
    if cell_len(before) > EXCERPT // 2:
        before = "…" + _end_of(before, EXCERPT // 2)
    room = EXCERPT - cell_len(before)
    shown = after if cell_len(after) <= room else _start_of(after, room - 1) + "…"
    yield f"{gutter}{before}{shown}".rstrip()
    yield f"{'| ':>{len(gutter)}}{' ' * cell_len(before)}^"


def _importance(found: Sequence[Problem]) -> tuple[int, str]:
    return min(map(_rank, found)), found[0].path


def _rank(problem: Problem) -> int:
    if problem.code in _UNREADABLE:
        return 0
    if problem.code in _STILL_EMPTY:
        return 3
    return 1 if problem.code in _OUT_OF_SHAPE else 2


def _of_file(found: Sequence[Problem], words: Wording) -> Iterator[_Block]:
    """What is still empty in a file, then what is wrong, each kind once."""
    empty = [problem for problem in found if problem.code in _STILL_EMPTY]
    if len(empty) > _FEW:
        yield _still_empty(empty, words)
        found = [problem for problem in found if problem.code not in _STILL_EMPTY]
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(found, key=lambda one: (_rank(one), one)):
        told = problem.details.get("key", "") if problem.code in _BY_KEY else ""
        kinds.setdefault((problem.code, told), []).append(problem)
    for first, *others in kinds.values():
        yield _Block(tuple(_one_kind(first, others, words)), 1 + len(others))


def _one_kind(first: Problem, others: Sequence[Problem], words: Wording) -> Iterator[str]:
    yield f"{place(first)}: {what_is_wrong(first, words)}"
    yield from excerpt(first)
    yield f"    {how_to_mend(first, words)}"
    lines = [problem.line for problem in others if problem.line != first.line]
    if len(lines) < len(others):
        number = len(others) - len(lines)
        yield f"    {words.say('check.same_line', number=number)}"
    if lines:
        yield f"    {words.say('check.same_in', lines=_in_words(lines, words))}"


def _still_empty(empty: Sequence[Problem], words: Wording) -> _Block:
    """The empty places by section: what every language lacks together, what one lacks apart."""
    lacking: dict[str, dict[str, list[int]]] = {}
    for problem in empty:
        section = problem.details.get("where", "levels").split(".")[0]
        for language in problem.details["language"].split(" / "):
            lacking.setdefault(language, {}).setdefault(section, []).append(problem.line)
    lines = [words.say("check.still_empty", path=empty[0].path)]
    languages = [one.value for one in Language if one.value in lacking]
    first = lacking[languages[0]]
    shared = [
        section
        for section, found in first.items()
        if all(len(lacking[one].get(section, ())) == len(found) for one in languages)
    ]
    if len(languages) > 1 and shared:
        number = sum(len(first[section]) for section in shared)
        named = words.say("check.and").join(languages)
        lines.append(f"  {words.say('check.in_languages', languages=named, number=number)}")
        together = {one: [n for two in languages for n in lacking[two].pop(one)] for one in shared}
        lines.extend(_by_section(together, words))
    for language in languages:
        if sections := lacking[language]:
            number = sum(map(len, sections.values()))
            lines.append(f"  {words.say('check.in_language', language=language, number=number)}")
            lines.extend(_by_section(sections, words))
    lines.append(f"    {words.say('cure.missing_language')}")
    return _Block(tuple(lines), len(empty))


def _by_section(sections: Mapping[str, Sequence[int]], words: Wording) -> Iterator[str]:
    widest = max(map(cell_len, sections))
    for section, lines in sections.items():
        yield f"    {section:<{widest}}  {_in_words(lines, words)}"


def _in_words(lines: Iterable[int], words: Wording) -> str:
    """Line numbers, consecutive ones as a stretch."""
    stretches: list[list[int]] = []
    for line in sorted(set(lines)):
        if stretches and line == stretches[-1][-1] + 1:
            stretches[-1].append(line)
        else:
            stretches.append([line])
    if len(stretches) > _NAMED_LINES:
        number = sum(map(len, stretches))
        first, last = stretches[0][0], stretches[-1][-1]
        return words.say("check.lines_between", first=first, last=last, number=number)
    named = [f"{one[0]}–{one[-1]}" if len(one) > 1 else str(one[0]) for one in stretches]
    key = "check.line" if named == [str(stretches[0][0])] else "check.lines"
    return words.say(key, lines=words.say("punctuation.list").join(named))


def _as_seen(text: str) -> str:
    """What an editor shows as nothing gets a sign, so that the mark stands right."""
    shown = text.replace("\t", "→").replace("\u00a0", "␣").replace("\u3000", "□")
    return "".join(one if one.isprintable() else "·" for one in shown)


def _start_of(text: str, room: int) -> str:
    while cell_len(text) > room:
        text = text[: len(text) - max(1, (cell_len(text) - room) // 2)]
    return text


def _end_of(text: str, room: int) -> str:
    while cell_len(text) > room:
        text = text[max(1, (cell_len(text) - room) // 2) :]
    return text
