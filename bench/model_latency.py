"""How long a turn takes with a language model that needs a second for every answer.

python bench/model_latency.py [--turns 600] [--sessions 200] [--rate 10] [--seconds 1] [--write]

The bot is a process of its own, and so is the model server (model_server.py); Telegram is that of
the tests. Everybody is in the middle of a session and replies when it is their turn, however fast
the answers come. Needs Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import bot_load
from bot_load import WITHIN, Learner, Measured
from bot_processes import CHECKOUT, Subject
from model_server import Seen
from tables import measured_with, publish, table
from throwaway import read_lines

from commcoach import bootstrap
from commcoach.domain.progress import easiest
from commcoach.settings import Settings
from tests.acceptance.bot_process import Operator
from tests.telegram_api.server import FakeTelegram
from tests.telegram_api.state import Shown

ARRIVALS = 8.0
"""A second, before the measurement."""
WARM = 20.0
"""Seconds of the same load that do not count: wordings are compiled when first looked for."""
JOBS = ("reader", "voice", "scorer")
FROM_TURN = 3
"""The first turn whose prompts are looked at for their prefix."""
HEAD = ("figure", "measured", "aim")
AIMS = {0.5: "2.2 s", 0.9: "-", 0.99: "2.5 s"}
REPLIES = CHECKOUT / "tests/data/learners.jsonl"


@dataclass(slots=True)
class Model:
    """The running model server, and what it has seen once it is stopped."""

    url: str
    key: str
    process: asyncio.subprocess.Process
    seen: list[Seen] = field(default_factory=list)

    async def stops(self) -> None:
        """Stop it and hear what it has seen."""
        self.process.terminate()
        told, _ = await self.process.communicate()
        self.seen = [Seen(**json.loads(line)) for line in told.decode().splitlines()]


@asynccontextmanager
async def model(after: float) -> AsyncIterator[Model]:
    """A model server that takes so many seconds for an answer."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("model_server.py")),
        f"--after={after}",
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert process.stdout is not None
    about = json.loads(await process.stdout.readline())
    try:
        yield Model(about["url"], about["key"], process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@dataclass(frozen=True, slots=True)
class Timed:
    """One turn: seconds to the line, and whether the score was in the same message at once."""

    seconds: float
    scored: bool


@dataclass(slots=True)
class Patient(Learner):
    """A learner whose every turn is noted; a message may also be completed by edits."""

    timed: list[Timed] = field(default_factory=list)

    async def speaks(self) -> float:
        """Reply to the counterpart; at the end, the debrief belongs to the answer."""
        began = time.perf_counter()
        sent = self.person.says(next(self.texts))["message_id"]
        shown = await self._answered(sent)
        took = time.perf_counter() - began
        follows = self.words.say("bot.score_follows")
        self.timed.append(Timed(took, follows not in shown.text))
        if self._label("stop") not in shown.labels:
            self._debrief = await self._sees("again", sent)
        self.person.stops_listening()
        return took

    async def _answered(self, sent: int) -> Shown:
        """The message with the counterpart's line."""
        objections = self._objections()
        shown = await self._sees("why", sent, objections)
        while self._label("why") not in shown.labels:
            self.set_aside += 1
            sent = self.person.says(next(self.texts))["message_id"]
            shown = await self._sees("why", sent, objections)
        return shown

    async def _sees(self, button: str, after: int, or_texts: Sequence[str] = ()) -> Shown:
        label = self._label(button)
        return await self.person.sees(
            lambda one: one.id > after and (label in one.labels or one.text in or_texts),
            within=WITHIN,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured: the turns, the load they made, what the server and the bot have noted."""

    timed: list[Timed]
    load: Measured
    seen: list[Seen]
    taken: int
    stand_ins: int
    waited: list[float]
    """Seconds for each request to the model as the bot saw it, shortest first."""


def main() -> None:
    """Measure on this machine."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=600, help="measure so many")
    parser.add_argument("--sessions", type=int, default=200, help="open at the same time")
    parser.add_argument("--rate", type=int, default=10, help="turns a second")
    parser.add_argument("--seconds", type=float, default=1.0, help="of the model for an answer")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    asked = parser.parse_args()
    began = time.monotonic()
    found = asyncio.run(measure(asked))
    command = (
        f"python bench/model_latency.py --turns {asked.turns} --sessions {asked.sessions}"
        f" --rate {asked.rate} --seconds {asked.seconds:g}"
    )
    lines = [*on_time(found), *on_tokens(found), *on_costs(found)]
    text = f"{table(HEAD, lines)}\n\n{measured_with(command, time.monotonic() - began)}"
    publish("model", text, asked.write)


# --- measuring -----------------------------------------------------------------------------------


async def measure(asked: argparse.Namespace) -> Found:
    """Many people in the middle of their sessions, all with the same model."""
    with tempfile.TemporaryDirectory() as folder:
        async with model(asked.seconds) as server, FakeTelegram() as api:
            operator = Operator(api, Path(folder))
            async with operator.bot(**settings_for(server)) as bot:
                subject = Subject(api, bot.process.pid)
                people = await arrived(subject, asked.sessions)
                await bot_load.steadily(subject, people, asked.rate, WARM)
                before = [len(one.timed) for one in people]
                load = await bot_load.steadily(
                    subject, people, asked.rate, asked.turns / asked.rate
                )
                await bot.stops()
            await server.stops()
            expect_no_fault(api, operator, server)
            taken, stand_ins = kept(operator.database)
            waited = requests(operator.database)
    pairs = zip(people, before, strict=True)
    timed = [turn for one, warm in pairs for turn in one.timed[warm:]]
    return Found(timed, load, server.seen, taken, stand_ins, waited)


def settings_for(server: Model) -> dict[str, str]:
    """How the bot finds the model."""
    return {
        "COMMCOACH_MODEL_PROVIDER": "openai",
        "COMMCOACH_MODEL": "bench",
        "COMMCOACH_MODEL_BASE_URL": server.url,
        "COMMCOACH_MODEL_API_KEY": server.key,
    }


async def arrived(subject: Subject, many: int) -> list[Patient]:
    """So many people, each at another turn of a first session."""
    said = read_lines(REPLIES)
    first = easiest(list(bootstrap.load_library(Settings(content=None)).scenarios.values()))
    assert first is not None
    people = [
        Patient(one.person, one.texts, one.words)
        for one in bot_load.learners(subject, said, [first] * many, first=1)
    ]
    async with asyncio.TaskGroup() as tasks:
        for number, one in enumerate(people):
            tasks.create_task(_begins(one, number % first.turns))
            await asyncio.sleep(1 / ARRIVALS)
    return people


async def _begins(one: Patient, turns: int) -> None:
    """Be so many turns into a session."""
    await one.arrives()
    for _ in range(turns):
        await one.speaks()
        await one.gets_ready()


def expect_no_fault(api: FakeTelegram, operator: Operator, server: Model) -> None:
    """What a server would have refused or counts otherwise makes the figures worthless."""
    faults = [*api.violations, *api.impatient]
    with closing(sqlite3.connect(operator.database)) as connection:
        [counted] = connection.execute(
            "SELECT sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens) FROM model_calls"
        )
    told = tuple(
        sum(getattr(one, name) for one in server.seen)
        for name in ("prompt", "cached", "completion")
    )
    if counted != told:
        faults.append(f"the bot has counted {counted} tokens, the model {told}")
    if faults:
        raise SystemExit("\n".join(faults[:10]))


def kept(database: Path) -> tuple[int, int]:
    """How many turns were taken, and in how many of them the embedded engine stood in."""
    with closing(sqlite3.connect(database)) as connection:
        [found] = connection.execute(
            "SELECT count(*), coalesce(sum(line_stand_in <> '' OR score_stand_in <> ''"
            " OR coalesce(reading ->> 'stand_in', '') <> ''), 0) FROM turns"
        )
    taken, stand_ins = found
    return int(taken), int(stand_ins)


def requests(database: Path) -> list[float]:
    """Seconds of each request to the model as the bot has recorded it, shortest first."""
    with closing(sqlite3.connect(database)) as connection:
        return [one for (one,) in connection.execute("SELECT latency FROM model_calls ORDER BY 1")]


# --- telling -------------------------------------------------------------------------------------


def on_time(found: Found) -> Iterator[tuple[str, ...]]:
    """From the reply to the message with the line."""
    for share, aim in AIMS.items():
        yield f"time to the line, p{share * 100:.0f}", f"{found.load.quantile(share):.2f} s", aim
    yield "the same, longest", f"{max(found.load.answers):.2f} s", "-"
    half, most = (found.waited[int(share * (len(found.waited) - 1))] for share in (0.5, 0.99))
    yield "a request to the model as the bot sees it, p50, p99", f"{half:.2f} s, {most:.2f} s", "-"
    at_once = fmean(one.scored for one in found.timed)
    yield "the score in the same message at once", f"{at_once:.1%}", "-"
    yield "an embedded engine in place of the model", f"{found.stand_ins / found.taken:.1%}", "-"


def on_tokens(found: Found) -> Iterator[tuple[str, ...]]:
    """Requests and tokens a turn, and how much of the later prompts had been seen before."""
    by_job: dict[str, list[Seen]] = {}
    for one in found.seen:
        by_job.setdefault(one.job, []).append(one)
    for job, seen in sorted(by_job.items()):
        asked, said = (sum(getattr(one, name) for one in seen) for name in ("prompt", "completion"))
        yield (
            f"{job}: requests, tokens of prompts and of answers, a turn",
            f"{len(seen) / found.taken:.2f}, {asked / found.taken:.0f}, {said / found.taken:.0f}",
            "-",
        )
    for job in JOBS:
        later = [one for one in by_job[job] if one.turn >= FROM_TURN]
        prompt = sum(one.prompt for one in later)
        cached, own = (sum(getattr(one, name) for one in later) for name in ("cached", "own"))
        yield (
            f"{job}, from turn {FROM_TURN}: cached of the prompt, of any session / of its own",
            f"{cached / prompt:.0%} / {own / prompt:.0%}",
            "80%",
        )


def on_costs(found: Found) -> Iterator[tuple[str, ...]]:
    """Of the bot's process."""
    load = found.load
    cost = f"{1000 * load.processor_per_turn:.1f} ms"
    yield "processor time of everything, a turn", cost, "-"
    yield "the same, share of one core", f"{load.processor / load.clock:.0%}", "-"


if __name__ == "__main__":
    main()
