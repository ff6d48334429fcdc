"""What a command shows at a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from commcoach.cli.terminal import Terminal
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "40")
    return Terminal(Wording(Language.ZH))


def test_a_title_stands_in_the_frame(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.panel("旧 → 新", "改动 1 处")
    assert capsys.readouterr().out.splitlines()[0].startswith("╭─ 旧 → 新 ─")


def test_a_title_too_long_for_its_frame_is_shown_whole_above_it(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "/folder/of/last/year/content → /folder/of/this/year/content"
    terminal.panel(title, "改动 1 处")
    shown = capsys.readouterr().out
    assert "".join(shown.split("╭")[0].split()) == title.replace(" ", "")
    assert max(map(cell_len, shown.splitlines())) <= 40
