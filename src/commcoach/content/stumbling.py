"""Why YAML could not read a file, in terms of what the author wrote, not of its grammar."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ruamel.yaml.error import MarkedYAMLError

from commcoach.content.line_faults import Fault, line_faults
from commcoach.content.mistypings import wide_colons_in_text

_KEY_LINE = re.compile(r"( *)((?:- +)*)[A-Za-z_][A-Za-z0-9_]*:(?: |$)(.*)")
_ITEM = re.compile(r"( *)- ")
_BREAKS = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    """The lines of a file, whatever system they were written on."""
    return _BREAKS.split(text)


def why_unreadable(text: str, error: MarkedYAMLError) -> list[Fault]:
    """Every slip that explains why the file cannot be read, the parser's own words if none does."""
    lines = lines_of(text)
    stop = _place(text, error)
    # A full-width colon makes the parser stumble later and somewhere else.
    found = [*line_faults(lines), *wide_colons_in_text(text)]
    if not any(fault.line <= stop.line for fault in found):
        found.append(_structural(lines, stop, error))
    return found


def _place(text: str, error: MarkedYAMLError) -> Fault:
    """Where the parser gave up, with what it says."""
    mark = error.problem_mark
    if mark is None or (mark.index >= len(text) and error.context_mark is not None):
        mark = error.context_mark  # what is never closed matters, not the end of the file
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Fault(line, column, "syntax", {"said": _sentence(error)})


def _structural(lines: Sequence[str], stop: Fault, error: MarkedYAMLError) -> Fault:
    """What is wrong between the lines: indentation, a colon that is not there."""
    said = str(error.problem or "")
    if "another document" in said:
        return Fault(stop.line, 1, "several_documents")
    if "could not find expected ':'" in said and error.context_mark is not None:
        mark = error.context_mark
        is_key = _opens_nothing(lines[mark.line])
        column = len(lines[mark.line].rstrip()) if is_key else mark.column
        return Fault(mark.line + 1, column + 1, "no_colon")
    if "escape" in said and stop.column > 1:
        sign = lines[stop.line - 1][max(0, stop.column - 3) : stop.column - 1]
        return Fault(stop.line, max(1, stop.column - 2), "backslash", {"sign": sign})
    misplaced = "expected <block end>" in said or said.startswith("mapping values are not")
    if not misplaced or not lines[stop.line - 1].strip():
        return stop
    line = lines[stop.line - 1]
    before = _line_before(lines, stop.line)
    if before is not None and _opens_nothing(lines[before - 1]):
        return Fault(before, len(lines[before - 1].rstrip()) + 1, "no_colon")
    given = len(line) - len(line.lstrip(" "))
    is_item = _ITEM.match(line) is not None
    levels = _indents(lines[: stop.line - 1], items=is_item)
    if given in levels or not levels:
        return stop
    wanted = min(levels, key=lambda level: (abs(level - given), -level))
    details = {"given": str(given), "wanted": str(wanted)}
    return Fault(stop.line, given + 1, "list_indent" if is_item else "indent", details)


def _line_before(lines: Sequence[str], number: int) -> int | None:
    """The number of the last line before this one that says something."""
    for before in range(number - 1, 0, -1):
        said = lines[before - 1].strip()
        if said and not said.startswith("#"):
            return before
    return None


def _opens_nothing(line: str) -> bool:
    """Whether a line is a single word: a key that has lost its colon."""
    return re.fullmatch(r" *(?:- +)*[a-z_][a-z0-9_]*\s*", line) is not None


def _indents(lines: Sequence[str], *, items: bool) -> list[int]:
    """How far a line may be indented here to stand beside one above it.

    `items` asks for lines of a list, otherwise for keys, which may stand behind a dash.
    """
    open_here: list[int] = []
    for line in lines:
        key = _KEY_LINE.match(line)
        item = _ITEM.match(line)
        if key is None and item is None:
            continue
        outer = len(line) - len(line.lstrip(" "))
        open_here = [level for level in open_here if level <= outer]
        if items and item is not None:
            open_here.append(outer)
        elif not items and key is not None:
            open_here = [level for level in open_here if level <= len(key[1] + key[2])]
            open_here.append(len(key[1] + key[2]))
    return sorted(set(open_here))


def _sentence(error: MarkedYAMLError) -> str:
    problem, context = str(error.problem or ""), str(error.context or "")
    said = f"{context}, {problem}" if not problem or problem.startswith("but ") else problem
    return " ".join(said.split()).strip(", ")
