"""What is scored of a row, as a short name, and the occasion on which a model is asked about it."""

from __future__ import annotations

import hashlib
import json

from commcoach.coaching.language_model import Job
from commcoach.coaching.occasion import Occasion
from commcoach.coaching.records import ModelCall
from commcoach.coaching.scorer import ScoringTask

ORDERS = 4
"""Sessions that the rows of batches are spread over.

Fences and orders of levels go by the session. A single order would favour the same levels in all
rows; one for each row would leave a server's prefix cache nothing to hold.
"""
_SESSION = "batch:"


def input_of(task: ScoringTask) -> str:
    """A short name for the masked words of a row, which changes when any of them does.

    Without the criteria, which an output row names by their content.
    """
    scored = [
        task.reply,
        [[one.speaker, one.text] for one in task.context],
        task.authority,
        task.scenario.id if task.scenario is not None else None,
        task.language,
    ]
    return hashlib.sha256(json.dumps(scored).encode()).hexdigest()[:12]


def occasion_of(task: ScoringTask, release: str) -> Occasion:
    """The occasion of a row, the same whenever it is scored."""
    number = int(input_of(task), 16) % ORDERS
    return Occasion(f"{_SESSION}{number}", release=release)


def is_of_a_batch(call: ModelCall) -> bool:
    """Whether a model was called to score a row."""
    return call.job == Job.SCORER and (call.session or "").startswith(_SESSION)
