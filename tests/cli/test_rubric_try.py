"""`commcoach rubric try` at the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commcoach.cli import rubric_try
from tests.cli.conftest import Cli, Result
from tests.cli.small_content import edit, small_content

CONTEXT = "材料还没好，回头再说。"
ASKS = "最近遇到什么难处了？"
CASE = "小李，后来怎么处理的？"
Try = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_content(tmp_path / "own")


@pytest.fixture
def attempt(cli: Cli, folder: Path) -> Try:
    def call(*arguments: object, typed: str = "", name: str = "open_question") -> Result:
        return cli("rubric", "try", name, "--content", folder, *arguments, typed=typed)

    return call


def test_a_reply_gets_its_level_with_anchor_quotes_and_why(attempt: Try) -> None:
    result = attempt("--context", CONTEXT, "--reply", ASKS)
    assert result.code == 0, result.err
    assert "2/2 问了" in result.out
    assert "问了一个开放的问题。" in result.out
    assert "【最近遇到什么难处了】？" in result.out
    assert "＋ 开放的问法：“什么”" in result.out
    assert "对方说了“回头”，符合：对方话说了一半。" in result.out
    assert "平均" in result.out
    assert "未校准" in result.out


def test_what_speaks_against_is_shown_as_such(attempt: Try) -> None:
    out = attempt("--context", CONTEXT, "--reply", "凭什么又晚？你每次都这样。").out
    assert "0/2 责备" in out
    assert "× 责备：“凭什么”、“每次都”（拉低等级）" in out


def test_not_applicable_names_the_condition_and_the_words(attempt: Try) -> None:
    out = attempt("--context", "谢谢你们。", "--reply", "不客气。").out
    assert "不适用：对方说了“谢谢”，符合：对方在道谢。" in out
    out = attempt("--context", "今天天气好。", "--reply", "是的。").out
    assert "对方的话里没有适用条件的用语" in out


def test_a_reply_that_cannot_be_scored_says_why(attempt: Try) -> None:
    out = attempt("--context", CONTEXT, "--reply", "？？？").out
    assert "没有评" in out
    assert "回复里没有文字。" in out


def test_gates_that_fire_are_told_with_the_words(attempt: Try) -> None:
    out = attempt("--context", CONTEXT, "--reply", "你这个笨蛋。").out
    assert "“你这个笨蛋”，这一轮最高算 1 级。" in out


def test_too_few_examples_are_said_and_levels_given_all_the_same(
    attempt: Try, folder: Path
) -> None:
    shutil.rmtree(folder / "rubrics" / "cases")
    out = attempt("--context", CONTEXT, "--reply", ASKS).out
    assert "/2 " in out
    out = "".join(out.split())
    assert "概率是从7条示例和案例里学来的（0级2条、1级3条、2级2条）。" in out
    assert "太少，上面的条形和等级只能粗略参考" in out


def test_an_example_of_the_criterion_proves_nothing(attempt: Try) -> None:
    assert "这句就是标准里 2 级的示例" in attempt("--context", CONTEXT, "--reply", ASKS).out
    near = attempt("--context", CONTEXT, "--reply", "您最近遇到什么难处了呀？").out
    assert "这句很像标准里2级的示例“最近遇到什么难处了？”" in "".join(near.split())
    assert "示例“" not in attempt("--context", CONTEXT, "--reply", "那天后来怎么样？").out


def test_a_graded_case_proves_nothing(attempt: Try) -> None:
    out = "".join(attempt("--context", CONTEXT, "--reply", CASE).out.split())
    assert "这句就是一条评过级的案例（2级）" in out


def test_marks_are_explained_at_the_end(attempt: Try) -> None:
    out = attempt("--context", CONTEXT, "--reply", ASKS).out
    assert out.index("◀ 评出的等级") > out.index("没有触到红线。")


def test_replies_are_asked_for_one_after_the_other(attempt: Try) -> None:
    typed = f"{CONTEXT}\n\n{ASKS}\n\n好的，\n我等着。\n\n\n"
    result = attempt(typed=typed)
    assert result.code == 0, result.err
    assert "回复 1：最近遇到什么难处了？" in result.out
    assert "好的，\n我等着。" in result.out
    assert result.out.count("开放提问 (open_question)") == 2


def test_what_to_paste_and_how_to_end_is_said_first(attempt: Try) -> None:
    out = "".join(attempt(typed=f"{CONTEXT}\n\n{ASKS}\n").out.split())
    assert out.startswith("先粘贴对方说的话（没有就直接按回车），再粘贴要试的回复")
    assert "粘贴完按两次回车" in out
    assert "Ctrl-D（Windows上按Ctrl-Z，再按回车）" in out
    assert "对方说的话" not in attempt("--context", CONTEXT, typed=f"{ASKS}\n").out


def test_an_empty_reply_is_shown_as_such(attempt: Try) -> None:
    out = attempt("--context", CONTEXT, "--reply", " ").out
    assert "回复 1：（空白）" in out
    assert "：，" not in out


def test_personal_data_is_masked(attempt: Try) -> None:
    out = attempt("--context", CONTEXT, "--reply", "打我电话 13812345678，出了什么事？").out
    assert "13812345678" not in out
    assert "电话号码" in out


def test_a_file_has_a_reply_in_each_paragraph(attempt: Try, tmp_path: Path) -> None:
    file = tmp_path / "replies.txt"
    file.write_text(f"{ASKS}\n\n好的，我等着。\n", encoding="utf-8")
    out = attempt("--context", CONTEXT, "--file", file).out
    assert "回复 1：最近遇到什么难处了？" in out
    assert "回复 2：好的，我等着。" in out


def test_a_file_of_rows_has_contexts_of_its_own(attempt: Try, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text('{"context": "系统坏了，没办法。", "reply": "什么时候坏的？"}\n', "utf-8")
    out = attempt("--file", file).out
    assert "对方：系统坏了，没办法。" in out


def test_a_scenario_gives_its_opening(cli: Cli) -> None:
    arguments = ("--scenario", "late_minutes_peer", "--reply", "碰上什么事了？")
    result = cli("rubric", "try", "open_question", *arguments)
    assert result.code == 0, result.err
    assert "哎呀，不就晚了两天嘛" in result.out


def test_a_module_is_tried_with_all_its_criteria(attempt: Try) -> None:
    assert "开放提问" in attempt("--reply", ASKS, name="listening").out


def test_english_fits_the_terminal(attempt: Try) -> None:
    result = attempt("--context", CONTEXT, "--reply", ASKS, "--lang", "en")
    assert "learned from" in " ".join(result.out.split())
    assert max(map(len, result.out.splitlines())) <= 88


def test_a_model_gives_levels_and_quotes_and_says_that_it_cannot_explain(
    cli: Cli, folder: Path, tmp_path: Path
) -> None:
    script = tmp_path / "script.json"
    verdict = {"quotes": ["最近遇到什么难处了"], "applicable": True, "level": 2}
    answer = {"open_question": verdict, "gates": []}
    script.write_text(json.dumps({"scorer": [answer]}), encoding="utf-8")
    told = {"COMMCOACH_MODEL_PROVIDER": "stub", "COMMCOACH_MODEL": str(script)}
    said = ("--context", CONTEXT, "--reply", ASKS, "--engine", "model")
    result = cli("rubric", "try", "open_question", "--content", folder, *said, **told)
    assert result.code == 0, result.err
    assert "2/2 问了" in result.out
    assert "【最近遇到什么难处了】？" in result.out
    assert "模型不说明它看到了哪些信号" in result.out
    assert "模型 script.json 评出" in result.out


# -- side by side ---------------------------------------------------------------------------


def test_two_versions_stand_side_by_side_and_what_differs_is_marked(
    attempt: Try, folder: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    edit(folder, "embedded_max: 2", "embedded_max: 1")
    result = attempt("--context", CONTEXT, "--reply", ASKS, "--old", old)
    assert result.code == 0, result.err
    level = next(line for line in result.out.splitlines() if "等级" in line)
    assert level.startswith("≠等级")
    assert level.index("2/2 问了") < level.index("1/2 没有问")
    applies = next(line for line in result.out.splitlines() if "适用" in line)
    assert not applies.startswith("≠")


def test_versions_that_give_the_same_are_said_so(
    attempt: Try, folder: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    edit(folder, "对方只能辩解。", "对方只能替自己辩解。")
    assert "新旧两版评得一样。" in attempt("--reply", ASKS, "--old", old).out


def test_a_version_set_beside_itself_is_said_to_be_the_same(attempt: Try, folder: Path) -> None:
    assert "新旧两版的内容是同一份" in attempt("--reply", ASKS, "--old", folder).out


# -- watching -------------------------------------------------------------------------------


@pytest.fixture
def saves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`saves(do, …)`: one deed at each pause between two looks, the last one ends the watching."""

    def script(*deeds: Callable[[], None]) -> None:
        # A look before and one after, so that each deed is seen as a save of its own.
        steps: Iterator[Callable[[], None]] = iter(
            [step for deed in deeds for step in (deed, lambda: None)]
        )

        def pause() -> None:
            step = next(steps, None)
            if step is None:
                raise KeyboardInterrupt
            step()

        monkeypatch.setattr(rubric_try, "_pause", pause)

    return script


