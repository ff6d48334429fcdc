"""`commcoach score`: rows in, rows out, in order, resumable, masked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from commcoach.batch.rows import Row, read_row
from commcoach.coaching.calibrating import Examination, Fitting
from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.link_choice import Figures, LinkChoice
from commcoach.domain.linking import LinearLink, LinkKind
from commcoach.domain.score import EngineName
from commcoach.masking import mask
from tests.builders import NOON
from tests.cli.conftest import Cli, cli
from tests.cli.house import Inside, inside
from tests.shipped import library

__all__ = ["cli"]

CONTEXT = "我打了三次电话了，你们到底谁管？"
ROWS: list[dict[str, Any]] = [
    {"id": "a", "context": CONTEXT, "reply": "我来跟，今天下午五点前给您回电。"},
    {"id": "b", "context": [{"speaker": "市民", "text": CONTEXT}], "reply": "您再问问街道吧。"},
    {
        "id": "c",
        "context": "",
        "reply": "Let me check: three calls and nobody took it?",
        "lang": "en",
    },
    {"id": 4, "reply": "我的电话是13812345678，您说的我记下了。"},
]


def write(path: Path, rows: list[Any]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def rows_in(tmp_path: Path) -> Path:
    return write(tmp_path / "rows.jsonl", ROWS)


def test_scores_come_in_input_order_with_everything_promised(
    cli: Cli, rows_in: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores.jsonl"
    result = cli("score", "--rubric", "listening", "--input", rows_in, "--output", out)
    assert result.code == 0, result.err
    scored = read(out)
    assert [row["id"] for row in scored] == ["a", "b", "c", 4]
    criteria = [one.id for one in library().rubrics["listening"].criteria]
    for row, given in zip(scored, ROWS, strict=True):
        assert [one["criterion"] for one in row["scores"]] == criteria
        assert row["content"] == {id: library().criterion_hashes()[id] for id in criteria}
        assert row["engine"] == {"name": "embedded", "version": row["engine"]["version"]}
        assert len(row["release"]) == 12
        for one in row["scores"]:
            if one["status"] != "scored":
                assert (one["level"], one["expected"], one["evidence"]) == (None, None, [])
                continue
            mean = sum(int(level) * share for level, share in one["probabilities"].items())
            assert one["expected"] == pytest.approx(mean, abs=1e-4)
            for evidence in one["evidence"]:
                source = mask(given["reply"]).text if evidence["in"] == "reply" else CONTEXT
                assert source[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_an_empty_context_never_yields_not_applicable(
    cli: Cli, rows_in: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores.jsonl"
    everything = ",".join(library().criteria)
    cli("score", "--criteria", everything, "--input", rows_in, "--output", out)
    for row in read(out)[2:]:
        assert all(one["status"] == "scored" for one in row["scores"])


def test_personal_data_never_reaches_the_output(cli: Cli, rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.jsonl"
    cli("score", "--rubric", "listening", "--input", rows_in, "--output", out)
    assert "13812345678" not in out.read_text(encoding="utf-8")


def test_personal_data_is_masked_wherever_a_row_holds_words() -> None:
    number = "13812345678"
    row = {
        "id": "a",
        "reply": f"我的电话是{number}。",
        "context": [{"speaker": f"张先生 {number}", "text": f"打{number}找我。"}],
        "authority": f"经办人电话{number}，可以当场受理。",
    }
    read = read_row(json.dumps(row), 1, ("reflecting",), library(), mask)
    assert isinstance(read, Row)
    said = read.task.context[0]
    texts = (read.task.reply, said.speaker, said.text, read.task.authority)
    for given in texts:
        assert given is not None
        assert "*" * 11 in given
        assert number not in given


def test_a_bad_row_becomes_an_error_row_and_the_rest_is_scored(cli: Cli, tmp_path: Path) -> None:
    rows = write(
        tmp_path / "rows.jsonl",
        [ROWS[0], "{not json", {"id": "x"}, {"id": "a", "reply": "twice"}, "[1, 2]", ROWS[1]],
    )
    out = tmp_path / "scores.jsonl"
    result = cli("score", "--rubric", "ethics", "--input", rows, "--output", out)
    assert result.code == 1
    scored = read(out)
    assert [row.get("line") for row in scored] == [None, 2, 3, 4, 5, None]
    assert [row["id"] for row in scored] == ["a", None, "x", "a", None, "b"]
    assert all(row["error"] for row in scored[1:5])


@pytest.mark.parametrize(
    "row",
    [
        '{"id": "x", "reply": "好", "n": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"id": "\\ud83d"}',
        '{"id": true, "reply": "好"}',
        '"just a text"',
    ],
)
def test_no_row_however_odd_ends_the_run(cli: Cli, tmp_path: Path, row: str) -> None:
    rows = write(tmp_path / "rows.jsonl", [row, ROWS[0]])
    out = tmp_path / "scores.jsonl"
    result = cli("score", "--rubric", "ethics", "--input", rows, "--output", out)
    assert result.code == 1
    assert "Traceback" not in result.err
    assert ["error" in one for one in read(out)] == [True, False]


def test_offsets_in_a_list_of_messages_count_in_the_joined_texts(cli: Cli, tmp_path: Path) -> None:
    messages = ["第一句。", "   ", "我等了四个月，到底什么时候有答复？"]
    context = [{"speaker": "市民", "text": text} for text in messages]
    rows = write(tmp_path / "rows.jsonl", [{"id": "1", "context": context, "reply": "好的。"}])
    out = tmp_path / "scores.jsonl"
    cli("score", "--criteria", "time_bound_reply", "--input", rows, "--output", out)
    joined = "\n".join(messages)
    evidence = [one for score in read(out)[0]["scores"] for one in score["evidence"]]
    assert any(one["in"] == "context" for one in evidence)
    for one in evidence:
        if one["in"] == "context":
            assert joined[one["start"] : one["end"]] == one["quote"]


def test_a_second_run_scores_nothing_again(cli: Cli, rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.jsonl"
    arguments = ("score", "--rubric", "ethics", "--input", rows_in, "--output", out)
    cli(*arguments)
    before = out.read_bytes()
    assert "评分 0 条，沿用 4 条" in cli(*arguments).out
    assert out.read_bytes() == before


def test_an_interrupted_run_goes_on_after_its_torn_last_line(
    cli: Cli, rows_in: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores.jsonl"
    arguments = ("score", "--rubric", "ethics", "--input", rows_in, "--output", out)
    cli(*arguments)
    whole = out.read_bytes()
    out.write_bytes(whole[: len(whole) - len(whole.splitlines()[-1]) // 2])
    assert "评分 1 条，沿用 3 条" in cli(*arguments).out
    assert out.read_bytes() == whole


def test_error_rows_are_tried_again_in_their_place(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "scores.jsonl"
    broken = write(tmp_path / "rows.jsonl", [ROWS[0], "{broken", ROWS[2]])
    arguments = ("score", "--rubric", "ethics", "--input", broken, "--output", out)
    assert cli(*arguments).code == 1
    write(broken, ROWS[:3])
    result = cli(*arguments)
    assert result.code == 0
    assert "评分 1 条，沿用 2 条" in result.out
    assert [row["id"] for row in read(out)] == ["a", "b", "c"]


def test_an_edited_reply_is_scored_anew_under_its_old_id(
    cli: Cli, rows_in: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores.jsonl"
    arguments = ("score", "--rubric", "ethics", "--input", rows_in, "--output", out)
    cli(*arguments)
    before = read(out)
    write(rows_in, [ROWS[0], {**ROWS[1], "reply": "这事我来问，明天上午回您。"}, *ROWS[2:]])
    assert "评分 1 条，沿用 3 条" in cli(*arguments).out
    after = read(out)
    assert [one["id"] for one in after] == ["a", "b", "c", 4]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True, True]


def keep_link(data: Inside, engine: EngineName, link: LinearLink) -> None:
    """Calibrate one criterion of the shipped content."""
    data.put()
    release, none = library().release, NotEstimable(Reason.TOO_FEW, 1, 40)
    figures = Figures(none, none, none)
    choice = LinkChoice(LinkKind.LINEAR, link, 40, figures, figures, none, None)
    examination = Examination(release, engine, NOON, "陈", (Fitting("honest_promise", 40, choice),))
    data.look(lambda house: house.calibrations.add(examination))


def test_rows_with_and_without_calibrated_values_never_stand_in_one_file(
    cli: Cli, rows_in: Path, tmp_path: Path
) -> None:
    out, data = tmp_path / "scores.jsonl", inside(tmp_path / "data")
    arguments = ("score", "--rubric", "ethics", "--input", rows_in, "--output", out)
    cli(*arguments)
    assert all("calibration" not in row for row in read(out))
    engine = EngineName("embedded", read(out)[0]["engine"]["version"])
    names = set()
    for shift in (-0.25, 0.25):
        keep_link(data, engine, LinearLink(1.0, shift, 0, 4))
        assert "评分 4 条，沿用 0 条" in cli(*arguments).out
        assert "评分 0 条，沿用 4 条" in cli(*arguments).out
        names |= {row["calibration"] for row in read(out)}
        linked = [one for row in read(out) for one in row["scores"] if "calibrated" in one]
        assert {one["criterion"] for one in linked} == {"honest_promise"}
    assert len(names) == 2


def test_other_criteria_are_scored_anew(cli: Cli, rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.jsonl"
    cli("score", "--rubric", "ethics", "--input", rows_in, "--output", out)
    result = cli("score", "--rubric", "listening", "--input", rows_in, "--output", out)
    assert "评分 4 条，沿用 0 条" in result.out


def test_several_processes_give_the_same_bytes_as_one(
    cli: Cli, rows_in: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    rows = write(tmp_path / "many.jsonl", [{**ROWS[0], "id": str(n)} for n in range(200)])
    base = ("score", "--rubric", "ethics", "--input", rows)
    assert cli(*base, "--output", one, "--jobs", "1").code == 0
    assert cli(*base, "--output", two, "--jobs", "2").code == 0
    assert one.read_bytes() == two.read_bytes()


def test_gates_that_need_a_card_run_only_with_one(cli: Cli, tmp_path: Path) -> None:
    reply = "我马上责令停工。"
    card = "可定：两小时内派巡查并回电。不可定：责令停工、处罚。"
    rows = write(
        tmp_path / "rows.jsonl",
        [{"id": "1", "reply": reply}, {"id": "2", "reply": reply, "authority": card}],
    )
    out = tmp_path / "scores.jsonl"
    cli("score", "--rubric", "ethics", "--input", rows, "--output", out)
    assert [[hit["gate"] for hit in row["gates"]] for row in read(out)] == [
        [],
        ["gate_false_promise"],
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--rubric", "nowhere"),
        ("--criteria", "nothing"),
        ("--rubric", "ethics", "--criteria", "honest_promise"),
        (),
        ("--rubric", "ethics", "--engine", "oracle"),
    ],
)
def test_wrong_usage_exits_with_two(
    cli: Cli, rows_in: Path, tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    out = tmp_path / "scores.jsonl"
    result = cli("score", *wrong, "--input", rows_in, "--output", out)
    assert result.code == 2
    assert "Traceback" not in result.err
    assert not out.exists()


def test_a_missing_input_file_is_wrong_usage(cli: Cli, tmp_path: Path) -> None:
    result = cli("score", "--rubric", "ethics", "--input", "no.jsonl", "--output", "o.jsonl")
    assert result.code == 2
