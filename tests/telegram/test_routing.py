"""No update does anything twice: a conversation, cut off at every step and inside every step."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC

import pytest

from commcoach import bootstrap
from commcoach.coaching.mail import Answer, Incoming
from commcoach.coaching.storage import DatabaseLocked
from commcoach.domain.dialogue import Ending
from commcoach.domain.language import Language
from commcoach.domain.people import Cohort, Invitation
from commcoach.presentation.wording import Wording
from commcoach.telegram.taps import Verb
from commcoach.telegram.updates import Kind
from tests.builders import NOON
from tests.telegram.world import BOT, CHAT, Stores, World, noon

pytestmark = pytest.mark.usefixtures("standing_time")

ZH = Wording(Language.ZH, UTC)
ASKED = "先听听您那边的情况，这周的纪要是卡在哪里了？"
NAMED = "您这周二没等到纪要，只好按旧数据报，返工的还是您。"
OFFERED = "您看这样行不行：周二中午十二点前我先给您三条要点，全文周三下班前补上。"
BETTER = "您这周二没等到纪要，返工到八点，确实辛苦；卡在哪一步了？"

Step = Callable[[World], Incoming]


def says(text: str, **more: object) -> Step:
    """The learner writes."""
    return lambda world: world.text(text, **more)


def taps(verb: Verb, nth: int = 0) -> Step:
    """The learner taps the newest button of this kind."""
    return lambda world: world.tap(verb, nth)


CONVERSATION: dict[str, Step] = {
    "start": says("/start token"),
    "details": taps(Verb.DETAILS),
    "text before consent": says(ASKED),
    "language": says("/language"),
    "speak": taps(Verb.SPEAK),
    "agree and join": taps(Verb.AGREE),
    "reply": says(ASKED),
    "why": taps(Verb.WHY),
    "one way": taps(Verb.ONE_WAY),
    "cards": taps(Verb.CARDS),
    "set aside": says("😀"),
    "masked reply": says(f"{NAMED}***********", masked=["phone"]),
    "rewrite": taps(Verb.REWRITE),
    "set-aside rewrite": says("😀😀"),
    "rewritten": says(BETTER),
    "third reply": says(OFFERED),
    "edit": lambda world: world.edit(OFFERED, f"{OFFERED}您觉得呢？"),
    "use the edit": taps(Verb.USE_EDIT),
    "edit again": lambda world: world.edit(OFFERED, OFFERED[:-1]),
    "resume": says("/practice"),
    "fourth reply": says(f"{ASKED}我听着。"),
    "edit the fourth": lambda world: world.edit(f"{ASKED}我听着。", ASKED),
    "keep the first": taps(Verb.KEEP_FIRST),
    "fifth reply": says(f"{NAMED}辛苦了。"),
    "last reply": says(f"{OFFERED}一言为定。"),
    "each": taps(Verb.EACH),
    "differ, and change one's mind": taps(Verb.DIFFER),
    "the debrief again": taps(Verb.DEBRIEF),
    "differ once more": taps(Verb.DIFFER),
    "on the whole": taps(Verb.DIFFER_ON),
    "never mind": taps(Verb.NEVER_MIND),
    "differ": taps(Verb.DIFFER),
    "differ on": taps(Verb.DIFFER_ON),
    "differ text": says("我明明说了时间。"),
    "again": taps(Verb.BRIEF),
    "begin": taps(Verb.BEGIN),
    "reply in the second": says(NAMED),
    "stop": taps(Verb.STOP),
    "go on after all": taps(Verb.RESUME),
    "stop again": taps(Verb.STOP),
    "stop indeed": taps(Verb.END),
    "join again": says("/start token"),
    "unknown token": says("/start nonsense"),
    "agree again": lambda world: world.tap_data("agree"),
    "modules": taps(Verb.MODULES),
    "module": taps(Verb.MODULE),
    "brief": taps(Verb.BRIEF),
    "begin the third": taps(Verb.BEGIN),
    "finish at once": says("/finish"),
    "progress": says("/progress"),
    "history": says("/history"),
    "export": says("/export"),
    "help": says("/help"),
    "unknown command": says("/nonsense"),
    "unknown button": lambda world: world.tap_data("nonsense"),
    "ask to forget": says("/forget"),
    "keep": taps(Verb.KEEP),
    "forget": lambda world: world.tap_data("forget"),
}
"""A conversation in which everything happens that a learner can make happen."""

FORGETTING = "forget"
BY_NAME = pytest.mark.parametrize("name", [one for one in CONVERSATION if one != FORGETTING])


@dataclass(frozen=True)
class Moment:
    """A step as it went undisturbed: what stood before, what came, what was answered."""

    before: Stores
    update: Incoming
    answer: Answer
    writes: int
    after: Stores

    def world(self) -> World:
        """The world in which the update has just been kept."""
        return World(copy.deepcopy(self.before))


@pytest.fixture(scope="module")
def story() -> Iterator[dict[str, Moment]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "now", noon)
        yield asyncio.run(undisturbed())


async def undisturbed() -> dict[str, Moment]:
    """The conversation without any trouble."""
    world = World()
    await world.stores.people.add_cohort(Cohort("spring", "春季班", NOON))
    await world.stores.people.invite(Invitation("token", "spring", NOON))
    moments = {}
    for name, step in CONVERSATION.items():
        update = step(world)
        await world.keep(update)
        world = world.copied()
        before = copy.deepcopy(world.stores)
        answer = await world.work(update)
        writes = world.writes.count
        await world.settle(update, answer)
        moments[name] = Moment(before, update, answer, writes, copy.deepcopy(world.stores))
    return moments


def texts(answer: Answer) -> list[tuple[str, str]]:
    return [(message.key, message.text) for message in answer.messages]


async def ends_as_if_nothing_had_been(world: World, moment: Moment, answer: Answer) -> None:
    """The answer is the same, and after it everything that is kept."""
    assert texts(answer) == texts(moment.answer)
    assert answer == moment.answer
    await world.settle(moment.update, answer)
    assert world.stores == moment.after


@BY_NAME
async def test_an_answer_lost_in_a_crash_is_given_again_and_nothing_is_done_twice(
    name: str, story: dict[str, Moment]
) -> None:
    moment = story[name]
    world = moment.world()
    await world.work(moment.update)
    world = world.restarted()
    (update,) = await world.desk.house.inbox.unsettled()
    await ends_as_if_nothing_had_been(world, moment, await world.work(update))


@BY_NAME
async def test_a_database_locked_at_any_write_changes_neither_answer_nor_what_is_kept(
    name: str, story: dict[str, Moment]
) -> None:
    moment = story[name]
    for number in range(1, moment.writes + 1):
        world = moment.world()
        world.writes.fails_at = number
        with pytest.raises(DatabaseLocked):
            await world.work(moment.update)
        await ends_as_if_nothing_had_been(world, moment, await world.work(moment.update))


@BY_NAME
async def test_a_crash_before_any_write_changes_neither_answer_nor_what_is_kept(
    name: str, story: dict[str, Moment]
) -> None:
    moment = story[name]
    for number in range(1, moment.writes + 1):
        world = moment.world()
        world.writes.fails_at = number
        with pytest.raises(DatabaseLocked):
            await world.work(moment.update)
        world = world.restarted()
        (update,) = await world.desk.house.inbox.unsettled()
        await ends_as_if_nothing_had_been(world, moment, await world.work(update))


@BY_NAME
async def test_an_update_settled_again_sends_nothing_again(
    name: str, story: dict[str, Moment]
) -> None:
    moment = story[name]
    world = World(copy.deepcopy(moment.after))
    await world.settle(moment.update, moment.answer)
    assert world.stores == moment.after


def test_the_conversation_goes_through_what_can_be_cut_off(story: dict[str, Moment]) -> None:
    """Otherwise the tests above would prove less than they say."""
    last = story["join again"].after
    first, second = last.sessions.sessions.values()
    assert (first.ending, second.ending) == (Ending.ALL_TURNS, Ending.FINISHED)
    attempts = [(turn.number, turn.attempt) for turn in first.turns]
    assert attempts == [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (5, 1), (6, 1)]
    assert [turn.masked for turn in first.turns[:2]] == [False, True]
    assert len(last.sessions.set_asides) == 2
    assert len(last.reviews.contested) == 1
    assert [one.action for one in last.audit.trail] == ["consented", "joined", "contested"]
    assert story["last reply"].writes == 6
    assert max(one.writes for one in story.values()) > 4


# -- forgetting -----------------------------------------------------------------------------


async def test_forgetting_leaves_nothing_of_the_learner_but_that_it_happened(
    story: dict[str, Moment],
) -> None:
    after = story[FORGETTING].after
    assert not after.people.learners
    assert not after.sessions.sessions
    assert not after.mail.kept_chats
    (farewell,) = after.mail.kept_messages.values()
    assert farewell.message.key == f"{story[FORGETTING].update.id}.forgotten"
    assert after.audit.trail[-1].action == "forgotten"


async def test_forgetting_that_could_not_be_settled_says_again_that_everything_is_gone(
    story: dict[str, Moment],
) -> None:
    moment = story[FORGETTING]
    world = moment.world()
    await world.work(moment.update)
    (message,) = await world.settle(moment.update, await world.work(moment.update))
    assert message.text == ZH.say("bot.forgotten_all", until="2024-03-31")
    assert not world.stores.people.learners
    assert len(world.outbox) == 1


async def test_after_a_crash_while_forgetting_nobody_is_left_to_answer(
    story: dict[str, Moment],
) -> None:
    moment = story[FORGETTING]
    world = moment.world()
    await world.work(moment.update)
    world = world.restarted()
    (update,) = await world.desk.house.inbox.unsettled()
    assert update.chat is None
    assert await world.work(update) == Answer()
    assert not world.stores.people.learners


async def test_who_leaves_without_agreeing_leaves_no_trace() -> None:
    world = World()
    await world.live(world.text("/start"))
    (farewell,) = await world.live(world.tap(Verb.LEAVE))
    assert farewell.text == ZH.say("bot.left")
    assert not world.stores.people.learners
    assert not world.stores.mail.kept_chats
    assert world.outbox == [farewell]


# -- what else may come ---------------------------------------------------------------------


def told(answer: Answer) -> str:
    (message,) = answer.messages
    return message.text


def about(world: World, kind: Kind, **more: object) -> Incoming:
    return replace(world.text(""), kind=kind, about={"client": world.client, **more})


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("voice", "unsuitable.voice"),
        ("photo", "unsuitable.picture"),
        ("sticker", "unsuitable.sticker"),
        ("location", "unsuitable.location"),
        ("forwarded", "unsuitable.forwarded"),
        ("dice", "unsuitable.other"),
    ],
)
async def test_what_is_not_text_is_answered_and_leaves_the_session_as_it_is(
    what: str, key: str
) -> None:
    world = World()
    await world.practise()
    before = world.session
    answer = await world.work(about(world, Kind.UNSUITABLE, what=what))
    assert told(answer) == ZH.say(key)
    assert (world.session, answer.chat) == (before, world.chat)


async def test_a_group_hears_where_practice_takes_place_and_nothing_is_kept() -> None:
    world = World(client="en")
    update = about(world, Kind.GROUP, addressed=True)
    (message,) = (await world.work(update)).messages
    assert message.buttons[0][0].url == "https://t.me/commcoach_bot"
    assert not world.stores.people.learners
    assert await world.work(about(world, Kind.GROUP, addressed=False)) == Answer()


async def test_a_chat_that_blocks_the_bot_is_sent_nothing_more() -> None:
    world = World()
    await world.practise()
    await world.work(about(world, Kind.MEMBERSHIP, wanted=False, private=True))
    assert await world.desk.house.outbox.waiting(CHAT) == []
    assert world.chat.blocked


async def test_an_update_of_no_chat_comes_to_nothing() -> None:
    world = World()
    assert await world.work(Incoming(BOT, 1, None, Kind.TEXT)) == Answer()


@pytest.mark.parametrize("data", ["begin", "why:x", "stop:a:b", "rewrite", "agree:1", "xyz:1"])
async def test_a_button_with_too_much_or_too_little_on_it_is_explained(data: str) -> None:
    world = World()
    await world.practise()
    answer = await world.work(world.tap_data(data))
    assert told(answer) == ZH.say("bot.unknown_button")
    assert world.signs.stilled[-1].startswith("q")


@pytest.mark.parametrize("verb", ["why", "oneway", "each", "differ", "cards", "stop", "rewrite"])
async def test_a_button_of_somebody_elses_session_shows_nothing_of_it(verb: str) -> None:
    world = World()
    await world.practise(ASKED)
    stranger = replace(world.session, id="f" * 32, learner="stranger")
    world.stores.sessions.sessions[stranger.id] = stranger
    turn = {"why": ":1:1", "oneway": ":1:1", "rewrite": ":1"}.get(verb, "")
    answer = await world.work(world.tap_data(f"{verb}:{stranger.id}{turn}"))
    assert told(answer) in (ZH.say("bot.session_gone"), ZH.say("bot.moved_on"))


async def test_after_the_question_for_a_reason_the_menu_brings_back_the_dialogue() -> None:
    world = World()
    await world.practise(ASKED)
    await world.live(world.tap_data(f"differon:{world.session.id}:all"))
    assert world.chat.expects
    await world.live(world.text("/practice"))
    await world.live(world.text(NAMED))
    assert [turn.reply for turn in world.session.turns] == [ASKED, NAMED]
    assert not world.stores.reviews.contested


async def test_who_agreed_to_an_older_version_is_asked_again_and_goes_on() -> None:
    world = World()
    await world.practise(ASKED)
    await world.live(world.text("/finish"))
    (learner,) = world.stores.people.learners.values()
    world.stores.people.learners[learner.id] = replace(learner, consent="0")
    (asked,) = await world.live(world.text("/start token"))
    assert asked.buttons[0][0].data == "agree"
    answer = await world.live(world.tap(Verb.AGREE))
    assert answer[0].text == ZH.say("bot.invitation_invalid")
    assert (world.chat.expects, len(world.sessions)) == ("", 1)
