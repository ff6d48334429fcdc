"""One criterion from a blank file to published and calibrated, by the commands of the guide."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.content.builders import write_content
from tests.shipped import CACHE

pytestmark = pytest.mark.slow

GUIDES = Path(__file__).parent.parent.parent / "docs"
GUIDE = (GUIDES / "writing-rubrics.zh-CN.md").read_text(encoding="utf-8")
ID = "what_is_missing"
FILE = Path("my-content/rubrics/public_service", f"{ID}.yaml")
WITHIN = 60.0
"""Seconds that a command may take on a busy machine."""
RELEASE = "986a01"
"""How the guide's own release begins."""
FLOOR = "floor: {kappa: 0.6, min_cases: 60, graders: 2}\n"

ANCHORS = (
    "不说缺什么，反过来怪对方，或者把人打发走。",
    "只说不齐、不合要求，没有说出缺的是哪一样。",
    "说出了缺的一样，没有说是不是只缺这些。",
    "一次说全缺哪几样，并且说明补齐这些就够。",
    "一次说全缺哪几样，还说清每样到哪里补、怎么补，能先办的先办。",
)
LINES = (
    "我材料都交了，怎么又退回来了？",
    "网上说没有通过，到底还缺什么？",
    "我都来三回了，这次材料总该够了吧？",
    "窗口说我材料不行，您看看还差什么。",
    "请问办这个还缺哪些材料？",
    "我请了半天假来的，别让我再跑一趟。",
    "上回说齐了，今天怎么又说材料不够？",
    "您看看这些材料，带齐了没有？",
    "老人腿脚不好，不想让她白跑一趟。",
    "为什么退回来也不写缺什么？",
    "我明天出差，材料今天能交上吗？",
    "孩子上学等着用，材料还差哪样？",
)
REPLIES = (
    (0, "{0}，您怎么总是带不齐。"),
    (1, "{0}，材料不齐，办不了。"),
    (2, "{0}，还缺{1}。"),
    (3, "{0}，只缺{1}，别的都齐了。"),
    (4, "{0}，只差{1}，旁边自助机能印，其余我先收下。"),
)
NAMES = tuple(f"{name}{title}" for title in ("先生", "女士") for name in "王李张赵陈刘")
ITEMS = ("租房合同", "收入证明", "户口本复印件", "两张照片")
POLITE = ("{}", "您好，{}感谢您的理解。", "您好，辛苦了。{}谢谢您的配合，祝您一切顺利。")
"""Courtesies stand in replies of every level: they are no mark of any."""
TRUE = {
    POLITE[at % 3].format(text.format(NAMES[at], ITEMS[at % 4])): level
    for at in range(12)
    for level, text in REPLIES
}
"""Every reply that the author collects, with the level that the author gives it."""


def commands_of(guide: str) -> list[str]:
    """What a guide's walk has its readers type."""
    return re.findall(r"^\$ (commcoach .+)$", guide, flags=re.MULTILINE)


def finished() -> str:
    """The criterion as the guide has it written."""
    found = re.search(r"```yaml\n(# yaml-language-server.*?)```", GUIDE, flags=re.DOTALL)
    assert found is not None
    return found[1]


