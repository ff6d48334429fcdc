"""From a file's data to its pydantic shape, with every deviation turned into a problem."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from commcoach.content.source import Path, Source
from commcoach.domain.problems import Problem

Shape = TypeVar("Shape", bound=BaseModel)

YAML_SUFFIXES = (".yaml", ".yml")
LONGEST_VALUE = 40
"""Code points of a wrong value inside a message."""

_TYPES = {
    "string_type": "string",
    "int_type": "int",
    "int_from_float": "int",
    "float_type": "number",
    "float_parsing": "number",
    "bool_type": "bool",
    "list_type": "list",
    "dict_type": "mapping",
    "model_type": "mapping",
}
_SIMPLE = {
    "string_pattern_mismatch": "bad_id",
    "string_too_short": "empty_text",
    "too_short": "too_few",
    "too_long": "too_many",
    "literal_error": "not_allowed",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
}
_DIGITS = "零一二三四五六七八九"
_CHINESE_NUMBER = re.compile(
    f"(?:(?P<hundreds>[{_DIGITS[1:]}])百零?)?(?:(?P<tens>[{_DIGITS[1:]}])?(?P<ten>十))?"
    f"(?P<ones>[{_DIGITS}])?"
)
_KEY_LABEL = "[key]"
"""How pydantic marks an error in a mapping's key."""


@dataclass(frozen=True, slots=True)
class _Deviation:
    """One error of pydantic, at its place in the file.

    `union` is the place of the value that fits none of its branches, if that is what is wrong.
    """

    kind: str
    path: Path
    at_key: bool
    union: Path | None
    context: Mapping[str, Any]
    given: object
    said: str

    @property
    def name(self) -> str:
        """What to call the value: its key, or the key of the list that it stands in."""
        if self.at_key:
            return "id"
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    @property
    def is_about_kind(self) -> bool:
        """Whether the value is of another kind altogether, rather than a poor one of its kind."""
        return self.kind in _TYPES or self.kind == "literal_error"


def validate(shape: type[Shape], source: Source) -> tuple[Shape | None, list[Problem]]:
    """The file as its shape, or everything in it that does not fit."""
    try:
        return shape.model_validate(source.data), []
    except ValidationError as error:
        found = [_deviation(source.data, one) for one in error.errors(include_url=False)]
    return None, list(_problems(shape, source, _one_branch_each(found)))


def _deviation(data: Any, error: Mapping[str, Any]) -> _Deviation:
    """The error with its true place: pydantic's also names branches of unions."""
    kind, location = str(error["type"]), tuple(error["loc"])
    at_key = location[-1:] == (_KEY_LABEL,)
    missing = location[-1:] if kind == "missing" else ()
    path: Path = ()
    union: Path | None = None
    for part in location[: len(location) - len(missing) - at_key]:
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if in_list or (isinstance(data, dict) and part in data):
            path, data = (*path, part), data[part]
        elif union is None:
            union = path
    return _Deviation(
        kind,
        (*path, *missing),
        at_key,
        union,
        error.get("ctx", {}),
        error.get("input", ""),
        str(error["msg"]),
    )


def _one_branch_each(found: Sequence[_Deviation]) -> list[_Deviation]:
    """A union reports each of its branches; the one that the author meant is enough."""
    kept = []
    for one in found:
        if one.union is not None:
            rivals = [other for other in found if other.union == one.union]
            meant = [other for other in rivals if not other.is_about_kind] or rivals[:1]
            if one not in meant:
                continue
        kept.append(one)
    return kept


def _problems(
    shape: type[BaseModel], source: Source, found: Sequence[_Deviation]
) -> Iterable[Problem]:
    missing = {one.path for one in found if one.kind == "missing"}
    misspelt = {}
    top = _known_keys(shape, ()) if source.name.endswith(YAML_SUFFIXES) else []
    moved = {
        one.path
        for one in found
        if one.kind == "extra_forbidden"
        and len(one.path) > 1
        and one.name in top
        and one.name not in source.data
    }
    for one in found:
        if one.kind == "extra_forbidden" and one.path not in moved:
            written = _at(source.data, one.path[:-1])
            known = [key for key in _known_keys(shape, one.path[:-1]) if key not in written]
            near = difflib.get_close_matches(one.name.lower(), known, n=1)
            if near:
                misspelt[one.path] = near[0]
    made_good = {(*path[:-1], near) for path, near in misspelt.items()} & missing
    for one in found:
        if one.kind == "extra_forbidden":
            if one.path in moved:
                yield source.problem_at_key("unknown_key_here", one.path, key=one.name)
            elif one.path in misspelt:
                details = {"key": one.name, "near": misspelt[one.path]}
                yield source.problem_at_key("unknown_key_near", one.path, **details)
            else:
                known = _known_keys(shape, one.path[:-1])
                details = {"key": one.name, "known": ", ".join(known)}
                yield source.problem_at_key("unknown_key", one.path, **details)
        elif one.path not in made_good:
            yield _problem(source, one)


def _problem(source: Source, one: _Deviation) -> Problem:
    point = source.problem_at_key if one.at_key else source.problem
    if one.kind == "missing":
        return point("missing_key", one.path, key=one.name)
    if one.kind == "value_error":
        return point(str(one.context["error"]), one.path, key=one.name)
    if one.kind in _TYPES:
        code = "needs_value" if one.given is None else f"wants_{_TYPES[one.kind]}"
        details = {"key": one.name, "given": _short(one.given)}
        if code == "wants_int" and (meant := _meant(str(one.given))) is not None:
            return point("wants_int_near", one.path, **details, near=meant)
        return point(code, one.path, **details)
    if one.kind in _SIMPLE:
        is_number = one.kind == "string_pattern_mismatch" and one.name == "number"
        code = "bad_number" if is_number else _SIMPLE[one.kind]
        return point(code, one.path, key=one.name, wanted=_wanted(one), given=_short(one.given))
    return point("misfit", one.path, key=one.name, said=one.said)


def _wanted(one: _Deviation) -> str:
    """What would have been right: the choice, the limit, or the least number of entries."""
    if "expected" in one.context:
        return ", ".join(re.findall(r"'([^']*)'", str(one.context["expected"])))
    for limit in ("ge", "le", "min_length", "max_length"):
        if limit in one.context:
            return str(one.context[limit])
    return ""


def _meant(text: str) -> int | None:
    """The whole number that a text is, in digits or, below a thousand, in Chinese."""
    if text.isdecimal():
        return int(text)
    said = _CHINESE_NUMBER.fullmatch(text)
    if said is None or not text:
        return None
    hundreds, tens, ones = (
        _DIGITS.index(said[part] or "零") for part in ("hundreds", "tens", "ones")
    )
    return 100 * hundreds + 10 * (tens or bool(said["ten"])) + ones


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


@lru_cache
def _schema(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_json_schema()


def _known_keys(shape: type[BaseModel], path: Path) -> list[str]:
    """The keys that the shape allows at this place, read off its JSON schema."""
    node = schema = _schema(shape)
    definitions = schema.get("$defs", {})
    for part in path:
        node = _resolve(node, definitions)
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            by_pattern: dict[str, Any] = next(iter(node.get("patternProperties", {}).values()), {})
            node = node.get("properties", {}).get(part, by_pattern)
    return list(_resolve(node, definitions).get("properties", {}))


def _resolve(node: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(node, dict):
        return {}
    for branch in node.get("anyOf", []):
        if "$ref" in branch or branch.get("type") in ("object", "array"):
            return _resolve(branch, definitions)
    if "$ref" in node:
        return _resolve(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
    return node
