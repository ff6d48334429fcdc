"""Showing and asking at a terminal, or through a pipe."""

from __future__ import annotations

import importlib
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from commcoach.presentation.cards import Section
from commcoach.presentation.wording import Wording

WIDEST = 88
_FRAME = 6
"""Cells that the frame of a panel takes beside its title."""
_BOLD_GREEN = ("\001\033[1;32m\002", "\001\033[0m\002")
"""Marked so that line editing does not count them as visible."""


class UsageError(Exception):
    """The command cannot be carried out as it was given; carries a catalogue key."""

    def __init__(self, key: str, /, **details: object) -> None:
        super().__init__(key)
        self.key = key
        self.details = details


def no_file(path: Path) -> UsageError:
    """That nothing is there, or that it is a folder."""
    return UsageError("error.is_a_folder" if path.is_dir() else "error.no_such_path", path=path)


class EndOfInput(Exception):
    """Nothing more is going to be typed."""


class Terminal:
    """Where a command talks to a person. Everything shown is plain text, never markup."""

    def __init__(self, words: Wording) -> None:
        self.words = words
        self.interactive = sys.stdin.isatty()
        self._out = Console(highlight=False, markup=False, emoji=False)
        self._out.width = min(self._out.width, WIDEST)

    def say(self, key: str, style: str = "", /, **details: object) -> None:
        """A text of the catalogue."""
        self.show(self.words.say(key, **details), style)

    def show(self, text: str = "", style: str = "") -> None:
        """A line as it is."""
        self._print(Text(text, style=style), indent=len(text) - len(text.lstrip()))

    def labelled(self, label: str, text: str, style: str) -> None:
        """A line with a coloured label in front."""
        self._print(Text.assemble((label, style), text), indent=2)

    def growing(self, label: str, style: str) -> Growing:
        """A line with a coloured label in front that is shown while it grows."""
        return Growing(self._out, Text(label, style))

    def _print(self, text: Text, indent: int = 0) -> None:
        """The text in lines of the terminal's width; those after the first are indented."""
        for line in wrap(text, self._out.width, indent):
            self._out.print(line, soft_wrap=True)

    def panel(self, title: str, body: str) -> None:
        """A framed title with a line below it; a title too long for its frame stands above."""
        if cell_len(title) > self._out.width - _FRAME:
            self.show(title, "bold")
            self._out.print(Panel(Text(body)))
            return
        self._out.print(Panel(Text(body), title=Text(title, style="bold"), title_align="left"))

    def sections(self, sections: Sequence[Section]) -> None:
        """Titled lists."""
        for section in sections:
            self.show(section.title, "bold cyan")
            for line in section.lines:
                mark = "  " if len(section.lines) == 1 else "  · "
                self._print(Text(mark + line), indent=len(mark))

    @contextmanager
    def waiting(self, key: str) -> Iterator[Callable[[], None]]:
        """Say that something takes a moment, as long as it does, or until the call of what comes.

        Not before a pipe: there nobody waits.
        """
        if not self.interactive:
            yield lambda: None
            return
        with self._out.status(Text(self.words.say(key), style="dim")) as status:
            yield status.stop

    def waiting_for(self, name: str) -> Callable[[], None]:
        """Say that somebody is about to speak, until the call of what comes; not before a pipe."""
        if not self.interactive:
            return lambda: None
        said = Text(self.words.say("practice.answering", name=name), style="dim")
        status = self._out.status(said)
        status.start()
        return status.stop

    def _typed(self, prompt: str) -> str:
        # The prompt goes through input(), so that line editing knows where the line begins.
        bold, plain = _BOLD_GREEN if self._out.color_system else ("", "")
        try:
            with _interruptible():
                return input(f"{bold}{prompt}{plain}")
        except (EOFError, KeyboardInterrupt):
            self.show()
            raise EndOfInput from None

    def ask(self, prompt: str) -> str:
        """The next line of input, echoed where nobody typed it; `EndOfInput` at its end."""
        if self.interactive:
            return self._typed(prompt)
        line = sys.stdin.readline()
        if not line:
            raise EndOfInput
        text = line.rstrip("\r\n")
        if "\ufffd" in text:
            raise UsageError("error.input_not_utf8")
        if text.strip():
            self.labelled(prompt, text, "bold green")
        return text


class Growing:
    """A labelled line that is shown again as it grows; `end` leaves it as it is."""

    def __init__(self, out: Console, label: Text) -> None:
        self._out = out
        self._label = label
        self._live = Live(console=out, auto_refresh=False)
        self._live.start()

    def show(self, text: str) -> None:
        """The line so far."""
        line = Text.assemble(self._label, text)
        self._live.update(Text("\n").join(wrap(line, self._out.width, 2)), refresh=True)

    def end(self) -> None:
        """The line is whole."""
        self._live.stop()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends the input at once; the event loop's own handler would wait for it to return."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_COMMAND = re.compile(r"\s*\S*commcoach [^。]*[^。.：:]$")
_NO_LINE_STARTS_WITH = frozenset("，。！？；：、）】》”’…,.!?;:)%")


def wrap(text: Text, width: int, indent: int = 0) -> list[Text]:
    """The text cut into lines of at most `width` cells, as Chinese and English are set.

    Lines break at spaces and between Chinese characters, but not before closing punctuation. A
    line that is a command stays whole, so that it can be pasted.
    """
    lines: list[Text] = []
    for paragraph in text.split("\n", allow_blank=True):
        if _COMMAND.match(paragraph.plain):
            lines.append(paragraph)
            continue
        start = 0
        while True:
            room = width - (indent if lines else 0)
            end = _line_end(paragraph.plain, start, room)
            line = paragraph[start:end]
            line.rstrip()
            lines.append(Text(" " * indent).append_text(line) if lines else line)
            start = end
            while start < len(paragraph.plain) and paragraph.plain[start] == " ":
                start += 1
            if start >= len(paragraph.plain):
                break
    return lines


def _line_end(plain: str, start: int, room: int) -> int:
    """Where the line that begins at `start` ends."""
    used, may_end = 0, start
    for place in range(start, len(plain)):
        character = plain[place]
        wide = cell_len(character)
        if place > start and _may_break(plain, place):
            may_end = place
        if used + wide > room and character != " ":
            return may_end if may_end > start else place
        used += wide
    return len(plain)


def _may_break(plain: str, place: int) -> bool:
    before, after = plain[place - 1], plain[place]
    if after in _NO_LINE_STARTS_WITH or before in "（“‘【《(":
        return False
    return before == " " or cell_len(before) == 2 or cell_len(after) == 2


def prepare_streams() -> None:
    """UTF-8 on every platform, and no crash over a character that cannot be shown."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    if sys.stdin is not None and sys.stdin.isatty():
        with suppress(ImportError):  # Windows consoles edit lines themselves
            importlib.import_module("readline")  # gives input() line editing for wide characters
