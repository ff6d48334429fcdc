"""What can be wrong with an authored file, where, and how to say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one place. Lines and columns count from 1.

    `code` names the kind of mistake; the message catalogues hold what is wrong and how to mend
    it under `problem.<code>` and `cure.<code>`, with `details` filled in. `text` is the line as it
    stands in the file, if it could be read.
    """

    path: str
    line: int
    column: int
    code: str
    details: Mapping[str, str] = field(default_factory=dict, compare=False)
    text: str = field(default="", compare=False)


class ContentRefused(Exception):
    """The content has problems and cannot be used."""

    def __init__(self, problems: tuple[Problem, ...], root: Path) -> None:
        super().__init__(self.__doc__)
        self.problems = problems
        self.root = root


class ContentMissing(Exception):
    """The content folder lacks what the command needs."""

    def __init__(self, root: Path, folder: str) -> None:
        super().__init__(self.__doc__)
        self.root = root
        self.folder = folder


class FolderNotEmpty(Exception):
    """The folder already holds content."""

    def __init__(self, folder: Path) -> None:
        super().__init__(self.__doc__)
        self.folder = folder
