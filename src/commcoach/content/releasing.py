"""A release as files: which belong to it, and how a folder is made of them again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from commcoach.coaching.releasing import Release
from commcoach.content.prompts import prompts_in_force
from commcoach.content.reading import content_files
from commcoach.domain.library import Library
from commcoach.kept_files import keep


def release_of(library: Library, root: Path, at: datetime) -> tuple[Release, dict[str, bytes]]:
    """The release that a library is, and the bytes of its files by their SHA-256."""
    files: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    own = {file.relative_to(root).as_posix(): file for file in content_files(root)}
    for name, file in (own | dict(prompts_in_force(root))).items():
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        files[name] = digest
        contents[digest] = content
    return Release(library.release, dict(library.hashes), files, at), contents


def restore(contents: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of a release into a folder, as they were."""
    for path, content in contents.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != content:
            keep(target, content)
