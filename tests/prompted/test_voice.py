"""Speaking with a model: in character or not at all, and nothing locked in any prompt."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial

import pytest

from commcoach.coaching.counterpart import Spoken, Stage, answer_reply
from commcoach.coaching.debriefing import debrief
from commcoach.coaching.language_model import Ask, Job, ModelFailed
from commcoach.coaching.practice import last_words
from commcoach.domain.cases import Said
from commcoach.domain.cues import has_cue
from commcoach.domain.dialogue import Ending, PracticeSession, Turn
from commcoach.domain.language import Language, Localized
from commcoach.domain.persona import Event, PersonaState, Reaction, initial_state
from commcoach.domain.persona import Stage as Standing
from commcoach.domain.scenario import HiddenFact, Mood, Scenario
from commcoach.domain.wording import fold
from commcoach.embedded.outcome import CueOutcomeJudge
from commcoach.embedded.reader import CueReader
from commcoach.embedded.voice import ScriptedVoice
from commcoach.llm.stub import Script, StubModel
from commcoach.prompted.debriefing import PromptedSummariser
from commcoach.prompted.voice import PromptedVoice, tidied
from tests.builders import NOON
from tests.prompted import office
from tests.shipped import learners, library

CALL = "three_calls_no_owner"
STAGE = office.stage(CALL, reply="我们会按程序处理的。")
GOOD = "又是程序，前三位也是这么说的。"
BAD = {
    "empty": "……",
    "early_agreement": "没问题，就按您说的办。",
    "role": "作为AI，我不能继续扮演这个角色。",
    "language": "I don't care about your procedure at all.",
    "stage_direction": "（冷笑）又是程序。",
    "repeat": STAGE.said[0],
    "length": "又是程序，" * 40,
    "locked_fact": "我爸肺不好，您知道吗？",
    "prompt": "你演一个人，跟对面的人谈一件事。下面写的就是你。",
}


def voice(script: Script, noticed: list[str] | None = None) -> tuple[PromptedVoice, StubModel]:
    means, model = office.means(script, noticed)
    return PromptedVoice(means, ScriptedVoice()), model


async def scripted(stage: Stage, reason: str) -> Spoken:
    """What the script says in place of the model."""
    return replace(await ScriptedVoice().speak(stage), stand_in=reason)


async def test_a_good_line_is_said_as_it_came() -> None:
    made, model = voice([GOOD])
    assert await made.speak(STAGE) == Spoken(GOOD)
    (ask,) = model.asks
    assert (ask.job, ask.schema, ask.session) == ("voice", None, "session-1")


@pytest.mark.parametrize("fault", BAD)
async def test_a_faulty_line_is_asked_for_again_with_its_fault_named(fault: str) -> None:
    made, model = voice([BAD[fault], GOOD])
    assert await made.speak(STAGE) == Spoken(GOOD)
    first, second = (office.words_of(ask) for ask in model.asks)
    assert second.startswith(first)
    assert len(second) > len(first) + 10


@pytest.mark.parametrize("fault", BAD)
async def test_after_two_faulty_lines_the_scripted_one_is_said(fault: str) -> None:
    noticed: list[str] = []
    made, model = voice([BAD[fault], BAD[fault]], noticed)
    assert await made.speak(STAGE) == await scripted(STAGE, "unusable")
    assert len(model.asks) == 2
    assert noticed == ["voice:unusable"]


async def test_the_words_of_the_second_request_are_not_spoken_either() -> None:
    def parrot(ask: Ask) -> str:
        again = office.words_of(ask).rpartition("\n\n")[2]
        return BAD["empty"] if len(asked) == 1 else again[:60]

    asked: list[Ask] = []

    def answer(ask: Ask) -> str:
        asked.append(ask)
        return parrot(ask)

    made, _ = voice(answer)
    assert await made.speak(STAGE) == await scripted(STAGE, "unusable")


async def test_a_fact_that_opens_and_is_not_told_is_asked_for_and_then_told_by_the_script() -> None:
    opening = office.stage(CALL, opened=["father_lungs"], reply="老人家怎么样？")
    made, _ = voice(["这话前面没人问过。", "您问这个。"])
    assert await made.speak(opening) == await scripted(opening, "unusable")
    told = "不好，他肺上有病。"
    assert await voice(["这话前面没人问过。", told])[0].speak(opening) == Spoken(told)


async def test_a_line_that_may_hold_a_locked_fact_is_not_shown_to_the_model_again() -> None:
    made, model = voice([BAD["locked_fact"], GOOD])
    await made.speak(STAGE)
    assert all("肺" not in office.words_of(ask) for ask in model.asks)


@pytest.mark.parametrize("failure", office.FAILURES, ids=lambda one: type(one).__name__)
async def test_whatever_the_model_fails_by_the_script_speaks(failure: ModelFailed) -> None:
    noticed: list[str] = []
    made, _ = voice([failure, failure], noticed)
    assert await made.speak(STAGE) == await scripted(STAGE, failure.reason)
    assert await voice([failure, failure])[0].close(STAGE, agreed=False)
    assert noticed == [f"voice:{failure.reason}"]


async def test_last_words_agree_only_if_something_was_agreed() -> None:
    calm = office.stage(CALL, tension=2, reply="")
    words = "行，那就按您说的办，我等您电话。"
    assert await voice([words])[0].close(calm, agreed=True) == words
    made, model = voice([words, words])
    assert await made.close(calm, agreed=False) == await ScriptedVoice().close(calm, agreed=False)
    assert "没谈成" in office.words_of(model.asks[0])


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("language", office.BOTH)
@pytest.mark.parametrize("id", office.SCENARIOS)
def test_every_event_has_its_words(id: str, language: Language, event: Event) -> None:
    scenario = library().scenarios[id]
    reaction = Reaction(PersonaState(9), event)
    moment = Stage(scenario, language, reaction, (), "嗯", "seed", last=True)
    prompts = {voice([])[0].prompt(moment, one).growing for one in (event.value, "open", "agreed")}
    assert len(prompts) == 3


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("简先生：您说。", "您说。"),
        ("“您说。”", "您说。"),
        ("「您说」", "「您说」".strip("「」")),
        ("您说，\n\n我听着。", "您说， 我听着。"),
        ("他说“再等等”，我等了。", "他说“再等等”，我等了。"),
        ("**简先生**: 您说。", "您说。"),
    ],
)
def test_what_is_only_around_a_line_is_taken_off(said: str, line: str) -> None:
    assert tidied(said, "简先生") == line


@pytest.mark.parametrize("language", office.BOTH)
@pytest.mark.parametrize("id", office.SCENARIOS)
def test_from_the_third_turn_on_most_of_the_prompt_was_seen_the_turn_before(
    id: str, language: Language
) -> None:
    made, _ = voice([])
    scenario = library().scenarios[id]
    said = office.dialogue(scenario, language, 6)
    facts = [fact.id for fact in scenario.hidden_facts]

    def prompt(turn: int) -> list[str]:
        told = frozenset(facts[: turn // 2])
        reaction = Reaction(PersonaState(8 - turn, told=told), opened=tuple(told)[-1:])
        moment = Stage(
            scenario,
            language,
            reaction,
            (),
            said[2 * turn - 1].text,
            "seed",
            dialogue=said[: 2 * turn - 1],
            occasion=office.OCCASION,
        )
        return [one.text for one in made.prompt(moment).messages()]

    shares = [office.prefix_share(prompt(turn - 1), prompt(turn)) for turn in range(3, 7)]
    assert min(shares) >= 0.8


# -- nothing locked in any prompt -----------------------------------------------------------

DIALOGUES = 1000
_FENCED = re.compile(r"<(reply-[0-9a-f]+)>.*?</\1>", re.DOTALL)


def words_about(fact: HiddenFact) -> Iterator[str]:
    texts: list[Localized] = [fact.title, fact.ask, *(line.text for line in fact.disclosures)]
    for text in texts:
        yield from (words for words in (text.zh, text.en) if words)


def scoring_words() -> set[str]:
    found = set()
    for criterion in library().criteria.values():
        texts = [criterion.summary, criterion.evidence_rule, criterion.why_it_matters]
        texts += [level.anchor for level in criterion.levels]
        found |= {criterion.id, *(text for one in texts for text in (one.zh, one.en) if text)}
    return found | set(library().gates)


@lru_cache
def tells(scenario: str, fact: str, stable: str, language: Language) -> bool:
    """Whether a stable part, the same in many a dialogue, has a cue of a fact."""
    found = library().scenarios[scenario].fact(fact)
    return has_cue(found.tells, fold(stable), language)


def leaks(ask: Ask, scenario: Scenario, language: Language, told: frozenset[str]) -> list[str]:
    """Words about locked facts that the product itself, not the learner, has put into a prompt."""
    own = _FENCED.sub("", office.words_of(ask))
    locked = [fact for fact in scenario.hidden_facts if fact.id not in told]
    found = [words for fact in locked for words in words_about(fact) if words in own]
    stable, growing = ask.messages[0].text, _FENCED.sub("", ask.messages[-1].text)
    folded = fold(growing)
    for fact in locked:
        if tells(scenario.id, fact.id, stable, language):
            found.append(f"{fact.id} by its cues in the stable part")
        if has_cue(fact.tells, folded, language):
            found.append(f"{fact.id} by its cues in the growing part")
    return found


def one_of(chance: random.Random, lines: list[str], _: Ask) -> str:
    return chance.choice(lines)


async def test_no_prompt_of_a_thousand_dialogues_holds_what_is_locked_or_how_it_is_scored() -> None:
    chance = random.Random("a thousand dialogues")
    pools = {
        (id, language): [
            reply
            for row in learners()
            if row["scenario"] == id and row["lang"] == language
            for reply in row["replies"]
        ]
        for id in office.SCENARIOS
        for language in office.BOTH
    }
    scoring, judge = scoring_words(), CueOutcomeJudge()
    prompts: Counter[str] = Counter()

    def check(
        model: StubModel, scenario: Scenario, language: Language, told: frozenset[str]
    ) -> None:
        for ask in model.asks:
            prompts[ask.job] += 1
            assert leaks(ask, scenario, language, told) == []
            words = office.words_of(ask)
            assert [one for one in scoring if one in words] == []
        model.asks.clear()

    for _ in range(DIALOGUES):
        scenario = library().scenarios[chance.choice(office.SCENARIOS)]
        language = chance.choice(office.BOTH)
        lines = [
            line.text.said_in(language)
            for mood in Mood
            for line in scenario.script.moods.get(mood, ())
        ]
        means, model = office.means(partial(one_of, chance, lines))
        made = PromptedVoice(means, ScriptedVoice())
        state = initial_state(scenario)
        said = [Said("counterpart", scenario.opening.said_in(language))]
        turns: list[Turn] = []
        for number in range(1, 5):
            reply = chance.choice(pools[scenario.id, language])
            moment = office.scene(scenario.id, reply, language, state=state, dialogue=said)
            reading, reaction, line = await answer_reply(CueReader(), made, moment)
            state = reaction.state
            check(model, scenario, language, state.told)
            said += [Said("learner", reply), Said("counterpart", line.text)]
            turn = Turn(number, 1, "", reply, NOON, reading=reading, reaction=reaction)
            turns.append(replace(turn, line=line.text))
            if state.stage is Standing.GONE:
                break
        talk = PracticeSession(
            id="session-1",
            learner="learner-1",
            scenario=scenario.id,
            language=language,
            release="release-1",
            engine="stub",
            started_at=NOON,
            opening=said[0].text,
            turns=tuple(turns),
            ending=Ending.FINISHED,
        )
        await last_words(made, judge, talk, scenario)
        report = await debrief(library(), judge, talk)
        await PromptedSummariser(means, library()).summarise(talk, report)
        check(model, scenario, language, state.told)
    assert prompts[Job.VOICE] > 4 * DIALOGUES
    assert prompts[Job.DEBRIEF] >= DIALOGUES
