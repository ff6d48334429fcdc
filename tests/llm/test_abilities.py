"""What a server supports is found out once, and remembered."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from commcoach.coaching.language_model import AnswerUnusable, ModelMisconfigured
from commcoach.llm.abilities import Abilities, Form, Memory
from tests.llm.asks import LEVEL, WORDS
from tests.llm.conftest import Open
from tests.model_api.replies import Reply, failing
from tests.model_api.server import FakeModelServer

UNAVAILABLE = "This response_format type is unavailable now"  # as DeepSeek says it
NOT_JSON_OBJECT = "'response_format.type' must be 'json_schema' or 'text'"  # as LM Studio says it


def kept(cache: Path) -> list[Path]:
    """The files in which something is remembered."""
    return list(cache.glob("*.json"))


@pytest.mark.parametrize(
    ("refuses", "form", "formats"),
    [
        ({}, Form.STRICT, ["json_schema"]),
        ({"json_schema": UNAVAILABLE}, Form.JSON, ["json_schema", "json_schema", "json_object"]),
        (
            {"response_format": "Bad Request"},
            Form.PROMPT,
            ["json_schema", "json_schema", "json_object", None],
        ),
        ({"json_object": NOT_JSON_OBJECT}, Form.STRICT, ["json_schema"]),
    ],
)
async def test_the_surest_form_that_a_server_takes_is_found_and_kept(
    refuses: dict[str, str],
    form: Form,
    formats: list[str | None],
    api: FakeModelServer,
    opened: Open,
) -> None:
    api.refuses = refuses
    model = opened()
    assert (await model.ask(LEVEL)).data == {"level": 2}
    assert (await model.ask(LEVEL)).data == {"level": 2}
    assert api.formats == [*formats, formats[-1]]
    assert model.abilities.form is form
    await opened().ask(LEVEL)
    assert api.formats == [*formats, formats[-1], formats[-1]]


async def test_a_schema_that_is_not_strict_enough_is_sent_without_the_word(
    api: FakeModelServer, opened: Open
) -> None:
    api.say(failing(400, "Invalid schema for response_format 'answer'", param="response_format"))
    model = opened()
    assert (await model.ask(LEVEL)).data == {"level": 2}
    assert "strict" not in api.requests[-1]["response_format"]["json_schema"]
    assert model.abilities.form is Form.SCHEMA


async def test_the_schema_stands_in_the_prompt_where_the_server_takes_none(
    api: FakeModelServer, opened: Open
) -> None:
    api.refuses = {"json_schema": UNAVAILABLE}
    await opened().ask(LEVEL)
    first, second = api.requests[-1]["messages"]
    assert first["content"].startswith("Score it.\n\nAnswer with one JSON object")
    assert '"maximum": 4' in first["content"]
    assert second == {"role": "user", "content": "您好。"}


async def test_a_server_that_takes_a_schema_and_forgets_it_is_seen_through(
    api: FakeModelServer, opened: Open
) -> None:
    api.ignores_formats = True
    model = opened()
    answered = await model.ask(LEVEL)
    assert answered.data == {"level": 2}
    assert answered.usage.completion == 16
    assert model.abilities.form is Form.JSON
    await model.ask(LEVEL)
    assert len(api.requests) == 3


async def test_a_model_that_cannot_do_better_is_not_held_against_the_server(
    api: FakeModelServer, opened: Open, cache: Path
) -> None:
    api.say("I would say two.", "Two, really.")
    model = opened()
    with pytest.raises(AnswerUnusable) as failed:
        await model.ask(LEVEL)
    assert failed.value.usage.completion == 16
    assert model.abilities.form is Form.STRICT
    assert kept(cache) == []


async def test_a_form_that_has_worked_is_not_given_up_for_one_bad_answer(
    api: FakeModelServer, opened: Open
) -> None:
    model = opened()
    await model.ask(LEVEL)
    api.say('{"level": 7}')
    with pytest.raises(AnswerUnusable):
        await model.ask(LEVEL)
    assert len(api.requests) == 2


async def test_a_form_that_has_worked_is_not_given_up_for_a_refusal_of_something_else(
    api: FakeModelServer, opened: Open
) -> None:
    model = opened()
    await model.ask(LEVEL)
    api.say(failing(400, "Bad Request"))
    with pytest.raises(ModelMisconfigured):
        await model.ask(LEVEL)
    assert len(api.requests) == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("logprobs", "logprobs is not supported by this model"),
        ("seed", "Unrecognized request argument supplied: seed"),
        ("temperature", "Unsupported value: 'temperature' does not support 0 with this model."),
        ("max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model."),
    ],
)
async def test_a_parameter_that_a_server_refuses_is_left_out_from_then_on(
    name: str, words: str, api: FakeModelServer, opened: Open
) -> None:
    api.refuses = {name: words}
    ask = replace(WORDS, logprobs=True, seed=1)
    await opened().ask(ask)
    await opened().ask(ask)
    assert [name in request for request in api.requests] == [True, False, False]


async def test_the_length_is_limited_by_the_other_name_where_one_is_refused(
    api: FakeModelServer, opened: Open
) -> None:
    api.refuses = {"max_tokens": "'max_tokens' is not supported. Use 'max_completion_tokens'."}
    await opened().ask(WORDS)
    assert api.requests[-1]["max_completion_tokens"] == 90


async def test_several_refusals_are_learned_at_once(api: FakeModelServer, opened: Open) -> None:
    api.refuses = {"seed": "seed: unknown", "json_schema": UNAVAILABLE, "logprobs": "no logprobs"}
    model = opened()
    await model.ask(replace(LEVEL, seed=1, logprobs=True))
    assert model.abilities.without == {"seed", "logprobs"}
    assert model.abilities.form is Form.JSON
    assert len(api.requests) == 5


async def test_another_model_of_the_same_server_is_found_out_by_itself(
    api: FakeModelServer, opened: Open
) -> None:
    api.refuses = {"json_schema": UNAVAILABLE}
    await opened().ask(LEVEL)
    assert opened("large-1").abilities.form is Form.STRICT
    assert opened("small-1").abilities.form is Form.JSON


async def test_no_password_and_no_key_of_an_address_is_kept(cache: Path) -> None:
    found = Abilities(proven=True, plain=False)
    secret = "https://me:geheim@models.example/v1?api-key=sk-secret"
    Memory(cache, secret, "m").remember(found)
    [file] = kept(cache)
    assert not re.search("geheim|secret|me:", file.read_text(encoding="utf-8"))
    assert Memory(cache, "https://models.example/v1", "m").recall() == found


async def test_without_a_cache_nothing_is_remembered(api: FakeModelServer, opened: Open) -> None:
    api.refuses = {"json_schema": UNAVAILABLE}
    await opened(cache=None).ask(LEVEL)
    assert opened(cache=None).abilities.form is Form.STRICT


@pytest.mark.parametrize("spoiled", [b"", b"[]", b'{"form": "odd"}', b"\xff"])
async def test_a_spoiled_memory_is_done_without(
    spoiled: bytes, api: FakeModelServer, opened: Open, cache: Path
) -> None:
    api.refuses = {"json_schema": UNAVAILABLE}
    await opened().ask(LEVEL)
    for file in kept(cache):
        file.write_bytes(spoiled)
    assert opened().abilities.form is Form.STRICT


async def test_a_cut_answer_says_nothing_about_the_form(api: FakeModelServer, opened: Open) -> None:
    api.say(Reply('{"lev', finish="length"))
    with pytest.raises(AnswerUnusable):
        await opened().ask(LEVEL)
    assert len(api.requests) == 1
