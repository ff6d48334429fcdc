"""What a test of criteria showed, as lines, as JSON and as a page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape

import pytest
from rich.cells import cell_len

from commcoach.coaching.rubric_testing import EngineReport, Trial
from commcoach.domain.case_scores import CaseScore
from commcoach.domain.cases import Grade
from commcoach.domain.chance import Estimate, NotEstimable, Reason
from commcoach.domain.criterion_report import criterion_report
from commcoach.domain.language import Language
from commcoach.domain.rubric import Floor
from commcoach.domain.score import EngineName
from commcoach.presentation.rubric_report.bench import comparisons
from commcoach.presentation.rubric_report.criterion import criterion_view
from commcoach.presentation.rubric_report.data import is_report_data, report_data
from commcoach.presentation.rubric_report.figures import figure, ranged
from commcoach.presentation.rubric_report.lines import bench_lines, engine_lines
from commcoach.presentation.rubric_report.page import is_report_page, report_page
from commcoach.presentation.rubric_report.view import about_lines
from commcoach.presentation.wording import Wording
from tests.builders import NOON
from tests.domain.report_cases import ID, criterion, graded, level, scored

HARM = "<script>alert('all')</script>"
ZH, EN = Wording(Language.ZH), Wording(Language.EN)
RELEASE = "0123456789ab"


def engine_report(
    *scores: CaseScore, floor: Floor | None = None, stopped: str = ""
) -> EngineReport:
    trial = Trial(EngineName("model", "1", "tiny"), 60, {ID: scores}, stopped)
    return EngineReport(trial, {ID: criterion_report(criterion(floor), scores)})


def some(kind: str = "author") -> list[CaseScore]:
    return [
        scored(
            graded(n, n % 4, kind=kind, reply=f"{HARM} {n}", context=f"{HARM} and {n}"),
            (n + n // 8) % 4,
            padded=(n % 4) + 0.1,
        )
        for n in range(40)
    ]


def shown(report: EngineReport, words: Wording, details: bool = True) -> str:
    return "\n".join(f"{one.label}{one.text}" for one in engine_lines(report, words, details))


def test_the_same_scores_give_the_same_json() -> None:
    texts = {report_data([engine_report(*some())], [], RELEASE) for _ in range(2)}
    assert len(texts) == 1
    text = texts.pop()
    assert is_report_data(text)
    one = json.loads(text)["engines"][0]["criteria"][ID]
    assert list(one)[:5] == ["version", "levels", "pool", "cases", "groups"]
    assert set(one["quadratic_kappa"]) == {"value", "low", "high", "n", "effective"}
    assert one["people"]["each_other"]["not_estimable"] == "not_double_graded"
    assert one["worst"][0]["reply"].startswith(HARM)


def test_what_was_said_is_escaped_on_the_page() -> None:
    scores = some()
    scores[0] = replace(scores[0], score=replace(level(3), rationale=HARM))
    text = report_page([engine_report(*scores)], [], RELEASE, EN, NOON)
    assert is_report_page(text)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") > 5
    assert not re.search(r"(src|href)=", text)


@pytest.mark.parametrize("words", [ZH, EN])
def test_the_table_has_no_line_wider_than_eighty_cells(words: Wording) -> None:
    text = shown(engine_report(*some()), words, details=False)
    assert ID in text
    assert max(map(cell_len, text.splitlines()[:3])) <= 80


def test_author_grades_are_not_passed_off_as_people() -> None:
    assert "还没有别人独立评过" in next(about_lines([engine_report(*some())], ZH))
    told = next(about_lines([engine_report(*some("human"))], EN))
    assert "40 graded by people, 40 of them blind" in told
    seen = [
        replace(one, case=replace(one.case, grades=(replace(one.case.grades[0], blind={}),)))
        for one in some("human")
    ]
    assert "40 graded by people, 0 of them blind" in next(about_lines([engine_report(*seen)], EN))


def test_a_figure_never_stands_alone() -> None:
    figures = engine_report(*some()).reports[ID].fit
    assert re.fullmatch(r"-?0\.\d\d \[-?0\.\d\d, 0\.\d\d\] \(n 40\)", figure(figures.quadratic, EN))
    for reason in Reason:
        refused = figure(NotEstimable(reason, 3, 10), ZH)
        assert refused.startswith("无法估计：")


def test_a_floor_that_does_not_bind_leaves_a_criterion_uncalibrated() -> None:
    text = shown(engine_report(*some("human"), floor=Floor(0.6, 60, 2)), ZH)
    status = text.splitlines()[text.splitlines().index(f"开放式提问 ({ID})") + 1]
    assert status.startswith("未校准：")
    assert "60 条" in status


def test_a_missed_floor_is_named_with_its_kappa() -> None:
    second = Grade("second", "human", {ID: 2.0}, {ID: 1.0})
    scores = [
        replace(one, case=replace(one.case, grades=(*one.case.grades, second)))
        for one in some("human")
    ]
    report = engine_report(*scores, floor=Floor(0.99, 40, 2))
    assert report.fails
    assert f"× {ID}  The floor is missed: 0.99 is required" in shown(report, EN)


def test_one_line_walks_from_all_cases_to_those_that_count() -> None:
    scores = [
        scored(graded(n, None if n < 3 else n % 4), "not applicable" if 2 < n < 8 else n % 4)
        for n in range(40)
    ]
    report = criterion_report(criterion(), scores, pool=90)
    (walk,) = [row.value for row in criterion_view(report, ZH).rows if row.label == "案例"]
    counts = [int(number) for number in re.findall(r"(\d+) 条(?= →|。一致)", walk)]
    assert counts == [90, 40, 37, 32]
    assert report.fit.n == 32


def test_what_does_not_apply_is_told_for_people_and_for_the_engine() -> None:
    scores = [
        scored(graded(n, None if n < 4 else n % 4), "not applicable" if n < 10 else n % 4)
        for n in range(40)
    ]
    view = criterion_view(criterion_report(criterion(), scores), ZH)
    (told,) = [row.value for row in view.rows if row.label == "是否适用"]
    assert told.startswith(
        "判为不适用：人或作者 4 条（10%），引擎 10 条（25%），其中两边都判的 4 条"
    )


def test_engine_and_people_stand_side_by_side_on_what_several_graded() -> None:
    scores = [scored(graded(n, n % 4, min(3, n % 4 + n % 2)), n % 4) for n in range(40)]
    rows = {
        row.label: row.value for row in criterion_view(engine_report(*scores).reports[ID], ZH).rows
    }
    assert rows["其中两人以上盲评"] == "40 条，引擎给了等级的 40 条"
    assert rows["人与人的加权 kappa"].endswith("（40 条）")
    assert rows["引擎比人高出"].startswith("+0.")


@pytest.mark.parametrize("words", [ZH, EN])
def test_terms_are_explained_once_where_they_are_met_first(words: Wording) -> None:
    one = engine_report(*some())
    two = replace(one, reports={ID: one.reports[ID], "other": one.reports[ID]})
    text = shown(two, words)
    glossed = [row for row in criterion_view(one.reports[ID], words).rows if row.gloss]
    assert len(glossed) > 8
    assert all(text.count(row.gloss) == 1 for row in glossed)
    page = report_page([two], [], RELEASE, words, NOON)
    assert all(page.count(escape(row.gloss)) == 1 for row in glossed)


def test_a_disagreement_is_told_in_the_readers_language() -> None:
    signals = criterion().signals
    seen, missed = signals[0].title, signals[1].title
    anchor = criterion().level(1).anchor
    rationale = f"{anchor.said_in(Language.EN)} [+{seen.en} -{missed.en}]"
    case = graded(0, 4)
    scores = [scored(graded(n, n % 4), n % 4) for n in range(1, 20)]
    given = replace(scored(case, 1.0), score=replace(level(1.0), rationale=rationale))
    view = criterion_view(criterion_report(criterion(), [given, *scores]), ZH).worst[0]
    assert view.graded == "评分人 4 级（grader-0：4）"
    assert view.reasons[0] == anchor.zh
    assert view.reasons[1] == f"看到：{seen.zh}；没有看到：{missed.zh}"
    assert view.reasons[2] == "依据：“Reply”"


def test_levels_that_authors_gave_are_not_called_graders() -> None:
    scores = [scored(graded(n, (n + 2) % 4, kind="author"), n % 4) for n in range(20)]
    view = criterion_view(criterion_report(criterion(), scores), ZH).worst[0]
    assert view.graded.startswith("作者 ")


def test_a_test_that_was_cut_short_says_how_far_it_came() -> None:
    text = shown(engine_report(*some(), stopped="budget"), ZH)
    assert "以下只是 60 个评分中已完成的 40 个" in text
    assert "unavailable" not in text


def test_nothing_scored_is_a_report_too() -> None:
    report = engine_report(stopped="unavailable")
    assert "无法估计" in shown(report, ZH)
    assert report_page([report], [], RELEASE, ZH, NOON)


def test_engines_stand_side_by_side() -> None:
    first, second = engine_report(*some()), engine_report(*some())
    against = comparisons(first, second)
    lines = "\n".join(one.text for one in bench_lines(first, second, against, EN))
    assert "+0.00" in lines
    data = json.loads(report_data([first, second], [against], RELEASE))
    assert data["comparisons"][0]["criteria"][ID]["quadratic_kappa"]["value"] == 0
    assert "against" in report_page([first, second], [against], RELEASE, EN, NOON)


def test_cases_that_are_worth_fewer_say_so_beside_their_number() -> None:
    def uneven(n: int, one: CaseScore) -> CaseScore:
        weight = {ID: 10.0 if n < 4 else 0.1}
        grades = tuple(replace(grade, blind=weight) for grade in one.case.grades)
        return replace(one, case=replace(one.case, grades=grades))

    cases = [uneven(n, one) for n, one in enumerate(some("human"))]
    floor = Floor(0.6, 40, 1)
    text = shown(engine_report(*cases, floor=floor), ZH)
    assert "40 条，约相当于随机抽的 5 条" in text
    assert "案例抽得不均匀，40 条约相当于随机抽的 5 条" in text
    assert "约相当于" not in shown(engine_report(*some("human"), floor=floor), ZH)
    assert "40, worth about 5 drawn by chance" in shown(engine_report(*cases), EN)


def test_too_little_scored_is_told_by_what_the_cases_stand_for() -> None:
    few = figure(NotEstimable(Reason.TOO_FEW_SCORED, 60), ZH)
    assert "只给 60 条评出了等级，它们代表的不到全部的 80%" in few


def test_ends_of_an_interval_that_would_look_alike_get_one_more_digit() -> None:
    narrow = Estimate(0.9412, 0.9381, 0.9434, 900)
    assert "0.941" in figure(narrow, ZH)
    assert "0.938" in figure(narrow, ZH)
    assert ranged(narrow) == "0.941 [0.938, 0.943]"
    assert ranged(Estimate(0.94, 0.90, 0.96, 90)) == "0.94 [0.90, 0.96]"


def test_that_there_are_too_few_groups_for_an_interval_is_said_once() -> None:
    scores = [
        scored(graded(n, n % 4, reply=f"{n}"), (n + n // 8) % 4, group=f"{n % 5}")
        for n in range(40)
    ]
    text = shown(engine_report(*scores), ZH)
    assert text.count("至少要 10 组") == 1
    assert "案例只分成 5 组" in text
    assert "加权 kappa" in text
    assert "（40 条，无区间）" in text
    assert "或者案例太一致" not in text


def test_cases_too_much_alike_for_an_interval_are_said_to_be_so() -> None:
    alike = [scored(graded(n, n % 4, reply=f"{n}", context=f"{n}"), n % 4) for n in range(40)]
    text = shown(engine_report(*alike), ZH)
    assert "1.00（40 条；案例太一致，给不出区间）" in text
    assert "无区间" not in text


def test_without_an_interval_both_causes_are_named() -> None:
    found = figure(Estimate(1.0, None, None, 30), ZH)
    assert found == "1.00（30 条；无法给出区间：不足 10 组，或者案例太一致）"
