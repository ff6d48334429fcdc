"""A throw-away content folder with one criterion, and the real command run on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from floors import Predicted
from public_tasks import Row, Task
from ruamel.yaml import YAML

MODULE = "public_set"


def score_with_command(
    task: Task,
    train: Sequence[Row],
    test: Sequence[Row],
    folder: Path,
    embeddings: tuple[str, Path] | None = None,
) -> Predicted:
    """What `commcoach score` says about the test rows with the train rows as its graded cases.

    `embeddings` are the provider, and a folder where vectors are kept for the next time.
    """
    content = folder / "content"
    write_content(task, train, content)
    replies, scores = folder / "replies.jsonl", folder / "scores.jsonl"
    write_lines(replies, ({**_asked(task, row), "id": row.id} for row in test))
    options = ["--rubric", MODULE, "--content", content, "--input", replies, "--output", scores]
    more: dict[str, str] = {}
    if embeddings is not None:
        more["COMMCOACH_EMBEDDINGS_PROVIDER"], kept = embeddings
        (folder / "cache").mkdir()
        (folder / "cache" / "embeddings").symlink_to(kept.resolve(), target_is_directory=True)
    run_command(["score", *map(str, options)], folder, more)
    by_id = {row["id"]: row["scores"][0] for row in read_lines(scores)}
    return Predicted(
        *(
            np.array([_number(by_id[row.id][key]) for row in test], dtype=float)
            for key in ("level", "expected")
        )
    )


def write_content(task: Task, cases: Iterable[Row], content: Path) -> None:
    """`rubrics/` with a module, its criterion and the graded cases."""
    language = task.wording.language
    module = content / "rubrics" / MODULE
    module.mkdir(parents=True)
    title = {language: task.wording.title}
    _write_yaml(module / "rubric.yaml", {"id": MODULE, "title": title, "purpose": title})
    criterion = {
        "id": task.wording.id,
        "languages": [language],
        "title": title,
        "levels": [
            {"level": level, "anchor": {language: anchor}}
            for level, anchor in enumerate(task.wording.anchors)
        ],
    }
    _write_yaml(module / f"{task.wording.id}.yaml", criterion)
    folder = content / "rubrics" / "cases"
    folder.mkdir()
    write_lines(folder / "graded.jsonl", (_graded(task, row) for row in cases))


def _asked(task: Task, row: Row) -> dict[str, Any]:
    return {"context": row.context, "reply": row.reply, "lang": task.wording.language}


def _graded(task: Task, row: Row) -> dict[str, Any]:
    grades = [
        {"by": f"rater {number}", "kind": "human", "levels": {task.wording.id: grade}}
        for number, grade in enumerate(row.grades, start=1)
    ]
    return {**_asked(task, row), "id": row.id, "grades": grades}


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _write_yaml(path: Path, data: Mapping[str, Any]) -> None:
    yaml = YAML()
    yaml.allow_unicode = True
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(data, file)


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """JSON Lines."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a file in JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def run_command(
    arguments: Sequence[str], home: Path, more: Mapping[str, str] | None = None
) -> None:
    """Run `commcoach` as a user would who has never run it; what it says is shown if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "commcoach", *arguments],
        env=fresh_environment(home) | dict(more or {}),
        cwd=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"commcoach {arguments[0]} failed:\n{done.stdout}{done.stderr}")


def fresh_environment(home: Path) -> dict[str, str]:
    """This environment with home, cache and data folders of its own and no settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COMMCOACH_", "XDG_"))
    }
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "COMMCOACH_LANG": "en",
        "COMMCOACH_CACHE_DIR": str(home / "cache"),
        "COMMCOACH_DATA_DIR": str(home / "data"),
        "PYTHONIOENCODING": "utf-8",
    }
