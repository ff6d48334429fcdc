"""Pictures and documents, made when they are sent, so that no file waits anywhere."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

import structlog

from commcoach.bootstrap import Coaches, outcome_judge
from commcoach.coaching.held import Held, held_in
from commcoach.coaching.house import House
from commcoach.coaching.mail import Outgoing
from commcoach.coaching.progressing import observations
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.standing import standing_over, verdicts_for
from commcoach.coaching.transcripts import Transcript, transcript_of
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording

log = structlog.get_logger()


class Shown(StrEnum):
    """What an attachment shows."""

    PROGRESS = "progress"
    PAGE = "page"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on its way to a learner."""

    name: str
    content: bytes


def recipe(what: Shown, learner: str, language: Language) -> dict[str, str]:
    """What is to be made, in a form that can wait in the outbox."""
    return {"what": what.value, "learner": learner, "language": language.value}


class Attachments:
    """Makes attachments from their recipes."""

    def __init__(self, house: House, coaches: Coaches, zone: tzinfo) -> None:
        self._zone = zone
        self._house = house
        self._coaches = coaches

    async def render(self, message: Outgoing) -> Attachment | None:
        """The picture or document of a message; `None` if there is nothing left to show."""
        what = Shown(message.recipe["what"])
        learner = message.recipe["learner"]
        words = Wording(Language(message.recipe["language"]), self._zone)
        if what is Shown.PROGRESS:
            return await self._picture(learner, words)
        transcripts = await self._transcripts(learner)
        if what is Shown.DATA:
            return Attachment("commcoach.json", await self._data(learner, transcripts))
        from commcoach.presentation.transcripts.page import page

        text = await asyncio.to_thread(page, transcripts, words)
        return Attachment("commcoach.html", text.encode())

    async def _picture(self, learner: str, words: Wording) -> Attachment | None:
        from commcoach.presentation.charts import progress_picture

        practised = await self._house.sessions.of_learner(learner)
        standing = await standing_over(self._house.calibrations, practised)
        seen, library = list(observations(practised)), self._coaches.newest.library
        picture = await asyncio.to_thread(progress_picture, seen, library, words, standing)
        return Attachment("commcoach-progress.png", picture) if picture is not None else None

    async def _transcripts(self, learner: str) -> list[Transcript]:
        judge = outcome_judge()
        made = []
        practised = await self._house.sessions.of_learner(learner)
        verdicts = await verdicts_for(self._house.calibrations, practised)
        for session in practised:
            if session.turns:
                try:
                    library = (await self._coaches.of(session.release)).library
                except UnknownRelease:
                    log.warning("session_left_out", session=session.id, reason="release_unknown")
                    continue
                reviews = self._house.reviews
                made.append(await transcript_of(session, library, reviews, judge, verdicts))
        return made

    async def _data(self, learner: str, transcripts: list[Transcript]) -> bytes:
        from commcoach.presentation.transcripts.rows import rows

        known = await self._house.people.get(learner)
        cohorts = await self._house.people.cohorts_of(learner)
        consents = await self._house.people.consents(learner)
        chat = await self._house.chats.of_learner(learner)
        held = held_in(chat.expects) if chat is not None else Held()
        whole = {
            "learner": {
                "id": learner,
                "language": known.language.value if known is not None else None,
                "joined_at": known.joined_at.isoformat() if known is not None else None,
                "consent": known.consent if known is not None else None,
                "consented_at": (
                    known.consented_at.isoformat()
                    if known is not None and known.consented_at is not None
                    else None
                ),
                "consents": [
                    {"version": one.version, "given_at": one.given_at.isoformat()}
                    for one in consents
                ],
                "cohorts": [one.title for one in cohorts],
            },
            "turns": [row for one in transcripts for row in rows(one)],
            "set_aside": [
                {
                    "session": session,
                    "reply": aside.reply,
                    "reason": aside.reason.value,
                    "at": aside.at.isoformat(),
                }
                for session, aside in await self._house.sessions.set_aside_of(learner)
            ],
            "held": [
                {"reply": one.text, "since": one.since.isoformat()} for one in held.said.values()
            ],
        }
        return json.dumps(whole, ensure_ascii=False, indent=2).encode()
