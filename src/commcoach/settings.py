"""Everything that can be configured: environment, `.env`, `commcoach.toml`."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path, user_data_path
from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

APP = "commcoach"


class Settings(BaseSettings):
    """The settings, each from `COMMCOACH_<NAME>`, a `.env` file or `commcoach.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="COMMCOACH_",
        env_file=".env",
        toml_file="commcoach.toml",
        extra="ignore",
    )

    lang: str | None = Field(default=None, description="zh or en; Chinese if not set.")
    content: Path | None = Field(default=None, description="A folder with rubrics/, scenarios/.")
    database_url: str | None = Field(
        default=None, description="An SQLAlchemy URL; an SQLite file in the data folder if not set."
    )
    data_dir: Path = Field(
        default_factory=lambda: user_data_path(APP, appauthor=False),
        description="Where the database lies.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path(APP, appauthor=False),
        description="Where parsed content and fitted models are kept; may be deleted at any time.",
    )
    learner: str = Field(default="local", description="Whose practice is recorded at the terminal.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before environment before `.env` before `commcoach.toml`."""
        toml = TomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, dotenv_settings, toml

    def database(self) -> str:
        """The database's URL."""
        if self.database_url:
            return self.database_url
        return f"sqlite+aiosqlite:///{(self.data_dir / 'commcoach.db').as_posix()}"
