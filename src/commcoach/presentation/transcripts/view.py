"""A transcript in words: what a page and a terminal show of it, in the order they show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commcoach.coaching.debriefing import EMBEDDED
from commcoach.coaching.standing import Standing
from commcoach.coaching.transcripts import Transcript, expired, history
from commcoach.domain.dialogue import Ending, Turn
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import CriterionScore, Evidence, Override, Scored
from commcoach.presentation.cards import Section, bar_lines, debrief_sections
from commcoach.presentation.engines import calibrated_names, calibration, stand_in_lines
from commcoach.presentation.transcripts.levels import anchor_of, level_in_words, verdict_on
from commcoach.presentation.transcripts.marking import Mark, Piece, pieces, span_of
from commcoach.presentation.wording import N_, Wording

_ENDINGS = {
    None: N_("transcript.ending.none"),
    Ending.ALL_TURNS: N_("transcript.ending.all_turns"),
    Ending.FINISHED: N_("transcript.ending.finished"),
    Ending.COUNTERPART_LEFT: N_("transcript.ending.counterpart_left"),
}
GATE = "⚑"
SHORT_ID = 8
"""Characters of a learner's id that tell learners apart at a glance."""


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One criterion of one reply. `was` is what the engine gave, if a trainer corrected it."""

    number: int
    criterion: str
    title: str
    verdict: str
    was: str
    anchor: str
    quotes: tuple[str, ...]
    corrections: tuple[str, ...]
    contested: bool
    has_level: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the counterpart; `superseded` if a rewrite took its place in the dialogue."""

    speaker: str
    pieces: tuple[Piece, ...]
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply of the learner with its scores; without pieces if its words have expired.

    `stand_ins` say where the embedded engine stood in for a model.
    """

    label: str
    at: str
    assisted: bool
    pieces: tuple[Piece, ...]
    scores: tuple[ScoreView, ...]
    gates: tuple[str, ...]
    stand_ins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionView:
    """A whole session, every text in the language of the reader, the dialogue in its own.

    The `fine_print` is for whoever looks a session up or checks the engine.
    """

    id: str
    title: str
    spoken: str
    facts: tuple[tuple[str, str], ...]
    calibration: str
    contests: tuple[str, ...]
    dialogue: tuple[LineView | ReplyView, ...]
    report: tuple[Section, ...]
    bars: tuple[str, ...]
    fine_print: tuple[tuple[str, str], ...]


def session_view(transcript: Transcript, words: Wording) -> SessionView:
    """Everything there is to show of a session."""
    session, report = transcript.session, transcript.report
    scenario = transcript.scenario
    standing = transcript.verdicts.standing(session)
    facts = (
        (words.say("transcript.started"), words.moment(session.started_at)),
        (words.say("transcript.learner"), session.learner[:SHORT_ID]),
        (
            words.say("transcript.scored_by"),
            _scored_by(transcript, standing, words),
        ),
        (words.say("transcript.ending"), words.say(_ENDINGS[session.ending])),
    )
    fine_print = (
        (words.say("transcript.session"), session.id),
        (words.say("transcript.learner"), session.learner),
        (
            words.say("transcript.content"),
            words.say("transcript.release", scenario=scenario.id, release=session.release),
        ),
        *_means(transcript, words),
    )
    return SessionView(
        id=session.id,
        title=scenario.title.said_in(words.language),
        spoken=session.language.value,
        facts=facts,
        calibration=calibration(session.engine, standing, transcript.library, words),
        contests=tuple(_contests(transcript, words)),
        dialogue=tuple(_dialogue(transcript, words)),
        report=() if report is None else debrief_sections(report, transcript.library, words),
        bars=() if report is None else bar_lines(report.bars, words),
        fine_print=fine_print,
    )


def _scored_by(transcript: Transcript, standing: Standing, words: Wording) -> str:
    """Who scored, and what of it is calibrated."""
    engine = _engine(transcript.session.engine, words)
    if standing.whole:
        return words.say("transcript.calibrated", engine=engine, cases=standing.fewest)
    if standing.cases:
        names = calibrated_names(standing, transcript.library, words)
        return words.say("transcript.calibrated_some", engine=engine, names=names)
    return words.say("transcript.uncalibrated", engine=engine)


def _engine(name: str, words: Wording) -> str:
    if name == EMBEDDED:
        return words.say("transcript.built_in")
    return words.say("transcript.engine", engine=name)


def _means(transcript: Transcript, words: Wording) -> Iterator[tuple[str, str]]:
    """What the engine expected of each reply before it settled on a level."""
    for turn in transcript.session.turns:
        means = [
            f"{_title(transcript, score.criterion, words)} {score.expected:.1f}"
            for score in (turn.card.scored() if turn.card is not None else ())
        ]
        if means:
            label = words.say("transcript.expected", turn=_label(turn, words))
            yield label, " · ".join(means)


def _contests(transcript: Transcript, words: Wording) -> Iterator[str]:
    for contest in transcript.contests:
        title = _title(transcript, contest.criterion, words)
        key = "transcript.contest" if title else "transcript.contest_of_all"
        said = contest.words or words.say("transcript.no_words")
        yield words.say(key, at=words.moment(contest.at), criterion=title, said=said)


def _title(transcript: Transcript, criterion: str, words: Wording) -> str:
    known = transcript.library.criteria.get(criterion)
    return criterion if known is None else known.title.said_in(words.language)


# -- the dialogue ---------------------------------------------------------------------------


def _dialogue(transcript: Transcript, words: Wording) -> Iterator[LineView | ReplyView]:
    session = transcript.session
    speaker = transcript.scenario.persona.name.said_in(session.language)
    in_course = {(turn.number, turn.attempt) for turn in session.course()}

    def line(said: str, answered_by: int, superseded: bool = False) -> LineView:
        answers = [turn for turn in session.turns if turn.number == answered_by]
        marks = () if superseded else _marks_on_line(transcript, answers, said, words)
        return LineView(speaker, pieces(said, marks), superseded)

    yield line(session.opening, 1)
    for turn in session.turns:
        yield _reply(transcript, turn, words)
        if turn.line:
            yield line(turn.line, turn.number + 1, (turn.number, turn.attempt) not in in_course)
    if session.closing:
        yield line(session.closing, 0)


def _numbers(transcript: Transcript, scores: Sequence[CriterionScore]) -> dict[str, int]:
    """A number for each criterion, from 1, the same in the whole session."""
    ids = dict.fromkeys([*transcript.scenario.weights, *(score.criterion for score in scores)])
    return {id: number for number, id in enumerate(ids, start=1)}


def _marks_on_line(
    transcript: Transcript, answers: Sequence[Turn], line: str, words: Wording
) -> list[Mark]:
    """What the counterpart's line called for, according to the scores of the replies to it."""
    marks: dict[Mark, None] = {}
    for turn in answers:
        for score in turn.card.scored() if turn.card is not None else ():
            for one in score.evidence:
                if one.source == "context":
                    marks.update(dict.fromkeys(_marks(transcript, turn, score, one, line, words)))
    return list(marks)


