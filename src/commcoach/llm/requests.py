"""What is sent to a server for an ask, and what two equal asks have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from commcoach.coaching.language_model import Ask
from commcoach.llm.abilities import Abilities, Form

_ALTERNATIVES = 5  # the most that every service with logprobs gives

Parameters = dict[str, Any]


def request_hash(ask: Ask) -> str:
    """A SHA-256 of all that an answer may depend on; for whom is asked is not part of it."""
    request = {
        "job": ask.job,
        "messages": [[one.role, one.text] for one in ask.messages],
        "schema": ask.schema,
        "temperature": ask.temperature,
        "most_tokens": ask.most_tokens,
        "logprobs": ask.logprobs,
        "seed": ask.seed,
    }
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def parameters(ask: Ask, model: str, abilities: Abilities, stream: bool) -> Parameters:
    """The parameters of OpenAI's chat completions for an ask."""
    length = "max_completion_tokens" if "max_tokens" in abilities.without else "max_tokens"
    wanted: Parameters = {
        "model": model,
        "messages": _messages(ask, abilities.form),
        length: ask.most_tokens,
        "temperature": ask.temperature,
        "seed": ask.seed,
        "logprobs": True if ask.logprobs else None,
        "top_logprobs": _ALTERNATIVES if ask.logprobs else None,
        "response_format": _form(ask, abilities.form),
        "stream": True if stream else None,
        "stream_options": {"include_usage": True} if stream else None,
    }
    refused = abilities.without | ({"top_logprobs"} if "logprobs" in abilities.without else set())
    return {name: one for name, one in wanted.items() if one is not None and name not in refused}


def _messages(ask: Ask, form: Form) -> list[dict[str, str]]:
    messages = [{"role": one.role, "content": one.text} for one in ask.messages]
    if ask.schema is None or form in (Form.STRICT, Form.SCHEMA):
        return messages
    wish = (
        "Answer with one JSON object and nothing else. It must satisfy this JSON Schema:\n"
        + json.dumps(ask.schema, ensure_ascii=False, sort_keys=True)
    )
    # With the stable part, at the front: caches of servers know prompts by how they begin.
    if messages and messages[0]["role"] == "system":
        messages[0]["content"] += f"\n\n{wish}"
    else:
        messages.insert(0, {"role": "system", "content": wish})
    return messages


def _form(ask: Ask, form: Form) -> Parameters | None:
    if ask.schema is None or form is Form.PROMPT:
        return None
    if form is Form.JSON:
        return {"type": "json_object"}
    schema: Mapping[str, Any] = {"name": "answer", "schema": ask.schema}
    return {
        "type": "json_schema",
        "json_schema": {**schema, "strict": True} if form is Form.STRICT else schema,
    }
