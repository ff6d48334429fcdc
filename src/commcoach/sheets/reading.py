"""A grading sheet that came back, read row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from commcoach.coaching.casework import ID, NEEDED, NOTE, REPLY, Cell, Column, Fault, RawRow
from commcoach.sheets.headers import NAMES, read_header, rows_told
from commcoach.sheets.raw import LARGEST, hidden_troubles, unpacked_size

_BROKEN = (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, EOFError)
"""What reading a workbook raises where the file is not a sound one."""
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of Excel before 2007 begin, and files with a password."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_HEADER_WITHIN = 20
"""Rows from the top in which the header is looked for."""


class WorkbookFile:
    """A workbook of grades; the header is read at once, the rows when they are asked for."""

    def __init__(self, place: Path, criteria: Sequence[str]) -> None:
        self._place = place
        self._criteria = criteria
        self._faults: list[Fault] = []
        self._columns: dict[Column, str] = {}
        self._levels: list[tuple[int, Column]] = []
        self._cells: dict[str, int] = {}
        self._header = 0
        self._sheet: Any = None
        self._book: Any = None
        self.sent: int | None = None
        self._before = state_of(place)
        why = _why_not(place)
        if why is not None:
            self._faults.append(Fault(why))
        else:
            self._open()

    @property
    def columns(self) -> Mapping[Column, str]:
        """The columns of levels, with the place of each."""
        return self._columns

    def faults(self) -> Sequence[Fault]:
        """What is wrong with the file itself."""
        if not is_still(self._place, self._before):
            # What else was found may be of either state.
            return (Fault("changed_while_read"),)
        return self._faults

    def _open(self) -> None:
        try:
            self._book = load_workbook(self._place, read_only=True, data_only=True)
            self.sent = rows_told(self._book.properties.keywords)
            self._find_header()
            if self._sheet is not None:
                self._look_below()
        except _BROKEN:
            self._faults.append(Fault("broken"))
            self._sheet = None

    def _find_header(self) -> None:
        for sheet in self._book.worksheets:
            sheet.reset_dimensions()  # some programs write wrong ones
            top = sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True)
            for number, values in enumerate(top, start=1):
                texts = ["" if value is None else str(value) for value in values]
                if {ID, REPLY} & {read_header(text) for text in texts if text.strip()}:
                    self._sheet, self._header = sheet, number
                    self._read_header(texts)
                    return
        self._faults.append(Fault("no_header"))

    def _read_header(self, texts: Sequence[str]) -> None:
        for index, text in enumerate(texts):
            if text.strip():
                self._read_heading(index, text)
        missing = [name for name in NEEDED if name not in self._cells]
        if missing:
            place = f"{self._sheet.title}!{self._header}"
            self._faults.append(Fault("missing_columns", place, {"names": tuple(missing)}))
        if not self._levels and not self._faults:
            self._faults.append(Fault("no_level_columns", self._sheet.title))

    def _read_heading(self, index: int, text: str) -> None:
        place = f"{self._sheet.title}!{get_column_letter(index + 1)}{self._header}"
        found = read_header(text)
        if isinstance(found, str):
            if found in self._cells:
                self._faults.append(Fault("doubled_column", place, {"name": found}))
            self._cells.setdefault(found, index)
            return
        if found is None or found.criterion not in self._criteria:
            given = " ".join(text.split())
            known = [*self._criteria, *sorted(NAMES)]
            near = get_close_matches(found.criterion if found else given, known, n=1)
            kind = "bad_header_near" if near else "bad_header"
            details = {"given": given[:40], "near": near[0] if near else ""}
            self._faults.append(Fault(kind, place, details))
            return
        if found in self._columns:
            name = f"{found.criterion} @{found.by}" if found.by else found.criterion
            self._faults.append(Fault("doubled_grader", place, {"name": name}))
            return
        self._columns[found] = place
        self._levels.append((index, found))

    def _look_below(self) -> None:
        """Name merged cells and formulas without a value: in the rows both look empty."""
        with ZipFile(self._place) as archive:
            merged, uncomputed = hidden_troubles(archive, self._sheet.title)
        for kind, cells in (("merged", merged), ("uncomputed", uncomputed)):
            self._faults.extend(Fault(kind, f"{self._sheet.title}!{cell}") for cell in cells)

    def rows(self) -> Iterator[RawRow]:
        """The rows below the header; none if the file cannot be read."""
        if self._sheet is None or any(name not in self._cells for name in NEEDED):
            self._close()
            return
        before = f"{self._sheet.title}!"
        letters = {index: get_column_letter(index + 1) for index, _ in self._levels}
        names = {
            name: (index, get_column_letter(index + 1))
            for name, index in self._cells.items()
            if name != NOTE
        }
        try:
            below = self._sheet.iter_rows(min_row=self._header + 1, values_only=True)
            for number, values in enumerate(below, start=self._header + 1):
                if not any(value is not None for value in values):
                    continue
                width = len(values)
                yield RawRow(
                    before,
                    number,
                    {
                        name: Cell(values[index] if index < width else None, letter)
                        for name, (index, letter) in names.items()
                    },
                    [
                        (column, Cell(values[index], letters[index]))
                        for index, column in self._levels
                        if index < width
                    ],
                )
        except _BROKEN:
            self._faults.append(Fault("broken"))
        finally:
            self._close()

    def _close(self) -> None:
        if self._book is not None:
            self._book.close()


def is_workbook(place: Path) -> bool:
    """Whether a file is, or calls itself, a workbook of any kind."""
    with place.open("rb") as file:
        head = file.read(8)
    called = place.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv")
    return called or head.startswith(_ZIP) or head == _OLD


def _why_not(place: Path) -> str | None:
    """Why the file cannot be read as a workbook, as far as its bytes tell."""
    with place.open("rb") as file:
        head = file.read(1 << 20)
        file.seek(max(0, place.stat().st_size - (1 << 20)))
        tail = file.read()
    if head.startswith(_OLD):
        return "locked" if _LOCKED in head or _LOCKED in tail else "old_workbook"
    if not head.startswith(_ZIP):
        return "not_a_workbook"
    try:
        with ZipFile(place) as archive:
            if unpacked_size(archive) > LARGEST:
                return "too_large"
            if any(one.flag_bits & 1 for one in archive.infolist()):
                return "locked"
    except BadZipFile:
        return "broken"
    return None


def is_still(place: Path, state: str) -> bool:
    """Whether a file is there and as it was."""
    with suppress(OSError):
        return state_of(place) == state
    return False


def state_of(place: Path) -> str:
    """What is another if a file changes, even where its size and time stay as they are."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
