"""A calibrated criterion is called so on every screen, and no longer once it is changed."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from commcoach.coaching.calibrating import Examination
from commcoach.coaching.house import House
from commcoach.coaching.publishing import Publication
from commcoach.coaching.scorer import ScoringTask
from commcoach.content.loading import load_library
from commcoach.content.releasing import release_of
from commcoach.domain.case_scores import CaseScore, FloorVerdict, floor_verdict, grades_by_people
from commcoach.domain.cases import GradedCase
from commcoach.domain.language import Language
from commcoach.domain.wording import language_of
from tests.builders import NOON
from tests.cli.conftest import Cli
from tests.cli.house import Inside, inside
from tests.human_grades import change_text, copied_content
from tests.shipped import CACHE, library, scorer

pytestmark = pytest.mark.slow

ID = "own_view_clear"
FILE = f"rubrics/{library().criteria[ID].module}/{ID}.yaml"
CASES, LEAST = 60, 40
SCENARIO = next(
    one for one in library().scenarios.values() if ID in one.focus and Language.ZH in one.languages
)
CALIBRATED = f"已校准（多人各自盲评过的案例，相当于随机抽取的 {CASES} 条）"
UNCALIBRATED = f"未校准（多人各自盲评过的案例：{CASES} 条）"
REPLY = "我这周二没等到纪要，只好按旧数据报，有点着急。是卡在哪里了？"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The shipped content with a low floor on a criterion that two people graded blind."""
    root = copied_content(tmp_path / "own")
    chance = random.Random(7)
    chosen = frozenset(chance.sample(asyncio.run(_scored()), CASES))
    for path in (root / "rubrics" / "cases").glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        kept = [row for row in rows if _graded(row, row["id"] in chosen, chance)]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
        path.write_text(text, encoding="utf-8")
    file = root / FILE
    floor = f"floor: {{kappa: 0.1, min_cases: {LEAST}, graders: 2}}\n"
    file.write_text(file.read_text(encoding="utf-8") + floor, encoding="utf-8")
    return root


async def _scored() -> list[str]:
    """The cases that the embedded engine gives a level, as their author does."""
    found = []
    for case in library().cases:
        level = next(iter(case.levels_of(ID)), None)
        if level is not None:
            found += [case.id] if (await scorer().score(_task(case))).scored() else []
    return found


def _task(case: GradedCase) -> ScoringTask:
    language = case.language or language_of(case.reply)
    return ScoringTask(case.reply, case.context, (ID,), language)


def _graded(row: dict[str, Any], chosen: bool, chance: random.Random) -> bool:
    """Let two people grade a chosen case; take the criterion out of others, for fewer are quick.

    Whether any level is left.
    """
    levels = row["grades"][0]["levels"]
    if ID in levels and chosen:
        for by in ("王", "李"):
            given = max(0, levels[ID] - chance.choice((0, 0, 1)))
            grade = {"by": by, "kind": "human", "levels": {ID: given}, "blind": {ID: 1.0}}
            row["grades"].append(grade)
    elif ID in levels:
        del levels[ID]
    return bool(levels)


def publish(house: Inside, root: Path, number: int = 1) -> FloorVerdict:
    """Put the folder in force with the verdict on its floor, which `rubric publish` finds so."""
    own = load_library(root, cache=CACHE / "content")
    release, contents = release_of(own, root, NOON)
    cases = [case for case in own.cases if grades_by_people(case, ID)]
    cards = [asyncio.run(scorer().score(_task(case))) for case in cases]
    scores = tuple(
        CaseScore(case, case.id, card.scores[0]) for case, card in zip(cases, cards, strict=True)
    )
    verdict = floor_verdict(own.criteria[ID], scores)
    publication = Publication(number, release.id, NOON, "陈老师")
    engine = scorer().engine
    examination = Examination(release.id, engine, NOON, "陈老师", verdicts=(verdict,))

    async def work(inside: House) -> None:
        await inside.releases.record(release, contents)
        assert await inside.publications.add(publication, examination)

    house.look(work)
    return verdict


def screens(cli: Cli, root: Path) -> dict[str, str]:
    """What an author and a trainer see of the criterion."""
    found = {
        "show": cli("rubric", "show", ID, "--content", root).out,
        "try": cli("rubric", "try", ID, "--content", root, "--reply", REPLY).out,
    }
    pages = root.parent / "pages"
    cli("rubric", "show", ID, "--content", root, "--html", pages)
    found["page"] = (pages / f"{ID}.html").read_text(encoding="utf-8")
    return found


def practised(cli: Cli) -> dict[str, str]:
    """What a learner and a trainer see of a session by what is in force."""
    talk = cli("practice", "--scenario", SCENARIO.id, typed=f"{REPLY}\n/why\n/stop\n")
    assert talk.code == 0, talk.out + talk.err
    why, _, debrief = talk.out.partition("╭─ 复盘")
    listed = cli("transcript", "list", "--learner", "local").out
    session = re.findall(r"^([0-9a-f]{8}) ", listed, re.MULTILINE)[0]
    return {
        "why": why,
        "debrief": debrief,
        "progress": cli("progress").out,
        "transcript": cli("transcript", "show", session, "--by", "王老师").out,
    }


def bare(shown: str) -> str:
    """What is said, without the lines that it is broken into."""
    return re.sub(r"[\s│]+", "", shown)


def test_every_screen_says_calibrated_until_the_criterion_is_changed(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    before = screens(cli, own)
    assert all(UNCALIBRATED in said for said in before.values()), before
    assert "还没有发布过任何版本" in before["show"]

    house = inside(tmp_path / "data")
    assert publish(house, own).is_calibrated
    for name, said in screens(cli, own).items():
        assert CALIBRATED in said, name
        assert UNCALIBRATED not in said, name
    assert "就是正在使用的版本（第 1 次发布" in cli("rubric", "show", ID, "--content", own).out
    (row,) = [one for one in cli("rubric", "show", "--content", own).out.splitlines() if ID in one]
    assert row.split()[-1] == "已校准"
    assert "已校准（按这次检验）" in bare(cli("rubric", "test", ID, "--content", own).out)
    named = f"{library().criteria[ID].title.zh}（{CASES}条案例）"
    first = practised(cli)
    for name, said in first.items():
        assert named in bare(said), name

    changed = Path(shutil.copytree(own, tmp_path / "changed"))
    change_text(changed, FILE, f"min_cases: {LEAST}", f"min_cases: {CASES + 1}")
    draft = screens(cli, changed)
    assert all(UNCALIBRATED in said for said in draft.values()), draft
    assert "草稿：与正在使用的版本（第 1 次发布" in draft["show"]
    assert not publish(house, changed, 2).is_calibrated
    for name, said in {**screens(cli, changed), **practised(cli)}.items():
        assert named not in bare(said), name
        assert CALIBRATED not in said, name
    # What was practised before stays as it was, on its own release.
    (old,) = re.findall(r"[0-9a-f]{32}", first["transcript"])[:1]
    assert named in bare(cli("transcript", "show", old, "--by", "王老师").out)
