"""What a turn costs in Telegram, next to a bare echo bot on the same library.

python bench/bot.py [--rounds 3] [--seconds 30] [--sessions 200] [--rate 10] [--write]

Both bots are processes of their own and talk by HTTP to the tests' Telegram on this machine. Only
the bot's own processor time counts. Replies are those of tests/data/learners.jsonl with a number at
the end, so that no text occurs twice. Needs Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import bot_load
from bot_load import Learner, Measured, Talker
from bot_processes import CHECKOUT, Subject, coach, echo
from tables import measured_with, publish, table
from throwaway import read_lines

from commcoach import bootstrap
from commcoach.domain.progress import easiest
from commcoach.settings import Settings

AT_ONCE = 20
AIM = 20.0
"""Milliseconds of processor time for a turn, at most."""

HEAD = ("figure", "commcoach", "echo bot", "ratio", "aim")
REPLIES = CHECKOUT / "tests/data/learners.jsonl"


@dataclass(slots=True)
class Costs:
    """What one bot took: a measurement for each round, the steady load, and MiB over time."""

    alone: list[Measured] = field(default_factory=list)
    at_once: list[Measured] = field(default_factory=list)
    steady: list[Measured] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def main() -> None:
    """Measure both bots on this machine."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3, help="measure so often, take the median")
    parser.add_argument("--seconds", type=int, default=30, help="how long the steady load lasts")
    parser.add_argument("--sessions", type=int, default=200, help="open during the steady load")
    parser.add_argument("--rate", type=int, default=10, help="turns a second of the steady load")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    asked = parser.parse_args()
    began = time.monotonic()
    ours, bare = asyncio.run(measure(asked))
    lines = [*by_turn(ours, bare), *under_load(ours, bare, asked.sessions, asked.rate)]
    command = (
        f"python bench/bot.py --rounds {asked.rounds} --seconds {asked.seconds}"
        f" --sessions {asked.sessions} --rate {asked.rate}"
    )
    text = f"{table(HEAD, lines)}\n\n{measured_with(command, time.monotonic() - began)}"
    publish("bot", text, asked.write)


# --- measuring -----------------------------------------------------------------------------------


async def measure(asked: argparse.Namespace) -> tuple[Costs, Costs]:
    """The costs of our bot and of the bare one, taken by turns."""
    ours, bare = Costs(), Costs()
    with tempfile.TemporaryDirectory() as folder:
        async with coach(Path(folder)) as our_bot, echo() as bare_bot:
            pair = (our_bot, ours), (bare_bot, bare)
            _note_memory(pair)
            await _measure_turns(pair, asked.rounds)
            await _measure_load(pair, asked)
            _note_memory(pair)
    return ours, bare


Pair = Sequence[tuple[Subject, Costs]]
"""Our bot and the bare one, each with its costs so far."""


def _note_memory(pair: Pair) -> None:
    for subject, costs in pair:
        costs.memory.append(subject.memory())


