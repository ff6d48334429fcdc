"""Buttons tapped too late, twice, or by somebody they are not for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from commcoach.domain.language import Language
from tests.acceptance.learner import Learner
from tests.acceptance.serving import Served, served
from tests.telegram_api import faults
from tests.telegram_api.state import Shown

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("taps")) as bot:
        yield bot


@pytest.fixture(autouse=True)
def faultless(bot: Served) -> Iterator[None]:
    yield
    bot.is_faultless()


def taps_at_once(learner: Learner, key: str, on: Shown) -> None:
    """Tap a button twice before anything can be answered."""
    learner.person.taps(learner.label(key), on)
    learner.person.taps(learner.label(key), on)


async def test_a_second_tap_on_agree_starts_nothing_anew(bot: Served) -> None:
    learner = bot.newcomer()
    taps_at_once(learner, "agree", await learner.arrives())
    _, opening, menu = await learner.person.hears(3)
    assert learner.label("stop") in opening.labels
    assert learner.label("resume") in menu.labels
    own = "SELECT count(*) FROM sessions JOIN chats USING (learner) WHERE chats.id = ?"
    assert bot.rows(own, learner.id) == [(1,)]


async def test_a_second_tap_on_begin_shows_the_dialogue_that_is_open(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    await learner.taps("stop")
    briefing = await learner.taps("again")
    taps_at_once(learner, "begin", briefing)
    opening, second = await learner.person.hears(2)
    assert learner.label("stop") in opening.labels
    assert learner.label("resume") in second.labels


async def test_a_second_tap_on_stop_brings_no_second_debrief(bot: Served) -> None:
    learner = bot.newcomer(Language.ZH)
    await learner.begins()
    await learner.sends(learner.reply)
    taps_at_once(learner, "debrief", await learner.taps("stop"))
    _closing, debrief, second = await learner.person.hears(3)
    assert learner.label("again") in debrief.labels
    assert second.text == learner.told("bot.no_session_to_finish")


async def test_a_second_tap_on_rewrite_asks_for_one_rewrite_all_the_same(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    turn = await learner.sends(learner.reply)
    taps_at_once(learner, "rewrite", turn)
    first, second = await learner.person.hears(2)
    assert first.text == second.text
    rewritten = await learner.sends(learner.reply + " Take your time.")
    assert learner.told("bot.assisted") in rewritten.text
    following = await learner.sends(learner.reply + " I am listening.")
    assert learner.told("bot.assisted") not in following.text
    assert (await learner.taps("rewrite", turn)).text == learner.told("bot.moved_on")


async def test_a_second_tap_on_delete_finds_nothing_left(bot: Served) -> None:
    learner = bot.newcomer()
    await learner.begins()
    sure = await learner.sends("/forget")
    taps_at_once(learner, "forget", sure)
    first, second = await learner.person.hears(2)
    assert first.text.splitlines()[-1] == second.text.splitlines()[-1]
    assert learner.label("agree") in (await learner.sends("/practice")).labels


async def test_buttons_of_an_earlier_turn_point_to_the_newest_message(bot: Served) -> None:
    learner = bot.newcomer()
    opening = await learner.begins()
    first = await learner.sends(learner.reply)
    await learner.sends("You had to report old figures on Tuesday, and then do it all again.")
    assert (await learner.taps("rewrite", first)).text == learner.told("bot.moved_on")
    # What an earlier turn was worth can still be looked up.
    assert learner.told("bot.why_title", number=1) in (await learner.taps("why", first)).text
    assert learner.told("briefing.goal") in (await learner.taps("cards", opening)).text


@pytest.mark.parametrize("language", list(Language), ids=["zh", "en"])
async def test_after_the_end_the_buttons_of_a_dialogue_say_that_it_is_over(
    bot: Served, language: Language
) -> None:
    learner = bot.newcomer(language)
    await learner.begins()
    turn = await learner.sends(learner.reply)
    await learner.ends()
    assert (await learner.taps("rewrite", turn)).text == learner.told("bot.session_gone")
    assert (await learner.taps("stop", turn)).text == learner.told("bot.no_session_to_finish")
    assert learner.told("bot.why_title", number=1) in (await learner.taps("why", turn)).text
    assert (await learner.sends(learner.reply)).text == learner.told("bot.no_session")


async def test_stop_of_an_earlier_dialogue_does_not_end_the_one_in_progress(bot: Served) -> None:
    learner = bot.newcomer()
    earlier = await learner.begins()
    await learner.taps("stop")
    await learner.taps("again")
    await learner.taps("begin")
    assert (await learner.taps("stop", earlier)).text == learner.told("bot.session_gone")
    assert learner.label("stop") in (await learner.sends(learner.reply)).labels


async def test_a_button_with_somebody_elses_dialogue_shows_and_ends_nothing(bot: Served) -> None:
    owner, thief = bot.newcomer(), bot.newcomer()
    await owner.begins()
    turn = await owner.sends(owner.reply)
    await thief.begins()
    forged = [str(row[0]["callback_data"]) for row in turn.buttons]
    forged += [str(row[-1]["callback_data"]) for row in turn.buttons]
    session = forged[0].split(":")[1]
    for data in (*forged, f"each:{session}", f"cards:{session}", f"differ:{session}"):
        query = f"forged-{data}"
        bot.api.world.taps[query] = thief.id
        about = {"id": query, "from": thief.person.about, "message": thief.person.last.message}
        bot.api.world.updates.push("callback_query", about | {"chat_instance": "1", "data": data})
        answer = await thief.hears()
        assert answer.text in (thief.told("bot.session_gone"), thief.told("bot.moved_on")), data
    assert owner.label("stop") in (await owner.sends("Please tell me more.")).labels


async def test_no_button_is_left_spinning_when_taps_come_too_late(bot: Served) -> None:
    learner = bot.newcomer()
    opening = await learner.begins()
    slow = bot.api.inject(faults.slow(0.3), method="getUpdates", times=2)
    query = learner.person.taps(learner.label("cards"), opening)
    bot.api.expire_callbacks()
    cards = await learner.hears()
    assert cards.text
    slow.stop()
    assert query not in bot.api.callback_answers
    # Telegram refused the sign, and the tap was answered all the same.
    assert bot.bot.process.returncode is None
    await asyncio.wait_for(learner.sends("/help"), 10)
