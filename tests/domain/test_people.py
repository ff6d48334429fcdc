"""Who practises, as a specification."""

from __future__ import annotations

from datetime import datetime

import pytest

from commcoach.domain.language import Language
from commcoach.domain.people import CONSENT_VERSION, Invitation, Learner
from tests.builders import NOON, days


@pytest.mark.parametrize(
    ("consent", "agreed"), [(None, False), ("", False), ("0", False), (CONSENT_VERSION, True)]
)
def test_only_who_agreed_to_what_the_screen_says_today_has_agreed(
    consent: str | None, agreed: bool
) -> None:
    assert Learner("li", Language.ZH, NOON, consent, NOON).has_agreed is agreed


@pytest.mark.parametrize(
    ("expires", "moment", "valid"),
    [
        (None, days(10_000), True),
        (days(1), NOON, True),
        (days(1), days(1), False),
        (days(1), days(2), False),
    ],
)
def test_an_invitation_is_good_until_the_moment_it_expires(
    expires: datetime | None, moment: datetime, valid: bool
) -> None:
    assert Invitation("token", "spring", NOON, expires).valid_at(moment) is valid
