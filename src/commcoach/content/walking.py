"""Every text and cue set of a shape, with the path that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel

from commcoach.content.source import Path

Found = TypeVar("Found", bound=BaseModel)


def find(shape: BaseModel, kind: type[Found], path: Path = ()) -> Iterator[tuple[Path, Found]]:
    """All parts of this kind inside a shape, in file order."""
    for name in type(shape).model_fields:
        yield from _find_in(getattr(shape, name), kind, (*path, name))


def find_siblings(shape: BaseModel, path: Path = ()) -> Iterator[tuple[Path, list[BaseModel]]]:
    """All lists of parts inside a shape, in file order."""
    for name in type(shape).model_fields:
        value, here = getattr(shape, name), (*path, name)
        if isinstance(value, BaseModel):
            yield from find_siblings(value, here)
        elif isinstance(value, list) and any(isinstance(item, BaseModel) for item in value):
            yield here, value
            for index, item in enumerate(value):
                yield from find_siblings(item, (*here, index))


def _find_in(value: object, kind: type[Found], path: Path) -> Iterator[tuple[Path, Found]]:
    if isinstance(value, kind):
        yield path, value
    if isinstance(value, BaseModel):
        yield from find(value, kind, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _find_in(item, kind, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _find_in(item, kind, (*path, str(key)))
