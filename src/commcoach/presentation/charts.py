"""A learner's progress as a picture: focus criteria over time, legible on a phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import groupby
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, Any

from commcoach.coaching.standing import UNCALIBRATED, Standing
from commcoach.domain.feedback import target
from commcoach.domain.library import Library
from commcoach.domain.progress import FEWEST, WINDOW, Mastery, Observation, mastery
from commcoach.domain.rubric import Criterion
from commcoach.presentation.engines import calibration_over
from commcoach.presentation.lettering import balanced, breadth, write
from commcoach.presentation.remarks import quote
from commcoach.presentation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 6

# All lengths are pixels: at 72 dots an inch a point is a pixel.
_WIDTH = 1080
_MARGIN = 44
_PLOT_LEFT = 100
_HEADER, _FOOTER = 180, 190
_PANEL_HEIGHTS = {1: 560, 2: 430, 3: 340, 4: 290, 5: 265, 6: 250}
_PANEL_TITLE, _PANEL_GAP = 58, 22
_MOST_BANDS, _DATE_GAP = 16, 24
_TITLE, _HEADING, _SMALL = 54, 37, 30
_LONGEST_TITLE = 38
"""Cells of a criterion's title beside its mastery."""
_FOOTER_CELLS = 64
_ROOMY = 2
"""Lines of the footer that stand well apart; more move together."""
_CALIBRATED = "*"
"""Stands behind the title of a calibrated criterion, where others are not."""

# Okabe and Ito's colours, told apart with every kind of colour vision; solid, so that the
# picture reads the same in dark chats.
_PAPER, _FAINT, _BAND = "#FCFBF8", "#5A5A5A", "#F1EEE7"
_LEVELS, _TARGET, _GRID = "#0072B2", "#B34700", "#DAD6CC"