async def _measure_turns(pair: Pair, rounds: int) -> None:
    """Whole sessions of a few people; a first round warms up and does not count."""
    said = read_lines(REPLIES)
    scenarios = bot_load.practised(bootstrap.load_library(Settings(content=None)), said)
    # Two of a scenario side by side: one is in Chinese, the other in English.
    chosen = [scenarios[number // 2 % len(scenarios)] for number in range(AT_ONCE)]
    (our_bot, _), (bare_bot, _) = pair
    learners = bot_load.learners(our_bot, said, chosen, first=1)
    await asyncio.gather(*(one.arrives() for one in learners))
    moves = zip(learners, chosen, strict=True)
    await asyncio.gather(*(one.changes_to(scenario) for one, scenario in moves))
    people: list[Sequence[Talker]] = [
        learners,
        bot_load.callers(bare_bot, said, AT_ONCE, first=1),
    ]
    turns = max(one.turns for one in chosen)
    for number in range(rounds + 1):
        for (subject, costs), talkers in zip(pair, people, strict=True):
            alone = await _sessions(bot_load.one_after_another, subject, talkers, turns)
            at_once = await _sessions(bot_load.all_at_once, subject, talkers, turns)
            if number > 0:
                costs.alone.append(alone)
                costs.at_once.append(at_once)


async def _sessions(
    pattern: bot_load.Pattern, subject: Subject, talkers: Sequence[Talker], turns: int
) -> Measured:
    """So many turns of everybody; what is between two sessions is left out."""
    blocks = []
    for _ in range(turns):
        blocks.append(await pattern(subject, talkers))
        await asyncio.gather(*(one.gets_ready() for one in talkers))
    return bot_load.together(blocks)


async def _measure_load(pair: Pair, asked: argparse.Namespace) -> None:
    """Many people in the middle of their sessions."""
    said = read_lines(REPLIES)
    library = bootstrap.load_library(Settings(content=None))
    first = easiest(list(library.scenarios.values()))
    assert first is not None
    (our_bot, _), (bare_bot, _) = pair
    learners = bot_load.learners(our_bot, said, [first] * asked.sessions, first=1001)
    await asyncio.gather(
        *(_begins(one, number % first.turns) for number, one in enumerate(learners))
    )
    callers = bot_load.callers(bare_bot, said, asked.sessions, first=1001)
    await asyncio.gather(*(one.speaks() for one in callers))
    _note_memory(pair)
    people: list[Sequence[Talker]] = [learners, callers]
    for (subject, costs), talkers in zip(pair, people, strict=True):
        load = await bot_load.steadily(subject, talkers, asked.rate, asked.seconds)
        costs.steady.append(load)


async def _begins(learner: Learner, turns: int) -> None:
    """Be so many turns into a session."""
    await learner.arrives()
    for _ in range(turns):
        await learner.speaks()
        await learner.gets_ready()


# --- telling -------------------------------------------------------------------------------------


def by_turn(ours: Costs, bare: Costs) -> Iterator[tuple[str, ...]]:
    """Processor time and time to the answer, in medians over the rounds."""
    for name, mine, theirs in (
        ("one after another", ours.alone, bare.alone),
        (f"{AT_ONCE} at once", ours.at_once, bare.at_once),
    ):
        yield _line(f"processor time a turn, {name}", mine, theirs, _processor, f"{AIM:.0f} ms")
        yield _line(f"time to the answer, {name}", mine, theirs, _half, "-")


def under_load(ours: Costs, bare: Costs, sessions: int, rate: int) -> Iterator[tuple[str, ...]]:
    """The steady load, and memory."""
    name = f"{sessions} sessions, {rate} turns a second"
    mine, theirs = ours.steady, bare.steady
    yield _line(f"{name}: time to the answer, p50", mine, theirs, _half, "-")
    yield _line("the same, p99", mine, theirs, lambda one: 1000 * one.quantile(0.99), "-")
    yield _line("the same, longest", mine, theirs, lambda one: 1000 * max(one.answers), "-")
    yield _line("the same, processor time of everything, a turn", mine, theirs, _processor, "-")
    busy, bare_busy = (median(one.processor / one.clock for one in of) for of in (mine, theirs))
    yield (
        "the same, share of one core",
        f"{busy:.0%}",
        f"{bare_busy:.0%}",
        f"{busy / bare_busy:.1f}",
        "-",
    )
    when = ("at the start", f"{sessions} sessions open", "at the end")
    for moment, now, bare_now in zip(when, ours.memory, bare.memory, strict=True):
        row = (f"{now:.0f} MiB", f"{bare_now:.0f} MiB", f"{now / bare_now:.1f}", "-")
        yield f"memory, {moment}", *row


def _line(
    name: str,
    ours: Sequence[Measured],
    bare: Sequence[Measured],
    figure: Callable[[Measured], float],
    aim: str,
) -> tuple[str, ...]:
    """A figure in milliseconds."""
    mine, theirs = (median(map(figure, one)) for one in (ours, bare))
    return name, f"{mine:.1f} ms", f"{theirs:.1f} ms", f"{mine / theirs:.1f}", aim


def _processor(one: Measured) -> float:
    return 1000 * one.processor_per_turn


def _half(one: Measured) -> float:
    return 1000 * one.quantile(0.5)


if __name__ == "__main__":
    main()
