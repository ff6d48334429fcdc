"""Every shipped example scored by a model that saw neither it nor its translation.

python bench/shipped_examples.py [--content DIR] [--folds 20] [--seed 0] [--write]

An example passes if it gets its own level: exactly for 0, within one elsewhere, and never on the
other side of the line between 2 and 3. Levels above what the embedded engine may award count as
the highest that it may.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grouping import linked
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import GroupKFold
from tables import measured_with, publish, table

from commcoach import bootstrap
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import Said
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import Scored
from commcoach.embedded.fitting import fit
from commcoach.embedded.ordinal import likeliest_level
from commcoach.embedded.scorer import EmbeddedScorer
from commcoach.embedded.training import Lesson, lessons, sample
from commcoach.settings import Settings

LINE = 3
"""The level from which a reply is competent."""

HEAD = (
    "criterion",
    "examples",
    "pass",
    "zh",
    "en",
    "look-alikes",
    "pass",
    "graded",
    "QWK",
    "same side of 2/3",
)


@dataclass(slots=True)
class Share:
    """How many of how many."""

    passed: int = 0
    of: int = 0

    def count(self, passed: bool) -> None:
        """One more."""
        self.passed += passed
        self.of += 1

    def __str__(self) -> str:
        return f"{self.passed / self.of:.0%}" if self.of else "-"


@dataclass(slots=True)
class Result:
    """What held-out replies of one criterion got."""

    by_language: dict[str, Share] = field(default_factory=lambda: {"zh": Share(), "en": Share()})
    alike: Share = field(default_factory=Share)
    same_side: Share = field(default_factory=Share)
    graded: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)

    def add(self, other: Result) -> None:
        """Take in the replies of another criterion."""
        for language, share in other.by_language.items():
            _merge(self.by_language[language], share)
        _merge(self.alike, other.alike)
        _merge(self.same_side, other.same_side)
        self.graded += other.graded
        self.given += other.given


def main() -> None:
    """Measure every criterion of the content."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--content", type=Path, help="default: the shipped content")
    parser.add_argument("--folds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    asked = parser.parse_args()
    began = time.monotonic()
    settings = Settings(content=asked.content)
    library = bootstrap.load_library(settings)
    whole, rows = Result(), []
    for criterion in library.criteria.values():
        result = held_out(criterion, library, asked.folds, asked.seed)
        whole.add(result)
        rows.append(_line(f"`{criterion.id}`", result))
    rows.append(_line("all", whole))
    command = f"python bench/shipped_examples.py --folds {asked.folds} --seed {asked.seed}"
    text = f"{table(HEAD, rows)}\n\n{measured_with(command, time.monotonic() - began)}"
    publish("shipped examples", text, asked.write)


def held_out(criterion: Criterion, library: Library, folds: int, seed: int) -> Result:
    """Levels of every example, look-alike and graded case, each without itself and its kin."""
    known = lessons(criterion, library)
    levels = levels_without_kin(criterion, library, known, folds, seed)
    reached = _are_scored(criterion, library, known)
    highest = criterion.embedded_max
    result = Result()
    for lesson, level, scored in zip(known, levels, reached, strict=True):
        wanted = min(round(lesson.level), highest)
        passed = scored and passes(wanted, level)
        if lesson.origin.startswith("example:"):
            result.by_language[lesson.language.value].count(passed)
        elif lesson.origin.startswith("alike:"):
            result.alike.count(passed)
        else:
            result.same_side.count((level >= LINE) == (wanted >= LINE))
            result.graded.append(wanted)
            result.given.append(level)
    return result


def passes(wanted: int, given: int) -> bool:
    """The tolerance that docs/scoring.md states."""
    if wanted == 0:
        return given == 0
    return abs(given - wanted) <= 1 and (given >= LINE) == (wanted >= LINE)


def levels_without_kin(
    criterion: Criterion, library: Library, known: Sequence[Lesson], folds: int, seed: int
) -> list[int]:
    """The level of each lesson by a model fitted on the lessons of all other folds."""
    marks = [[f"origin:{one.origin}", f"reply:{one.reply.strip().lower()}"] for one in known]
    groups = linked(marks)
    samples = [sample(criterion, lesson, library.moves) for lesson in known]
    levels = [0] * len(known)
    splitter = GroupKFold(min(folds, len(set(groups))), shuffle=True, random_state=seed)
    for train, test in splitter.split(samples, groups=groups):
        model = fit([samples[row] for row in train], criterion.numbers)
        for row in test:
            one = samples[row]
            level = likeliest_level(model.probabilities(one.grams, one.known, one.general))
            levels[row] = min(level, criterion.embedded_max)
    return levels


def _are_scored(criterion: Criterion, library: Library, known: Sequence[Lesson]) -> list[bool]:
    """Whether each reply gets as far as a level: it applies, and nothing speaks against scoring."""
    scorer = EmbeddedScorer(library, (criterion.id,))
    cards = (
        scorer.score_now(ScoringTask(one.reply, _said(one.context), (criterion.id,), one.language))
        for one in known
    )
    return [isinstance(card.scores[0], Scored) for card in cards]


def _said(context: str) -> tuple[Said, ...]:
    return (Said("", context),) if context else ()


def _merge(share: Share, other: Share) -> None:
    share.passed += other.passed
    share.of += other.of


def _line(name: str, result: Result) -> list[str]:
    examples = Share()
    for share in result.by_language.values():
        _merge(examples, share)
    kappa = "-"
    if len(set(result.graded)) > 1:
        kappa = f"{cohen_kappa_score(result.graded, result.given, weights='quadratic'):.2f}"
    return [
        name,
        str(examples.of),
        str(examples),
        str(result.by_language["zh"]),
        str(result.by_language["en"]),
        str(result.alike.of),
        str(result.alike),
        str(len(result.graded)),
        kappa,
        str(result.same_side),
    ]


if __name__ == "__main__":
    main()