@dataclass
class Author:
    """Somebody who types the commands of the guide, each into a process of its own."""

    home: Path
    left: list[str] = field(default_factory=lambda: commands_of(GUIDE))

    def environment(self) -> dict[str, str]:
        """Nothing of this machine's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        own = {"HOME": str(self.home), "COMMCOACH_DATA_DIR": str(self.home / "data")}
        return {**kept, **own, "COMMCOACH_CACHE_DIR": str(CACHE), "COLUMNS": "88"}

    def words(self, line: str, at: str) -> list[str]:
        """The command's words, with another release in place of the guide's."""
        return [sys.executable, "-m", "commcoach", *shlex.split(line.replace(RELEASE, at))[1:]]

    def types(self, begins: str, *, code: int = 0, at: str = RELEASE) -> str:
        """Type the guide's next command, which begins so; what is seen."""
        line = self.left.pop(0)
        assert line.startswith(f"commcoach {begins}"), line
        return self.again(line, code=code, at=at)

    def again(self, line: str, *, code: int = 0, at: str = RELEASE) -> str:
        """Type a line; what is seen."""
        done = subprocess.run(
            self.words(line, at),
            cwd=self.home,
            env=self.environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=WITHIN,
            check=False,
        )
        assert done.returncode == code, (
            f"{line}\nexit {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout + done.stderr

    def watches(self, begins: str, change: Callable[[], object]) -> str:
        """Type the next command, change a file once it waits, and stop it by Ctrl-C."""
        line = self.left.pop(0)
        assert line.startswith(f"commcoach {begins}"), line
        seen = ""
        with subprocess.Popen(
            self.words(line, RELEASE),
            cwd=self.home,
            env={**self.environment(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as process:
            assert process.stdout is not None
            late = threading.Timer(WITHIN, process.kill)
            late.start()
            waited = 0
            for row in process.stdout:
                seen += row
                if "Ctrl-C" in row:
                    waited += 1
                    if waited == 1:
                        change()
                    else:
                        process.send_signal(signal.SIGINT)
            late.cancel()
        return seen

    def edits(self, before: str, after: str) -> None:
        """Put other words into the criterion's file."""
        text = (self.home / FILE).read_text(encoding="utf-8")
        assert before in text, before
        (self.home / FILE).write_text(text.replace(before, after), encoding="utf-8")

    def fills(self, name: str, fill: Callable[[Any], object]) -> None:
        """Fill in the first sheet of a workbook and save it."""
        book = load_workbook(self.home / name)
        fill(book.worksheets[0])
        book.save(self.home / name)


def starts_small(home: Path) -> None:
    """Little content in place of the copy: what is tried is the way, not the shipped criteria."""
    module = home / FILE.parent / "rubric.yaml"
    text = module.read_text(encoding="utf-8")
    for kind in ("rubrics", "scenarios"):
        root = home / "my-content" / kind
        for place in sorted(root.rglob("*"), reverse=True):
            place.rmdir() if place.is_dir() else place.unlink()
    write_content(home / "my-content")
    write_content(home / "before")
    module.parent.mkdir(parents=True)
    module.write_text(text, encoding="utf-8")


def sorts(mixed: dict[int, int]) -> Callable[[Any], None]:
    """A colleague who puts every anchor at its level, but for those that are mixed up."""

    def fill(sheet: Any) -> None:
        for row in sheet.iter_rows():
            if row[1].value in ANCHORS:
                level = ANCHORS.index(row[1].value)
                row[0].value = mixed.get(level, level)

    return fill


def writes_replies(sheet: Any) -> None:
    """The author's own replies in place of those that were exported."""
    sheet.delete_rows(2, sheet.max_row)
    for at, (reply, level) in enumerate(TRUE.items()):
        sheet.cell(at + 2, 1).value = f"missing-{at + 1:02}"
        sheet.cell(at + 2, 4).value = LINES[at // len(REPLIES)]
        sheet.cell(at + 2, 5).value = reply
        sheet.cell(at + 2, 6).value = level


def grades(stricter: int) -> Callable[[Any], None]:
    """A grader who agrees with the author; in every fifth row one level below, if stricter."""

    def fill(sheet: Any) -> None:
        for row in range(2, sheet.max_row + 1):
            level = TRUE[sheet.cell(row, 3).value]
            below = stricter * (int(str(sheet.cell(row, 1).value)[1:]) % 5 == 0)
            sheet.cell(row, 4).value = max(0, level - below)

    return fill


def human_grades(home: Path) -> dict[str, int]:
    """How many replies each person has graded, by the case files."""
    found: dict[str, int] = {}
    for place in (home / "my-content/rubrics/cases").glob("*.jsonl"):
        for line in filter(None, place.read_text(encoding="utf-8").splitlines()):
            for grade in json.loads(line).get("grades", ()):
                if grade["kind"] == "human" and ID in grade["levels"]:
                    found[grade["by"]] = found.get(grade["by"], 0) + 1
    return found


def writes_it(author: Author) -> None:
    """From a copy of the content to a file without problems, looked at on paper."""
    home = author.home
    author.types("content init my-content")
    starts_small(home)
    author.types("rubric show")
    assert f"已新建 {FILE}" in author.types("rubric new public_service/what_is_missing")
    assert "zh 和 en：各 " in author.again(f"commcoach rubric check {FILE}", code=1)
    (home / FILE).write_text(finished(), encoding="utf-8")
    assert "没有发现问题" in author.types("rubric check")
    assert ANCHORS[4] in author.types("rubric show what_is_missing")
    author.types("rubric show what_is_missing --content my-content --html pages")
    assert ANCHORS[4] in (home / "pages" / f"{ID}.html").read_text(encoding="utf-8")


def has_it_sorted(author: Author) -> None:
    """Three colleagues sort the anchors back, two of them with a mistake."""
    author.types("rubric sort what_is_missing --sheet sort-lilei.xlsx")
    blank = (author.home / "sort-lilei.xlsx").read_bytes()
    for name, mixed in (("lilei", {}), ("hanmei", {3: 4, 4: 3}), ("wangfang", {1: 2})):
        (author.home / f"sort-{name}.xlsx").write_bytes(blank)
        author.fills(f"sort-{name}.xlsx", sorts(mixed))
    seen = author.types("rubric sort what_is_missing --result")
    assert "（12/15，95 % 区间 55–93 %）" in seen
    assert "1 级和 2 级分不清" in seen


def tries_it(author: Author) -> None:
    """One reply at once, and another anew when the file is saved."""
    assert "3/4 胜任" in author.types("rubric try what_is_missing")
    seen = author.watches(
        "rubric try what_is_missing", lambda: author.edits('"别的都齐"', '"别的都齐", "就齐了"')
    )
    assert "重新评过" in seen


def has_it_graded(author: Author) -> None:
    """The author's own replies and levels, then two graders who see neither."""
    author.types("cases export replies.xlsx")
    author.fills("replies.xlsx", writes_replies)
    assert "收下 张敏 的 60 个等级" in author.types("cases import replies.xlsx")
    assert "全部未校准" in author.types("rubric test what_is_missing")
    author.types("calibration draw")
    author.fills(f"drawn/{ID}-王芳.xlsx", grades(0))
    author.fills(f"drawn/{ID}-李雷.xlsx", grades(1))
    report = author.types("calibration report")
    assert "人与人" in report
    assert "机器与人" in report
    assert human_grades(author.home) == {"张敏": 60, "王芳": 60, "李雷": 60}


def publishes_it(author: Author) -> str:
    """Refused with every reason first, then in force; the release."""
    # The shipped criteria are not in the small content: what was there before stands for them.
    seen = author.again(author.left.pop(0).replace("shipped", "before"))
    assert "新增标准 1 处" in seen
    author.edits("\nfeedback:", f"\n{FLOOR.replace('0.6', '0.999')}feedback:")
    author.edits("expect: 3", "expect: 0")
    # Nor are they in the folder, and nobody takes away unasked what is in force.
    assert "--remove" in author.again(author.left[1], code=1)
    refused = author.again(f"{author.left[1]} --remove", code=1)
    assert "没有发布，原因有 2 个" in refused
    assert "没有达到门槛" in refused
    assert "第 1 个自测应为 0 级" in refused
    author.edits("kappa: 0.999", "kappa: 0.6")
    author.edits("expect: 0", "expect: 3")
    looked = author.again(f"{author.left.pop(0)} --remove")
    assert "没有发布。去掉 --dry-run" in looked
    published = author.again(f"{author.left.pop(0)} --remove")
    assert "已校准 1 项：一次说清还缺什么（多人盲评过 60 条" in published
    found = re.search(r"已发布版本 ([0-9a-f]{12})", published)
    assert found is not None
    return found[1]


def test_a_criterion_goes_from_an_idea_to_published_and_calibrated(tmp_path: Path) -> None:
    author = Author(tmp_path)
    writes_it(author)
    has_it_sorted(author)
    tries_it(author)
    has_it_graded(author)
    release = publishes_it(author)
    assert f"{release}  " in author.types("rubric history")
    author.edits("version: 1", "version: 2")
    author.again("commcoach rubric publish --by 李雷 --content my-content")
    assert f"已退回到版本 {release}" in author.types("rubric rollback", at=release[:6])
    calibrated = author.types("rubric calibrate")
    assert "一次说清还缺什么：60 条人工盲评过的案例" in calibrated
    assert f"校准的是正在使用的版本 {release}" in calibrated
    assert "已校准 1 项" in calibrated
    assert "不用刻度换算 1 项" in calibrated
    assert author.left == []


def test_the_english_guide_has_the_same_commands() -> None:
    english = commands_of((GUIDES / "writing-rubrics.md").read_text(encoding="utf-8"))
    texts = re.compile("[^\x00-\x7f]+")
    assert [texts.sub("…", line) for line in english] == [
        texts.sub("…", line) for line in commands_of(GUIDE)
    ]
