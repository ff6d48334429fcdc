"""A YAML file as data and, for every value in it, its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from commcoach.content.mistypings import doubled_keys, mistypings, odd_keys, wide_colons_in_text
from commcoach.domain.problems import Problem

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

_TAB = re.compile(r"^( *)\t", re.MULTILINE)
_LINE_BREAKS_OF_YAML = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file, or one line of it: its name as shown to people, data, node tree."""

    name: str
    data: Any
    root: Node | None
    first_line: int = 1

    def problem(self, code: str, path: Path = (), **details: object) -> Problem:
        """A problem at the value that `path` leads to, or as near to it as the file goes."""
        return self._problem(code, self.position(path), details)

    def problem_at_key(self, code: str, path: Path, **details: object) -> Problem:
        """A problem with the key that ends `path`, not with its value."""
        return self._problem(code, self.position(path, at_key=True), details)

    def position(self, path: Path, *, at_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`, or of its nearest parent."""
        node = shown = self.root
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            key, node = found
            is_text = isinstance(node, ScalarNode) and bool(node.value)
            shown = node if key is None or (is_text and not at_key) else key
        if shown is None:
            return self.first_line, 1
        return self.first_line + shown.start_mark.line, shown.start_mark.column + 1

    def _problem(self, code: str, at: tuple[int, int], details: dict[str, object]) -> Problem:
        line, column = at
        shown = {key: str(value) for key, value in details.items()}
        return Problem(self.name, line, column, code, shown)


def decode(name: str, raw: bytes) -> tuple[str | None, list[Problem]]:
    """The text of a file, with or without a byte order mark, or why it is none."""
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line, column = _place(error.object[: error.start].decode())
        return None, [Problem(name, line, column, "not_utf8")]


def read_yaml(name: str, raw: bytes) -> tuple[Source | None, list[Problem]]:
    """The file's data with positions, or the problems that keep it from being read."""
    text, problems = decode(name, raw)
    if text is None:
        return None, problems
    if (tab := _TAB.search(text)) is not None:
        line, column = _place(text[: tab.end(1)])
        return None, [Problem(name, line, column, "tab")]
    root, data, problems = _parse(name, text)
    if any(problem.code in ("syntax", "not_a_mapping") for problem in problems):
        # A full-width colon makes the parser stumble later and somewhere else.
        problems = wide_colons_in_text(name, text) or problems
    return (None, problems) if problems else (Source(name, data, root), [])


def locate_row(name: str, number: int, row: str, data: Any) -> Source:
    """A line of JSON with the positions in it, as far as they can be found."""
    try:
        root = YAML(typ="safe", pure=True).compose(row.translate(_LINE_BREAKS_OF_YAML))
    except (MarkedYAMLError, ReaderError, RecursionError):
        root = None
    return Source(name, data, root, number)


def _parse(name: str, text: str) -> tuple[Node | None, Any, list[Problem]]:
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        if not isinstance(root, MappingNode):
            return None, None, [Problem(name, 1, 1, "not_a_mapping")]
        problems = [*odd_keys(name, root), *mistypings(name, root, text), *doubled_keys(name, root)]
        return root, None if problems else _value(root, yaml), problems
    except MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is None or (mark.index >= len(text) and error.context_mark is not None):
            mark = error.context_mark  # what is never closed matters, not the end of the file
        at = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        said = _sentence(error)
    except ReaderError as error:
        at = _place(text[: error.position])
        said = f"character U+{ord(text[error.position]):04X}"
    except ValueError as error:
        at, said = (1, 1), str(error)
    except RecursionError:
        at, said = (1, 1), "nested too deeply"
    line, column = at
    return None, None, [Problem(name, line, column, "syntax", {"said": said})]


def _sentence(error: MarkedYAMLError) -> str:
    problem, context = str(error.problem or ""), str(error.context or "")
    said = f"{context}, {problem}" if not problem or problem.startswith("but ") else problem
    return " ".join(said.split()).strip(", ")


def _place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what follows this text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _value(node: Node, yaml: YAML) -> Any:
    if isinstance(node, MappingNode):
        # Keys as they are written: no format has numbers, dates or truth values for keys.
        return {key.value: _value(value, yaml) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_value(item, yaml) for item in node.value]
    return yaml.constructor.construct_object(node)


def _child(node: Node | None, part: str | int) -> tuple[Node | None, Node] | None:
    """The key, if there is one, and the node under a key or list position."""
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None
