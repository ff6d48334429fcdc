"""`commcoach rubric diff` at the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commcoach import bootstrap
from commcoach.coaching.house import House
from tests.cli.conftest import Cli, Result
from tests.cli.house import inside
from tests.cli.small_content import edit, small_content
from tests.shipped import library
from tests.transcripts import session as practised

ID = "open_question"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return small_content(tmp_path / "old")


@pytest.fixture
def new(old: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "new"
    shutil.copytree(old, folder)
    return folder


Diff = Callable[..., Result]


@pytest.fixture
def diff(cli: Cli, old: Path, new: Path) -> Diff:
    def call(*arguments: object, **environment: str) -> Result:
        return cli("rubric", "diff", old, new, *arguments, **environment)

    return call


def flips(result: Result, place: Path) -> list[dict[str, Any]]:
    assert result.code == 0, result.err
    run = json.loads(place.read_text(encoding="utf-8"))["dry_run"]
    return [flip for one in run["cases"] for flip in one["flips"]] if run else []


def test_versions_that_are_alike_are_said_so(diff: Diff) -> None:
    result = diff()
    assert result.code == 0, result.err
    assert "两个版本完全一样。" in result.out


def test_a_wording_edit_is_shown_word_by_word_and_flips_nothing(diff: Diff, new: Path) -> None:
    edit(new, "引用问句。", "引用整个问句。")
    result = diff()
    assert result.code == 0, result.err
    assert "(影响模型)" in result.out
    assert "+ 引用【整个】问句。" in result.out
    assert "等级和语言没有变" in result.out
    assert "这些改动不影响内置引擎的评分，不需要试评。" in result.out


def test_the_page_says_why_nothing_was_run(diff: Diff, new: Path, tmp_path: Path) -> None:
    edit(new, "引用问句。", "引用整个问句。")
    page = tmp_path / "diff.html"
    diff("--html", page)
    assert "这些改动不影响内置引擎的评分，不需要试评。" in page.read_text(encoding="utf-8")
    diff("--html", page, "--no-cases")
    assert "不需要试评" not in page.read_text(encoding="utf-8")


def test_an_anchor_is_tried_because_the_embedded_engine_cuts_copies_of_it(
    diff: Diff, new: Path
) -> None:
    edit(new, "用问句责备对方。", "用反问责备对方。")
    result = diff()
    assert result.code == 0, result.err
    assert "等级表述 · 0 级 · 中文" in result.out
    assert "- 用【问句】责备对方。" in result.out
    assert "+ 用【反问】责备对方。" in result.out
    assert "不需要试评" not in result.out


def test_the_embedded_engine_indeed_gives_the_same_after_wording_edits(
    diff: Diff, new: Path, tmp_path: Path
) -> None:
    # An edit that counts makes it run; beside it, only wording is changed.
    edit(new, "用问句责备对方。", "用反问责备对方。")
    edit(new, "问得开。", "问得真开。")
    edit(new, "toward: down\n", "toward: down\n    # the same\n")
    edit(new, 'text: {zh: "哎呀，晚两天嘛', 'text: {zh: "唉，晚两天嘛')
    report = tmp_path / "report.json"
    found = flips(diff("--json", report), report)
    assert found == []


def test_an_example_edit_that_must_flip_cases_does(diff: Diff, new: Path, tmp_path: Path) -> None:
    # Every case and example that asked openly is now a plain answer, and the other way round.
    place = new / "rubrics" / "listening" / "open_question.yaml"
    text = place.read_text(encoding="utf-8")
    for plain, asked in (
        ("好的，我先用旧的。", "最近遇到什么难处了？"),
        ("行，那就这样吧。", "写纪要是怎么安排的？"),
    ):
        text = text.replace(plain, "@").replace(asked, plain).replace("@", asked)
    place.write_text(text, encoding="utf-8")
    for folder in (new.parent / "old", new):
        cases = folder / "rubrics" / "cases" / "some.jsonl"
        first = cases.read_text(encoding="utf-8").splitlines()[2:6:2]
        cases.write_text("\n".join(first) + "\n", encoding="utf-8")
    report = tmp_path / "report.json"
    result = diff("--json", report)
    found = flips(result, report)
    assert {(one["before"]["result"], one["after"]["result"]) for one in found} >= {(1, 2), (2, 1)}
    assert "升 1 条，降 1 条" in result.out
    assert "示例换级" in result.out


def test_flips_come_with_levels_grades_and_quotes(diff: Diff, new: Path, tmp_path: Path) -> None:
    edit(new, "embedded_max: 2", "embedded_max: 1")
    report = tmp_path / "report.json"
    result = diff("--json", report)
    found = flips(result, report)
    assert found
    assert all(one["before"]["result"] == 2 and one["after"]["result"] == 1 for one in found)
    assert all(one["before"]["quotes"] for one in found)
    assert f"升 0 条，降 {len(found)} 条" in result.out
    assert "2 级 → 1 级" in result.out
    assert "案例等级 2" in result.out
    assert "未校准" in result.out
    lines = "".join(result.out.split()).partition("加权kappa")[2].split("平均等级")
    assert [one.count("无法给出区间") for one in lines] == [1, 1]
    (compared,) = json.loads(report.read_text(encoding="utf-8"))["dry_run"]["cases"]
    assert "effective" in compared["mean"]["before"]


def test_levels_of_another_scale_get_no_figures(diff: Diff, new: Path) -> None:
    level = '  - level: 3\n    anchor: {zh: "问了，还等着听。"}\n    examples: [{zh: "后来呢？"}]\n'
    edit(new, "boundaries:\n", level + "boundaries:\n")
    result = diff()
    assert result.code == 0, result.err
    assert "进步不能连在一起看" in result.out
    assert "不算一致性和平均等级" in result.out
    assert "加权 kappa" not in result.out


def test_without_cases_only_the_edits_are_told(diff: Diff, new: Path) -> None:
    edit(new, "embedded_max: 2", "embedded_max: 1")
    result = diff("--no-cases")
    assert "等级范围" in result.out
    assert "试评" not in result.out


def test_a_new_criterion_counts_for_engines_though_nothing_can_be_compared(
    diff: Diff, new: Path
) -> None:
    place = new / "rubrics" / "listening"
    text = (place / "open_question.yaml").read_text(encoding="utf-8")
    second = text.replace("id: open_question", "id: another_question", 1)
    (place / "another_question.yaml").write_text(second, encoding="utf-8")
    result = diff()
    assert result.code == 0, result.err
    said = "".join(result.out.split())
    assert "新增标准(影响内置引擎和模型)" in said
    assert "有影响内置引擎的改动，但没有案例可以两版对比，所以没有试评" in said
    assert "不影响内置引擎的评分" not in said


def test_a_criterion_without_cases_is_not_said_to_keep_its_levels(
    diff: Diff, old: Path, new: Path
) -> None:
    for folder in (old, new):
        shutil.rmtree(folder / "rubrics" / "cases")
    edit(new, "embedded_max: 2", "embedded_max: 1")
    result = diff()
    assert result.code == 0, result.err
    assert "没有两版都有、又评过这项标准的案例，无法试评" in "".join(result.out.split())
    assert "0 条" not in result.out.replace("案例：0 条", "")
    assert "等级没有变化" not in result.out


def test_gates_that_fire_elsewhere_are_named(diff: Diff, new: Path) -> None:
    edit(new, '["笨蛋"]', '["笨蛋", "最难"]', "gates/gate_insult.yaml")
    result = diff()
    assert result.code == 0, result.err
    assert "红线：看了 24 条案例，4 条和原来不同。" in result.out
    assert "没有触到 → 不骂人" in result.out


def test_the_page_stands_alone_and_escapes_what_authors_wrote(
    diff: Diff, new: Path, tmp_path: Path
) -> None:
    edit(new, "用问句责备对方。", "用<script>责备对方。")
    edit(new, "embedded_max: 2", "embedded_max: 1")
    place = tmp_path / "page.html"
    assert diff("--html", place).code == 0
    page = place.read_text(encoding="utf-8")
    assert "<ins>" in page
    assert "<script>" not in page
    assert "2 级" in page
    assert "http" not in page.replace("http-equiv", "")
    assert diff("--html", place).code == 0


def test_nothing_is_written_to_the_database(diff: Diff, new: Path, tmp_path: Path) -> None:
    edit(new, "embedded_max: 2", "embedded_max: 1")
    house = inside(tmp_path / "data")
    session = practised()
    house.put(session)

    async def everything(opened: House) -> tuple[object, ...]:
        return (
            await opened.sessions.get(session.id),
            await opened.releases.all(),
            await opened.audit.entries(),
            await opened.publications.all(),
        )

    before = house.look(everything)
    assert diff().code == 0
    assert house.look(everything) == before


# -- practice -------------------------------------------------------------------------------


def test_practised_replies_are_compared_and_the_look_is_audited(cli: Cli, tmp_path: Path) -> None:
    house = inside(tmp_path / "data")
    session = practised()
    house.put(session)
    folder = tmp_path / "own"
    bootstrap.copy_content(folder)
    weights = library().scenarios[session.scenario].weights
    id = next(iter(weights))
    module = library().criteria[id].module
    place = folder / "rubrics" / module / f"{id}.yaml"
    place.write_text(
        place.read_text(encoding="utf-8").replace("\nlevels:", "\nembedded_max: 0\nlevels:", 1),
        encoding="utf-8",
    )
    kept = house.turn(session.id)
    report = tmp_path / "report.json"
    arguments = ("--no-cases", "--practice", "5", "--by", "author", "--json", report)
    result = cli("rubric", "diff", "shipped", folder, *arguments)
    assert result.code == 0, result.err
    assert "用练习里的回复试评" in result.out
    (compared,) = json.loads(report.read_text(encoding="utf-8"))["dry_run"]["practice"]
    assert (compared["criterion"], compared["n"], compared["up"]) == (id, 3, 0)
    assert compared["down"] == len(compared["flips"]) > 0
    assert ("author", "viewed", session.id) in house.written()
    assert house.turn(session.id) == kept


# -- versions -------------------------------------------------------------------------------


def test_releases_are_named_by_the_beginning_of_their_id(cli: Cli, tmp_path: Path) -> None:
    house = inside(tmp_path / "data")
    house.put(practised())
    result = cli("rubric", "diff", library().release[:8], "shipped", "--no-cases")
    assert result.code == 0, result.err
    assert "两个版本完全一样。" in result.out


def is_one_sentence(result: Result, *words: str) -> None:
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def test_wrong_options_get_one_sentence_with_the_cure(
    cli: Cli, diff: Diff, old: Path, tmp_path: Path
) -> None:
    is_one_sentence(cli("rubric", "diff", old, tmp_path / "no"), "no", "shipped")
    is_one_sentence(cli("rubric", "diff", "published", old), "published")
    is_one_sentence(diff("--engine", "magic"), "magic")
    is_one_sentence(diff("--engine", "model"), "COMMCOACH_MODEL_PROVIDER")
    is_one_sentence(diff("--html", tmp_path / "no" / "page.html"), "no")
    mine = tmp_path / "mine.html"
    mine.write_text("mine", encoding="utf-8")
    is_one_sentence(diff("--html", mine), "mine.html")
    is_one_sentence(diff("--json", mine), "mine.html")
    assert mine.read_text(encoding="utf-8") == "mine"


def test_broken_content_is_named_with_place_and_cure(diff: Diff, new: Path) -> None:
    edit(new, "embedded_max: 2", "embedded_max: 7")
    result = diff()
    assert result.code == 2
    assert "rubrics/listening/open_question.yaml:" in result.err


# -- a model --------------------------------------------------------------------------------


@pytest.fixture
def model(tmp_path: Path) -> dict[str, str]:
    script = tmp_path / "script.json"
    verdict = {ID: {"quotes": [], "applicable": True, "level": 1}, "gates": []}
    script.write_text(json.dumps({"scorer": [verdict]}), encoding="utf-8")
    return {"COMMCOACH_MODEL_PROVIDER": "stub", "COMMCOACH_MODEL": str(script)}


def test_a_model_is_estimated_first_and_runs_where_it_is_told_of_the_edit(
    diff: Diff, new: Path, model: dict[str, str]
) -> None:
    edit(new, "用问句责备对方。", "用反问责备对方。")
    result = diff("--engine", "model", **model)
    assert result.code == 0, result.err
    assert "待评 48 条" in result.out
    assert "模型看不到案例和案例的等级" in result.out
    assert "少量变化可能只是波动" in result.out
    assert "两版都评了 24 条" in result.out


def test_edits_that_no_model_is_told_of_cost_nothing(
    diff: Diff, new: Path, model: dict[str, str]
) -> None:
    edit(new, "最近遇到什么难处了？", "最近碰上什么事了？")
    result = diff("--engine", "model", **model)
    assert "这些改动不影响模型的评分，不需要试评。" in result.out
    assert "待评" not in result.out
