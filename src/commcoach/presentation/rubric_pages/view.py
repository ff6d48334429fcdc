"""A criterion in words: what a page and a terminal show of it, in one language or in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from commcoach.coaching.standing import UNPUBLISHED, ContentStanding
from commcoach.domain.case_scores import grades_by_people
from commcoach.domain.cases import GradedCase
from commcoach.domain.language import Localized
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Example, Gate, Level
from commcoach.presentation.level_names import level_name
from commcoach.presentation.wording import N_, Wording

SHORT_HASH = 8
"""Characters of a content hash that tell two versions of a criterion apart at a glance."""

Texts = tuple[str, ...]
"""One text in each language shown; empty where the author wrote none."""

_TIERS = {
    "core": N_("show.tier.core"),
    "extended": N_("show.tier.extended"),
    "reflection": N_("show.tier.reflection"),
}


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply that belongs at a level; of one easily put at another, `because` says why."""

    level: int
    name: Texts
    said: Texts
    because: Texts = ()


@dataclass(frozen=True, slots=True)
class AnswersView:
    """Replies, lowest level first, to the same words of the counterpart."""

    to: Texts
    replies: tuple[ReplyView, ...]


@dataclass(frozen=True, slots=True)
class LevelView:
    """A level with its name and its anchor."""

    number: int
    name: Texts
    anchor: Texts


