"""What the scorer looks at in a reply: n-grams, and features that know context and criterion."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commcoach.coaching.embedding import Embedder
from commcoach.domain.cue_grammar import time_pattern
from commcoach.domain.cues import Hit, find_cues, has_cue
from commcoach.domain.language import Language, SalientPoint
from commcoach.domain.rubric import Criterion, Direction
from commcoach.domain.scenario import Move
from commcoach.domain.wording import Folded
from commcoach.embedded.courtesies import without_courtesies, without_flattery
from commcoach.embedded.kinds_of_words import FIRST, NEGATION, OPEN, SECOND
from commcoach.embedded.ngrams import count_all
from commcoach.embedded.speech import speech, substance
from commcoach.embedded.units import content_units

VERSION = 7
"""Raise it when features or fitting change, so that the cache yields no model of the old kind."""


def version(embedder: Embedder | None) -> str:
    """The version of the features, those of an embedding model included."""
    return str(VERSION) if embedder is None else f"{VERSION}+{embedder.name}"


@dataclass(frozen=True, slots=True)
class Looked:
    """A reply with its context, folded and counted once for all criteria.

    `reply` is without flattery; `said` is its text without courtesies, and counts and general
    features are those of it.
    """

    reply: Folded
    context: Folded
    said: str
    language: Language
    grams: Counter[str]
    general: tuple[float, ...]
    substance: tuple[float, ...]
    speech: tuple[float, ...]
    moves: tuple[float, ...]
    points: tuple[SalientPoint, ...]
    covered: tuple[str, ...]

    @property
    def unknowing(self) -> tuple[tuple[float, ...], ...]:
        """The features that know only the texts, by kind."""
        return self.general, self.substance, self.speech

    @property
    def must_covered(self) -> float:
        """The share of indispensable salient points that the reply takes up."""
        return _covered_share([point for point in self.points if point.must], self.covered)

    @property
    def length(self) -> float:
        """The control feature: the logarithm of the number of characters."""
        return math.log1p(len(self.said))


def look_at(
    reply: Folded,
    context: Folded,
    language: Language,
    points: Sequence[SalientPoint] = (),
    moves: Sequence[Move] = (),
) -> Looked:
    """Everything about a reply that does not depend on the criterion."""
    reply = without_flattery(reply, context.text, language, moves)
    covered = tuple(
        point.id
        for point in points
        if next(find_cues(point.cues, reply, language), None) is not None
    )
    said = without_courtesies(reply.text, language)
    grams = count_all(said, context.text, language)
    made = tuple(float(has_cue(move.cues, reply, language)) for move in moves)
    return Looked(
        reply,
        context,
        said,
        language,
        grams,
        _general(said, context.text, language, points, covered),
        substance(said, context.text, language),
        speech(said, context.text, language),
        made,
        tuple(points),
        covered,
    )


def _general(
    text: str,
    before: str,
    language: Language,
    points: Sequence[SalientPoint],
    covered: Sequence[str],
) -> tuple[float, ...]:
    said, asked = content_units(text, language), content_units(before, language)
    shared = said & asked
    features = {
        "context_taken_up": len(shared) / len(asked) if asked else 0.0,
        "taken_from_context": len(shared) / len(said) if said else 0.0,
        "longest_copy": _longest_copy(text, before) / max(1, len(text)),
        "has_context": float(bool(asked)),
        "questions": min(3, text.count("?")) / 3,
        "ends_with_question": float(text.rstrip(" \"'").endswith("?")),
        "open_words": min(3, len(OPEN[language].findall(text))) / 3,
        "second_person": min(4, len(SECOND[language].findall(text))) / 4,
        "first_person": min(4, len(FIRST[language].findall(text))) / 4,
        "names_a_time": float(bool(time_pattern(language).search(text))),
        "has_figure": float(bool(re.search(r"\d", text))),
        "exclamations": min(3, text.count("!")) / 3,
        "negations": min(3, len(NEGATION[language].findall(text))) / 3,
        "points_covered": _covered_share(points, covered),
        "must_points_covered": _covered_share([point for point in points if point.must], covered),
        "has_points": float(bool(points)),
    }
    return tuple(features.values())


def _covered_share(points: Sequence[SalientPoint], covered: Sequence[str]) -> float:
    return sum(point.id in covered for point in points) / len(points) if points else 0.0


def _longest_copy(text: str, context: str, most: int = 400) -> int:
    """Length of the longest stretch of the reply that stands in the context."""
    text, context = text[:most], context[-2 * most :]
    best = 0
    for start in range(len(text)):
        while text[start : start + best + 1] in context and start + best < len(text):
            best += 1
    return best


def signal_hits(criterion: Criterion, looked: Looked) -> dict[str, list[Hit]]:
    """Where each of the criterion's signals is found, by signal id."""
    return {
        signal.id: list(find_cues(signal.cues, looked.reply, looked.language))
        for signal in criterion.signals
    }


def shows_behaviour(criterion: Criterion, hits: Mapping[str, Sequence[Hit]]) -> bool:
    """Whether the reply has a wording of the behaviour or of its opposite."""
    return any(
        hits[signal.id] for signal in criterion.signals if signal.toward is not Direction.FORMULA
    )


def shows_opposite(
    criterion: Criterion,
    looked: Looked,
    hits: Mapping[str, Sequence[Hit]],
    moves: Sequence[Move],
) -> bool:
    """Whether a wording against the behaviour, or a move that raises tension, is in the reply."""
    against = any(
        hits[signal.id] for signal in criterion.signals if signal.toward is Direction.DOWN
    )
    return against or any(
        move.delta > 0 and made for move, made in zip(moves, looked.moves, strict=True)
    )


def knowledge(criterion: Criterion, looked: Looked, hits: dict[str, list[Hit]]) -> list[float]:
    """The features that know the content: the criterion's signals, what they make together, and
    the generic moves.
    """
    found = {Direction.UP: 0, Direction.DOWN: 0, Direction.FORMULA: 0}
    vector: list[float] = []
    for signal in criterion.signals:
        number = len(hits[signal.id])
        vector.append(min(2, number) / 2 if number else 0.0)
        found[signal.toward] += bool(number)
    groups = sum(signal.toward is Direction.UP for signal in criterion.signals)
    ups = found[Direction.UP]
    vector.extend(
        (
            ups / groups if groups else 0.0,
            float(groups > 0 and ups == groups),
            looked.must_covered * ups / groups if groups else 0.0,
            float(found[Direction.DOWN] > 0),
            float(found[Direction.FORMULA] > 0 and ups == 0),
        )
    )
    return [*vector, *looked.moves]
