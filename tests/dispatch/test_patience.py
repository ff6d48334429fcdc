"""Patience: how long to wait before the next try."""

from __future__ import annotations

from commcoach.dispatch.patience import Patience


def test_pauses_are_spread_by_chance_but_never_below_half() -> None:
    least = Patience(chance=lambda: 0.0).pauses()
    most = Patience(chance=lambda: 1.0).pauses()
    assert [next(least) for _ in range(8)] == [0.25, 0.5, 1, 2, 4, 8, 15, 15]
    assert [next(most) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
