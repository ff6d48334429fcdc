"""Expected failures in one clear sentence with the cure; the only place that prints them."""

from __future__ import annotations

import sys

from commcoach.cli.terminal import UsageError
from commcoach.coaching.releasing import UnknownRelease
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
from commcoach.domain.problems import ContentMissing, ContentRefused, FolderNotEmpty
from commcoach.presentation.problems import how_to_mend, place, what_is_wrong
from commcoach.presentation.wording import N_, Wording

EXPECTED = (
    UsageError,
    ContentMissing,
    ContentRefused,
    FolderNotEmpty,
    DatabaseUnusable,
    UnknownRelease,
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


def report(error: BaseException, words: Wording) -> int:
    """Say what went wrong on standard error; returns the exit code, 2 for wrong usage, else 1."""
    if isinstance(error, ContentRefused):
        for problem in error.problems:
            _print(f"{place(problem)}: {what_is_wrong(problem, words)}")
            _print(f"    {how_to_mend(problem, words)}")
        _print(words.say("content.problems_found", number=len(error.problems)))
        return 1
    _print(_sentence(error, words))
    return 2 if isinstance(error, UsageError) else 1


def _sentence(error: BaseException, words: Wording) -> str:
    match error:
        case UsageError():
            return words.say(error.key, **error.details)
        case ContentMissing():
            return words.say("error.content_missing", root=error.root, folder=error.folder)
        case FolderNotEmpty():
            return words.say("error.folder_not_empty", folder=error.folder)
        case DatabaseUnusable():
            key = _DATABASE.get(type(error), _DATABASE[DatabaseCorrupt])
            return words.say(key, place=error.place)
        case UnknownRelease():
            return words.say("error.unknown_release", release=error.release)
        case OSError():
            place = error.filename or ""
            return words.say("error.file", place=place, reason=error.strerror or str(error))
    raise error


def _print(text: str) -> None:
    sys.stderr.write(text + "\n")
