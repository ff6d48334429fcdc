"""Every shipped example scored by an engine that saw neither it nor any kin of it.

python bench/shipped_examples.py [--content DIR] [--write]

The examples are put among the graded cases and cross-validated as `commcoach rubric test` does it:
whatever answers the same words is held out together. An example passes if it gets its own level:
exactly for 0, within one elsewhere, and never on the other side of the line between 2 and 3.
Levels above what the embedded engine may award count as the highest that it may.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from tables import measured_with, publish, table

from commcoach import bootstrap
from commcoach.bootstrap.rubric_testing import EmbeddedEngine
from commcoach.coaching.rubric_testing import cases_scored
from commcoach.domain.case_scores import CaseScore, reference
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import Scored
from commcoach.settings import Settings

LINE = 3
"""The level from which a reply is competent."""
EXAMPLE, ALIKE = "example", "alike"

HEAD = ("criterion", "examples", "pass", "zh", "en", "look-alikes", "pass")
Passed = Counter[tuple[str, bool]]
"""How many of each kind passed, and how many did not."""


def main() -> None:
    """Measure every criterion of the content."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--content", type=Path, help="default: the shipped content")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    asked = parser.parse_args()
    began = time.monotonic()
    library = bootstrap.load_library(Settings(content=asked.content))
    whole: Passed = Counter()
    rows = []
    with ProcessPoolExecutor() as pool:
        found = pool.map(partial(held_out, library), library.criteria)
        for id, passed in zip(library.criteria, found, strict=True):
            whole += passed
            rows.append(_line(f"`{id}`", passed))
    rows.append(_line("all", whole))
    text = f"{table(HEAD, rows)}\n\n" + measured_with(
        "python bench/shipped_examples.py", time.monotonic() - began
    )
    publish("shipped examples", text, asked.write)


def held_out(library: Library, id: str) -> Passed:
    """How many examples and look-alikes of a criterion pass, each without its kin."""
    criterion = library.criteria[id]
    bare = replace(
        criterion,
        levels=tuple(replace(level, examples=()) for level in criterion.levels),
        look_alikes=(),
    )
    rubric = replace(library.rubrics[criterion.module], criteria=(bare,))
    as_cases = tuple(_as_cases(criterion))
    tested = replace(library, rubrics={criterion.module: rubric}, cases=(*library.cases, *as_cases))
    own = {case.id for case in as_cases}
    scores = asyncio.run(cases_scored(EmbeddedEngine(tested), tested, (id,)))[id]
    passed: Passed = Counter()
    for one in scores:
        if one.case.id in own:
            kind = one.case.id.split(":")[0]
            passes = _passes(one, criterion)
            passed[kind, passes] += 1
            passed[f"{kind} {one.case.language}", passes] += 1
    return passed


def _as_cases(criterion: Criterion) -> Iterator[GradedCase]:
    """The examples and look-alikes as cases; those of two languages differ by it in the id."""
    numbered = [
        (f"{EXAMPLE}:{level.number}:{at}", one)
        for level in criterion.levels
        for at, one in enumerate(level.examples)
    ]
    numbered += [(f"{ALIKE}:{at}", one) for at, one in enumerate(criterion.look_alikes)]
    for name, example in numbered:
        stimulus = criterion.stimulus(example.stimulus)
        grade = Grade("author", "author", {criterion.id: float(example.level)})
        for language in criterion.languages:
            text = example.text.get(language)
            if text is not None:
                said = (Said("", stimulus.text.said_in(language)),) if stimulus else ()
                yield GradedCase(f"{name}-{language}", said, text, (grade,), language)


def _passes(one: CaseScore, criterion: Criterion) -> bool:
    grade = reference(one.case, criterion.id)
    if not isinstance(one.score, Scored) or grade is None or grade.level is None:
        return False
    given, wanted = one.score.level, min(round(grade.level), criterion.embedded_max)
    if wanted == 0:
        return given == 0
    return abs(given - wanted) <= 1 and (given >= LINE) == (wanted >= LINE)


def _line(name: str, passed: Passed) -> Sequence[str]:
    return [
        name,
        str(passed[EXAMPLE, True] + passed[EXAMPLE, False]),
        *(_share(passed, kind) for kind in (EXAMPLE, f"{EXAMPLE} zh", f"{EXAMPLE} en")),
        str(passed[ALIKE, True] + passed[ALIKE, False]),
        _share(passed, ALIKE),
    ]


def _share(passed: Passed, kind: str) -> str:
    of = passed[kind, True] + passed[kind, False]
    return f"{passed[kind, True] / of:.0%}" if of else "-"


if __name__ == "__main__":
    main()
