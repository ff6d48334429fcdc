"""Dealing out anchors to be sorted, and judging what came back."""

from __future__ import annotations

import pytest

from commcoach.domain.language import Language
from commcoach.domain.retranslation import Card, CardKind, deal, judge
from commcoach.domain.rubric import Criterion
from tests.shipped import library


@pytest.fixture
def criterion() -> Criterion:
    return library().criteria["open_question"]


def by_level(cards: tuple[Card, ...]) -> dict[int, Card]:
    return {card.level: card for card in cards if card.kind is CardKind.ANCHOR}


def test_every_anchor_is_dealt_once_and_the_order_gives_nothing_away(criterion: Criterion) -> None:
    for seed in range(200):
        levels = [card.level for card in deal(criterion, Language.ZH, seed=seed)]
        assert sorted(levels) == [0, 1, 2, 3, 4]
        assert levels not in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0])


def test_the_same_seed_gives_the_same_order_and_another_one_another(criterion: Criterion) -> None:
    first = deal(criterion, Language.ZH, seed=1)
    assert first == deal(criterion, Language.ZH, seed=1)
    assert len({deal(criterion, Language.ZH, seed=seed) for seed in range(5)}) > 1


def test_examples_are_dealt_with_what_they_answer(criterion: Criterion) -> None:
    cards = deal(criterion, Language.EN, examples=2)
    examples = [card for card in cards if card.kind is CardKind.EXAMPLE]
    assert len(examples) == 10
    assert all(card.answers for card in examples)
    assert len({card.id for card in cards}) == len(cards)


def test_an_edited_anchor_gets_another_id(criterion: Criterion) -> None:
    zh, en = (by_level(deal(criterion, language))[2].id for language in Language)
    assert zh != en


def test_all_sorted_right_gives_a_full_share_with_its_interval(criterion: Criterion) -> None:
    cards = deal(criterion, Language.ZH)
    outcome = judge([{card: card.level for card in cards}])
    assert outcome.confusions == ()
    share = outcome.right[CardKind.ANCHOR]
    assert (share.hits, share.number, share.value) == (5, 5, 1.0)
    assert share.interval is not None
    assert share.interval[0] == pytest.approx(0.566, abs=0.001)


def test_neighbours_taken_for_each_other_are_told_from_those_far_off(criterion: Criterion) -> None:
    cards = by_level(deal(criterion, Language.ZH))
    right = {card: card.level for card in cards.values()}
    swapped = right | {cards[2]: 3, cards[3]: 2}
    far = right | {cards[0]: 4, cards[2]: 3}
    outcome = judge([swapped, far])
    assert outcome.sorters == 2
    assert outcome.mixed_neighbours() == ((2, 3),)
    assert [one.card.level for one in outcome.far_off()] == [0]
    assert [(one.card.level, one.put_at, one.times) for one in outcome.confusions] == [
        (2, 3, 2),
        (0, 4, 1),
        (3, 2, 1),
    ]
    levels = outcome.levels[CardKind.ANCHOR]
    assert {level: (share.hits, share.number) for level, share in levels.items()} == {
        0: (1, 2),
        1: (2, 2),
        2: (0, 2),
        3: (1, 2),
        4: (2, 2),
    }
