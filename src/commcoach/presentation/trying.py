"""What a reply got on trial and why, as labelled facts for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commcoach.coaching.admission import Reason
from commcoach.coaching.scorer import STAND_IN
from commcoach.coaching.trying import (
    Deciding,
    Explanation,
    Known,
    Moved,
    Opening,
    Trial,
    Tried,
    likeliest,
    nearest,
    reaching,
)
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Direction, Gate
from commcoach.domain.score import (
    CriterionScore,
    Evidence,
    GateHit,
    NotApplicable,
    Scored,
    Unscored,
)
from commcoach.presentation.level_names import level_name
from commcoach.presentation.wording import N_, Wording

BAR = 20
"""Cells of a bar that stands for certainty."""
_STEADY = 0.3
"""So much probability away from the nearest other level, a level is not in doubt."""
_FULL, _PARTS = "█", " ▏▎▍▌▋▊▉"
_SHORT = 8
"""Characters of a release that tell it from others."""
_VERSIONS = {"shipped": N_("try.version.shipped"), "current": N_("try.version.current")}
_LANGUAGE, _MODEL = "language:", "model:"

_OPENINGS = {
    Deciding.ALWAYS: N_("try.opening.always"),
    Deciding.NO_CONTEXT: N_("try.opening.no_context"),
    Deciding.OPENED: N_("try.opening.opened"),
    Deciding.CLOSED: N_("try.opening.closed"),
    Deciding.SHOWN: N_("try.opening.shown"),
    Deciding.FIRST_REPLY: N_("try.opening.first_reply"),
    Deciding.NOTHING: N_("try.opening.nothing"),
}
_SEEN = {
    Direction.UP: N_("try.sign.up"),
    Direction.DOWN: N_("try.sign.down"),
    Direction.FORMULA: N_("try.sign.formula"),
}
_UNSCORED = {
    Reason.EMPTY.value: N_("try.unscored.empty"),
    Reason.TOO_LONG.value: N_("try.unscored.too_long"),
    Reason.PASTED.value: N_("try.unscored.pasted"),
    Reason.TO_THE_SCORER.value: N_("try.unscored.to_the_scorer"),
    Reason.OTHER_LANGUAGE.value: N_("try.unscored.other_language"),
    STAND_IN: N_("try.unscored.stand_in"),
}
_LABELS = {
    "level": N_("try.label.level"),
    "known": N_("try.label.known"),
    "probabilities": N_("try.label.probabilities"),
    "evidence": N_("try.label.evidence"),
    "why": N_("try.label.why"),
    "applies": N_("try.label.applies"),
    "lessons": N_("try.label.lessons"),
    "gates": N_("try.label.gates"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to tell of a score; `key` names what, so that two versions stand side by side."""

    key: str
    lines: tuple[str, ...]

    def label(self, words: Wording) -> str:
        """What it is called."""
        return words.say(_LABELS[self.key])


def facts(criterion: Criterion, tried: Tried, words: Wording, bar: int = BAR) -> tuple[Fact, ...]:
    """Everything about one criterion's score of one reply."""
    score = tried.score_of(criterion.id)
    if score is None:
        return ()
    found = [Fact("level", tuple(_level(criterion, score, words)))]
    explanation = tried.explanations.get(criterion.id)
    if isinstance(score, Scored):
        if explanation is not None and explanation.known is not None:
            known = _known(explanation.known, score, explanation.highest, words)
            found.append(Fact("known", (known,)))
        found.append(Fact("probabilities", tuple(_probabilities(score, explanation, words, bar))))
        if explanation is not None:
            found.append(Fact("lessons", tuple(_lessons(explanation, words))))
        found.append(Fact("evidence", tuple(_evidence(score.evidence, tried, words))))
    found.append(Fact("why", tuple(_why(score, explanation, words))))
    if explanation is not None and not isinstance(score, Unscored):
        found.append(Fact("applies", (_applies(explanation.opening, words),)))
    return tuple(one for one in found if one.lines)


