"""Scoring by a server over real HTTP: with the chances of its tokens, and where it has none."""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from commcoach.domain.score import Scored
from commcoach.llm.openai_model import OpenAIModel
from commcoach.prompted.scorer import Care, PromptedScorer
from tests.model_api.replies import Reply
from tests.model_api.server import FakeModelServer
from tests.prompted import office
from tests.shipped import library, scorer

PROOF = "这件事我来跟"
TASK = office.task("three_calls_no_owner", f"换谁都憋屈。{PROOF}，今天下午五点前给您回电。")
LIKELY = {"3": 0.6, "2": 0.3, "x": 0.1}


@pytest.fixture
async def api() -> AsyncIterator[FakeModelServer]:
    """A server that gives every criterion a 3."""
    async with FakeModelServer() as running:
        running.brain = answered
        yield running
        assert running.violations == []


@pytest.fixture
async def model(api: FakeModelServer) -> AsyncIterator[OpenAIModel]:
    """A model of the server."""
    opened = OpenAIModel("small-1", base_url=api.url, api_key=api.key, timeout=5.0, cache=None)
    yield opened
    await opened.aclose()


def answered(request: Mapping[str, Any]) -> Reply:
    """A 3 for everything, with the chances of its tokens if they are asked for."""
    ids = request["response_format"]["json_schema"]["schema"]["properties"]
    entry = {"quotes": [PROOF], "applicable": True, "level": 3}
    data = {id: [] if id == "gates" else entry for id in ids}
    text = json.dumps(data, ensure_ascii=False)
    if not request.get("logprobs"):
        return Reply(text)
    likely: list[dict[str, Any]] = [
        {"token": one, "logprob": math.log(share)} for one, share in LIKELY.items()
    ]
    tokens = []
    for one in re.findall(r"\d|[^\d]+", text):
        sure = [{"token": one, "logprob": -0.01}]
        top = likely if one == "3" else sure
        tokens.append({"token": one, "logprob": top[0]["logprob"], "top_logprobs": top})
    return Reply(text, logprobs={"content": tokens})


def engine(model: OpenAIModel, care: Care | None = None) -> PromptedScorer:
    """The scorer with this model."""
    means = replace(office.means([])[0], model=model)
    return PromptedScorer(means, library(), scorer(), care or Care())


async def test_expected_comes_from_the_chances_that_a_server_gives(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    card = await engine(model).score(TASK)
    assert len(card.scored()) == len(TASK.criteria)
    for score in card.scored():
        assert score.level == 3
        assert score.expected == pytest.approx((3 * 0.6 + 2 * 0.3) / 0.9)
        assert score.probabilities == pytest.approx({2: 1 / 3, 3: 2 / 3})
    assert (api.requests[0]["logprobs"], api.requests[0]["top_logprobs"]) == (True, 5)


async def test_a_server_that_refuses_logprobs_scores_without(
    api: FakeModelServer, model: OpenAIModel
) -> None:
    api.refuses = {"logprobs": "logprobs is not supported by this model"}
    for _ in range(2):
        card = await engine(model).score(TASK)
        assert [(one.level, one.expected) for one in card.scored()] == [(3, 3.0)] * len(card.scores)
        assert all(isinstance(one, Scored) for one in card.scores)
    asked = ["logprobs" in request for request in api.requests]
    assert asked == [True, False, False]


async def test_several_samples_need_no_chances(api: FakeModelServer, model: OpenAIModel) -> None:
    await engine(model, Care(samples=2)).score(TASK)
    assert not any("logprobs" in request for request in api.requests)
