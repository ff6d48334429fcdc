"""Transcripts at the command line: listed, shown, exported, and always on the trail."""

from __future__ import annotations

import getpass
import json
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from commcoach.coaching.review import Contest
from commcoach.domain.score import Scorecard
from tests import transcripts
from tests.builders import days, make_turn
from tests.cli.conftest import Cli, Result
from tests.cli.house import Inside, inside

ID = "3f9a1b2c4d5e"


@pytest.fixture
def house(tmp_path: Path) -> Inside:
    """A contested session with a gate crossed, and a newer one without anything."""
    house = inside(tmp_path / "data")
    quiet = make_turn(1, reply="我先说情况。", card=Scorecard(), at=days(3))
    house.put(
        transcripts.session(ID),
        replace(
            transcripts.session("bb00cc11dd22"),
            learner="learner-8",
            turns=(quiet,),
            started_at=days(3),
            ending=None,
            ended_at=None,
        ),
    )
    return house


def is_one_sentence(result: Result, *words: str) -> None:
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def test_the_list_shows_short_ids_and_marks_what_deserves_a_look(cli: Cli, house: Inside) -> None:
    house.put(contests=(Contest("1", ID, "", "", days(9)),))
    shown = cli("transcript", "list").out
    assert shown.index("3f9a1b2c") < shown.index("bb00cc11")
    one, other = (line for line in shown.splitlines() if line[:8] in ("3f9a1b2c", "bb00cc11"))
    assert one.startswith("3f9a1b2c  有异议 1 触到红线 1 已更正 2  2024-03-01 20:00  又晚了两天")
    assert other.startswith(
        "bb00cc11  还没有结束  2024-03-04 20:00  又晚了两天的纪要  学员 learner-  1 轮"
    )


