"""The form of a request for a chat completion, after OpenAI's reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_FLAG = (bool,)
_WHOLE = (int,)
_NUMBER = (int, float)

_PARAMETERS: Mapping[str, tuple[type, ...]] = {
    "model": (str,),
    "messages": (list,),
    "temperature": _NUMBER,
    "seed": _WHOLE,
    "max_tokens": _WHOLE,
    "max_completion_tokens": _WHOLE,
    "logprobs": _FLAG,
    "top_logprobs": _WHOLE,
    "response_format": (dict,),
    "stream": _FLAG,
    "stream_options": (dict,),
}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_FORMATS = ("text", "json_object", "json_schema")
_ROLES = ("system", "user", "assistant")


def faults(request: Mapping[str, Any]) -> Iterator[str]:
    """What OpenAI would refuse, one sentence each; types are looked at first."""
    misshapen = list(_types(request))
    yield from misshapen
    if not misshapen:
        for rule in _RULES:
            yield from rule(request)


def _types(request: Mapping[str, Any]) -> Iterator[str]:
    for name, value in request.items():
        types = _PARAMETERS.get(name)
        if types is None:
            yield f"{name} is no parameter that a coach needs"
        elif not isinstance(value, types) or (isinstance(value, bool) and types is not _FLAG):
            yield f"{name} is a {type(value).__name__}"
    for name in ("model", "messages"):
        if not request.get(name):
            yield f"{name} is missing"


def _ranges(request: Mapping[str, Any]) -> Iterator[str]:
    if not 0 <= request.get("temperature", 1) <= 2:
        yield "temperature is not between 0 and 2"
    if not 0 <= request.get("top_logprobs", 0) <= 20:
        yield "top_logprobs is not between 0 and 20"
    if request.get("max_tokens", 1) < 1 or request.get("max_completion_tokens", 1) < 1:
        yield "there must be room for a token"


def _pairs(request: Mapping[str, Any]) -> Iterator[str]:
    if "top_logprobs" in request and request.get("logprobs") is not True:
        yield "top_logprobs needs logprobs"
    if "stream_options" in request and request.get("stream") is not True:
        yield "stream_options needs stream"
    if "max_tokens" in request and "max_completion_tokens" in request:
        yield "max_tokens and max_completion_tokens exclude each other"


def _messages(request: Mapping[str, Any]) -> Iterator[str]:
    for number, message in enumerate(request.get("messages", ())):
        if set(message) != {"role", "content"}:
            yield f"message {number} has the fields {sorted(message)}"
        elif message["role"] not in _ROLES or not isinstance(message["content"], str):
            yield f"message {number} has a wrong role or content"


def _response_format(request: Mapping[str, Any]) -> Iterator[str]:
    wanted = request.get("response_format")
    if wanted is None:
        return
    if wanted.get("type") not in _FORMATS:
        yield f"there is no response_format {wanted.get('type')}"
    if wanted.get("type") == "json_object":
        words = "".join(one["content"] for one in request["messages"])
        if "json" not in words.lower():
            yield "json_object needs the word JSON in the messages"
    if wanted.get("type") == "json_schema":
        described = wanted.get("json_schema", {})
        if not _NAME.fullmatch(described.get("name", "")):
            yield "the schema needs a name"
        if described.get("schema", {}).get("type") != "object":
            yield "the schema is none of an object"


_RULES: tuple[Callable[[Mapping[str, Any]], Iterator[str]], ...] = (
    _ranges,
    _pairs,
    _messages,
    _response_format,
)
