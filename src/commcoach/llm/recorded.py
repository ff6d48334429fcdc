"""Answers of an earlier time, found again by what was asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, nullcontext
from io import FileIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from commcoach.coaching.language_model import (
    Answered,
    Ask,
    LanguageModel,
    ModelMisconfigured,
    TokenChance,
    Usage,
)
from commcoach.llm.requests import request_hash
from commcoach.llm.streams import AnswerStream, in_pieces


class _Line(BaseModel):
    """One answer in the file. The prompt is not kept, but an answer may quote from it."""

    model_config = ConfigDict(extra="forbid")

    request: str
    job: str
    text: str
    data: dict[str, Any] | None
    usage: tuple[int, int, int]
    latency: float
    model: str
    chances: list[tuple[str, dict[str, float]]] = []

    @classmethod
    def of(cls, request: str, ask: Ask, answered: Answered) -> _Line:
        """The line of an answer."""
        return cls(
            request=request,
            job=ask.job,
            text=answered.text,
            data=None if answered.data is None else dict(answered.data),
            usage=(answered.usage.prompt, answered.usage.completion, answered.usage.cached),
            latency=answered.latency,
            model=answered.model,
            chances=[(one.token, dict(one.alternatives)) for one in answered.chances],
        )

    def answered(self) -> Answered:
        """The answer, as it was given."""
        return Answered(
            self.text,
            self.data,
            Usage(*self.usage),
            self.latency,
            self.model,
            tuple(TokenChance(token, alternatives) for token, alternatives in self.chances),
        )


class RecordedModel:
    """Replays the answers in a JSON Lines file at once, and with their latency of then.

    With a model `behind` it asks that for what is missing and adds it to the file; without one a
    missing answer is a `ModelMisconfigured`. What fails is not recorded. The same request always
    gets the same answer; ask with different seeds for samples. Several may write to one file; it is
    the owner's alone, because answers may quote learners.
    """

    def __init__(self, file: Path, behind: LanguageModel | None = None) -> None:
        self._file = file
        self._behind = behind
        self._known: dict[str, Answered] | None = None
        self._filing = asyncio.Lock()

    @property
    def provider(self) -> str:
        """The name of the provider in the settings."""
        return "recorded"

    @property
    def name(self) -> str:
        """The name of the model behind, or of the file."""
        return self._behind.name if self._behind is not None else self._file.name

    async def ask(self, ask: Ask) -> Answered:
        """The recorded answer, or a new one that is now recorded."""
        request = request_hash(ask)
        known = await self._answers()
        if request not in known:
            answered = await self._model_behind().ask(ask)
            await self._keep(request, ask, answered)
        return known[request]

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The same in pieces; a new answer is recorded once it is complete."""
        return AnswerStream(self._pieces(ask))

    async def aclose(self) -> None:
        """Give back what the model behind holds."""
        if self._behind is not None:
            await self._behind.aclose()

    async def _pieces(self, ask: Ask) -> AsyncGenerator[str | Answered, None]:
        if request_hash(ask) in await self._answers():
            async with aclosing(in_pieces(self.ask, ask)) as pieces:
                async for one in pieces:
                    yield one
            return
        behind = self._model_behind().stream(ask)
        words = ""
        async with aclosing(behind) if isinstance(behind, AnswerStream) else nullcontext():
            async for piece in behind:
                words += piece
                yield piece
        answered = behind.answered if isinstance(behind, AnswerStream) else None
        answered = answered or Answered(words.strip(), None, Usage(), 0.0, self.name)
        await self._keep(request_hash(ask), ask, answered)
        yield answered

    def _model_behind(self) -> LanguageModel:
        if self._behind is None:
            raise ModelMisconfigured(
                f"{self._file} has no answer to this request; record it with a model first"
            )
        return self._behind

    async def _answers(self) -> dict[str, Answered]:
        async with self._filing:
            if self._known is None:
                self._known = await asyncio.to_thread(_read, self._file)
            return self._known

    async def _keep(self, request: str, ask: Ask, answered: Answered) -> None:
        known = await self._answers()
        async with self._filing:
            # Somebody else may have asked the same meanwhile.
            if request not in known:
                line = _Line.of(request, ask, answered).model_dump_json()
                await asyncio.to_thread(_append, self._file, line)
                known[request] = answered


def _read(file: Path) -> dict[str, Answered]:
    try:
        lines = file.read_bytes().split(b"\n") if file.exists() else []
    except OSError as error:
        raise ModelMisconfigured(f"{file} cannot be read") from error
    known: dict[str, Answered] = {}
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = _Line.model_validate_json(text)
        except ValidationError as error:
            if error.errors()[0]["type"] == "json_invalid":
                continue  # A recording that was killed; what was cut off will be asked again.
            raise ModelMisconfigured(f"{file}:{number} is no recorded answer") from error
        known.setdefault(line.request, line.answered())
    return known


def _append(file: Path, line: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # In one piece and at the end, wherever that is by then: others may be writing too.
        descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with FileIO(descriptor, "ab+") as recording:
            begin = b"" if _ends_a_line(recording) else b"\n"
            recording.write(begin + line.encode() + b"\n")
    except OSError as error:
        raise ModelMisconfigured(f"{file} cannot be written to") from error


def _ends_a_line(recording: FileIO) -> bool:
    """Whether the next line can begin here; behind a recording that was killed it cannot."""
    if recording.seek(0, os.SEEK_END) == 0:
        return True
    recording.seek(-1, os.SEEK_END)
    return recording.read(1) == b"\n"