def test_a_save_runs_it_again_and_says_what_moved(
    attempt: Try, folder: Path, saves: Callable[..., None]
) -> None:
    saves(lambda: edit(folder, "embedded_max: 2", "embedded_max: 1"))
    result = attempt("--watch", "--context", CONTEXT, "--reply", ASKS)
    assert result.code == 0, result.err
    assert "回复 1，开放提问：2 级 → 1 级" in result.out
    assert result.out.count("回复 1：") == 2


def test_a_broken_file_shows_the_cure_and_waits_for_the_next_save(
    attempt: Try, folder: Path, saves: Callable[..., None]
) -> None:
    saves(
        lambda: edit(folder, "embedded_max: 2", "embedded_max: 7"),
        lambda: edit(folder, "embedded_max: 7", "embedded_max: 1"),
    )
    result = attempt("--watch", "--context", CONTEXT, "--reply", ASKS)
    assert result.code == 0, result.err
    assert "rubrics/listening/open_question.yaml:" in result.err
    assert "保存的文件有错，这次没有评：" in result.out
    assert "评的结果仍然有效。改好保存，就会重新评。" in result.out
    assert result.out.count("重新评过。") == 1
    assert "2 级 → 1 级" in result.out


def test_content_that_is_broken_from_the_start_can_be_watched_too(
    attempt: Try, folder: Path, saves: Callable[..., None]
) -> None:
    edit(folder, "embedded_max: 2", "embedded_max: 7")
    saves(lambda: edit(folder, "embedded_max: 7", "embedded_max: 2"))
    result = attempt("--watch", "--context", CONTEXT, "--reply", ASKS)
    assert result.code == 0
    assert "2/2 问了" in result.out


