"""Runs of `commcoach score --engine model` on a few rows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.batch.model_house import environment
from tests.cli.conftest import Cli, Result
from tests.model_api.server import FakeModelServer

CONTEXT = "我打了三次电话了，你们到底谁管？"
REPLIES = ("我来跟，今天下午五点前给您回电。", "您说的三次电话我记下了，换谁都着急。")
ENGLISH = "I hear three calls and nobody took it; I will call you back by five today."


def make_rows(path: Path, number: int = 12) -> Path:
    rows: list[dict[str, Any]] = [
        {"id": n, "context": CONTEXT, "reply": f"{REPLIES[n % 2]}编号是{n}。"}
        for n in range(number)
    ]
    rows[1] = {"id": 1, "reply": ENGLISH, "lang": "en", "authority": "May call back today."}
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    return path


class Score:
    """`commcoach score` on the same rows, with either engine."""

    def __init__(self, cli: Cli, rows_in: Path, api: FakeModelServer | None) -> None:
        self._cli = cli
        self._rows_in = rows_in
        self._environment = environment(api) if api is not None else {}

    def __call__(self, out: Path, *more: object, **settings: str) -> Result:
        given = arguments(self._rows_in, out, *more)
        return self._cli(*given, **(self._environment | settings))


def arguments(rows_in: Path, out: Path, *more: object) -> tuple[object, ...]:
    asked = more if "--engine" in more else ("--engine", "model", *more)
    return ("score", "--rubric", "listening", "--input", rows_in, "--output", out, *asked)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def numbers(text: str) -> list[int]:
    return [int(one.replace(",", "")) for one in re.findall(r"[\d,]*\d", text)]
