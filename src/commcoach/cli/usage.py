"""The help pages, and what is wrong with a command as it was typed, in the reader's words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, cast

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from commcoach.cli.help_texts import CARRIED, wording_of_this_call
from commcoach.cli.long_commands import INTERRUPTED
from commcoach.cli.terminal import WIDEST, UsageError, wrap
from commcoach.presentation.wording import N_, Wording

_MOST_NAME = 26
"""Cells of a name beside its help; a longer one stands on a line of its own."""
_Mistyped = cast("type[Exception]", typer.BadParameter.__base__)
"""What Typer raises for all it cannot understand; it exports only this one child of it."""
_KINDS = {
    "path": N_("usage.kind.path"),
    "int": N_("usage.kind.number"),
    "float": N_("usage.kind.number"),
}

# Typer does not export the types of contexts and parameters that it passes to its commands.
Given = Any
Parsed = TypeVar("Parsed")


class PlainCommand(TyperCommand):
    """A command whose help and complaints are in the catalogue's words."""

    def get_help(self, ctx: Given) -> str:
        """The help page."""
        return _page(self, ctx)

    def parse_args(self, ctx: Given, args: list[str]) -> list[str]:
        """What was typed as parameters; `UsageError` where that cannot be."""
        # Options that every suggested command repeats may stand before the command.
        early = ctx.find_root().params
        names = (option.removeprefix("--") for option in CARRIED)
        ctx.default_map = {name: early[name] for name in names if early.get(name) is not None}
        ctx.allow_extra_args = True
        extra = _understood(lambda: super(PlainCommand, self).parse_args(ctx, args), ctx)
        if extra:
            raise UsageError("usage.extra", given=" ".join(extra), page=ctx.command_path)
        return extra

    def invoke(self, ctx: Given) -> Any:
        """Run the command; whoever interrupts it hears that it was."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.stderr.write(f"{wording_of_this_call().say('command.interrupted')}\n")
            raise typer.Exit(INTERRUPTED) from None


class PlainGroup(TyperGroup):
    """A group of such commands."""

    def get_help(self, ctx: Given) -> str:
        """The help page."""
        return _page(self, ctx, tuple(self._listed(ctx)))

    def parse_args(self, ctx: Given, args: list[str]) -> list[str]:
        """What was typed before the command; `UsageError` where that cannot be."""
        return _understood(lambda: super(PlainGroup, self).parse_args(ctx, args), ctx)

    def invoke(self, ctx: Given) -> Any:
        """Run the command; `UsageError` if none was typed."""
        return _understood(lambda: super(PlainGroup, self).invoke(ctx), ctx)

    def resolve_command(self, ctx: Given, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is meant; `UsageError` if there is none such."""
        if self.get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        told = {"given": args[0], "page": ctx.command_path}
        names = [name for name, _ in self._listed(ctx)]
        near = get_close_matches(args[0], names, n=1)
        if near:
            raise UsageError("usage.no_such_command_near", near=near[0], **told)
        raise UsageError("usage.no_such_command", known=_listed(names), **told)

    def _listed(self, ctx: Given) -> Iterator[tuple[str, str]]:
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                yield name, (command.help or "").strip()


def in_plain_words(app: typer.Typer) -> typer.Typer:
    """The app with every command and group of it as one of the above."""
    for command in app.registered_commands:
        command.cls = PlainCommand
    app.info.cls = PlainGroup
    for group in app.registered_groups:
        group.cls = PlainGroup
        if group.typer_instance is not None:
            in_plain_words(group.typer_instance)
    return app


# -- complaints -----------------------------------------------------------------------------


def _understood(parse: Callable[[], Parsed], ctx: Given) -> Parsed:
    try:
        return parse()
    except _Mistyped as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        raise _complaint(error, ctx) from error


def _complaint(error: Any, ctx: Given) -> UsageError:
    """What is wrong, from what Typer's errors carry: their classes are not exported."""
    words, page = wording_of_this_call(), ctx.command_path
    option = getattr(error, "option_name", None)
    known = {name: param for param in ctx.command.get_params(ctx) for name in param.opts}
    if option is not None and option not in known:
        return _no_such_option(option, ctx, list(known))
    param = getattr(error, "param", None) or known.get(option)
    if param is None and isinstance(ctx.command, TyperGroup):
        return UsageError("usage.no_command", page=page)
    if param is None:
        return UsageError("usage.wrong", page=page, said=error.format_message())
    told = {
        "name": _name(param),
        "kind": _kind(param, words),
        "help": param.help or "",
        "page": page,
    }
    if type(error).__name__ == "MissingParameter":
        is_option = param.param_type_name == "option"
        key = "usage.missing_option" if is_option else "usage.missing_argument"
        return UsageError(key, **told)
    if option is not None:
        return UsageError("usage.is_flag" if _is_flag(param) else "usage.no_value", **told)
    if "int" in _shown_type(param):
        return UsageError("usage.whole_number", range=_range(param, words), **told)
    return UsageError("usage.wrong_value", **told)


