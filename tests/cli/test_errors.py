"""Bad input gets one clear sentence with the cure, and no traceback."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from commcoach.cli.errors import report
from commcoach.coaching.releasing import ReleaseChanged, UnknownRelease
from commcoach.content.locating import CHECKOUT
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from commcoach.swapped_files import SwapUnfinished
from tests.cli.conftest import Cli, Result
from tests.cli.small_content import small_content


def is_one_sentence(result: Result, *words: str) -> None:
    assert result.code not in (0, None)
    assert "Traceback" not in result.err + result.out
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def test_an_unknown_scenario_is_named_with_those_there_are(cli: Cli) -> None:
    result = cli("practice", "--scenario", "nowhere")
    is_one_sentence(result, "nowhere", "late_minutes_peer")
    is_one_sentence(cli("practice", "--scenario", "nowhere", "--lang", "en"), "Choose from")


def test_an_unknown_language_is_named(cli: Cli) -> None:
    is_one_sentence(cli("practice", "--lang", "fr"), "fr", "zh", "en")


def test_a_missing_content_folder_is_named(cli: Cli, tmp_path: Path) -> None:
    missing = tmp_path / "没有"
    is_one_sentence(cli("practice", "--content", missing), str(missing), "content init")
    is_one_sentence(cli("content", "check", missing), str(missing))


def test_a_content_folder_needs_only_what_the_command_uses(cli: Cli, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(CHECKOUT / "rubrics", own / "rubrics")
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "1", "reply": "您好"}\n', encoding="utf-8")
    scored = cli(
        "score", "--rubric", "listening", "--content", own, "--input", rows, "--output", "o.jsonl"
    )
    assert scored.code == 0, scored.err
    is_one_sentence(cli("practice", "--content", own), "scenarios")


def test_malformed_yaml_is_shown_with_place_and_cure(cli: Cli, tmp_path: Path) -> None:
    own = tmp_path / "own"
    for folder in ("rubrics", "scenarios"):
        shutil.copytree(CHECKOUT / folder, own / folder)
    broken = own / "rubrics" / "listening" / "open_question.yaml"
    broken.write_text("id: open_question\n  title: [\n", encoding="utf-8")
    result = cli("practice", "--content", own)
    assert result.code == 2
    assert "rubrics/listening/open_question.yaml:2:" in result.err
    assert "Traceback" not in result.err


def test_a_corrupt_database_is_named_and_left_alone(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "data" / "commcoach.db"
    file.parent.mkdir()
    file.write_bytes(b"this is no database, " * 100)
    before = file.read_bytes()
    is_one_sentence(cli("progress"), str(file), "备份")
    assert file.read_bytes() == before


def test_a_locked_database_is_named(cli: Cli, tmp_path: Path) -> None:
    assert cli("progress").code == 0
    file = tmp_path / "data" / "commcoach.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        is_one_sentence(cli("practice", "--scenario", "S06"), str(file), "占用")
    finally:
        other.close()


def test_an_unwritable_data_folder_is_named(cli: Cli, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder", encoding="utf-8")
    result = cli("progress", COMMCOACH_DATA_DIR=str(in_the_way / "data"))
    is_one_sentence(result, str(in_the_way), "COMMCOACH_DATA_DIR")


def test_a_database_url_that_means_nothing_is_named(cli: Cli) -> None:
    result = cli("progress", COMMCOACH_DATABASE_URL="nonsense://nowhere")
    is_one_sentence(result, "COMMCOACH_DATABASE_URL")


@pytest.mark.parametrize("group", ["content", "rubric", "scenario"])
def test_the_shipped_content_passes_each_check(cli: Cli, group: str) -> None:
    result = cli(group, "check")
    assert result.code == 0, result.err
    assert "没有发现问题" in result.out


def test_content_init_makes_a_copy_that_checks_and_is_never_overwritten(
    cli: Cli, tmp_path: Path
) -> None:
    mine = tmp_path / "我的 内容"
    assert cli("content", "init", mine).code == 0
    assert cli("content", "check", mine).code == 0
    is_one_sentence(cli("content", "init", mine), str(mine), "不会覆盖")


def test_checking_one_file_reports_only_that_file(cli: Cli, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    cli("content", "init", mine)
    for name in ("open_question", "reflect_feeling"):
        file = mine / "rubrics" / "listening" / f"{name}.yaml"
        file.write_text(file.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    whole = cli("rubric", "check", mine)
    assert whole.code == 1
    assert "共发现 2 处问题" in whole.err
    one = cli("rubric", "check", mine / "rubrics" / "listening" / "open_question.yaml")
    assert "共发现 1 处问题" in one.err
    assert "colour" in one.err
    english = cli("content", "check", mine, "--lang", "en")
    assert "2 problem(s) found." in english.err
    assert cli("scenario", "check", mine).code == 0


def test_a_broken_scenario_does_not_stop_a_command_that_does_without(
    cli: Cli, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    cli("content", "init", mine)
    (mine / "scenarios" / "night_piling.yaml").write_text("id: night_piling\n", encoding="utf-8")
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "1", "reply": "您好，请讲。"}\n', encoding="utf-8")
    arguments = ("--content", mine, "--input", rows, "--output", "scores.jsonl")
    assert cli("score", "--rubric", "ethics", *arguments).code == 0
    assert cli("practice", "--content", mine).code == 2


def test_a_check_names_a_file_that_is_not_its_business(cli: Cli, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    cli("content", "init", mine)
    scenario = mine / "scenarios" / "night_piling.yaml"
    is_one_sentence(cli("rubric", "check", scenario), "rubrics/", "content check")
    criterion = mine / "rubrics" / "ethics" / "honest_promise.yaml"
    is_one_sentence(cli("scenario", "check", criterion), "scenarios/")


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_rows_that_are_not_utf_8_are_never_scored(cli: Cli, tmp_path: Path, encoding: str) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "1", "reply": "您好，请讲。"}\n', encoding=encoding)
    out = tmp_path / "o.jsonl"
    assert cli("score", "--rubric", "ethics", "--input", rows, "--output", out).code == 1
    assert "UTF-8" in out.read_text(encoding="utf-8")
    assert '"scores"' not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_table_that_cannot_be_scored_is_answered_with_one_right_sentence(
    cli: Cli, tmp_path: Path, encoding: str
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("id,reply\n1,好\n", encoding=encoding)
    out = tmp_path / "o.jsonl"
    result = cli("score", "--rubric", "ethics", "--input", rows, "--output", out)
    assert result.code == 1
    assert "要存成 UTF-8，每行是一个带 id 和 reply 的 JSON" in result.out
    assert "未经" not in result.out


def test_settings_that_cannot_be_read_are_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "commcoach.toml").write_text('lang = "en"\nmodel = small\n', encoding="utf-8")
    is_one_sentence(cli("progress"), "commcoach.toml 第 2 行写得不对")
    (tmp_path / "commcoach.toml").write_text("lang = [\n", encoding="utf-8")
    is_one_sentence(cli("progress"), "commcoach.toml 第 1 行")


def test_all_settings_that_are_wrong_are_named_at_once(cli: Cli) -> None:
    wrong = {
        "COMMCOACH_TIMEZONE": "Beijing",
        "COMMCOACH_KEEP_WORDS_DAYS": "zz",
        "COMMCOACH_KEEP_LEVELS_DAYS": "0",
        "COMMCOACH_TELEGRAM_POLL_TIMEOUT": "99",
        "COMMCOACH_TELEGRAM_READ_TIMEOUT": "0",
        "COMMCOACH_SCORE_PATIENCE": "-1",
        "COMMCOACH_MODEL_PROVIDER": "abacus",
        "COMMCOACH_BUDGET_TOKENS_A_DAY": "many",
    }
    result = cli("bot", **wrong)
    assert result.code == 2
    assert sorted(result.err.splitlines()) == [
        "COMMCOACH_BUDGET_TOKENS_A_DAY：要写 0 以上的整数，现在是“many”。",
        "COMMCOACH_KEEP_LEVELS_DAYS：要写 1 以上的整数，现在是“0”。",
        "COMMCOACH_KEEP_WORDS_DAYS：要写 1 以上的整数，现在是“zz”。",
        "COMMCOACH_MODEL_PROVIDER：没有“abacus”，可选：local, openai, recorded, stub。",
        "COMMCOACH_SCORE_PATIENCE：要写 0 以上的数，现在是“-1”。",
        "COMMCOACH_TELEGRAM_POLL_TIMEOUT：要写 0 到 50 的整数，现在是“99”。",
        "COMMCOACH_TELEGRAM_READ_TIMEOUT：要写大于 0 的数，现在是“0”。",
        "COMMCOACH_TIMEZONE：没有“Beijing”这个时区，例如 Asia/Shanghai。",
    ]
    english = cli("bot", "--lang", "en", COMMCOACH_BACKUP_DAYS="soon")
    assert english.err == (
        "COMMCOACH_BACKUP_DAYS: give a whole number of at least 0; now it is “soon”.\n"
    )


@pytest.mark.parametrize(
    ("given", "better"),
    [
        ("127.0.0.1:7890", "http://127.0.0.1:7890"),
        ("nonsense", "http://127.0.0.1:7890"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("socks5://127.0.0.1:1080", "http://127.0.0.1:7890"),
        ("http://", "http://127.0.0.1:7890"),
        ("http://proxy:port", "http://127.0.0.1:7890"),
        ("http://proxy.example:99999", "http://127.0.0.1:7890"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_with_the_cure(
    cli: Cli, given: str, better: str
) -> None:
    result = cli("bot", COMMCOACH_TELEGRAM_PROXY=given)
    assert result.code == 2
    assert result.err == (
        f"代理地址“{given}”不能用：请写成 {better}。（COMMCOACH_TELEGRAM_PROXY）\n"
    )


def test_a_proxys_password_is_not_shown(cli: Cli) -> None:
    result = cli("bot", COMMCOACH_TELEGRAM_PROXY="socks5://wang:secret@proxy:1080")
    is_one_sentence(result, "socks5://***@proxy:1080")
    assert "secret" not in result.err


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:7890", "https://wang:pw@[::1]:1/"])
def test_a_proxy_that_can_be_used_is_no_trouble(cli: Cli, proxy: str) -> None:
    assert cli("progress", COMMCOACH_TELEGRAM_PROXY=proxy).code == 0


def test_a_bot_api_server_is_named_by_a_web_address(cli: Cli) -> None:
    for given in ("api.telegram.org", "ftp://127.0.0.1", ""):
        result = cli("bot", COMMCOACH_TELEGRAM_BASE_URL=given)
        assert result.code == 2
        is_one_sentence(result, "COMMCOACH_TELEGRAM_BASE_URL", "https://api.telegram.org")


def test_a_setting_of_a_wrong_kind_is_named_without_what_was_given(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "commcoach.toml").write_text("telegram_token = 12345\n", encoding="utf-8")
    result = cli("bot")
    is_one_sentence(result, "COMMCOACH_TELEGRAM_TOKEN")
    assert "12345" not in result.err


def test_piped_replies_that_are_not_utf_8_are_refused(cli: Cli) -> None:
    damaged = "周二那份没等到纪要".encode("gbk").decode("utf-8", errors="replace") + "\n"
    result = cli("practice", "--scenario", "S06", typed=damaged)
    is_one_sentence(result, "UTF-8")


def test_nothing_that_holds_no_scores_is_written_over(cli: Cli, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "1", "reply": "您好，请讲。"}\n', encoding="utf-8")
    notes = tmp_path / "notes.txt"
    notes.write_text("我的笔记\n", encoding="utf-8")
    for target in (rows, notes, tmp_path):
        result = cli("score", "--rubric", "ethics", "--input", rows, "--output", target)
        is_one_sentence(result, str(target), "不会覆盖")
    assert notes.read_text(encoding="utf-8") == "我的笔记\n"
    assert "您好" in rows.read_text(encoding="utf-8")


def test_a_release_that_was_changed_is_told_from_one_that_is_not_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = Wording(Language.ZH)
    assert report(ReleaseChanged("117b30"), words) == report(UnknownRelease("117b30"), words) == 1
    changed, unknown = capsys.readouterr().err.splitlines()
    assert "版本 117b30 存下来的内容与当初记下的对不上" in changed
    assert "找不到" in unknown


@pytest.mark.parametrize(
    "arguments",
    [
        ("rubric", "show", "nowhere"),
        ("rubric", "show", "open_questions"),
        ("rubric", "try", "nowhere", "--reply", "x"),
        ("rubric", "test", "nowhere"),
        ("rubric", "check", "nowhere"),
        ("cases", "export", "x.xlsx", "--criterion", "nowhere"),
        ("score", "--criteria", "nowhere", "--input", "rows.jsonl", "--output", "o.jsonl"),
    ],
    ids=" ".join,
)
def test_what_is_not_in_the_shipped_content_may_be_in_the_folder_beside(
    cli: Cli, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "rows.jsonl").write_text('{"id": "1", "reply": "您好"}\n', encoding="utf-8")
    assert "--content" not in cli(*arguments).err
    small_content(tmp_path / "my own")
    missed = cli(*arguments)
    assert missed.code == 2
    assert missed.err.splitlines()[-1] == (
        '您这里有自己的内容文件夹：my own。要用它，请加上 --content "my own"。'
    )
    assert "您这里有" not in cli(*arguments, "--content", tmp_path / "my own").err


def test_several_names_are_listed_as_the_language_lists_them(cli: Cli) -> None:
    chinese = cli("rubric", "test", "nowhere", "never").err
    assert "nowhere、never" in chinese
    assert ", " not in chinese
    english = cli("rubric", "test", "nowhere", "never", "--lang", "en").err
    assert "nowhere, never" in english
    assert "、" not in english


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_table_saved_as_csv_is_told_how_to_become_a_workbook(
    cli: Cli, tmp_path: Path, encoding: str
) -> None:
    small_content(tmp_path / "own")
    (tmp_path / "a.csv").write_text("编号,回复\n1,好\n", encoding=encoding)
    refused = cli("cases", "import", "a.csv", "--by", "张敏", "--content", "own")
    assert refused.code == 2
    assert "另存为" in refused.err
    assert "Excel 工作簿（.xlsx）" in refused.err
    assert "JSON" not in refused.err


def test_an_import_that_could_neither_go_on_nor_back_says_what_ends_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert report(SwapUnfinished(), Wording(Language.ZH)) == 1
    assert "rubric check" in capsys.readouterr().err
