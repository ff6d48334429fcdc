"""What changed between two libraries, and whose levels it can change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commcoach.content.loading import load_library
from commcoach.domain.edits import (
    Edit,
    EditKind,
    Engine,
    Part,
    affected,
    comparable,
    edits,
    gates_changed,
)
from commcoach.domain.library import Library
from tests.builders import make_move, make_scenario, text
from tests.cli.small_content import edit, small_content

NONE: frozenset[Engine] = frozenset()
EMBEDDED = frozenset({Engine.EMBEDDED})
MODEL = frozenset({Engine.MODEL})
BOTH = EMBEDDED | MODEL


def load(folder: Path) -> Library:
    return load_library(folder, ("rubrics",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_content(tmp_path / "old")


Change = Callable[..., tuple[Edit, ...]]


@pytest.fixture
def change(folder: Path, tmp_path: Path) -> Change:
    """`change(before, after)`: the edits that replacing these words makes."""

    def edited(*replaced: tuple[str, str], name: str = "") -> tuple[Edit, ...]:
        new = tmp_path / "new"
        shutil.copytree(folder, new)
        for before, after in replaced:
            edit(new, before, after, *([name] if name else []))
        return edits(load(folder), load(new))

    return edited


LEVEL_3 = """\
  - level: 3
    anchor: {zh: "问了，还等着听。"}
    examples:
      - {zh: "后来呢？", stimulus: late}
