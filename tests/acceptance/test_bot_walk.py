"""A walk through everything the bot offers, in both languages, over real HTTP."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest

from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from tests.acceptance.bot_process import Operator
from tests.telegram_api.people import Person
from tests.telegram_api.server import FakeTelegram
from tests.telegram_api.state import Shown

REPLIES = {
    "zh": (
        "您好，先听听您那边的情况，这周的纪要是卡在哪里了？",
        "您这周二没等到纪要，只好按旧数据报，返工的还是您。",
        "您看这样行不行：周二中午十二点前我先给您三条要点，全文周三下班前补上。",
    ),
    "en": (
        "Hello, let me hear your side first: where did the minutes get stuck this week?",
        "You had no minutes by Tuesday, reported with old figures, and had to do it twice.",
        "Would this work: three key points by noon on Tuesday, the full text by Wednesday evening?",
    ),
}


@dataclass
class Walk:
    """A learner and the words the bot uses with them."""

    learner: Person
    words: Wording

    @property
    def chinese(self) -> bool:
        return self.words.language is Language.ZH

    @property
    def replies(self) -> tuple[str, ...]:
        return REPLIES[self.words.language.value]

    def label(self, key: str) -> str:
        return self.words.say(f"bot.button.{key}")

    async def sends(self, text: str, messages: int = 1) -> Shown:
        self.learner.says(text)
        return (await self.learner.hears(messages))[-1]

    async def taps(self, key: str, messages: int = 1) -> Shown:
        self.learner.taps(self.label(key))
        return (await self.learner.hears(messages))[-1]

    async def picks(self, part: str, messages: int = 1) -> Shown:
        """Tap the button of the newest message whose label has this in it."""
        label = next(one for one in self.learner.last.labels if part in one)
        self.learner.taps(label)
        return (await self.learner.hears(messages))[-1]


@pytest.fixture(params=["zh", "en"])
def walk(request: pytest.FixtureRequest, api: FakeTelegram) -> Walk:
    client = {"zh": "zh-hans", "en": "en-GB"}[request.param]
    learner = api.person(4711, "安娜", language_code=client)
    return Walk(learner, Wording(Language(request.param)))


async def arrives(walk: Walk) -> None:
    """What this is, in five lines, with three ways on; nothing is practised before consent."""
    walk.learner.starts()
    (consent,) = await walk.learner.hears()
    assert len(consent.text.splitlines()) == 5
    assert consent.labels == [walk.label(one) for one in ("agree", "details", "leave")]
    again = await walk.sends("whatever comes to mind")
    assert again.text == consent.text
    await walk.taps("details")


async def tries_a_sentence(walk: Walk) -> None:
    """Agree, and answer at once; look into the score; rewrite; leave it open and come back."""
    opening = await walk.taps("agree", messages=2)
    assert walk.label("stop") in opening.labels
    turn = await walk.sends(walk.replies[0])
    speaker = opening.text[: opening.text.index("：" if walk.chinese else ":")]
    assert turn.text.splitlines()[-1].startswith(speaker)
    why = await walk.taps("why")
    assert "<blockquote expandable>" in why.html
    await walk.taps("one_way")
    asked = await walk.taps("rewrite")
    assert walk.replies[0] in asked.text
    rewritten = await walk.sends(walk.replies[0] + walk.replies[2])
    assert walk.words.say("bot.assisted") in rewritten.text
    assert walk.label("rewrite") not in rewritten.labels
    await walk.sends("/practice")
    await walk.taps("resume")
    await walk.taps("cards")
    await walk.sends(walk.replies[1])
    assert "4" in (await walk.taps("stop")).text
    await walk.taps("resume")
    await walk.taps("stop")
    debrief = (await walk.taps("debrief", messages=2)).text
    assert len(debrief.splitlines()) <= 12


async def sees_it_differently_and_goes_again(walk: Walk) -> None:
    """What can be done after a debrief, and a whole session of six replies sent at once."""
    await walk.taps("differ")
    walk.learner.taps(walk.words.say("bot.differ_whole"))
    await walk.learner.hears()
    said = "I named the time myself."
    kept = await walk.sends(said)
    assert kept.text == walk.words.say("bot.differ_kept", said=said)
    await walk.taps("differ")
    walk.learner.taps(walk.words.say("bot.differ_whole"))
    await walk.learner.hears()
    await walk.taps("never_mind")
    each = await walk.taps("each")
    assert walk.replies[1] in each.text
    assert said in each.text
    assert len((await walk.taps("debrief")).text.splitlines()) <= 12
    briefing = await walk.taps("again")
    assert "<blockquote expandable>" in briefing.html
    await walk.taps("begin")
    for reply in walk.replies * 2:
        walk.learner.says(reply)
    ending = (await walk.learner.hears(8))[-1]
    assert len(ending.text.splitlines()) <= 12


async def chooses(walk: Walk) -> None:
    """By module, and by difficulty."""
    await walk.sends("/practice")
    await walk.taps("by_module")
    await walk.picks("")
    await walk.picks("★")
    await walk.sends("/practice")
    await walk.taps("by_difficulty")
    await walk.picks("★★★")
    await walk.picks("★★★")


def words_of(page: str) -> str:
    """What the page says, without the marks at what was quoted."""
    return re.sub(r"&#8288;<sup>.*?</sup>|<[^>]+>", "", page)


async def looks_back(walk: Walk) -> None:
    """Progress as a picture, the history, the export."""
    picture = await walk.sends("/progress")
    assert picture.file is not None
    assert picture.file.content.startswith(b"\x89PNG")
    assert len(picture.text.splitlines()) == 3
    history = await walk.sends("/history")
    assert len(history.labels) == 2
    walk.learner.taps(history.labels[0])
    await walk.learner.hears()
    walk.learner.says("/export")
    page, data = await walk.learner.hears(2)
    assert page.file is not None
    assert data.file is not None
    assert walk.replies[1] in words_of(page.file.content.decode())
    exported = json.loads(data.file.content)
    assert walk.replies[1] in [turn["reply"] for turn in exported["turns"]]


async def asks_around(walk: Walk) -> None:
    """The remaining commands, and the other language."""
    for command in ("/help", "/about", "/nonsense", "/finish", "/language"):
        await walk.sends(command)
    own, other = ("中文", "English") if walk.chinese else ("English", "中文")
    walk.learner.taps(other)
    (changed,) = await walk.learner.hears()
    assert bool(re.search("[一-鿿]", changed.text)) is not walk.chinese
    walk.learner.taps(own)
    await walk.learner.hears()


async def leaves(walk: Walk) -> None:
    """Everything is deleted, after a question."""
    await walk.sends("/forget")
    await walk.taps("keep")
    await walk.sends("/forget")
    gone = await walk.taps("forget")
    assert "9" in gone.text  # one and its rewrite, one more, and six


async def test_a_learner_walks_through_everything(
    walk: Walk, api: FakeTelegram, operator: Operator
) -> None:
    async with operator.bot() as bot:
        await arrives(walk)
        await tries_a_sentence(walk)
        await sees_it_differently_and_goes_again(walk)
        await chooses(walk)
        await looks_back(walk)
        await asks_around(walk)
        await leaves(walk)
        again = await walk.sends("/history")
        assert again.labels[0] == walk.label("agree")
        assert await bot.stops() == 0
    # No button was left spinning.
    assert len(api.callback_answers) == len(api.calls("answerCallbackQuery"))


async def test_commands_are_registered_in_both_languages(
    api: FakeTelegram, operator: Operator
) -> None:
    async with operator.bot():
        await api.until(lambda: len(api.calls("setMyCommands")) == 3)
    for language, client in ((Language.EN, ""), (Language.ZH, "zh"), (Language.EN, "en")):
        assert api.commands(client)["forget"] == Wording(language).say("command.forget")
