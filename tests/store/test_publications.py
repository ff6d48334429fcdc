"""What every keeper of publications and links promises, in memory and in a database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from commcoach.coaching.calibrating import Calibration, Examination, Fitting
from commcoach.coaching.publishing import Publication, Publishing, publish
from commcoach.coaching.records import Entry
from commcoach.coaching.releasing import Release, UnknownRelease
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.chance import Estimate, NotEstimable, Reason
from commcoach.domain.link_choice import Figures, LinkChoice
from commcoach.domain.linking import IsotonicLink, LinearLink, LinkKind
from commcoach.domain.score import EngineName, Scorecard, Scored
from tests.store.examples import START, Examples
from tests.store.houses import House

DAY = timedelta(days=1)
FIRST = Publication(1, "r1", START, "陈老师", "第一版")
SECOND = Publication(2, "r2", START + DAY, "王老师")
ENGINE = EngineName("embedded", "7")
MODEL = EngineName("model", "v1-3a", "some-model")
FIGURES = Figures(
    Estimate(0.31, 0.12, 0.48, 44),
    Estimate(0.9, None, None, 44),
    NotEstimable(Reason.TOO_FEW_GROUPS, 3, 5),
)
LINEAR = LinkChoice(
    LinkKind.LINEAR,
    LinearLink(0.8, -0.25, 0, 4),
    44,
    FIGURES,
    FIGURES,
    NotEstimable(Reason.NO_SPREAD, 44),
    graders_differ_more=True,
)
ISOTONIC = replace(
    LINEAR,
    kind=LinkKind.ISOTONIC,
    link=IsotonicLink(((0.5, 0.0), (1.25, 2.0), (3.0, 2.0))),
    gain=Estimate(0.2, 0.01, 0.4, 44),
    graders_differ_more=None,
)


def release(id: str) -> Release:
    return Release(id, {"criterion:a": id}, {"rubrics/a.yaml": "f1"}, START)


async def recorded(house: House, *ids: str) -> House:
    for id in ids:
        await house.releases.record(release(id), {"f1": b"one"})
    return house


def link(criterion: str, choice: LinkChoice = LINEAR) -> Calibration:
    return Calibration("r1", ENGINE, criterion, choice, START)


def fitted(**choices: LinkChoice | NotEstimable) -> Examination:
    """An examination that fitted these criteria."""
    fittings = tuple(Fitting(id, 44, result) for id, result in choices.items())
    return Examination("r1", ENGINE, START, "陈老师", fittings)


REFUSED = NotEstimable(Reason.TOO_FEW, 3, 40)
REACHED = FloorVerdict(
    "a", True, 64, Estimate(0.7, 0.55, 0.8, 60, 31.5), reached=True, scored=60, covered=0.9
)
MISSED = FloorVerdict("a", True, 64, NotEstimable(Reason.TOO_FEW_SCORED, 20, 52), scored=20)
WAITING = FloorVerdict("b", False, 12)


async def test_before_the_first_publication_there_is_none(house: House) -> None:
    assert await house.publications.newest() is None
    assert await house.publications.all() == []


async def test_publications_come_back_newest_first(house: House) -> None:
    await recorded(house, "r1", "r2")
    again = Publication(3, "r1", START + 2 * DAY, "李", "退回", rolled_back=True)
    for one in (FIRST, SECOND, again):
        assert await house.publications.add(one)
    assert await house.publications.newest() == again
    assert await house.publications.all() == [again, SECOND, FIRST]


async def test_of_two_publications_with_one_number_the_first_stands(house: House) -> None:
    await recorded(house, "r1", "r2")
    assert await house.publications.add(FIRST)
    assert not await house.publications.add(replace(SECOND, number=1))
    assert await house.publications.all() == [FIRST]


async def test_nothing_is_published_that_was_never_recorded(house: House) -> None:
    with pytest.raises(UnknownRelease) as missing:
        await house.publications.add(FIRST)
    assert missing.value.release == "r1"
    assert await house.publications.newest() is None


async def test_of_many_who_publish_at_once_none_is_lost(house: House) -> None:
    ids = [f"r{number}" for number in range(1, 7)]
    await recorded(house, *ids)
    publishing = Publishing(house.publications, house.releases)
    await asyncio.gather(*(publish(publishing, id, f"by {id}", START) for id in ids))
    kept = await house.publications.all()
    assert [one.number for one in kept] == [6, 5, 4, 3, 2, 1]
    assert sorted(one.release for one in kept) == ids
    assert all(one.by == f"by {one.release}" for one in kept)
    assert len(await house.audit.entries()) == 6


async def test_two_who_publish_the_same_at_once_publish_it_once(house: House) -> None:
    await recorded(house, "r1")
    publishing = Publishing(house.publications, house.releases)
    done = await asyncio.gather(*(publish(publishing, "r1", by, START) for by in ("a", "b", "c")))
    assert [one.anew for one in done].count(True) == 1
    assert len(await house.publications.all()) == 1


async def test_links_come_back_as_they_were(house: House) -> None:
    await recorded(house, "r1")
    await house.calibrations.add(fitted(b=ISOTONIC, a=LINEAR, c=REFUSED))
    kept = await house.calibrations.of("r1", ENGINE)
    assert kept == {"a": link("a"), "b": link("b", ISOTONIC)}
    assert list(kept) == ["a", "b"]


async def test_verdicts_come_back_as_they_were(house: House) -> None:
    await recorded(house, "r1")
    assert await house.calibrations.verdicts("r1", ENGINE) == {}
    await house.calibrations.add(replace(fitted(), verdicts=(WAITING, REACHED)))
    assert await house.calibrations.verdicts("r1", ENGINE) == {"a": REACHED, "b": WAITING}


async def test_links_and_verdicts_are_for_one_release_and_one_engine(house: House) -> None:
    await recorded(house, "r1", "r2")
    await house.calibrations.add(replace(fitted(a=LINEAR), verdicts=(REACHED,)))
    await house.calibrations.add(
        replace(fitted(a=ISOTONIC), engine=MODEL, verdicts=(MISSED,), by="王老师")
    )
    assert await house.calibrations.of("r1", ENGINE) == {"a": link("a")}
    theirs = replace(link("a", ISOTONIC), engine=MODEL)
    assert await house.calibrations.of("r1", MODEL) == {"a": theirs}
    assert await house.calibrations.verdicts("r1", ENGINE) == {"a": REACHED}
    assert await house.calibrations.verdicts("r1", MODEL) == {"a": MISSED}
    for release_, other in (
        ("r2", ENGINE),
        ("r1", replace(ENGINE, version="8")),
        ("r1", replace(MODEL, model="another")),
    ):
        assert await house.calibrations.of(release_, other) == {}
        assert await house.calibrations.verdicts(release_, other) == {}
        assert await house.calibrations.number(release_, other) == 0


async def test_of_several_examinations_the_newest_of_each_criterion_counts(house: House) -> None:
    await recorded(house, "r1")
    await house.calibrations.add(replace(fitted(a=LINEAR, b=LINEAR), verdicts=(REACHED, WAITING)))
    # The clock of whoever examined later may go behind: the order of writing counts.
    earlier = START - DAY
    await house.calibrations.add(replace(fitted(a=ISOTONIC), at=earlier, verdicts=(MISSED,)))
    newer = replace(link("a", ISOTONIC), at=earlier)
    assert await house.calibrations.of("r1", ENGINE) == {"a": newer, "b": link("b")}
    assert await house.calibrations.verdicts("r1", ENGINE) == {"a": MISSED, "b": WAITING}
    assert await house.calibrations.number("r1", ENGINE) == 2


async def test_an_examination_that_did_not_look_for_something_leaves_it_as_it_was(
    house: House,
) -> None:
    await recorded(house, "r1")
    await house.calibrations.add(replace(fitted(a=LINEAR), verdicts=(REACHED,)))
    await house.calibrations.add(fitted(a=ISOTONIC))
    await house.calibrations.add(replace(fitted(), verdicts=(MISSED,)))
    assert await house.calibrations.of("r1", ENGINE) == {"a": link("a", ISOTONIC)}
    assert await house.calibrations.verdicts("r1", ENGINE) == {"a": MISSED}


async def test_a_criterion_whose_newest_fitting_has_no_link_has_none(house: House) -> None:
    await recorded(house, "r1")
    await house.calibrations.add(fitted(a=LINEAR, b=LINEAR))
    await house.calibrations.add(fitted(a=REFUSED))
    assert await house.calibrations.of("r1", ENGINE) == {"b": link("b")}
    await house.calibrations.add(fitted(a=ISOTONIC))
    assert (await house.calibrations.of("r1", ENGINE))["a"] == link("a", ISOTONIC)


async def test_nothing_is_kept_of_a_release_that_was_never_recorded(house: House) -> None:
    with pytest.raises(UnknownRelease):
        await house.calibrations.add(fitted(a=LINEAR))
    assert await house.calibrations.number("r1", ENGINE) == 0


async def test_a_publication_comes_with_its_examination(house: House) -> None:
    await recorded(house, "r1")
    assert await house.publications.add(FIRST, replace(fitted(a=LINEAR), verdicts=(REACHED,)))
    assert await house.calibrations.of("r1", ENGINE) == {"a": link("a")}
    assert await house.calibrations.verdicts("r1", ENGINE) == {"a": REACHED}


async def test_a_publication_that_is_not_kept_leaves_no_examination(house: House) -> None:
    await recorded(house, "r1")
    await house.publications.add(FIRST)
    assert not await house.publications.add(FIRST, fitted(a=LINEAR))
    assert await house.calibrations.number("r1", ENGINE) == 0


async def test_a_publication_comes_with_its_entry_in_the_audit_trail(house: House) -> None:
    await recorded(house, "r1")
    back = replace(FIRST, number=2, rolled_back=True)
    for one in (FIRST, back, FIRST):
        await house.publications.add(one)
    assert await house.audit.entries() == [FIRST.entry, back.entry]
    assert FIRST.entry == Entry(START, "陈老师", "published", "r1", "1")
    assert back.entry.action == "rolled_back"


async def test_an_examination_that_cannot_be_kept_leaves_no_publication(house: House) -> None:
    await recorded(house, "r1")
    with pytest.raises(UnknownRelease):
        await house.publications.add(FIRST, replace(fitted(a=LINEAR), release="gone"))
    assert await house.publications.newest() is None
    assert await house.audit.entries() == []
    assert await house.calibrations.number("gone", ENGINE) == 0


async def test_a_calibrated_value_is_kept_with_its_score(house: House, examples: Examples) -> None:
    await house.people.add(examples.learner())
    await house.sessions.add(examples.session())
    scores = (Scored("a", 2, 2.4, (), calibrated=1.75), Scored("b", 1, 1.0, ()))
    turn = replace(examples.whole(1), card=Scorecard(scores))
    await house.sessions.save_turn("s1", turn)
    session = await house.sessions.get("s1")
    assert session is not None
    assert session.turns[0].card == Scorecard(scores)


async def test_forgetting_and_expiring_leave_what_was_published(
    house: House, examples: Examples
) -> None:
    await recorded(house, "r1")
    await house.people.add(examples.learner())
    await house.sessions.add(examples.session())
    await house.publications.add(FIRST)
    await house.calibrations.add(fitted(a=LINEAR))
    await house.keeping.expire_words(START + 99 * DAY)
    await house.keeping.expire_levels(START + 99 * DAY)
    await house.keeping.forget("li", Entry(START, "li", "forgot", "li"))
    assert await house.publications.all() == [FIRST]
    assert await house.calibrations.of("r1", ENGINE) == {"a": link("a")}
    assert await house.releases.get("r1") == release("r1")