boundaries:
"""


@pytest.mark.parametrize(
    ("before", "after", "kind", "engines"),
    [
        ('title: {zh: "开放提问"}', 'title: {zh: "开放式提问"}', EditKind.TITLE, MODEL),
        ('问一个开放的问题。"}\nwhy', '问开放的问题。"}\nwhy', EditKind.SUMMARY, BOTH),
        ("原因要对方自己讲出来。", "要对方自己讲。", EditKind.FEEDBACK, NONE),
        ("对方只能辩解。", "对方会辩解。", EditKind.FEEDBACK, NONE),
        ("问得开。", "问得真开。", EditKind.FEEDBACK, NONE),
        ("试着只问一个问题。", "只问一个问题。", EditKind.FEEDBACK, NONE),
        ("引用问句。", "引用整个问句。", EditKind.EVIDENCE_RULE, MODEL),
        ("用问句责备对方。", "用反问责备对方。", EditKind.ANCHOR, BOTH),
        ('label: {zh: "问了"}', 'label: {zh: "问开了"}', EditKind.LABEL, NONE),
        ("最近遇到什么难处了？", "最近碰上什么事了？", EditKind.EXAMPLE, EMBEDDED),
        ('      - {zh: "凭什么又晚？", stimulus: late}\n', "", EditKind.EXAMPLE, EMBEDDED),
        ("有什么好说的。", "有什么可说的。", EditKind.LOOK_ALIKE, EMBEDDED),
        ("哎呀，晚两天嘛", "哎呀，晚三天嘛", EditKind.STIMULUS, EMBEDDED),
        ("boundaries:\n", LEVEL_3, EditKind.LEVEL_ADDED, BOTH),
        ("absence_up_to: 1", "absence_up_to: 0", EditKind.LEVEL_MEANING, BOTH),
        ("embedded_max: 2", "embedded_max: 1", EditKind.LEVEL_MEANING, EMBEDDED),
        ("对方话说了一半。", "对方话没说完。", EditKind.APPLICABILITY, MODEL),
        ('["回头", "没办法"]', '["回头"]', EditKind.APPLICABILITY, EMBEDDED),
        ('["什么", "怎么"]', '["什么", "怎么", "哪里"]', EditKind.SIGNAL, EMBEDDED),
        ("toward: down", "toward: formula", EditKind.SIGNAL, EMBEDDED),
        ('title: {zh: "责备"}', 'title: {zh: "怪罪"}', EditKind.SIGNAL, NONE),
        ("是开放的问题吗？", "算开放的问题吗？", EditKind.BOUNDARY, MODEL),
        ("tier: core", "tier: extended", EditKind.OTHER, NONE),
        ("不是问句。", "这不是问句。", EditKind.LOOK_ALIKE, NONE),
        (
            "tier: core",
            "tier: core\nfloor: {kappa: 0.6, min_cases: 60, graders: 2}",
            EditKind.FLOOR,
            NONE,
        ),
    ],
)
def test_an_edit_of_a_criterion_is_recognised_with_whose_levels_it_can_change(
    change: Change, before: str, after: str, kind: EditKind, engines: frozenset[Engine]
) -> None:
    (one,) = change((before, after))
    assert (one.part, one.id, one.kind, one.engines) == (
        Part.CRITERION,
        "open_question",
        kind,
        engines,
    )


def test_an_edit_tells_where_it_is_with_the_text_before_and_after(change: Change) -> None:
    (one,) = change(("用问句责备对方。", "用反问责备对方。"))
    assert one.path == ("levels", 0, "anchor", "zh")
    assert (one.before, one.after) == ("用问句责备对方。", "用反问责备对方。")


def test_an_example_at_another_level_has_moved(change: Change) -> None:
    example = '      - {zh: "好的，我先用旧的。", stimulus: late}\n'
    first = '      - {zh: "最近遇到什么难处了？"'
    (one,) = change((example, ""), (first, example + first))
    assert (one.kind, one.path) == (EditKind.EXAMPLE_MOVED, ("levels", 1, "examples", 2))
    assert one.engines == EMBEDDED


def test_a_level_that_is_taken_away_leaves_levels_that_are_not_comparable(
    folder: Path, tmp_path: Path
) -> None:
    old = load(folder)
    start = "  - level: 2\n"
    written = (folder / "rubrics/listening/open_question.yaml").read_text(encoding="utf-8")
    level = start + written.split(start)[1].split("boundaries:\n")[0]
    edit(folder, level, "")
    edit(folder, 'boundaries:\n  - between: [1, 2]\n    question: {zh: "是开放的问题吗？"}\n', "")
    edit(folder, "embedded_max: 2", "embedded_max: 1")
    shutil.rmtree(folder / "rubrics/cases")
    new = load(folder)
    assert EditKind.LEVEL_REMOVED in {one.kind for one in edits(old, new)}
    assert not comparable(old.criteria["open_question"], new.criteria["open_question"])


def test_levels_with_other_numbers_are_renumbered_and_not_new(folder: Path, tmp_path: Path) -> None:
    old = load(folder)
    for number in (2, 1, 0):
        edit(folder, f"  - level: {number}\n", f"  - level: {number + 1}\n")
    edit(folder, "between: [1, 2]", "between: [2, 3]")
    edit(folder, "absence_up_to: 1", "absence_up_to: 2")
    edit(folder, "embedded_max: 2", "embedded_max: 3")
    shutil.rmtree(folder / "rubrics/cases")
    kinds = [one.kind for one in edits(old, load(folder)) if one.path[:1] == ("levels",)]
    assert kinds == [EditKind.LEVEL_RENUMBERED] * 3


def test_wording_edits_keep_levels_comparable(folder: Path) -> None:
    old = load(folder)
    edit(folder, "用问句责备对方。", "用反问责备对方。")
    assert comparable(old.criteria["open_question"], load(folder).criteria["open_question"])


def test_criteria_are_added_and_removed(folder: Path) -> None:
    old = load(folder)
    place = folder / "rubrics/listening/open_question.yaml"
    written = place.read_text(encoding="utf-8").replace("id: open_question", "id: ask_more")
    place.with_name("ask_more.yaml").write_text(written, encoding="utf-8")
    new = load(folder)
    (added,) = edits(old, new)
    (removed,) = edits(new, old)
    assert (added.kind, added.id, added.after) == (EditKind.CRITERION_ADDED, "ask_more", "开放提问")
    assert (removed.kind, removed.before) == (EditKind.CRITERION_REMOVED, "开放提问")


def test_cases_and_grades_count_for_the_embedded_engine(folder: Path) -> None:
    old = load(folder)
    place = folder / "rubrics/cases/some.jsonl"
    first, *rest = place.read_text(encoding="utf-8").splitlines()
    row = json.loads(first)
    row["grades"][0]["levels"]["open_question"] = 2
    place.write_text("\n".join([json.dumps(row), *rest[1:]]), encoding="utf-8")
    found = edits(old, load(folder))
    assert [(one.kind, one.path[1], bool(one.after)) for one in found] == [
        (EditKind.CASES, "case-0-0", True),
        (EditKind.CASES, "case-0-1", False),
    ]
    assert found[0].engines == EMBEDDED


@pytest.mark.parametrize(
    ("before", "after", "engines"),
    [
        ("不用侮辱的话。", "不说侮辱的话。", MODEL),
        ('["笨蛋"]', '["笨蛋", "蠢货"]', BOTH),
        ("伤人。", "会伤人。", NONE),
    ],
)
def test_gates_count_where_they_fire(
    change: Change, before: str, after: str, engines: frozenset[Engine]
) -> None:
    found = change((before, after), name="gates/gate_insult.yaml")
    assert [(one.part, one.kind, one.engines) for one in found] == [
        (Part.GATE, EditKind.GATE, engines)
    ]
    assert gates_changed(found, Engine.EMBEDDED) == (Engine.EMBEDDED in engines)


def test_a_module_s_own_words_change_no_score(change: Change) -> None:
    (one,) = change(("先听明白。", "先听清楚。"), name="listening/rubric.yaml")
    assert (one.kind, one.engines) == (EditKind.MODULE, NONE)


def test_prompts_scenarios_and_moves_are_recognised(tmp_path: Path) -> None:
    scenario = make_scenario()
    old = replace(
        load(small_content(tmp_path / "old")),
        moves=(make_move("blame", 1),),
        scenarios={scenario.id: scenario},
    )
    other = replace(scenario, role=text("窗口"), opening=text("漏水了。"))
    new = replace(
        old,
        moves=(make_move("blame", 2),),
        scenarios={scenario.id: other},
        hashes={**old.hashes, "prompt:scorer.zh": "new", "prompt:voice.zh": "new"},
    )
    found = {(one.kind, one.id, one.path): one.engines for one in edits(old, new)}
    assert found[EditKind.MOVE, "", ("blame", "delta")] == EMBEDDED
    assert found[EditKind.SCENARIO, scenario.id, ("role", "zh")] == MODEL
    assert found[EditKind.SCENARIO, scenario.id, ("opening", "zh")] == NONE
    assert found[EditKind.PROMPT, "scorer.zh", ()] == MODEL
    assert found[EditKind.PROMPT, "voice.zh", ()] == NONE
    assert affected(edits(old, new), Engine.MODEL, old, new) == ("open_question",)


def test_only_criteria_whose_scoring_parts_changed_are_affected(
    folder: Path,
) -> None:
    old = load(folder)
    edit(folder, "引用问句。", "引用整个问句。")
    new = load(folder)
    found = edits(old, new)
    assert affected(found, Engine.EMBEDDED, old, new) == ()
    assert affected(found, Engine.MODEL, old, new) == ("open_question",)


def test_the_same_content_has_no_edits(folder: Path) -> None:
    assert edits(load(folder), load(folder)) == ()
