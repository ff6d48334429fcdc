"""Criteria as pages to print and as lines of a terminal."""

from __future__ import annotations

import re
from dataclasses import replace

from rich.cells import cell_len

from commcoach.coaching.publishing import Publication
from commcoach.coaching.standing import ContentStanding
from commcoach.domain.cases import Grade, GradedCase
from commcoach.domain.language import Language, Localized
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Rubric
from commcoach.presentation.rubric_pages import lines
from commcoach.presentation.rubric_pages.page import is_rubric_page, rubric_page
from commcoach.presentation.rubric_pages.view import criterion_view, double_graded
from commcoach.presentation.wording import Wording
from tests.builders import NOON
from tests.shipped import library

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
BOTH = (ZH, EN)


def criterion() -> Criterion:
    return library().criteria["open_question"]


def page(rubric: Rubric | None = None, said: tuple[Wording, ...] = BOTH) -> str:
    shown = rubric or library().rubrics["listening"]
    return rubric_page(shown, shown.criteria, library(), said, NOON)


def with_title(title: Localized) -> Rubric:
    rubric = library().rubrics["listening"]
    odd = replace(criterion(), title=title, summary=title, why_it_matters=title)
    levels = tuple(replace(level, anchor=title) for level in odd.levels)
    return replace(rubric, title=title, purpose=title, criteria=(replace(odd, levels=levels),))


def test_a_page_holds_every_criterion_in_both_languages() -> None:
    html = page()
    for one in library().rubrics["listening"].criteria:
        for language in Language:
            assert one.title.said_in(language) in html
        for level in one.levels:
            assert (level.anchor.zh or "") in html
    assert html.count("<article") == len(library().rubrics["listening"].criteria)


def test_a_page_tells_version_hash_release_day_and_that_nobody_has_calibrated_it() -> None:
    html = page()
    footer = re.findall(r"<footer>(.*?)</footer>", html)[0]
    short = library().hashes["criterion:open_question"][:8]
    for told in ("listening / open_question", short, "草稿", "未校准", "uncalibrated"):
        assert told in footer
    assert library().release not in footer
    assert f"{NOON:%Y-%m-%d}" in footer


def test_a_page_tells_with_which_publication_its_criteria_came_in_force() -> None:
    rubric = library().rubrics["listening"]
    first, other = rubric.criteria[:2]
    publication = Publication(7, "0123456789ab", NOON, "陈老师")
    standing = ContentStanding(publication, frozenset({other.id}))
    for at, told in ((first, "第 7 次发布（2024-03-01），版本 0123456789ab"), (other, "草稿")):
        html = rubric_page(rubric, (at,), library(), (ZH,), NOON, standing)
        (footer,) = re.findall(r"<footer>(.*?)</footer>", html)
        assert told in footer
        assert ("草稿" in footer) == (at is other)
    html = rubric_page(rubric, (first,), library(), (ZH,), NOON, ContentStanding(is_known=False))
    assert "草稿" not in html


def test_a_language_in_which_nothing_is_written_takes_no_room() -> None:
    alone = with_title(Localized("只有中文"))
    html = page(alone)
    assert "repeat(1, minmax" in html
    assert "Levels and anchors" not in html
    rubric = replace(alone, criteria=(*alone.criteria, criterion()))
    html = page(rubric)
    assert "repeat(2, minmax" in html
    assert '<div class="both lead alone"><div lang="zh-CN">只有中文</div></div>' in html


def test_a_page_fetches_nothing_and_runs_nothing() -> None:
    html = page()
    for word in ("<script", "<link", "<img", "url(", "http://", "https://", "@import"):
        assert word not in html
    assert "default-src 'none'" in html


def test_authors_words_are_escaped_wherever_they_stand() -> None:
    evil = "</style></title><script>alert(1)</script>\"'&{{7*7}}"
    html = page(with_title(Localized(evil, evil)))
    assert "<script" not in html
    assert html.count("</style>") == 1
    assert "{{7*7}}" in html


