"""A whole practice with a real language model: what it says is nonsense, and all of it in order.

The model has 135 million parameters, far too few for the shipped prompts: it takes minutes for a
turn of a shipped scenario, mostly for answers that never end. So a scenario of three turns with two
criteria is played, with prompts of a few words that put the answer into its mouth, the learner's
words as the quote. How well a model reads, speaks or scores is not tested, nor is a shipped prompt.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from commcoach import bootstrap
from commcoach.coaching.arms import Taken
from commcoach.coaching.language_model import AnswerCutOff, AnswerUnusable, Job, ModelUnavailable
from commcoach.coaching.practice import Practice, finish_session, start_session
from commcoach.coaching.records import ModelCall
from commcoach.coaching.turns import take_turn
from commcoach.domain.dialogue import Ending, PracticeSession, Turn, said_before
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.score import Scored
from commcoach.llm import openai_model
from commcoach.llm.answers import read_object
from commcoach.llm.steady import GIVEN_UP
from commcoach.settings import Settings
from commcoach.store.memory import InMemorySessions
from commcoach.store.memory_records import InMemoryModelCalls
from tests.content.builders import write, write_content
from tests.llm.gguf import CONTEXT, PARALLEL, served, small_model

SCENARIO = "late_reply"
REPLIES = (
    "What kept you so busy this week?",
    "Two days late, is that right?",
    "I will tell the team today.",
)
PATIENCE = 120.0
"""Seconds that the model has for a turn; what is not there by then is made without it."""

COPY = "Copy its words.\n{% for one in TABLE %}{{ one.id }} ({{ one.title }}) {% endfor %}"
BARE = (
    "{% set bare = dialogue[-1].text | replace(fence.opening, '') | replace(fence.closing, '') %}"
)
MOVES = """Reply: {{ dialogue[-1].text }}
Example: {"moves": [{"quote": "{{ bare | trim }}", "move": "{{ moves[0].id }}", "topic": "none"}],
"points": []}"""
LEVELS = """Reply: {{ dialogue[-1].text }}
Example: { {% for one in criteria %}"{{ one.id }}": {"quotes": ["{{ bare | trim }}"],
"applicable": true, "level": 1}, {% endfor %} }"""
PROMPTS = {
    Job.READER: (
        "Which moves does the reply make? " + COPY.replace("TABLE", "moves"),
        BARE + MOVES,
    ),
    Job.SCORER: (
        "Score the reply by each criterion. " + COPY.replace("TABLE", "criteria"),
        BARE + LEVELS,
    ),
    Job.VOICE: (
        "You are {{ persona.name }}. Answer with one short sentence.",
        "{{ dialogue[-1].text }}",
    ),
    Job.DEBRIEF: (
        "You look back on a talk. Answer with one short sentence.",
        "Where did this turn? {{ dialogue[-2].text }}",
    ),
}
"""What each job is told: what stays the same, and what comes new with every turn."""

AGAIN = "That cannot be used. Say it another way."

OUT_OF_TIME = {GIVEN_UP, ModelUnavailable.__name__}


@dataclass(slots=True)
class Answers:
    """Every answer to a question with a schema that came to its end: whether it satisfied it."""

    valid: list[bool] = field(default_factory=list)

    def read(self, text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Read an answer as the providers do."""
        try:
            found = read_object(text, schema)
        except AnswerUnusable:
            self.valid.append(False)
            raise
        self.valid.append(True)
        return found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the model answered; both providers read answers in the same place."""
    seen = Answers()
    monkeypatch.setattr(openai_model, "read_object", seen.read)
    return seen


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with a small scenario and prompts for a small model."""
    root = write_content(tmp_path / "content")
    for job, (stable, growing) in PROMPTS.items():
        blocks = {"stable": stable, "growing": growing, "again": AGAIN}
        text = "".join(f"{{% block {name} %}}{one}{{% endblock %}}" for name, one in blocks.items())
        write(root, f"prompts/{job}.en.j2", text)
    return root


def settings(content: Path, **model: Any) -> Settings:
    """The settings of somebody who gives all jobs to a small model."""
    folder = content.parent
    return Settings(
        content=content,
        data_dir=folder / "data",
        cache_dir=folder / "cache",
        model_timeout=PATIENCE,
        model_context=CONTEXT,
        model_parallel=PARALLEL,
        model_thinking=0,
        **model,
    )


def shortened(library: Library) -> Library:
    """The scenario with three turns and two criteria; a file may have no fewer than five turns."""
    scenario = library.scenarios[SCENARIO]
    focus, support = {"checks_back": 6}, {"asks_openly": 4}
    few = replace(scenario, turns=len(REPLIES), focus=focus, support=support)
    return replace(library, scenarios={SCENARIO: few})


