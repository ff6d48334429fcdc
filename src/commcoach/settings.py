"""Everything that can be configured: environment, `.env`, `commcoach.toml`."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from commcoach.model_settings import ModelSettings

APP = "commcoach"
PREFIX = "COMMCOACH_"
EXAMPLE_PROXY = "http://127.0.0.1:7890"
ENV_FILE, TOML_FILE = ".env", "commcoach.toml"

_HOST_AND_PORT = re.compile(r"[\w.-]+:\d{1,5}", re.ASCII)


class Fault(StrEnum):
    """What is wrong with a setting."""

    WHOLE_NUMBER = "whole_number"
    NUMBER = "number"
    TIME_ZONE = "time_zone"
    PROXY = "proxy"
    WEB_ADDRESS = "web_address"
    CHOICE = "choice"
    UNREADABLE = "unreadable"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """A setting that cannot be used: `name` as in the environment, `given` without passwords.

    Of a file that cannot be read, `name` is the file's and `given` the number of the line.
    A number must be at least `least`, or above it if that is `excluded`, and at most `most`;
    `better` is how it could be written instead, or all choices.
    """

    name: str
    fault: Fault
    given: str = ""
    least: float | None = None
    excluded: bool = False
    most: float | None = None
    better: str = ""


class SettingsWrong(Exception):
    """Some settings cannot be used."""

    def __init__(self, wrong: tuple[WrongSetting, ...]) -> None:
        super().__init__(self.__doc__)
        self.wrong = wrong


class Settings(ModelSettings):
    """The settings, each from `COMMCOACH_<NAME>`, a `.env` file or `commcoach.toml`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        toml_file=TOML_FILE,
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

    @model_validator(mode="before")
    @classmethod
    def _without_empty_ones(cls, given: Any) -> Any:
        """What may be left out and is written as nothing at all counts as left out."""
        return {
            name: value
            for name, value in given.items()
            if value != "" or type(None) not in _kinds_of(name)
        }

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError, ValueError) as error:
            raise PydanticCustomError(
                Fault.TIME_ZONE.value, "there is no such time zone"
            ) from error
        return name

    @field_validator("telegram_proxy")
    @classmethod
    def _usable_proxy(cls, url: str | None) -> str | None:
        if url is None or not url.strip():
            return None
        if not _is_web_address(url.strip()) or urlsplit(url.strip()).path not in ("", "/"):
            raise PydanticCustomError(Fault.PROXY.value, "this is no proxy")
        return url.strip()

    @field_validator("telegram_base_url")
    @classmethod
    def _usable_base_url(cls, url: str) -> str:
        if not _is_web_address(url.strip()):
            raise PydanticCustomError(Fault.WEB_ADDRESS.value, "this is no web address")
        return url.strip()

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

    def budgets_without_prices(self) -> tuple[str, ...]:
        """The budgets in money that have no effect, because nothing has a price."""
        names = ("budget_money_a_day", "budget_money_a_learner")
        if None not in (self.model_price_prompt, self.model_price_completion):
            return ()
        return tuple(PREFIX + name.upper() for name in names if getattr(self, name) is not None)

    def zone(self) -> ZoneInfo:
        """The time zone whose clock times are shown by."""
        return ZoneInfo(self.timezone)

    def database(self) -> str:
        """The database's URL."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'commcoach.db').as_posix()}"


def read_settings() -> Settings:
    """The settings in force.

    Raises `SettingsWrong` with all that are wrong at once; `ValueError` or `OSError` if a file
    cannot be read.
    """
    try:
        return Settings()
    except tomllib.TOMLDecodeError as error:
        raise SettingsWrong((WrongSetting(TOML_FILE, Fault.FILE, _line_of(error)),)) from error
    except ValidationError as error:
        # A default that was not looked for because of another mistake is none of its own.
        own = [one for one in error.errors() if one["type"] != "default_factory_not_called"]
        raise SettingsWrong(tuple(map(_wrong, own))) from error


@dataclass(frozen=True, slots=True)
class UnknownSetting:
    """A name that is no setting, as it is written, with the nearest that is; empty: none is."""

    name: str
    nearest: str = ""


def unknown_settings() -> tuple[UnknownSetting, ...]:
    """What is set in the environment and in the files but is no setting."""
    in_env_file = map(str.upper, DotEnvSettingsSource(Settings).env_vars)
    in_toml = {}
    if Path(TOML_FILE).is_file():
        in_toml = tomllib.loads(Path(TOML_FILE).read_text(encoding="utf-8"))
    ours = {name for name in (*os.environ, *in_env_file) if name.upper().startswith(PREFIX)}
    given = [(PREFIX, name) for name in sorted(ours)] + [("", name) for name in in_toml]
    return tuple(
        UnknownSetting(name, _nearest(name[len(prefix) :].lower(), prefix))
        for prefix, name in given
        if name[len(prefix) :].lower() not in Settings.model_fields
    )


def _nearest(name: str, prefix: str) -> str:
    near = get_close_matches(name, list(Settings.model_fields), 1)
    return next((prefix + one.upper() if prefix else one for one in near), "")


def _kinds_of(field: str) -> set[Any]:
    about = Settings.model_fields.get(field)
    return {about.annotation, *get_args(about.annotation)} if about is not None else set()


def _wrong(error: ErrorDetails) -> WrongSetting:
    field = str(error["loc"][0]) if error["loc"] else ""
    name = PREFIX + field.upper()
    about = Settings.model_fields.get(field)
    kind, given = error["type"], str(error["input"])
    if kind == Fault.TIME_ZONE:
        return WrongSetting(name, Fault.TIME_ZONE, given)
    if kind == Fault.PROXY:
        better = f"http://{given}" if _HOST_AND_PORT.fullmatch(given) else EXAMPLE_PROXY
        return WrongSetting(name, Fault.PROXY, _without_password(given), better=better)
    if kind == Fault.WEB_ADDRESS:
        better = Settings.model_fields["telegram_base_url"].default
        return WrongSetting(name, Fault.WEB_ADDRESS, _without_password(given), better=better)
    kinds = _kinds_of(field)
    choices = [choice for one in kinds for choice in get_args(one) if isinstance(choice, str)]
    if kind == "literal_error" and choices:
        return WrongSetting(name, Fault.CHOICE, given, better=", ".join(sorted(set(choices))))
    if about is None or not kinds & {int, float}:
        # What was given is left out: it may be a secret.
        return WrongSetting(name, Fault.UNREADABLE)
    limits: dict[str, float] = {
        bound: getattr(one, bound)
        for one in about.metadata
        for bound in ("ge", "gt", "le")
        if hasattr(one, bound)
    }
    return WrongSetting(
        name,
        Fault.WHOLE_NUMBER if int in kinds else Fault.NUMBER,
        given,
        least=limits.get("ge", limits.get("gt")),
        excluded="gt" in limits,
        most=limits.get("le"),
    )


def _line_of(error: tomllib.TOMLDecodeError) -> str:
    """The number of the line; that of the last one if something is missing at the end."""
    found = re.search(r"at line (\d+)", str(error))
    if found is not None:
        return found[1]
    return str(len(Path(TOML_FILE).read_text(encoding="utf-8").splitlines()))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:  # a port that is none, brackets that do not match
        return False
    return whole and bool(parts.hostname) and not re.search(r"\s", url)


def _without_password(url: str) -> str:
    return re.sub(r"^(.*://)?.*@", r"\1***@", url)
