"""Publishing at the command line, as an author of rubrics sees it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commcoach.coaching.house import House
from commcoach.coaching.publishing import publish
from commcoach.coaching.releasing import Release
from tests.builders import NOON
from tests.cli.conftest import Cli, Result
from tests.cli.house import Inside, inside
from tests.human_grades import change_text, copied_content, grade_by_people
from tests.shipped import library

SCENARIO = "scenarios/late_minutes_peer.yaml"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The shipped content with other words in one scenario."""
    root = copied_content(tmp_path / "own")
    change_text(root, SCENARIO, "奶茶", "咖啡")
    return root


@pytest.fixture
def house(tmp_path: Path) -> Inside:
    return inside(tmp_path / "data")


def is_one_sentence(result: Result, *words: str) -> None:
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def test_an_author_publishes_looks_back_and_goes_back(cli: Cli, own: Path, house: Inside) -> None:
    assert "还没有发布过" in cli("rubric", "history").out
    done = cli("rubric", "publish", "--content", own, "--by", "陈老师", "--note", "换了说法")
    assert done.code == 0, done.err
    assert "情景：修改 1 个（又晚了两天的纪要）" in done.out
    assert f"未校准 {len(library().criteria)} 项" in done.out
    found = re.search(r"已发布版本 ([0-9a-f]{12})", done.out)
    assert found is not None
    release = found[1]
    again = cli("rubric", "publish", "--content", own, "--by", "王老师")
    assert (again.code, again.out.count("正在使用")) == (0, 1)
    assert "由 陈老师" in again.out
    back = cli("rubric", "rollback", library().release[:6], "--by", "王老师")
    assert f"已退回到版本 {library().release}，改动 1 处" in back.out
    newest, first, note = cli("rubric", "history").out.splitlines()
    assert newest.startswith(library().release)
    assert newest.endswith("王老师 退回到这一版，改动 1 处（正在使用）")
    assert first.startswith(release)
    assert note == "  备注：换了说法"
    assert house.written() == [
        ("陈老师", "published", release),
        ("王老师", "rolled_back", library().release),
    ]


def test_a_dry_run_only_looks(cli: Cli, own: Path) -> None:
    result = cli("rubric", "publish", "--content", own, "--by", "陈", "--dry-run", "--lang", "en")
    assert result.code == 0
    assert "nothing was published" in result.out
    assert "Nothing has been published yet" in cli("rubric", "history", "--lang", "en").out


def test_every_mistake_in_the_files_is_told_at_once(cli: Cli, own: Path) -> None:
    change_text(own, SCENARIO, "number:", "nummer:")
    change_text(own, "rubrics/listening/open_question.yaml", "absence_up_to:", "absence:")
    result = cli("rubric", "publish", "--content", own, "--by", "陈")
    assert result.code == 1
    assert SCENARIO in result.err
    assert "open_question.yaml" in result.err
    assert result.err.strip().splitlines()[-1].startswith("没有发布：请先改好")


@pytest.mark.slow
def test_floors_and_binding_self_tests_refuse_together(cli: Cli, own: Path, tmp_path: Path) -> None:
    grade_by_people(own, "open_question", 45, graders=2)
    path = own / "rubrics/listening/open_question.yaml"
    text = path.read_text(encoding="utf-8").replace("    expect: 3\n", "    expect: 0\n")
    floor = "floor: {kappa: 0.6, min_cases: 40, graders: 2}\n"
    path.write_text(f"{text}{floor}", encoding="utf-8")
    script = tmp_path / "script.json"
    verdict = {"open_question": {"quotes": [], "applicable": True, "level": 0}, "gates": []}
    script.write_text(json.dumps({"scorer": [verdict]}), encoding="utf-8")
    model = {"COMMCOACH_MODEL_PROVIDER": "stub", "COMMCOACH_MODEL": str(script)}
    result = cli("rubric", "publish", "--content", own, "--by", "陈", "--engine", "model", **model)
    assert result.code == 1
    head, floor, test = result.err.strip().splitlines()
    assert head == "没有发布，原因有 2 个："
    assert "“开放式提问”没有达到文件里定的下限：加权 kappa 为 无法估计" in floor
    assert "第 4 个自测应为 0 级，实得 3 级" in test
    assert "还没有发布过" in cli("rubric", "history").out


