"""Proof for a level: the words of the reply, or of the line that called for the behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from commcoach.domain.cues import Hit, find_cues
from commcoach.domain.rubric import Criterion, Direction
from commcoach.domain.scenario import Move
from commcoach.domain.score import Evidence
from commcoach.domain.wording import Folded, Span, fold, language_of
from commcoach.embedded.applicability import openings
from commcoach.embedded.features import Looked
from commcoach.embedded.ngrams import count_ngrams
from commcoach.embedded.ordinal import OrdinalModel
from commcoach.embedded.quoting import LONGEST_QUOTE, clause_around, clauses

MOST_QUOTES = 2


def prove(
    criterion: Criterion,
    level: int,
    looked: Looked,
    hits: Mapping[str, list[Hit]],
    model: OrdinalModel,
    last: tuple[str, int],
    moves: Sequence[Move],
) -> tuple[Evidence, ...]:
    """One or two quotes for a level.

    Above absence: the clauses that carry the behaviour. At or below: what stands in its place or
    against it; where nothing does, the words of the counterpart that called for it. A level that
    means harm is always proved by the reply. `last` is
    the counterpart's last words and where they begin in the whole context.
    """
    if not criterion.means_absence(level):
        quotes = _quotes_of(criterion, looked.reply, hits, (Direction.UP,))
        return quotes or (_weightiest(looked, model, highest=True),)
    against = _quotes_of(criterion, looked.reply, hits, (Direction.DOWN, Direction.FORMULA))
    if against:
        return against[:1]
    if level == criterion.lowest < criterion.absence_up_to:
        return (_harm(looked, model, moves),)
    if last[0].strip():
        return (_call(criterion, *last),)
    return (_weightiest(looked, model, highest=False),)


def _quotes_of(
    criterion: Criterion,
    reply: Folded,
    hits: Mapping[str, list[Hit]],
    directions: Sequence[Direction],
) -> tuple[Evidence, ...]:
    """The clauses that most signal groups point to, without repeats; a tie goes as authored.

    A word that stands for the behaviour in one place, such as a day, may stand in another for
    nothing: the clause in which several groups meet is the better proof.
    """
    groups: dict[Span, set[str]] = {}
    for direction in directions:
        for signal in criterion.signals:
            if signal.toward is direction:
                for hit in hits[signal.id]:
                    groups.setdefault(clause_around(reply, hit.span), set()).add(signal.id)
    best_first = sorted(groups, key=lambda span: -len(groups[span]))
    return tuple(_evidence(reply, span) for span in _apart(best_first))[:MOST_QUOTES]


def _apart(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return kept


def _harm(looked: Looked, model: OrdinalModel, moves: Sequence[Move]) -> Evidence:
    """The words that do harm: those of a move that raises tension, else the weightiest clause."""
    for move in moves:
        if move.delta > 0:
            for hit in find_cues(move.cues, looked.reply, looked.language):
                return _evidence(looked.reply, clause_around(looked.reply, hit.span))
    return _weightiest(looked, model, highest=False)


def _weightiest(looked: Looked, model: OrdinalModel, highest: bool) -> Evidence:
    """The clause whose n-grams speak most for a high, or a low, level."""
    reply = looked.reply
    weights = model.gram_weights.mean(axis=0)

    def weight(span: Span) -> float:
        grams = count_ngrams(reply.text[span.start : span.end], looked.language)
        columns, values = model.gram_values(grams)
        return float(weights[columns] @ values) if len(columns) else 0.0

    parts = clauses(reply)
    if not parts:
        return Evidence(reply.original, 0, len(reply.original))
    chosen = max(parts, key=weight) if highest else min(parts, key=weight)
    longest = LONGEST_QUOTE[looked.language]
    shown = Span(chosen.start, min(chosen.end, chosen.start + longest))
    return _evidence(reply, clause_around(reply, shown))


def _call(criterion: Criterion, words: str, offset: int) -> Evidence:
    """The counterpart's words that open the criterion, else a question, else the longest clause."""
    folded = fold(words)
    spans = [
        clause_around(folded, hit.span) for hit in openings(criterion, folded, language_of(words))
    ]
    if not spans:
        parts = clauses(folded)
        asked = [part for part in parts if folded.text[part.end : part.end + 1] == "?"]
        spans = [clause_around(folded, part) for part in asked or parts]
    span = max(spans, key=lambda one: one.end - one.start, default=Span(0, len(words)))
    quote = folded.quote(span)
    return Evidence(quote, span.start + offset, span.end + offset, "context")


def _evidence(folded: Folded, span: Span) -> Evidence:
    return Evidence(folded.quote(span), span.start, span.end)
