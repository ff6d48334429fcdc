"""All content in force at one time: rubrics, gates, scenarios, graded cases."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from commcoach.domain.attacks import Attack
from commcoach.domain.cases import GradedCase
from commcoach.domain.rubric import Criterion, Gate, Rubric
from commcoach.domain.scenario import Move, Scenario


@dataclass(frozen=True, slots=True)
class Library:
    """The content that a process works with.

    `hashes` maps `criterion:<id>`, `gate:<id>`, `scenario:<id>`, `cases:<criterion>`,
    `prompt:<job>.<language>`, `moves` and `attacks` to the SHA-256 of each;
    `release` names all of them together.
    """

    rubrics: Mapping[str, Rubric]
    gates: Mapping[str, Gate]
    moves: tuple[Move, ...]
    scenarios: Mapping[str, Scenario]
    cases: tuple[GradedCase, ...]
    attacks: tuple[Attack, ...]
    hashes: Mapping[str, str]

    @property
    def criteria(self) -> dict[str, Criterion]:
        """Every criterion by id, in the order of modules and files."""
        return {
            criterion.id: criterion
            for rubric in self.rubrics.values()
            for criterion in rubric.criteria
        }

    @property
    def release(self) -> str:
        """A short name for exactly this content: 12 hexadecimal digits."""
        lines = "\n".join(f"{key} {self.hashes[key]}" for key in sorted(self.hashes))
        return hashlib.sha256(lines.encode()).hexdigest()[:12]

    def criterion_hashes(self) -> dict[str, str]:
        """The hash of every criterion by its id."""
        return {id: self.hashes[f"criterion:{id}"] for id in self.criteria}