def test_scenarios_are_named_by_their_ids_where_the_content_is_out_of_order(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    shown = cli("transcript", "list", COMMCOACH_CONTENT=str(tmp_path / "nowhere"))
    assert shown.code == 0
    assert "late_minutes_peer" in shown.out


def test_a_learner_is_named_by_the_beginning_of_the_id(cli: Cli, house: Inside) -> None:
    house.put(replace(transcripts.session("cc00cc11dd22"), learner="0123456789abcdef"))
    shown = cli("transcript", "list", "--learner", "012345").out
    assert "cc00cc11" in shown
    assert "bb00cc11" not in shown
    is_one_sentence(cli("transcript", "list", "--learner", "learner"), "learner-7", "learner-8")
    assert "没有符合" in cli("transcript", "list", "--learner", "learn").out


def test_an_unknown_cohort_is_named_with_those_there_are(cli: Cli, house: Inside) -> None:
    is_one_sentence(cli("transcript", "list", "--cohort", "nope"), "cohort add")
    cli("cohort", "add", "spring", "--title", "春季班")
    is_one_sentence(cli("transcript", "list", "--cohort", "nope"), "nope", "spring")
    is_one_sentence(cli("transcript", "export", "--cohort", "nope"), "nope", "spring")
    empty = cli("transcript", "list", "--cohort", "spring")
    assert empty.code == 0
    assert str(house.settings.database()).rpartition("/")[2] in empty.out.replace("\n", "")


def test_who_never_agreed_is_shown_only_if_named(cli: Cli, tmp_path: Path) -> None:
    cli("practice", "--scenario", "S06", typed="周二那份没等到纪要，我按旧数据报的。\n")
    shown = cli("transcript", "list").out
    assert "另有 1 条" in shown
    assert "学员 local" not in shown
    assert "学员 local" in cli("transcript", "list", "--learner", "local").out
    is_one_sentence(cli("transcript", "export"), "transcript list")


def test_the_list_can_be_narrowed_and_cut(cli: Cli, house: Inside) -> None:
    assert "3f9a1b2c" not in cli("transcript", "list", "--learner", "learner-8").out
    assert "没有符合" in cli("transcript", "list", "--learner", "nobody").out
    cut = cli("transcript", "list", "--limit", 1, "--lang", "en").out
    assert "3f9a1b2c" in cut
    assert "bb00cc11" not in cut
    assert "1 more" in cut


def test_a_transcript_is_shown_with_levels_quotes_and_corrections(cli: Cli, house: Inside) -> None:
    shown = cli("transcript", "show", "3f9a1b", "--by", "王老师").out.replace("\n", "")
    for words in (
        "又晚了两天的纪要",
        "第 1 轮：<b>周二</b>我按旧数据报的",
        "3/4 胜任  说清自己的看法与感受  [own_view_clear]",
        "引擎原来给的：2/4 部分体现",
        "触到红线",
        "未经专家校准",
    ):
        assert words in shown
    assert house.written() == [("王老师", "viewed", ID)]


def test_without_a_name_the_account_is_on_the_trail(
    cli: Cli, house: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "trainer-account")
    cli("transcript", "show", ID)
    assert house.written() == [("trainer-account", "viewed", ID)]


def test_an_account_without_a_name_is_no_hindrance(
    cli: Cli, house: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise OSError("no user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert cli("transcript", "show", ID).code == 0
    assert house.written() == [("cli", "viewed", ID)]


def test_everything_is_exported_as_a_page_by_default(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    result = cli("transcript", "export", "--by", "王老师")
    assert result.code == 0, result.err
    html = (tmp_path / "transcripts.html").read_text(encoding="utf-8")
    assert html.count("<article") == 2
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert sorted(house.written()) == [
        ("王老师", "exported", ID),
        ("王老师", "exported", "bb00cc11dd22"),
    ]


def test_named_sessions_are_exported_as_lines_or_as_a_workbook(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    lines, book = tmp_path / "记录 1.jsonl", tmp_path / "book.xlsx"
    assert cli("transcript", "export", "3f9a1b", "--out", lines).code == 0
    assert lines.stat().st_mode & 0o777 == 0o600
    rows = [json.loads(one) for one in lines.read_text(encoding="utf-8").splitlines()]
    assert {row["session"] for row in rows} == {ID}
    assert cli("transcript", "export", ID, "--format", "xlsx", "--out", book).code == 0
    assert load_workbook(book).worksheets[0].max_row == 8


def test_the_format_follows_the_ending_unless_it_is_named(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    book = tmp_path / "autumn.XLSX"
    assert cli("transcript", "export", ID, "--out", book).code == 0
    assert load_workbook(book).worksheets[0].max_row == 8
    for name in ("autumn.pdf", "autumn"):
        is_one_sentence(cli("transcript", "export", "--out", tmp_path / name), name, "--format")
    named = tmp_path / "autumn.txt"
    assert cli("transcript", "export", ID, "--format", "jsonl", "--out", named).code == 0
    assert json.loads(named.read_text(encoding="utf-8").splitlines()[0])["session"] == ID


def test_an_existing_file_is_written_over_only_with_force(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    target = tmp_path / "mine.html"
    target.write_text("mine", encoding="utf-8")
    is_one_sentence(cli("transcript", "export", "--out", target), str(target), "--force")
    assert target.read_text(encoding="utf-8") == "mine"
    assert house.written() == []
    assert cli("transcript", "export", "--out", target, "--force").code == 0
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    is_one_sentence(cli("transcript", "export", "--out", tmp_path, "--force"), str(tmp_path))


def test_mistakes_get_one_sentence_with_the_cure(cli: Cli, house: Inside, tmp_path: Path) -> None:
    is_one_sentence(cli("transcript", "show", "3f9a1"), "3f9a1", "transcript list")
    is_one_sentence(cli("transcript", "show", "nowhere"), "nowhere", "transcript list")
    house.put(transcripts.session("3f9a1bffffff"))
    is_one_sentence(cli("transcript", "show", "3f9a1b"), ID, "3f9a1bffffff")
    is_one_sentence(cli("transcript", "export", "--learner", "nobody"), "transcript list")
    missing = tmp_path / "no" / "where.html"
    is_one_sentence(cli("transcript", "export", "--out", missing), str(missing.parent))
    assert house.written() == []


def test_a_session_whose_content_is_not_on_record_is_named(cli: Cli, house: Inside) -> None:
    house.put(replace(transcripts.session("ee99ee99ee99"), release="0123456789ab"))
    result = cli("transcript", "show", "ee99ee")
    assert result.code == 1
    assert "commcoach practice" in result.err
    assert "0123456789ab" in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_what_was_practised_at_the_terminal_can_be_read_and_corrected(
    cli: Cli, tmp_path: Path
) -> None:
    cli("practice", "--scenario", "S06", typed="周二那份没等到纪要，我按旧数据报的，三处对不上。\n")
    opened = inside(tmp_path / "data")
    (session,) = opened.look(lambda house: house.reviews.listed())
    shown = cli("transcript", "show", session.id[:6])
    assert shown.code == 0, shown.err
    assert "三处对不上" in shown.out
    corrected = cli("override", session.id, 1, "open_question", "na", "--reason", "x", "--by", "y")
    assert corrected.code == 0, corrected.err
    assert "→ 不适用" in corrected.out
    again = cli("transcript", "show", session.id)
    assert "→ 不适用：x（y，" in again.out.replace("\n", "")
