"""A release as files: which belong to it, and how a folder is made of them again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from commcoach.coaching.releasing import Release, ReleaseChanged
from commcoach.content.prompts import prompts_in_force
from commcoach.content.reading import content_files
from commcoach.domain.library import Library

_DRAFT = ".draft"
"""What files end with while they are written; nothing reads them."""


def release_of(library: Library, root: Path, at: datetime) -> tuple[Release, dict[str, bytes]]:
    """The release that a library is, and the bytes of its files by their SHA-256."""
    files: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    own = {file.relative_to(root).as_posix(): file for file in content_files(root)}
    for name, file in (own | dict(prompts_in_force(root))).items():
        content = file.read_bytes()
        digest = _sha256(content)
        files[name] = digest
        contents[digest] = content
    return Release(library.release, dict(library.hashes), files, at), contents


def restore(contents: Mapping[str, bytes], folder: Path) -> None:
    """Make a folder hold the files of a release as they were, and no others.

    Raises `OSError` if one cannot be written or removed.
    """
    for path in list(folder.rglob("*")):
        is_stray = path.is_file() and path.relative_to(folder).as_posix() not in contents
        # Another process may be restoring the same release: its drafts are left to it.
        if path.is_symlink() or (is_stray and path.suffix != _DRAFT):
            path.unlink(missing_ok=True)
    for name, content in contents.items():
        target = folder / name
        if not target.is_file() or target.read_bytes() != content:
            _write(target, content)


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=_DRAFT, dir=place.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def check_contents(release: Release, contents: Mapping[str, bytes]) -> None:
    """Raise `ReleaseChanged` unless these are the files that the release names, byte by byte."""
    if {name: _sha256(content) for name, content in contents.items()} != dict(release.files):
        raise ReleaseChanged(release.id)


def check_restored(release: Release, folder: Path) -> None:
    """Raise `ReleaseChanged` unless what is read of a folder is what the release names."""
    # A release of an older version of the program may name files that are not read any more.
    named = {name: folder / name for name in release.files}
    read = {file.relative_to(folder).as_posix(): file for file in content_files(folder)}
    try:
        contents = {name: file.read_bytes() for name, file in (named | read).items()}
    except FileNotFoundError:
        raise ReleaseChanged(release.id) from None
    check_contents(release, contents)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
