"""Models by the names of their providers."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.coaching.language_model import ModelMisconfigured
from commcoach.llm.providers import ModelChoice, open_model


def test_an_unknown_provider_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelMisconfigured) as failed:
        open_model(ModelChoice("oracle"))
    assert "there are: openai, local, stub, recorded" in failed.value.said


@pytest.mark.parametrize("provider", ["local", "stub", "recorded"])
def test_a_provider_without_its_file_is_refused(provider: str) -> None:
    with pytest.raises(ModelMisconfigured) as failed:
        open_model(ModelChoice(provider))
    assert failed.value.said == f"the provider {provider} needs a file"


def test_openai_is_asked_where_no_address_is_given(tmp_path: Path) -> None:
    model = open_model(ModelChoice("openai", "small-1", cache=tmp_path))
    assert (model.provider, model.name) == ("openai", "small-1")


def test_a_key_is_not_shown() -> None:
    assert "sk-secret" not in repr(ModelChoice("openai", api_key="sk-secret"))
