"""Corrections at the command line: before and after, with author and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import transcripts
from tests.cli.conftest import Cli, Result
from tests.cli.house import Inside, inside

ID = "3f9a1b2c4d5e"
WHY = ("--reason", "有请求，也给了时间。", "--by", "王老师")


@pytest.fixture
def house(tmp_path: Path) -> Inside:
    house = inside(tmp_path / "data")
    house.put(transcripts.session(ID))
    return house


def is_one_sentence(result: Result, *words: str) -> None:
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def test_a_correction_shows_before_and_after_in_one_line(cli: Cli, house: Inside) -> None:
    result = cli("override", "3f9a1b", "1", "open_question", "2", *WHY)
    assert result.code == 0, result.err
    assert result.out.splitlines() == ["第 1 轮，开放式提问：1/4 未体现 → 2/4 部分体现"]


def test_a_correction_is_a_new_row_with_author_reason_and_trail(cli: Cli, house: Inside) -> None:
    cli("override", ID, "1", "own_view_clear", "1", *WHY)
    turn = house.turn(ID)
    assert [one.level for one in turn.overrides if one.criterion == "own_view_clear"] == [3, 1]
    assert (turn.overrides[-1].by, turn.overrides[-1].reason) == ("王老师", WHY[1])
    assert house.written() == [("王老师", "overrode", ID)]


def test_a_second_correction_starts_from_the_first(cli: Cli, house: Inside) -> None:
    result = cli("override", ID, "1", "own_view_clear", "1", "--lang", "en", *WHY)
    assert "3/4 competent → 1/4 absent" in result.out


def test_a_level_can_be_taken_away_and_given_where_there_was_none(cli: Cli, house: Inside) -> None:
    assert "→ 不适用" in cli("override", ID, "2", "own_view_clear", "na", *WHY).out
    assert "没有评 → 2/4" in cli("override", ID, "2", "open_question", "2", *WHY).out


def test_the_same_level_again_is_said_to_be_the_same(cli: Cli, house: Inside) -> None:
    assert "等级没有变" in cli("override", ID, "2", "own_view_clear", "3", *WHY).out


@pytest.mark.parametrize("turn", ["7", "2.2", "x", "1.", "0"])
def test_an_unknown_turn_is_named_with_those_there_are(cli: Cli, house: Inside, turn: str) -> None:
    result = cli("override", ID, turn, "open_question", "2", *WHY)
    is_one_sentence(result, f"“{turn}”", "1、1.2、2")


def test_mistakes_get_one_sentence_with_the_cure(cli: Cli, house: Inside) -> None:
    is_one_sentence(cli("override", ID, "1", "nonsense", "2", *WHY), "nonsense", "open_question")
    is_one_sentence(
        cli("override", ID, "1", "open_question", "7", *WHY), "没有 7 级。可选：0–4 或 na。"
    )
    is_one_sentence(cli("override", ID, "1", "open_question", "high", *WHY), "high", "na")
    is_one_sentence(cli("override", "ffffff", "1", "open_question", "2", *WHY), "transcript list")
    blank = ("--reason", " ", "--by", "王老师")
    is_one_sentence(cli("override", ID, "1", "open_question", "2", *blank), "--reason")
    assert house.written() == []


def test_a_rewrite_that_was_not_scored_cannot_be_corrected(cli: Cli, house: Inside) -> None:
    is_one_sentence(cli("override", ID, "1.2", "open_question", "2", *WHY), "open_question")
