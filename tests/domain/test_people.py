"""Who practises, as a specification."""

from __future__ import annotations

from datetime import datetime

import pytest

from commcoach.domain.language import Language
from commcoach.domain.people import (
    CONSENT_VERSION,
    Consent,
    Invitation,
    Learner,
    NoCases,
    consent_needed,
    why_no_cases,
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
    ("consent", "service", "knows"),
    [
        (None, True, False),
        ("1", True, False),
        ("1+api.example", False, False),
        ("2", True, True),
        ("2+api.example", False, True),
        ("12", True, True),
    ],
)
def test_what_is_new_is_told_from_what_was_agreed_to(
    consent: str | None, service: bool, knows: bool
) -> None:
    learner = Learner("li", Language.ZH, NOON, consent, NOON)
    assert bool(learner.new_services(consent_needed(["api.example"]))) is service
    assert learner.knows_of_cases is knows


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], NoCases.NEVER_ASKED),
        ([Consent("1", NOON)], NoCases.NOT_AGREED),
        ([Consent("1+api.example", NOON)], NoCases.NOT_AGREED),
        ([Consent("2", days(1))], None),
        ([Consent("2+api.example", days(1))], None),
        ([Consent("3", NOON)], None),
        ([Consent("1", NOON), Consent("2", days(2))], NoCases.BEGUN_BEFORE),
        ([Consent("2", NOON), Consent("2+api.example", days(2))], None),
    ],
)
def test_a_session_becomes_cases_if_its_learner_knew_of_it_before_it_began(
    given: list[Consent], why: NoCases | None
) -> None:
    assert why_no_cases(given, days(1)) is why
