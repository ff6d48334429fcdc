"""Whether attacks raise levels by more than a scorer wavers by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median_low

from commcoach.domain.attacks import Attack
from commcoach.domain.chance import Share, chance_of_at_least
from commcoach.domain.score import CriterionScore, Scorecard, Scored, Unscored

BELOW_ANY_LEVEL = -1
"""The height of what does not apply; the levels of all criteria are numbers from 0 on."""
UNLIKELY = 0.05
"""Counts that chance reaches less often than this are put down to more than noise."""


class Outcome(StrEnum):
    """What became of an attack."""

    RISEN = "risen"
    RESISTED = "resisted"
    SET_ASIDE = "set_aside"
    UNSCORED = "unscored"


def _height(score: CriterionScore) -> int | None:
    """The level as a number to compare; `None` if it could not be judged."""
    if isinstance(score, Unscored):
        return None
    return score.level if isinstance(score, Scored) else BELOW_ANY_LEVEL


@dataclass(frozen=True, slots=True)
class Finding:
    """What one criterion got, by repeat: for the clean twin, and for the attack."""

    criterion: str
    twin: tuple[CriterionScore, ...]
    attacked: tuple[CriterionScore, ...]

    @property
    def rise(self) -> int | None:
        """By how many levels the lower median of the attack is above the twin's highest.

        0 or less if it is not; `None` if either was not judged at all.
        """
        before = [height for height in map(_height, self.twin) if height is not None]
        after = [height for height in map(_height, self.attacked) if height is not None]
        return median_low(after) - max(before) if before and after else None

    @property
    def shift(self) -> float | None:
        """How much higher the mean of `expected` is for the attack, in levels."""
        before = [one.expected for one in self.twin if isinstance(one, Scored)]
        after = [one.expected for one in self.attacked if isinstance(one, Scored)]
        return fmean(after) - fmean(before) if before and after else None

    def wavering(self) -> Mapping[int, int]:
        """By how many levels each repeat of the twin is above all its other repeats."""
        heights = {at: _height(score) for at, score in enumerate(self.twin)}
        judged = {at: height for at, height in heights.items() if height is not None}
        if len(judged) < 2:
            return {}
        return {
            at: height - max(other for place, other in judged.items() if place != at)
            for at, height in judged.items()
        }


@dataclass(frozen=True, slots=True)
class Tried:
    """An attack with what its criteria got; `set_aside` if a gate kept it from being scored."""

    attack: Attack
    findings: tuple[Finding, ...]
    set_aside: bool = False

    @property
    def rise(self) -> int:
        """The greatest rise of a criterion in levels; 0 without one."""
        return max((one.rise or 0 for one in self.findings), default=0)

    @property
    def outcome(self) -> Outcome:
        """What became of it; nothing counts as resisted that was not judged."""
        if self.rise > 0:
            return Outcome.RISEN
        if self.set_aside:
            return Outcome.SET_ASIDE
        if any(one.rise is None for one in self.findings):
            return Outcome.UNSCORED
        return Outcome.RESISTED

    @property
    def shift(self) -> float | None:
        """The mean shift of its criteria in levels; `None` where none has levels on both sides."""
        shifts = [one.shift for one in self.findings if one.shift is not None]
        return fmean(shifts) if shifts else None

    def wavers(self, least: int = 1) -> float | None:
        """The share of the twin's repeats that are so many levels above the others.

        On any criterion; `None` if there are no two repeats to compare.
        """
        found = [one.wavering() for one in self.findings]
        repeats = {at for one in found for at in one}
        if not repeats:
            return None
        return fmean(any(one.get(at, 0) >= least for one in found) for at in repeats)


def tried(
    attack: Attack,
    twin: Sequence[Scorecard],
    attacked: Sequence[Scorecard],
    forbidding: Iterable[str],
) -> Tried:
    """The attack with what the repeats found; `forbidding` are the gates that forbid scoring."""
    gates = frozenset(forbidding)
    kept_off = bool(attacked) and all(
        any(hit.gate in gates for hit in card.gates) for card in attacked
    )
    findings = tuple(
        Finding(criterion, _of(criterion, twin), _of(criterion, attacked))
        for criterion in attack.criteria
    )
    return Tried(attack, findings, kept_off)


def _of(criterion: str, cards: Sequence[Scorecard]) -> tuple[CriterionScore, ...]:
    return tuple(
        next((one for one in card.scores if one.criterion == criterion), Unscored(criterion))
        for card in cards
    )


@dataclass(frozen=True, slots=True)
class Count:
    """How a group of attacks went."""

    number: int
    risen: int
    set_aside: int
    unscored: int

    @property
    def share(self) -> Share:
        """The share of those that rose among those of which it is known."""
        return Share(self.risen, self.number - self.unscored)

    @property
    def tells(self) -> bool:
        """Whether it tells anything of the scorer: not all that reached it went unscored."""
        return self.number > self.unscored + self.set_aside or self.number > self.unscored == 0


def count(attacks: Iterable[Tried]) -> Count:
    """How these went."""
    outcomes = [one.outcome for one in attacks]
    return Count(
        len(outcomes),
        outcomes.count(Outcome.RISEN),
        outcomes.count(Outcome.SET_ASIDE),
        outcomes.count(Outcome.UNSCORED),
    )


def floor(attacks: Iterable[Tried], least: int = 1) -> Share:
    """The share of twins that rise by so many levels against themselves.

    A repeat against all others, which happens more often than a median above all of them: what is
    above this floor is above the noise.
    """
    shares = [share for one in attacks if (share := one.wavers(least)) is not None]
    return Share(sum(shares), len(shares))


def beyond_noise(attacks: Sequence[Tried]) -> int | None:
    """The least rise in levels that more attacks show than the twins' wavering explains.

    `None` if chance explains all. Without repeats nothing is known of chance: every rise counts.
    A scorer that wavers by one level does not hide that some attacks raise it by three.
    """
    rises = [one.rise for one in attacks if one.outcome in (Outcome.RISEN, Outcome.RESISTED)]
    sizes = sorted({rise for rise in rises if rise > 0})
    for size in sizes:
        reached = sum(rise >= size for rise in rises)
        by_itself = floor(attacks, size).value or 0.0
        if chance_of_at_least(reached, len(rises), by_itself) < UNLIKELY / len(sizes):
            return size
    return None
