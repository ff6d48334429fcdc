"""Expected failures in one clear sentence with the cure; the only place that prints them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from commcoach.cli.help_texts import command_name, program_name, quoted
from commcoach.cli.model_cures import plain
from commcoach.cli.own_content import hint_of_unused, similar_content
from commcoach.cli.terminal import WIDEST, UsageError, wrap
from commcoach.coaching.casework import UnusableName
from commcoach.coaching.embedding import EmbeddingFailed
from commcoach.coaching.language_model import (
    AnswerCutOff,
    AnswerRefused,
    AnswerUnusable,
    BudgetSpent,
    ModelFailed,
    ModelMisconfigured,
    ModelUnavailable,
    PromptUnusable,
)
from commcoach.coaching.releasing import ReleaseChanged, UnknownRelease
from commcoach.coaching.storage import (
    AnotherBotRuns,
    DatabaseAccessDenied,
    DatabaseCorrupt,
    DatabaseDriverMissing,
    DatabaseFull,
    DatabaseLocked,
    DatabaseNotWritable,
    DatabaseTooNew,
    DatabaseUnknown,
    DatabaseUnreachable,
    DatabaseUnusable,
)
from commcoach.domain.problems import ContentMissing, ContentRefused, FolderNotEmpty, Problem
from commcoach.presentation.problem_report import problem_report
from commcoach.presentation.wording import N_, Wording
from commcoach.settings import Fault, SettingsWrong, WrongSetting
from commcoach.swapped_files import JournalUnreadable, SwapUnderWay, SwapUnfinished

_INDENT = 4
"""Spaces before what goes on from the line above."""
EXPECTED = (
    UsageError,
    SettingsWrong,
    ContentMissing,
    ContentRefused,
    FolderNotEmpty,
    DatabaseUnusable,
    ModelFailed,
    EmbeddingFailed,
    PromptUnusable,
    UnknownRelease,
    UnusableName,
    SwapUnderWay,
    SwapUnfinished,
    JournalUnreadable,
    OSError,
)
_DATABASE = {
    AnotherBotRuns: N_("error.another_bot_runs"),
    DatabaseAccessDenied: N_("error.database_access_denied"),
    DatabaseDriverMissing: N_("error.database_driver_missing"),
    DatabaseUnreachable: N_("error.database_unreachable"),
    DatabaseUnknown: N_("error.database_unknown"),
    DatabaseLocked: N_("error.database_locked"),
    DatabaseCorrupt: N_("error.database_corrupt"),
    DatabaseNotWritable: N_("error.database_not_writable"),
    DatabaseFull: N_("error.database_full"),
    DatabaseTooNew: N_("error.database_too_new"),
}


_MODEL = {
    ModelUnavailable.reason: N_("error.model_unavailable"),
    ModelMisconfigured.reason: N_("error.model_misconfigured"),
    AnswerUnusable.reason: N_("error.model_unusable"),
    AnswerCutOff.reason: N_("error.model_cut_off"),
    AnswerRefused.reason: N_("error.model_refused"),
    BudgetSpent.reason: N_("error.model_budget"),
    EmbeddingFailed.reason: N_("error.embeddings_failed"),
}
_SETTING = {
    Fault.TIME_ZONE: N_("setting.time_zone"),
    Fault.PROXY: N_("setting.proxy"),
    Fault.WEB_ADDRESS: N_("setting.web_address"),
    Fault.CHOICE: N_("setting.choice"),
    Fault.UNREADABLE: N_("setting.unreadable"),
    Fault.FILE: N_("setting.file"),
}
_KIND = {Fault.WHOLE_NUMBER: N_("setting.whole_number"), Fault.NUMBER: N_("setting.number")}
_NOT_IN_CONTENT = frozenset(
    (
        N_("error.nothing_to_check"),
        N_("error.nothing_to_show"),
        N_("error.nothing_to_show_near"),
        N_("error.unknown_criteria"),
        N_("error.unknown_module"),
        N_("error.unknown_rubric"),
        N_("error.unknown_scenario"),
    )
)
"""What is not found in the content in use, but may well be in the user's own."""
_STAYS = (
    ModelFailed,
    PromptUnusable,
    UsageError,
    UnusableName,
    SettingsWrong,
    ContentMissing,
    ContentRefused,
    AnotherBotRuns,
    DatabaseAccessDenied,
    DatabaseDriverMissing,
    DatabaseTooNew,
    DatabaseUnknown,
)
"""What is the same when the command is given again: somebody has to change something."""


def report(error: BaseException, words: Wording) -> int:
    """Say what went wrong on standard error.

    Returns the exit code: 2 where the same command would fail again in the same way, else 1.
    """
    if isinstance(error, ContentRefused):
        whole = f"{command_name()} content check"
        show_problems(error.problems, words, error.root, whole)
    elif isinstance(error, SettingsWrong):
        for one in error.wrong:
            _print_wrapped(_about_setting(one, words))
    elif isinstance(error, UnusableName | SwapUnderWay | SwapUnfinished | JournalUnreadable):
        _print_wrapped(_about_grades(error, words))
    else:
        _print_wrapped(_sentence(error, words))
    return 2 if isinstance(error, _STAYS) else 1