def _no_such_option(given: str, ctx: Given, known: Sequence[str]) -> UsageError:
    told = {"given": given, "page": ctx.command_path}
    near = get_close_matches(given, known, n=1)
    if near:
        return UsageError("usage.no_such_option_near", near=near[0], **told)
    if isinstance(ctx.command, TyperGroup):
        return UsageError("usage.option_before_command", **told)
    return UsageError("usage.no_such_option", **told)


# -- the page -------------------------------------------------------------------------------


def _page(command: Given, ctx: Given, commands: Sequence[tuple[str, str]] = ()) -> str:
    words = wording_of_this_call()
    every = [one for one in command.get_params(ctx) if not one.hidden]
    options = [one for one in every if one.param_type_name == "option"]
    arguments = [one for one in every if one.param_type_name == "argument"]
    usage = [ctx.command_path, *(f"{_name(one)}{_dots(one)}" for one in arguments)]
    usage.append(words.say("usage.command_here" if commands else "usage.options_here"))
    lines = [words.say("usage.head", usage=" ".join(usage)), ""]
    lines += _wrapped(command.help or "", 2)
    for title, rows in (
        (N_("usage.arguments"), [_row(one, words) for one in arguments]),
        (N_("usage.commands"), commands),
        (N_("usage.options"), [_row(one, words) for one in options]),
    ):
        if rows:
            lines += ["", words.say(title), *_table(rows)]
    if commands:
        lines += ["", words.say("usage.more", page=ctx.command_path)]
    return "\n".join(lines)


def _row(param: Given, words: Wording) -> tuple[str, str]:
    """How a parameter is written, and what it is for."""
    if param.param_type_name == "argument":
        name = f"{_name(param)}{_dots(param)}"
    elif _is_flag(param):
        name = " / ".join((*param.opts, *param.secondary_opts))
    else:
        name = f"{_name(param)} {_kind(param, words)}"
    about = words.say("usage.help") if param.opts == ["--help"] else param.help or ""
    notes = [_range(param, words), _default(param, words)]
    if param.required:
        notes.append(words.say("usage.required"))
    return name, "".join((about, *notes)).strip()


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = list(rows)
    room = max((wide for name, _ in rows if (wide := cell_len(name)) <= _MOST_NAME), default=0)
    for name, text in rows:
        lines = _wrapped(text, room + 4)
        if cell_len(name) > room:
            yield f"  {name}"
        elif lines:
            yield f"  {name}{' ' * (room - cell_len(name))}  {lines.pop(0).lstrip()}"
        yield from lines


def _wrapped(text: str, indent: int) -> list[str]:
    width = min(Console().width, WIDEST)
    return [" " * indent + line.plain for line in wrap(Text(text), width - indent)]


def _name(param: Given) -> str:
    """The option, or an argument in capitals."""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name).upper()


def _dots(param: Given) -> str:
    return "" if param.nargs == 1 else "..."


def _kind(param: Given, words: Wording) -> str:
    shown = _shown_type(param)
    key = next((key for name, key in _KINDS.items() if name in shown), N_("usage.kind.text"))
    return words.say(key) + (" ..." if "list" in shown else "")


def _shown_type(param: Given) -> str:
    """The annotation in words, as far as Typer tells it: `<class 'int'>`, `list[pathlib.Path]`."""
    return str(getattr(getattr(param, "type_descriptor", None), "annotation", "")).lower()


def _is_flag(param: Given) -> bool:
    return bool(getattr(param, "is_flag", False))


def _range(param: Given, words: Wording) -> str:
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    if most is not None:
        return words.say("usage.between", least=least, most=most)
    return words.say("usage.at_least", least=least) if least is not None else ""


def _default(param: Given, words: Wording) -> str:
    shown = param.show_default
    default = shown if isinstance(shown, str) else param.default if shown else None
    if _is_flag(param) or default in (None, "", (), []):
        return ""
    return words.say("usage.default", default=default)


def _listed(names: Iterable[str]) -> str:
    return wording_of_this_call().say("punctuation.list").join(names)
