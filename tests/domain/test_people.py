"""Who practises, as a specification."""

from __future__ import annotations

from datetime import datetime

import pytest

from commcoach.domain.language import Language
from commcoach.domain.people import (
    CONSENT_VERSION,
    Invitation,
    Learner,
    consent_needed,
    may_become_cases,
)
from tests.builders import NOON, days


@pytest.mark.parametrize(
    ("consent", "agreed"), [(None, False), ("", False), ("0", False), (CONSENT_VERSION, True)]
)
def test_only_who_agreed_to_what_the_screen_says_today_has_agreed(
    consent: str | None, agreed: bool
) -> None:
    learner = Learner("li", Language.ZH, NOON, consent, NOON)
    assert learner.has_agreed_to(consent_needed(())) is agreed


def test_replies_that_go_to_a_service_need_a_consent_of_their_own_that_holds_without_it() -> None:
    here, elsewhere = consent_needed(()), consent_needed(["models.example"])
    old, new = (Learner("li", Language.ZH, NOON, one, NOON) for one in (here, elsewhere))
    assert old.has_agreed_to(here)
    assert not old.has_agreed_to(elsewhere)
    assert new.has_agreed_to(elsewhere)
    assert new.has_agreed_to(here)
    assert not new.has_agreed_to(consent_needed(["other.example"]))
    assert not new.has_agreed_to(consent_needed(["models.example", "other.example"]))


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


@pytest.mark.parametrize(
    ("consent", "may"),
    [(None, True), (CONSENT_VERSION, True), (f"{CONSENT_VERSION}+api.example", True), ("1", False)],
)
def test_corrected_replies_become_cases_only_of_those_who_were_told_so(
    consent: str | None, may: bool
) -> None:
    learner = Learner("li", Language.ZH, NOON, consent, NOON)
    assert may_become_cases(learner) is may
