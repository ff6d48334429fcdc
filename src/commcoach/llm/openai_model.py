"""A model behind OpenAI's chat completions: hosted services, vLLM, Ollama, LM Studio, llama.cpp."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from openai import APIStatusError, AsyncOpenAI, OpenAIError

from commcoach.coaching.language_model import (
    Answered,
    AnswerRefused,
    AnswerUnusable,
    Ask,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
    ThoughtsHeard,
    Usage,
)
from commcoach.llm.abilities import Abilities, Memory
from commcoach.llm.addresses import bare, is_address
from commcoach.llm.answers import Speech, read_object, speaks_plainly, spoken
from commcoach.llm.completions import Completion, check_end
from commcoach.llm.echoes import Echoes
from commcoach.llm.requests import parameters
from commcoach.llm.server_errors import complaint, failure_in_body, failure_of
from commcoach.llm.streams import AnswerStream
from commcoach.model_settings import OPENAI

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
        if not is_address(base_url):
            raise ModelMisconfigured(f"{bare(base_url)} is no address")
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
            raise ModelUnavailable("no answer in time", worked=True) from None
        return replace(answered, latency=time.perf_counter() - began)

    def stream(self, ask: Ask) -> AsyncIterator[str]:
        """The answer piece by piece, without thoughts; a cut stream is an `AnswerCutOff`."""
        return AnswerStream(self._pieces(ask))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, ask: Ask) -> Answered:
        trying, spent, fault = self._abilities, Usage(), None
        try:
            while True:
                sent, trying = await self._send(ask, trying)
                completion = Completion.read(sent.text)
                if completion.error:
                    raise failure_in_body(completion.error, self._echoes(ask))
                spent = _sum(spent, completion.tokens())
                text = completion.text()
                if ask.schema is None:
                    words = spoken(text)
                    _check_words(words)
                    self._learn(trying, speaks_plainly(text))
                    return self._answered(words, completion, spent)
                try:
                    data = read_object(text, ask.schema)
                except AnswerUnusable as unusable:
                    other = trying.after_other_form()
                    if fault is not None or other is None:
                        raise fault or unusable from None
                    fault, trying = unusable, other
                    continue
                self._learn(replace(trying, proven=True))
                return replace(self._answered(text, completion, spent), data=data)
        except ModelFailed as failure:
            failure.usage = spent
            raise

    async def _pieces(self, ask: Ask) -> AsyncGenerator[str | Answered, None]:
        began = time.perf_counter()
        speech, end, last = Speech(self._abilities.plain is True), None, Completion()
        words, spent, abilities, begun = "", Usage(), self._abilities, False
        try:
            stream, abilities = await self._send(ask, abilities, stream=True)
            async with stream:
                async for event in stream:
                    begun = True
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
                _check_words(words)
                yield rest
        except ThoughtsHeard as heard:
            heard.usage = spent
            self._learn(abilities, plainly=False)
            raise
        except ModelFailed as failure:
            failure.usage = spent
            raise
        except (OpenAIError, ValueError) as error:
            broken = failure_of(error, self._echoes(ask))
            broken.usage, broken.worked = spent, broken.worked or begun
            raise broken from error
        self._learn(abilities, speech.plain)
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
                failure = failure_of(error, self._echoes(ask))
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

    def _learn(self, abilities: Abilities, plainly: bool | None = None) -> None:
        """Remember what could be asked; who once thought amid the words is not heard again."""
        known = self._abilities.plain
        plain = known if plainly is None or known is False else plainly
        abilities = replace(abilities, plain=plain)
        if abilities != self._abilities:
            self._abilities = abilities
            self._memory.remember(abilities)

    def _answered(self, text: str, completion: Completion, spent: Usage) -> Answered:
        model = completion.model or self._name
        return Answered(text, None, spent, 0.0, model, completion.chances())

    def _echoes(self, ask: Ask) -> Echoes:
        return Echoes(self._key, "\n".join(one.text for one in ask.messages))


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
