"""Writing new criteria."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from commcoach.domain.language import Localized

if TYPE_CHECKING:
    from commcoach.content.starting import Started


def is_shipped(root: Path) -> bool:
    """Whether this is the content that came with the program, and no author's own copy."""
    from commcoach.content import locating

    return root.resolve() == locating.content_root().resolve()


def start_criterion(
    root: Path, module: str, id: str, title: Localized, say: Callable[[str], str]
) -> Started:
    """A new criterion's file, and its module's if that is new, with everything to fill in."""
    from commcoach.content import starting

    return starting.start_criterion(root, module, id, title, say)