@pytest.mark.parametrize("by", ["", "  "])
def test_nobody_publishes_or_goes_back_without_a_name(cli: Cli, by: str) -> None:
    is_one_sentence(cli("rubric", "publish", "--by", by), "--by")
    is_one_sentence(cli("rubric", "rollback", "abc", "--by", by), "--by")


def test_an_unknown_engine_and_a_missing_model_are_said_first(cli: Cli) -> None:
    is_one_sentence(cli("rubric", "publish", "--by", "陈", "--engine", "gpt"), "gpt")
    is_one_sentence(cli("rubric", "calibrate", "--engine", "model"), "COMMCOACH_MODEL_PROVIDER")


def recorded(house: Inside, *ids: str) -> None:
    async def work(kept: House) -> None:
        for id in ids:
            await kept.releases.record(Release(id, {}, {}, NOON), {})
        await publish(kept.publishing(), ids[0], "陈", NOON)

    house.look(work)


def test_an_unknown_release_is_answered_with_the_known_ones(cli: Cli, house: Inside) -> None:
    is_one_sentence(cli("rubric", "rollback", "abc", "--by", "陈"), "还没有任何版本")
    recorded(house, "117b30ffffff", "117b30aaaaaa")
    is_one_sentence(cli("rubric", "rollback", "ffff", "--by", "陈"), "117b30ffffff")
    is_one_sentence(cli("rubric", "rollback", "117b30", "--by", "陈"), "117b30aaaaaa", "不止一个")


def test_calibrating_says_how_many_cases_are_missing(cli: Cli) -> None:
    result = cli("rubric", "calibrate", "--criterion", "open_question")
    assert result.code == 0, result.err
    assert "开放式提问：未校准。有 0 条人工评过的案例，还差 40 条" in result.out
    is_one_sentence(cli("rubric", "calibrate", "--criterion", "nope"), "nope", "open_question")


@pytest.mark.slow
def test_a_criterion_graded_by_people_is_calibrated_and_scores_tell_it(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    few = own / "rubrics" / "cases" / "three_calls_no_owner.jsonl"
    for path in few.parent.glob("*.jsonl"):
        if path != few:
            path.unlink()
    grade_by_people(own, "time_bound_reply", 60)
    done = cli("rubric", "publish", "--content", own, "--by", "陈")
    assert "已校准 1 项（附人工评过的案例数）：限时回应 60 条" in done.out
    rows, scores = tmp_path / "rows.jsonl", tmp_path / "scores.jsonl"
    row = {"id": 1, "context": "你们到底什么时候给答复？", "reply": "今天下午五点前给您回电。"}
    rows.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    scored = cli(
        "score",
        "--input",
        rows,
        "--output",
        scores,
        "--content",
        own,
        "--criteria",
        "time_bound_reply,open_question",
    )
    assert scored.code == 0, scored.err
    first, second = json.loads(scores.read_text(encoding="utf-8"))["scores"]
    assert list(first)[2:5] == ["level", "expected", "calibrated"]
    assert 0 <= first["calibrated"] <= 4
    assert "calibrated" not in second
    shown = cli("rubric", "calibrate", "--criterion", "time_bound_reply").out
    assert "┤" in shown
    assert "加权 kappa：校准前" in shown


def test_practice_is_on_what_is_published_unless_a_folder_is_named(
    cli: Cli, own: Path, house: Inside
) -> None:
    cli("rubric", "publish", "--content", own, "--by", "陈")
    chosen = ("practice", "--scenario", "late_minutes_peer")
    assert "咖啡" in cli(*chosen, typed="q\n").out
    shipped = Path(__file__).parent.parent.parent
    assert "奶茶" in cli(*chosen, "--content", shipped, typed="q\n").out
