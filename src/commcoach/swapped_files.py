"""Files of a folder that take their places together or not at all, also if a program is killed.

The new contents are written beside the old ones and named in a journal. The journal is what counts:
before it stands, nothing has happened; once it stands, everything has, and whoever comes next
carries out what is left of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

JOURNAL = ".swap.json"
LOCK = ".swap.lock"
_DRAFT = ".swap"
_EDITED = ".edited"
"""Added to the name of a file that somebody edited after a swap was cut off, and before its end."""
_PATIENCE = 10.0
"""Seconds that a reader waits for a swap that is under way; it takes milliseconds."""


class SwapUnderWay(Exception):
    """Somebody else is changing the files of this folder."""


class JournalUnreadable(Exception):
    """What was cut off cannot be made out."""

    def __init__(self, place: Path) -> None:
        super().__init__(self.__doc__)
        self.place = place


class FilesChanged(Exception):
    """The files are not what they were when they were read."""


@contextmanager
def sole_writer(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Be the only one who swaps files of a folder; first ends what was cut off before.

    Raises `SwapUnderWay` if somebody else still is after `patience` seconds, `JournalUnreadable`
    if it cannot be told what was cut off, `OSError` if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / LOCK
    lock = FileLock(place)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise SwapUnderWay from None
    try:
        _carry_out(folder)
        yield
    finally:
        # Whoever waits for a lock that has lost its name takes the next one: filelock looks.
        with suppress(OSError):
            place.unlink()
        lock.release()


def settle(folder: Path, patience: float = _PATIENCE) -> bool:
    """Whether no swap is half done; one that was cut off is carried out, others are waited for."""
    if not (folder / JOURNAL).exists():
        return True
    try:
        with sole_writer(folder, patience):
            return True
    except (SwapUnderWay, JournalUnreadable, OSError):
        return False


def swap(folder: Path, before: Mapping[Path, bytes | None], after: Mapping[Path, bytes]) -> None:
    """Let files of a folder take new contents, all or none; for the sole writer only.

    `before` is what each file held when it was read, `None` where there was none. Raises
    `FilesChanged` if that is not so any more, `OSError` if a file cannot be written; then all
    files are as before.
    """
    try:
        drafts = {place: _draft(place, content) for place, content in after.items()}
        if any(_content(place) != before[place] for place in after):
            raise FilesChanged
        try:
            _decide(folder, drafts, before, after)
            _carry_out(folder)
        except BaseException:
            if (folder / JOURNAL).exists():
                older = {
                    place: None if content is None else _draft(place, content)
                    for place, content in before.items()
                }
                _decide(folder, older, before, after)
                _carry_out(folder)
            raise
    finally:
        if not (folder / JOURNAL).exists():
            _sweep(folder)


def write_whole(place: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file where there is none yet, whole or not at all; `FileExistsError` if there is."""
    refuse_to_write_over(place)
    draft = _draft(place, content, mode)
    try:
        refuse_to_write_over(place)
        draft.replace(place)
        _sync(place.parent)
    finally:
        draft.unlink(missing_ok=True)


def refuse_to_write_over(place: Path) -> None:
    """Raise `FileExistsError` if something has this name."""
    if place.exists() or place.is_symlink():
        raise FileExistsError(17, os.strerror(17), str(place))


def _decide(
    folder: Path,
    drafts: Mapping[Path, Path | None],
    before: Mapping[Path, bytes | None],
    after: Mapping[Path, bytes],
) -> None:
    """Write the journal: from here on the drafts are what the files hold."""
    entries = [
        {
            "place": place.name,
            "draft": None if draft is None else draft.name,
            "known": [_digest(before[place]), _digest(after[place])],
        }
        for place, draft in drafts.items()
    ]
    _draft(folder / JOURNAL, json.dumps(entries).encode()).replace(folder / JOURNAL)
    _sync(folder)


def _carry_out(folder: Path) -> None:
    """What the journal says, or what is left of it."""
    content = _content(folder / JOURNAL)
    if content is None:
        return
    for place, draft, known in _entries(folder / JOURNAL, content):
        target = folder / place
        if draft is None:
            target.unlink(missing_ok=True)
        elif (folder / draft).exists():
            if _digest(_content(target)) not in known:
                # Somebody's work of the time since; the check of the content names this file.
                target.replace(folder / f"{place}{_EDITED}")
            (folder / draft).replace(target)
    _sync(folder)
    (folder / JOURNAL).unlink()
    _sweep(folder)


def _entries(journal: Path, content: bytes) -> list[tuple[str, str | None, list[str]]]:
    """Each file with its draft, and the hashes of what it may hold now."""
    try:
        entries = [(one["place"], one["draft"], one["known"]) for one in json.loads(content)]
        names = [name for place, draft, _ in entries for name in (place, draft or place)]
        # A content folder may come from anybody; only its own files are named in it.
        if any(Path(name).name != name for name in names):
            raise JournalUnreadable(journal)
    except (ValueError, KeyError, TypeError):
        raise JournalUnreadable(journal) from None
    return entries


def _sweep(folder: Path) -> None:
    """Remove drafts that nobody waits for any more."""
    for draft in folder.glob(f".*{_DRAFT}"):
        with suppress(OSError):
            draft.unlink()


def _draft(place: Path, content: bytes, mode: int = 0o644) -> Path:
    # The name begins with a dot: a draft that a crash leaves behind is no content.
    handle, name = tempfile.mkstemp(prefix=".", suffix=_DRAFT, dir=place.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(place.stat().st_mode & 0o777 if place.exists() else mode)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _content(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _sync(folder: Path) -> None:
    """Let the names in a folder reach the disk; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
