"""The retranslation test: whether a stranger sorts a criterion's anchors back to their levels."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from commcoach.domain.chance import Share
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion

ID_LENGTH = 8
"""Hexadecimal digits of a card's id."""


class CardKind(StrEnum):
    """What stands on a card."""

    ANCHOR = "anchor"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class Card:
    """A text to be sorted, without its level to be seen.

    `id` changes with every edit of the text; `answers` is what an example replies to.
    """

    id: str
    kind: CardKind
    level: int
    text: str
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Confusion:
    """A card that was put at another level than its own, and how often."""

    card: Card
    put_at: int
    times: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, over everybody who sorted; `levels` holds the anchors' or examples' own."""

    sorters: int
    right: Mapping[CardKind, Share]
    levels: Mapping[CardKind, Mapping[int, Share]]
    confusions: tuple[Confusion, ...]

    def mixed_neighbours(self) -> tuple[tuple[int, int], ...]:
        """Pairs of neighbouring levels whose cards were taken for each other."""
        pairs = {_pair(one) for one in self.confusions}
        return tuple(sorted(pair for pair in pairs if pair[1] - pair[0] == 1))

    def far_off(self) -> tuple[Confusion, ...]:
        """Cards that were put two levels or more away from their own."""
        return tuple(one for one in self.confusions if abs(one.put_at - one.card.level) > 1)


def deal(
    criterion: Criterion, language: Language, examples: int = 0, seed: int = 1, sorter: str = ""
) -> tuple[Card, ...]:
    """The anchors, and so many examples a level, in an order that seed and sorter decide.

    Everybody who sorts should have an order of their own: what stands first, or beside what, makes
    some cards easier, and must not do so for all alike. Levels without a text in this language have
    no card. The order never runs up or down the levels from end to end, unless there are too few
    cards for another.
    """
    cards = [
        _card(criterion, CardKind.ANCHOR, level.number, text)
        for level in criterion.levels
        if (text := level.anchor.get(language))
    ]
    for level in criterion.levels:
        said = [one for one in level.examples if one.text.get(language)]
        for one in said[:examples]:
            stimulus = criterion.stimulus(one.stimulus)
            answers = stimulus.text.get(language) if stimulus is not None else None
            text = one.text.get(language) or ""
            cards.append(_card(criterion, CardKind.EXAMPLE, level.number, text, answers or ""))
    once = list({card.id: card for card in cards}.values())
    return tuple(_shuffled(once, f"{seed} {criterion.id} {sorter}".rstrip()))


def judge(sortings: Sequence[Mapping[Card, int]]) -> Outcome:
    """What came of it; each sorting maps every card to the level that one person put it at."""
    put = [(card, level) for one in sortings for card, level in one.items()]
    wrong = Counter((card, level) for card, level in put if level != card.level)
    kinds = [kind for kind in CardKind if any(card.kind is kind for card, _ in put)]
    return Outcome(
        sorters=len(sortings),
        right={kind: _share(put, kind) for kind in kinds},
        levels={
            kind: {
                level: _share(put, kind, level)
                for level in sorted({card.level for card, _ in put if card.kind is kind})
            }
            for kind in kinds
        },
        confusions=tuple(
            Confusion(card, level, times)
            for (card, level), times in sorted(
                wrong.items(), key=lambda one: (-one[1], one[0][0].level, one[0][1], one[0][0].id)
            )
        ),
    )


def _pair(confusion: Confusion) -> tuple[int, int]:
    own, other = confusion.card.level, confusion.put_at
    return min(own, other), max(own, other)


def _share(put: Sequence[tuple[Card, int]], kind: CardKind, level: int | None = None) -> Share:
    mine = [
        put_at == card.level
        for card, put_at in put
        if card.kind is kind and level in (None, card.level)
    ]
    return Share(sum(mine), len(mine))


def _card(criterion: Criterion, kind: CardKind, level: int, text: str, answers: str = "") -> Card:
    # The level stands in it, so that a text which has moved is not taken for the one before.
    named = "\n".join((criterion.id, kind, str(level), answers, text))
    id = hashlib.sha256(named.encode()).hexdigest()[:ID_LENGTH]
    return Card(id, kind, level, text, answers)


def _shuffled(cards: list[Card], seed: str) -> list[Card]:
    # Not for secrets: the same seed shall always give the same order.
    dice = random.Random(seed)
    for _ in range(100):
        dice.shuffle(cards)
        levels = [card.level for card in cards]
        if levels not in (sorted(levels), sorted(levels, reverse=True)):
            break
    return cards
