"""A dry run in words: which replies flip, and the figures before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commcoach.coaching.comparing import Compared, DryRun, Figures, GateRow, Row
from commcoach.coaching.standing import UNPUBLISHED, ContentStanding
from commcoach.domain.edits import Engine
from commcoach.domain.library import Library
from commcoach.domain.score import CriterionScore, Scored
from commcoach.presentation.rubric_pages.view import calibration
from commcoach.presentation.rubric_report.figures import figure
from commcoach.presentation.trying import marked, short
from commcoach.presentation.wording import N_, Wording

_GRADERS = {
    "human": N_("diff.by.human"),
    "author": N_("diff.by.author"),
    "model": N_("diff.by.model"),
    "import": N_("diff.by.import"),
}
_SAME = ("diff.kappa_same", "diff.mean_same")
"""Said with one figure."""


@dataclass(frozen=True, slots=True)
class FlipView:
    """A reply that flips: what was graded, the level before and after, the quotes of each."""

    id: str
    context: str
    reply: str
    graded: str
    before: str
    after: str
    quotes_before: str
    quotes_after: str


@dataclass(frozen=True, slots=True)
class ComparedView:
    """A criterion under both versions: how many flips, the figures as lines, the flips."""

    title: str
    summary: str
    figures: tuple[str, ...]
    calibration: str
    flips: tuple[FlipView, ...]
    any_flips: bool


def compared_view(
    compared: Compared, new: Library, words: Wording, standing: ContentStanding = UNPUBLISHED
) -> ComparedView:
    """A criterion on replies that both versions scored."""
    criterion = new.criteria[compared.criterion]
    flips = compared.flips
    key = N_("diff.flips") if flips else N_("diff.no_flips")
    summary = words.say(
        key if compared.rows else "diff.no_cases",
        n=len(compared.rows),
        flips=len(flips),
        up=compared.up,
        down=compared.down,
        other=len(flips) - compared.up - compared.down,
    )
    (calibrated,) = calibration(criterion, new, (words,), standing)
    return ComparedView(
        f"{criterion.title.said_in(words.language)} ({criterion.id})",
        summary,
        tuple(_figures(compared, words)),
        calibrated,
        tuple(_flip(row, words) for row in flips),
        bool(flips),
    )


def how_scored(engine: str, words: Wording) -> tuple[str, ...]:
    """What the engine knew of the cases, and how far its levels hold still."""
    if engine == Engine.EMBEDDED:
        return (words.say("diff.held_out"),)
    return words.say("diff.not_in_the_prompt"), words.say("diff.model_noise")


def gate_lines(done: DryRun, old: Library, new: Library, words: Wording) -> Iterator[str]:
    """What became of the gates, a line a reply."""
    if not done.gate_replies:
        return
    yield words.say("diff.gates", n=done.gate_replies, flips=len(done.gates))
    for row in done.gates:
        yield words.say(
            "diff.gate",
            reply=row.reply,
            before=_gates(row.before, old, words),
            after=_gates(row.after, new, words),
        )


def _gates(ids: Sequence[str], library: Library, words: Wording) -> str:
    titles = (library.gates[id].title.said_in(words.language) for id in ids)
    return words.say("punctuation.list").join(titles) or words.say("diff.no_gate")


def _figures(compared: Compared, words: Wording) -> Iterator[str]:
    if compared.left_out:
        yield words.say("diff.left_out", number=compared.left_out)
    if not compared.rows:
        return
    if not compared.comparable:
        yield words.say("diff.not_comparable")
        return
    flips = bool(compared.flips)
    if any(row.graded is not None for row in compared.rows):
        key = "diff.kappa" if flips else "diff.kappa_same"
        yield _said(key, compared.kappa(), words, _graders(compared, words))
    yield _said("diff.mean" if flips else "diff.mean_same", compared.mean(), words)


def _graders(compared: Compared, words: Wording) -> str:
    """By whose grades agreement is told: those of people and those of authors are not the same."""
    return words.say("punctuation.list").join(
        words.say(_GRADERS.get(kind, N_("diff.by.other")), kind=kind, number=number)
        for kind, number in compared.graders().items()
    )


def _said(key: str, figures: Figures, words: Wording, by: str = "") -> str:
    """Figures in one line; why there is no interval is told with the last of them, once."""
    if key in _SAME:
        return words.say(key, by=by, after=figure(figures.after, words))
    before, after = (
        figure(one, words, no_interval=N_("test.figure.interval_told"))
        for one in (figures.before, figures.after)
    )
    change = figure(figures.change, words, "+z.2f")
    return words.say(key, by=by, before=before, after=after, change=change)


def _flip(row: Row, words: Wording) -> FlipView:
    return FlipView(
        row.id,
        row.context[-1].text if row.context else "",
        row.reply,
        f"{row.graded:.2f}".rstrip("0").rstrip(".") if row.graded is not None else "",
        short(row.before, words),
        short(row.after, words),
        _quoted(row, row.before),
        _quoted(row, row.after),
    )


def _quoted(row: Row, score: CriterionScore) -> str:
    """The reply, or the context where that is the proof, with the quotes in brackets."""
    evidence = score.evidence if isinstance(score, Scored) else ()
    spans = [(one.start, one.end) for one in evidence if one.source == "reply"]
    if spans or not evidence:
        return marked(row.reply, spans)
    context = "\n".join(said.text for said in row.context)
    return marked(context, [(one.start, one.end) for one in evidence])


def gate_rows(rows: Sequence[GateRow]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {"reply": row.reply, "before": list(row.before), "after": list(row.after)} for row in rows
    ]
