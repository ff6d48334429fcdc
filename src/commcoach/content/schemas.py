"""JSON Schemas of the content files, for completion and checks in editors.

`python -m commcoach.content.schemas` writes them into the checkout, `--check` only compares.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from commcoach.content.locating import CHECKOUT
from commcoach.content.shapes.attack import AttackShape
from commcoach.content.shapes.case import CaseShape
from commcoach.content.shapes.rubric import CriterionShape, GateShape, RubricShape
from commcoach.content.shapes.scenario import MovesShape, ScenarioShape

SHAPES: Mapping[str, type[BaseModel]] = {
    "rubrics/attacks/attack.schema.json": AttackShape,
    "rubrics/cases/case.schema.json": CaseShape,
    "rubrics/criterion.schema.json": CriterionShape,
    "rubrics/gates/gate.schema.json": GateShape,
    "rubrics/rubric.schema.json": RubricShape,
    "scenarios/moves.schema.json": MovesShape,
    "scenarios/scenario.schema.json": ScenarioShape,
}
"""Where each schema lies in a content folder, and what it describes."""

_ONE_OF = {
    "KeyShape": ("move", "tension_at_most", "any_of", "all_of"),
    "JudgeShape": ("fact", "tension_at_most", "checklist"),
}
"""Shapes whose validators want exactly one of these keys, which pydantic cannot export."""


class _Generator(GenerateJsonSchema):
    """Pydantic's generator; a title for every shape and none that merely repeats a key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file."""
    schema = shape.model_json_schema(schema_generator=_Generator)
    definitions = schema.pop("$defs", {})
    _finish(shape.__name__, schema)
    for name, definition in definitions.items():
        _finish(name, definition)
    made = {"$schema": GenerateJsonSchema.schema_dialect, **schema}
    return {**made, "$defs": definitions} if definitions else made


def _finish(name: str, schema: dict[str, Any]) -> None:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", name.removesuffix("Shape"))
    schema["title"] = words.capitalize()
    for value in schema.get("properties", {}).values():
        for branch in (value, *value.get("anyOf", [])):
            if "patternProperties" in branch:
                branch["additionalProperties"] = False
    if name in _ONE_OF:
        schema["oneOf"] = [{"required": [key]} for key in _ONE_OF[name]]


def schema_files() -> dict[str, str]:
    """The text of every schema by its place in a content folder."""
    return {
        place: json.dumps(schema_of(shape), ensure_ascii=False, indent=2) + "\n"
        for place, shape in SHAPES.items()
    }


def stale_files(root: Path) -> list[Path]:
    """The schemas in a content folder that are missing or no longer say what the shapes say."""
    return [
        root / place
        for place, text in schema_files().items()
        if not (root / place).is_file() or (root / place).read_bytes() != text.encode()
    ]


def write_files(root: Path) -> list[Path]:
    """Write what is stale into a content folder; returns the files written."""
    texts = {root / place: text for place, text in schema_files().items()}
    stale = stale_files(root)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(texts[path].encode())
    return stale


def main(arguments: Sequence[str] | None = None, root: Path = CHECKOUT) -> int:
    """The command; exit code 1 if `--check` finds a stale schema."""
    parser = argparse.ArgumentParser(prog="commcoach.content.schemas", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    if not (root / "rubrics").is_dir():
        parser.error(f"{root} is not a checkout")
    stale = stale_files(root) if check else write_files(root)
    for path in stale:
        sys.stdout.write(f"{'stale' if check else 'written'}: {path}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
