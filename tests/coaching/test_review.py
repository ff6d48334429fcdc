"""Reviewing: a correction is a row of its own, and what counts from then on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from commcoach.coaching.debriefing import debrief
from commcoach.coaching.progressing import progress_of
from commcoach.coaching.records import Entry
from commcoach.coaching.review import (
    Contest,
    NotCorrectable,
    Review,
    UnknownTurn,
    contest_score,
    record_override,
)
from commcoach.coaching.storage import UnknownSession
from commcoach.coaching.transcripts import history, transcript_of
from commcoach.domain.dialogue import Ending, PracticeSession
from commcoach.domain.language import Language
from commcoach.domain.score import NotApplicable, Override, Scorecard, Scored, Unscored
from commcoach.embedded.outcome import CueOutcomeJudge
from commcoach.store.memory import InMemorySessions
from commcoach.store.memory_records import InMemoryAudit
from commcoach.store.memory_reviews import InMemoryReviews
from tests.builders import NOON, days, make_score, make_session, make_turn
from tests.shipped import Clock, library

ID = "late_minutes_peer"
CRITERION = next(iter(library().scenarios[ID].focus))
OTHER, UNJUDGED, UNASKED = [id for id in library().scenarios[ID].weights if id != CRITERION][:3]
CARD = Scorecard(
    (
        make_score(CRITERION, 1),
        make_score(OTHER, 2),
        Unscored(UNJUDGED, "no proof"),
        NotApplicable(UNASKED),
    )
)


@dataclass
class Desk:
    """A trainer's desk with one session on it."""

    review: Review
    sessions: InMemorySessions
    reviews: InMemoryReviews
    audit: InMemoryAudit

    @property
    def session(self) -> PracticeSession:
        return self.sessions.sessions["s1"]

    def card(self) -> Scorecard:
        standing = self.session.turns[0].standing()
        assert standing is not None
        return standing

    def level(self, criterion: str) -> int | None:
        return next((s.level for s in self.card().scored() if s.criterion == criterion), None)


def desk() -> Desk:
    turns = [make_turn(number, card=CARD, message=f"m{number}") for number in (1, 2, 3)]
    again = make_turn(3, attempt=2, card=CARD)
    session = make_session(
        *turns, again, id="s1", scenario=ID, language=Language.ZH, ending=Ending.FINISHED
    )
    sessions = InMemorySessions({"s1": session})
    reviews, audit = InMemoryReviews(sessions), InMemoryAudit()
    return Desk(Review(reviews, sessions, audit, Clock()), sessions, reviews, audit)


def correction(level: int | None = 3, criterion: str = CRITERION, **more: object) -> Override:
    fields = {"number": 1, "attempt": 1, "reason": "说了周二", "by": "王老师", "at": days(1)}
    return Override(criterion=criterion, level=level, **{**fields, **more})  # type: ignore[arg-type]  # fields of Override


# -- corrections ----------------------------------------------------------------------------


async def test_a_correction_stands_and_the_first_score_stays() -> None:
    one = desk()
    await record_override(one.review, library(), "s1", correction())
    assert one.level(CRITERION) == 3
    turn = one.session.turns[0]
    assert turn.card == CARD
    assert turn.overrides == (correction(),)


async def test_a_correction_goes_on_record_with_the_name_but_not_the_words() -> None:
    one = desk()
    await record_override(one.review, library(), "s1", correction())
    (entry,) = one.audit.trail
    assert (entry.who, entry.action, entry.subject) == ("王老师", "overrode", "s1")
    assert entry.details == f"1.1 {CRITERION} 3"


async def test_the_last_of_several_corrections_stands_and_none_is_lost() -> None:
    one = desk()
    for level, by in ((3, "王老师"), (2, "陈老师")):
        await record_override(one.review, library(), "s1", correction(level, by=by))
    assert one.level(CRITERION) == 2
    assert [made.by for made in history(one.session.turns[0], CRITERION)] == ["王老师", "陈老师"]
    assert len(one.audit.trail) == 2


async def test_a_correction_cut_off_before_its_entry_leaves_one_row_and_one_entry() -> None:
    one = desk()
    await one.reviews.override("s1", correction())
    for day in (2, 3):
        await record_override(one.review, library(), "s1", correction(at=days(day)))
    assert one.session.turns[0].overrides == (correction(),)
    assert len(one.audit.trail) == 1


async def test_a_correction_made_again_after_another_is_a_row_and_an_entry_of_its_own() -> None:
    one = desk()
    for day, level in enumerate((3, 2, 3)):
        await record_override(one.review, library(), "s1", correction(level, at=days(day)))
    assert [made.level for made in one.session.turns[0].overrides] == [3, 2, 3]
    assert len(one.audit.trail) == 3


async def test_a_correction_with_another_reason_is_another_one() -> None:
    one = desk()
    for reason in ("说了周二", "说了周二下午"):
        await record_override(one.review, library(), "s1", correction(reason=reason))
    assert len(one.session.turns[0].overrides) == 2
    assert len(one.audit.trail) == 2


async def test_a_level_may_be_taken_away() -> None:
    one = desk()
    await record_override(one.review, library(), "s1", correction(None))
    assert one.level(CRITERION) is None
    assert NotApplicable(CRITERION, "说了周二") in one.card().scores


