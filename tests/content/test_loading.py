from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commcoach.content import loading, reading, source
from commcoach.content.loading import find_problems, load_library
from commcoach.domain.problems import ContentMissing, ContentRefused, Problem
from commcoach.presentation.problems import CODES
from tests.content.builders import (
    ATTACKS,
    CASE,
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
from tests.content.mistakes import assert_told


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
    def sort_files(taken: reading.Snapshot, cache: Path | None) -> None:
        raise AssertionError(f"{taken.root} was parsed again, with {cache}")

    patch.setattr(loading, "sort_files", sort_files)


def test_every_kind_of_mistake_is_made_in_these_tests() -> None:
    # A file that changes while it is read cannot be written beforehand.
    assert {mistake.code for mistake in MISTAKES} | {"changed_meanwhile"} == CODES


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


def test_a_slip_in_a_text_does_not_hide_what_else_is_wrong_with_its_file(root: Path) -> None:
    text = text_of(CRITERION)
    for old, new in (
        (
            '{zh: "问一句对不对。", en: "Asks whether it is right."}',
            "\n  zh: #1 句话\n  en: A phrase",
        ),
        ('anchor: {zh: "没有核实。", ', "anchor:\n      zh: 没有 #核实。\n      {"),
        ("[0, 1]", "[1, 0]"),
    ):
        text = text.replace(old, new)
    write(root, CRITERION, text.replace('{en: "Does not check."}', "en: Does not check."))
    found = [(one.line, one.code) for one in find_problems(root)]
    assert found == [(5, "hash_cut"), (14, "hash_cut"), (24, "boundary_span")]


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
    kept = [place for place in cache.rglob("*.json") if place.is_file()]
    for place in kept:
        place.write_bytes(content)
    assert load_library(root, cache=cache) == first
    assert content not in {place.read_bytes() for place in kept}, "the cache is mended"


def test_only_the_file_that_changed_is_parsed_again(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_problems(root, cache) == ()
    parsed = []

    def read_yaml(name: str, raw: bytes) -> tuple[source.Source | None, list[Problem]]:
        parsed.append(name)
        return source.read_yaml(name, raw)

    monkeypatch.setattr(reading, "read_yaml", read_yaml)
    write(root, RUBRIC, text_of(RUBRIC).replace("倾听", "听"))
    assert find_problems(root, cache) == ()
    assert parsed == [RUBRIC]


def test_a_known_file_is_told_at_its_place_when_another_one_goes(root: Path, cache: Path) -> None:
    assert find_problems(root, cache) == ()
    write(root, GATE.replace("insult", "other"), text_of(GATE).replace("_insult", "_other"))
    (root / GATE).unlink()
    found = find_problems(root, cache)
    assert {one.code for one in found} == {"unknown_gate"}
    assert found == find_problems(root)
    assert "expect: gate_insult" in found[0].text


def test_a_file_with_a_mistake_is_not_taken_for_known(root: Path, cache: Path) -> None:
    write(root, CRITERION, text_of(CRITERION).replace('["对吗"]', '["(对吗"]'))
    first = find_problems(root, cache)
    assert [one.code for one in first] == ["bad_cue"]
    assert find_problems(root, cache) == first


def test_a_problem_carries_the_line_that_it_is_about(root: Path) -> None:
    write(root, GATE, text_of(GATE).replace("cap: 1", "cap: 9"))
    write(root, RUBRIC, text_of(RUBRIC).encode("gbk"))
    assert [one.text for one in find_problems(root)] == [
        "cap: 9",
        'title: {zh: "倾听", en: "Listening"}',
    ]


def test_a_key_that_is_doubled_in_a_case_hides_nothing_else(root: Path) -> None:
    bad = CASE.replace('"reply": "Why?"', '"reply": "Why?", "reply": "", "reply": 7')
    bad = bad.replace('"lang": "en"', '"lang": "fr", "lang": "fr"')
    write(root, CASES, f"{bad}\n{CASE.replace(': 1}', ': 9}')}\n")
    found = [(one.line, one.code, one.details.get("key")) for one in find_problems(root)]
    assert found == [
        (1, "doubled_key", "reply"),
        (1, "doubled_key", "reply"),
        (1, "wants_string", "reply"),
        (1, "doubled_key", "lang"),
        (1, "not_allowed", "lang"),
        (2, "level_out_of_range", None),
    ]


def saving_while_reading(patch: pytest.MonkeyPatch, root: Path, times: int) -> None:
    """Let somebody save a file while the others are read, so often."""
    left = iter(range(times))
    really = reading._bytes

    def read(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
        done = really(folder)
        if (number := next(left, None)) is not None:
            write(root, RUBRIC, text_of(RUBRIC).replace("倾听", "听" * (number + 3)))
        return done

    patch.setattr(reading, "_bytes", read)


def test_a_file_that_changes_while_it_is_read_is_read_again(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving_while_reading(monkeypatch, root, 2)
    library = load_library(root, cache=cache)
    assert library.rubrics["listening"].title.zh == "听听听听"
    assert load_library(root, cache=cache) == library, "it is kept under what was read"


def test_a_file_that_never_stops_changing_is_named_with_all_else_that_is_wrong(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, GATE, "")
    saving_while_reading(monkeypatch, root, 100)
    with pytest.raises(ContentRefused) as refused:
        load_library(root, cache=cache)
    found = {(one.path, one.code) for one in refused.value.problems}
    assert found == {(RUBRIC, "changed_meanwhile"), (GATE, "not_a_mapping")}
    for problem in refused.value.problems:
        assert_told(problem)


def test_everything_on_the_list_of_bad_files_is_named_at_once(root: Path) -> None:
    level = '  - level: 0\n    anchor: {zh: "没有核实。", en: "Does not check."}\n'
    more = level.replace("level: 0", "level: 3").replace("没有", "总是")
    bad: dict[str, bytes] = {
        RUBRIC: text_of(RUBRIC).encode("gbk"),
        CRITERION: text_of(CRITERION).replace("boundaries:", f"{more}boundaries:").encode(),
        CRITERION.replace("checks_back", "asks_openly"): b"id: a\n\ttitle: b\n",
        CRITERION.replace("checks_back", "names_feeling"): "\ufeffid: “a”\nid: b\n".encode(),
        GATE: text_of(GATE).encode("utf-8-sig"),
    }
    for file, raw in bad.items():
        write(root, file, raw)
    found = {(one.path.rsplit("/", 1)[-1], one.line, one.code) for one in find_problems(root)}
    assert found >= {
        ("rubric.yaml", 2, "not_utf8"),
        ("checks_back.yaml", 9, "missing_level"),
        ("asks_openly.yaml", 2, "tab"),
        ("names_feeling.yaml", 1, "smart_quotes"),
        ("names_feeling.yaml", 2, "doubled_key"),
    }
    assert not any(name == "gate_insult.yaml" for name, _, _ in found)


def test_a_hash_changes_with_the_meaning_and_not_with_the_layout(root: Path) -> None:
    before = load_library(root)
    write(root, CRITERION, "# a comment\n" + text_of(CRITERION).replace("[zh, en]", '["zh", "en"]'))
    assert load_library(root).hashes == before.hashes
    write(root, CRITERION, text_of(CRITERION).replace("Noted.", "Noted!"))
    after = load_library(root)
    changed = {key for key in after.hashes if after.hashes[key] != before.hashes[key]}
    assert changed == {"criterion:checks_back"}
    assert after.release != before.release
