"""Somebody who practises: a person in a chat, and the words the bot uses with them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from tests.telegram_api.people import Person
from tests.telegram_api.state import Shown

REPLY = {
    Language.ZH: "您好，先听听您那边的情况，这周的纪要是卡在哪里了？",
    Language.EN: "Hello, let me hear your side first: where did the minutes get stuck this week?",
}
"""A reply that can be scored."""

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Learner:
    """A person and the language they are addressed in."""

    person: Person
    words: Wording

    @property
    def id(self) -> int:
        """The number of the private chat."""
        return self.person.id

    @property
    def reply(self) -> str:
        """A reply in their language that can be scored."""
        return REPLY[self.words.language]

    def label(self, key: str) -> str:
        """What stands on a button."""
        return self.words.say(f"bot.button.{key}")

    def told(self, key: str, **details: object) -> str:
        """A text of the catalogue as it is seen in a chat."""
        return html.unescape(_TAG.sub("", self.words.say(key, **details)))

    async def hears(self) -> Shown:
        """The bot's next message."""
        (shown,) = await self.person.hears()
        return shown

    async def sends(self, text: str, messages: int = 1) -> Shown:
        """Write something; the last of so many answers."""
        self.person.says(text)
        return (await self.person.hears(messages))[-1]

    async def taps(self, key: str, on: Shown | None = None, messages: int = 1) -> Shown:
        """Tap a button, of the newest message that has it if none is given; the last answer."""
        self.person.taps(self.label(key), on)
        return (await self.person.hears(messages))[-1]

    async def ends(self, on: Shown | None = None) -> Shown:
        """Stop in the middle of a dialogue, and mean it; the debrief."""
        await self.taps("stop", on)
        return await self.taps("debrief", messages=2)

    async def arrives(self) -> Shown:
        """Start and see what this is."""
        self.person.starts()
        return await self.hears()

    async def begins(self) -> Shown:
        """Start, agree, and hear what the counterpart says first."""
        await self.arrives()
        return await self.taps("agree", messages=2)


def newcomer(person: Person) -> Learner:
    """Somebody whom the bot addresses in the language of their client."""
    client = str(person.about.get("language_code", "zh"))
    return Learner(person, Wording(Language.ZH if client.startswith("zh") else Language.EN))
