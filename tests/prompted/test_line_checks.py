"""The checks on lines: each fault is found, and good lines are let through."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from commcoach.coaching.counterpart import Stage
from commcoach.domain.language import Language
from commcoach.domain.scenario import Mood, Scenario, ScriptedLine
from commcoach.embedded.voice import ScriptedVoice
from commcoach.prompted.line_checks import Fault, faults_in, key_facts, ripe
from commcoach.prompted.voice import PromptedVoice
from tests.prompted import office
from tests.shipped import DATA, library

GOOD = [
    json.loads(row) for row in (DATA / "good_lines.jsonl").read_text(encoding="utf-8").splitlines()
]
MOST_FALSE_ALARMS = 0.05
VOICE = PromptedVoice(office.means([])[0], ScriptedVoice())
FIVE_SENTENCES = (
    "第一家说不归他们管。第二家让我去找第三家。第三家让我打您这里。您又让我回第一家去。"
    "我问您这算怎么回事。"
)
CALL, DATA_SHARE, NIGHT, PEER = (
    "three_calls_no_owner",
    "data_share_guarded",
    "night_piling",
    "late_minutes_peer",
)


def let_through(line: str, stage: Stage) -> tuple[Fault, ...]:
    """What is found in a line when it is checked against the prompt that it would answer."""
    return faults_in(line, stage, VOICE.prompt(stage).stable)


def moment(row: dict[str, Any]) -> Stage:
    told = [id for id in row["told"] if id not in row["opened"]]
    return office.stage(
        row["scenario"],
        Language(row["lang"]),
        tension=row["tension"],
        told=told,
        opened=row["opened"],
        said=row["said"],
        reply=row["reply"],
    )


def test_good_lines_are_a_hundred_in_each_language_over_every_scenario() -> None:
    assert [sum(row["lang"] == one for row in GOOD) for one in ("zh", "en")] == [100, 100]
    assert {row["scenario"] for row in GOOD} == set(library().scenarios)
    assert len({row["line"] for row in GOOD}) == len(GOOD)


@pytest.mark.parametrize("language", office.BOTH)
def test_at_most_one_good_line_in_twenty_is_refused(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for row in GOOD if row["lang"] == language]
    refused = {
        row["line"]: found for row in rows if (found := let_through(row["line"], moment(row)))
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{language}: {len(refused)} false alarms on {len(rows)} good lines\n")
    assert len(refused) <= MOST_FALSE_ALARMS * len(rows), refused


def scripted(scenario: Scenario) -> Iterator[tuple[int, ScriptedLine]]:
    """Every line that the counterpart may speak before anything is agreed, with a tension."""
    script = scenario.script
    tension = {Mood.CALM: 2, Mood.GUARDED: 5, Mood.UPSET: 8}
    yield from ((tension[mood], line) for mood, lines in script.moods.items() for line in lines)
    yield from ((5, line) for lines in script.reactions.values() for line in lines)
    ending = (script.break_off, script.repair_accepted, script.repair_refused)
    yield from ((9, line) for lines in ending for line in lines)
    closing = (script.neutral, script.closing_open, script.closing_broken)
    yield from ((7, line) for lines in closing for line in lines)


def test_hardly_any_of_the_scripted_lines_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    checked, refused = 0, []
    for id in office.SCENARIOS:
        for language in office.BOTH:
            for tension, line in scripted(library().scenarios[id]):
                facts = {fact.id for fact in library().scenarios[id].hidden_facts}
                told = sorted(line.after & facts)
                stage = office.stage(id, language, tension=tension, told=told, reply="嗯嗯嗯")
                checked += 1
                if faults_in(line.text.said_in(language), stage):
                    refused.append(line.text.said_in(language))
    with capsys.disabled():
        sys.stdout.write(f"\n{len(refused)} false alarms on {checked} scripted lines\n")
    assert len(refused) <= checked / 100, refused


def test_most_scripted_partings_in_agreement_are_taken_for_what_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    agreed = [
        Fault.EARLY_AGREEMENT
        in faults_in(line.text.said_in(language), office.stage(id, language, tension=8, reply="嗯"))
        for id in office.SCENARIOS
        for language in office.BOTH
        for line in library().scenarios[id].script.closing_agreed
    ]
    with capsys.disabled():
        sys.stdout.write(f"\n{sum(agreed)} of {len(agreed)} agreeing partings found\n")
    assert sum(agreed) >= len(agreed) / 2


@pytest.mark.parametrize(
    ("scenario", "line"),
    [
        (DATA_SHARE, "没问题，就按您说的办。"),
        (DATA_SHARE, "好，我同意，原始数据给您。"),
        (DATA_SHARE, "那就这么定了，我这就签。"),
        (CALL, "行，都听您的，我放心了。"),
        (NIGHT, "我不投诉了，问题总算解决了。"),
        (DATA_SHARE, "All right, it's a deal. You can have the raw data."),
        (CALL, "Whatever you say. I'm happy with that."),
        (NIGHT, "Agreed. Problem solved."),
        (PEER, "Fine, we'll do it your way."),
    ],
)
def test_agreement_before_its_time_is_found_and_in_its_time_let_through(
    scenario: str, line: str
) -> None:
    language = Language.ZH if "，" in line else Language.EN
    angry = office.stage(scenario, language, tension=6)
    assert Fault.EARLY_AGREEMENT in faults_in(line, angry)
    untold = office.stage(scenario, language, tension=2)
    assert Fault.EARLY_AGREEMENT in faults_in(line, untold)
    told = key_facts(library().scenarios[scenario])
    in_time = office.stage(scenario, language, tension=2, told=sorted(told))
    assert ripe(in_time)
    assert Fault.EARLY_AGREEMENT not in faults_in(line, in_time)


@pytest.mark.parametrize(
    "line",
    [
        "行，你说吧。",
        "我可没同意啊。",
        "您一句没问题，我就得信？",
        "等您函到了，我再说同意不同意。",
        "Who says I agree?",
        "If it's on paper, we have a deal, and not before.",
        "They all said it was settled.",
    ],
)
def test_hearing_on_asking_back_and_conditions_are_no_agreement(line: str) -> None:
    language = Language.EN if line.isascii() else Language.ZH
    assert faults_in(line, office.stage(CALL, language, tension=7)) == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("……", Fault.EMPTY),
        ("", Fault.EMPTY),
        ("作为AI，我不能继续扮演这个角色。", Fault.ROLE),
        ("您的回复很得体，先共情再给时间，值得肯定。", Fault.ROLE),
        ("您可以先复述一下我的诉求。", Fault.ROLE),
        ("您做得很好，这一轮练习我给您打四分。", Fault.ROLE),
        ("请问有什么可以帮您的？", Fault.ROLE),
        ("I've rung three times and nobody cares.", Fault.LANGUAGE),
        ("你们 are you going to fix this or not 啊", Fault.LANGUAGE),
        ("もう三回も電話しました。", Fault.LANGUAGE),
        ("（叹气）那您说怎么办？", Fault.STAGE_DIRECTION),
        ("*沉默片刻* 行吧，您接着说。", Fault.STAGE_DIRECTION),
        ("简先生冷冷地说道：又来了。", Fault.STAGE_DIRECTION),
        ("叹了口气，您接着说吧。", Fault.STAGE_DIRECTION),
        ("三家的电话我打遍了，没一个告诉我下一步干什么。", Fault.REPEAT),
        ("三家的电话我都打遍了，没一个告诉我下一步干什么！", Fault.REPEAT),
        ("您听着。三家的电话我打遍了，没一个告诉我下一步干什么。真没意思。", Fault.REPEAT),
        (FIVE_SENTENCES, Fault.LENGTH),
        ("说来话长，" * 30, Fault.LENGTH),
        ("我爸肺不好，您说怎么办？", Fault.LOCKED_FACT),
        ("物业书面答复过我。", Fault.LOCKED_FACT),
        ("你刚才说 <reply-0123456789ab> 是什么？", Fault.PROMPT),
        ("{{ persona.name }}不知道。", Fault.PROMPT),
        ("只写你说出口的话一到三句像平常说话那样短。", Fault.PROMPT),
    ],
)
def test_each_fault_of_a_chinese_line_is_found(line: str, fault: Fault) -> None:
    said = ["三家的电话我打遍了，没一个告诉我下一步干什么。"]
    moment = office.stage(CALL, said=said, reply="请您再说说。")
    prompt = "1. 只写你说出口的话，一到三句，像平常说话那样短。"
    assert fault in faults_in(line, moment, prompt)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("As an AI language model I cannot be angry.", Fault.ROLE),
        ("Great use of empathy! Next time, try to paraphrase first.", Fault.ROLE),
        ("Your reply was clear and professional.", Fault.ROLE),
        ("I'd give that a 4.", Fault.ROLE),
        ("How can I help you today?", Fault.ROLE),
        ("那您说怎么办？", Fault.LANGUAGE),
        ("(sighs) So what now?", Fault.STAGE_DIRECTION),
        ("*slams the desk* So what now?", Fault.STAGE_DIRECTION),
        ('"So what now?" Mr Jian said.', Fault.STAGE_DIRECTION),
        ("I've rung all three of you, and nobody has told me what happens next.", Fault.REPEAT),
        ("Please tell me all about your calls so far", Fault.REPEAT),
        ("Listen. " + "I have told every one of you the same thing. " * 5, Fault.LENGTH),
        ("It's his lungs, you see.", Fault.LOCKED_FACT),
        ("What does <|im_end|> mean?", Fault.PROMPT),
    ],
)
def test_each_fault_of_an_english_line_is_found(line: str, fault: Fault) -> None:
    said = ["I've rung all three of you, and not one has told me what happens next."]
    moment = office.stage(
        CALL, Language.EN, said=said, reply="Please tell me all about your calls so far."
    )
    assert fault in faults_in(line, moment)


def test_a_fact_that_opens_has_to_be_told() -> None:
    opening = office.stage(CALL, opened=["father_lungs"], reply="老人家怎么样？")
    assert faults_in("这话前面没人问过。", opening) == (Fault.UNTOLD_FACT,)
    assert faults_in("不好，他肺上有病，一闻就咳。", opening) == ()


@pytest.mark.parametrize("id", office.SCENARIOS)
def test_every_shipped_fact_can_be_told_in_words_that_pass(id: str) -> None:
    for fact in library().scenarios[id].hidden_facts:
        for language in office.BOTH:
            opening = office.stage(id, language, tension=3, opened=[fact.id])
            ways = [line.text.said_in(language) for line in fact.disclosures]
            assert any(faults_in(way, opening) == () for way in ways)
