"""Reading without a model: moves by their cues, topics by the sentence they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commcoach.coaching.counterpart import Scene
from commcoach.domain.cues import Hit, find_cues, has_cue
from commcoach.domain.language import Language
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.scenario import Move, Topic
from commcoach.domain.wording import Folded, fold, is_quoted, language_of
from commcoach.embedded.quoting import clause_around, split_folded

EMPTY_PROMISE = "empty_promise"


class CueReader:
    """The embedded reader: finds the moves whose cues stand in the reply.

    A promise of what the authority card forbids is an empty one, and soothes nobody.
    """

    async def read(self, scene: Scene) -> Reading:
        """The moves of the reply, each once per topic, in the order they stand in it."""
        scenario = scene.scenario
        spoken = language_of(scene.reply)
        folded = fold(scene.reply)
        points = tuple(
            point.id
            for point in scenario.points_known(scene.state.told)
            if has_cue(point.cues, folded, spoken)
        )
        found: dict[tuple[str, str | None], FoundMove] = {}
        promised = [
            hit
            for limit in scenario.authority.may_not
            for hit in find_cues(limit.promises, folded, spoken)
        ]
        for hit in promised:
            quote = clause_around(folded, hit.span)
            found.setdefault(
                (EMPTY_PROMISE, None),
                FoundMove(EMPTY_PROMISE, folded.quote(quote), quote.start, quote.end),
            )
        for move in scenario.moves:
            if move.covers_at_least > len(points):
                continue
            for hit in _hits(move, folded, spoken):
                if move.delta < 0 and any(hit.sentence == other.sentence for other in promised):
                    continue
                for topic in _topics(scenario.topics, folded, hit, spoken) or [None]:
                    quote = clause_around(folded, hit.span)
                    found.setdefault(
                        (move.id, topic),
                        FoundMove(move.id, folded.quote(quote), quote.start, quote.end, topic),
                    )
        in_order = sorted(found.values(), key=lambda one: (one.start, one.move, one.topic or ""))
        return Reading(tuple(in_order), points)


def _hits(move: Move, folded: Folded, language: Language) -> Iterator[Hit]:
    """Cue hits; words in quotation marks are somebody else's and raise no tension."""
    for hit in find_cues(move.cues, folded, language):
        if not (move.delta > 0 and is_quoted(folded, hit.span)):
            yield hit


def _topics(
    topics: Sequence[Topic], folded: Folded, hit: Hit, language: Language
) -> list[str | None]:
    """What the move is about: topics in its sentence, else in the sentence before."""
    sentences = folded.sentences
    at = sentences.index(hit.sentence)
    for sentence in (sentences[at], sentences[at - 1] if at else None):
        if sentence is None:
            break
        part = split_folded(folded, sentence)
        named: list[str | None] = [
            topic.id for topic in topics if has_cue(topic.cues, part, language)
        ]
        if named:
            return named
    return []