_ONE_AT_A_TIME = threading.Lock()
"""matplotlib makes no promise about threads; drawing is short and holds the GIL anyway."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """One criterion: where its dots stand, and what is known of its mastery.

    `cases` is how many cases it is calibrated by; `None` if it is not.
    """

    criterion: Criterion
    dots: tuple[tuple[float, Observation], ...]
    known: Mastery | None
    cases: int | None = None


def progress_picture(
    observations: Sequence[Observation],
    library: Library,
    words: Wording,
    standing: Standing = UNCALIBRATED,
) -> bytes | None:
    """A PNG, 1080 pixels wide, with a panel for each focus criterion; `None` without any level.

    Shown are the criteria practised last, at most six, that are in focus in a scenario practised;
    without such, all that were observed. From left to right stand the sessions in equal steps,
    dated by the reader's clock; in each its levels in order. Below them stands how far all these
    levels can be trusted. Takes some tenths of a second of processor time; may be called from any
    thread. Same input, same bytes.
    """
    seen = sorted(
        (one for one in observations if one.criterion in library.criteria), key=lambda one: one.at
    )
    shown = _shown(seen, library)
    if not shown:
        return None
    drawn = [one for one in seen if one.criterion in shown]
    sessions: dict[str, datetime] = {}
    for one in drawn:
        sessions.setdefault(one.session, one.at.astimezone(words.zone))
    places = {session: place for place, session in enumerate(sessions)}
    known = mastery(drawn)
    panels = [
        _Panel(criterion, tuple(_dots(id, drawn, places)), known.get(id), standing.cases.get(id))
        for id, criterion in library.criteria.items()
        if id in shown
    ]
    with _ONE_AT_A_TIME:
        footer = _footer(panels, standing, library, words)
        return _draw(panels, list(sessions.values()), footer, words)


def _shown(seen: Sequence[Observation], library: Library) -> set[str]:
    """The criteria to draw."""
    in_focus = {
        id
        for scenario in {one.scenario for one in seen}
        if scenario in library.scenarios
        for id in library.scenarios[scenario].focus
    }
    latest_first = list(dict.fromkeys(one.criterion for one in reversed(seen)))
    chosen = [id for id in latest_first if id in in_focus] or latest_first
    return set(chosen[:MOST_PANELS])


def _dots(
    criterion: str, drawn: Sequence[Observation], places: Mapping[str, int]
) -> Iterator[tuple[float, Observation]]:
    """The levels of a criterion, those of one session side by side around its place."""
    own = sorted(
        (one for one in drawn if one.criterion == criterion), key=lambda one: places[one.session]
    )
    for session, group in groupby(own, key=lambda one: one.session):
        levels = list(group)
        for index, one in enumerate(levels):
            yield places[session] + 0.7 * ((index + 0.5) / len(levels) - 0.5), one


def _medians(panel: _Panel) -> list[tuple[float, float]]:
    """How mastery went: after each level that counts, the median of the last five."""
    counted = [(x, one.level) for x, one in panel.dots if not one.assisted]
    levels = [level for _, level in counted]
    return [
        (counted[end - 1][0], float(median(levels[max(0, end - WINDOW) : end])))
        for end in range(FEWEST, len(levels) + 1)
    ]


# -- drawing --------------------------------------------------------------------------------

_OWN: dict[str, Any] = {"color": _LEVELS, "marker": "o", "markeredgecolor": _PAPER, "linewidth": 0}
_ASSISTED: dict[str, Any] = {
    **_OWN,
    "markerfacecolor": _PAPER,
    "markeredgecolor": _LEVELS,
    "markeredgewidth": 3,
}
_COURSE: dict[str, Any] = {"color": _LEVELS, "linewidth": 5, "alpha": 0.45}
_AIM: dict[str, Any] = {"color": _TARGET, "linewidth": 3.5, "linestyle": (0, (3, 2))}


def _footer(panels: Sequence[_Panel], standing: Standing, library: Library, words: Wording) -> str:
    """What of the picture is calibrated against people, and what it is not for."""
    calibrated = [panel.cases for panel in panels if panel.cases is not None]
    if not calibrated:
        return calibration_over(replace(standing, cases={}), library, words)
    if len(calibrated) == len(panels):
        return words.say("chart.calibrated", cases=min(calibrated))
    return words.say("chart.calibrated_some", mark=_CALIBRATED)


def _draw(
    panels: Sequence[_Panel], sessions: Sequence[datetime], footer: str, words: Wording
) -> bytes:
    # Imported late: heavy, and a process that draws nothing does without.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    tall = _PANEL_HEIGHTS[len(panels)]
    height = _HEADER + tall * len(panels) + _FOOTER
    figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72, facecolor=_PAPER)
    write(figure, _MARGIN, height - 72, words.say("chart.title"), _TITLE)
    _legend(figure, height - 140, panels, words)
    some = any(panel.cases is None for panel in panels)
    for index, panel in enumerate(panels):
        bottom = height - _HEADER - (index + 1) * tall + _PANEL_GAP
        _heading(figure, bottom + tall - _PANEL_GAP - 42, panel, some, words)
        plot_high = tall - _PANEL_TITLE - _PANEL_GAP
        wide = (_WIDTH - _PLOT_LEFT - _MARGIN) / _WIDTH
        box = (_PLOT_LEFT / _WIDTH, bottom / height, wide, plot_high / height)
        axes = figure.add_axes(box, facecolor=_PAPER)
        _plot(axes, panel, len(sessions), every_level=len(panels) <= 3)
    _dates(figure, _FOOTER - 34, sessions, words)
    lines = balanced(footer, _FOOTER_CELLS)
    for row, line in enumerate(lines):
        y = 80 - 42 * row if len(lines) <= _ROOMY else 98 - 36 * row
        write(figure, _MARGIN, y, line, _SMALL, color=_FAINT)
    image = BytesIO()
    # Without the library's version in it, the picture is the same everywhere.
    FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]  # the library gives it none
        image, metadata={"Software": None}
    )
    return image.getvalue()


def _heading(figure: Figure, y: float, panel: _Panel, marked: bool, words: Wording) -> None:
    """Title and mastery; where it is `marked` what is calibrated, the title says so of itself."""
    title = quote(panel.criterion.title.said_in(words.language), _LONGEST_TITLE)
    if marked and panel.cases is not None:
        title = f"{title} {_CALIBRATED}"
    write(figure, _MARGIN, y, title, _HEADING)
    known, right = panel.known, _WIDTH - _MARGIN
    if known is not None and known.level is not None:
        top = panel.criterion.highest
        said = words.say("chart.mastery", level=f"{known.level:g}", top=top)
        write(figure, right, y, said, _HEADING, color=_LEVELS, ha="right")
    else:
        missing = FEWEST - (known.observations if known is not None else 0)
        said = words.say("chart.too_few", missing=missing)
        write(figure, right, y, said, _SMALL, color=_FAINT, ha="right")


def _plot(axes: Axes, panel: _Panel, sessions: int, every_level: bool) -> None:
    criterion, aim = panel.criterion, target(panel.criterion)
    levels = [*criterion.numbers, *(one.level for _, one in panel.dots)]
    axes.set_xlim(-0.5, sessions - 0.5)
    axes.set_ylim(min(levels) - 0.5, max(levels) + 0.5)
    axes.set_axis_off()
    if sessions <= _MOST_BANDS:
        for place in range(0, sessions, 2):
            axes.axvspan(place - 0.5, place + 0.5, color=_BAND, linewidth=0, zorder=0)
    named = set(criterion.numbers) if every_level else {criterion.lowest, aim, criterion.highest}
    beside: dict[str, Any] = {
        "transform": axes.get_yaxis_transform(),
        "ha": "right",
        "va": "center_baseline",
    }
    for number in criterion.numbers:
        axes.axhline(number, color=_GRID, linewidth=1.5, zorder=1)
        if number in named:
            color = _TARGET if number == aim else _FAINT
            write(axes, -0.02, number, str(number), _SMALL, color=color, **beside)
    axes.axhline(aim, zorder=2, **_AIM)
    course = _medians(panel)
    axes.plot([x for x, _ in course], [y for _, y in course], zorder=3, **_COURSE)
    size = min(24.0, max(10.0, 1100 / max(len(panel.dots), sessions)))
    for x, one in panel.dots:
        look = _ASSISTED if one.assisted else _OWN
        axes.plot(x, one.level, markersize=size, clip_on=False, zorder=4 + one.assisted, **look)


def _legend(figure: Figure, y: float, panels: Sequence[_Panel], words: Wording) -> None:
    """The marks that occur, in one row."""
    from matplotlib.lines import Line2D
    from matplotlib.transforms import IdentityTransform

    dots = [one for panel in panels for _, one in panel.dots]
    entries = [
        (words.say("chart.own"), _OWN, any(not one.assisted for one in dots)),
        (words.say("chart.assisted"), _ASSISTED, any(one.assisted for one in dots)),
        (words.say("chart.median"), _COURSE, any(len(_medians(panel)) > 1 for panel in panels)),
        (words.say("chart.target"), _AIM, True),
    ]
    x = float(_MARGIN)
    for said, look, occurs in entries:
        if not occurs:
            continue
        long = 22 if "marker" in look else 38
        xs = [x + long / 2] if "marker" in look else [x, x + long]
        mark = Line2D(xs, [y + 11] * len(xs), markersize=22, transform=IdentityTransform(), **look)
        figure.add_artist(mark)
        write(figure, x + long + 10, y, said, _SMALL)
        x += long + 10 + breadth(said, _SMALL) + 20


def _dates(figure: Figure, y: float, sessions: Sequence[datetime], words: Wording) -> None:
    """The days of the sessions below their places; of many, the last one and some more."""
    several_years = sessions[0].year != sessions[-1].year
    months = words.say("chart.months").split()
    dates = [
        words.say("chart.month", month=months[day.month - 1], year=day.year)
        if several_years
        else words.say("chart.day", month=months[day.month - 1], day=day.day)
        for day in sessions
    ]
    step = (_WIDTH - _PLOT_LEFT - _MARGIN) / len(sessions)
    every = ceil((max(breadth(said, _SMALL) for said in dates) + _DATE_GAP) / step)
    before = ""
    for place in range(len(sessions) - 1, -1, -every):
        said = dates[place]
        if said == before and every > 1:
            continue
        before = said
        half = breadth(said, _SMALL) / 2
        middle = _PLOT_LEFT + (place + 0.5) * step
        x = min(max(middle, _PLOT_LEFT + half), _WIDTH - _MARGIN - half)
        write(figure, x, y, said, _SMALL, color=_FAINT, ha="center")
