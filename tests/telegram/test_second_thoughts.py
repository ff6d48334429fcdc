"""Second thoughts: objections, corrections, expired words, and a dialogue about to be ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from commcoach.coaching.keeping import Terms
from commcoach.coaching.mail import Answer, Incoming
from commcoach.domain.dialogue import Ending
from commcoach.domain.language import Language
from commcoach.domain.score import Override
from commcoach.presentation.wording import Wording
from commcoach.telegram.taps import Verb
from tests.builders import NOON
from tests.telegram.world import World

ZH = Wording(Language.ZH, UTC)
ASKED = "先听听您那边的情况，这周的纪要是卡在哪里了？"
NAMED = "您这周二没等到纪要，只好按旧数据报，返工的还是您。"


def told(answer: Answer) -> str:
    (message,) = answer.messages
    return message.text


@pytest.mark.parametrize(
    "otherwise",
    [
        lambda world: world.text("/help"),
        lambda world: world.text("/progress"),
        lambda world: world.tap_data(f"cards:{world.session.id}"),
    ],
    ids=["help", "progress", "a button"],
)
async def test_whatever_else_is_done_ends_the_question_for_a_reason(
    otherwise: Callable[[World], Incoming],
) -> None:
    world = World()
    await world.practise(ASKED)
    await world.live(world.tap_data(f"differon:{world.session.id}:all"))
    await world.live(otherwise(world))
    assert not world.chat.expects
    await world.live(world.text(NAMED))
    assert [turn.reply for turn in world.session.turns] == [ASKED, NAMED]
    assert not world.stores.reviews.contested


async def test_never_mind_ends_the_question_and_goes_on_with_the_dialogue() -> None:
    world = World()
    await world.practise(ASKED)
    await world.live(world.tap_data(f"differon:{world.session.id}:all"))
    (resumed,) = await world.live(world.tap(Verb.NEVER_MIND))
    assert (world.session.turns[-1].line or "?") in resumed.text
    await world.live(world.text(NAMED))
    assert len(world.session.turns) == 2
    assert told(await world.work(world.tap_data("nevermind"))) == ZH.say("bot.moved_on")


async def test_an_objection_is_quoted_in_its_receipt_and_stands_in_the_history() -> None:
    world = World()
    await world.practise(ASKED)
    await world.live(world.text("/finish"))
    await world.live(world.tap_data(f"differon:{world.session.id}:all"))
    (receipt,) = await world.live(world.text("我问的是<办法>。"))
    assert "我问的是&lt;办法&gt;。" in receipt.text
    each = await world.live(world.tap_data(f"each:{world.session.id}"))
    assert "<b>您的意见</b>：我问的是&lt;办法&gt;。" in each[-1].text


async def corrected(world: World, *levels: int | None) -> tuple[str, str]:
    """Sentence by sentence, and why, after a trainer corrected the first level like this."""
    await world.practise(ASKED)
    (turn,) = world.session.turns
    assert turn.card is not None
    criterion = turn.card.scored()[0].criterion
    for level in levels:
        override = Override(1, 1, criterion, level, "已讲明实际影响", "王老师", NOON)
        await world.stores.reviews.override(world.session.id, override)
    each = await world.work(world.tap_data(f"each:{world.session.id}"))
    why = await world.work(world.tap_data(f"why:{world.session.id}:1:1"))
    return told(each), told(why)


async def test_a_corrected_level_stands_beside_the_one_it_replaced() -> None:
    for text in await corrected(World(), None, 4):
        assert re.search(r"\w：4/4（原 [0-3]/4）", text)
        assert "王老师更正：已讲明实际影响" in text


async def test_a_level_that_was_taken_away_is_named_with_what_it_was() -> None:
    for text in await corrected(World(), 4, None):
        assert re.search(r"\w：不适用（原 [0-3]/4）", text)
        assert "王老师更正：已讲明实际影响" in text


async def test_words_that_have_expired_are_neither_quoted_nor_asked_for_again() -> None:
    world = World()
    await world.practise(ASKED)
    await world.stores.house(world.writes).keeping.expire_words(NOON + timedelta(days=1))
    why = told(await world.work(world.tap_data(f"why:{world.session.id}:1:1")))
    assert "“”" not in why
    assert ZH.say("bot.words_expired") in why
    rewriting = await world.work(world.tap_data(f"rewrite:{world.session.id}:1"))
    assert told(rewriting) == ZH.say("bot.words_expired")
    await world.live(world.text("/finish"))
    again = await world.work(world.tap_data(f"debrief:{world.session.id}"))
    assert told(again) == ZH.say("bot.words_expired")


async def test_one_careless_tap_ends_no_dialogue() -> None:
    world = World()
    await world.practise(ASKED)
    (asked,) = await world.live(world.tap(Verb.STOP))
    assert asked.text == ZH.say("bot.stop_sure", number=5)
    assert world.session.ending is None
    await world.live(world.tap(Verb.END))
    assert world.session.ending is Ending.FINISHED


async def test_a_dialogue_without_a_reply_ends_without_a_question() -> None:
    world = World()
    await world.practise()
    await world.live(world.tap(Verb.STOP))
    assert world.session.ending is Ending.FINISHED


async def test_after_a_crossed_line_no_example_is_offered() -> None:
    world = World()
    await world.practise("你就是个蠢货，滚蛋。")
    card = world.session.turns[0].card
    assert card is not None
    assert card.gates
    verbs = [(one.data or "").partition(":")[0] for row in world.outbox[-1].buttons for one in row]
    assert verbs == ["rewrite", "why", "stop"]


async def test_who_comes_back_hears_the_terms_in_force() -> None:
    world = World()
    await world.practise()
    welcome, _ = await world.live(world.text("/start"))
    assert "原文存 90 天，等级存 12 个月" in welcome.text


async def test_equal_terms_are_said_once() -> None:
    world = World()
    world.desk = replace(world.desk, terms=Terms(365, 365))
    (consent,) = await world.live(world.text("/start"))
    assert "原文和等级都存 12 个月" in consent.text
