"""Writing the rows of a run in input order, so that an interruption loses nothing paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path

from commcoach.batch.rows import BadRow, Row, error_row
from commcoach.batch.running import as_line, draft_of, kept_in_front


class InOrder:
    """The output of a run whose rows are finished in any order.

    A run that goes on where another stopped appends to its output. One that fills gaps keeps what
    it finds in a draft beside it, in any order, and puts the output together at the end. No file
    is touched before the first row is finished.
    """

    def __init__(self, output: Path, rows: Sequence[Row | BadRow], done: Mapping[str, str]) -> None:
        self._output = output
        self._lines: list[str | None] = [
            as_line(error_row(row)) if isinstance(row, BadRow) else done.get(row.id) for row in rows
        ]
        self._kept = kept_in_front(output, rows, done)
        self._next = len(done) if self._kept is not None else 0
        self._fresh: set[int] = set()
        self._file: TextIOWrapper | None = None

    @property
    def missing(self) -> tuple[int, ...]:
        """The places of the rows that are to be scored."""
        return tuple(place for place, line in enumerate(self._lines) if line is None)

    def put(self, place: int, line: str) -> int:
        """Take a finished row; returns how many of those taken have now reached the disk."""
        self._lines[place] = line
        if self._kept is None:
            file = self._open(draft_of(self._output))
            file.write(line + "\n")
            file.flush()
            return 1
        self._fresh.add(place)
        return self._write_on()

    def finish(self) -> None:
        """Write what is still to be written, also behind a row that was not finished."""
        try:
            if self._kept is None:
                self._put_together()
            elif None not in self._lines:
                self._write_on()
            elif self._fresh:
                file = self._open(self._output)
                file.writelines(f"{self._lines[place]}\n" for place in sorted(self._fresh))
        finally:
            if self._file is not None:
                self._file.close()

    def _write_on(self) -> int:
        """Append all rows whose turn it is."""
        file, before = self._open(self._output), len(self._fresh)
        while self._next < len(self._lines) and self._lines[self._next] is not None:
            file.write(f"{self._lines[self._next]}\n")
            self._fresh.discard(self._next)
            self._next += 1
        file.flush()
        return before - len(self._fresh)

    def _put_together(self) -> None:
        if None in self._lines:
            return  # the next run finds the draft
        whole = self._output.with_name(self._output.name + ".new")
        with whole.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in self._lines)
        whole.replace(self._output)
        if self._file is not None:
            self._file.close()
        draft_of(self._output).unlink(missing_ok=True)

    def _open(self, place: Path) -> TextIOWrapper:
        if self._file is None:
            if self._kept is not None and place.exists():
                with place.open("r+b") as file:
                    file.truncate(self._kept)
            self._file = place.open("a", encoding="utf-8", newline="\n")
            if self._kept is None:
                # The last line of an earlier draft may be torn.
                self._file.write("\n")
        return self._file
