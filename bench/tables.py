"""Markdown tables, printed or put between two markers of a file."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

README = Path(__file__).with_name("README.md")


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"

    def signed(self) -> str:
        """The same for a difference."""
        return f"{self.value:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; columns after the first are aligned to the right."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def measured_with(command: str, seconds: float) -> str:
    """The line below a table: when, with what and how long."""
    day = datetime.now(UTC).date().isoformat()
    return (
        f"`{command}`: {day}, Python {platform.python_version()}, {cores()} cores, {seconds:.0f} s."
    )


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def publish(name: str, text: str, write: bool) -> None:
    """Print the text and, if asked to, put it between the markers of that name in the README."""
    print(text)
    if not write:
        return
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = README.read_text(encoding="utf-8")
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{README.name} has no markers for {name}")
    new = f"{before}{begin}\n\n{text}\n\n{end}{after}"
    README.write_text(new, encoding="utf-8", newline="\n")
