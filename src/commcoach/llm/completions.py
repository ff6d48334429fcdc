"""Chat completions as servers really send them, and what they say."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from commcoach.coaching.language_model import (
    AnswerCutOff,
    AnswerRefused,
    AnswerUnusable,
    ModelUnavailable,
    TokenChance,
    Usage,
)

_REFUSED = {"content_filter", "sensitive"}  # OpenAI and most; Zhipu
_CUT_OFF = {"length", "max_tokens", "network_error", "insufficient_system_resource"}


class _Sent(BaseModel):
    """Anything of a server's: fields may be more, missing or null."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class _Part(_Sent):
    type: str = "text"
    text: str | None = None


class _Message(_Sent):
    """A message or a piece of one; thoughts beside it (`reasoning_content`) are left out."""

    content: str | list[_Part] | None = None
    refusal: str | None = None

    def text(self) -> str:
        """The words; a server may send them in parts, with thoughts among them."""
        if isinstance(self.content, list):
            return "".join(one.text or "" for one in self.content if one.type == "text")
        return self.content or ""


class _Alternative(_Sent):
    token: str
    logprob: float


class _Token(_Sent):
    token: str
    top_logprobs: list[_Alternative] | None = None


class _Logprobs(_Sent):
    content: list[_Token] | None = None


class _Choice(_Sent):
    finish_reason: str | None = None
    message: _Message | None = None
    delta: _Message | None = None
    logprobs: _Logprobs | None = None


class _Details(_Sent):
    cached_tokens: int | None = None


class _Usage(_Sent):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    prompt_cache_hit_tokens: int | None = None  # DeepSeek
    cached_tokens: int | None = None  # Moonshot


class Completion(_Sent):
    """A completion, or a chunk of a streamed one."""

    choices: list[_Choice] | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None

    @classmethod
    def read(cls, body: str) -> Completion:
        """The completion in the body of an answer with status 200.

        Raises:
            ModelUnavailable: the body is something else; whoever sent it was not the model.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            if body.lstrip().startswith("<"):
                said = "a web page instead of an answer; is the address right? Many end in /v1"
                raise ModelUnavailable(said) from None
            raise ModelUnavailable("malformed answer", worked=True) from None

    @classmethod
    def of_chunk(cls, chunk: object) -> Completion:
        """The chunk that the library made of an event; `ModelUnavailable` if it made nothing."""
        try:
            return cls.model_validate(chunk)
        except ValidationError:
            raise ModelUnavailable("malformed piece", worked=True) from None

    def tokens(self) -> Usage | None:
        """What it took, if the server tells."""
        used = self.usage
        if used is None:
            return None
        details = used.prompt_tokens_details
        cached = details.cached_tokens if details is not None else None
        return Usage(
            prompt=used.prompt_tokens or 0,
            completion=used.completion_tokens or 0,
            cached=cached or used.prompt_cache_hit_tokens or used.cached_tokens or 0,
        )

    def text(self) -> str:
        """What the model said, with its thoughts.

        Raises:
            AnswerUnusable: it said nothing, was cut off or refused.
        """
        if not self.choices or (message := self.choices[0].message) is None:
            raise AnswerUnusable("no choices")
        if message.refusal:
            raise AnswerRefused
        check_end(self.choices[0].finish_reason)
        return message.text()

    def chances(self) -> tuple[TokenChance, ...]:
        """The tokens with their likeliest alternatives, if the server tells."""
        if not self.choices or (logprobs := self.choices[0].logprobs) is None:
            return ()
        return tuple(
            TokenChance(one.token, {other.token: other.logprob for other in one.top_logprobs or ()})
            for one in logprobs.content or []
        )


def check_end(reason: str | None) -> None:
    """Raise if an answer did not end by itself."""
    if reason in _REFUSED:
        raise AnswerRefused(reason)
    if not reason or reason in _CUT_OFF:
        raise AnswerCutOff(reason or "no finish reason")
