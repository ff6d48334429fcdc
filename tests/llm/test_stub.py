"""The stub: a script read as strictly as any model's answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.coaching.language_model import (
    Answered,
    AnswerRefused,
    AnswerUnusable,
    Ask,
    ModelMisconfigured,
    Usage,
)
from commcoach.llm.stub import StubModel, stub_of_file
from tests.llm.asks import LEVEL, WORDS, heard


async def test_a_list_is_answered_one_by_one_and_the_asks_are_kept() -> None:
    whole = Answered("好。", None, Usage(7, 8, 5), 0.2, "big", ())
    model = StubModel(["您好。", {"level": 3}, whole])
    assert (await model.ask(WORDS)).text == "您好。"
    assert (await model.ask(LEVEL)).data == {"level": 3}
    assert await model.ask(WORDS) is whole
    assert model.asks == [WORDS, LEVEL, WORDS]


async def test_a_list_that_is_used_up_fails() -> None:
    with pytest.raises(ModelMisconfigured):
        await StubModel().ask(WORDS)


async def test_a_function_answers_at_once_or_when_awaited() -> None:
    async def later() -> str:
        return "later"

    model = StubModel(lambda ask: later() if ask is WORDS else {"level": 1})
    assert (await model.ask(WORDS)).text == "later"
    assert (await model.ask(LEVEL)).data == {"level": 1}


async def test_a_scripted_failure_is_raised() -> None:
    with pytest.raises(AnswerRefused):
        await StubModel([AnswerRefused()]).ask(WORDS)


async def test_an_object_off_schema_is_unusable_and_has_its_price() -> None:
    with pytest.raises(AnswerUnusable) as unusable:
        await StubModel([{"level": 9}]).ask(LEVEL)
    assert unusable.value.usage.completion == len('{"level": 9}')


async def test_a_stream_brings_the_answer_in_pieces() -> None:
    assert await heard(StubModel(["<think>hm</think>您先说说看吧。"])) == ["您先说说", "看吧。"]


async def test_a_script_in_a_file_answers_each_job_and_begins_again(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text('{"voice": ["一", "二"], "scorer": [{"level": 0}]}', encoding="utf-8")
    model = stub_of_file(file)
    assert [(await model.ask(WORDS)).text for _ in range(3)] == ["一", "二", "一"]
    assert (await model.ask(LEVEL)).data == {"level": 0}
    assert model.name == "script.json"


async def test_a_job_without_answers_in_the_file_fails(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text('{"voice": ["一"]}', encoding="utf-8")
    with pytest.raises(ModelMisconfigured) as failed:
        await stub_of_file(file).ask(Ask("reader", ()))
    assert "reader" in failed.value.said


@pytest.mark.parametrize("text", ["", "[]", '{"voice": []}', '{"voice": [1]}', '{"voice": "一"}'])
def test_a_file_that_is_no_script_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ModelMisconfigured):
        stub_of_file(file)
