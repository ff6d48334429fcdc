"""Explaining the embedded engine: what is told is what it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commcoach.bootstrap.trying import CueExplainer, content_stamp, read_replies
from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import GradedCase
from commcoach.domain.language import Language
from commcoach.domain.score import NotApplicable, Unscored
from commcoach.domain.wording import language_of
from tests.shipped import library, scorer

EVERY_20TH = library().cases[::20]


@pytest.mark.parametrize("case", EVERY_20TH, ids=lambda case: case.id)
def test_what_is_said_to_decide_whether_a_criterion_applies_did_decide_it(
    case: GradedCase,
) -> None:
    criteria = tuple(id for grade in case.grades for id in grade.levels)
    language = case.language or language_of(case.reply)
    task = ScoringTask(case.reply, case.context, criteria, language)
    told = CueExplainer(library()).explain(task)
    for score in scorer().score_now(task).scores:
        if not isinstance(score, Unscored):
            applies = not isinstance(score, NotApplicable)
            assert told[score.criterion].opening.applies == applies


def test_signals_are_told_with_the_words_they_were_seen_in() -> None:
    task = ScoringTask("这事最难的是哪一段？", (), ("open_question",), Language.ZH)
    (told,) = CueExplainer(library()).explain(task).values()
    assert [sign.seen for sign in told.signs if sign.seen]
    assert all(word in task.reply for sign in told.signs for word in sign.seen)


def test_rows_to_try_need_no_id_and_are_masked(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [{"reply": "打 13812345678 找我。"}, {"reply": "好。", "context": "行吗？"}]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    tasks, wrong = read_replies(file, ("open_question",), library())
    assert not wrong
    assert [task.reply for task in tasks] == ["打 *********** 找我。", "好。"]
    assert tasks[1].context[0].text == "行吗？"


def test_a_stamp_changes_with_a_save_and_not_with_what_editors_keep(tmp_path: Path) -> None:
    folder = tmp_path / "rubrics"
    folder.mkdir()
    file = folder / "one.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    before = content_stamp(tmp_path)
    (folder / ".one.yaml.swp").write_text("", encoding="utf-8")
    assert content_stamp(tmp_path) == before
    file.write_text("a: 12\n", encoding="utf-8")
    assert content_stamp(tmp_path) != before