@pytest.mark.parametrize("criterion", [UNJUDGED, UNASKED])
async def test_a_level_may_be_given_where_there_was_none(criterion: str) -> None:
    one = desk()
    await record_override(one.review, library(), "s1", correction(2, criterion))
    assert one.level(criterion) == 2


async def test_a_rewrite_is_corrected_by_its_attempt() -> None:
    one = desk()
    override = correction(4, number=3, attempt=2)
    await record_override(one.review, library(), "s1", override)
    assert [turn.overrides for turn in one.session.turns] == [(), (), (), (override,)]


@pytest.mark.parametrize(
    ("session", "more"), [("s2", {}), ("s1", {"number": 9}), ("s1", {"attempt": 2})]
)
async def test_what_does_not_exist_is_not_corrected(session: str, more: dict[str, object]) -> None:
    one = desk()
    with pytest.raises(UnknownTurn):
        await record_override(one.review, library(), session, correction(**more))  # type: ignore[arg-type]  # as above
    assert one.audit.trail == []


async def test_a_criterion_that_was_not_scored_on_is_not_corrected() -> None:
    one = desk()
    with pytest.raises(NotCorrectable) as refused:
        await record_override(one.review, library(), "s1", correction(3, "nonsense"))
    assert refused.value.allowed == f"{CRITERION}, {OTHER}, {UNJUDGED}, {UNASKED}"
    assert one.audit.trail == []


@pytest.mark.parametrize("level", [-1, 5])
async def test_a_level_that_the_criterion_does_not_have_is_not_given(level: int) -> None:
    one = desk()
    with pytest.raises(NotCorrectable) as refused:
        await record_override(one.review, library(), "s1", correction(level))
    assert (refused.value.given, refused.value.allowed) == (str(level), "0, 1, 2, 3, 4")
    assert one.session.turns[0].overrides == ()


async def test_a_turn_without_a_score_has_nothing_to_correct() -> None:
    one = desk()
    bare = make_session(make_turn(1), id="s1", scenario=ID)
    one.sessions.sessions["s1"] = bare
    with pytest.raises(NotCorrectable):
        await record_override(one.review, library(), "s1", correction())


# -- what a correction changes --------------------------------------------------------------


async def test_mastery_goes_by_corrected_levels() -> None:
    one = desk()
    before = await progress_of(one.sessions, library(), "learner")
    for number in (1, 2, 3):
        await record_override(one.review, library(), "s1", correction(4, number=number))
    after = await progress_of(one.sessions, library(), "learner")
    assert before.masteries[CRITERION].level == 1
    assert after.masteries[CRITERION].level == 4
    assert after.masteries[OTHER] == before.masteries[OTHER]


async def test_the_debrief_goes_by_corrected_levels() -> None:
    one = desk()
    judge = CueOutcomeJudge()
    before = await debrief(library(), judge, one.session)
    await record_override(one.review, library(), "s1", correction(4))
    after = await debrief(library(), judge, one.session)
    means = [
        next(bar.mean for bar in report.bars if bar.criterion.id == CRITERION)
        for report in (before, after)
    ]
    assert means == [1, 2]
    assert before.score is not None
    assert after.score is not None
    assert after.score > before.score


async def test_the_transcript_shows_the_corrected_level_and_the_first_one() -> None:
    one = desk()
    await record_override(one.review, library(), "s1", correction())
    made = await transcript_of(one.session, library(), one.reviews, CueOutcomeJudge())
    turn = made.session.turns[0]
    assert turn.card == CARD
    standing = turn.standing()
    assert standing is not None
    assert isinstance(standing.scores[0], Scored)
    assert standing.scores[0].level == 3
    assert made.report == await debrief(library(), CueOutcomeJudge(), one.session)


# -- objections -----------------------------------------------------------------------------


def contest(id: str = "s1-m9", criterion: str = CRITERION) -> Contest:
    return Contest(id, "s1", criterion, "我明明说了周二。", NOON)


async def test_an_objection_is_kept_and_on_record_without_its_words() -> None:
    one = desk()
    await contest_score(one.review, contest())
    assert await one.reviews.contests("s1") == [contest()]
    (entry,) = one.audit.trail
    assert replace(entry, at=NOON) == Entry(
        NOON, "learner", "contested", "s1", f"s1-m9 {CRITERION}"
    )


async def test_the_same_objection_again_changes_nothing() -> None:
    one = desk()
    for _ in range(2):
        await contest_score(one.review, contest())
    assert len(await one.reviews.contests("s1")) == 1
    assert len(one.audit.trail) == 1


async def test_two_objections_to_one_level_are_two() -> None:
    one = desk()
    await contest_score(one.review, contest())
    await contest_score(one.review, contest("s1-m10"))
    await contest_score(one.review, contest("s1-m11", criterion=""))
    assert len(await one.reviews.contests("s1")) == 3
    assert len(one.audit.trail) == 3


async def test_an_objection_changes_no_level() -> None:
    one = desk()
    before = one.session
    await contest_score(one.review, contest())
    assert one.session == before


async def test_there_is_no_objection_to_a_session_that_does_not_exist() -> None:
    one = desk()
    with pytest.raises(UnknownSession):
        await contest_score(one.review, replace(contest(), session="s2"))
    assert one.audit.trail == []
