"""A model server of the tests' kind as a process of its own: a second for each answer.

python bench/model_server.py --after 1.0

Prints its address, and on SIGTERM a line of JSON for every request. It answers as the prompts ask
(tests/model_api/coached.py) and tells as cached what it has seen before of a prompt, counted from
its beginning, whoever sent it.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import json
import random
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

# A script finds what stands beside it; the server's parts stand in tests/.
sys.path.append(str(Path(__file__).parents[1]))

from tests.model_api.coached import answer, prompted
from tests.model_api.replies import Reply
from tests.model_api.server import FakeModelServer

SEED = 4
_TOKEN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]|[^\W_]{1,4}|[^\w\s]|_+")
_MARK = re.compile(r"<(reply-[0-9a-f]+)>")


def tokens(text: str) -> int:
    """How many tokens a text has: a Chinese character or a mark is one, so are 4 other letters."""
    return sum(1 for _ in _TOKEN.finditer(text))


@dataclass(frozen=True, slots=True)
class Seen:
    """A request: what it was for, in which session and turn, and its tokens.

    `own` are those that it has in common with an earlier prompt for the same job in its session,
    `cached` with any earlier prompt, each from the beginning.
    """

    job: str
    session: str
    turn: int
    prompt: int
    cached: int
    own: int
    completion: int


@dataclass(slots=True)
class Prefixes:
    """The prompts so far; of all of them, the nearest in order has the longest common prefix."""

    _known: list[str] = field(default_factory=list)

    def longest(self, prompt: str) -> str:
        """The longest beginning that an earlier prompt had too; the prompt is known from now on."""
        at = bisect.bisect(self._known, prompt)
        near = self._known[max(at - 1, 0) : at + 1]
        self._known.insert(at, prompt)
        return max((_common(one, prompt) for one in near), key=len, default="")


def _common(one: str, other: str) -> str:
    """What two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))]


@dataclass(slots=True)
class Brain:
    """Answers each request after so many seconds, and notes what it took."""

    after: float
    seen: list[Seen] = field(default_factory=list)
    _all: Prefixes = field(default_factory=Prefixes)
    _own: dict[tuple[str, str], Prefixes] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def __call__(self, request: Mapping[str, Any]) -> Reply:
        """The answer to a request."""
        asked = prompted(request)
        text = answer(asked, self._chance)
        prompt = "\n".join(f"{one['role']}\n{one['content']}" for one in request["messages"])
        mark = _MARK.search(prompt)
        session = mark[1] if mark is not None else ""
        own = self._own.setdefault((session, asked.work.value), Prefixes())
        seen = Seen(
            job=asked.work.value,
            session=session,
            turn=len(asked.replies),
            prompt=tokens(prompt),
            cached=tokens(self._all.longest(prompt)),
            own=tokens(own.longest(prompt)),
            completion=tokens(text),
        )
        self.seen.append(seen)
        usage = {
            "prompt_tokens": seen.prompt,
            "completion_tokens": seen.completion,
            "total_tokens": seen.prompt + seen.completion,
            "prompt_tokens_details": {"cached_tokens": seen.cached},
        }
        return Reply(text, usage=usage, after=self.after)


async def serve(after: float) -> None:
    """Serve until asked to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    brain = Brain(after)
    async with FakeModelServer() as api:
        api.brain = brain
        print(json.dumps({"url": api.url, "key": api.key}), flush=True)
        await stop.wait()
    for one in brain.seen:
        print(json.dumps(asdict(one)))


def main() -> None:
    """Serve on a free port of this machine."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--after", type=float, default=1.0, help="seconds for an answer")
    asyncio.run(serve(parser.parse_args().after))


if __name__ == "__main__":
    main()
