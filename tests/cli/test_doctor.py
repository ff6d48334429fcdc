"""`commcoach doctor`: what is set, whether it works, and what mends it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from commcoach import bootstrap
from commcoach.coaching.house import House
from commcoach.coaching.records import ModelCall
from commcoach.llm.abilities import Form, Memory
from tests.cli.conftest import Cli, Result
from tests.cli.house import inside
from tests.model_api import replies
from tests.model_api.replies import Reply, failing
from tests.model_api.server import FakeModelServer
from tests.shipped import CACHE

SERVERS = CACHE / "servers"
KEY = "sk-0123456789-secret"


@pytest.fixture
def api() -> Iterator[FakeModelServer]:
    """A model server beside the command, which has an event loop of its own."""
    server = FakeModelServer()
    server.key = KEY
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
    yield server
    asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
    # The cache is shared by test processes, and another server may get the same port.
    for name in ("small-1", "small-2", "large-1"):
        kept = Memory(SERVERS, server.url, name)._place
        assert kept is not None
        kept.unlink(missing_ok=True)


def doctor(cli: Cli, api: FakeModelServer, lang: str = "en", **more: str) -> Result:
    """What the doctor finds with this server; nothing of the key is ever shown."""
    usual = {
        "COMMCOACH_MODEL_PROVIDER": "openai",
        "COMMCOACH_MODEL_BASE_URL": api.url,
        "COMMCOACH_MODEL": "small-1",
        "COMMCOACH_MODEL_API_KEY": KEY,
    }
    found = cli("doctor", "--lang", lang, **(usual | more))
    assert "0123456789" not in found.out + found.err
    return found


def line(found: Result, label: str) -> str:
    """What stands behind a label."""
    [text] = [one for one in found.out.splitlines() if one.strip().startswith(label)]
    return text.strip().removeprefix(label).strip()


def unwrapped(found: Result) -> str:
    """Everything shown, without line ends and spaces: lines break where the terminal ends."""
    return "".join(found.out.split())


# -- without a model ------------------------------------------------------------------------


def test_without_a_model_it_tells_how_to_set_one(cli: Cli) -> None:
    found = cli("doctor", "--lang", "en")
    assert found.code == 0
    for name in ("COMMCOACH_MODEL_PROVIDER", "COMMCOACH_MODEL_BASE_URL", "COMMCOACH_MODEL ("):
        assert name in " ".join(found.out.split())
    for job in ("Reading", "Counterpart", "Scoring", "Rewriting", "Debrief"):
        assert line(found, job) == "built-in engine"
    assert "no bot token is set" in found.out


def test_it_tells_what_is_set_and_how_much_content_there_is(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COMMCOACH_TELEGRAM_TOKEN=1:secret-token\n", encoding="utf-8")
    found = cli("doctor", "--lang", "zh")
    assert found.code == 0
    assert ".env" in line(found, "配置")
    assert re.search(r"\d+项标准，\d+个情景，没有问题", unwrapped(found))
    assert "commcoach.db" in unwrapped(found)
    assert "机器人令牌已设置" in line(found, "Telegram")
    assert "secret-token" not in found.out + found.err


def test_content_with_problems_is_told(cli: Cli, tmp_path: Path) -> None:
    for folder in ("rubrics/listening", "scenarios"):
        (tmp_path / "mine" / folder).mkdir(parents=True)
    (tmp_path / "mine/rubrics/listening/rubric.yaml").write_text("titel: {}\n", encoding="utf-8")
    found = cli("doctor", "--lang", "en", COMMCOACH_CONTENT=str(tmp_path / "mine"))
    assert found.code == 2
    assert "contentcheck" in unwrapped(found)
    assert "✗" in found.out


def test_a_database_out_of_reach_is_told_and_the_model_is_asked_all_the_same(
    cli: Cli, api: FakeModelServer, tmp_path: Path
) -> None:
    (tmp_path / "no-folder").write_text("", encoding="utf-8")
    found = doctor(cli, api, COMMCOACH_DATABASE_URL=f"sqlite:///{tmp_path}/no-folder/commcoach.db")
    assert found.code == 2
    assert "✗" in found.out
    assert len(found.err.splitlines()) == 1
    assert line(found, "Answers").startswith("in ")


# -- a model --------------------------------------------------------------------------------


def test_a_model_in_order_is_shown_with_all_it_supports(cli: Cli, api: FakeModelServer) -> None:
    api.refuses = {"json_schema": "This response_format type is unavailable now"}
    found = doctor(cli, api)
    assert found.code == 0, found.out
    assert line(found, "Scoring") == f"openai:small-1 at {api.url}"
    assert line(found, "Answers").endswith(" s")
    assert line(found, "JSON objects") == "JSON mode, with the schema in the prompt"
    assert line(found, "Streaming") == "yes, one sentence in 2 pieces"
    assert line(found, "Logprobs") == "no"
    assert line(found, "Token usage") == "reported"
    assert line(found, "Cached tokens").startswith("none reported")
    assert line(found, "Thinking") == "no"
    assert line(found, "System role") == "accepted"
    assert "Everything is fine." in found.out
    assert api.violations == []


def test_trials_are_on_record_and_count_as_spent(
    cli: Cli, api: FakeModelServer, tmp_path: Path
) -> None:
    prices = {"COMMCOACH_MODEL_PRICE_PROMPT": "1000", "COMMCOACH_MODEL_PRICE_COMPLETION": "2000"}
    found = doctor(cli, api, COMMCOACH_BUDGET_TOKENS_A_DAY="5000", **prices)
    past = bootstrap.now() - timedelta(days=1)
    calls = inside(tmp_path / "data").look(lambda house: house.calls.since(past))
    assert {one.job for one in calls} == {"trial"}
    tokens = 48 * len(calls)
    cost = len(calls) * (40 * 1000 + 8 * 2000) / 1_000_000
    assert line(found, "Today") == f"{tokens} tokens of 5,000, trials included; cost {cost:.4f}"
    assert line(found, "Last 24 h") == "no calls besides trials"


def test_the_share_of_failed_calls_is_of_the_last_day_and_of_real_work(
    cli: Cli, api: FakeModelServer, tmp_path: Path
) -> None:
    moment = bootstrap.now()

    def call(hours: float, job: str = "voice", error: str = "") -> ModelCall:
        at = moment - timedelta(hours=hours)
        return ModelCall(at, job, "openai", "small-1", "", "", 10, 5, 1.0, error=error)

    async def put(house: House) -> None:
        for one in (
            call(1),
            call(2),
            call(3),
            call(4, error="ModelUnavailable"),
            call(5, "trial", "ModelUnavailable"),
            call(30, error="ModelUnavailable"),
        ):
            await house.calls.record(one)

    inside(tmp_path / "data").look(put)
    assert line(doctor(cli, api), "Last 24 h") == "4 calls, 1 failed (25.0 %), trials left out"


@pytest.mark.parametrize(
    ("reply", "lang", "cure"),
    [
        (failing(401, f"Incorrect API key provided: {KEY}"), "en", "Check COMMCOACH_MODEL_API_KEY"),
        (failing(404, "The model `small-1` does not exist"), "en", "has no model “small-1”"),
        (failing(404, "page not found"), "zh", "照服务方的说明核对 COMMCOACH_MODEL_BASE_URL"),
        (replies.HTML, "en", "no model API at"),
        (failing(429, "Slow down"), "zh", "请调小 COMMCOACH_MODEL_AT_ONCE"),
        (failing(402, "Insufficient Balance"), "zh", "到服务方充值"),
        (failing(500, f"Worker died with {KEY}"), "en", "It said: 500"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_with_the_cure(
    reply: Reply, lang: str, cure: str, cli: Cli, api: FakeModelServer
) -> None:
    api.say(reply)
    found = doctor(cli, api, lang)
    assert found.code == 2
    assert "✗" in found.out
    assert "".join(cure.split()) in unwrapped(found)


def test_an_address_where_nobody_is_and_a_hanging_server_are_told_apart(
    cli: Cli, api: FakeModelServer
) -> None:
    away = doctor(cli, api, COMMCOACH_MODEL_BASE_URL="http://127.0.0.1:9/v1")
    assert "Nobodyanswersathttp://127.0.0.1:9/v1" in unwrapped(away)
    api.say(replies.HANG)
    slow = doctor(cli, api, COMMCOACH_MODEL_TIMEOUT="0.2")
    assert "raiseCOMMCOACH_MODEL_TIMEOUT" in unwrapped(slow)
    assert (away.code, slow.code) == (2, 2)


@pytest.mark.parametrize("key", ["您的密钥", "sk-0123456789\n", "sk 0123456789"])
def test_a_key_that_cannot_be_one_is_told_without_an_ask(
    key: str, cli: Cli, api: FakeModelServer
) -> None:
    found = doctor(cli, api, COMMCOACH_MODEL_API_KEY=key)
    assert found.code == 2
    assert "The service refuses the key." in found.out
    assert key not in found.out
    assert api.requests == []


def test_a_key_in_the_address_is_not_shown(cli: Cli, api: FakeModelServer) -> None:
    address = api.url.replace("http://", f"http://me:{KEY}@") + f"?key={KEY}"
    found = doctor(cli, api, COMMCOACH_MODEL_BASE_URL=address)
    assert line(found, "Scoring") == f"openai:small-1 at {api.url}"


def test_a_second_model_is_examined_as_well(cli: Cli, api: FakeModelServer) -> None:
    found = doctor(
        cli, api, COMMCOACH_MODEL_SECOND="small-2", COMMCOACH_MODEL_SECOND_API_KEY="sk-other"
    )
    assert found.code == 2
    assert {one["model"] for one in api.requests} == {"small-1", "small-2"}
    assert line(found, "Scoring") == "openai:small-1; if it fails openai:small-2"
    assert f"openai:small-2 at {api.url}" in found.out
    assert "The service refuses the key." in found.out


def test_a_model_for_one_job_is_examined_once(cli: Cli, api: FakeModelServer) -> None:
    found = doctor(cli, api, COMMCOACH_MODEL_VOICE="large-1")
    assert found.code == 0
    assert line(found, "Counterpart") == f"openai:large-1 at {api.url}"
    assert len([one for one in api.requests if one["model"] == "small-1"]) == 7
    assert len([one for one in api.requests if one["model"] == "large-1"]) == 7


def test_what_is_found_out_now_replaces_what_was_remembered(cli: Cli, api: FakeModelServer) -> None:
    remembered = Memory(SERVERS, api.url, "small-1")
    api.refuses = {"json_schema": "json_schema is not supported"}
    assert "JSON mode" in line(doctor(cli, api), "JSON objects")
    assert remembered.recall().form is Form.JSON
    api.refuses = {}
    assert line(doctor(cli, api), "JSON objects") == "by JSON Schema, the strict way"
    assert remembered.recall().form is Form.STRICT


def test_how_a_model_thinks_is_remembered_even_if_it_gives_no_objects(
    cli: Cli, api: FakeModelServer
) -> None:
    api.usual = api.usual_object = Reply("Hm, let me see.</think>Good morning.")
    doctor(cli, api)
    assert Memory(SERVERS, api.url, "small-1").recall().plain is False


def test_trials_are_not_written_into_a_recording(
    cli: Cli, api: FakeModelServer, tmp_path: Path
) -> None:
    found = doctor(cli, api, COMMCOACH_MODEL_RECORD=str(tmp_path / "answers.jsonl"))
    assert found.code == 0
    assert not (tmp_path / "answers.jsonl").exists()


def test_a_script_is_opened_and_not_asked(cli: Cli, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('{"reader": ["嗯。"]}', encoding="utf-8")
    settings = {"COMMCOACH_MODEL_PROVIDER": "stub", "COMMCOACH_MODEL": str(script)}
    found = cli("doctor", "--lang", "en", **settings)
    assert found.code == 0
    assert "the file can be opened" in found.out
    script.unlink()
    gone = cli("doctor", "--lang", "en", **settings)
    assert gone.code == 2
    assert "There is no file" in gone.out


def test_a_spent_budget_is_told_and_nothing_is_asked(cli: Cli, api: FakeModelServer) -> None:
    found = doctor(cli, api, COMMCOACH_BUDGET_TOKENS_A_DAY="0")
    assert found.code == 2
    assert "COMMCOACH_BUDGET_TOKENS_A_DAY" in found.out
    assert api.requests == []
