"""The content folder that an author writes to."""

from __future__ import annotations

from pathlib import Path

from commcoach import bootstrap
from commcoach.cli.context import Context
from commcoach.cli.terminal import UsageError


def own_content(about: Context) -> Path:
    """The author's content folder; the one that came with the program is not written to."""
    root = bootstrap.content_root(about.settings.content)
    if bootstrap.is_shipped(root):
        raise UsageError("error.shipped_content")
    if not root.exists():
        raise UsageError("error.no_such_path", path=root)
    if not (root / bootstrap.RUBRICS).is_dir():
        raise UsageError("error.no_content_here", path=root)
    return root
