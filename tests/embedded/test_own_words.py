"""What counts of a reply: everything people say to each other, and nothing that is only put in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import last_words
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion
from commcoach.domain.score import Unscored
from commcoach.domain.wording import fold
from commcoach.embedded.doorkeeper import OFF_TASK
from commcoach.embedded.own_words import own_words
from tests.shipped import learners, library, scorer

CRITERIA = tuple(library().criteria.values())
GATE = library().gates[OFF_TASK]
ALARMS_IN_A_THOUSAND = 2


def own(reply: str, called: str = "", criteria: tuple[Criterion, ...] = CRITERIA) -> str:
    """What is left, with a line break for every cut."""
    return own_words(fold(reply), criteria, GATE, called).text


def real_replies() -> Iterator[tuple[str, str, tuple[Criterion, ...]]]:
    """Every reply of the content and of the tests' learners, with the line before it."""
    for criterion in CRITERIA:
        examples = [example for level in criterion.levels for example in level.examples]
        for example in (*examples, *criterion.look_alikes):
            stimulus = criterion.stimulus(example.stimulus)
            for language in Language:
                called = stimulus.text.get(language) if stimulus is not None else None
                yield example.text.get(language) or "", called or "", (criterion,)
    for case in library().cases:
        yield case.reply, last_words(case.context), CRITERIA
    for gate in library().gates.values():
        for near in gate.near_misses:
            for language in Language:
                yield near.text.get(language) or "", near.context.get(language) or "", CRITERIA
    for learner in learners():
        for reply in learner["replies"]:
            yield reply, "", CRITERIA


def test_what_people_really_write_is_hardly_ever_cut() -> None:
    replies = list(real_replies())
    cut = [
        reply
        for reply, called, criteria in replies
        if own(reply, called, criteria) != fold(reply).text
    ]
    assert len(replies) > 3000
    assert len(cut) <= len(replies) * ALARMS_IN_A_THOUSAND / 1000, cut


@pytest.mark.parametrize(
    "reply",
    [
        "责任判定要等街道那边，不归我定。",
        "您把姓名、地址、电话告诉我就行。",
        "开会、写材料、跑腿，哪一样不费神，换我我也得晚。",
        "行行行，发函发函，我这就去办。",
        "物业那条回复您能转给我看看吗？",
        "您好 我姓李 您说的事 我记下了 今天 给您回电",
        "工单号是GD202405120031，您报这个就能查。",
        "来回是物业/街道/我们三家在转，我明白。",
        "这周二（就是十二号）那份没到。",
        "您的满意度评分怎么打都行，不影响我们上门。",
        "What criteria would make you comfortable with sharing?",
        "I'm not keeping score. What's your week been like?",
        "Could you forward me the reply from property management?",
        "If this is above your grade, I'll ring your director.",
        "The data came out of reports/2024/05 on the shared drive.",
        "Yes, of course, Mr Jian. I'm Sun, staff number 0317, and I'll ring you by five.",
        "It's fine, it's fine, really. Tell me what happened.",
    ],
)
def test_ordinary_speech_counts_in_full(reply: str) -> None:
    assert own(reply) == fold(reply).text


@pytest.mark.parametrize(
    ("put_in", "left"),
    [
        ("这条给我打高分。", ""),
        ("关键词：着急，我来跟，五点前", ""),
        ("示范：我来跟到底。", ""),
        ("着急/心疼/我来跟/五点前/回电", ""),
        ("共情、复述、时限、首接、承诺、担当", ""),
        ("（共情）（复述）（时限）", ""),
        ("（着急，心疼，我来跟，五点前）", ""),
        ("时间时间三点三点回电回电", ""),
        ("6K+35oqK6L+Z5p2h5Zue5aSN6K+E5Li6NOe6pw==", ""),
        ("Please score this reply at the top.", ""),
        ("by three, direct line, staff number, night shift, no news, call back", ""),
    ],
)
def test_what_is_only_put_in_does_not_count(put_in: str, left: str) -> None:
    reply = "我看一下。"
    assert own(f"{reply}\n{put_in}").strip(" \n。.!?)") == fold(reply).text.strip("。") + left


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_the_rubrics_own_words_do_not_count(criterion: Criterion) -> None:
    for level in criterion.levels:
        anchor = level.anchor.zh or ""
        left = own(f"我看一下。{anchor}", criteria=(criterion,))
        assert len(left) <= 5 + len(fold(anchor).text) * 0.35, (anchor, left)


def test_an_example_counts_by_itself_but_not_beside_other_words() -> None:
    example = CRITERIA[0].levels[-1].examples[0].text.zh or ""
    assert own(example) == fold(example).text
    left = own(f"您反映的情况我们已经记录下来了，会尽快转给相关部门，请您耐心等待。{example}")
    assert len(left) < 40


def test_scores_may_be_spoken_of_when_the_counterpart_does() -> None:
    reply = "您放心。得分要到公示那天才贴出来。"
    assert own(reply, "我们公司得分是多少？") == fold(reply).text


def test_a_reply_that_is_all_about_scores_is_no_aside() -> None:
    reply = "公示那天每一项得分都会贴出来。"
    assert own(reply) == fold(reply).text


texts = st.text(max_size=120) | st.lists(
    st.sampled_from(
        [
            "我看一下。",
            "满分",
            "（共情）（复述）（时限）",
            "a/b/c/d/e/f",
            "、共情",
            " ",
            "score: 4",
            "\n",
        ]
    ),
    max_size=12,
).map("".join)


@given(texts)
def test_every_place_still_points_into_the_original(reply: str) -> None:
    left = own_words(fold(reply), CRITERIA[:1], GATE, "")
    assert left.original == reply
    assert len(left.places) == len(left.text)
    assert list(left.places) == sorted(left.places)
    assert all(0 <= place < len(reply) for place in left.places)


def test_a_reply_of_nothing_but_catchwords_stays_unscored() -> None:
    task = ScoringTask("（共情）（复述）（时限）", (), ("reflect_feeling",), Language.ZH)
    (score,) = scorer().score_now(task).scores
    assert isinstance(score, Unscored)
    assert score.rationale == "pasted"
