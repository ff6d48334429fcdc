"""What the scorer learns from: examples, look-alikes and graded cases as samples."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from commcoach.coaching.embedding import Embedder
from commcoach.domain.case_groups import origin_of
from commcoach.domain.cases import Said
from commcoach.domain.cues import has_cue
from commcoach.domain.language import Language, SalientPoint
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Example
from commcoach.domain.scenario import Move, Scenario
from commcoach.domain.wording import fold, language_of
from commcoach.embedded.features import Looked, knowledge, look_at, signal_hits
from commcoach.embedded.meaning import meanings
from commcoach.embedded.ordinal import Meaning, Sample

_CASE = "case:"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One graded reply to learn from. `origin` is shared by a reply and its translation."""

    origin: str
    reply: str
    context: str
    language: Language
    points: tuple[SalientPoint, ...]
    level: float


def lessons(criterion: Criterion, library: Library) -> list[Lesson]:
    """Everything the content says about the levels of a criterion."""
    return [*_from_examples(criterion), *_from_cases(criterion, library)]


class Looks:
    """Looks at lessons, at a graded case only once for all criteria."""

    def __init__(self, moves: Sequence[Move]) -> None:
        self._moves = moves
        self._cases: dict[Hashable, Looked] = {}

    def at(self, one: Lesson) -> Looked:
        """The reply of a lesson with its context."""
        key = (one.reply, one.context, one.language, one.points)
        found = self._cases.get(key)
        if found is None:
            reply, context = fold(one.reply), fold(one.context)
            found = look_at(reply, context, one.language, one.points, self._moves)
            if one.origin.startswith(_CASE):
                self._cases[key] = found
        return found


def samples(
    criterion: Criterion,
    learned_from: Sequence[Lesson],
    looked_at: Looks,
    embedder: Embedder | None = None,
) -> list[Sample]:
    """Lessons as features; with an embedder, `EmbeddingFailed` if there are no vectors."""
    looks = [looked_at.at(one) for one in learned_from]
    meant: Sequence[Meaning | None] = [None] * len(looks)
    if embedder is not None:
        meant = meanings([(one.said, one.context.text) for one in looks], embedder, keep=True)
    return [
        _sample(criterion, lesson, looked, meaning)
        for lesson, looked, meaning in zip(learned_from, looks, meant, strict=True)
    ]


def _sample(
    criterion: Criterion, lesson: Lesson, looked: Looked, meaning: Meaning | None
) -> Sample:
    known = tuple(knowledge(criterion, looked, signal_hits(criterion, looked)))
    numbers = (known, *looked.unknowing)
    return Sample(looked.grams, numbers, looked.length, lesson.level, meaning)


def _from_examples(criterion: Criterion) -> Iterator[Lesson]:
    numbered: list[tuple[str, Example]] = [
        (f"example:{level.number}:{index}", example)
        for level in criterion.levels
        for index, example in enumerate(level.examples)
    ]
    numbered += [(f"alike:{index}", one) for index, one in enumerate(criterion.look_alikes)]
    for origin, example in numbered:
        stimulus = criterion.stimulus(example.stimulus)
        for language in criterion.languages:
            text = example.text.get(language)
            if text is None:
                continue
            context = stimulus.text.said_in(language) if stimulus else ""
            points = stimulus.salient_points if stimulus else ()
            yield Lesson(origin, text, context, language, points, float(example.level))


def _from_cases(criterion: Criterion, library: Library) -> Iterator[Lesson]:
    ids = {case.id for case in library.cases}
    for case in library.cases:
        grades = case.levels_of(criterion.id)
        given = [level for level in grades if level is not None]
        if 2 * len(given) < len(grades):
            continue  # most graders saw no opening
        language = case.language or language_of(case.reply)
        if not given or language not in criterion.languages or not case.reply.strip():
            continue
        context = case.context_text()
        scenario = library.scenarios.get(case.scenario or "")
        points = points_for(criterion, case.context, scenario, None)
        level = sum(given) / len(given)
        yield Lesson(f"{_CASE}{origin_of(case, ids)}", case.reply, context, language, points, level)


def points_for(
    criterion: Criterion,
    context: Sequence[Said],
    scenario: Scenario | None,
    told: frozenset[str] | None,
) -> tuple[SalientPoint, ...]:
    """The salient points that a good listener could take up at this moment.

    In a scenario: those said so far; where it is not known what was told, those of a hidden fact
    count if they stand in the context. Elsewhere: those of the stimulus that the context repeats.
    """
    text = fold("\n".join(said.text for said in context))
    language = language_of(text.original)
    if scenario is not None:
        return tuple(
            point
            for point in scenario.salient_points
            if point.after is None
            or (point.after in told if told is not None else has_cue(point.cues, text, language))
        )
    for stimulus in criterion.stimuli:
        for known in (stimulus.text.zh, stimulus.text.en):
            if known is not None and fold(known).text in text.text:
                return stimulus.salient_points
    return ()
