"""The bot's commands: registered with Telegram in both languages, and listed by /help."""

from __future__ import annotations

from commcoach.domain.language import Language
from commcoach.presentation.wording import N_, Wording
from commcoach.telegram.markup import escape

COMMANDS = {
    "practice": N_("command.practice"),
    "finish": N_("command.finish"),
    "progress": N_("command.progress"),
    "history": N_("command.history"),
    "language": N_("command.language"),
    "export": N_("command.export"),
    "forget": N_("command.forget"),
    "help": N_("command.help"),
    "about": N_("command.about"),
}
"""Every command but /start, which Telegram knows by itself, in the order of the menu."""

REGISTERED = {None: Language.EN, "zh": Language.ZH, "en": Language.EN}
"""In which language the commands are shown to a client's; `None` stands for all others."""


def described(words: Wording) -> list[tuple[str, str]]:
    """Every command with what it does."""
    return [(name, words.say(key)) for name, key in COMMANDS.items()]


def command_lines(words: Wording) -> list[str]:
    """The commands as a list."""
    return [f"/{name}　{escape(text)}" for name, text in described(words)]


def command_in(text: str) -> tuple[str, str] | None:
    """A command and what follows it; `None` for a text that is none."""
    if not text.startswith("/") or len(text) < 2:
        return None
    first, _, rest = text[1:].partition(" ")
    return first.partition("@")[0].lower(), rest.strip()
