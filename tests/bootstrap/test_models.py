"""Which model does which job, by the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog.testing

from commcoach.bootstrap.models import Models, fence_secret
from commcoach.coaching.counterpart import Spoken
from commcoach.coaching.language_model import Job, LanguageModel, ModelMisconfigured
from commcoach.embedded.reader import CueReader
from commcoach.embedded.scorer import EmbeddedScorer
from commcoach.embedded.voice import ScriptedVoice
from commcoach.llm import providers
from commcoach.llm.providers import ModelChoice, open_model
from commcoach.prompted.debriefing import PromptedSummariser
from commcoach.prompted.reader import PromptedReader
from commcoach.prompted.rewriting import PromptedRewriter
from commcoach.prompted.scorer import PromptedScorer
from commcoach.prompted.voice import PromptedVoice
from commcoach.settings import Settings
from commcoach.store.memory_records import InMemoryModelCalls
from tests.model_api.replies import HANG, Reply
from tests.model_api.server import FakeModelServer
from tests.prompted import office
from tests.shipped import library, scorer

FIRST, SECOND = "又是程序，前三位也是这么说的。", "您先告诉我，这一次到底谁来接手？"


@pytest.fixture
def script(tmp_path: Path) -> str:
    """A stub's script: for each job the same again and again."""
    file = tmp_path / "script.json"
    answers = {job: ["好的，您说说看。"] for job in ("reader", "voice", "scorer")}
    file.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    return str(file)


def models(tmp_path: Path, **settings: object) -> Models:
    """The models by these settings."""
    chosen = Settings(data_dir=tmp_path, cache_dir=tmp_path, **settings)  # type: ignore[arg-type]
    return Models(chosen, InMemoryModelCalls())


def test_without_a_provider_the_embedded_engine_does_every_job(tmp_path: Path) -> None:
    none = models(tmp_path)
    embedded: EmbeddedScorer = scorer()
    reader, voice = CueReader(), ScriptedVoice()
    assert none.reader(reader) is reader
    assert none.voice(voice) is voice
    assert none.scorer(embedded, library()) is embedded
    assert none.rewriter(library(), embedded) is None
    assert none.summariser(library()) is None


def test_with_a_provider_the_model_does_every_job(tmp_path: Path, script: str) -> None:
    all_jobs = models(tmp_path, model_provider="stub", model=script)
    assert isinstance(all_jobs.reader(CueReader()), PromptedReader)
    assert isinstance(all_jobs.voice(ScriptedVoice()), PromptedVoice)
    assert isinstance(all_jobs.scorer(scorer(), library()), PromptedScorer)
    assert isinstance(all_jobs.rewriter(library(), scorer()), PromptedRewriter)
    assert isinstance(all_jobs.summariser(library()), PromptedSummariser)


def test_a_single_job_can_have_a_model(tmp_path: Path, script: str) -> None:
    one = models(tmp_path, model_provider_voice="stub", model_voice=script)
    reader = CueReader()
    assert one.reader(reader) is reader
    assert isinstance(one.voice(ScriptedVoice()), PromptedVoice)


async def test_a_model_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    broken = models(tmp_path, model_provider="stub", model=str(tmp_path / "nowhere.jsonl"))
    with pytest.raises(ModelMisconfigured):
        broken.reader(CueReader())


def test_the_key_of_the_environment_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    settings = Settings()
    assert settings.model_api_key is not None
    assert settings.model_api_key.get_secret_value() == "sk-of-the-environment"
    assert settings.model_base_url == "http://127.0.0.1:1/v1"
    assert settings.model_provider is None


