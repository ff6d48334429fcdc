"""`commcoach rubric new`: the file of a new criterion, with every place to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commcoach import bootstrap
from commcoach.cli.context import context
from commcoach.cli.help_texts import command_name, help_text, quoted
from commcoach.cli.own_content import own_content
from commcoach.cli.terminal import UsageError
from commcoach.domain.language import Localized
from commcoach.presentation.wording import N_

_WHY_NOT = {
    "bad_module": N_("error.bad_module"),
    "bad_criterion": N_("error.bad_criterion"),
    "reserved_module": N_("error.reserved_module"),
    "in_use": N_("error.criterion_in_use"),
}


def new(
    name: Annotated[str, typer.Argument(metavar="MODULE/CRITERION", help=help_text("new.name"))],
    title_zh: Annotated[str, typer.Option(help=help_text("new.title_zh"))] = "",
    title_en: Annotated[str, typer.Option(help=help_text("new.title_en"))] = "",
    content: Annotated[Path | None, typer.Option(help=help_text("new.content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("new.lang"))] = None,
) -> None:
    """See the message catalogue."""
    about = context(lang, content)
    root = own_content(about)
    module, slash, id = name.partition("/")
    if not slash:
        raise UsageError("error.no_module_named", given=name)
    title = Localized(_title(title_zh) or None, _title(title_en) or None)
    done = bootstrap.start_criterion(root, module, id, title, about.words.say)
    if done.why_not is not None:
        raise UsageError(_WHY_NOT[done.why_not], module=module, id=id, place=done.other or "")
    for place in done.files:
        about.terminal.say("new.written", "green", path=place)
    about.terminal.say(
        "new.next",
        file=done.files[0],
        command=command_name(),
        # A new module has a file of its own to fill in beside the criterion's.
        place=quoted(str(done.files[0] if len(done.files) == 1 else done.files[0].parent)),
        criterion=id,
    )


def _title(given: str) -> str:
    """A title is one line; what cannot be seen has no place in it."""
    one_line = " ".join(given.split())
    return "".join(character for character in one_line if character.isprintable())
