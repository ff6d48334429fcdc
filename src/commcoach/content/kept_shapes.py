"""Authored files that were in order when they were read before, so that nobody parses them anew."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from commcoach.kept_files import keep

Shape = TypeVar("Shape", bound=BaseModel)


def find_kept(cache: Path | None, shape: type[Shape], raw: bytes) -> Shape | None:
    """The file with these bytes, if it is known and nothing was wrong with it."""
    if cache is None:
        return None
    try:
        return shape.model_validate_json(_place(cache, shape, raw).read_bytes())
    except (OSError, ValidationError):
        return None


def keep_shape(cache: Path | None, raw: bytes, read: BaseModel) -> None:
    """Remember a file in which nothing is wrong. What the author left out stays left out."""
    if cache is not None:
        keep(_place(cache, type(read), raw), read.model_dump_json(exclude_unset=True).encode())


def _place(cache: Path, shape: type[BaseModel], raw: bytes) -> Path:
    digest = hashlib.sha256(f"{_version()} {shape.__name__} ".encode() + raw)
    return cache / "files" / f"{digest.hexdigest()}.json"


@lru_cache
def _version() -> str:
    return version("commcoach")
