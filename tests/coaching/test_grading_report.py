"""What is told of a calibration: nothing that so few rows cannot bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from commcoach.coaching.blind_grading import Key, Returned, draw
from commcoach.coaching.grading_report import GradingReport, grading_report
from commcoach.coaching.scorer import EngineName
from commcoach.domain.cases import Grade
from commcoach.domain.chance import Estimate, NotEstimable
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.rubric import Floor
from commcoach.domain.score import Scored
from commcoach.presentation.calibration.page import calibration_page, is_calibration_page
from commcoach.presentation.wording import Wording
from tests.shipped import library

ID = "open_question"
CASES = tuple(case for case in library().cases if case.levels_of(ID))[:40]


def content(floor: Floor | None = None, graded: int = 0) -> Library:
    """The shipped criterion with a floor, and so many cases that two people have graded."""
    rubric = library().rubrics[library().criteria[ID].module]
    criteria = tuple(replace(one, floor=floor) if one.id == ID else one for one in rubric.criteria)
    people = tuple(Grade(by, "human", {ID: 1}) for by in ("丙", "丁"))
    cases = tuple(
        replace(case, grades=(*case.grades, *people)) if index < graded else case
        for index, case in enumerate(CASES)
    )
    rubrics = {**library().rubrics, rubric.module: replace(rubric, criteria=criteria)}
    return replace(library(), rubrics=rubrics, cases=cases)


def key() -> Key:
    scored = [
        (case, Scored(ID, index % 5, float(index % 5), ())) for index, case in enumerate(CASES)
    ]
    rows = draw(scored, 40, by_level=False, seed=1)
    own_hash = library().hashes[f"criterion:{ID}"]
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Key(ID, own_hash, "release", EngineName("embedded", "4"), at, 1, ("甲", "乙"), rows)


def report(
    levels: Mapping[str, Mapping[str, float | None]], within: Library | None = None
) -> GradingReport:
    return grading_report(key(), Returned(levels, ()), within or content(), resamples=50)


def like_the_machine(off: int = 0, rows: int = 40) -> dict[str, float | None]:
    """Levels as the machine gave them, every fourth one some levels away."""
    return {
        row.code: min(4, (row.level or 0) + (off if index % 4 == 0 else 0))
        for index, row in enumerate(key().rows[:rows])
    }


def test_people_and_machine_are_compared_on_the_same_rows() -> None:
    found = report({"甲": like_the_machine(), "乙": like_the_machine(2)}).measures
    assert {name: one.n for name, one in found.items()} == dict.fromkeys(found, 40)
    people, machine = found["quadratic"].humans, found["quadratic"].machine_for_each
    assert isinstance(people, Estimate)
    assert isinstance(machine, Estimate)
    assert people.value < machine.value < 1
    exact = found["exact"].humans
    assert isinstance(exact, Estimate)
    assert 0.7 < exact.value < 0.9


def test_the_machine_is_judged_by_the_level_that_learners_see() -> None:
    drawn = key()
    behind = tuple(
        replace(row, expected=row.expected + 0.6) if row.expected is not None else row
        for row in drawn.rows
    )
    levels = {"甲": like_the_machine(), "乙": like_the_machine()}
    found = grading_report(
        replace(drawn, rows=behind), Returned(levels, ()), content(), resamples=50
    )
    for one in found.measures.values():
        assert isinstance(one.machine, Estimate)
        assert one.machine.value == 1.0


def test_severity_says_who_is_lenient() -> None:
    severity = (
        report({"甲": like_the_machine(), "乙": like_the_machine(2)}).measures["quadratic"].severity
    )
    strict, lenient = severity["甲"], severity["乙"]
    assert isinstance(strict, Estimate)
    assert isinstance(lenient, Estimate)
    assert strict.value < 0 < lenient.value


def test_too_few_rows_are_not_estimable() -> None:
    found = report({"甲": like_the_machine(rows=3), "乙": like_the_machine(rows=3)}).measures
    assert all(isinstance(one.humans, NotEstimable) for one in found.values())


def test_one_grader_alone_gives_no_agreement_among_people() -> None:
    found = report({"甲": like_the_machine()}).measures
    assert isinstance(found["quadratic"].humans, NotEstimable)


def test_what_differs_most_comes_first() -> None:
    codes = [row.code for row in key().rows]
    first = {codes[0]: 0, codes[1]: 0, codes[2]: 1, codes[3]: None}
    second = {codes[0]: 2, codes[1]: 4, codes[2]: 2, codes[3]: 3}
    found = report({"甲": first, "乙": second})
    assert [(one.code, one.apart) for one in found.discuss] == [(codes[1], 4), (codes[0], 2)]
    assert (found.applicable.hits, found.applicable.number) == (3, 4)


def test_cases_that_people_graded_before_count_towards_the_floor() -> None:
    floor = Floor(0.6, 60, 2)
    two = {"甲": like_the_machine(rows=10), "乙": like_the_machine(rows=10)}
    found = report(two, content(floor, graded=0))
    assert (found.double, found.still_needed) == (10, 50)
    all_before = report(two, content(floor, graded=40))
    assert (all_before.double, all_before.still_needed) == (40, 20)
    assert report(two).still_needed == 0


def test_a_page_escapes_what_people_wrote_and_fetches_nothing() -> None:
    codes = [row.code for row in key().rows]
    found = report({"<b>甲</b>": {codes[0]: 0}, "乙": {codes[0]: 4}})
    page = calibration_page(found, Wording(Language.ZH), datetime(2026, 1, 2, tzinfo=UTC))
    assert is_calibration_page(page)
    assert "<b>甲" not in page
    assert "&lt;b&gt;甲" in page
    assert "http" not in page.replace("http-equiv", "")
    assert found.discuss[0].reply[:10] in page
