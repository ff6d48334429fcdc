"""A model behind OpenAI's chat completions: hosted services, vLLM, Ollama, LM Studio, llama.cpp."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openai import APIStatusError, AsyncOpenAI, OpenAIError

from commcoach.coaching.language_model import (
    Answered,
    AnswerRefused,
    AnswerUnusable,
    Ask,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
    Usage,
)
from commcoach.llm.abilities import Abilities, Memory
from commcoach.llm.answers import Speech, read_object, spoken
from commcoach.llm.completions import Completion, check_end
from commcoach.llm.requests import parameters
from commcoach.llm.server_errors import complaint, failure_in_body, failure_of
from commcoach.llm.streams import AnswerStream

OPENAI = "https://api.openai.com/v1"

_TOO_MUCH_ASKED = {400, 415, 422, 501}


class OpenAIModel:
    """Asks one model of one server, each time once.

    `base_url` is what comes before `/chat/completions`. `timeout` is in seconds, for a whole answer
    or for the next piece of a stream. What the server supports is found out at the first ask and
    remembered in the folder `cache`, which may be deleted at any time.

    Raises:
        ModelMisconfigured: the address is none, or the model has no name.
    """

    def __init__(
        self,
        name: str,
        base_url: str = OPENAI,
        api_key: str = "",
        timeout: float = 30.0,
        cache: Path | None = None,
    ) -> None:
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.netloc:
            raise ModelMisconfigured(f"{base_url} is no address")
        if not name:
            raise ModelMisconfigured("the model has no name")
        self._name = name
        self._key = api_key
        self._timeout = timeout
        self._memory = Memory(cache, base_url, name)
        self._abilities = self._memory.recall()
        # The library refuses an empty key; servers without keys take any.
        self._client = AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=0
        )

    @property
    def provider(self) -> str:
        """The name of the provider in the settings."""
        return "openai"

    @property
    def name(self) -> str:
        """The name of the model."""
        return self._name

    @property
    def abilities(self) -> Abilities:
        """What the server is known or supposed to support."""
        return self._abilities

    async def ask(self, ask: Ask) -> Answered:
        """One answer; the first with a schema may take several requests."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                answered = await self._ask(ask)
        except TimeoutError:
            raise ModelUnavailable("no answer in time") from None
        return replace(answered, latency=time.perf_counter() - began)

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The answer piece by piece, without thoughts; a cut stream is an `AnswerCutOff`."""
        return AnswerStream(self._pieces(ask))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, ask: Ask) -> Answered:
        trying, spent, fault = self._abilities, Usage(), None
        while True:
            sent, trying = await self._send(ask, trying)
            completion = Completion.read(sent.text)
            if completion.error:
                raise self._told(failure_in_body(completion.error))
            spent = _sum(spent, completion.tokens())
            try:
                text = completion.text()
                if ask.schema is None:
                    words = spoken(text)
                    _check_words(words)
                    self._learn(trying)
                    return self._answered(words, completion, spent)
                try:
                    data = read_object(text, ask.schema)
                except AnswerUnusable as unusable:
                    other = trying.after_other_form()
                    if fault is not None or other is None:
                        raise fault or unusable from None
                    fault, trying = unusable, other
                    continue
            except AnswerUnusable as unusable:
                unusable.usage = spent
                raise
            self._learn(replace(trying, proven=True))
            return replace(self._answered(text, completion, spent), data=data)

    async def _pieces(self, ask: Ask) -> AsyncGenerator[str | Answered, None]:
        began = time.perf_counter()
        speech, end, last = Speech(), None, Completion()
        words, spent = "", Usage()
        try:
            stream, abilities = await self._send(ask, self._abilities, stream=True)
            async with stream:
                async for event in stream:
                    chunk = Completion.of_chunk(event)
                    spent = chunk.tokens() or spent
                    if not chunk.choices:  # the one with the usage, or a sign of life
                        continue
                    last, delta = chunk, chunk.choices[0].delta
                    end = chunk.choices[0].finish_reason or end
                    if delta is not None and delta.refusal:
                        raise AnswerRefused
                    if delta is not None and (new := speech.hear(delta.text())):
                        words += new
                        _check_words(words)
                        yield new
            check_end(end)
            if rest := speech.end():
                words += rest
                yield rest
        except AnswerUnusable as unusable:
            unusable.usage = spent
            raise
        except (OpenAIError, ValueError) as error:
            raise self._told(failure_of(error)) from error
        self._learn(abilities)
        answered = self._answered(words.rstrip(), last, spent)
        yield replace(answered, latency=time.perf_counter() - began)

    async def _send(
        self, ask: Ask, abilities: Abilities, stream: bool = False
    ) -> tuple[Any, Abilities]:
        """The server's answer, and what could be asked of it for that."""
        chat = self._client.chat.completions
        if self._client.is_closed():
            raise ModelUnavailable("the model was closed")
        create: Any = chat.create if stream else chat.with_raw_response.create
        while True:
            request = parameters(ask, self._name, abilities, stream)
            try:
                return await create(**request), abilities
            except (OpenAIError, ValueError) as error:
                failure = self._told(failure_of(error))
                lesser = None
                if (
                    isinstance(failure, ModelMisconfigured)
                    and isinstance(error, APIStatusError)
                    and error.status_code in _TOO_MUCH_ASKED
                ):
                    lesser = abilities.after_refusal(complaint(error), request)
                if lesser is None:
                    raise failure from error
                abilities = lesser

    def _learn(self, abilities: Abilities) -> None:
        if abilities != self._abilities:
            self._abilities = abilities
            self._memory.remember(abilities)

    def _answered(self, text: str, completion: Completion, spent: Usage) -> Answered:
        model = completion.model or self._name
        return Answered(text, None, spent, 0.0, model, completion.chances())

    def _told(self, failure: ModelFailed) -> ModelFailed:
        """The failure without the key, which some servers repeat."""
        if self._key:
            failure.said = failure.said.replace(self._key, "…")
        return failure


def _check_words(words: str) -> None:
    """Raise `AnswerUnusable` if an object comes where words were asked for."""
    if words.startswith("{"):
        raise AnswerUnusable("an object instead of words")


def _sum(one: Usage, other: Usage | None) -> Usage:
    if other is None:
        return one
    return Usage(
        one.prompt + other.prompt, one.completion + other.completion, one.cached + other.cached
    )