def test_one_language_alone_shows_nothing_of_the_other() -> None:
    html = page(said=(EN,))
    assert not re.search(r"[\u4e00-\u9fff]", html)
    assert "repeat(1, minmax" in html


def test_only_pages_of_ours_are_taken_for_such() -> None:
    assert is_rubric_page(page())
    assert not is_rubric_page("<!DOCTYPE html><html><body>Minutes</body></html>")


def test_one_example_stands_for_each_level_and_all_answer_the_same_where_they_can() -> None:
    view = criterion_view(criterion(), library(), (ZH,))
    (group,) = view.examples
    assert [reply.level for reply in group.replies] == [0, 1, 2, 3, 4]


def test_look_alikes_to_the_same_words_stand_together_lowest_first() -> None:
    for one in library().criteria.values():
        groups = criterion_view(one, library(), (ZH,)).look_alikes
        assert len({group.to for group in groups}) == len(groups)
        assert sum(len(group.replies) for group in groups) == len(one.look_alikes)
        for group in groups:
            levels = [reply.level for reply in group.replies]
            assert levels == sorted(levels)


def test_only_cases_that_two_people_graded_blind_count_towards_calibration() -> None:
    def case(*grades: Grade) -> GradedCase:
        return GradedCase("c", (), "r", grades)

    def by(who: str, kind: str = "human", criterion: str = "x") -> Grade:
        return Grade(who, kind, {criterion: 1.0}, {criterion: 1.0})

    assert double_graded([case(by("a"), by("b"))], "x") == 1
    seen = Grade("b", "human", {"x": 1.0})
    assert double_graded([case(by("a"), seen)], "x") == 0
    assert double_graded([case(by("a"), by("a"))], "x") == 0
    assert double_graded([case(by("a"), by("m", "model"), by("w", "author"))], "x") == 0
    assert double_graded([case(by("a"), by("b", criterion="y"))], "x") == 0
    assert double_graded(library().cases, "open_question") == 0


def test_the_list_names_every_module_and_criterion() -> None:
    shown = [line.label + line.text for line in lines.all_criteria(library(), ZH)]
    for rubric in library().rubrics.values():
        assert any(f"({rubric.module})" in line for line in shown)
        for one in rubric.criteria:
            (row,) = [line for line in shown if line.split()[:1] == [one.id]]
            assert "未校准" in row
            assert "zh en" in row


def test_the_labels_of_levels_are_equally_wide() -> None:
    for said in ((ZH,), (EN,), BOTH):
        shown = lines.module(library().rubrics["listening"], library(), said)
        widths = {cell_len(line.label) for line in shown if re.match(r"  \d", line.label)}
        assert len(widths) == 1


def test_a_criterion_shows_levels_examples_boundaries_look_alikes_and_gates() -> None:
    one = criterion()
    text = "\n".join(line.label + line.text for line in lines.criterion(one, library(), (EN,)))
    assert (one.levels[4].anchor.en or "") in text
    assert (one.boundaries[0].question.en or "") in text
    assert (one.look_alikes[0].text.en or "") in text
    for gate in library().gates.values():
        assert gate.title.said_in(Language.EN) in text
    assert "uncalibrated (cases graded blind by several people: 0)" in text


def test_a_criterion_without_the_optional_parts_is_shown_as_well() -> None:
    bare = replace(
        criterion(),
        boundaries=(),
        look_alikes=(),
        applies_when=(),
        not_applicable_when=(),
        stimuli=(),
        why_it_matters=Localized(),
        evidence_rule=Localized(),
    )
    empty: Library = replace(library(), gates={})
    shown = [line.text for line in lines.criterion(bare, empty, (EN,))]
    assert "To every reply." in shown
    assert "Gates" not in shown
    rubric = replace(library().rubrics["listening"], criteria=(bare,))
    html = rubric_page(rubric, (bare,), empty, BOTH, NOON)
    assert "To every reply." in html
    assert "Look-alikes" not in html
