"""The content of the checkout, read once for all tests."""

from __future__ import annotations

from functools import lru_cache

from commcoach.content.crosschecks import cross_file_problems
from commcoach.content.loading import Parsed, _assemble
from commcoach.content.locating import CHECKOUT
from commcoach.content.reading import ContentFiles, read_files
from commcoach.domain.library import Library
from commcoach.domain.problems import Problem


@lru_cache
def files() -> ContentFiles:
    """The files in their shapes."""
    return read_files(CHECKOUT)


@lru_cache
def problems() -> tuple[Problem, ...]:
    """Everything that is wrong with them."""
    return (*files().problems, *cross_file_problems(CHECKOUT, files()))


@lru_cache
def parsed() -> Parsed:
    """The shapes without their sources."""
    read = files()
    return Parsed(
        rubrics={folder: file.shape for folder, file in read.rubrics.items()},
        criteria=[(folder, file.shape) for folder, file in read.criteria],
        gates=[file.shape for file in read.gates],
        cases=[shape for _, _, shape in read.cases],
        attacks=[shape for _, _, shape in read.attacks],
        moves=read.moves.shape if read.moves is not None else None,
        scenarios=[file.shape for file in read.scenarios],
        hashes={},
    )


@lru_cache
def library() -> Library:
    """The library made of them."""
    return _assemble(parsed())
