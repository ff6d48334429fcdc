"""How long something is kept, as people say it."""

from __future__ import annotations

import pytest

from commcoach.domain.language import Language
from commcoach.presentation.durations import duration
from commcoach.presentation.wording import Wording


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (0, "0 天", "0 days"),
        (1, "1 天", "1 day"),
        (7, "7 天", "7 days"),
        (30, "30 天", "30 days"),
        (90, "90 天", "90 days"),
        (120, "4 个月", "4 months"),
        (180, "6 个月", "6 months"),
        (200, "200 天", "200 days"),
        (360, "12 个月", "12 months"),
        (365, "12 个月", "12 months"),
        (730, "24 个月", "24 months"),
        (366, "366 天", "366 days"),
    ],
)
def test_days_are_said_as_people_say_them(days: int, zh: str, en: str) -> None:
    assert duration(days, Wording(Language.ZH)) == zh
    assert duration(days, Wording(Language.EN)) == en
