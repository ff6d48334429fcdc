"""Content whose cases have been graded by people, as far as a test needs it."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

from commcoach.content.locating import CHECKOUT


def copied_content(folder: Path) -> Path:
    """The shipped content in a folder of its own."""
    for part in ("rubrics", "scenarios"):
        shutil.copytree(CHECKOUT / part, folder / part)
    return folder


def grade_by_people(root: Path, criterion: str, number: int, graders: int = 1) -> None:
    """So many cases are graded blind by so many people, who are a little stricter."""
    chance = random.Random(7)
    left = number
    for path in sorted((root / "rubrics" / "cases").glob("*.jsonl")):
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            level = case["grades"][0]["levels"].get(criterion)
            if level is not None and left:
                left -= 1
                for grader in range(graders):
                    given = max(0, min(4, level - chance.choice([0, 0, 1])))
                    grade = {"by": f"g{grader}", "kind": "human", "levels": {criterion: given}}
                    grade["blind"] = {criterion: 1}
                    case["grades"].append(grade)
            lines.append(json.dumps(case, ensure_ascii=False))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert not left, f"only {number - left} cases have a level on {criterion}"


def change_text(root: Path, file: str, old: str, new: str) -> None:
    """Other words in a content file."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
