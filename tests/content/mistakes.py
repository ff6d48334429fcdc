"""A mistake of an author, in a content folder that is right but for this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from commcoach.content.loading import find_problems
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.presentation.problems import how_to_mend, what_is_wrong
from commcoach.presentation.wording import Wording
from tests.content.builders import (
    SCENARIO_FILES,
    text_of,
    write,
    write_rubrics,
    write_scenarios,
)

HERE = "▶"
"""Stands before the place that the problem must point to; not part of the file."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A change to a right file, with the one problem that it must lead to.

    `old` is what `new` replaces, the whole file if empty; a file whose `new` is `None` is absent.
    `details` are some of the problem's; `folder` writes what the mistake is put into.
    """

    code: str
    file: str
    old: str
    new: str | None
    details: dict[str, str] = field(default_factory=dict)
    folder: Callable[[Path], object] | None = None
    encoding: str = "utf-8"

    def make(self, root: Path) -> Problem:
        """Write the folder with the mistake in it; returns the problem to be expected."""
        build = self.folder or (write_scenarios if self.file in SCENARIO_FILES else write_rubrics)
        build(root)
        if self.new is None:
            if (root / self.file).is_file():
                (root / self.file).unlink()
            return Problem(self.file, 1, 1, self.code, self.details)
        text = text_of(self.file) if self.old else ""
        assert self.old in text, f"{self.old!r} is not in {self.file}"
        changed = text.replace(self.old, self.new, 1)
        before, _, after = changed.partition(HERE) if HERE in changed else ("", "", changed)
        write(root, self.file, (before + after).encode(self.encoding))
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Problem(self.file, line, column, self.code, self.details)


def check(mistake: Mistake, root: Path) -> None:
    """The mistake is found where it stands, told once, and told in both languages."""
    expected = mistake.make(root)
    problems = find_problems(root)
    assert problems == (expected,), problems
    assert problems[0].details.items() >= expected.details.items()
    assert_told(problems[0])


def assert_told(problem: Problem) -> None:
    """Both languages have a sentence and a cure, with everything filled in."""
    for language in Language:
        words = Wording(language)
        for kind, said in (
            ("problem", what_is_wrong(problem, words)),
            ("cure", how_to_mend(problem, words)),
        ):
            assert said != f"{kind}.{problem.code}", f"not in the catalogue of {language}"
            assert len(said) > 3
            assert ("。" in said or "：" in said or "？" in said) == (language is Language.ZH)
