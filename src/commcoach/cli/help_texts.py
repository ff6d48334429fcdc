"""Help texts of the commands, in the language of this call, and how the program is called."""

from __future__ import annotations

import os
import re
import shutil
import sys
from functools import lru_cache
from pathlib import Path

from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording, parse_language

CARRIED = ("--content", "--lang")
"""Options that a suggested command repeats; the program takes them before any command too."""
_NEEDS_QUOTES = re.compile(r"[^\w@%+=:,./~-]")


@lru_cache
def wording_of_this_call() -> Wording:
    """The wording that `--lang` or `COMMCOACH_LANG` asks for, before any command runs."""
    asked = typed("--lang") or os.environ.get("COMMCOACH_LANG")
    return Wording(parse_language(asked) or Language.ZH)


def help_text(key: str) -> str:
    """The help of a command or option; `key` without its prefix `help.`."""
    return wording_of_this_call().say(f"help.{key}", command=program_name())


def program_name() -> str:
    """How this program is called here: `commcoach`, or its path where that is not found."""
    if _is_found(os.environ.get("PATH")) or Path(sys.argv[0]).stem != "commcoach":
        return "commcoach"
    return min(os.path.relpath(sys.argv[0]), sys.argv[0], key=len)


@lru_cache
def _is_found(path: str | None) -> bool:
    """Whether the bare name calls this program; every help text asks, so only the first looks."""
    return shutil.which("commcoach", path=path) is not None


def command_name() -> str:
    """What a suggested command begins with, so that it can be pasted and does the same as here.

    That is the program with the content folder and the language that were typed, if any:
    `commcoach --content mine --lang en`.
    """
    carried = ((option, typed(option)) for option in CARRIED)
    options = (f"{option} {quoted(value)}" for option, value in carried if value)
    return " ".join((program_name(), *options))


def command_on_own_content() -> str:
    """The same for a command that needs a content folder: a name in its place if none was typed."""
    if typed("--content"):
        return command_name()
    return f"{command_name()} --content {wording_of_this_call().say('usage.own_content')}"


def typed(option: str) -> str | None:
    """The value that an option was given in this call, the last one; `None` if it was not."""
    found = None
    for index, argument in enumerate(sys.argv):
        if argument == option and index + 1 < len(sys.argv):
            found = sys.argv[index + 1]
        elif argument.startswith(f"{option}="):
            found = argument.partition("=")[2]
    return found


def quoted(value: str) -> str:
    """A value of an option as it has to be typed."""
    return f'"{value}"' if _NEEDS_QUOTES.search(value) else value