def gate_facts(tried: Tried, library: Library, words: Wording) -> tuple[Fact, ...]:
    """The gates that the reply crossed, each with its words."""
    lines = tuple(_gate(hit, library.gates[hit.gate], words) for hit in tried.card.gates)
    return (Fact("gates", lines or (words.say("try.no_gate"),)),)


def _gate(hit: GateHit, gate: Gate, words: Wording) -> str:
    """The gate with the words that crossed it, its rule, and what it does to the turn."""
    crossed = gate.title.said_in(words.language)
    if hit.quote:
        quoted = words.say("punctuation.quote", text=hit.quote)
        crossed = words.say("try.gate_words", gate=crossed, words=quoted)
    told = {"crossed": crossed, "rule": gate.rule.said_in(words.language)}
    if gate.cap is None:
        return words.say("try.gate_unscored", **told)
    return words.say("try.gate", cap=f"{gate.cap:g}", **told)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with brackets around these stretches; what overlaps becomes one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if 0 <= span[0] < span[1] <= len(text)):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    for start, end in reversed(joined):
        text = f"{text[:start]}【{text[start:end]}】{text[end:]}"
    return text


def bar_of(share: float, width: int) -> str:
    """A bar for a share of 0 to 1, to an eighth of a cell."""
    eighths = round(share * width * 8)
    part = _PARTS[eighths % 8].strip()
    return _FULL * (eighths // 8) + part


def moved_lines(
    changed: Sequence[Moved], criteria: Mapping[str, Criterion], words: Wording
) -> Iterator[str]:
    """What became of the scores since the last run, a line each."""
    if not changed:
        yield words.say("try.nothing_moved")
    for one in changed:
        title = criteria[one.criterion].title.said_in(words.language)
        yield words.say(
            "try.moved",
            reply=one.reply,
            criterion=title,
            before=short(one.before, words),
            after=short(one.after, words),
        )


def short(score: CriterionScore | None, words: Wording) -> str:
    """A score in a word: the level, or why there is none."""
    if score is None:
        return words.say("try.not_there")
    if isinstance(score, Scored):
        return words.say("try.level", level=score.level)
    gone = isinstance(score, NotApplicable)
    return words.say("transcript.not_applicable" if gone else "transcript.unscored")


def engine_line(trial: Trial, words: Wording) -> str:
    """Who scored, under which version of the content."""
    release = trial.library.release
    if trial.engine.model is None:
        return words.say("try.engine", release=release)
    return words.say("try.engine_model", model=trial.engine.model, release=release)


def version_name(trial: Trial, words: Wording) -> str:
    """Which version was tried: what it was called, and the beginning of its release."""
    release = trial.library.release[:_SHORT]
    if trial.library.release == trial.name:
        return release
    name = words.say(_VERSIONS[trial.name]) if trial.name in _VERSIONS else trial.name
    return words.say("try.version", name=name, release=release)


def legend(trial: Trial, words: Wording) -> str:
    """What the marks mean, for whoever sees them for the first time."""
    return words.say("try.legend" if trial.engine.model is None else "try.legend_model")


def _level(criterion: Criterion, score: CriterionScore, words: Wording) -> Iterator[str]:
    if not isinstance(score, Scored):
        yield short(score, words)
        return
    name = level_name(criterion, score.level, words)
    yield words.say("try.level_of", level=score.level, top=criterion.highest, label=name).rstrip()
    yield criterion.level(score.level).anchor.said_in(words.language)


def _probabilities(
    score: Scored, explanation: Explanation | None, words: Wording, bar: int
) -> Iterator[str]:
    for level, share in sorted((score.probabilities or {}).items()):
        mark = "◀" if level == score.level else ""
        yield f"{level} {bar_of(share, bar).ljust(bar)} {share:>4.0%} {mark}".rstrip()
    yield words.say("try.expected", expected=f"{score.expected:.2f}")
    near = nearest(score)
    if near is None:
        return
    if near.median == score.level != likeliest(score):
        yield words.say(
            "try.median",
            level=score.level,
            likeliest=likeliest(score),
            share=f"{reaching(score)[score.level]:.0%}",
            above=f"{reaching(score).get(score.level + 1, 0.0):.0%}",
        )
    if near.median != score.level:
        highest = explanation.highest if explanation is not None else None
        capped = highest is not None and score.level == highest < near.median
        key = "try.capped" if capped else "try.not_the_likeliest"
        yield words.say(key, likeliest=near.median, level=score.level)
        return
    key = "try.nearest_above" if near.upward else "try.nearest_below"
    if near.lacks >= _STEADY:
        key = "try.steady"
    yield words.say(key, near=near.level, level=score.level, points=f"{near.lacks * 100:.0f}")


def _evidence(evidence: Sequence[Evidence], tried: Tried, words: Wording) -> Iterator[str]:
    own = [(one.start, one.end) for one in evidence if one.source == "reply"]
    if own:
        yield marked(tried.task.reply, own)
    called = [(one.start, one.end) for one in evidence if one.source == "context"]
    if called:
        context = "\n".join(said.text for said in tried.task.context)
        yield words.say("try.called_for", context=marked(context, called))
    if not evidence:
        yield words.say("try.no_evidence")


def _why(score: CriterionScore, explanation: Explanation | None, words: Wording) -> Iterator[str]:
    if isinstance(score, Unscored):
        yield _why_unscored(score.rationale, words)
    elif explanation is None:
        if score.rationale:
            yield words.say("try.engine_says", said=score.rationale)
        yield words.say("try.no_explanation")
    else:
        for sign in explanation.signs:
            title = sign.title.said_in(words.language)
            if sign.seen:
                quotes = words.say("punctuation.list").join(
                    words.say("punctuation.quote", text=one) for one in sign.seen
                )
                yield words.say(_SEEN[sign.toward], signal=title, words=quotes)
            elif sign.toward is Direction.UP:
                yield words.say("try.sign.missing", signal=title)
        if not explanation.signs:
            yield words.say("try.no_signals")


def _why_unscored(rationale: str, words: Wording) -> str:
    if rationale in _UNSCORED:
        return words.say(_UNSCORED[rationale])
    if rationale.startswith(_LANGUAGE):
        return words.say("try.unscored.language")
    if rationale.startswith(_MODEL):
        return words.say("try.unscored.model", reason=rationale.removeprefix(_MODEL))
    return words.say("try.engine_says", said=rationale)


def _applies(opening: Opening, words: Wording) -> str:
    condition = opening.condition.said_in(words.language)
    return words.say(_OPENINGS[opening.by], condition=condition, words=opening.words)


def _known(known: Known, score: Scored, highest: int, words: Wording) -> str:
    """That the reply was learned from: a level that fits proves nothing, another one tells more."""
    key = {
        (False, True): N_("try.known.same_example"),
        (False, False): N_("try.known.like_example"),
        (True, True): N_("try.known.same_case"),
        (True, False): N_("try.known.like_case"),
    }[known.is_case, known.same]
    level = f"{known.level:g}"
    first = words.say(key, level=level, text=known.text)
    # Graders who differ put a case between two levels: either fits.
    if abs(score.level - known.level) < 1:
        return words.say("try.known.proves_nothing", known=first)
    if score.level == highest < known.level:
        return words.say("try.known.capped", known=first, given=score.level)
    return words.say("try.known.differs", known=first, level=level, given=score.level)


def _lessons(explanation: Explanation, words: Wording) -> Iterator[str]:
    by_level = words.say("punctuation.list").join(
        words.say("try.lessons_at", level=level, number=number)
        for level, number in sorted(explanation.lessons.items())
    )
    yield words.say("try.lessons", number=explanation.learned_from, by_level=by_level)
    if explanation.rough:
        yield words.say("try.rough")
