"""What holds up the trust in a criterion does not go unseen: floors, cases, blind grades."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.losses import Hold, Loss
from commcoach.coaching.trust_lost import trust_lost
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.library import Library
from commcoach.domain.rubric import Floor
from tests.shipped import library

ID = "open_question"
FLOOR = Floor(0.6, 2, 2)
PART = f"criterion:{ID}"


def graded(number: int, *graders: str, reply: str = "您想怎么办") -> GradedCase:
    """A case that its author and these people graded."""
    author = Grade("author", "author", {ID: 2})
    blind = [Grade(by, "human", {ID: 2}, {ID: 1.0}) for by in graders]
    return GradedCase(f"c{number}", (Said("", "前面的话"),), f"{reply}{number}", (author, *blind))


def content(*cases: GradedCase, floor: Floor | None = FLOOR) -> Library:
    """The shipped content with only these cases, and a floor for one criterion."""
    own = library()
    rubrics = {
        name: replace(
            rubric,
            criteria=tuple(
                replace(one, floor=floor if one.id == ID else None) for one in rubric.criteria
            ),
        )
        for name, rubric in own.rubrics.items()
    }
    hashes = {**own.hashes, f"cases:{ID}": repr(cases)}
    return replace(own, rubrics=rubrics, cases=cases, hashes=hashes)


IN_FORCE = content(graded(1, "王", "李"), graded(2, "王", "李"), graded(3))


def lost(*holds: tuple[Hold, int]) -> tuple[Loss, ...]:
    return tuple(Loss(PART, removed=True, hold=hold, number=number) for hold, number in holds)


def test_the_same_content_and_more_of_it_loses_nothing() -> None:
    assert trust_lost(IN_FORCE, IN_FORCE) == ()
    more = content(*IN_FORCE.cases, graded(4, "陈"), floor=Floor(0.7, 2, 2))
    assert trust_lost(IN_FORCE, more) == ()


def test_a_floor_that_goes_or_is_lowered_is_told() -> None:
    without = content(*IN_FORCE.cases, floor=None)
    assert trust_lost(IN_FORCE, without) == lost((Hold.FLOOR, 1), (Hold.CALIBRATED, 1))
    for lower in (Floor(0.5, 2, 2), Floor(0.6, 1, 2), Floor(0.6, 2, 1)):
        found = trust_lost(IN_FORCE, content(*IN_FORCE.cases, floor=lower))
        assert found == lost((Hold.FLOOR_HEIGHT, 1))


def test_a_floor_that_no_longer_binds_calibrates_nothing() -> None:
    higher = content(*IN_FORCE.cases, floor=Floor(0.6, 3, 2))
    assert trust_lost(IN_FORCE, higher) == lost((Hold.CALIBRATED, 1))


def test_blind_grades_and_cases_that_go_are_counted() -> None:
    fewer = content(graded(1, "王"), graded(2, "王", "李"))
    found = trust_lost(IN_FORCE, fewer)
    assert found == lost((Hold.CASES, 1), (Hold.BLIND_GRADES, 1), (Hold.CALIBRATED, 1))
    none = replace(fewer, hashes={k: v for k, v in fewer.hashes.items() if k != f"cases:{ID}"})
    assert trust_lost(IN_FORCE, none) == lost((Hold.CALIBRATED, 1))  # the part itself is told


def test_another_text_counts_where_people_graded_blind_what_is_gone() -> None:
    reworded = content(
        *(graded(n, "王", "李", reply="改过") for n in (1, 2)), graded(3, reply="改")
    )
    assert trust_lost(IN_FORCE, reworded) == lost((Hold.TEXTS, 2))


def test_a_case_under_another_id_is_the_same() -> None:
    renamed = (replace(one, id=f"new-{one.id}") for one in IN_FORCE.cases)
    assert trust_lost(IN_FORCE, content(*renamed)) == ()
