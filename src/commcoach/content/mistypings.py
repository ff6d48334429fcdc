"""Slips of the keyboard that YAML takes for something else: commas, colons, quotation marks.

Some cut a text short or change it, and nothing else would say so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from commcoach.content.line_faults import OPENS_WIDE, WIDE_DASH, Fault, wide_bracket
from commcoach.domain.problems import Problem
from commcoach.domain.wording import has_chinese

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_WIDE_COLON = re.compile(r"([a-z][a-z0-9_]*) *：")
_WIDE_COLON_LINE = re.compile(r"^(?: *(?:- *)*)([A-Za-z][A-Za-z0-9_]*) *：", re.MULTILINE)
_NOTE = re.compile(r"[ \t]+(?P<note>#[^\r\n]*)")
_NO_VALUE_BUT_NOTE = re.compile(r":[ \t]+(?P<note>#\S[^\r\n]*)")
_QUOTED_TOGETHER = re.compile(r"[”’\"'＂＇]\s*[，、；,]\s*[“‘\"'＂＇]")
_WIDE_COMMA = re.compile(r"[，、；]")
_NO_SPACE = re.compile(r"([a-z][a-z0-9_]*):(?!//)\S")
_NO_SPACE_DASH = re.compile(r"-[^\s\-\d]")
_IN_SMART_QUOTES = re.compile(r"[“”＂][^“”＂]*[“”＂\"]|[‘’＇][^‘’＇]*[‘’＇']")


def mistypings(name: str, root: Node, text: str) -> Iterator[Problem]:
    """Everything in a file that was hardly meant the way YAML reads it."""
    split = list(_split_texts(root, text))
    for before, after in split:
        yield _at(name, after, "comma", before=before.value, after=after.value)
    halves = {id(node) for pair in split for node in pair}
    yield from _references(name, root)
    yield from _keys_out_of_sight(name, root)
    yield from _cut_by_notes(name, root, text)
    for node, in_brackets in _items(root):
        if id(node) not in halves:
            yield from _several_in_one(name, node, in_brackets=in_brackets)
    for node in _walk(root):
        if not _is_plain(node) or id(node) in halves:
            continue
        if (colon := _WIDE_COLON.match(node.value)) is not None:
            yield _at(name, node, "wide_colon", key=colon[1])
        elif OPENS_WIDE.match(node.value):
            yield _as_problem(name, node, wide_bracket(0, 0, node.value[0]))
        elif _NO_SPACE_DASH.match(node.value):
            yield _at(name, node, "no_space_dash")
        elif _IN_SMART_QUOTES.fullmatch(node.value):
            yield _at(name, node, "smart_quotes", text=node.value)


def wide_colons_in_text(text: str) -> list[Fault]:
    """Full-width colons after what looks like a key, in a file that could not be parsed."""
    return [
        Fault(
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
                # A list behind wrong dashes is one mapping to YAML; that is told on its own.
                if key.value in seen and WIDE_DASH.match(f"{key.value}:") is None:
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


def _references(name: str, root: Node) -> Iterator[Problem]:
    """Texts that begin with a sign of YAML's own, which takes their first word away."""
    met = Counter(id(node) for node in _walk(root))
    for node in _walk(root):
        if str(node.tag or "").startswith("!") and str(node.tag) != "!":
            yield _at(name, node, "special_start", sign="!")
        elif node.anchor and met[id(node)] == 1:
            yield _at(name, node, "special_start", sign="&")


def _keys_out_of_sight(name: str, root: Node) -> Iterator[Problem]:
    """Keys in full-width letters, after a wrong dash, or with characters that nobody sees."""
    for mapping in _mappings(root):
        for key, _ in mapping.value:
            if not isinstance(key, ScalarNode) or key.value.isascii():
                continue
            if (dash := WIDE_DASH.match(f"{key.value}:")) is not None and not key.style:
                yield _at(name, key, "wide_dash", sign=dash["sign"])
                continue
            narrow = unicodedata.normalize("NFKC", key.value)
            seen = "".join(one for one in narrow if one.isprintable() and not one.isspace())
            if narrow != key.value and _KEY.fullmatch(narrow):
                yield _at(name, key, "wide_key", key=key.value, near=narrow)
            elif seen != narrow and _KEY.fullmatch(seen):
                yield _at(name, key, "unseen_in_key", key=seen)


def _cut_by_notes(name: str, root: Node, text: str) -> Iterator[Problem]:
    """Sentences that a ` #` without quotation marks has cut short, or taken as a whole."""
    cuts = []
    for mapping in _mappings(root):
        for key, value in mapping.value:
            if isinstance(value, ScalarNode) and not value.style and not value.value:
                cuts.append(_NO_VALUE_BUT_NOTE.match(text, key.end_mark.index))
    cuts.extend(
        _NOTE.match(text, node.end_mark.index)
        for node in _walk(root)
        if _is_plain(node) and (" " in node.value or has_chinese(node.value))
    )
    for cut in filter(None, cuts):
        at = cut.start("note")
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        yield Problem(name, line, column, "hash_cut", {"lost": cut["note"][1:].strip()})


def _items(root: Node) -> Iterator[tuple[Node, bool]]:
    """The texts without quotation marks in lists; whether the list stands in brackets."""
    for node in _walk(root):
        if isinstance(node, SequenceNode):
            for item in node.value:
                if _is_plain(item):
                    yield item, bool(node.flow_style)


def _several_in_one(name: str, node: Node, *, in_brackets: bool) -> Iterator[Problem]:
    """Entries of a list that Chinese punctuation has left in one piece."""
    if _QUOTED_TOGETHER.search(node.value):
        yield _at(name, node, "quoted_together", text=node.value)
    elif in_brackets and not _IN_SMART_QUOTES.fullmatch(node.value):
        if (comma := _WIDE_COMMA.search(node.value)) is not None:
            yield _at(name, node, "several_in_one", sign=comma[0], text=node.value)
    elif (joined := _NO_SPACE.match(node.value)) is not None:
        yield _at(name, node, "no_space", key=joined[1])


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


def _as_problem(name: str, node: Node, fault: Fault) -> Problem:
    return _at(name, node, fault.code, **fault.details)


def _at(name: str, node: Node, code: str, **details: str) -> Problem:
    return Problem(name, node.start_mark.line + 1, node.start_mark.column + 1, code, details)
