"""Where the content lies: a folder the user names, else the packaged one, else the checkout's."""

from __future__ import annotations

import shutil
from pathlib import Path

from commcoach.domain.problems import FolderNotEmpty

PACKAGED = Path(__file__).parent.parent / "shipped"
CHECKOUT = Path(__file__).parent.parent.parent.parent
FOLDERS = ("rubrics", "scenarios", "prompts")


def content_root(chosen: Path | None = None) -> Path:
    """The folder to load; a chosen one replaces the shipped content as a whole."""
    if chosen is not None:
        return chosen
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT


def root_of(path: Path) -> Path:
    """The folder a file or folder belongs to: the nearest that holds one of `FOLDERS`."""
    for folder in (path, *path.resolve().parents):
        if any((folder / name).is_dir() for name in FOLDERS):
            return folder
    return path if path.is_dir() else path.parent


def copy_content(target: Path) -> list[Path]:
    """A writable copy of the shipped content for authors; returns the files written.

    Raises `FolderNotEmpty` rather than overwrite anything, `OSError` if it cannot be written.
    """
    if any((target / name).exists() for name in FOLDERS):
        raise FolderNotEmpty(target)
    source = content_root()
    shipped = [
        file.relative_to(source)
        for name in FOLDERS
        for file in sorted((source / name).rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    ]
    for file in shipped:
        # Contents only: a packaged file or folder may be read-only, its copy must not be.
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, target / file)
    return [target / file for file in shipped]
