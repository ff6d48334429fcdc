"""Publications in words: parts by their titles, what calibration lacks, what was in force when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from commcoach.coaching.calibrating import Fitting
from commcoach.coaching.checking import Checked, Moved
from commcoach.coaching.losses import Hold, Loss
from commcoach.coaching.publishing import Changes, Publication, Told
from commcoach.coaching.releasing import Release
from commcoach.coaching.self_testing import SelfTestFailure
from commcoach.domain.case_scores import CaseScore, FloorVerdict
from commcoach.domain.chance import Estimate, NotEstimable, Reason
from commcoach.domain.courtesy_shift import Shift
from commcoach.domain.edits import edits
from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.link_choice import MINIMUM, Figures, LinkChoice
from commcoach.domain.linking import LinearLink, LinkKind
from commcoach.domain.rubric import Floor, SelfTest
from commcoach.domain.score import NotApplicable, Unscored
from commcoach.presentation.edits import kind_counts
from commcoach.presentation.left_out import left_out_line, left_out_lines
from commcoach.presentation.losses import loss_lines
from commcoach.presentation.publications import (
    calibration_lines,
    change_lines,
    history_lines,
    moved_line,
    overtaken_line,
    refusal_lines,
    self_test_line,
)
from commcoach.presentation.wording import Wording
from tests.builders import NOON
from tests.shipped import library

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
NONE = NotEstimable(Reason.TOO_FEW, 3, MINIMUM)
FIGURES = Figures(NONE, NONE, NONE)
KAPPA = Estimate(0.71, 0.55, 0.8, 60)
LINK = LinkChoice(LinkKind.LINEAR, LinearLink(0.9, 0, 0, 4), 50, FIGURES, FIGURES, NONE, None)
AS_IT_IS = replace(LINK, kind=LinkKind.IDENTITY, link=LinearLink(1, 0, 0, 4))


def test_parts_are_told_by_kind_and_title() -> None:
    changes = Changes(
        added=("scenario:late_minutes_peer", "attacks"),
        changed=("criterion:open_question", "prompt:voice.zh", "moves"),
        removed=("criterion:forgotten",),
    )
    assert change_lines(changes, (library(),), ZH) == (
        "标准：修改 1 个（开放式提问）；删除 1 个（forgotten）",
        "情景：新增 1 个（又晚了两天的纪要）",
        "提示词：修改 1 个（voice.zh）",
        "通用动作：有修改",
        "攻击样本：新增",
    )
    assert change_lines(changes, (library(),), EN)[3] == "Moves: changed"


def test_graded_cases_are_counted_as_cases_and_not_as_files() -> None:
    own = library()
    graded = [case for case in own.cases if case.levels_of("open_question")]
    reworded = replace(graded[1], reply="换了一句话")
    others = [case for case in own.cases if case not in graded[:2]]
    new = replace(own, cases=(*others, reworded, replace(graded[2], id="new")))
    changes = Changes(changed=("cases:open_question",))
    told = "评过级的案例：开放式提问（新增 1 条、改动 1 条、删去 1 条）"
    assert told in change_lines(changes, (new, own), ZH)
    hashes = {**own.hashes, "cases:open_question": "other"}
    edited = edits(own, replace(new, hashes=hashes))
    assert kind_counts([one for one in edited if one.id == "open_question"], ZH) == "案例 3 条"


def with_floors(*ids: str) -> Library:
    """The shipped content, with a floor for some criteria."""
    own = library()
    floor = Floor(0.6, 60, 2)
    rubrics = {
        name: replace(
            rubric,
            criteria=tuple(
                replace(one, floor=floor if one.id in ids else None) for one in rubric.criteria
            ),
        )
        for name, rubric in own.rubrics.items()
    }
    return replace(own, rubrics=rubrics)


def test_only_a_floor_that_binds_and_is_reached_makes_a_criterion_calibrated() -> None:
    reached = FloorVerdict("open_question", True, 64, KAPPA, reached=True, scored=60)
    floors = (
        reached,
        FloorVerdict("paraphrase_check", True, 62, KAPPA, reached=False, scored=60),
        FloorVerdict("reflect_feeling", False, 12),
    )
    fittings = (
        Fitting("open_question", 64, LINK),
        Fitting("paraphrase_check", 62, NONE),
        Fitting("reflect_feeling", 50, LINK),
        Fitting("action_commitment", 60, AS_IT_IS),
        Fitting("plain_language", 3, NONE),
        Fitting("honest_promise", 0, NONE),
    )
    own = with_floors("open_question", "paraphrase_check", "reflect_feeling")
    kappa = "按取整的等级算，加权 kappa 0.71（95 % 区间 0.55 至 0.80，n = 60）"
    assert calibration_lines(floors, fittings, own, ZH) == (
        f"已校准 1 项：开放式提问（多人盲评过 64 条，{kappa}）",
        f"未校准 1 项，没有达到门槛：复述与核实（多人盲评过 62 条，{kappa}）",
        "未校准 1 项，由多人各自盲评过的案例还没有门槛要求的那么多：情绪回映 12/60 条",
        (
            "未校准 2 项，有人工盲评过的案例，但文件里没有写门槛（floor）："
            "行动约定 60 条、平实易懂 3 条"
        ),
        "未校准 1 项：还没有人工盲评过的案例。",
        "有刻度换算 2 项（附人工盲评过的案例数）：开放式提问 64 条、情绪回映 50 条",
        "不用刻度换算 1 项，引擎的原值最好：行动约定 60 条",
        "没有刻度换算 1 项，每项要有 40 条人工盲评过的案例，现有：平实易懂 3 条",
        (
            "没有刻度换算 1 项，案例够数，但算不出换算"
            "（原因请用 rubric calibrate 查看）：复述与核实 62 条"
        ),
    )
    assert calibration_lines((), fittings[-1:], own, EN) == (
        "1 uncalibrated: no cases graded blind by people yet.",
    )


def test_a_missed_floor_says_how_many_were_graded_how_many_scored_and_what_to_do() -> None:
    own = with_floors("open_question")
    missed = FloorVerdict("open_question", True, 64, KAPPA, reached=False, scored=60)
    (line,) = refusal_lines(Checked("r1", floors=(missed,)), own, "commcoach", ZH)
    assert line == (
        "“开放式提问”没有达到门槛：64 条案例由至少 2 人各自盲评过，引擎给其中 60 条评出了等级，"
        "加权 kappa（一致程度）为 0.71（95 % 区间 0.55 至 0.80，n = 60），门槛是 0.6。"
        "请用 commcoach rubric test open_question 看分歧最大的案例，改写标准或核对评分，再发布。"
    )
    few = NotEstimable(Reason.TOO_FEW_SCORED, 20, 52)
    silent = replace(missed, kappa=few, scored=20)
    (line,) = refusal_lines(Checked("r1", floors=(silent,)), own, "commcoach", EN)
    assert "gave only 20 of them a level where at least 52 are needed" in line
    assert "not estimable" in line


def test_the_cases_that_got_no_level_are_named_with_the_reason() -> None:
    own = with_floors("open_question")
    few = NotEstimable(Reason.TOO_FEW, 58, 60)
    missed = FloorVerdict("open_question", True, 60, few, scored=58)
    first, second = own.cases[:2]
    left_out = (
        CaseScore(replace(first, id="c-7"), "g1", NotApplicable("open_question")),
        CaseScore(replace(second, id="c-9"), "g2", Unscored("open_question", "pasted")),
    )
    checked = Checked("r1", floors=(missed,), left_out={"open_question": left_out})
    (line,) = refusal_lines(checked, own, "commcoach", ZH)
    assert line.endswith("没有评出等级的 2 条：c-7（引擎认为不适用）、c-9（照抄了别处的文字）。")
    (said,) = left_out_lines((missed,), checked.left_out, own, ZH)
    assert said.startswith("“开放式提问”：没有评出等级的 2 条：c-7")
    many = left_out_line(left_out[:1] * 12, EN)
    assert many.startswith("Without a level, 12, the first of them: c-7 (not applicable")


def test_cases_of_an_uneven_drawing_are_told_missing_by_what_they_stand_for() -> None:
    own = with_floors("open_question")
    few = NotEstimable(Reason.TOO_FEW_SCORED, 60)
    missed = FloorVerdict("open_question", True, 72, few, scored=60, covered=0.402)
    (line,) = refusal_lines(Checked("r1", floors=(missed,)), own, "commcoach", ZH)
    assert "引擎给其中 60 条评出了等级，这些只代表全部的 40%，至少要 80%，一致程度无法估计" in line


def test_cases_that_come_to_few_groups_are_told_so_with_the_cure() -> None:
    few = NotEstimable(Reason.TOO_FEW_GROUPS, 2, 10)
    missed = FloorVerdict("open_question", True, 60, few, False, 60, 1.0)
    (line,) = refusal_lines(
        Checked("r1", floors=(missed,)), with_floors("open_question"), "commcoach", ZH
    )
    assert "60 条案例" in line
    assert "只抵得上 2 组不同的情形，至少要 10 组" in line
    assert "calibration draw" in line


def test_courtesies_are_told_with_direction_interval_and_limit() -> None:
    shift = Shift(Estimate(0.41, 0.3, 0.5, 40), Estimate(0.9, None, None, 40), 0)
    moved = Moved("open_question", True, shift)
    line = moved_line(moved, library(), ZH)
    assert line.startswith(
        "“开放式提问”：只在回复里加上客套话，期望等级平均就变动 +0.41（95 % 区间"
    )
    assert "最多只能变动 0.25" in line
    assert "taken out of" in moved_line(replace(moved, added=False), library(), EN)
    binding = FloorVerdict("open_question", True, 64, KAPPA, reached=True)
    checked = Checked("r1", floors=(binding,), moved=(moved,))
    assert refusal_lines(checked, library(), "commcoach", ZH) == (line,)


def test_who_came_between_is_told_with_time_and_release() -> None:
    told = Told(Publication(2, "r2", NOON, "王"), Changes(changed=("a", "b")))
    line = overtaken_line(told, Path("mine"), "commcoach", ZH)
    assert f"王 于 {ZH.moment(NOON)} 发布了版本 r2，改动 2 项" in line
    assert "commcoach rubric diff published mine" in line
    back = replace(told, publication=replace(told.publication, rolled_back=True))
    assert "王 rolled back to release r2" in overtaken_line(back, Path("mine"), "commcoach", EN)


def test_losses_are_told_by_title_with_whoever_brought_them() -> None:
    since = Publication(2, "r2", NOON, "王")
    lost = (
        Loss("scenario:late_minutes_peer", removed=True),
        Loss("criterion:theirs", removed=True, since=since),
        Loss("moves", removed=False, since=since),
    )
    would_go, undone = loss_lines(lost, (None, library()), Path("mine"), "commcoach", ZH)
    when = ZH.moment(NOON)
    assert f"情景“又晚了两天的纪要”、标准“theirs”（王 {when} 发布）" in would_go
    assert "--remove" in would_go
    assert f"1 处后来的改动会被改回去：通用动作（王 {when} 发布）" in undone
    assert "commcoach rubric diff published mine" in undone
    assert "--undo" in undone


def test_what_the_trust_in_a_criterion_loses_is_told_under_its_title() -> None:
    lost = tuple(
        Loss("criterion:open_question", removed=True, hold=hold, number=number)
        for hold, number in (
            (Hold.FLOOR, 1),
            (Hold.TEXTS, 60),
            (Hold.BLIND_GRADES, 120),
            (Hold.CALIBRATED, 1),
        )
    )
    (line,) = loss_lines(lost, (library(), None), Path("mine"), "commcoach", ZH)
    told = "“开放式提问”：门槛没有了、盲评过的案例有 60 条换了文字、盲评少 120 个、不再是已校准"
    assert told in line
    assert "commcoach rubric diff published mine" in line
    assert "--remove" in line


def test_a_failed_self_test_tells_what_was_expected_and_what_came() -> None:
    test = SelfTest(Language.ZH, "", "好" * 50, "not_applicable")
    gate = next(iter(library().gates.values()))
    failure = SelfTestFailure("open_question", 2, test, gate.id)
    line = self_test_line(failure, library(), ZH)
    reply = "好" * 40
    assert line == f"“开放式提问”的第 2 个自测应为不适用，实得触到红线“{gate.title.zh}”：“{reply}…”"
    assert "gave no score" in self_test_line(replace(failure, got=None), library(), EN)


def test_a_model_that_stopped_is_a_reason_of_its_own() -> None:
    (line,) = refusal_lines(Checked("r1", stopped="budget"), library(), "commcoach", ZH)
    assert "预算" in line


def test_the_history_tells_newest_first_what_each_changed() -> None:
    first = Publication(1, "r1", NOON, "陈", "第一版")
    told = (
        Told(Publication(3, "r1", NOON, "王", rolled_back=True), Changes(changed=("a", "b"))),
        Told(Publication(2, "r2", NOON, "李"), Changes(added=("a",))),
        Told(first, Changes()),
    )
    when = ZH.moment(NOON)
    before = (Release("r0", {}, {}, NOON),)
    assert history_lines(told, before, ZH) == (
        f"r1  {when}  王 退回到这一版，改动 2 项（正在使用）",
        f"r2  {when}  李 发布，改动 1 项",
        f"r1  {when}  陈 第一次发布",
        "  备注：第一版",
        f"r0  {when}  第一次发布之前用的内容",
    )
    assert history_lines((), (), ZH) == ()
