"""A model server in its bad days: practice goes on in time, and nobody is shown a made-up score."""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from commcoach import bootstrap
from commcoach.domain.dialogue import PracticeSession, Turn, said_before
from commcoach.domain.language import Language
from commcoach.domain.score import Scorecard, Scored, Unscored
from commcoach.settings import Settings
from tests.acceptance.bot_process import Bot, Operator
from tests.acceptance.learner import newcomer
from tests.acceptance.model_serving import (
    FAULTS,
    RAW_FAULTS,
    BadDays,
    Practitioner,
    TimedTelegram,
    only_invented,
)
from tests.acceptance.serving import CLIENTS
from tests.model_api.server import FakeModelServer
from tests.shipped import learners, library
from tests.telegram_api.state import Shown

LEARNERS = 50
TURNS_EACH = 10
SEED = 20261121
WELL = 0.55
"""The share of calls that are answered at once and as they should be."""
TIMEOUT = 2.0
SPARE = 2.0
"""Seconds that a turn may take on top of the model's time-out."""
APART = 0.5
"""Seconds between two people's arrivals: each is a dozen messages."""
PAUSE = (1.5, 4.5)
"""Seconds between an answer and the next reply: shorter, and the machine would be measured."""
PATIENCE = 60.0
LEAST_BY_MODEL = 0.4
"""Of each job: with less, the test would be one of the embedded engine."""


@dataclass(frozen=True)
class House:
    """A bot that serves with a model, and both servers that it talks to."""

    api: TimedTelegram
    models: FakeModelServer
    operator: Operator
    bot: Bot


@asynccontextmanager
async def served(folder: Path, **more: str) -> AsyncIterator[House]:
    """A bot with a model; it stops at the end as it should, and has complained of nothing."""
    async with TimedTelegram() as api, FakeModelServer() as models:
        operator = Operator(api, folder)
        settings = {
            "COMMCOACH_MODEL_PROVIDER": "openai",
            "COMMCOACH_MODEL": "chaos",
            "COMMCOACH_MODEL_BASE_URL": models.url,
            "COMMCOACH_MODEL_API_KEY": models.key,
            "COMMCOACH_MODEL_TIMEOUT": str(TIMEOUT),
        }
        async with operator.bot(**settings, **more) as bot:
            yield House(api, models, operator, bot)
            assert await bot.stops() == 0
        assert models.violations == []
        assert api.violations == []
        assert api.impatient == []
        said = "\n".join((*bot.out, *bot.errors))
        assert "Traceback" not in said, said
        assert models.key not in said


def practitioners(house: House, many: int, turns: int) -> list[Practitioner]:
    """So many people, of every scenario that there are replies for, in both languages."""
    kinds = sorted({(one["scenario"], one["lang"]) for one in learners()})
    return [
        practitioner(house, number, *kind, turns)
        for number, kind in zip(range(many), itertools.cycle(kinds), strict=False)
    ]


def practitioner(house: House, number: int, scenario: str, lang: str, turns: int) -> Practitioner:
    """Somebody who says what learners say in this scenario, in an order of their own."""
    chance = random.Random(f"{SEED}:{number}")
    pool = [
        reply
        for one in learners()
        if (one["scenario"], one["lang"]) == (scenario, lang)
        for reply in one["replies"]
    ]
    chance.shuffle(pool)
    language = Language(lang)
    person = house.api.person(2001 + number, "安娜", language_code=CLIENTS[language])
    return Practitioner(
        learner=newcomer(person),
        scenario=library().scenarios[scenario],
        turns=turns,
        replies=iter([f"{reply} {number}" for reply in pool]),
        pause=lambda: chance.uniform(*PAUSE),
        within=PATIENCE,
    )


async def all_practise(people: Sequence[Practitioner]) -> None:
    """Let them come one after another and practise side by side."""
    async with asyncio.TaskGroup() as tasks:
        for one in people:
            tasks.create_task(one.practises())
            await asyncio.sleep(APART)


@dataclass(frozen=True)
class Kept:
    """A turn as it is kept, with its session and who took it."""

    who: Practitioner
    session: PracticeSession
    turn: Turn

    @property
    def message(self) -> int:
        """The number of the learner's message."""
        return int((self.turn.message or "").removeprefix("m"))

    @property
    def card(self) -> Scorecard:
        """Its score."""
        assert self.turn.card is not None
        return self.turn.card

    def shown(self) -> Shown:
        """The message with its line, as it stands in the end."""
        return next(
            one
            for one in self.who.learner.person.screen
            if one.id > self.message and one.text.endswith(self.turn.line or "")
        )


async def kept_turns(house: House, people: Sequence[Practitioner]) -> list[Kept]:
    """Every turn of these people, read back through the store."""
    settings = Settings(data_dir=house.operator.data)
    found = []
    async with bootstrap.open_house(settings) as kept:
        for who in people:
            chat = await kept.chats.get(int(house.api.world.bot["id"]), who.learner.id)
            assert chat is not None
            assert chat.learner is not None
            for session in await kept.sessions.of_learner(chat.learner):
                found += [Kept(who, session, turn) for turn in session.turns]
    return found


def waits(house: House, turns: Sequence[Kept]) -> list[float]:
    """Seconds from a reply's being handed out to the arrival of the counterpart's line."""
    found = []
    for one in turns:
        chat = one.who.learner.id
        handed_out = house.api.handed_out[chat, one.message]
        arrived = house.api.arrival(chat, one.turn.line or "", handed_out)
        assert arrived is not None, one.turn
        found.append(arrived - handed_out)
    return found


