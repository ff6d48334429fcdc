"""What every command starts from: settings, wording, terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commcoach.cli.terminal import Terminal, UsageError
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording, parse_language
from commcoach.settings import Settings, SettingsWrong, read_settings


@dataclass(frozen=True, slots=True)
class Context:
    """Settings with the command's own options over them."""

    settings: Settings
    words: Wording
    terminal: Terminal


def context(lang: str | None = None, content: Path | None = None) -> Context:
    """The context of a command; options win over the environment."""
    try:
        settings = read_settings()
    except SettingsWrong:
        raise
    except (ValueError, OSError) as error:  # TOML, encoding and validation errors are all of these
        raise UsageError("error.settings", said=" ".join(str(error).split())[:200]) from error
    if content is not None:
        settings = settings.model_copy(update={"content": content})
    language = parse_language(lang) if lang else parse_language(settings.lang)
    if language is None and (lang or settings.lang):
        raise UsageError("error.unknown_language", given=lang or settings.lang)
    words = Wording(language or Language.ZH, settings.zone())
    return Context(settings, words, Terminal(words))
