"""The content folder that an author writes to, and those that lie unused where the author is."""

from __future__ import annotations

import os
from pathlib import Path

from commcoach import bootstrap
from commcoach.cli.context import Context
from commcoach.cli.help_texts import typed
from commcoach.cli.terminal import UsageError
from commcoach.settings import SettingsWrong, read_settings


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


def unused_content() -> list[Path]:
    """Content folders around and beside the user, if none was named and the shipped one is used."""
    try:
        if typed("--content") or read_settings().content is not None:
            return []
        around = Path(os.path.relpath(bootstrap.content_root_of(Path())))
        folders = [around, *sorted(one for one in Path().iterdir() if one.is_dir())]
        own = [one for one in folders if (one / bootstrap.RUBRICS).is_dir()]
    except (SettingsWrong, ValueError, OSError):
        return []
    return [one for one in own if not bootstrap.is_shipped(one)]
