"""Rows of a batch name the model that did score them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from commcoach.batch import asking, running
from commcoach.batch.asking import Pace
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.score import EngineName, Scorecard, Scored
from tests.batch.test_asking import CRITERIA, ENGINE, JOB, ROWS

SECOND = replace(ENGINE, model="second")


class HelpedOut:
    """For some replies a second model answers; one is held back by the gatekeeper."""

    engine = ENGINE

    async def score(self, task: ScoringTask) -> Scorecard:
        scores = tuple(Scored(id, 2, 2.0, ()) for id in CRITERIA)
        if task.reply == "r2":
            return Scorecard(scores, stand_in="second_model", by=SECOND)
        return Scorecard(scores, by=EngineName("embedded", "6") if task.reply == "r3" else ENGINE)


async def test_rows_that_a_second_model_scored_name_it_and_are_tried_again(tmp_path: Path) -> None:
    output = tmp_path / "scores.jsonl"
    await asking.run(ROWS[:4], JOB, HelpedOut(), output, {}, Pace(1, 30.0), lambda _: None)
    lines = output.read_text(encoding="utf-8").splitlines()
    models = [json.loads(line)["engine"]["model"] for line in lines]
    assert models == ["stub", "second", "stub", "stub"]
    assert set(running.finished_rows(output, ROWS, JOB, ENGINE)) == {"1", "3", "4"}
