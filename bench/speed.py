"""How fast the program loads, scores and starts.

python bench/speed.py [--module listening] [--repeat 3] [--write]

Rows are the shipped graded cases, repeated with a number at the end, so that no text occurs twice
and nothing is gained by remembering texts. Two sizes of a file tell scoring from loading: the
second size costs what the first does and its further rows. Processor time stands
beside the clock's, because a machine that is busy with other work slows only the clock's.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tables import cores, measured_with, publish, table
from throwaway import fresh_environment, run_command, write_lines

from commcoach import bootstrap
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.scenario import Scenario
from commcoach.settings import Settings

SMALL, LARGE = 1000, 5000
PROMISED_RATE = 300.0
"""Replies a second on two cores, after loading."""
PROMISED_START = 2.0
"""Seconds of a second start."""
PROMISED_LOADING = {"learned anew": 10.0, "from the cache": 2.0}
"""Seconds until a scorer of `MANY` criteria is ready."""
MANY = 34
OPENING_SEEN = 6
"""Characters of the opening line that prove it is on the screen."""

HEAD = ("figure", "by the clock", "by processor time", "promised", "ratio")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of processor time over all cores in use."""

    clock: float
    processor: float


def spent_since(clock: float, processor: float) -> Spent:
    """What has been spent since these readings of `now`."""
    later = now()
    return Spent(later[0] - clock, later[1] - processor)


def now() -> tuple[float, float]:
    """The clock, and the processor time of all programs that were started here and have ended."""
    times = os.times()
    return time.perf_counter(), times.children_user + times.children_system


def middle(measured: Sequence[Spent]) -> Spent:
    """The median of each figure."""
    return Spent(median(one.clock for one in measured), median(one.processor for one in measured))


def main() -> None:
    """Measure everything on this machine."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--module", default="listening", help="the rubric to score with")
    parser.add_argument("--repeat", type=int, default=3, help="measure so often, take the median")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    asked = parser.parse_args()
    began = time.monotonic()
    library = bootstrap.load_library(Settings(content=None))
    every = ",".join(library.criteria)
    few = len(library.rubrics[asked.module].criteria)
    lines = [
        *scoring(library, ["--rubric", asked.module], f"{few} criteria", asked.repeat),
        *scoring(library, ["--criteria", every], f"{len(library.criteria)} criteria", asked.repeat),
        *loading(len(library.criteria), asked.repeat),
        *loading(MANY, asked.repeat),
        *starting(library, asked.repeat),
    ]
    command = f"python bench/speed.py --module {asked.module} --repeat {asked.repeat}"
    text = f"{table(HEAD, lines)}\n\n{measured_with(command, time.monotonic() - began)}"
    publish("speed", text, asked.write)


def scoring(
    library: Library, chosen: list[str], name: str, repeat: int
) -> Iterator[tuple[str, ...]]:
    """Loading and scoring with these criteria."""
    cold: list[Spent] = []
    sizes: dict[int, list[Spent]] = {1: [], SMALL: [], LARGE: []}
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            cold.append(_time_score(library, chosen, 1, home))
            for size, spent in sizes.items():
                spent.append(_time_score(library, chosen, size, home))
    one, small, large = (middle(spent) for spent in sizes.values())
    more = LARGE - SMALL
    clock = more / (large.clock - small.clock)
    processor = more * cores() / (large.processor - small.processor)
    yield (
        f"replies a second, {name}",
        f"{clock:.0f}",
        f"{processor:.0f}",
        f"{PROMISED_RATE:.0f}",
        f"{clock / PROMISED_RATE:.1f} / {processor / PROMISED_RATE:.1f}",
    )
    yield f"one reply, {name}, nothing cached", *_seconds(middle(cold)), "-", "-"
    yield f"one reply, {name}, all cached", *_seconds(one), "-", "-"


def _time_score(library: Library, chosen: list[str], size: int, home: Path) -> Spent:
    replies, scores = home / f"{size}.jsonl", home / "scores.jsonl"
    scores.unlink(missing_ok=True)
    write_lines(replies, rows(library, size))
    given = ["score", *chosen, "--input", str(replies), "--output", str(scores)]
    began = now()
    run_command(given, home)
    return spent_since(*began)


def rows(library: Library, size: int) -> Iterable[dict[str, Any]]:
    """So many rows made from the graded cases; a number at the end makes every text a new one."""
    cases = itertools.islice(itertools.cycle(library.cases), size)
    for number, case in enumerate(cases):
        yield {
            "id": f"{case.id}:{number}",
            "context": [
                {"speaker": said.speaker, "text": f"{said.text} {number}"} for said in case.context
            ],
            "reply": f"{case.reply} {number}",
            "lang": case.language,
        }


def loading(criteria: int, repeat: int) -> Iterator[tuple[str, ...]]:
    """Until a scorer of so many criteria is ready, each time in a process of its own."""
    measured: dict[str, list[Spent]] = {name: [] for name in PROMISED_LOADING}
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            for spent in measured.values():  # the first fills the cache for the second
                spent.append(_time_loading(criteria, Path(folder)))
    for name, spent in measured.items():
        took, promised = middle(spent), PROMISED_LOADING[name]
        said = ("-", "-")
        if criteria == MANY:
            said = (
                f"{promised:.1f} s",
                f"{promised / took.clock:.1f} / {promised / took.processor:.1f}",
            )
        yield f"{criteria} criteria, {name}", *_seconds(took), *said


def _time_loading(criteria: int, home: Path) -> Spent:
    program = Path(__file__).with_name("loading.py")
    done = subprocess.run(
        [sys.executable, str(program), str(criteria), str(home / "models")],
        env=fresh_environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    return Spent(*map(float, done.stdout.split()))


def starting(library: Library, repeat: int) -> Iterator[tuple[str, ...]]:
    """The first and the second start of a practice, up to the counterpart's first line."""
    scenario = next(iter(library.scenarios.values()))
    first: list[Spent] = []
    second: list[Spent] = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            first.append(_time_start(scenario, Path(folder)))
            second.append(_time_start(scenario, Path(folder)))
    again = middle(second)
    ratio = f"{PROMISED_START / again.clock:.1f} / {PROMISED_START / again.processor:.1f}"
    yield "first start of practice", *_seconds(middle(first)), "-", "-"
    yield "second start of practice", *_seconds(again), f"{PROMISED_START:.1f} s", ratio


def _time_start(scenario: Scenario, home: Path) -> Spent:
    """Until the line is on the screen; the program is then stopped."""
    opening = scenario.opening.said_in(Language.ZH)[:OPENING_SEEN].encode()
    environment = fresh_environment(home) | {"PYTHONUNBUFFERED": "1"}
    given = ["practice", "--scenario", scenario.id, "--lang", "zh"]
    seen, began = b"", now()
    with subprocess.Popen(
        [sys.executable, "-m", "commcoach", *given],
        env=environment,
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as practice:
        if practice.stdout is None:
            raise SystemExit("no output to read")
        while opening not in seen and (chunk := os.read(practice.stdout.fileno(), 65536)):
            seen += chunk
        practice.kill()
    if opening not in seen:
        raise SystemExit("the dialogue did not start")
    return spent_since(*began)


def _seconds(spent: Spent) -> tuple[str, str]:
    return f"{spent.clock:.1f} s", f"{spent.processor:.1f} s"


if __name__ == "__main__":
    main()
