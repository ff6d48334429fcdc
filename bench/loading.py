"""How long the embedded scorer takes until it is ready, learned anew or read from the cache.

python bench/loading.py CRITERIA CACHE_FOLDER

Prints seconds by the clock and of processor time, without the reading of content. More criteria
than are shipped are made by copying them under other names: with cues of their own that find the
same, and graded in the same cases.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import fields, replace
from itertools import cycle, islice
from pathlib import Path

from commcoach import bootstrap
from commcoach.bootstrap.learning import learn_ahead
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.domain.cases import Grade
from commcoach.domain.language import Cues
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.settings import Settings


def main(number: int, cache: Path) -> None:
    """Prepare a scorer of so many criteria."""
    library = enlarged(bootstrap.load_library(Settings(content=None)), number)
    criteria = list(library.criteria)[:number]
    settings = Settings(content=None, cache_dir=cache)
    clock, processor = time.perf_counter(), _processor_time()
    learn_ahead(settings, library, criteria)
    embedded_scorer(settings, library, criteria).prepare()
    print(f"{time.perf_counter() - clock:.3f} {_processor_time() - processor:.3f}")


def _processor_time() -> float:
    """Seconds of this process and of those it began, once these have ended."""
    return sum(os.times()[:4])


def enlarged(library: Library, number: int) -> Library:
    """The library with so many criteria, if it has fewer."""
    shipped = list(library.criteria.values())
    copies = {
        f"{one.id}_{place}": one
        for place, one in enumerate(islice(cycle(shipped), max(0, number - len(shipped))))
    }
    module = replace(
        next(iter(library.rubrics.values())),
        module="copies",
        criteria=tuple(_copied(one, id) for id, one in copies.items()),
    )
    hashes = {
        f"{kind}:{id}": f"{library.hashes.get(f'{kind}:{one.id}')} {id}"
        for id, one in copies.items()
        for kind in ("criterion", "cases")
    }
    cases = tuple(
        replace(case, grades=tuple(_graded(grade, copies) for grade in case.grades))
        for case in library.cases
    )
    return replace(
        library,
        rubrics={**library.rubrics, module.module: module},
        cases=cases,
        hashes={**library.hashes, **hashes},
    )


def _copied(one: Criterion, id: str) -> Criterion:
    number = "".join(chr(ord("a") + int(digit)) for digit in id.rpartition("_")[2])
    signals = tuple(replace(signal, cues=_other(signal.cues, number)) for signal in one.signals)
    return replace(one, id=id, signals=signals)


def _other(cues: Cues, number: str) -> Cues:
    """Cues that find the same and are compiled anew: with an end that nobody writes."""
    return Cues(
        *(
            tuple(f"{cue.strip('*')}(zq{number})?{'*' * cue.endswith('*')}" for cue in of_one_kind)
            for of_one_kind in (getattr(cues, one.name) for one in fields(Cues))
        )
    )


def _graded(grade: Grade, copies: dict[str, Criterion]) -> Grade:
    levels = {id: grade.levels[one.id] for id, one in copies.items() if one.id in grade.levels}
    return replace(grade, levels={**grade.levels, **levels})


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
