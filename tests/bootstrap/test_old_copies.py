"""An old copy of a folder, which nobody ever published, takes nothing away unasked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from commcoach import bootstrap
from commcoach.coaching.house import House
from commcoach.coaching.losses import Hold
from commcoach.settings import Settings
from tests.bootstrap.test_publishing import as_graded, published, with_floor
from tests.human_grades import change_text, grade_by_people


def old_copy(root: Path, older: Path) -> Path:
    """The folder as it was before these words, grades and the floor."""
    shutil.copytree(root, older)
    for path in (older / "rubrics" / "cases").glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            own = [one for one in row["grades"] if "blind" not in one]
            if own != row["grades"]:
                row |= {"grades": own, "reply": f"{row['reply']}（旧）"}
        text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        path.write_text(text, encoding="utf-8")
    criterion = older / "rubrics/listening/open_question.yaml"
    lines = criterion.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(one for one in lines if not one.startswith("floor:"))
    criterion.write_text(kept, encoding="utf-8")
    change_text(older, "rubrics/listening/open_question.yaml", "version: 1", "version: 2")
    return older


async def test_an_old_copy_that_was_never_published_takes_nothing_away_unasked(
    settings: Settings,
    house: House,
    edited: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("commcoach.bootstrap.calibrating.trial", as_graded)
    with_floor(edited)
    grade_by_people(edited, "open_question", 60, graders=2)
    first = await published(settings, house, edited, by="李雷")
    assert [one.is_calibrated for one in first.floors] == [True]
    older = old_copy(edited, tmp_path / "older")
    done = await published(settings, house, older, by="李雷")
    assert done.published is None
    assert {(one.part, one.hold, one.number) for one in done.losses} == {
        ("criterion:open_question", Hold.FLOOR, 1),
        ("criterion:open_question", Hold.TEXTS, 60),
        ("criterion:open_question", Hold.BLIND_GRADES, 120),
        ("criterion:open_question", Hold.CALIBRATED, 1),
    }
    assert await house.publications.newest() == first.published
    wish = bootstrap.Wish(older, "李雷", remove=True)
    assert (await bootstrap.publish_content(settings, house, wish)).published is not None