HERE, THERE = "https://here.example/v1", "https://there.example/v1"
OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("service", "base_url", "key"),
    [
        (None, None, "sk-env"),
        (None, OPENAI, "sk-env"),
        (None, HERE, ""),
        (HERE, None, "sk-env"),
        (HERE, f"{HERE}/", "sk-env"),
        (HERE, THERE, ""),
        (HERE, OPENAI, ""),
    ],
)
def test_the_key_of_the_environment_goes_to_the_service_of_the_environment_only(
    service: str | None,
    base_url: str | None,
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    if service is not None:
        monkeypatch.setenv("OPENAI_BASE_URL", service)
    address = {"model_base_url": base_url} if base_url is not None else {}
    chosen = models(tmp_path, model_provider="openai", model="m", **address)
    [choice] = chosen.choices(Job.VOICE)
    assert choice.api_key == key


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"model_second": "n"}, ["sk-first", "sk-first"]),
        ({"model_second": "n", "model_second_base_url": f"{HERE}/"}, ["sk-first", "sk-first"]),
        ({"model_second": "n", "model_second_base_url": THERE}, ["sk-first", ""]),
        (
            {
                "model_second": "n",
                "model_second_base_url": THERE,
                "model_second_api_key": "sk-second",
            },
            ["sk-first", "sk-second"],
        ),
        ({"model_reader": "n"}, ["sk-first"]),
        ({"model_base_url_reader": THERE}, [""]),
        ({"model_api_key_reader": "sk-reader"}, ["sk-reader"]),
    ],
)
def test_a_key_goes_to_no_other_service(
    settings: dict[str, object], keys: list[str], tmp_path: Path
) -> None:
    first = {"model_base_url": HERE, "model_api_key": "sk-first"}
    chosen = models(tmp_path, model_provider="openai", model="m", **first, **settings)
    assert [one.api_key for one in chosen.choices(Job.READER)] == keys


def test_a_second_model_that_cannot_be_opened_is_done_without(tmp_path: Path, script: str) -> None:
    chosen = models(
        tmp_path,
        model_provider="stub",
        model=script,
        model_second_provider="local",
        model_second=str(tmp_path / "nowhere.gguf"),
    )
    with structlog.testing.capture_logs() as logged:
        assert isinstance(chosen.voice(ScriptedVoice()), PromptedVoice)
        assert isinstance(chosen.reader(CueReader()), PromptedReader)
    assert [one["event"] for one in logged] == ["second_model_left_out"]


def test_a_model_of_several_jobs_is_opened_once(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def counted(choice: ModelChoice) -> LanguageModel:
        opened.append(choice.name)
        return open_model(choice)

    monkeypatch.setattr(providers, "open_model", counted)
    second = tmp_path / "second.json"
    second.write_bytes(Path(script).read_bytes())
    chosen = models(
        tmp_path,
        model_provider="stub",
        model=script,
        model_provider_reader="openai",
        model_reader="small-1",
        model_second_provider="stub",
        model_second=str(second),
    )
    for job in Job:
        chosen.language_model(job)
    assert sorted(opened) == sorted(["small-1", script, str(second)])


@pytest.mark.parametrize(
    ("reply", "line"),
    [(Reply(FIRST, after=0.45), FIRST), (HANG, SECOND)],
    ids=["slow", "hanging"],
)
async def test_a_second_model_costs_the_first_half_of_a_jobs_time_and_no_more(
    reply: Reply, line: str, tmp_path: Path
) -> None:
    script = tmp_path / "second.json"
    script.write_text(json.dumps({"voice": [SECOND]}), encoding="utf-8")
    async with FakeModelServer() as api:
        api.say(reply)
        chosen = models(
            tmp_path,
            model_provider="openai",
            model="small-1",
            model_base_url=api.url,
            model_api_key=api.key,
            model_second_provider="stub",
            model_second=str(script),
            model_timeout=2.0,
        )
        stage = office.stage("three_calls_no_owner", reply="我们会按程序处理的。")
        assert await chosen.voice(ScriptedVoice()).speak(stage) == Spoken(line)
        assert len(api.requests) == 1
        await chosen.aclose()


def test_the_secret_of_the_fences_stays_the_same_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = fence_secret(folder)
    assert len(first) == 32
    assert fence_secret(folder) == first
    assert (folder / "fence.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("settings", "services"),
    [
        ({}, ()),
        ({"model_base_url": "http://127.0.0.1:11434/v1"}, ()),
        ({"model_base_url": "http://localhost/v1"}, ()),
        ({"model_base_url": "https://models.example/v1"}, ("models.example",)),
        ({"model_base_url": "https://models.example/v1", "model_provider": "stub"}, ()),
        (
            {
                "model_base_url": "http://[::1]/v1",
                "model_second": "m",
                "model_second_base_url": "https://b.example/v1",
            },
            ("b.example",),
        ),
    ],
)
def test_services_elsewhere_are_named(
    tmp_path: Path, settings: dict[str, object], services: tuple[str, ...]
) -> None:
    provider = {"model_provider": "openai", "model": "m"} if settings else {}
    assert models(tmp_path, **(provider | settings)).services() == services
