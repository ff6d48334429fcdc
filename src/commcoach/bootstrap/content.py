"""Content: found, checked, loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commcoach.domain.library import Library
from commcoach.domain.problems import Problem
from commcoach.settings import Settings

RUBRICS = "rubrics"
SCENARIOS = "scenarios"


def content_root(chosen: Path | None) -> Path:
    """The content folder in force."""
    from commcoach.content import locating

    return locating.content_root(chosen)


def content_root_of(path: Path) -> Path:
    """The content folder that a file or folder belongs to."""
    from commcoach.content import locating

    return locating.root_of(path)


def copy_content(target: Path) -> list[Path]:
    """A writable copy of the shipped content."""
    from commcoach.content import locating

    return locating.copy_content(target)


def find_problems(settings: Settings, root: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a content folder."""
    from commcoach.content import loading

    return loading.find_problems(root, settings.cache_dir / "content")


def load_library(settings: Settings, needs: Sequence[str] = (RUBRICS, SCENARIOS)) -> Library:
    """The content in force, parsed or from the cache."""
    from commcoach.content import loading

    cache = settings.cache_dir / "content"
    return loading.load_library(content_root(settings.content), needs, cache)
