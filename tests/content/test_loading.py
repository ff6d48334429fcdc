from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commcoach.content import loading
from commcoach.content.loading import find_problems, load_library
from commcoach.domain.problems import ContentMissing, ContentRefused
from commcoach.presentation.problems import CODES
from tests.content.builders import (
    ATTACKS,
    CASES,
    CRITERION,
    GATE,
    MOVES,
    RUBRIC,
    SCENARIO,
    text_of,
    write,
    write_content,
    write_rubrics,
    write_scenarios,
)
from tests.content.mistake_catalogue import MISTAKES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A whole content folder."""
    return write_content(tmp_path / "content")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder that does not exist yet."""
    return tmp_path / "cache" / "content"


@pytest.fixture
def no_parsing() -> Iterator[pytest.MonkeyPatch]:
    """Make it fail, on demand, to read the content files themselves."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def forbid_parsing(patch: pytest.MonkeyPatch) -> None:
    def read_files(root: Path) -> None:
        raise AssertionError(f"{root} was parsed again")

    patch.setattr(loading, "read_files", read_files)


def test_every_kind_of_mistake_is_made_in_these_tests() -> None:
    assert {mistake.code for mistake in MISTAKES} == CODES


def test_right_content_becomes_a_library(root: Path) -> None:
    library = load_library(root)
    assert list(library.rubrics) == ["listening"]
    assert sorted(library.criteria) == ["asks_openly", "checks_back", "names_feeling"]
    assert list(library.gates) == ["gate_insult"]
    assert [move.id for move in library.moves] == ["ask_openly", "blame"]
    assert list(library.scenarios) == ["late_reply"]
    assert [case.id for case in library.cases] == ["one", "two"]
    assert [attack.id for attack in library.attacks] == ["one"]


def test_all_problems_of_all_files_are_told_at_once(root: Path) -> None:
    for file, old, new in (
        (RUBRIC, "purpose:", "porpoise:"),
        (CRITERION, '"对吗"', "对吗,对吧"),
        (GATE, "cap: 1", "cap: 9"),
        (CASES, '"one", ', '"one" '),
        (MOVES, "delta: 1", "delta: 9"),
        (SCENARIO, "fact: night_work", "fact: day_work"),
    ):
        write(root, file, text_of(file).replace(old, new))
    with pytest.raises(ContentRefused) as refused:
        load_library(root)
    found = {(one.path, one.code) for one in refused.value.problems}
    assert found == {
        (RUBRIC, "unknown_key_near"),
        (CRITERION, "comma"),
        (GATE, "out_of_range"),
        (CASES, "not_json"),
        (MOVES, "out_of_range"),
        (SCENARIO, "unknown_fact"),
    }
    assert len(found) == len(refused.value.problems)


def test_problems_stand_in_the_order_of_files_and_lines(root: Path) -> None:
    write(root, SCENARIO, text_of(SCENARIO).replace('"Calm 2."', '"Calm 1."').replace("S01", "1"))
    write(root, GATE, "")
    places = [(one.path, one.line, one.column) for one in find_problems(root)]
    assert places == sorted(places)
    assert len(places) == 2


@pytest.mark.parametrize("missing", ["rubrics", "scenarios"])
def test_a_folder_that_the_command_needs_must_be_there(missing: str, tmp_path: Path) -> None:
    (write_scenarios if missing == "rubrics" else write_rubrics)(tmp_path)
    with pytest.raises(ContentMissing) as refused:
        load_library(tmp_path)
    assert (refused.value.root, refused.value.folder) == (tmp_path, missing)


def test_a_folder_that_the_command_does_not_need_may_be_missing(tmp_path: Path) -> None:
    write_rubrics(tmp_path / "one")
    write_scenarios(tmp_path / "two")
    assert load_library(tmp_path / "one", ["rubrics"]).scenarios == {}
    assert load_library(tmp_path / "two", ["scenarios"]).criteria == {}


def test_the_second_load_comes_from_the_cache_and_equals_the_first(
    root: Path, cache: Path, no_parsing: pytest.MonkeyPatch
) -> None:
    first = load_library(root, cache=cache)
    forbid_parsing(no_parsing)
    second = load_library(root, cache=cache)
    assert second == first
    assert second.release == first.release


@pytest.mark.parametrize("file", [RUBRIC, CRITERION, GATE, CASES, ATTACKS, MOVES, SCENARIO])
def test_a_changed_file_is_seen(file: str, root: Path, cache: Path) -> None:
    before = load_library(root, cache=cache)
    rows = ("Why?", "How?")
    changed = {CASES: rows, ATTACKS: rows, SCENARIO: ("Calm 1.", "Calmly.")}
    old, new = changed.get(file, ('zh: "', 'zh: "新'))
    write(root, file, text_of(file).replace(old, new))
    after = load_library(root, cache=cache)
    assert after != before
    assert after == load_library(root)


def test_a_renamed_and_a_removed_file_are_seen(root: Path, cache: Path) -> None:
    load_library(root, cache=cache)
    (root / CASES).rename((root / CASES).with_name("other.txt"))
    assert load_library(root, cache=cache).cases == ()
    (root / GATE).rename((root / GATE).with_suffix(".yml"))
    with pytest.raises(ContentRefused):
        load_library(root, cache=cache)


def test_refused_content_is_not_kept(root: Path, cache: Path) -> None:
    write(root, GATE, "")
    for _ in range(2):
        with pytest.raises(ContentRefused):
            load_library(root, cache=cache)


def test_a_file_that_cannot_be_read_is_told_with_a_cache_too(root: Path, cache: Path) -> None:
    (root / "rubrics/listening/notes.yaml").mkdir()
    with pytest.raises(ContentRefused) as refused:
        load_library(root, cache=cache)
    assert [one.code for one in refused.value.problems] == ["unreadable"]


def test_a_cache_folder_that_cannot_be_written_does_no_harm(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "no_folder"
    file.write_text("a file stands where the folder should")
    assert load_library(root, cache=file / "content") == load_library(root)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"{}", b"null", b'{"rubrics": 1}'])
def test_a_corrupt_cache_file_does_no_harm(content: bytes, root: Path, cache: Path) -> None:
    first = load_library(root, cache=cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(content)
    assert load_library(root, cache=cache) == first
    assert kept.read_bytes() != content, "the cache is mended"


def test_a_hash_changes_with_the_meaning_and_not_with_the_layout(root: Path) -> None:
    before = load_library(root)
    write(root, CRITERION, "# a comment\n" + text_of(CRITERION).replace("[zh, en]", '["zh", "en"]'))
    assert load_library(root).hashes == before.hashes
    write(root, CRITERION, text_of(CRITERION).replace("Noted.", "Noted!"))
    after = load_library(root)
    changed = {key for key in after.hashes if after.hashes[key] != before.hashes[key]}
    assert changed == {"criterion:checks_back"}
    assert after.release != before.release