def show_problems(
    problems: Sequence[Problem], words: Wording, root: Path | None = None, whole: str = ""
) -> None:
    """Say on standard error what is wrong with the content, each with place and cure.

    With the content folder, `root`, files are named so that they can be opened from here. `whole`
    is the command that lists everything with `--all`: then a screen is enough here.
    """
    if root is not None:
        problems = [replace(one, path=_from_here(root / one.path)) for one in problems]
    report = problem_report(problems, words, whole=not whole)
    for line in report.lines:
        _print_wrapped(line)
    _print_wrapped(words.say("content.problems_found", number=report.told + report.left))
    if report.left:
        _print_wrapped(words.say("check.left", number=report.left, command=whole))


def _from_here(place: Path) -> str:
    """A path as short as it may be typed where the user stands."""
    whole = Path(os.path.abspath(place))  # noqa: PTH100  # as typed: a link is not followed
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def _about_usage(error: UsageError, words: Wording) -> str:
    """Why a command cannot be carried out as it was given."""
    details = {"command": command_name(), **as_lists(error.details, words)}
    said = words.say(error.key, **details)
    hint = hint_of_unused(words) if error.key in _NOT_IN_CONTENT else ""
    return f"{said}\n{hint}" if hint else said


def as_lists(details: Mapping[str, object], words: Wording) -> dict[str, object]:
    """Several names are told as this language lists them."""
    separator = words.say("punctuation.list")
    return {
        name: separator.join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for name, value in details.items()
    }


def _about_setting(wrong: WrongSetting, words: Wording) -> str:
    if wrong.fault in _SETTING:
        key = _SETTING[wrong.fault]
        return words.say(key, name=wrong.name, given=wrong.given, better=wrong.better)
    if wrong.most is not None:
        key = "setting.between"
    elif wrong.least is None:
        key = "setting.any"
    else:
        key = "setting.above" if wrong.excluded else "setting.at_least"
    least, most = (f"{bound:g}" if bound is not None else "" for bound in (wrong.least, wrong.most))
    wanted = words.say(key, kind=words.say(_KIND[wrong.fault]), least=least, most=most)
    return words.say("setting.bad_number", name=wrong.name, wanted=wanted, given=wrong.given)


def _about_grades(
    error: UnusableName | SwapUnderWay | SwapUnfinished | JournalUnreadable, words: Wording
) -> str:
    """Why grades do not get into a sheet, or into the files of cases."""
    if isinstance(error, UnusableName):
        # As a program writes it: what is wrong with it cannot be seen.
        return words.say("error.unusable_name", name=repr(error.name)[1:-1])
    if isinstance(error, JournalUnreadable):
        return words.say("error.half_import", place=error.place)
    if isinstance(error, SwapUnfinished):
        return words.say("error.import_unfinished", command=command_name())
    return words.say("error.import_under_way")


def _about_missing_content(error: ContentMissing, words: Wording) -> str:
    """That there is no such content folder, or that it lacks what a command needs."""
    if error.root.exists():
        command = program_name()  # a copy is not made of the folder that was named
        return words.say(
            "error.content_missing", root=error.root, folder=error.folder, command=command
        )
    told = {"root": error.root, "here": Path.cwd(), "command": program_name()}
    near = similar_content(error.root)
    if near is None:
        return words.say("error.no_content_folder", **told)
    return words.say("error.no_content_folder_near", folder=quoted(str(near)), **told)


def _about_what_is_kept(
    error: DatabaseUnusable | ReleaseChanged | UnknownRelease, words: Wording
) -> str:
    """Why the database, or a release in it, is of no use."""
    if isinstance(error, ReleaseChanged):
        return words.say("error.release_changed", release=error.release)
    if isinstance(error, UnknownRelease):
        command = command_name()
        return words.say("error.unknown_release", release=error.release, command=command)
    key = _DATABASE.get(type(error), _DATABASE[DatabaseCorrupt])
    return words.say(key, place=error.place)


def _sentence(error: BaseException, words: Wording) -> str:
    match error:
        case UsageError():
            return _about_usage(error, words)
        case ContentMissing():
            return _about_missing_content(error, words)
        case FolderNotEmpty():
            return words.say("error.folder_not_empty", folder=error.folder)
        case DatabaseUnusable() | ReleaseChanged() | UnknownRelease():
            return _about_what_is_kept(error, words)
        case ModelFailed() | EmbeddingFailed():
            # What is said of the others is for the log: it names no cure, and not in words.
            key = _MODEL.get(error.reason, "error.model_failed")
            said = plain(error.said).rstrip(".。") or str(error).rstrip(".")
            return words.say(key, said=said, command=command_name())
        case PromptUnusable():
            return words.say("error.prompt_unusable", file=error.file, said=error.said)
        case OSError():
            place = error.filename or ""
            return words.say("error.file", place=place, reason=error.strerror or str(error))
    raise error


def _print_wrapped(text: str) -> None:
    """The lines as wide as the terminal; before a pipe they stay whole for who looks for them."""
    lines = text.split("\n")
    if sys.stderr.isatty():
        width = min(Console(stderr=True).width, WIDEST)
        lines = [part for line in lines for part in _wrapped(line, width)]
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def _wrapped(line: str, width: int) -> list[str]:
    indent = len(line) - len(line.lstrip())
    return [part.plain for part in wrap(Text(line), width, indent or _INDENT)]
