"""The content folder that an author writes to, and those that lie unused where the author is."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from commcoach import bootstrap
from commcoach.cli.context import Context
from commcoach.cli.help_texts import quoted, typed
from commcoach.cli.terminal import UsageError
from commcoach.domain.problems import ContentMissing
from commcoach.presentation.wording import Wording
from commcoach.settings import SettingsWrong, read_settings

_NAMED = 3
"""So many of somebody's folders are enough to see what is meant."""


def own_content(about: Context) -> Path:
    """The author's content folder; the one that came with the program is not written to."""
    root = bootstrap.content_root(about.settings.content)
    if bootstrap.is_shipped(root):
        raise UsageError("error.shipped_content")
    if not root.exists():
        raise ContentMissing(root, bootstrap.RUBRICS)
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


def hint_of_unused(words: Wording) -> str:
    """Which content folders lie unused where the user is, and how to use one; empty without any."""
    own = unused_content()
    if not own:
        return ""
    folders = words.say("punctuation.list").join(map(str, own[:_NAMED]))
    return words.say("error.own_content", folders=folders, folder=quoted(str(own[0])))


def similar_content(missing: Path) -> Path | None:
    """The content folder that was perhaps meant by one that is not there.

    Looked for around the user, here and one level up, by a name that is much the same.
    """
    try:
        around = Path(os.path.relpath(bootstrap.content_root_of(Path())))
        beside = [one for place in (Path(), Path("..")) for one in sorted(place.iterdir())]
        found = [one for one in (around, *beside) if (one / bootstrap.RUBRICS).is_dir()]
    except (ValueError, OSError):
        return None
    by_name: dict[str, Path] = {}
    for one in found:
        by_name.setdefault(_folded(one.resolve().name), one)
    near = get_close_matches(_folded(missing.name), by_name, n=1)
    return by_name[near[0]] if near else None


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")
