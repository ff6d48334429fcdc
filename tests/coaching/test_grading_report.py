"""What is told of a calibration: nothing that so few rows cannot bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from commcoach.coaching.blind_grading import Returned
from commcoach.coaching.drawing import Key, Order, draw
from commcoach.coaching.grading_report import GradingReport, grading_report
from commcoach.domain.case_scores import CaseScore, floor_verdict
from commcoach.domain.cases import Grade
from commcoach.domain.chance import Estimate, NotEstimable
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.rubric import Floor
from commcoach.domain.score import EngineName, Scored
from commcoach.presentation.calibration.figures import verdict
from commcoach.presentation.calibration.lines import report_lines
from commcoach.presentation.calibration.page import calibration_page, is_calibration_page
from commcoach.presentation.wording import Wording
from tests.shipped import library

ID = "open_question"
CASES = tuple(case for case in library().cases if case.levels_of(ID))[:40]


def content(floor: Floor | None = None, graded: int = 0, *, blind: bool = True) -> Library:
    """The shipped criterion with a floor, and so many cases that two people have graded."""
    rubric = library().rubrics[library().criteria[ID].module]
    criteria = tuple(replace(one, floor=floor) if one.id == ID else one for one in rubric.criteria)
    people = tuple(Grade(by, "human", {ID: 1}, {ID: 1.0} if blind else {}) for by in ("丙", "丁"))
    cases = tuple(
        replace(case, grades=(*case.grades, *people)) if index < graded else case
        for index, case in enumerate(CASES)
    )
    rubrics = {**library().rubrics, rubric.module: replace(rubric, criteria=criteria)}
    return replace(library(), rubrics=rubrics, cases=cases)


def key(strata: Mapping[int | None, int] | None = None) -> Key:
    """All cases, as many of each level; by level of so many, or by chance alone."""
    scored = [
        (case, Scored(ID, index % 5, float(index % 5), ())) for index, case in enumerate(CASES)
    ]
    order = Order(ID, ("甲", "乙"), frozenset(Language), 40, by_level=False, seed=1)
    rows, _ = draw(scored, order)
    own_hash = library().hashes[f"criterion:{ID}"]
    at = datetime(2026, 1, 2, tzinfo=UTC)
    engine = EngineName("embedded", "4")
    replies = sum(strata.values()) if strata else 40
    return Key(ID, own_hash, "release", engine, at, 1, ("甲", "乙"), replies, strata or {}, rows)


def report(
    levels: Mapping[str, Mapping[str, float | None]],
    within: Library | None = None,
    drawn: Key | None = None,
    resamples: int = 50,
) -> GradingReport:
    return grading_report(
        drawn or key(), Returned(levels, ()), within or content(), resamples=resamples
    )


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
    seen_before = report(two, content(floor, graded=40, blind=False))
    assert (seen_before.double, seen_before.still_needed) == (10, 50)
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


RARE: Mapping[int | None, int] = {0: 800, 1: 50, 2: 50, 3: 50, 4: 50}
"""Of a thousand replies most are of level 0."""


def at_odds(level: int) -> Mapping[str, Mapping[str, float | None]]:
    """Two people who agree with the machine but for one of its levels, there not even by chance."""
    first = {row.code: float(row.level or 0) for row in key().rows}
    odd = {row.code for row in key().rows if row.level == level}
    return {
        "甲": first,
        "乙": {code: 4 - one if code in odd else one for code, one in first.items()},
    }


def test_replies_drawn_by_level_count_by_their_levels_share_of_all() -> None:
    on_common, on_rare = (report(at_odds(level), drawn=key(RARE)) for level in (0, 4))
    plain = report(at_odds(0))
    for found, exact in ((on_common, 0.2), (on_rare, 0.95), (plain, 0.8)):
        people = found.measures["exact"].humans
        assert isinstance(people, Estimate)
        assert people.value == pytest.approx(exact)
    assert plain.effective == pytest.approx(40)
    assert on_common.effective < 15


def test_weights_are_told_and_what_stands_behind_no_figure() -> None:
    drawn = key(RARE)
    few = {
        row.code: float(row.level) for row in drawn.rows if row.level is not None and row.level < 4
    }
    found = report({"甲": few, "乙": few}, drawn=drawn)
    text = "\n".join(line.text for line in report_lines(found, Wording(Language.ZH)))
    assert "1000 条里的占比加权" in text
    assert "有 5 % 所在的等级一条也没有评到" in text
    plain = report({"甲": few, "乙": few})
    assert "加权，" not in "\n".join(one.text for one in report_lines(plain, Wording(Language.ZH)))


def test_people_are_compared_on_replies_that_the_machine_left_out() -> None:
    drawn = key()
    rows = tuple(
        replace(row, level=None, expected=None) if index < 15 else row
        for index, row in enumerate(drawn.rows)
    )
    levels = {"甲": like_the_machine(), "乙": {**like_the_machine(), drawn.rows[0].code: None}}
    found = report(levels, drawn=replace(drawn, rows=rows))
    measure = found.measures["quadratic"]
    assert (measure.n, measure.scored) == (39, 25)
    assert isinstance(measure.humans, Estimate)
    assert isinstance(measure.machine, Estimate)
    assert (measure.humans.n, measure.machine.n) == (39, 25)
    lines = [line.text for line in report_lines(found, Wording(Language.ZH))]
    assert any("39 条，其中 14 条机器没有给等级" in line for line in lines)
    told = next(line for line in lines if "不适用的" in line)
    assert "乙 1/40" in told
    assert "机器没有给等级的：15/40" in told


@pytest.mark.parametrize(
    ("machine", "said"),
    [("alike", "看不出"), ("worse", "不如人与人一致"), ("better", "比人与人还一致")],
)
def test_no_difference_is_told_unless_its_interval_leaves_out_nothing(
    machine: str, said: str
) -> None:
    """甲 and 乙 are a level apart in every third reply."""
    drawn = key()
    first = {row.code: float(row.level or 0) for row in drawn.rows}
    second = {
        code: abs(level - 1) if index % 3 == 0 else level
        for index, (code, level) in enumerate(first.items())
    }
    apart = {"alike": 1, "worse": 3, "better": 0}[machine]
    rows = tuple(
        replace(row, level=abs((row.level or 0) - apart)) if index % 3 == 1 else row
        for index, row in enumerate(drawn.rows)
    )
    if machine == "better":
        rows = tuple(
            replace(row, level=round((first[row.code] + second[row.code]) / 2)) for row in rows
        )
        second = {
            code: max(0, level - 2) if index % 2 else min(4, level + 2)
            for index, (code, level) in enumerate(first.items())
        }
    found = report({"甲": first, "乙": second}, drawn=replace(drawn, rows=rows), resamples=200)
    assert said in verdict(found, Wording(Language.ZH))


@pytest.mark.parametrize(
    ("given", "double"), [((2, 3, None, None, None), 0), ((2, 3, None, None), 1), ((2, None), 0)]
)
def test_the_report_counts_a_case_towards_the_floor_as_the_floor_will(
    given: tuple[float | None, ...], double: int
) -> None:
    code = key().rows[0].code
    levels = {f"grader-{at}": {code: level} for at, level in enumerate(given)}
    floor = Floor(0.6, 60, 2)
    assert report(levels, content(floor)).double == double
    case = next(case for case in CASES if case.id == key().rows[0].case)
    kept = tuple(Grade(by, "human", {ID: own[code]}, {ID: 1.0}) for by, own in levels.items())
    score = CaseScore(replace(case, grades=kept), case.id, Scored(ID, 2, 2.0, ()))
    assert floor_verdict(content(floor).criteria[ID], (score,)).graded == double


def test_what_each_grader_graded_and_left_empty_adds_up_to_what_was_drawn() -> None:
    whole = {row.code: float(row.level or 0) for row in key().rows}
    found = report({"甲": whole, "乙": dict(list(whole.items())[:33])})
    text = [line.text for line in report_lines(found, Wording(Language.ZH))]
    assert any("乙 评了 33 条（另 7 条没有评）、甲 评了 40 条" in line for line in text)


def test_figures_of_an_uneven_drawing_tell_what_their_rows_are_worth() -> None:
    found = report(at_odds(0), drawn=key(RARE))
    exact = found.measures["exact"].humans
    assert isinstance(exact, Estimate)
    assert exact.effective == pytest.approx(found.effective)
    text = "\n".join(line.text for line in report_lines(found, Wording(Language.ZH)))
    assert f"40 条，约相当于随机抽的 {round(found.effective)} 条" in text
    plain = "\n".join(line.text for line in report_lines(report(at_odds(0)), Wording(Language.ZH)))
    assert "约相当于" not in plain
