"""What is told of a reply on trial."""

from __future__ import annotations

from dataclasses import replace

from commcoach.coaching.scorer import ScoringTask
from commcoach.coaching.trying import Deciding, Explanation, Known, Opening, Tried
from commcoach.domain.language import Language
from commcoach.domain.score import GateHit, Scorecard, Scored, Unscored
from commcoach.presentation.trying import facts, gate_facts
from commcoach.presentation.wording import Wording
from tests.shipped import library

ID = "open_question"
ZH = Wording(Language.ZH)
EXPLAINED = Explanation(Opening(Deciding.ALWAYS), (), {0: 8, 1: 8, 2: 8, 3: 8, 4: 8}, 4)


def told(
    level: int, *shares: float, explained: Explanation = EXPLAINED, words: Wording = ZH
) -> dict[str, str]:
    """The facts of a score, a text each."""
    score = Scored(ID, level, float(level), (), dict(enumerate(shares)))
    card = Scorecard((score,))
    task = ScoringTask("您说说看。", (), (ID,), Language.ZH)
    tried = Tried(task, card, {ID: explained})
    found = facts(library().criteria[ID], tried, words)
    return {fact.key: "\n".join(fact.lines) for fact in found}


def test_an_arrow_that_is_not_at_the_longest_bar_is_explained() -> None:
    bars = told(2, 0.05, 0.40, 0.20, 0.30, 0.05)["probabilities"]
    assert "箭头不在最长的一条上" in bars
    assert "2 级及以上合计 55%，再往上只有 35%" in bars


def test_an_arrow_at_the_longest_bar_needs_no_explanation() -> None:
    assert "箭头不在" not in told(1, 0.05, 0.70, 0.20, 0.05, 0.0)["probabilities"]


def test_a_level_below_what_the_bars_speak_for_has_its_own_reason() -> None:
    bars = told(1, 0.60, 0.40, 0.0, 0.0, 0.0)["probabilities"]
    assert "按概率是 0 级" in bars
    assert "箭头不在" not in bars


def test_bars_say_from_how_many_texts_they_are_learned() -> None:
    assert "概率是从 40 条示例和案例里学来的" in told(1, 0, 1, 0, 0, 0)["lessons"]
    few = replace(EXPLAINED, lessons={0: 2, 1: 2, 2: 2, 3: 2, 4: 0})
    assert "只能粗略参考" in told(1, 0, 1, 0, 0, 0, explained=few)["lessons"]


def test_what_was_learned_is_no_test_in_either_language() -> None:
    known = replace(EXPLAINED, known=Known("您说说。", 3.0, is_case=True, same=False))
    shown = told(3, 0, 0, 0, 1, 0, explained=known)["known"]
    assert "这句很像一条评过级的案例（3 级）：“您说说。”" in shown
    english = told(3, 0, 0, 0, 1, 0, explained=known, words=Wording(Language.EN))["known"]
    assert "nearly one of the graded cases, at level 3" in english
    assert "known" not in told(3, 0, 0, 0, 1, 0)


def test_a_learned_reply_that_gets_another_level_is_not_said_to_fit() -> None:
    known = replace(EXPLAINED, known=Known("您说说。", 3.0, is_case=False, same=True))
    fits = told(3, 0, 0, 0, 1, 0, explained=known)["known"]
    assert "等级对得上，说明不了" in fits
    differs = told(1, 0, 1, 0, 0, 0, explained=known)["known"]
    assert "对得上" not in differs
    assert "仍然评成 1 级：可能是 3 级的示例太少" in differs
    english = told(1, 0, 1, 0, 0, 0, explained=known, words=Wording(Language.EN))["known"]
    assert "still gives level 1" in english


def test_a_case_between_two_levels_fits_either() -> None:
    known = replace(EXPLAINED, known=Known("您说说。", 2.5, is_case=True, same=True))
    for level in (2, 3):
        assert "等级对得上" in told(level, 0, 0, 0.5, 0.5, 0, explained=known)["known"]


def test_a_learned_reply_above_what_the_engine_may_give_is_explained_by_that() -> None:
    best = replace(EXPLAINED, highest=3, known=Known("您说说。", 4.0, is_case=False, same=True))
    shown = told(3, 0, 0, 0, 0.3, 0.7, explained=best)["known"]
    assert "是因为标准里规定内置引擎最高评到 3 级" in shown


def test_a_gate_without_words_of_its_own_leaves_no_hole() -> None:
    task = ScoringTask(" ", (), (ID,), Language.ZH)
    card = Scorecard((Unscored(ID, "empty"),), (GateHit("gate_off_task", "", 0, 0),))
    tried = Tried(task, card, {ID: EXPLAINED})
    (fact,) = gate_facts(tried, library(), ZH)
    assert fact.lines[0].startswith("离开了对话，这一轮不评分。")


def test_what_bars_are_learned_from_is_told_only_where_there_are_bars() -> None:
    task = ScoringTask(" ", (), (ID,), Language.ZH)
    tried = Tried(task, Scorecard((Unscored(ID, "empty"),)), {ID: EXPLAINED})
    keys = [fact.key for fact in facts(library().criteria[ID], tried, ZH)]
    assert keys == ["level", "why"]
