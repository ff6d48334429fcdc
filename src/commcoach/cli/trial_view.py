"""How trials look at a terminal: one version below the other's name, or two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from commcoach.cli.terminal import WIDEST, Terminal, wrap
from commcoach.coaching.trying import Trial, Tried, moved
from commcoach.domain.rubric import Criterion
from commcoach.presentation.rubric_pages.view import calibration
from commcoach.presentation.trying import Fact, engine_line, facts, gate_facts, legend, version_name
from commcoach.presentation.wording import Wording

_GAP = 2
_MARK = "≠"
_NARROW_BAR = 10
_STYLES = {"level": "bold", "known": "yellow", "gates": "", "lessons": "dim", "applies": "dim"}


def show_trial(terminal: Terminal, trial: Trial, words: Wording) -> None:
    """Every reply with what it got by each criterion, and why."""
    for number, tried in enumerate(trial.tried, start=1):
        _show_reply(terminal, number, tried, words)
        for id in tried.task.criteria:
            criterion = trial.library.criteria[id]
            _heading(terminal, criterion, words)
            for fact in facts(criterion, tried, words):
                _show_fact(terminal, fact, words)
            _show_calibration(terminal, criterion, trial, words)
        terminal.show()
        for fact in gate_facts(tried, trial.library, words):
            _show_fact(terminal, fact, words, "bold red" if tried.card.gates else "dim")
    _show_foot(terminal, trial, words)


def show_pair(terminal: Terminal, old: Trial, new: Trial, words: Wording) -> None:
    """Both versions side by side; what differs has a mark in front."""
    for number, (was, now) in enumerate(zip(old.tried, new.tried, strict=True), start=1):
        _show_reply(terminal, number, now, words)
        for id in dict.fromkeys((*now.task.criteria, *was.task.criteria)):
            criteria = [one.library.criteria.get(id) for one in (old, new)]
            named = criteria[1] or criteria[0]
            if named is None:
                continue
            _heading(terminal, named, words)
            names = (
                words.say("try.old", name=version_name(old, words)),
                words.say("try.new", name=version_name(new, words)),
            )
            _show_row(terminal, "", names[:1], names[1:], "cyan")
            missing = (Fact("level", (words.say("try.not_there"),)),)
            sides = [
                {
                    fact.key: fact
                    for fact in (
                        facts(one, tried, words, _NARROW_BAR) if one is not None else missing
                    )
                }
                for one, tried in zip(criteria, (was, now), strict=True)
            ]
            _show_sides(terminal, sides[0], sides[1], words)
            if criteria[1] is not None:
                _show_calibration(terminal, criteria[1], new, words)
        gates = [
            {fact.key: fact for fact in gate_facts(tried, trial.library, words)}
            for tried, trial in ((was, old), (now, new))
        ]
        terminal.show()
        _show_sides(terminal, gates[0], gates[1], words)
    if old.library.release == new.library.release:
        terminal.say("try.same_content", "yellow")
    elif moved(old, new):
        terminal.say("try.differs", "dim")
    else:
        terminal.say("try.same", "green")
    _show_foot(terminal, new, words)


def _show_foot(terminal: Terminal, trial: Trial, words: Wording) -> None:
    terminal.show()
    terminal.show(legend(trial, words), "dim")
    terminal.show(engine_line(trial, words), "dim")


def _show_sides(
    terminal: Terminal, old: dict[str, Fact], new: dict[str, Fact], words: Wording
) -> None:
    for key in dict.fromkeys((*new, *old)):
        left, right = old.get(key), new.get(key)
        shown = left or right
        if shown is None:
            continue
        lines = [list(one.lines) if one is not None else [] for one in (left, right)]
        differs = lines[0] != lines[1]
        label = (_MARK if differs else " ") + shown.label(words)
        style = "bold yellow" if differs and key == "level" else _STYLES.get(key, "")
        _show_row(terminal, label, lines[0], lines[1], style)


def _show_row(
    terminal: Terminal, label: str, left: Sequence[str], right: Sequence[str], style: str
) -> None:
    before = _label_room(terminal.words)
    width = min(Console().width, WIDEST) - 1
    room = (width - before - _GAP) // 2
    cells = [
        [row.plain for line in lines for row in wrap(Text(line), room)] for lines in (left, right)
    ]
    for number, (one, other) in enumerate(zip_longest(*cells, fillvalue="")):
        shown = label if number == 0 else ""
        row = _padded(shown, before) + _padded(one, room + _GAP) + other
        terminal.show(row.rstrip(), style)


def _show_reply(terminal: Terminal, number: int, tried: Tried, words: Wording) -> None:
    terminal.show()
    context = "\n".join(said.text for said in tried.task.context)
    if context:
        terminal.say("try.context_line", "dim", context=context)
    reply = tried.task.reply.strip() or words.say("try.no_words")
    terminal.say("try.reply_number", "bold green", number=number, reply=reply)


def _heading(terminal: Terminal, criterion: Criterion, words: Wording) -> None:
    terminal.show()
    terminal.show(f"{criterion.title.said_in(words.language)} ({criterion.id})", "bold cyan")


def _show_fact(terminal: Terminal, fact: Fact, words: Wording, style: str | None = None) -> None:
    room = _label_room(words)
    width = min(Console().width, WIDEST)
    label = f" {fact.label(words)}"
    chosen = _STYLES.get(fact.key, "") if style is None else style
    for line in fact.lines:
        for row in wrap(Text(line), width - room):
            terminal.show(_padded(label, room) + row.plain, chosen)
            label = ""


def _show_calibration(
    terminal: Terminal, criterion: Criterion, trial: Trial, words: Wording
) -> None:
    for text in calibration(criterion, trial.library, (words,), trial.standing):
        terminal.show(" " * _label_room(words) + text, "yellow")


def _label_room(words: Wording) -> int:
    """Cells of the widest label with a mark before and a space behind it."""
    names = (Fact(key, ()).label(words) for key in ("level", "probabilities", "lessons", "applies"))
    return max(map(cell_len, names)) + 3


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - cell_len(text))
