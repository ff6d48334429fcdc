"""The progress picture: what it shows, on any machine, to anybody."""

from __future__ import annotations

import struct
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from commcoach.domain.language import Language
from commcoach.domain.library import Library
from commcoach.domain.progress import Observation
from commcoach.presentation import charts, lettering
from commcoach.presentation.charts import progress_picture
from commcoach.presentation.lettering import balanced, drawable_characters, wrapped
from commcoach.presentation.wording import LOCALE, Wording
from tests.builders import NOON, make_scenario, text
from tests.shipped import library

EN, ZH = Wording(Language.EN), Wording(Language.ZH)
FOCUS = ("reflect_feeling", "open_question", "probe_interest", "common_goal", "own_view_clear")


def seen(
    number: int, criteria: tuple[str, ...] = ("reflect_feeling",), assisted: bool = False
) -> list[Observation]:
    """So many levels of each criterion, five in a session, a session a week."""
    scenario_of = {
        criterion: scenario.id
        for scenario in library().scenarios.values()
        for criterion in scenario.focus
    }
    return [
        Observation(
            criterion,
            index % 4,
            NOON + timedelta(days=index // 5 * 7, minutes=index),
            f"s{index // 5}",
            scenario_of.get(criterion, "night_piling"),
            assisted,
        )
        for index in range(number)
        for criterion in criteria
    ]


def size(picture: bytes | None) -> tuple[int, int]:
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", picture[16:24])
    return wide, high


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is drawn."""
    texts: list[str] = []
    real = lettering.write

    def write(on: Any, x: float, y: float, said: str, *rest: Any, **more: Any) -> None:
        texts.append(said)
        real(on, x, y, said, *rest, **more)

    monkeypatch.setattr(charts, "write", write)
    return texts


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no fonts but those inside the library, which know no Chinese."""
    from matplotlib import font_manager, get_data_path

    own = [
        font
        for font in font_manager.fontManager.ttflist
        if Path(font.fname).is_relative_to(get_data_path())
    ]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(font_manager.fontManager, "afmlist", [])


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("number", [1, 5, 200])
def test_any_number_of_levels_gives_a_picture_without_a_system_font(
    words: Wording, number: int, no_system_fonts: None
) -> None:
    wide, high = size(progress_picture(seen(number, FOCUS[:2]), library(), words))
    assert wide == 1080
    assert 600 <= high <= 2000


@pytest.mark.parametrize("language", list(Language))
def test_every_title_and_text_has_its_glyphs(language: Language) -> None:
    titles = [one.title.said_in(language) for one in library().criteria.values()]
    folder = "zh_CN" if language is Language.ZH else "en"
    with (LOCALE / folder / "LC_MESSAGES" / "commcoach.po").open("rb") as file:
        texts = [
            str(one.string)
            for one in read_po(file)
            if str(one.id).startswith(("chart.", "debrief.uncalibrated"))
        ]
    assert len(texts) > 5
    assert set("".join(titles + texts)) <= drawable_characters()


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_every_criterion_is_drawn_without_a_missing_glyph(
    words: Wording, no_system_fonts: None, written: list[str]
) -> None:
    ids = tuple(library().criteria)
    for start in range(0, len(ids), 6):
        some = ids[start : start + 6]
        only_these = replace(
            library(), scenarios={"leaking_roof": make_scenario(focus=dict.fromkeys(some, 1))}
        )
        levels = [replace(one, scenario="leaking_roof") for one in seen(3, some)]
        assert progress_picture(levels, only_these, words)
    for criterion in library().criteria.values():
        assert any(criterion.title.said_in(words.language)[:20] in one for one in written)


def test_a_title_with_odd_characters_is_drawn_as_text() -> None:
    rubrics = {
        module: replace(
            rubric,
            criteria=tuple(
                replace(one, title=text("涨价 $x^2$ 😀 龘 \\alpha")) for one in rubric.criteria
            ),
        )
        for module, rubric in library().rubrics.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert progress_picture(seen(3), replace(library(), rubrics=rubrics), ZH)


def test_nothing_observed_gives_no_picture() -> None:
    assert progress_picture([], library(), ZH) is None
    unknown = [replace(one, criterion="gone") for one in seen(3)]
    assert progress_picture(unknown, library(), ZH) is None


def test_focus_criteria_are_drawn_and_support_criteria_are_not(written: list[str]) -> None:
    levels = [*seen(3), *seen(3, ("honest_promise",))]
    progress_picture(levels, library(), EN)
    assert "Reflect feeling" in written
    assert "Honest promises" not in written


def test_without_a_focus_criterion_whatever_was_observed_is_drawn(written: list[str]) -> None:
    gone: Library = replace(library(), scenarios={})
    progress_picture(seen(3, ("honest_promise",)), gone, EN)
    assert "Honest promises" in written


def test_the_six_criteria_practised_last_are_drawn(written: list[str]) -> None:
    criteria = ("paraphrase_check", "first_contact_ownership", *FOCUS)
    levels = [
        replace(one, at=one.at + timedelta(days=place))
        for place, id in enumerate(criteria)
        for one in seen(1, (id,))
    ]
    progress_picture(levels, library(), EN)
    titles = {library().criteria[id].title.en for id in criteria}
    assert titles - set(written) == {"Paraphrase and check"}


def test_the_picture_names_target_mastery_and_calibration(written: list[str]) -> None:
    progress_picture(seen(4), library(), EN)
    assert "target" in written
    assert "mastery 1.5/4" in written
    assert "not calibrated by experts" in " ".join(written)


def test_below_three_levels_the_picture_says_how_many_are_missing(written: list[str]) -> None:
    progress_picture(seen(1), library(), EN)
    assert "2 more to a result" in written


def test_rewrites_are_hollow_and_give_no_mastery(written: list[str]) -> None:
    progress_picture(seen(5, assisted=True), library(), EN)
    assert "rewrite, not counted" in written
    assert "first attempt" not in written
    assert "3 more to a result" in written


def test_practice_over_new_year_is_dated_by_month_and_year(written: list[str]) -> None:
    progress_picture(seen(250), library(), EN)
    assert "Feb 2025" in written
    assert "1 Mar" not in written


def test_the_same_levels_give_the_same_bytes_in_every_thread() -> None:
    levels = seen(20, FOCUS[:2])
    alone = [progress_picture(levels, library(), words) for words in (ZH, EN)]
    with ThreadPoolExecutor(2) as threads:
        together = list(
            threads.map(lambda words: progress_picture(levels, library(), words), (ZH, EN))
        )
    assert together == alone


def test_lines_break_at_spaces_and_between_chinese_characters_but_not_before_a_full_stop() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("仅供练习，不作依据。", 8) == ["仅供练", "习，不作", "依据。"]
    assert balanced("一二三四五六七八九", 14) == ["一二三四五", "六七八九"]
    assert balanced("short", 14) == ["short"]
