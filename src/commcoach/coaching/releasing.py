"""Releases: which content was in force, kept for as long as a session is bound to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Release:
    """An immutable manifest: the hash of every part in force, and the files they were read from.

    `parts` are the library's hashes; `files` maps each path below the content folder to the
    SHA-256 of its bytes.
    """

    id: str
    parts: Mapping[str, str]
    files: Mapping[str, str]
    recorded_at: datetime
    author: str = ""
    note: str = ""


TRIED = "practice --content"
"""The author of a release that was in force for nobody but whoever practised on that folder."""


class Releases(Protocol):
    """Keeps releases and the content they name."""

    async def record(self, release: Release, contents: Mapping[str, bytes]) -> bool:
        """Keep a release and its files' bytes by hash; `False` if it was known already.

        One that was only `TRIED` until then is kept as if it had come only now.
        """
        ...

    async def get(self, id: str) -> Release | None:
        """The release with this id."""
        ...

    async def contents(self, id: str) -> dict[str, bytes]:
        """Every file of a release: its path below the content folder, and its bytes."""
        ...

    async def all(self) -> list[Release]:
        """All releases, oldest first."""
        ...


class UnknownRelease(Exception):
    """The content that a session is bound to is not in the database."""

    def __init__(self, release: str) -> None:
        super().__init__(self.__doc__)
        self.release = release


class ReleaseChanged(UnknownRelease):
    """The content of a release is no longer what was recorded."""
