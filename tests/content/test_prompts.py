"""The prompts of a content folder: part of its release, checked like everything authored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commcoach.coaching.language_model import Job
from commcoach.content.loading import find_problems, load_library
from commcoach.content.locating import CHECKOUT
from commcoach.content.prompts import NAMES
from commcoach.content.releasing import release_of, restore
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from tests.builders import NOON
from tests.content.builders import write, write_content
from tests.content.mistake_catalogue import IN_PROMPTS
from tests.content.mistakes import Mistake, assert_told, check

VOICE = "prompts/voice.zh.j2"
READER = "prompts/reader.en.j2"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A small content folder with prompts of its own."""
    write_content(tmp_path)
    shutil.copytree(CHECKOUT / "prompts", tmp_path / "prompts")
    return tmp_path


def shorter(content: Path) -> None:
    """Change one prompt."""
    with (content / VOICE).open("a", encoding="utf-8") as prompt:
        prompt.write("{# shorter #}\n")


def test_there_is_a_prompt_for_every_job_in_both_languages() -> None:
    assert set(NAMES) == {f"prompts/{job}.{one}.j2" for job in Job for one in Language}
    assert all((CHECKOUT / name).is_file() for name in NAMES)


def test_the_shipped_prompts_have_no_problems(content: Path) -> None:
    assert find_problems(content) == ()


def test_every_prompt_is_part_of_the_release(content: Path) -> None:
    library = load_library(content)
    named = {f"prompt:{job}.{language}" for job in Job for language in Language}
    assert named <= set(library.hashes)
    assert set(NAMES) <= set(release_of(library, content, NOON)[0].files)


def test_another_wording_is_another_release(content: Path) -> None:
    before = load_library(content)
    shorter(content)
    after = load_library(content)
    changed = {key for key in before.hashes if before.hashes[key] != after.hashes[key]}
    assert changed == {"prompt:voice.zh"}
    assert before.release != after.release


def test_another_wording_is_not_hidden_by_what_was_parsed_before(
    content: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    before = load_library(content, cache=cache)
    shorter(content)
    assert load_library(content, cache=cache).release != before.release


def test_content_without_prompts_goes_by_the_shipped_ones_and_its_release_holds_them(
    content: Path, tmp_path: Path
) -> None:
    with_own = load_library(content)
    shutil.rmtree(content / "prompts")
    library = load_library(content)
    assert library.release == with_own.release
    release, contents = release_of(library, content, NOON)
    again = tmp_path / "again"
    restore({path: contents[digest] for path, digest in release.files.items()}, again)
    assert all((again / name).is_file() for name in NAMES)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{% block growing %}", "{% block grows %}", ("missing_block", 1, {"block": "growing"})),
        ("{{ persona.description }}", "{{ persona.about }}", ("unknown_value", 5, {})),
        ("{{ tension }}", "{{ anger }}", ("unknown_value", 40, {"name": "anger"})),
        ("{{ tension }}", "{{ tension", ("bad_template", None, {})),
        ("{% for one in dialogue %}", "{% for one in %}", ("bad_template", None, {})),
    ],
)
def test_a_mistake_in_a_prompt_is_told_with_its_line(
    content: Path, old: str, new: str, problem: tuple[str, int | None, dict[str, str]]
) -> None:
    text = (CHECKOUT / VOICE).read_text(encoding="utf-8")
    assert old in text
    write(content, VOICE, text.replace(old, new, 1))
    code, line, details = problem
    (found,) = find_problems(content)
    assert (found.path, found.code) == (VOICE, code)
    assert line in (None, found.line)
    assert found.details.items() >= details.items()
    assert_told(found)


@pytest.mark.parametrize("mistake", IN_PROMPTS, ids=lambda mistake: mistake.code)
def test_a_mistake_is_found_where_it_stands(mistake: Mistake, tmp_path: Path) -> None:
    check(mistake, tmp_path)


def test_a_prompt_that_is_not_utf8_is_told(content: Path) -> None:
    text = (CHECKOUT / VOICE).read_text(encoding="utf-8")
    write(content, VOICE, text.encode("gbk", errors="ignore"))
    assert [(one.path, one.code) for one in find_problems(content)] == [(VOICE, "not_utf8")]


def test_a_prompt_of_no_job_is_not_read(content: Path) -> None:
    write(content, "prompts/reeder.en.j2", "hello")
    assert find_problems(content) == (Problem("prompts/reeder.en.j2", 1, 1, "not_read"),)
