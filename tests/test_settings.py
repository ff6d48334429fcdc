"""What counts as set, and what is set in vain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from commcoach.settings import Settings, UnknownSetting, unknown_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["MODEL_PROVIDER", "MODEL_PROVIDER_VOICE", "BUDGET_TOKENS_A_DAY", "MODEL_TIMEOUT"]
)
def test_an_optional_setting_that_is_empty_counts_as_not_set(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"COMMCOACH_{name}", "")
    assert getattr(Settings(), name.lower()) is None


def test_an_empty_variable_takes_back_what_the_file_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("COMMCOACH_MODEL_PROVIDER=openai\n", encoding="utf-8")
    assert Settings().model_provider == "openai"
    monkeypatch.setenv("COMMCOACH_MODEL_PROVIDER", "")
    assert Settings().model_provider is None


def test_a_name_that_is_no_setting_is_known_with_the_nearest(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unknown_settings() == ()
    monkeypatch.setenv("COMMCOACH_MODEL_BASEURL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("COMMCOACH_MODEL", "small-1")
    (folder / ".env").write_text("COMMCOACH_XYZZY=1\nOTHER=1\n", encoding="utf-8")
    (folder / "commcoach.toml").write_text('modle = "small-1"\nlang = "en"\n', encoding="utf-8")
    assert unknown_settings() == (
        UnknownSetting("COMMCOACH_MODEL_BASEURL", "COMMCOACH_MODEL_BASE_URL"),
        UnknownSetting("COMMCOACH_XYZZY"),
        UnknownSetting("modle", "model"),
    )


def test_a_budget_in_money_needs_both_prices() -> None:
    budget: dict[str, Any] = {"budget_money_a_day": 5.0, "budget_tokens_a_day": 100}
    assert Settings(**budget).budgets_without_prices() == ("COMMCOACH_BUDGET_MONEY_A_DAY",)
    half = Settings(**budget, model_price_prompt=1.0)
    assert half.budgets_without_prices() == ("COMMCOACH_BUDGET_MONEY_A_DAY",)
    both = Settings(**budget, model_price_prompt=1.0, model_price_completion=2.0)
    assert both.budgets_without_prices() == ()
