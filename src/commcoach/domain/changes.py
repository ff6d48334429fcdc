"""Where two values of the domain differ, and what stands there before and after."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, TypeAlias

from commcoach.domain.language import Localized
from commcoach.domain.rubric import Boundary, Example, GateReply, Level, Stimulus

Path: TypeAlias = tuple[str | int, ...]
"""Where in a value: fields, ids, level numbers and places in lists, from the top."""


def changes(old: Any, new: Any, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """Where two values of the domain differ: path, text before, text after.

    Items of lists are paired by id or number, else as they stand in the two lists.
    """
    if old == new:
        return
    if old is None or new is None or type(old) is not type(new):
        yield path, text_of(old), text_of(new)
    elif is_dataclass(old):
        for field in fields(old):
            name = field.name
            yield from changes(getattr(old, name), getattr(new, name), (*path, name))
    elif isinstance(old, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from changes(old.get(key), new.get(key), (*path, str(key)))
    elif isinstance(old, tuple):
        yield from _changed_items(old, new, path)
    else:
        yield path, text_of(old), text_of(new)


def _changed_items(
    old: Sequence[Any], new: Sequence[Any], path: Path
) -> Iterator[tuple[Path, str, str]]:
    key = _key_for((*old, *new))
    if key is None:
        yield from _aligned(old, new, path)
        return
    before = {key(item): item for item in old}
    after = {key(item): item for item in new}
    for name in dict.fromkeys((*after, *before)):
        at = name if isinstance(name, int) else str(name)
        yield from changes(before.get(name), after.get(name), (*path, at))
    orders = [
        [str(one) for one in names if one in before and one in after] for names in (before, after)
    ]
    if orders[0] != orders[1]:
        yield (*path, "order"), ", ".join(orders[0]), ", ".join(orders[1])


def _aligned(old: Sequence[Any], new: Sequence[Any], path: Path) -> Iterator[tuple[Path, str, str]]:
    matcher = SequenceMatcher(None, [*map(repr, old)], [*map(repr, new)], autojunk=False)
    for told, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if told != "equal":
            pairs = zip_longest(old[from_old:to_old], new[from_new:to_new])
            for number, (was, now) in enumerate(pairs, start=from_new):
                yield from changes(was, now, (*path, number))


def _key_for(items: Sequence[Any]) -> Callable[[Any], Hashable] | None:
    """What names the items of a list, if each has a name."""
    if all(isinstance(item, Level) for item in items):
        return lambda level: int(level.number)
    if all(isinstance(item, Boundary) for item in items):
        return lambda boundary: f"{boundary.lower}/{boundary.upper}"
    if all(hasattr(item, "id") for item in items):
        return lambda item: str(item.id)
    return None


def text_of(value: Any) -> str:
    """A value as people read it; texts in both languages with a slash between."""
    if value is None:
        return ""
    if isinstance(value, Localized):
        return " / ".join(filter(None, (value.zh, value.en)))
    if isinstance(value, Example | GateReply | Stimulus):
        return text_of(value.text)
    if is_dataclass(value):
        parts = ((one.name, text_of(getattr(value, one.name))) for one in fields(value))
        return "; ".join(f"{name}: {text}" for name, text in parts if text)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {text_of(one)}" for key, one in value.items())
    if isinstance(value, tuple | frozenset):
        return ", ".join(filter(None, map(text_of, value)))
    return str(value)
