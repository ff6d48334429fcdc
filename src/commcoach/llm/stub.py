"""A model that says what it is told to: for tests, and for trying things out."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

from commcoach.coaching.language_model import (
    Answered,
    AnswerUnusable,
    Ask,
    ModelFailed,
    ModelMisconfigured,
    Usage,
)
from commcoach.llm.answers import read_object, spoken
from commcoach.llm.streams import AnswerStream, in_pieces

Scripted = str | Mapping[str, Any] | Answered | ModelFailed
"""Words as a model would give them, an object, a whole answer, or a failure to be raised."""

Script = Iterable[Scripted] | Callable[[Ask], Scripted | Awaitable[Scripted]]


class StubModel:
    """Answers from a list, one after the other, or by a function; `asks` are what it was asked.

    Words and objects are read as strictly as any model's. A list that is used up is a
    `ModelMisconfigured`.
    """

    def __init__(self, script: Script = (), name: str = "stub") -> None:
        self.asks: list[Ask] = []
        self._name = name
        self._answers = script if callable(script) else _one_by_one(script)

    @property
    def provider(self) -> str:
        """The name of the provider in the settings."""
        return "stub"

    @property
    def name(self) -> str:
        """The name of the model."""
        return self._name

    async def ask(self, ask: Ask) -> Answered:
        """The next answer of the script."""
        self.asks.append(ask)
        scripted = self._answers(ask)
        answer = await scripted if inspect.isawaitable(scripted) else scripted
        if isinstance(answer, ModelFailed):
            raise answer
        if isinstance(answer, Answered):
            return answer
        return self._read(ask, answer)

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The next answer of the script, in pieces."""
        return AnswerStream(in_pieces(self.ask, ask))

    async def aclose(self) -> None:
        """There is nothing to give back."""

    def _read(self, ask: Ask, answer: str | Mapping[str, Any]) -> Answered:
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        usage = Usage(sum(len(one.text) for one in ask.messages), len(text))
        try:
            data = read_object(text, ask.schema) if ask.schema is not None else None
            text = text if ask.schema is not None else spoken(text)
        except AnswerUnusable as unusable:
            unusable.usage = usage
            raise
        return Answered(text, data, usage, 0.0, self._name)


def stub_of_file(file: Path) -> StubModel:
    """A stub with a script from a JSON file: an object with a list of answers for each job.

    Each list begins again when it is used up. Raises `ModelMisconfigured` if the file is not such.
    """
    try:
        script = json.loads(file.read_text(encoding="utf-8"))
        answers = {str(job): cycle(_scripted(listed)) for job, listed in script.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ModelMisconfigured(f"{file} is no script of answers by job") from error

    def answer(ask: Ask) -> Scripted:
        if ask.job not in answers:
            raise ModelMisconfigured(f"{file} has no answers for the job {ask.job}")
        return next(answers[ask.job])

    return StubModel(answer, file.name)


def _scripted(listed: object) -> list[Scripted]:
    if isinstance(listed, list) and listed and all(isinstance(one, str | dict) for one in listed):
        return listed
    raise ValueError("answers are words or objects")


def _one_by_one(script: Iterable[Scripted]) -> Callable[[Ask], Scripted]:
    answers = iter(script)

    def answer(_: Ask) -> Scripted:
        try:
            return next(answers)
        except StopIteration:
            raise ModelMisconfigured("the script is at its end") from None

    return answer