async def played(settings: Settings, calls: InMemoryModelCalls) -> tuple[Practice, PracticeSession]:
    """A session from the opening to the last words."""
    library = shortened(bootstrap.load_library(settings))
    models = bootstrap.Models(settings, calls)
    try:
        practice = bootstrap.wire_practice(settings, library, InMemorySessions(), models=models)
        scenario = library.scenarios[SCENARIO]
        session = await start_session(practice, scenario, "learner-1", Language.EN)
        for reply in REPLIES:
            taken = await take_turn(practice, session, reply)
            assert isinstance(taken, Taken)
            session = taken.session
        return practice, await finish_session(practice, session)
    finally:
        await models.aclose()


def turn_in_order(library: Library, session: PracticeSession, turn: Turn) -> None:
    """A turn has everything, and everything that is proved is proved by words that were said."""
    assert turn.reading is not None
    assert turn.reaction is not None
    assert turn.line
    assert turn.line not in {session.opening, *(x.line for x in session.turns if x is not turn)}
    for move in turn.reading.moves:
        assert library.scenarios[SCENARIO].move(move.move) is not None
        assert turn.reply[move.start : move.end] == move.quote != ""
    assert turn.card is not None
    scores = turn.card.scores
    assert [one.criterion for one in scores] == list(library.scenarios[SCENARIO].weights)
    before = "\n".join(said.text for said in said_before(session, turn.number))
    for score in scores:
        if isinstance(score, Scored):
            assert score.level in library.criteria[score.criterion].numbers
            assert score.evidence
            for proof in score.evidence:
                source = turn.reply if proof.source == "reply" else before
                assert source[proof.start : proof.end] == proof.quote != ""


def call_in_order(call: ModelCall, session: PracticeSession) -> None:
    """A call is on record with what it took; none with a schema was answered off it."""
    assert call.session == session.id
    assert call.learner == session.learner
    assert call.prompt_tokens > 0
    assert call.latency > 0
    assert call.error or call.completion_tokens > 0
    if call.job in (Job.READER, Job.SCORER):
        assert call.error in {"", AnswerCutOff.__name__, *OUT_OF_TIME}


def figures(
    session: PracticeSession, calls: list[ModelCall], answers: Answers, seconds: float
) -> str:
    """How it went, in numbers."""
    cut_off = sum(one.error == AnswerCutOff.__name__ for one in calls)
    late = sum(one.error in OUT_OF_TIME for one in calls)
    written = sum(one.completion_tokens for one in calls)
    stood_in = {
        "readings": sum(bool(one.reading and one.reading.stand_in) for one in session.turns),
        "lines": sum(bool(one.line_stand_in) for one in session.turns),
        "scorecards": sum(bool(one.card and one.card.stand_in) for one in session.turns),
    }
    scores = [score for one in session.turns if one.card for score in one.card.scores]
    scored = sum(isinstance(one, Scored) for one in scores)
    return (
        f"{calls[0].provider}: {len(session.turns)} turns in {seconds:.0f} s, {len(calls)} calls; "
        f"{sum(answers.valid)} of {len(answers.valid)} finished answers hold to their schema, "
        f"{cut_off} cut off, {late} too late; {written} tokens written; "
        f"{scored} of {len(scores)} scores with proof; the embedded engine stood in for "
        + ", ".join(f"{number} {what}" for what, number in stood_in.items())
    )


async def plays_in_order(
    settings: Settings, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole session with this model has everything that a session must have."""
    calls = InMemoryModelCalls()
    began = time.perf_counter()
    practice, session = await played(settings, calls)
    seconds = time.perf_counter() - began
    with capsys.disabled():
        # Standard output of a worker process is not shown.
        sys.stderr.write(f"\n{figures(session, calls.calls, answers, seconds)}\n")

    assert [turn.reply for turn in session.turns] == list(REPLIES)
    for turn in session.turns:
        turn_in_order(practice.library, session, turn)
    assert session.ending is Ending.ALL_TURNS
    assert session.closing
    assert await practice.sessions.get(session.id) == session

    assert {one.job for one in calls.calls} >= {Job.READER, Job.VOICE, Job.SCORER}
    for call in calls.calls:
        call_in_order(call, session)
    assert answers.valid, "no answer was finished: nothing was tested"
    assert all(answers.valid)


@pytest.mark.slow
async def test_a_whole_practice_with_a_model_in_process_is_in_order(
    content: Path, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    model = settings(content, model_provider="local", model=str(small_model()))
    await plays_in_order(model, answers, capsys)


@pytest.mark.slow
async def test_a_whole_practice_with_a_model_behind_a_server_is_in_order(
    content: Path, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served(small_model()) as server:
        model = settings(
            content,
            model_provider="openai",
            model="small",
            model_base_url=server.base_url,
            model_api_key=server.key,
        )
        await plays_in_order(model, answers, capsys)
