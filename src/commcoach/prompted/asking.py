"""Asking a model for a job: within its time, a second time if the first answer cannot be used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from commcoach.coaching.language_model import (
    Answered,
    AnswerRefused,
    AnswerUnusable,
    Ask,
    Job,
    LanguageModel,
    ModelUnavailable,
)
from commcoach.coaching.occasion import Occasion
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.scenario import Scenario
from commcoach.prompted.fencing import Fence, fence_for, neutralise
from commcoach.prompted.prompts import Asked, Prompts

LEARNER = {Language.ZH: "学员", Language.EN: "Learner"}
LONGEST_NAME = 40
"""Characters; a speaker's name in a file can hold anything."""
OTHER_PARTY = {Language.ZH: "对方", Language.EN: "The other person"}

UNUSABLE = AnswerUnusable.reason
Notice = Callable[[Job, str], None]
"""Is told when a job falls back, with the `reason` of the failure."""


def unnoticed(_job: Job, _reason: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a prompted job works with.

    `secret` makes the fences around the learner's words; `patience` is how many seconds the model
    has for all it is asked in one turn, `None` without end; `thinking` is how many tokens it may
    spend before it answers.
    """

    model: LanguageModel
    prompts: Prompts
    secret: bytes
    patience: float | None = None
    notice: Notice = unnoticed
    thinking: int = 0

    def fence(self, occasion: Occasion) -> Fence:
        """The fence of a session."""
        return fence_for(occasion.session, self.secret)


@asynccontextmanager
async def within(seconds: float | None) -> AsyncIterator[None]:
    """Whatever happens inside takes no longer; else a `ModelUnavailable`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ModelUnavailable("the time for this job is over") from None


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a dialogue as a prompt shows it."""

    who: str
    text: str


def dialogue_lines(
    dialogue: Sequence[Said], fence: Fence, names: Mapping[str, str]
) -> tuple[Line, ...]:
    """A dialogue for a prompt: all that is not certainly the counterpart's is fenced."""
    return tuple(
        Line(
            names.get(said.speaker) or neutralise(said.speaker, fence).text[:LONGEST_NAME],
            neutralise(said.text, fence).text
            if said.speaker == "counterpart"
            else fence.around(said.text),
        )
        for said in dialogue
        if said.text.strip()
    )


def situation(scenario: Scenario, language: Language) -> dict[str, Any]:
    """What both sides may know of a scenario, as plain words."""
    return {
        "persona": {
            "name": scenario.persona.name.said_in(language),
            "description": scenario.persona.description.said_in(language),
        },
        "relation": scenario.relation.said_in(language),
        "role": scenario.role.said_in(language),
    }


def authority(scenario: Scenario, language: Language) -> dict[str, Any]:
    """What the learner may and may not decide, as plain words."""
    return {
        "may": [one.said_in(language) for one in scenario.authority.may],
        "may_not": [one.text.said_in(language) for one in scenario.authority.may_not],
    }


@dataclass(frozen=True, slots=True)
class Asking:
    """One job of one occasion: the prompt and how the answer is to look."""

    job: Job
    prompt: Asked
    occasion: Occasion
    schema: Mapping[str, Any] | None = None
    most_tokens: int = 400
    temperature: float = 0.0
    seed: int | None = None
    logprobs: bool = False

    async def put_to(self, means: Means, again: str = "") -> Answered:
        """One answer."""
        return await means.model.ask(self.ask(means, again))

    def ask(self, means: Means, again: str = "") -> Ask:
        """What the model is asked; `again` says what was wrong with the answer before."""
        return Ask(
            job=self.job,
            messages=self.prompt.messages(again),
            schema=self.schema,
            temperature=self.temperature,
            most_tokens=self.most_tokens + means.thinking,
            logprobs=self.logprobs,
            seed=self.seed,
            session=self.occasion.session,
            learner=self.occasion.learner,
            release=self.occasion.release,
            patience=means.patience,
        )


Usable = TypeVar("Usable")
Fault = TypeVar("Fault")


@dataclass(frozen=True, slots=True)
class Checked(Generic[Usable, Fault]):
    """What is left of an answer after the checks; `None` if nothing is, and then why."""

    usable: Usable | None
    faults: tuple[Fault, ...] = ()


async def ask_twice(
    put: Callable[[str], Awaitable[Answered]],
    check: Callable[[Answered], Checked[Usable, Fault]],
    again: Callable[[Sequence[Fault]], str],
) -> Usable | None:
    """What can be used of an answer, or of a second one that was told the faults of the first.

    A model that refuses, or cannot answer at all, is not asked again: its failure is passed on.
    `None` if neither answer can be used.
    """
    words = ""
    for last in (False, True):
        try:
            checked = check(await put(words))
        except AnswerRefused:
            raise
        except AnswerUnusable:
            if last:
                raise
            checked = Checked(None)
        if checked.usable is not None:
            return checked.usable
        words = again(checked.faults)
    return None
