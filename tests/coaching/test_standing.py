"""Calibrated is what a floor that binds says of this very engine on this very release."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.calibrating import Examination
from commcoach.coaching.publishing import Publication
from commcoach.coaching.releasing import Release
from commcoach.coaching.standing import (
    NO_VERDICTS,
    Standing,
    beside_published,
    calibrated_criteria,
    standing_over,
    verdicts_for,
)
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.chance import Estimate
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.score import EngineName, Scorecard
from commcoach.store.memory_calibrations import InMemoryCalibrations
from commcoach.store.memory_records import InMemoryReleases
from tests.builders import NOON, make_card, make_score, make_session, make_turn

EMBEDDED = EngineName("embedded", "5")
MODEL = EngineName("model", "a1b2c3-1", "small-1")


def reached(criterion: str, graded: int) -> FloorVerdict:
    return FloorVerdict(criterion, binds=True, graded=graded, reached=True, scored=graded)


async def kept(*examined: tuple[str, EngineName, FloorVerdict]) -> InMemoryCalibrations:
    calibrations = InMemoryCalibrations(InMemoryReleases())
    for release, engine, verdict in examined:
        await calibrations.releases.record(Release(release, {}, {}, NOON), {})
        await calibrations.add(Examination(release, engine, NOON, "陈", verdicts=(verdict,)))
    return calibrations


def card(by: EngineName | None, *criteria: str) -> Scorecard:
    return replace(make_card(*(make_score(id, 2) for id in criteria)), by=by)


def session(*cards: Scorecard, release: str = "r1") -> PracticeSession:
    turns = (make_turn(number, card=one) for number, one in enumerate(cards, start=1))
    return make_session(*turns, release=release)


async def standing(calibrations: InMemoryCalibrations, *sessions: PracticeSession) -> Standing:
    return await standing_over(calibrations, sessions)


async def test_only_a_floor_that_binds_and_is_reached_calibrates() -> None:
    calibrations = await kept(
        ("r1", EMBEDDED, reached("listen", 62)),
        ("r1", EMBEDDED, replace(reached("ask", 61), reached=False)),
        ("r1", EMBEDDED, replace(reached("own", 12), binds=False)),
    )
    assert await calibrated_criteria(calibrations, "r1", EMBEDDED) == {"listen": 62}


async def test_cases_that_were_drawn_unevenly_count_for_what_they_are_worth() -> None:
    kappa = Estimate(0.8, 0.5, 0.9, 60, effective=13.2)
    calibrations = await kept(("r1", EMBEDDED, replace(reached("listen", 60), kappa=kappa)))
    assert await calibrated_criteria(calibrations, "r1", EMBEDDED) == {"listen": 13}


async def test_a_verdict_holds_for_no_other_release_version_or_engine() -> None:
    calibrations = await kept(("r1", EMBEDDED, reached("listen", 62)))
    assert (await standing(calibrations, session(card(EMBEDDED, "listen")))).whole
    for other in (
        session(card(EMBEDDED, "listen"), release="r2"),
        session(card(replace(EMBEDDED, version="6"), "listen")),
        session(card(MODEL, "listen")),
        session(card(None, "listen")),
    ):
        found = await standing(calibrations, other)
        assert (found.criteria, dict(found.cases), found.whole) == (("listen",), {}, False)


async def test_where_the_embedded_engine_stood_in_its_own_verdict_counts() -> None:
    calibrations = await kept(
        ("r1", MODEL, reached("listen", 80)),
        ("r1", MODEL, reached("ask", 70)),
        ("r1", EMBEDDED, reached("listen", 62)),
    )
    both = session(card(MODEL, "listen", "ask"), card(EMBEDDED, "listen", "ask"))
    found = await standing(calibrations, both)
    assert (dict(found.cases), found.whole, found.fewest) == ({"listen": 62}, False, 62)
    assert found.engines == ("small-1", "embedded")
    alone = (await verdicts_for(calibrations, [both])).standing(both, both.turns[:1])
    assert (alone.whole, dict(alone.cases)) == (True, {"listen": 80, "ask": 70})


async def test_sessions_of_several_releases_are_each_told_by_their_own() -> None:
    calibrations = await kept(("r1", EMBEDDED, reached("listen", 62)))
    old, new = (session(card(EMBEDDED, "listen"), release=one) for one in ("r1", "r2"))
    assert (await standing(calibrations, old)).whole
    assert not (await standing(calibrations, old, new)).cases


def test_nothing_that_has_no_levels_is_called_calibrated() -> None:
    assert not NO_VERDICTS.standing(session(card(EMBEDDED))).whole
    assert not NO_VERDICTS.standing(make_session(make_turn(1))).whole


HASHES = {"criterion:listen": "1", "cases:listen": "2", "criterion:ask": "3"}
CASES = {"listen": 62, "ask": 61}
PUBLICATION = Publication(3, "r3", NOON, "陈")


def test_a_criterion_that_says_the_same_as_in_force_is_no_draft() -> None:
    found = beside_published(HASHES, PUBLICATION, HASHES, CASES)
    assert (found.drafts, dict(found.cases)) == (frozenset(), CASES)


def test_a_changed_or_a_new_criterion_is_a_draft_and_not_calibrated() -> None:
    parts = {"criterion:listen": "1", "cases:listen": "2", "criterion:ask": "other"}
    found = beside_published({**HASHES, "criterion:new": "9"}, PUBLICATION, parts, CASES)
    assert (found.drafts, dict(found.cases)) == (frozenset({"ask", "new"}), {"listen": 62})


def test_levels_by_other_graded_cases_are_not_calibrated_though_the_criterion_is_no_draft() -> None:
    parts = {**HASHES, "cases:listen": "other"}
    assert dict(beside_published(HASHES, PUBLICATION, parts, CASES).cases) == CASES
    found = beside_published(HASHES, PUBLICATION, parts, CASES, with_cases=True)
    assert (found.drafts, dict(found.cases)) == (frozenset(), {"ask": 61})
