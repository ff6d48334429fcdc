"""Which model does which job, by the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commcoach.bootstrap.models import Models, fence_secret
from commcoach.coaching.language_model import ModelMisconfigured
from commcoach.embedded.reader import CueReader
from commcoach.embedded.scorer import EmbeddedScorer
from commcoach.embedded.voice import ScriptedVoice
from commcoach.prompted.debriefing import PromptedSummariser
from commcoach.prompted.reader import PromptedReader
from commcoach.prompted.rewriting import PromptedRewriter
from commcoach.prompted.scorer import PromptedScorer
from commcoach.prompted.voice import PromptedVoice
from commcoach.settings import Settings
from commcoach.store.memory_records import InMemoryModelCalls
from tests.shipped import library, scorer


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
