"""The shipped content and the embedded engine, loaded once per test process."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from commcoach.coaching.practice import Practice
from commcoach.content.loading import load_library
from commcoach.content.locating import CHECKOUT
from commcoach.domain.library import Library
from commcoach.embedded.doorkeeper import EmbeddedDoorkeeper
from commcoach.embedded.outcome import CueOutcomeJudge
from commcoach.embedded.reader import CueReader
from commcoach.embedded.scorer import EmbeddedScorer
from commcoach.embedded.voice import ScriptedVoice
from commcoach.masking import mask
from commcoach.store.memory import InMemorySessions
from tests.builders import NOON

CACHE = Path(gettempdir()) / "commcoach-test-cache"
"""Models by content hash: shared by test processes, and safe to delete."""

DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=1)
def library() -> Library:
    """The content of this checkout."""
    return load_library(CHECKOUT, cache=CACHE / "content")


@lru_cache(maxsize=1)
def scorer() -> EmbeddedScorer:
    """The embedded scorer for every shipped criterion."""
    return EmbeddedScorer(library(), tuple(library().criteria), CACHE / "models")


@dataclass
class Clock:
    """A clock that moves a minute each time it is read."""

    now: datetime = field(default=NOON.astimezone(UTC))

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def practice() -> Practice:
    """The practice use cases on the embedded engine and a store in memory."""
    numbers = itertools.count(1)
    return Practice(
        library=library(),
        sessions=InMemorySessions(),
        reader=CueReader(),
        voice=ScriptedVoice(),
        scorer=scorer(),
        judge=CueOutcomeJudge(),
        doorkeeper=EmbeddedDoorkeeper(library()),
        mask=mask,
        now=Clock(),
        new_id=lambda: f"session-{next(numbers)}",
    )


@lru_cache(maxsize=1)
def learners() -> tuple[dict[str, Any], ...]:
    """Replies of learners of different kinds, written without sight of cues and examples."""
    text = (DATA / "learners.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())
