"""What a command says that takes long: at a terminal, before a pipe, and interrupted."""

from __future__ import annotations

import queue
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from commcoach import bootstrap
from commcoach.cli import long_commands
from commcoach.cli.context import Context
from commcoach.cli.long_commands import HowFar, how_far, told_if_interrupted
from commcoach.cli.terminal import Terminal
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from commcoach.settings import Settings
from tests.cli.conftest import Cli
from tests.cli.small_content import small_content

WORDS = Wording(Language.ZH)


@pytest.fixture
def about() -> Context:
    return Context(Settings(_env_file=None), WORDS, Terminal(WORDS))


def test_before_a_pipe_a_line_now_and_then_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(long_commands, "TELL_EVERY", 0.01)
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(write=said.put, flush=lambda: None))
    shown = HowFar(WORDS)
    try:
        assert said.get(timeout=10) == "正在准备，已用 0 秒。\n"
        shown.begin(20)
        line = "正在学习评过级的案例，随后评分（共 20 次），已用"
        assert any(said.get(timeout=10).startswith(line) for _ in range(1000))
        shown.advance(3)
        assert any(said.get(timeout=10).startswith("正在评分：3/20，已用") for _ in range(1000))
    finally:
        shown.end()
    assert capsys.readouterr().out == ""


def test_at_a_terminal_the_bar_says_that_it_learns_before_it_scores(
    about: Context, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, as far as can be told from outside
    monkeypatch.setenv("COLUMNS", "80")
    with how_far(about, 4260):
        pass
    shown = capsys.readouterr().err
    assert "正在学习评过级的案例" in shown
    assert "0:00:00" in shown  # the time goes on while nothing is scored yet
    with how_far(about, 4260) as far:
        far.advance(12)
    shown = capsys.readouterr().err
    assert "正在评分" in shown
    assert "12/4260" in shown


def test_who_interrupts_hears_what_became_of_it(
    about: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as left, told_if_interrupted(about, "calibration.interrupted"):
        raise KeyboardInterrupt
    assert left.value.exit_code == 130
    assert capsys.readouterr().out == "已中断，没有写出评分表和对照文件。\n"


def own(folder: Path) -> None:
    """Content that every command takes."""
    small_content(folder)
    (folder / "scenarios").mkdir()


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("deed", "command", "said"),
    [
        ("publish_content", "rubric publish --by 张敏", "已中断，没有留下做了一半的发布或校准"),
        ("to_calibrate", "rubric calibrate", "已中断，没有留下做了一半的发布或校准"),
        (
            "draw_for_graders",
            "calibration draw --criterion open_question --output drawn",
            "已中断，没有写出评分表和对照文件。",
        ),
        ("try_embedded", "rubric test", "已中断。"),
        ("open_version", "rubric try open_question --reply 好 --watch", "已中断，不再等待保存。"),
        (
            "score_batch",
            "score --criteria open_question --input in.jsonl --output out.jsonl",
            "已中断，评好的都已保存。",
        ),
    ],
)
def test_every_command_that_takes_long_says_that_it_was_interrupted(
    deed: str, command: str, said: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(tmp_path / "mine")
    (tmp_path / "in.jsonl").write_text('{"id": "a", "reply": "好"}\n', encoding="utf-8")
    monkeypatch.setattr(bootstrap, deed, interrupted)
    result = cli(*command.split(), COMMCOACH_CONTENT=str(tmp_path / "mine"))
    assert result.code == (0 if "--watch" in command else 130), result.err
    assert said in result.out + result.err


@pytest.mark.parametrize(
    ("deed", "command"),
    [("publish_content", "rubric publish --by 张敏"), ("try_embedded", "rubric test")],
)
def test_whoever_leaves_out_their_own_folder_hears_of_it_before_the_long_work(
    deed: str, command: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(tmp_path / "my-content")
    monkeypatch.setattr(bootstrap, deed, interrupted)
    assert "要用它，请加上 --content my-content" in cli(*command.split()).out
    named = cli(*command.split(), "--content", "my-content")
    assert named.code == 130, named.err
    assert "请加上" not in named.out
