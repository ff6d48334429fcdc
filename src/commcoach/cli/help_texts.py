"""Help texts of the commands, in the language of this call."""

from __future__ import annotations

import os
import shutil
import sys
from functools import lru_cache
from pathlib import Path

from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording, parse_language


@lru_cache
def wording_of_this_call() -> Wording:
    """The wording that `--lang` or `COMMCOACH_LANG` asks for, before any command runs."""
    asked = os.environ.get("COMMCOACH_LANG")
    for index, argument in enumerate(sys.argv):
        if argument == "--lang" and index + 1 < len(sys.argv):
            asked = sys.argv[index + 1]
        elif argument.startswith("--lang="):
            asked = argument.partition("=")[2]
    return Wording(parse_language(asked) or Language.ZH)


def help_text(key: str) -> str:
    """The help of a command or option; `key` without its prefix `help.`."""
    return wording_of_this_call().say(f"help.{key}", command=command_name())


def command_name() -> str:
    """How this program is called here: `commcoach`, or its path where that is not found."""
    if shutil.which("commcoach") or Path(sys.argv[0]).stem != "commcoach":
        return "commcoach"
    return os.path.relpath(sys.argv[0])