# -- bad input ------------------------------------------------------------------------------


def is_one_sentence(result: Result, *words: str) -> None:
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def test_wrong_options_get_one_sentence_with_the_cure(attempt: Try, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("\n", encoding="utf-8")
    gbk = tmp_path / "gbk.txt"
    gbk.write_bytes("好的".encode("gbk"))
    is_one_sentence(attempt("--reply", ASKS, name="open_questoin"), "open_question")
    is_one_sentence(attempt("--reply", ASKS, "--engine", "magic"), "magic", "embedded")
    is_one_sentence(attempt("--reply", ASKS, "--engine", "model"), "COMMCOACH_MODEL_PROVIDER")
    is_one_sentence(attempt("--reply", ASKS, "--scenario", "magic"), "magic")
    is_one_sentence(attempt("--reply", ASKS, "--file", empty), "--reply", "--file")
    is_one_sentence(attempt("--file", tmp_path / "no.txt"), "no.txt")
    is_one_sentence(attempt("--file", tmp_path), "是文件夹，不是文件")
    is_one_sentence(attempt("--file", empty), "--reply")
    is_one_sentence(attempt("--file", gbk), "gbk.txt", "UTF-8")
    is_one_sentence(attempt("--reply", ASKS, "--old", "abcdef123456"), "abcdef123456", "shipped")
    is_one_sentence(attempt(typed="\n\n"), "--reply")
    is_one_sentence(attempt(typed=""), "--reply")


def test_rows_that_cannot_be_read_are_all_named(attempt: Try, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"context": "嗯"}\nno\n{"reply": "好。"}\n', encoding="utf-8")
    result = attempt("--file", file)
    assert result.code == 2
    assert "第 3 行" not in result.err
    assert "第 1 行：没有写 reply（回复），或者写的不是文字。" in result.err
    assert "第 2 行：不是 JSON。" in result.err
