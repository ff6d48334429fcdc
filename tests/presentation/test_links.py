"""Calibration maps in a terminal: the picture, the figures, the refusals."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.calibrating import Fitting
from commcoach.domain.chance import Estimate, NotEstimable, Reason
from commcoach.domain.language import Language
from commcoach.domain.link_choice import Figures, LinkChoice
from commcoach.domain.linking import IsotonicLink, LinearLink, LinkKind
from commcoach.presentation.links import figure, link_lines, picture
from commcoach.presentation.wording import Wording
from tests.shipped import library

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
CRITERION = library().criteria["open_question"]
FIGURES = Figures(
    Estimate(0.31, 0.12, 0.48, 44), Estimate(0.9, None, None, 44), Estimate(0.4, 0.1, 0.6, 44)
)
CHOICE = LinkChoice(
    LinkKind.LINEAR,
    LinearLink(0.5, 0, 0, 4),
    44,
    FIGURES,
    FIGURES,
    Estimate(0.2, 0.1, 0.3, 44),
    False,
)


def lines(choice: LinkChoice | NotEstimable, n: int = 44) -> list[str]:
    return list(link_lines(Fitting("open_question", n, choice), CRITERION, ZH))


def test_the_picture_rises_where_the_map_rises() -> None:
    assert picture(LinearLink(1, 0, 0, 4), 0, 4) == (
        "  4┤                         ▁▂▃▄▅▆▇█",
        "  3┤                 ▁▂▃▄▅▆▇█████████",
        "  2┤         ▁▂▃▄▅▆▇█████████████████",
        "  1┤ ▁▂▃▄▅▆▇█████████████████████████",
        "  0└───────┴───────┴───────┴───────┴",
        "    0       1       2       3       4",
    )


def test_a_step_is_a_step_and_other_scales_have_their_own_height() -> None:
    rows = picture(IsotonicLink(((1.0, 1.0), (2.0, 1.0), (2.001, 3.0), (3.0, 3.0))), 1, 3)
    assert rows[0] == "  3┤         ████████"
    assert len(rows) == 4


def test_a_number_stands_with_its_interval_and_n() -> None:
    assert figure(FIGURES.quadratic, ZH) == "0.31（95 % 区间 0.12 至 0.48，n = 44）"
    assert figure(FIGURES.absolute_error, ZH) == "0.90（n = 44，区间无法估计）"
    assert figure(NotEstimable(Reason.TOO_FEW, 3, 5), ZH) == "无法估计（n = 3）"
    assert figure(FIGURES.quadratic, EN) == "0.31 (95 % interval 0.12 to 0.48, n = 44)"


def test_a_map_tells_how_many_cases_before_after_and_what_it_does() -> None:
    shown = "\n".join(lines(CHOICE))
    assert "开放式提问：44 条人工盲评过的案例" in shown
    assert "原始 0 1 2 3 4 → 换算 0.0 0.5 1.0 1.5 2.0" in shown
    assert "加权 kappa（一致程度，按引擎没有取整的值）：换算前 0.31" in shown
    assert "评分人" not in shown


def test_raw_values_that_are_best_have_no_link_and_their_figures_once() -> None:
    identity = replace(CHOICE, kind=LinkKind.IDENTITY, link=LinearLink(1, 0, 0, 4))
    head, kappa, bias, error = lines(identity)
    assert head == "开放式提问：44 条人工盲评过的案例，原值最好，不用刻度换算"
    assert kappa.startswith("加权 kappa（一致程度，按引擎没有取整的值）：0.31")
    assert bias.startswith("偏差")
    assert error.startswith("平均误差")
    fitting = Fitting("open_question", 44, identity)
    assert (fitting.has_link, fitting.needs_none) == (False, True)


def test_graders_who_differ_more_than_the_machine_are_warned_of() -> None:
    assert "评分人之间的差别" in lines(replace(CHOICE, graders_differ_more=True))[-1]
    assert "无法估计" in lines(replace(CHOICE, graders_differ_more=None))[-1]


def test_too_few_cases_say_how_many_are_missing() -> None:
    (line,) = lines(NotEstimable(Reason.TOO_FEW, 25, 40), n=25)
    assert line == "开放式提问：没有刻度换算。有 25 条人工盲评过的案例，还差 15 条（至少 40 条）。"


def test_every_other_refusal_says_that_there_is_no_link_and_why() -> None:
    reasons = (
        Reason.TOO_FEW_GROUPS,
        Reason.ONE_LEVEL_GRADED,
        Reason.ONE_LEVEL_GIVEN,
        Reason.TOO_FEW,
    )
    told = {lines(NotEstimable(reason, 3, 5))[0] for reason in reasons}
    assert len(told) == len(reasons)
    assert all("没有刻度换算" in line for line in told)
