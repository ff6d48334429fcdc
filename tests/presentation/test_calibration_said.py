"""Calibrated or not: the same words for the same thing on every screen that shows levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from commcoach.coaching.comparing import Compared
from commcoach.coaching.debriefing import EMBEDDED, debrief
from commcoach.coaching.publishing import Publication
from commcoach.coaching.standing import ContentStanding, Standing, Verdicts
from commcoach.coaching.transcripts import Transcript
from commcoach.domain.language import Language, Localized
from commcoach.domain.score import EngineName
from commcoach.embedded.outcome import CueOutcomeJudge
from commcoach.presentation import charts, lettering
from commcoach.presentation.charts import progress_picture
from commcoach.presentation.engines import (
    calibration,
    calibration_of,
    calibration_over,
    why_note,
)
from commcoach.presentation.flips import compared_view
from commcoach.presentation.reasons import why_lines
from commcoach.presentation.rubric_pages import lines
from commcoach.presentation.rubric_pages.page import rubric_page
from commcoach.presentation.short_debrief import debrief_lines
from commcoach.presentation.transcripts.page import page
from commcoach.presentation.transcripts.rows import rows
from commcoach.presentation.transcripts.view import session_view
from commcoach.presentation.transcripts.workbook import workbook
from commcoach.presentation.wording import Wording
from tests import transcripts
from tests.builders import NOON
from tests.presentation.test_charts import seen
from tests.shipped import library

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
ASKED, FELT = "open_question", "reflect_feeling"
ENGINE = EngineName("embedded", "5")


def standing(cases: Mapping[str, int], *engines: str) -> Standing:
    return Standing((ASKED, FELT), engines or (EMBEDDED,), cases)


ALL, SOME, NONE = (standing(one) for one in ({ASKED: 62, FELT: 70}, {ASKED: 62}, {}))


def test_all_some_and_none_are_told_apart_with_the_number_of_cases() -> None:
    assert calibration(EMBEDDED, ALL, library(), ZH) == (
        "评分：内置引擎（最高评到 3 级）；已对照人工评分校准（每项标准至少 62 条案例）。"
        "仅供练习，不作考核依据。"
    )
    assert calibration("small-1", SOME, library(), EN, 2) == (
        "Scored by the model small-1, 2 of the turns by the built-in engine in its place; "
        "calibrated against people's grades: Open question (62 cases); the others are not. "
        "For practice, not for appraisal."
    )
    assert "未经专家校准" in calibration(EMBEDDED, NONE, library(), ZH)


def test_the_note_below_the_reasons_says_the_same() -> None:
    assert "已对照人工评分校准" in why_note(EMBEDDED, ALL, library(), ZH)
    some = why_note("small-1", SOME, library(), EN, "unavailable")
    assert "built-in engine" in some
    assert "Open question (62 cases); the others are not" in some
    assert "未经专家校准" in why_note(EMBEDDED, NONE, library(), ZH)


def test_several_engines_are_named_together() -> None:
    both = ("small-1", EMBEDDED)
    assert calibration_over(standing({}, *both), library(), ZH) == (
        "评分：模型 small-1、内置引擎（最高评到 3 级）；都未经专家校准。仅供练习，不作考核依据。"
    )
    whole = calibration_over(standing(ALL.cases, *both), library(), ZH)
    assert "模型 small-1、内置引擎（最高评到 3 级）；已对照人工评分校准" in whole
    assert "；其余未经专家校准" in calibration_over(standing(SOME.cases, *both), library(), ZH)
    alone = calibration_over(standing({}, "small-1"), library(), ZH)
    assert alone.startswith("模型 small-1 评分，未经专家校准")


def test_of_all_criteria_it_is_said_how_many() -> None:
    assert calibration_of([ASKED, FELT], {}, ZH) == "评分未经专家校准"
    assert calibration_of([ASKED, FELT], ALL.cases, ZH) == "评分标准都已对照人工评分校准"
    assert calibration_of([ASKED, FELT], {ASKED: 62, "gone": 60}, ZH) == (
        "1 项评分标准已对照人工评分校准，其余 1 项未经专家校准"
    )


# -- sessions -------------------------------------------------------------------------------


async def transcript(*calibrated: str) -> Transcript:
    """A session by one engine, for which these criteria are calibrated."""
    one = transcripts.session()
    turns = tuple(
        turn if turn.card is None else replace(turn, card=replace(turn.card, by=ENGINE))
        for turn in one.turns
    )
    one = replace(one, turns=turns)
    verdicts = Verdicts({(one.release, ENGINE): dict.fromkeys(calibrated, 62)})
    report = await debrief(library(), CueOutcomeJudge(), one, verdicts)
    return Transcript(one, library(), (), report, verdicts)


SCORED = ("own_view_clear", "behaviour_specific", ASKED)
"""The criteria that have levels in it."""


@pytest.mark.parametrize(
    ("calibrated", "expected"),
    [
        (SCORED, "已对照人工评分校准（每项标准至少 62 条案例）"),
        (SCORED[:1], "（62 条案例）；其余未经专家校准"),
        ((), "未经专家校准"),
    ],
)
async def test_debrief_reasons_and_transcript_are_of_one_mind(
    calibrated: tuple[str, ...], expected: str
) -> None:
    made = await transcript(*calibrated)
    session, report = made.session, made.report
    assert report is not None
    told = debrief_lines(report, session, made.library, ZH)
    why = why_lines(session.turns[0], made.library, ZH, standing=made.verdicts.standing(session))
    view = session_view(made, ZH)
    scored_by = dict(view.facts)[ZH.say("transcript.scored_by")]
    for said in (told[-1].text, why[-1], view.calibration, scored_by, page([made], ZH)):
        assert expected in said
        assert bool(calibrated) is ("已对照人工评分校准" in said or "已校准的有" in said)


async def test_a_workbook_and_a_row_say_of_each_level_whether_it_is_calibrated() -> None:
    made = await transcript(ASKED)
    sheet: Any = load_workbook(BytesIO(workbook([made], ZH))).worksheets[0]
    titles, *others = ([cell.value for cell in row] for row in sheet.iter_rows())
    at, which = titles.index("是否校准"), titles.index("标准")
    title = library().criteria[ASKED].title.zh
    levels = {row[which]: row[at] for row in others if row[at] is not None}
    assert levels.pop(title) == "已校准"
    assert set(levels.values()) == {"未校准"}
    first, *_ = rows(made)
    cases = {one["criterion"]: one["calibrated_cases"] for one in first["scores"]}
    assert cases == {**dict.fromkeys(cases, None), ASKED: 62}
    assert first["scored_by"] == {"name": "embedded", "version": "5", "model": None}


@pytest.mark.parametrize(
    ("cases", "expected", "mark"),
    [
        (ALL.cases, "图中的标准都已对照人工评分校准（每条至少 62 条案例）", ""),
        (SOME.cases, "带 * 的标准已对照人工评分校准，其余未经专家校准", " *"),
        (NONE.cases, "内置引擎评分，未经专家校准", ""),
    ],
)
def test_the_picture_marks_what_is_calibrated(
    cases: Mapping[str, int],
    expected: str,
    mark: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    real = lettering.write

    def write(on: Any, x: float, y: float, said: str, *rest: Any, **more: Any) -> None:
        drawn.append(said)
        real(on, x, y, said, *rest, **more)

    monkeypatch.setattr(charts, "write", write)
    progress_picture(seen(3, (ASKED, FELT)), library(), ZH, standing(cases))
    assert expected.replace(" ", "") in "".join(drawn).replace(" ", "")
    asked, felt = (library().criteria[id].title.zh for id in (ASKED, FELT))
    assert {f"{asked}{mark}", felt} <= set(drawn)


# -- criteria -------------------------------------------------------------------------------

PUBLISHED = Publication(3, "r3", NOON, "陈老师")


def shown(beside: ContentStanding, id: str = ASKED) -> str:
    found = lines.criterion(library().criteria[id], library(), (ZH,), beside)
    return "\n".join(line.label + line.text for line in found)


def test_a_criterion_is_shown_with_its_standing() -> None:
    in_force = shown(ContentStanding(PUBLISHED, cases={ASKED: 62}))
    assert "就是正在使用的版本（第 3 次发布" in in_force
    assert "陈老师" in in_force
    assert "已校准（多人各自盲评过的案例，相当于随机抽取的 62 条）" in in_force
    draft = shown(ContentStanding(PUBLISHED, frozenset({ASKED})))
    assert "草稿：与正在使用的版本（第 3 次发布" in draft
    assert "已校准" not in draft
    assert "还没有发布过任何版本" in shown(ContentStanding())
    assert "发布" not in shown(ContentStanding(is_known=False))


def test_a_comparison_says_of_the_new_version_whether_it_is_calibrated() -> None:
    compared = Compared(ASKED, (), comparable=True)
    calibrated = ContentStanding(PUBLISHED, cases={ASKED: 62})
    assert compared_view(compared, library(), ZH, calibrated).calibration.startswith("已校准")
    assert compared_view(compared, library(), ZH).calibration.startswith("未校准")


def test_of_a_module_only_what_differs_is_called_a_draft() -> None:
    rubric = library().rubrics["listening"]
    beside = ContentStanding(PUBLISHED, frozenset({FELT}), {ASKED: 62})
    title = library().criteria[FELT].title.zh
    others = len(rubric.criteria) - 1
    text = "\n".join(line.text for line in lines.module(rubric, library(), (ZH,), beside))
    html = rubric_page(rubric, rubric.criteria, library(), (ZH,), NOON, beside)
    for said in (text, html):
        assert f"其中是草稿、尚未发布的：{title}；其余就是正在使用的版本" in said
        assert f"1 项已校准，{others} 项未校准" in said
    listed = [one.label + one.text for one in lines.all_criteria(library(), ZH, beside)]
    (row,) = [line for line in listed if line.split()[:1] == [ASKED]]
    assert row.endswith("已校准")
    assert not row.endswith("未校准")


def test_each_page_of_a_print_says_whether_its_criterion_is_calibrated() -> None:
    rubric = library().rubrics["listening"]
    beside = ContentStanding(PUBLISHED, cases={ASKED: 62})
    html = rubric_page(rubric, rubric.criteria, library(), (EN, ZH), NOON, beside)
    (own,) = [line for line in html.split("\n") if f"listening / {ASKED} · v" in line]
    assert "· calibrated" in own
    footers = [line for line in html.split("\n") if line.startswith("<footer>")]
    assert ['class="warn"' in one for one in footers].count(False) == 1
    said = "已校准（多人各自盲评过的案例，相当于随机抽取的 62 条）"
    assert sum(said in one for one in footers) == 1


def test_why_a_look_alike_belongs_at_its_level_is_shown() -> None:
    alike = next(one for one in library().criteria[ASKED].look_alikes if one.because.zh)
    assert (alike.because.zh or "") in shown(ContentStanding())
    rubric = library().rubrics["listening"]
    evil = "</style><script>alert(1)</script>"
    odd = replace(alike, because=Localized(evil, evil))
    one = replace(library().criteria[ASKED], look_alikes=(alike, odd))
    html = rubric_page(rubric, (one,), library(), (ZH,), NOON)
    assert (alike.because.zh or "") in html
    assert "<script>" not in html
