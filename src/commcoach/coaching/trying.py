"""Trying a criterion on a reply: what it gets, why, and what has changed since the last time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from commcoach.coaching.scorer import Scorer, ScoringTask, own_scores
from commcoach.coaching.standing import UNPUBLISHED, ContentStanding
from commcoach.domain.language import Localized
from commcoach.domain.library import Library
from commcoach.domain.rubric import Direction
from commcoach.domain.score import CriterionScore, EngineName, NotApplicable, Scorecard, Scored

FEW_LESSONS = 30
"""With fewer replies to learn from, levels of the embedded engine are rough."""
_HALF = 0.5


class Deciding(StrEnum):
    """What decided whether a criterion applies."""

    ALWAYS = "always"
    NO_CONTEXT = "no_context"
    OPENED = "opened"
    CLOSED = "closed"
    SHOWN = "shown"
    FIRST_REPLY = "first_reply"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether the context calls for a criterion: what decided, by which condition and words."""

    by: Deciding
    condition: Localized = Localized()
    words: str = ""

    @property
    def applies(self) -> bool:
        """Whether the criterion is judged."""
        return self.by not in (Deciding.CLOSED, Deciding.NOTHING)


@dataclass(frozen=True, slots=True)
class Sign:
    """A signal of the criterion, with the words of the reply in which it was seen, if any."""

    title: Localized
    toward: Direction
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A text that the engine has learned from and that the reply repeats, or nearly does.

    `level` is what it is graded; it is a graded case, or else an example of the criterion.
    """

    text: str
    level: float
    is_case: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an engine went by for one criterion.

    `lessons` tells for each level how many graded replies and examples were learned from;
    `highest` is the highest level that the engine may give. `known` is set where the reply is
    one of those texts: that its level is right then proves nothing.
    """

    opening: Opening
    signs: tuple[Sign, ...]
    lessons: Mapping[int, int]
    highest: int
    known: Known | None = None

    @property
    def learned_from(self) -> int:
        """All replies learned from."""
        return sum(self.lessons.values())

    @property
    def rough(self) -> bool:
        """Whether that is too little for steady levels."""
        return self.learned_from < FEW_LESSONS or not all(self.lessons.values())


class Explainer(Protocol):
    """Tells what a scorer goes by."""

    def explain(self, task: ScoringTask) -> dict[str, Explanation]:
        """What was seen for each criterion of the task."""
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """A reply with its scorecard; no explanations where the engine cannot give any."""

    task: ScoringTask
    card: Scorecard
    explanations: Mapping[str, Explanation] = field(default_factory=dict)

    def score_of(self, criterion: str) -> CriterionScore | None:
        """The score of one criterion; `None` if this version has no such criterion."""
        return next((one for one in self.card.scores if one.criterion == criterion), None)


@dataclass(frozen=True, slots=True)
class Trial:
    """All replies under one version of the content, by one engine.

    `standing` tells how that version stands beside what is published.
    """

    name: str
    library: Library
    engine: EngineName
    tried: tuple[Tried, ...]
    standing: ContentStanding = UNPUBLISHED


async def try_replies(
    scorer: Scorer,
    explainer: Explainer | None,
    library: Library,
    name: str,
    tasks: tuple[ScoringTask, ...],
) -> Trial:
    """Score the replies one after the other; nothing is kept."""
    tried = []
    for task in tasks:
        card = own_scores(await scorer.score(task), scorer.engine)
        tried.append(Tried(task, card, explainer.explain(task) if explainer is not None else {}))
    return Trial(name, library, scorer.engine, tuple(tried))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The level that would have been next, and how much probability it lacks, 0 to 1.

    `upward` tells whether it lies above. `median` is the level that the probabilities speak for,
    which is not the given one where the engine may not give it.
    """

    level: int
    lacks: float
    upward: bool
    median: int


def reaching(score: Scored) -> dict[int, float]:
    """How likely each level or a higher one is; empty without probabilities."""
    shares = score.probabilities or {}
    return {one: sum(shares[level] for level in shares if level >= one) for one in sorted(shares)}


def likeliest(score: Scored) -> int | None:
    """The level with the most probability, the lowest of several; `None` without probabilities."""
    shares = score.probabilities or {}
    return max(sorted(shares), key=lambda level: shares[level], default=None)


def nearest(score: Scored) -> Nearest | None:
    """How far the nearest other level is; `None` without probabilities."""
    if not score.probabilities or len(score.probabilities) < 2:
        return None
    levels = sorted(score.probabilities)
    reached = reaching(score)
    median = max((one for one in levels if reached[one] >= _HALF), default=levels[0])
    place = levels.index(median)
    found = []
    if place + 1 < len(levels):
        above = levels[place + 1]
        found.append(Nearest(above, _HALF - reached[above], True, median))
    if place > 0:
        found.append(Nearest(levels[place - 1], reached[median] - _HALF, False, median))
    return min(found, key=lambda one: one.lacks)


# -- watching -------------------------------------------------------------------------------


def saves(look: Callable[[], object], wait: Callable[[], None]) -> Iterator[None]:
    """Something at once, and again after each save.

    `look` tells how the files are now. A file may be caught half written: they must look the same
    twice in a row before a save counts.
    """
    shown = look()
    yield
    while True:
        wait()
        now = look()
        while now != shown:
            wait()
            again = look()
            if again == now:
                shown = now
                yield
                now = look()
            else:
                now = again


@dataclass(frozen=True, slots=True)
class Moved:
    """A score that is another one now; `reply` counts from 1."""

    reply: int
    criterion: str
    before: CriterionScore | None
    after: CriterionScore | None


def moved(before: Trial, after: Trial) -> tuple[Moved, ...]:
    """The scores with another level, or that apply now and did not; those of new criteria too."""
    found = []
    for number, (was, now) in enumerate(zip(before.tried, after.tried, strict=True), start=1):
        ids = dict.fromkeys((*now.task.criteria, *was.task.criteria))
        for id in ids:
            pair = was.score_of(id), now.score_of(id)
            if outcome(pair[0]) != outcome(pair[1]):
                found.append(Moved(number, id, *pair))
    return tuple(found)


def outcome(score: CriterionScore | None) -> int | str | None:
    """A score without its proof: the level, or why there is none."""
    if score is None:
        return None
    if isinstance(score, Scored):
        return score.level
    return "not_applicable" if isinstance(score, NotApplicable) else "unscored"
