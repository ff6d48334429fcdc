"""Slips of the keyboard that YAML takes for something else: commas, colons, quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from commcoach.domain.problems import Problem
from commcoach.domain.wording import has_chinese

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_WIDE_COLON = re.compile(r"([a-z][a-z0-9_]*)：")
_WIDE_COLON_LINE = re.compile(r"^(?: *(?:- +)*)([a-z][a-z0-9_]*)：", re.MULTILINE)
_IN_SMART_QUOTES = re.compile(r"[“”＂][^“”＂]*[“”＂\"]|[‘’＇][^‘’＇]*[‘’＇']")


def mistypings(name: str, root: Node, text: str) -> Iterator[Problem]:
    """Everything in a file that was hardly meant the way YAML reads it."""
    split = list(_split_texts(root, text))
    for before, after in split:
        yield _at(name, after, "comma", before=before.value, after=after.value)
    halves = {id(node) for pair in split for node in pair}
    for node in _walk(root):
        if not _is_plain(node) or id(node) in halves:
            continue
        if (colon := _WIDE_COLON.match(node.value)) is not None:
            yield _at(name, node, "wide_colon", key=colon[1])
        elif _IN_SMART_QUOTES.fullmatch(node.value):
            yield _at(name, node, "smart_quotes", text=node.value)


def wide_colons_in_text(name: str, text: str) -> list[Problem]:
    """Full-width colons after what looks like a key, in a file that could not be parsed."""
    return [
        Problem(
            name,
            text.count("\n", 0, found.start(1)) + 1,
            found.start(1) - text.rfind("\n", 0, found.start(1)),
            "wide_colon",
            {"key": found[1]},
        )
        for found in _WIDE_COLON_LINE.finditer(text)
    ]


def odd_keys(name: str, root: Node) -> Iterator[Problem]:
    """Lists and mappings where a key should be, as in `{{evidence}}` without quotation marks."""
    for mapping in _mappings(root):
        for key, _ in mapping.value:
            if not isinstance(key, ScalarNode):
                yield _at(name, key, "odd_key")


def doubled_keys(name: str, root: Node) -> Iterator[Problem]:
    """Keys that stand twice in one mapping."""
    for mapping in _mappings(root):
        seen: set[str] = set()
        for key, _ in mapping.value:
            if isinstance(key, ScalarNode):
                if key.value in seen:
                    yield _at(name, key, "doubled_key", key=key.value)
                seen.add(key.value)


def _split_texts(root: Node, text: str) -> Iterator[tuple[Node, Node]]:
    """ASCII commas inside `{ }` or `[ ]` that have cut a text without quotation marks in two."""
    for node in _walk(root):
        if isinstance(node, MappingNode) and node.flow_style:
            before: Node | None = None
            for key, value in node.value:
                if before is not None and _is_plain(key) and not _KEY.fullmatch(key.value):
                    yield before, key
                before = value if _is_plain(value) else None
        elif isinstance(node, SequenceNode) and node.flow_style:
            for left, right in zip(node.value, node.value[1:], strict=False):
                if not (_is_plain(left) and _is_plain(right)):
                    continue
                comma = text[left.end_mark.index : right.start_mark.index]
                chinese = has_chinese(left.value) or has_chinese(right.value)
                if (comma == "," and chinese) or _has_open_quotes(left.value):
                    yield left, right


def _has_open_quotes(text: str) -> bool:
    return text.count("“") > text.count("”")


def _is_plain(node: Node) -> bool:
    """Whether it is a text without quotation marks."""
    return isinstance(node, ScalarNode) and not node.style and bool(node.value)


def _mappings(root: Node) -> Iterator[MappingNode]:
    return (node for node in _walk(root) if isinstance(node, MappingNode))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _walk(key)
            yield from _walk(value)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _walk(item)


def _at(name: str, node: Node, code: str, **details: str) -> Problem:
    return Problem(name, node.start_mark.line + 1, node.start_mark.column + 1, code, details)
