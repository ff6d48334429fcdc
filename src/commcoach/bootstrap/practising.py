"""Practice: the use cases on their engines, by release."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.content import load_library
from commcoach.bootstrap.keeping import library_of, now, record_release, release_folder
from commcoach.bootstrap.models import Models
from commcoach.coaching.admission import Masked
from commcoach.coaching.counterpart import Reader, Voice
from commcoach.coaching.debriefing import OutcomeJudge
from commcoach.coaching.house import House
from commcoach.coaching.practice import Practice
from commcoach.coaching.scorer import Scorer
from commcoach.coaching.sessions import Sessions
from commcoach.domain.library import Library
from commcoach.settings import Settings

if TYPE_CHECKING:
    from commcoach.embedded.scorer import EmbeddedScorer


def embedded_scorer(
    settings: Settings, library: Library, criteria: Sequence[str]
) -> EmbeddedScorer:
    """The embedded scorer for these criteria."""
    from commcoach.embedded.scorer import EmbeddedScorer

    return EmbeddedScorer(library, criteria, settings.cache_dir / "models")


def outcome_judge() -> OutcomeJudge:
    """Who decides the checklist items of an outcome."""
    from commcoach.embedded.outcome import CueOutcomeJudge

    return CueOutcomeJudge()


def mask(text: str) -> Masked:
    """A text without personal data."""
    from commcoach.masking import mask

    return mask(text)


def wire_practice(
    settings: Settings,
    library: Library,
    sessions: Sessions,
    criteria: Sequence[str] | None = None,
    models: Models | None = None,
    root: Path | None = None,
) -> Practice:
    """The practice use cases, for some criteria or for all in use.

    `root` is the folder the library was read from, if not the one in force. Each job is done by
    its model if it has one, else, and where that fails, by the embedded engine.
    """
    from commcoach.embedded.doorkeeper import EmbeddedDoorkeeper
    from commcoach.embedded.reader import CueReader
    from commcoach.embedded.voice import ScriptedVoice

    in_use = dict.fromkeys(id for one in library.scenarios.values() for id in one.weights)
    reader: Reader = CueReader()
    voice: Voice = ScriptedVoice()
    scorer: Scorer = embedded_scorer(settings, library, criteria or tuple(in_use))
    rewriter = summariser = None
    if models is not None:
        reader, voice = models.reader(reader, root), models.voice(voice, root)
        scorer = models.scorer(scorer, library, root)
        rewriter = models.rewriter(library, scorer, root)
        summariser = models.summariser(library, root)
    return Practice(
        library=library,
        sessions=sessions,
        reader=reader,
        voice=voice,
        scorer=scorer,
        rewriter=rewriter,
        summariser=summariser,
        judge=outcome_judge(),
        doorkeeper=EmbeddedDoorkeeper(library),
        mask=mask,
        now=now,
        new_id=lambda: uuid.uuid4().hex,
    )


class Coaches:
    """The practice use cases by release: each session goes on with the content it began with."""

    def __init__(
        self, settings: Settings, house: House, newest: Practice, models: Models | None = None
    ) -> None:
        self.newest = newest
        self._models = models
        self._settings = settings
        self._house = house
        self._by_release = {newest.library.release: newest}
        self._loading = asyncio.Lock()

    async def of(self, release: str) -> Practice:
        """The practice for a session of this release; `UnknownRelease` if its content is gone."""
        async with self._loading:
            if release not in self._by_release:
                library = await library_of(self._settings, self._house, release)
                coach = wire_practice(
                    self._settings,
                    library,
                    self._house.sessions,
                    models=self._models,
                    root=release_folder(self._settings, release),
                )
                await in_background(coach.scorer.prepare)
                self._by_release[release] = replace(coach, patience=self.newest.patience)
            return self._by_release[release]

    async def aclose(self) -> None:
        """Give back what the models hold."""
        if self._models is not None:
            await self._models.aclose()


async def open_coaches(settings: Settings, house: House) -> Coaches:
    """The practice use cases on the content in force, ready to score."""
    library = await in_background(partial(load_library, settings))
    await record_release(settings, house, library)
    models = Models(settings, house.calls)
    coach = wire_practice(settings, library, house.sessions, models=models)
    await in_background(coach.scorer.prepare)
    return Coaches(settings, house, replace(coach, patience=settings.score_patience), models)
