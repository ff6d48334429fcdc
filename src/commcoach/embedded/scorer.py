"""Scoring without a model: levels learned from the content's own examples and graded cases."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from commcoach.coaching.admission import Reason
from commcoach.coaching.embedding import Embedder
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import last_words
from commcoach.domain.cues import make_ready
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Direction
from commcoach.domain.score import (
    CriterionScore,
    EngineName,
    GateHit,
    NotApplicable,
    Scorecard,
    Scored,
    Unscored,
)
from commcoach.domain.wording import Folded, fold
from commcoach.embedded import features
from commcoach.embedded.applicability import applies
from commcoach.embedded.doorkeeper import OFF_TASK, anchor_sources, objection_to
from commcoach.embedded.evidence import prove
from commcoach.embedded.features import (
    Looked,
    knowledge,
    look_at,
    shows_behaviour,
    shows_opposite,
    signal_hits,
)
from commcoach.embedded.gates import gates_crossed, gates_repaired
from commcoach.embedded.meaning import directions, meanings
from commcoach.embedded.models import model_for
from commcoach.embedded.ordinal import Meaning, OrdinalModel, expected_level, likeliest_level
from commcoach.embedded.own_words import own_words
from commcoach.embedded.training import Looks, points_for
from commcoach.embedded.trees import Array

NAME = "embedded"


@dataclass(slots=True)
class _Seen:
    """What was found out about a reply for one criterion and is of use to the next."""

    looks: dict[tuple[str, ...], Looked] = field(default_factory=dict)
    meaning: Meaning | None = None


class EmbeddedScorer:
    """The embedded scorer for a set of criteria.

    Each criterion is learned, or read from the cache, when it is first needed; `prepare` does it
    for all of them ahead of time. With an `embed` it learns from the vectors of that model too and
    is another engine; it raises `EmbeddingFailed` where there are none: see `EitherScorer`.
    """

    def __init__(
        self,
        library: Library,
        criteria: Sequence[str],
        cache: Path | None = None,
        embed: Embedder | None = None,
    ) -> None:
        known = library.criteria
        self._library = library
        self._cache = cache
        self._embed = embed
        self._criteria = {id: known[id] for id in criteria}
        self._gates = tuple(library.gates.values())
        self._models: dict[str, OrdinalModel] = {}
        self._learning = threading.Lock()

    def prepare(self) -> None:
        """Learn all criteria now, and make their cues ready."""
        looks = Looks(self._library.moves)
        for criterion in self._criteria.values():
            self._model(criterion, looks)
            for signal, language in product(criterion.signals, criterion.languages):
                make_ready(signal.cues, language)

    def _model(self, criterion: Criterion, looks: Looks | None = None) -> OrdinalModel:
        with self._learning:
            if criterion.id not in self._models:
                model = model_for(criterion, self._library, self._cache, self._embed, looks)
                self._models[criterion.id] = model
            return self._models[criterion.id]

    @property
    def engine(self) -> EngineName:
        """The embedded engine with the version of its features."""
        return EngineName(NAME, features.version(self._embed))

    async def score(self, task: ScoringTask) -> Scorecard:
        """The scorecard of one reply."""
        return self.score_now(task)

    def score_now(self, task: ScoringTask) -> Scorecard:
        """The same without an event loop, for batches."""
        criteria = [self._criteria[id] for id in task.criteria]
        off_task = self._library.gates.get(OFF_TASK)
        sources = [last_words(task.context), *anchor_sources(criteria)]
        reason = objection_to(task.reply, off_task, sources)
        if reason is not None:
            unscored = tuple(Unscored(id, reason.value) for id in task.criteria)
            hit = GateHit(OFF_TASK, task.reply, 0, len(task.reply))
            return Scorecard(unscored, (hit,) if off_task is not None else ())
        before = "\n".join(said.text for said in task.context)
        reply, context = fold(task.reply), fold(before)
        others = [gate for gate in self._gates if gate.id != OFF_TASK]
        gates = gates_crossed(others, reply, context, task.scenario, task.authority)
        own = own_words(reply, criteria, off_task, last_words(task.context))
        if not any(character.isalpha() for character in own.text):
            pasted = tuple(Unscored(id, Reason.PASTED.value) for id in task.criteria)
            return Scorecard(pasted, gates)
        seen = _Seen()
        scores = tuple(
            self._score_one(criterion, task, own, before, seen) for criterion in criteria
        )
        return Scorecard(scores, gates, gates_repaired(others, reply, task.crossed))

    def _score_one(
        self,
        criterion: Criterion,
        task: ScoringTask,
        own: Folded,
        before: str,
        seen: _Seen,
    ) -> CriterionScore:
        language = task.language
        if language not in criterion.languages:
            return Unscored(criterion.id, f"language:{language}")
        told = task.told if task.scenario is not None else None
        points = points_for(criterion, task.context, task.scenario, told)
        key = tuple(point.id for point in points)
        if key not in seen.looks:
            seen.looks[key] = look_at(own, fold(before), language, points, self._library.moves)
        looked = seen.looks[key]
        hits = signal_hits(criterion, looked)
        shown = shows_behaviour(criterion, hits)
        done_lately = criterion.id in task.reached and not shown
        if done_lately or not applies(criterion, task.context, shown):
            return NotApplicable(criterion.id)
        model = self._model(criterion)
        known = knowledge(criterion, looked, hits)
        meant = self._directions(model, looked, seen)
        probabilities = model.probabilities(looked.grams, (known, *looked.unknowing), meant)
        harmful = shows_opposite(criterion, looked, hits, self._library.moves)
        level = awarded_level(criterion, probabilities, harmful)
        words = last_words(task.context)
        last = (words, before.rindex(words) if words else 0)
        return Scored(
            criterion.id,
            level,
            expected_level(probabilities),
            prove(criterion, level, looked, hits, model, last, self._library.moves),
            probabilities,
            rationale(criterion, level, language, hits),
        )

    def _directions(self, model: OrdinalModel, looked: Looked, seen: _Seen) -> Array | None:
        """What the embedding model says; the vectors are asked for once for all criteria."""
        if self._embed is None:
            return None
        if seen.meaning is None:
            [seen.meaning] = meanings([(looked.said, looked.context.text)], self._embed)
        return directions(seen.meaning, model.centres)


SURE = 0.7
"""How probable the lowest level must be to be awarded without a wording that proves it."""


def awarded_level(criterion: Criterion, probabilities: Mapping[int, float], harmful: bool) -> int:
    """The likeliest level, within what this engine may award.

    Where the lowest level means doing harm rather than nothing, it takes harmful words in the
    reply, or near certainty: telling somebody of a sarcasm that was none costs more trust than
    missing one.
    """
    level = min(likeliest_level(probabilities), criterion.embedded_max)
    means_harm = criterion.absence_up_to > criterion.lowest
    if level == criterion.lowest and means_harm and not harmful and probabilities[level] < SURE:
        return min(criterion.numbers[1], criterion.embedded_max)
    return level


def rationale(
    criterion: Criterion, level: int, language: Language, hits: Mapping[str, Sequence[object]]
) -> str:
    """The anchor of the level, then what was found (+) and what was missed (-)."""
    marks = []
    for signal in criterion.signals:
        found = bool(hits[signal.id])
        title = signal.title.said_in(language)
        if signal.toward is Direction.UP:
            marks.append(("+" if found else "-") + title)
        elif found:
            marks.append("!" + title)
    anchor = criterion.level(level).anchor.said_in(language)
    return f"{anchor} [{' '.join(marks)}]" if marks else anchor
