"""The graded cases of an own content folder, as they stand in its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commcoach.swapped_files import LOCK


def cases(own: Path) -> dict[str, dict[str, Any]]:
    places = sorted((own / "rubrics" / "cases").glob("*.jsonl"))
    lines = [line for place in places for line in place.read_text("utf-8").splitlines()]
    return {row["id"]: row for row in map(json.loads, lines)}


def snapshot(own: Path) -> dict[str, bytes]:
    places = (own / "rubrics" / "cases").iterdir()
    return {one.name: one.read_bytes() for one in places if one.name != LOCK}