def check_complete(turns: Sequence[Kept], people: Sequence[Practitioner]) -> None:
    """Every reply became a turn, and each turn has all of its parts."""
    sent = Counter((who.learner.id, message) for who in people for message in who.sent)
    assert Counter((one.who.learner.id, one.message) for one in turns) == sent
    for one in turns:
        turn = one.turn
        assert turn.reading is not None
        assert turn.reaction is not None
        assert turn.line
        assert turn.card is not None
        weights = library().scenarios[one.session.scenario].weights
        assert {score.criterion for score in turn.card.scores} == set(weights)


def check_proofs(turns: Sequence[Kept]) -> None:
    """Every level is one of its criterion's, and is proved by words that were said."""
    for one in turns:
        before = "\n".join(said.text for said in said_before(one.session, one.turn.number))
        for score in one.card.scored():
            assert score.level in library().criteria[score.criterion].numbers
            assert score.evidence, score
            for proof in score.evidence:
                source = one.turn.reply if proof.source == "reply" else before
                assert proof.quote == source[proof.start : proof.end]
        for hit in one.card.gates:
            assert hit.quote == one.turn.reply[hit.start : hit.end]


def check_remarks(turns: Sequence[Kept]) -> None:
    """Remarks stand only where something was scored; where nothing was, that is said."""
    for one in turns:
        learner, text = one.who.learner, one.shown().text
        remarked = any(
            learner.told(f"remarks.{key}").strip() in text
            for key in ("keep", "change", "change_only", "nothing")
        )
        unseen = learner.told("remarks.nothing_seen") in text
        assert remarked != unseen, text
        assert remarked == bool(one.card.scored() or one.card.gates), text


async def check_reasons(turns: Sequence[Kept]) -> None:
    """Asked why, the bot says of each criterion what its score says, and no more."""
    for one in turns:
        person, words = one.who.learner.person, one.who.learner.words
        person.stops_listening()
        person.taps(one.who.learner.label("why"), one.shown())
        [shown] = await person.hears()
        for score in one.card.scores:
            criterion = library().criteria[score.criterion]
            title = criterion.title.said_in(words.language)
            not_scored = words.say("why.unscored", criterion=title)
            assert (not_scored in shown.text) is isinstance(score, Unscored)
            if isinstance(score, Scored):
                assert (
                    words.say("why.level", level=score.level, top=criterion.highest) in shown.text
                )


def check_words(house: House, people: Sequence[Practitioner]) -> None:
    """Nothing of what a broken server says comes through."""
    for who in people:
        for shown in house.api.deliveries(who.learner.person):
            for raw in RAW_FAULTS:
                assert raw not in shown.text


def stand_ins(turns: Sequence[Kept]) -> dict[str, Counter[str]]:
    """By job: how many turns the model did ("") and why the embedded engine did the others."""
    found: dict[str, Counter[str]] = {}
    for one in turns:
        assert one.turn.reading is not None
        found.setdefault("reader", Counter())[one.turn.reading.stand_in] += 1
        found.setdefault("voice", Counter())[one.turn.line_stand_in] += 1
        found.setdefault("scorer", Counter())[one.card.stand_in] += 1
    return found


def told(waited: Sequence[float], by_job: dict[str, Counter[str]], days: BadDays) -> Iterator[str]:
    """The figures."""
    ordered = sorted(waited)
    p50, p99, most = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99, 1))
    yield f"{len(waited)} turns, line after p50 {p50:.2f} s, p99 {p99:.2f} s, at most {most:.2f} s"
    for job, counted in by_job.items():
        own, reasons = counted[""], {why: many for why, many in counted.most_common() if why}
        yield f"{job}: model {own / counted.total():.0%}, embedded engine {reasons}"
    yield f"{days.befell.total()} calls: {dict(days.befell.most_common())}"


@pytest.mark.slow
@pytest.mark.alone
async def test_every_turn_comes_in_time_and_with_true_scores_whatever_the_model_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = BadDays(SEED, WELL)
    # A breaker that opens now and then, and not for the rest of the test.
    breaker = {"COMMCOACH_MODEL_FAILURES": "4", "COMMCOACH_MODEL_REST": "1"}
    async with served(tmp_path, **breaker) as house:
        house.models.brain = days
        people = practitioners(house, LEARNERS, TURNS_EACH)
        await all_practise(people)
        turns = await kept_turns(house, people)
        check_complete(turns, people)
        waited = waits(house, turns)
        by_job = stand_ins(turns)
        with capsys.disabled():
            sys.stdout.write("\n" + "\n".join(told(waited, by_job, days)) + "\n")
        await check_reasons([turns[place] for place in range(0, len(turns), 10)])

    assert len(turns) == LEARNERS * TURNS_EACH
    assert max(waited) <= TIMEOUT + SPARE
    check_proofs(turns)
    check_remarks(turns)
    check_words(house, people)
    assert set(days.befell) == {*FAULTS, "well"}
    for job, counted in by_job.items():
        assert counted[""] >= LEAST_BY_MODEL * counted.total(), f"{job}: {counted}"
        assert counted["unavailable"] > 0, job


@pytest.mark.slow
@pytest.mark.alone
async def test_quotes_that_stand_nowhere_are_no_scores(tmp_path: Path) -> None:
    """The model is there and answers in form, but proves nothing: all of it stays unscored."""
    async with served(tmp_path) as house:
        house.models.brain = only_invented(SEED)
        people = practitioners(house, 2, 3)
        await all_practise(people)
        turns = await kept_turns(house, people)
        await check_reasons(turns)

    check_complete(turns, people)
    check_remarks(turns)
    for one in turns:
        assert one.card.scored() == ()
        assert one.card.stand_in == ""
