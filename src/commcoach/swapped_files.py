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
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

JOURNAL = ".swap.json"
LOCK = ".swap.lock"
_TO_SWAP = ".swap-"
_NEW = ".new-"
"""How the names of drafts begin. A dot: what a crash leaves behind is no content."""
_DRAFT = ".draft"
_OLDER_DRAFTS = ".????????.swap"
"""What drafts were called at first: nobody else would clear away what a kill has left."""
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


class SwapUnfinished(Exception):
    """Files could neither take their places nor go back; the next look carries it out."""


class FilesChanged(Exception):
    """The files are not what they were when they were read."""


@contextmanager
def sole_writer(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Be the only one who swaps files of a folder; first ends what was cut off before.

    Raises `SwapUnderWay` if somebody else still is after `patience` seconds, `JournalUnreadable`
    if it cannot be told what was cut off, `OSError` if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The lock file stays: whoever waits for one that loses its name would hold a lock alone.
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise SwapUnderWay from None
    try:
        _carry_out(folder)
        _sweep(folder)
        yield
    finally:
        lock.release()


def is_half_done(folder: Path) -> bool:
    """Whether a swap is going on, or was cut off."""
    return (folder / JOURNAL).exists()


def settle(folder: Path, patience: float = _PATIENCE) -> bool:
    """Whether no swap is half done; one that was cut off is carried out, others are waited for."""
    if not is_half_done(folder):
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
    files are as before, at the latest with the next look. Raises `SwapUnfinished` if they are not.
    An interruption that comes when all is done is too late to be one, and is let go.
    """
    try:
        # The way back is laid before the first step, so that a full disk does not cut it off.
        forth = _journal(folder, after, before, after)
        back = _journal(folder, before, before, after)
        if any(_content(place) != before[place] for place in after):
            raise FilesChanged
        try:
            _decide(folder, forth)
            _carry_out(folder)
        except BaseException as error:
            if is_half_done(folder):
                try:
                    _decide(folder, back)
                except OSError:
                    raise SwapUnfinished from error
                _carry_out(folder)
                raise
            if forth.exists():
                raise
            # The journal has been and gone: whoever hears of a failure now would hear an untruth.
    finally:
        if not is_half_done(folder):
            # What stays is swept with the next look; the files stand either way.
            with suppress(KeyboardInterrupt):
                _sweep(folder)


def write_whole(place: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file where there is none yet, whole or not at all; `FileExistsError` if there is."""
    refuse_to_write_over(place)
    draft = _draft(place, content, _NEW, mode)
    try:
        _take_free(draft, place)
        _sync(place.parent)
    finally:
        draft.unlink(missing_ok=True)


def refuse_to_write_over(place: Path) -> None:
    """Raise `FileExistsError` if something has this name."""
    if place.exists() or place.is_symlink():
        raise FileExistsError(17, os.strerror(17), str(place))


def _journal(
    folder: Path,
    wanted: Mapping[Path, bytes | None],
    before: Mapping[Path, bytes | None],
    after: Mapping[Path, bytes],
) -> Path:
    """A draft of a journal, with drafts of what it wants the files to hold."""
    entries = []
    for place in after:
        content = wanted[place]
        draft = None if content is None else _draft(place, content).name
        known = [_digest(before[place]), _digest(after[place])]
        entries.append({"place": place.name, "draft": draft, "known": known})
    return _draft(folder / JOURNAL, json.dumps(entries).encode())


def _decide(folder: Path, journal: Path) -> None:
    """Let the journal stand: from here on its drafts are what the files hold."""
    journal.replace(folder / JOURNAL)
    _sync(folder)


def _carry_out(folder: Path) -> None:
    """What the journal says, or what is left of it."""
    content = _content(folder / JOURNAL)
    if content is None:
        return
    for place, draft, known in _entries(folder / JOURNAL, content):
        target = folder / place
        held = _content(target)
        if draft is not None and _content(folder / draft) in (None, held):
            continue
        if held is not None and _digest(held) not in known:
            _put_aside(target)
        if draft is None:
            target.unlink(missing_ok=True)
        else:
            (folder / draft).replace(target)
    _sync(folder)
    (folder / JOURNAL).unlink()


def _put_aside(place: Path) -> None:
    """Keep somebody's work of the time since; the check of the content names this file."""
    for number in count(1):
        aside = f"{place.name}{_EDITED}" + (f"-{number}" if number > 1 else "")
        with suppress(FileExistsError):
            _take_free(place, place.with_name(aside))
            return


def _take_free(source: Path, place: Path) -> None:
    """Give a file a name that nothing has yet; `FileExistsError` if something has it."""
    try:
        os.link(source, place)
    except FileExistsError:
        raise
    except OSError:
        # No second names here, as on many a memory stick: an empty file keeps the place.
        place.open("xb").close()
        try:
            source.replace(place)
        except BaseException:
            # An interruption may come when the file has moved: then its new name is its only one.
            if source.exists():
                place.unlink()
            raise
    else:
        source.unlink()


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
    """Remove drafts of swaps that nobody waits for any more; for the sole writer only."""
    for pattern in (f"{_TO_SWAP}*{_DRAFT}", _OLDER_DRAFTS):
        for draft in folder.glob(pattern):
            with suppress(OSError):
                draft.unlink()


def _draft(place: Path, content: bytes, kind: str = _TO_SWAP, mode: int = 0o644) -> Path:
    handle, name = tempfile.mkstemp(prefix=kind, suffix=_DRAFT, dir=place.parent)
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
