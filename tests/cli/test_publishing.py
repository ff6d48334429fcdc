"""Publishing at the command line, as an author of rubrics sees it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from commcoach import bootstrap
from commcoach.cli.terminal import Terminal
from commcoach.coaching.house import House
from commcoach.coaching.publishing import publish
from commcoach.coaching.releasing import Release
from commcoach.content.locating import CHECKOUT
from commcoach.content.releasing import release_of
from commcoach.presentation.wording import Wording
from tests.builders import NOON
from tests.cli.conftest import Cli, Result
from tests.cli.house import Inside, inside
from tests.human_grades import change_text, copied_content, grade_by_people
from tests.shipped import library, scorer

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
    assert "还没有发布过。正在使用的是程序自带的内容" in cli("rubric", "history").out
    named = cli("rubric", "history", COMMCOACH_CONTENT=str(own)).out
    assert f"正在使用的是内容文件夹{own}；" in "".join(named.split())
    done = cli("rubric", "publish", "--content", own, "--by", "陈老师", "--note", "换了说法")
    assert done.code == 0, done.err
    assert "情景：修改 1 个（又晚了两天的纪要）" in done.out
    assert f"未校准 {len(library().criteria)} 项：还没有人工盲评过的案例" in done.out
    found = re.search(r"已发布版本 ([0-9a-f]{12})", done.out)
    assert found is not None
    release = found[1]
    again = cli("rubric", "publish", "--content", own, "--by", "王老师")
    assert (again.code, again.out.count("正在使用")) == (0, 1)
    assert "由 陈老师" in again.out
    back = cli("rubric", "rollback", library().release[:6], "--by", "王老师")
    assert f"已退回到版本 {library().release}，改动 1 项" in back.out
    newest, first, note, clock = cli("rubric", "history").out.splitlines()
    assert newest.startswith(library().release)
    assert newest.endswith("王老师 退回到这一版，改动 1 项（正在使用）")
    assert first.startswith(release)
    assert note == "  备注：换了说法"
    assert clock == "以上时间均为北京时间。"
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
    # Where a model scores in practice, it is the one that is examined.
    result = cli("rubric", "publish", "--content", own, "--by", "陈", **model)
    assert result.code == 1
    head, floor, test = result.err.strip().splitlines()
    assert head == "没有发布，原因有 2 个："
    assert "“开放式提问”没有达到门槛：45 条案例由至少 2 人各自盲评过" in floor
    assert "无法估计" in floor
    assert "案例由所设的模型来评" in result.out
    assert "约调用模型" in result.out
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
    """These releases, published one after the other."""

    async def work(kept: House) -> None:
        for id in ids:
            await kept.releases.record(Release(id, {}, {}, NOON), {})
            await publish(kept.publishing(), id, "陈", NOON, f"备注 {id}")

    house.look(work)


def test_an_unknown_release_is_answered_with_the_known_ones(cli: Cli, house: Inside) -> None:
    is_one_sentence(cli("rubric", "rollback", "abc", "--by", "陈"), "还没有任何版本")
    recorded(house, "117b30ffffff", "117b30aaaaaa")
    for given, said in (("ffff", "太短"), ("ffffff", "没有发布过"), ("117b3", "6 位")):
        result = cli("rubric", "rollback", given, "--by", "陈")
        head, newest, note, oldest, _ = result.err.splitlines()
        assert result.code == 2
        assert said in head
        assert re.fullmatch(r"  117b30aaaaaa  2024-.* 陈 发布，改动 0 项（正在使用）", newest)
        assert note.strip() == "备注：备注 117b30aaaaaa"
        assert re.fullmatch(r"  117b30ffffff  2024-.* 陈 第一次发布", oldest)
    head, *both = cli("rubric", "rollback", "117b30", "--by", "陈").err.splitlines()
    assert "不止一个" in head
    assert [line.split()[0] for line in both] == ["117b30aaaaaa", "117b30ffffff"]


def test_nobody_goes_back_to_what_was_only_tried(cli: Cli, own: Path, house: Inside) -> None:
    assert cli("rubric", "publish", "--content", own, "--by", "陈").code == 0

    async def try_out(kept: House) -> None:
        later = bootstrap.now()
        await kept.releases.record(Release("117b30ffffff", {}, {}, later), {})
        await kept.releases.record(Release("117b30aaaaaa", {}, {}, NOON, "陈"), {})

    house.look(try_out)
    result = cli("rubric", "rollback", "117b30", "--by", "陈")
    assert result.code == 2
    _, newest, before = result.err.splitlines()
    assert newest.endswith("（正在使用）")
    assert before.split()[0] == library().release
    assert before.endswith("第一次发布之前用的内容")


def test_a_release_whose_content_is_gone_or_changed_says_so(cli: Cli, house: Inside) -> None:
    recorded(house, "117b30ffffff")
    result = cli("rubric", "rollback", "117b30", "--by", "陈")
    assert result.code == 1
    assert result.err.startswith("数据库里没有版本 117b30ffffff 的内容，没有退回")


def test_a_release_that_is_not_what_was_published_says_so(cli: Cli, house: Inside) -> None:
    published(house)

    async def spoil(kept: House) -> None:
        content = b"id: other"
        files = {"rubrics/a/rubric.yaml": "0" * 64}
        await kept.releases.record(Release("117b30ffffff", {}, files, NOON), {"0" * 64: content})
        await publish(kept.publishing(), "117b30ffffff", "王", NOON)
        await publish(kept.publishing(), library().release, "陈", NOON)

    house.look(spoil)
    result = cli("rubric", "rollback", "117b30", "--by", "陈")
    assert result.code == 1
    assert result.err.startswith("版本 117b30ffffff 存下来的内容与当时发布的对不上，没有退回")


def test_calibrating_says_what_is_calibrated_and_how_many_cases_are_missing(cli: Cli) -> None:
    result = cli("rubric", "calibrate", "--criterion", "open_question")
    assert result.code == 0, result.err
    first, link, _, standing, *last = result.out.splitlines()
    assert first.startswith("还没有发布过，校准的是内容文件夹")
    assert library().release in first
    assert link == "开放式提问：没有刻度换算。有 0 条人工盲评过的案例，还差 40 条（至少 40 条）。"
    assert standing == "  未校准 1 项：还没有人工盲评过的案例。"
    assert last[0].startswith("没有标准用刻度换算")
    assert "calibration draw --criterion 标准" in last[-1]
    is_one_sentence(cli("rubric", "calibrate", "--criterion", "nope"), "nope", "open_question")


def test_calibrating_what_is_not_published_yet_says_so_and_where_it_is(
    cli: Cli, own: Path, house: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(house)
    text = (own / "rubrics/listening/open_question.yaml").read_text(encoding="utf-8")
    (own / "rubrics/listening/just_mine.yaml").write_text(text, encoding="utf-8")
    asked = ("rubric", "calibrate", "--criterion", "just_mine", "--by", "王")
    said = "“just_mine”还没有发布"
    is_one_sentence(cli(*asked, COMMCOACH_CONTENT=str(own)), said, str(own), "rubric publish")
    monkeypatch.chdir(own.parent)
    is_one_sentence(cli(*asked), said, "own", "rubric publish")
    monkeypatch.chdir(own.parent.parent)
    is_one_sentence(cli(*asked), "可选", "open_question")


def test_calibrating_looks_at_what_is_published_and_not_at_the_folder(
    cli: Cli, own: Path, house: Inside
) -> None:
    published(house)
    chosen = ("rubric", "calibrate", "--criterion", "open_question", "--by", "王")
    result = cli(*chosen, COMMCOACH_CONTENT=str(own))
    first = result.out.splitlines()[0]
    assert first.startswith(f"校准的是正在使用的版本 {library().release}（陈 于")
    assert f"您的文件夹{own}与这一版不同，这次没有用到" in "".join(result.out.split())
    assert "与这一版不同" not in cli(*chosen).out
    engine = scorer().engine
    verdicts = house.look(lambda kept: kept.calibrations.number(library().release, engine))
    assert verdicts == 2


def published(house: Inside) -> None:
    """The shipped content is in force by a publication."""

    async def work(kept: House) -> None:
        release, contents = release_of(library(), CHECKOUT, NOON)
        await kept.releases.record(release, contents)
        await publish(kept.publishing(), release.id, "陈", NOON)

    house.look(work)


def test_what_somebody_else_brought_is_not_taken_away_unasked(
    cli: Cli, own: Path, house: Inside
) -> None:
    published(house)
    (own / "rubrics/gates/gate_off_task.yaml").unlink()
    result = cli("rubric", "publish", "--content", own, "--by", "王", "--lang", "en")
    assert result.code == 1
    head, reason = result.err.strip().splitlines()
    assert head == "Not published; reasons: 1"
    assert "gate “Outside the conversation”" in reason
    assert f"rubric diff published {own}" in reason
    assert "--remove" in reason
    assert cli("rubric", "publish", "--content", own, "--by", "王", "--remove").code == 0


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> None:
    """Somebody sits there and gives these answers, one after the other."""
    made = Terminal.__init__

    def interactive(self: Terminal, words: Wording) -> None:
        made(self, words)
        self.interactive = True

    monkeypatch.setattr(Terminal, "__init__", interactive)
    monkeypatch.setattr(Terminal, "ask", lambda *_: answers.pop(0))


def test_who_only_looks_and_pays_no_model_hears_what_would_go(
    cli: Cli, own: Path, house: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(house)
    (own / "rubrics/gates/gate_off_task.yaml").unlink()
    path = own / "rubrics/listening/open_question.yaml"
    floor = "floor: {kappa: 0.6, min_cases: 40, graders: 2}\n"
    path.write_text(path.read_text(encoding="utf-8") + floor, encoding="utf-8")
    script = tmp_path / "script.json"
    script.write_text('{"scorer": [{}]}', encoding="utf-8")
    model = {"COMMCOACH_MODEL_PROVIDER": "stub", "COMMCOACH_MODEL": str(script)}
    at_a_terminal(monkeypatch, ["n"])
    result = cli("rubric", "publish", "--content", own, "--by", "王", "--dry-run", **model)
    assert result.code == 1
    loss, end = result.err.strip().splitlines()
    assert "红线“离开了对话”" in loss
    assert end == "没有发布。"


def test_whoever_is_refused_anyway_pays_no_model_and_hears_how_it_will(
    cli: Cli, own: Path, house: Inside, tmp_path: Path
) -> None:
    published(house)
    (own / "rubrics/gates/gate_off_task.yaml").unlink()
    script = tmp_path / "script.json"
    script.write_text('{"scorer": [{}]}', encoding="utf-8")
    model = {"COMMCOACH_MODEL_PROVIDER": "stub", "COMMCOACH_MODEL": str(script)}
    result = cli("rubric", "publish", "--content", own, "--by", "王", "--yes", **model)
    assert result.code == 1
    head, loss, end = result.err.strip().splitlines()
    assert head == "没有发布，原因有 1 个："
    assert "红线“离开了对话”" in loss
    assert "没有请模型评案例" in end
    assert end.endswith("请加 --dry-run。")


def test_who_sits_at_a_terminal_is_asked_what_may_go(
    cli: Cli, own: Path, house: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(house)
    (own / "rubrics/gates/gate_off_task.yaml").unlink()
    answers = ["n", "y"]
    at_a_terminal(monkeypatch, answers)
    refused = cli("rubric", "publish", "--content", own, "--by", "王")
    assert (refused.code, refused.err) == (1, "没有发布。\n")
    assert "红线“离开了对话”" in refused.out
    assert cli("rubric", "publish", "--content", own, "--by", "王").code == 0
    assert answers == []


def test_a_folder_without_scenarios_says_what_is_published(cli: Cli, own: Path) -> None:
    shutil.rmtree(own / "scenarios")
    result = cli("rubric", "publish", "--content", own, "--by", "王")
    is_one_sentence(result, "scenarios/", "整份内容", "content init")


@pytest.mark.slow
def test_a_criterion_graded_by_people_has_a_scale_link_and_scores_tell_it(
    cli: Cli, own: Path, tmp_path: Path
) -> None:
    few = own / "rubrics" / "cases" / "three_calls_no_owner.jsonl"
    for path in few.parent.glob("*.jsonl"):
        if path != few:
            path.unlink()
    grade_by_people(own, "time_bound_reply", 60)
    done = cli("rubric", "publish", "--content", own, "--by", "陈", "--remove")
    assert done.code == 0, done.err
    assert "有刻度换算 1 项（附人工盲评过的案例数）：限时回应 60 条" in done.out
    assert "未校准 1 项，有人工盲评过的案例，但文件里没有写门槛（floor）：限时回应" in done.out
    assert "已校准" not in done.out
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
    assert "加权 kappa（一致程度，按引擎没有取整的值）：换算前" in shown


def test_practice_is_on_what_is_published_unless_a_folder_is_named(
    cli: Cli, own: Path, house: Inside
) -> None:
    cli("rubric", "publish", "--content", own, "--by", "陈")
    chosen = ("practice", "--scenario", "late_minutes_peer")
    assert "咖啡" in cli(*chosen, typed="q\n").out
    shipped = Path(__file__).parent.parent.parent
    assert "奶茶" in cli(*chosen, "--content", shipped, typed="q\n").out