def _marks(
    transcript: Transcript, turn: Turn, score: Scored, one: Evidence, text: str, words: Wording
) -> Iterator[Mark]:
    # Offsets of the counterpart's words count from the beginning of the dialogue.
    start, end = (one.start, one.end) if one.source == "reply" else (0, 0)
    span = span_of(text, one.quote, start, end)
    if span is not None:
        scores = turn.card.scores if turn.card is not None else ()
        number = _numbers(transcript, scores)[score.criterion]
        title = _title(transcript, score.criterion, words)
        yield Mark(*span, number, str(number), title)


def _reply(transcript: Transcript, turn: Turn, words: Wording) -> ReplyView:
    card = turn.card
    marks: list[Mark] = []
    gates = []
    for hit in card.gates if card is not None else ():
        gate = transcript.library.gates.get(hit.gate)
        rule = hit.gate if gate is None else gate.rule.said_in(words.language)
        quote = hit.quote or words.say("transcript.no_words")
        gates.append(words.say("why.gate", rule=rule, quote=quote))
        span = span_of(turn.reply, hit.quote, hit.start, hit.end)
        if span is not None:
            marks.append(Mark(*span, 0, GATE, rule))
    for score in card.scored() if card is not None else ():
        for one in score.evidence:
            if one.source == "reply":
                marks.extend(_marks(transcript, turn, score, one, turn.reply, words))
    return ReplyView(
        label=_label(turn, words),
        at=words.moment(turn.at),
        assisted=turn.assisted,
        pieces=() if expired(turn) else pieces(turn.reply, marks),
        scores=tuple(_scores(transcript, turn, words)),
        gates=tuple(gates),
        stand_ins=stand_in_lines(turn, words),
    )


def _label(turn: Turn, words: Wording) -> str:
    key = "transcript.rewrite" if turn.assisted else "transcript.reply"
    return words.say(key, number=turn.number, attempt=turn.attempt)


# -- scores ---------------------------------------------------------------------------------


def _scores(transcript: Transcript, turn: Turn, words: Wording) -> Iterator[ScoreView]:
    card, standing = turn.card, turn.standing()
    if card is None or standing is None:
        return
    numbers = _numbers(transcript, card.scores)
    contested = {contest.criterion for contest in transcript.contests}
    for given, score in zip(card.scores, standing.scores, strict=True):
        criterion = transcript.library.criteria.get(score.criterion)
        corrections = history(turn, score.criterion)
        verdict = verdict_on(score, criterion, words)
        quotes = tuple(_quotes(score, words)) if isinstance(score, Scored) else ()
        yield ScoreView(
            number=numbers[score.criterion],
            criterion=score.criterion,
            title=_title(transcript, score.criterion, words),
            verdict=verdict,
            was=verdict_on(given, criterion, words) if corrections else "",
            anchor=anchor_of(score, criterion, words),
            quotes=quotes,
            corrections=tuple(_corrections(given, corrections, criterion, words)),
            contested=score.criterion in contested,
            has_level=isinstance(score, Scored),
        )


def _quotes(score: Scored, words: Wording) -> Iterator[str]:
    for one in score.evidence:
        if one.quote:
            own = one.source == "reply"
            key = "transcript.evidence" if own else "transcript.evidence_context"
            yield words.say(key, quote=one.quote)


def _corrections(
    given: CriterionScore,
    corrections: Sequence[Override],
    criterion: Criterion | None,
    words: Wording,
) -> Iterator[str]:
    before = verdict_on(given, criterion, words)
    for one in corrections:
        after = level_in_words(one.level, criterion, words)
        yield words.say(
            "transcript.correction",
            before=before,
            after=after,
            by=one.by,
            at=words.moment(one.at),
            reason=one.reason,
        )
        before = after