@dataclass(frozen=True, slots=True)
class BoundaryView:
    """The question between two neighbouring levels."""

    lower: int
    upper: int
    question: Texts


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate with what it does to a turn."""

    title: Texts
    rule: Texts
    cap: Texts


@dataclass(frozen=True, slots=True)
class CriterionView:
    """A whole criterion, with one example for each level."""

    id: str
    module: str
    version: int
    edition: Texts
    hash: str
    published: Texts
    title: Texts
    summary: Texts
    why: Texts
    evidence: Texts
    tier: Texts
    languages: str
    is_calibrated: bool
    calibration: Texts
    calibration_short: Texts
    applies: tuple[Texts, ...]
    applies_not: tuple[Texts, ...]
    levels: tuple[LevelView, ...]
    boundaries: tuple[BoundaryView, ...]
    examples: tuple[AnswersView, ...]
    look_alikes: tuple[AnswersView, ...]


def criterion_view(
    criterion: Criterion,
    library: Library,
    said: Sequence[Wording],
    standing: ContentStanding = UNPUBLISHED,
) -> CriterionView:
    """The criterion in the languages of these wordings."""
    return CriterionView(
        id=criterion.id,
        module=criterion.module,
        version=criterion.version,
        edition=tuple(words.say("show.version", version=criterion.version) for words in said),
        hash=library.hashes.get(f"criterion:{criterion.id}", "")[:SHORT_HASH],
        published=tuple(publication_short(criterion.id, standing, words) for words in said),
        title=texts_of(criterion.title, said),
        summary=texts_of(criterion.summary, said),
        why=texts_of(criterion.why_it_matters, said),
        evidence=texts_of(criterion.evidence_rule, said),
        tier=tuple(tier(criterion, words) for words in said),
        languages=" ".join(criterion.languages),
        is_calibrated=criterion.id in standing.cases,
        calibration=calibration(criterion, library, said, standing),
        calibration_short=tuple(calibration_short(criterion.id, standing, one) for one in said),
        applies=tuple(texts_of(one.when, said) for one in criterion.applies_when),
        applies_not=tuple(texts_of(one.when, said) for one in criterion.not_applicable_when),
        levels=tuple(_level(criterion, level, said) for level in criterion.levels),
        boundaries=tuple(
            BoundaryView(one.lower, one.upper, texts_of(one.question, said))
            for one in criterion.boundaries
        ),
        examples=tuple(_answers(criterion, _one_each(criterion, said), said)),
        look_alikes=tuple(_answers(criterion, criterion.look_alikes, said)),
    )


def texts_of(text: Localized, said: Sequence[Wording]) -> Texts:
    """The text in each language; alone, a language borrows from the other."""
    if len(said) == 1:
        return (text.said_in(said[0].language),)
    return tuple(text.get(words.language) or "" for words in said)


def gate_views(gates: Iterable[Gate], said: Sequence[Wording]) -> tuple[GateView, ...]:
    """The gates in the order in which they are checked."""
    return tuple(
        GateView(
            title=texts_of(gate.title, said),
            rule=texts_of(gate.rule, said),
            cap=tuple(_cap(gate, words) for words in said),
        )
        for gate in sorted(gates, key=lambda gate: gate.order)
    )


def calibration(
    criterion: Criterion,
    library: Library,
    said: Sequence[Wording],
    standing: ContentStanding = UNPUBLISHED,
) -> Texts:
    """Whether it is calibrated against people, and by how many cases; or how many there are yet."""
    cases = standing.cases.get(criterion.id)
    if cases is not None:
        return tuple(words.say("show.calibrated", number=cases) for words in said)
    number = double_graded(library.cases, criterion.id)
    return tuple(words.say("show.uncalibrated", number=number) for words in said)


def calibration_short(id: str, standing: ContentStanding, words: Wording) -> str:
    """The same in a word."""
    calibrated = id in standing.cases
    return words.say("show.calibrated_short" if calibrated else "show.uncalibrated_short")


def calibration_of_all(
    criteria: Sequence[Criterion], standing: ContentStanding, said: Sequence[Wording]
) -> Texts:
    """How many of these criteria are calibrated."""
    number = sum(one.id in standing.cases for one in criteria)
    if number in (0, len(criteria)):
        return tuple(
            words.say("show.calibrated_short" if number else "show.uncalibrated_short")
            for words in said
        )
    others = len(criteria) - number
    return tuple(words.say("show.calibrated_some", number=number, others=others) for words in said)


def edition(
    criteria: Sequence[Criterion], standing: ContentStanding, said: Sequence[Wording]
) -> Texts:
    """Whether these criteria are the ones in force, or drafts; empty where nobody can tell."""
    if not standing.is_known:
        return ()
    published = standing.publication
    if published is None:
        return tuple(words.say("show.never_published") for words in said)
    drafts = [one for one in criteria if one.id in standing.drafts]
    key = "show.in_force"
    if drafts:
        key = "show.draft" if len(drafts) == len(criteria) else "show.drafts"
    return tuple(
        words.say(
            key,
            number=published.number,
            at=words.moment(published.at),
            by=published.by,
            names=words.say("punctuation.list").join(
                one.title.said_in(words.language) for one in drafts
            ),
        )
        for words in said
    )


def publication_short(id: str, standing: ContentStanding, words: Wording) -> str:
    """With which publication a criterion came in force, or that it is a draft; empty if unknown."""
    published = standing.publication
    if not standing.is_known:
        return ""
    if published is None or id in standing.drafts:
        return words.say("show.draft_short")
    return words.say(
        "show.published_short",
        number=published.number,
        day=words.day(published.at),
        release=published.release,
    )


def tier(criterion: Criterion, words: Wording) -> str:
    """What kind of criterion it is to its author."""
    return words.say(_TIERS[criterion.tier])


def double_graded(cases: Iterable[GradedCase], criterion: str) -> int:
    """How many cases two people or more have given a level of this criterion blind."""
    return sum(len(grades_by_people(case, criterion)) > 1 for case in cases)


def _level(criterion: Criterion, level: Level, said: Sequence[Wording]) -> LevelView:
    return LevelView(
        level.number, _name(criterion, level.number, said), texts_of(level.anchor, said)
    )


def _name(criterion: Criterion, level: int, said: Sequence[Wording]) -> Texts:
    return tuple(level_name(criterion, level, words) for words in said)


def _answers(
    criterion: Criterion, replies: Iterable[Example], said: Sequence[Wording]
) -> Iterator[AnswersView]:
    together: dict[Texts, list[Example]] = {}
    for reply in replies:
        together.setdefault(texts_of(_answered(criterion, reply), said), []).append(reply)
    for to, answering in together.items():
        ordered = sorted(answering, key=lambda reply: reply.level)
        yield AnswersView(
            to,
            tuple(
                ReplyView(
                    one.level,
                    _name(criterion, one.level, said),
                    texts_of(one.text, said),
                    texts_of(one.because, said),
                )
                for one in ordered
            ),
        )


def _answered(criterion: Criterion, reply: Example) -> Localized:
    stimulus = criterion.stimulus(reply.stimulus)
    return stimulus.text if stimulus is not None else Localized()


def _one_each(criterion: Criterion, said: Sequence[Wording]) -> Iterable[Example]:
    """One example a level, to the same words of the counterpart where there are such."""
    complete = {
        level.number: [one for one in level.examples if all(texts_of(one.text, said))]
        or list(level.examples)
        for level in criterion.levels
    }
    answered = {
        number: [criterion.stimulus(one.stimulus) for one in replies]
        for number, replies in complete.items()
    }
    times = Counter(
        stimulus.id
        for level in answered.values()
        for stimulus in {one.id: one for one in level if one is not None}.values()
    )
    common = times.most_common(1)[0][0] if times else None
    for number, replies in complete.items():
        fitting = [
            reply
            for reply, stimulus in zip(replies, answered[number], strict=True)
            if stimulus is not None and stimulus.id == common
        ]
        yield from (fitting or replies)[:1]


def _cap(gate: Gate, words: Wording) -> str:
    if gate.cap is None:
        return words.say("show.gate.not_scored")
    return words.say("show.gate.cap", cap=f"{gate.cap:g}")
