"""Publications in words: parts by their titles, what calibration lacks, what was in force when."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.calibrating import Fitting
from commcoach.coaching.publishing import Changes, Checked, Publication, Told
from commcoach.coaching.self_testing import SelfTestFailure
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.language import Language
from commcoach.domain.linking import MINIMUM, Figures, LinearLink, LinkChoice, LinkKind
from commcoach.domain.rubric import Floor, SelfTest
from commcoach.presentation.publications import (
    calibration_lines,
    change_lines,
    history_lines,
    refusal_lines,
    self_test_line,
)
from commcoach.presentation.wording import Wording
from tests.builders import NOON
from tests.shipped import library

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
NONE = NotEstimable(Reason.TOO_FEW, 3, MINIMUM)
FIGURES = Figures(NONE, NONE, NONE)
LINK = LinkChoice(LinkKind.IDENTITY, LinearLink(1, 0, 0, 4), 50, FIGURES, FIGURES, NONE, None)


def test_parts_are_told_by_kind_and_title() -> None:
    changes = Changes(
        added=("scenario:late_minutes_peer", "attacks"),
        changed=("criterion:open_question", "prompt:voice.zh", "moves"),
        removed=("criterion:forgotten",),
    )
    assert change_lines(changes, library(), ZH) == (
        "标准：修改 1 个（开放式提问）；删除 1 个（forgotten）",
        "情景：新增 1 个（又晚了两天的纪要）",
        "提示词：修改 1 个（voice.zh）",
        "通用动作：有修改",
        "攻击样本：新增",
    )
    assert change_lines(changes, library(), EN)[3] == "Moves: changed"


def test_a_criterion_with_a_link_but_too_few_double_grades_is_uncalibrated() -> None:
    id = "open_question"
    fittings = (
        Fitting(id, 50, LINK),
        Fitting("action_commitment", 60, LINK),
        Fitting("paraphrase_check", 3, NONE),
        Fitting("common_goal", 0, NONE),
    )
    floors = (FloorVerdict(id, binds=False, graded=12),)
    own = library()
    rubric = own.rubrics["listening"]
    criteria = tuple(
        replace(one, floor=Floor(0.6, 60, 2)) if one.id == id else one for one in rubric.criteria
    )
    own = replace(own, rubrics={**own.rubrics, "listening": replace(rubric, criteria=criteria)})
    assert calibration_lines(Checked("r1", floors=floors, fittings=fittings), own, ZH) == (
        "已校准 1 项（附人工评过的案例数）：行动约定 60 条",
        "未校准 1 项，由多人各自评过的案例还不到文件里定的数：开放式提问 12/60 条",
        "未校准 1 项，每项要有 40 条人工评过的案例，现有：复述与核实 3 条",
        "未校准 1 项：还没有人工评过的案例，每项要有 40 条。",
    )


def test_a_failed_self_test_tells_what_was_expected_and_what_came() -> None:
    test = SelfTest(Language.ZH, "", "好" * 50, "not_applicable")
    gate = next(iter(library().gates.values()))
    failure = SelfTestFailure("open_question", 2, test, gate.id)
    line = self_test_line(failure, library(), ZH)
    reply = "好" * 40
    assert line == f"“开放式提问”的第 2 个自测应为不适用，实得触到底线“{gate.title.zh}”：“{reply}…”"
    assert "gave no score" in self_test_line(replace(failure, got=None), library(), EN)


def test_a_model_that_stopped_is_a_reason_of_its_own() -> None:
    (line,) = refusal_lines(Checked("r1", stopped="budget"), library(), ZH)
    assert "预算" in line


def test_the_history_tells_newest_first_what_each_changed() -> None:
    first = Publication(1, "r1", NOON, "陈", "第一版")
    told = (
        Told(Publication(3, "r1", NOON, "王", rolled_back=True), Changes(changed=("a", "b"))),
        Told(Publication(2, "r2", NOON, "李"), Changes(added=("a",))),
        Told(first, Changes()),
    )
    when = ZH.moment(NOON)
    assert history_lines(told, ZH) == (
        f"r1  {when}  王 退回到这一版，改动 2 处（正在使用）",
        f"r2  {when}  李 发布，改动 1 处",
        f"r1  {when}  陈 第一次发布",
        "  备注：第一版",
    )
    assert history_lines((), ZH) == ()
