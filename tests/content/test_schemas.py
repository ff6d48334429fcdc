from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from ruamel.yaml import YAML

from commcoach.content.checks import Checked
from commcoach.content.locating import CHECKOUT
from commcoach.content.prompts import SUFFIX
from commcoach.content.reading import content_files
from commcoach.content.schemas import SHAPES, main, schema_files, stale_files, write_files
from tests.content.builders import TEXTS, text_of
from tests.content.mistake_catalogue import IN_SHAPES
from tests.content.mistakes import Mistake
from tests.content.shipped import files

# One process reads the content for all of them.
pytestmark = pytest.mark.xdist_group("shipped_content")

FILES = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for path in content_files(CHECKOUT)
    if path.suffix != SUFFIX
)


def schema_for(file: str) -> str:
    """Which schema describes a content file."""
    folder, name = Path(file).parent.as_posix(), Path(file).name
    if folder == "rubrics/attacks":
        return "rubrics/attacks/attack.schema.json"
    if folder == "rubrics/cases":
        return "rubrics/cases/case.schema.json"
    if folder == "rubrics/gates":
        return "rubrics/gates/gate.schema.json"
    if folder == "scenarios":
        return f"scenarios/{'moves' if name == 'moves.yaml' else 'scenario'}.schema.json"
    return f"rubrics/{'rubric' if name == 'rubric.yaml' else 'criterion'}.schema.json"


@lru_cache
def validator(schema: str) -> Any:
    return Draft202012Validator(json.loads(schema_files()[schema]))


def documents(file: str, text: str) -> list[Any]:
    """What stands in a file: one document, or one a line."""
    if file.endswith(".jsonl"):
        return [json.loads(row) for row in text.split("\n") if row.strip()]
    return [YAML(typ="safe", pure=True).load(text)]


def shipped_documents(file: str) -> list[Any]:
    """What stands in a shipped file."""
    if file.endswith(".jsonl"):
        return documents(file, (CHECKOUT / file).read_text(encoding="utf-8"))
    read = files()
    checked: list[Checked[Any]] = [*read.rubrics.values(), *read.gates, *read.scenarios]
    checked += [one for _, one in read.criteria]
    checked += [read.moves] if read.moves is not None else []
    return [one.source.data for one in checked if one.source.name == file]


def errors_in(file: str, documents: list[Any]) -> list[str]:
    """What the schema has against the documents of a file."""
    return [
        f"{error.json_path}: {error.message[:200]}"
        for document in documents
        for error in validator(schema_for(file)).iter_errors(document)
    ]


def test_the_committed_schemas_are_fresh() -> None:
    assert stale_files(CHECKOUT) == [], "run: python -m commcoach.content.schemas"


@pytest.mark.parametrize("schema", SHAPES)
def test_a_schema_is_valid_closed_and_described(schema: str) -> None:
    made = json.loads(schema_files()[schema])
    Draft202012Validator.check_schema(made)
    for shape in (made, *made.get("$defs", {}).values()):
        assert shape["additionalProperties"] is False
        assert shape["title"]
        assert "Shape" not in shape["title"]
        assert len(shape["description"]) > 15


def test_schemas_come_out_the_same_every_time() -> None:
    assert schema_files() == schema_files()
    assert all(text.endswith("}\n") and "\r" not in text for text in schema_files().values())


@pytest.mark.parametrize("file", FILES)
def test_a_shipped_file_fits_its_schema(file: str) -> None:
    found = shipped_documents(file)
    assert found
    assert errors_in(file, found) == []


@pytest.mark.parametrize("file", sorted(TEXTS))
def test_the_right_files_of_the_tests_fit_their_schemas(file: str) -> None:
    assert errors_in(file, documents(file, text_of(file))) == []


def is_marked(file: str) -> bool:
    """Whether the file must name its schema; gates and moves may do without."""
    if file.endswith(".yaml"):
        text = (CHECKOUT / file).read_text(encoding="utf-8")
        may_do_without = file.startswith("rubrics/gates/") or file == "scenarios/moves.yaml"
        return text.startswith("# yaml-language-server") or not may_do_without
    return False


def is_seen_by_editors(mistake: Mistake) -> bool:
    """Whether a schema can express it; blank texts, for example, only the loader sees."""
    beyond = {"misfit", "topic_without_move", "empty_key"}
    return mistake.code not in beyond and not str(mistake.new).endswith(('"  "', "[]}"))


@pytest.mark.parametrize(
    "mistake",
    [one for one in IN_SHAPES if is_seen_by_editors(one)],
    ids=lambda mistake: mistake.code,
)
def test_an_editor_sees_what_the_loader_refuses(mistake: Mistake, tmp_path: Path) -> None:
    problem = mistake.make(tmp_path)
    text = (tmp_path / problem.path).read_text(encoding="utf-8")
    assert errors_in(problem.path, documents(problem.path, text))


@pytest.mark.parametrize("file", [file for file in FILES if is_marked(file)])
def test_the_first_line_of_an_authored_file_tells_editors_its_schema(file: str) -> None:
    first, _, _ = (CHECKOUT / file).read_text(encoding="utf-8").partition("\n")
    mark, _, named = first.partition("$schema=")
    assert mark == "# yaml-language-server: "
    found = (CHECKOUT / file).parent.joinpath(named).resolve()
    assert found == (CHECKOUT / schema_for(file)).resolve()


def test_what_is_stale_is_found_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rubrics").mkdir()
    assert main(["--check"], tmp_path) == 1
    assert len(stale_files(tmp_path)) == len(SHAPES)
    assert main([], tmp_path) == 0
    assert capsys.readouterr().out.count("written: ") == len(SHAPES)
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "scenarios/moves.schema.json").write_text("{}")
    assert main(["--check"], tmp_path) == 1
    assert write_files(tmp_path) == [tmp_path / "scenarios/moves.schema.json"]


def test_outside_a_checkout_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([], tmp_path)
    assert list(tmp_path.iterdir()) == []
