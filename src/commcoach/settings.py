"""Everything that can be configured: environment, `.env`, `commcoach.toml`."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, field_validator
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
    timezone: str = Field(
        default="Asia/Shanghai",
        description="Whose clock times are shown by; a name of the tz database.",
    )
    learner: str = Field(default="local", description="Whose practice is recorded at the terminal.")

    telegram_token: SecretStr | None = Field(
        default=None, description="The bot's token, as BotFather gave it."
    )
    telegram_base_url: str = Field(
        default="https://api.telegram.org",
        description="Where the Bot API is; methods live under <base>/bot<token>/<method>.",
    )
    telegram_proxy: str | None = Field(
        default=None, description="An HTTP proxy for Telegram, for example http://127.0.0.1:7890."
    )
    telegram_connect_timeout: float = Field(
        default=10.0, gt=0, description="Seconds to wait for a connection to Telegram."
    )
    telegram_read_timeout: float = Field(
        default=20.0, gt=0, description="Seconds to wait for Telegram's answer to a request."
    )
    telegram_poll_timeout: int = Field(
        default=25, ge=0, le=50, description="Seconds that Telegram may hold a request for updates."
    )

    score_patience: float = Field(
        default=3.0, ge=0, description="Seconds that a score may come later than the line."
    )
    keep_words_days: int = Field(
        default=90, ge=1, description="Days that replies and quotes are kept."
    )
    keep_levels_days: int = Field(
        default=365, ge=1, description="Days that sessions with their levels are kept."
    )
    backup_days: int = Field(
        default=30, ge=0, description="Days after which the operator's backups are gone."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(f"there is no time zone {name}") from error
        return name

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

    def zone(self) -> ZoneInfo:
        """The time zone whose clock times are shown by."""
        return ZoneInfo(self.timezone)

    def database(self) -> str:
        """The database's URL."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'commcoach.db').as_posix()}"
