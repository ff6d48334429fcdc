"""A YAML file as data and, for every value in it, its line and column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from commcoach.content.line_faults import Fault, indentation_faults, line_faults
from commcoach.content.mistypings import doubled_keys, mistypings, odd_keys, wide_colons_in_text
from commcoach.content.stumbling import lines_of, why_unreadable
from commcoach.domain.problems import Problem

SPOILS_A_TEXT = frozenset(("hash_cut", "quoted_together", "several_in_one", "smart_quotes"))
"""Slips that change what a line says, so that more may seem wrong with it."""
STILL_READABLE = SPOILS_A_TEXT | {"doubled_key"}
"""Slips that do not spoil the file: what else is wrong with it can be told as well."""

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

_LINE_BREAKS_OF_YAML = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file, or one line of it: its name as shown to people, data, node tree.

    `raw` stands in for data and tree where the file was known; the tree is made if it is needed.
    """

    name: str
    data: Any
    root: Node | None
    first_line: int = 1
    raw: bytes = b""

    def problem(self, code: str, path: Path = (), **details: object) -> Problem:
        """A problem at the value that `path` leads to, or as near to it as the file goes."""
        return self._problem(code, self.position(path), details)

    def problem_at_key(self, code: str, path: Path, **details: object) -> Problem:
        """A problem with the key that ends `path`, not with its value."""
        return self._problem(code, self.position(path, at_key=True), details)

    def position(self, path: Path, *, at_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`, or of its nearest parent."""
        node = shown = self.root if self.root is not None else _tree(self.raw)
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
    if is_utf16(raw):
        return None, [Problem(name, 1, 1, "utf16")]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line, column = _place(error.object[: error.start].decode())
        return None, [Problem(name, line, column, "not_utf8")]


def is_utf16(raw: bytes) -> bool:
    """Whether a file is in what Windows Notepad once called Unicode, with or without its mark."""
    return raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:2]


def read_yaml(name: str, raw: bytes) -> tuple[Source | None, list[Problem]]:
    """The file's data with positions, and what is wrong with it; no data if it cannot be read."""
    text, problems = decode(name, raw)
    if text is None:
        return None, problems
    lines = lines_of(text)
    if indented := indentation_faults(lines):
        # The parser would stop at the first of them: what else is wrong is told by the lines.
        slips = [*wide_colons_in_text(text), *line_faults(lines), *indented]
        return None, _problems(name, {(one.line, one.code): one for one in slips}.values())
    root, data, problems = _parse(name, text)
    if any(problem.code == "not_a_mapping" for problem in problems):
        slips = [*wide_colons_in_text(text), *line_faults(lines)]
        problems = _problems(name, slips) or problems
    return (Source(name, data, root) if data is not None else None), problems


def locate_row(name: str, number: int, row: str, data: Any) -> Source:
    """A line of JSON with the positions in it, as far as they can be found."""
    try:
        root = YAML(typ="safe", pure=True).compose(row.translate(_LINE_BREAKS_OF_YAML))
    except (MarkedYAMLError, ReaderError, RecursionError):
        root = None
    return Source(name, data, root, number)


@lru_cache(maxsize=4)
def _tree(raw: bytes) -> Node | None:
    """The node tree of a file that is known to be readable; none of nothing."""
    return YAML(typ="safe", pure=True).compose(raw.decode("utf-8-sig")) if raw else None


def _parse(name: str, text: str) -> tuple[Node | None, Any, list[Problem]]:
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        if not isinstance(root, MappingNode):
            return None, None, [Problem(name, 1, 1, "not_a_mapping")]
        problems = [*odd_keys(name, root), *mistypings(name, root, text), *doubled_keys(name, root)]
        spoilt = any(problem.code not in STILL_READABLE for problem in problems)
        return root, None if spoilt else _value(root, yaml), problems
    except MarkedYAMLError as error:
        return None, None, _problems(name, why_unreadable(text, error))
    except ReaderError as error:
        at = _place(text[: error.position])
        said = f"character U+{ord(text[error.position]):04X}"
    except ValueError as error:
        at, said = (1, 1), str(error)
    except RecursionError:
        at, said = (1, 1), "nested too deeply"
    line, column = at
    return None, None, [Problem(name, line, column, "syntax", {"said": said})]


def _problems(name: str, faults: Iterable[Fault]) -> list[Problem]:
    return [Problem(name, one.line, one.column, one.code, one.details) for one in faults]


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
        found = [(key, value) for key, value in node.value if key.value == str(part)]
        return found[-1] if found else None  # of a doubled key the last one holds
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None
