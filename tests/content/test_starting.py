"""A new criterion's files: refused by the check until each text is there, then in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commcoach.content.loading import find_problems, load_library
from commcoach.content.starting import RESERVED, NotStarted, start_criterion
from commcoach.domain.language import Language, Localized
from commcoach.presentation.wording import Wording

ZH = Wording(Language.ZH)
NO_TITLE = Localized()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "rubrics").mkdir()
    return tmp_path


def fill(place: Path) -> None:
    """What an author does: something after each colon that has nothing."""
    text = place.read_text(encoding="utf-8")
    place.write_text(re.sub(r"(?m)^( *(zh|en)):$", r"\1: Something is said", text), "utf-8")


def test_the_check_names_each_text_that_is_missing_with_its_line(root: Path) -> None:
    start_criterion(root, "fresh", "ask_again", NO_TITLE, ZH.say)
    problems = find_problems(root)
    assert {problem.code for problem in problems} == {"missing_language", "missing_example"}
    named = {problem.details.get("where") for problem in problems}
    assert {"title", "summary", "levels.3.anchor", "boundaries.0.question"} <= named
    assert {"look_alikes.0.because", "signals.0.title", "feedback.keep", "purpose"} <= named
    lines = (root / "rubrics/fresh/ask_again.yaml").read_text(encoding="utf-8").splitlines()
    anchor = next(one for one in problems if one.details.get("where") == "levels.3.anchor")
    assert lines[anchor.line - 2 : anchor.line] == ["    anchor:", "      zh:"]


@pytest.mark.parametrize("language", Language)
def test_filled_in_it_passes_every_check_and_loads(root: Path, language: Language) -> None:
    title = Localized('再问："一次"', "Ask: again #1")
    done = start_criterion(root, "fresh", "ask_again", title, Wording(language).say)
    for place in done.files:
        fill(place)
    assert find_problems(root) == ()
    criterion = load_library(root, ("rubrics",)).criteria["ask_again"]
    assert criterion.title == title
    assert criterion.numbers == (0, 1, 2, 3, 4)
    assert len(criterion.boundaries) == 4


def test_one_language_may_stay_empty(root: Path) -> None:
    done = start_criterion(root, "fresh", "ask_again", NO_TITLE, ZH.say)
    for place in done.files:
        text = place.read_text(encoding="utf-8").replace("[zh, en]", "[zh]")
        place.write_text(re.sub(r"(?m)^( *zh):$", r"\1: 写好了", text), encoding="utf-8")
    assert find_problems(root) == ()


def test_a_module_that_is_there_keeps_its_own_file(root: Path) -> None:
    start_criterion(root, "fresh", "one_more", NO_TITLE, ZH.say)
    rubric = root / "rubrics/fresh/rubric.yaml"
    rubric.write_text("id: fresh\n", encoding="utf-8")
    done = start_criterion(root, "fresh", "ask_again", NO_TITLE, ZH.say)
    assert [place.name for place in done.files] == ["ask_again.yaml"]
    assert rubric.read_text(encoding="utf-8") == "id: fresh\n"


@pytest.mark.parametrize("module", RESERVED)
def test_a_folder_with_another_purpose_is_no_module(root: Path, module: str) -> None:
    done = start_criterion(root, module, "ask_again", NO_TITLE, ZH.say)
    assert done.why_not is NotStarted.RESERVED_MODULE
    assert not (root / "rubrics" / module).exists()


@pytest.mark.parametrize(
    "bad", ["", "A", "Ask", "a", "ask again", "问", "../x", "ask-again", "x/y"]
)
def test_a_name_that_is_no_id_is_refused(root: Path, bad: str) -> None:
    as_criterion = start_criterion(root, "fresh", bad, NO_TITLE, ZH.say)
    as_module = start_criterion(root, bad, "ask_again", NO_TITLE, ZH.say)
    assert as_criterion.why_not is NotStarted.BAD_CRITERION
    assert as_module.why_not is NotStarted.BAD_MODULE
    assert list((root / "rubrics").iterdir()) == []


def test_a_criterion_is_not_called_like_the_modules_own_file(root: Path) -> None:
    done = start_criterion(root, "fresh", "rubric", NO_TITLE, ZH.say)
    assert done.why_not is NotStarted.BAD_CRITERION


def test_an_id_that_another_module_uses_is_refused(root: Path) -> None:
    first = start_criterion(root, "fresh", "ask_again", NO_TITLE, ZH.say)
    second = start_criterion(root, "other", "ask_again", NO_TITLE, ZH.say)
    assert second.why_not is NotStarted.IN_USE
    assert second.other == first.files[0]
    assert not (root / "rubrics/other").exists()


def test_nothing_is_left_behind_when_a_file_cannot_be_written(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.open

    def full(self: Path, *arguments: str, **more: str) -> object:
        if self.name == "rubric.yaml":
            raise OSError(28, "No space left on device")
        return write(self, *arguments, **more)  # type: ignore[call-overload]  # any of its forms

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space"):
        start_criterion(root, "fresh", "ask_again", NO_TITLE, ZH.say)
    assert [path for path in root.rglob("*") if path.is_file()] == []
