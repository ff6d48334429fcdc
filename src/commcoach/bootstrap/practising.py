"""Practice: the use cases on their engines, by release."""

from __future__ import annotations

import asyncio
import traceback
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.embedding import embedder
from commcoach.bootstrap.in_force import (
    InForce,
    content_in_force,
    log_unloadable,
    published_library,
)
from commcoach.bootstrap.keeping import library_of, now, release_folder
from commcoach.bootstrap.learning import learned_models
from commcoach.bootstrap.models import Models
from commcoach.coaching.admission import Masked
from commcoach.coaching.calibrated_scorer import CalibratedScorer
from commcoach.coaching.calibrating import links_for
from commcoach.coaching.counterpart import Reader, Voice
from commcoach.coaching.debriefing import OutcomeJudge
from commcoach.coaching.house import House
from commcoach.coaching.practice import Practice
from commcoach.coaching.publishing import Publication
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.scorer import Scorer
from commcoach.coaching.sessions import Sessions
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.domain.library import Library
from commcoach.domain.linking import Link
from commcoach.domain.problems import ContentRefused
from commcoach.settings import Settings

log = structlog.get_logger()

if TYPE_CHECKING:
    from commcoach.embedded.either import EitherScorer
    from commcoach.embedded.scorer import EmbeddedScorer


def embedded_scorer(
    settings: Settings, library: Library, criteria: Sequence[str]
) -> EmbeddedScorer | EitherScorer:
    """The embedded scorer for these criteria, with embeddings if they are set."""
    from commcoach.embedded.either import EitherScorer
    from commcoach.embedded.scorer import EmbeddedScorer

    cache, embed = learned_models(settings), embedder(settings)
    without = EmbeddedScorer(library, criteria, cache)
    if embed is None:
        return without
    return EitherScorer(EmbeddedScorer(library, criteria, cache, embed), without)


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
        trouble=_log_trouble,
    )


def _log_trouble(what: str, error: Exception) -> None:
    """Where in the program it failed, without the words of the error: they may be a learner's."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error("practice_fault", what=what, error=type(error).__name__, where=where)


async def calibrated_practice(house: House, coach: Practice) -> Practice:
    """The same practice, with calibrated values where its release has links for its engine."""
    scorer = coach.scorer
    bare: Scorer = scorer
    before: dict[str, Link] = {}
    if isinstance(scorer, CalibratedScorer):
        bare, before = scorer.scorer, dict(scorer.links)
    links = await links_for(house.calibrations, coach.library.release, bare.engine)
    if links == before:
        return coach
    return replace(coach, scorer=CalibratedScorer(bare, links) if links else bare)


async def examinations_of(house: House, coach: Practice) -> int:
    """How often the engine of this practice examined its release."""
    return await house.calibrations.number(coach.library.release, coach.scorer.engine)


LOOK_EVERY = 3.0
"""Seconds between two looks for a newer publication or examination."""


_NOT_LOOKED = -1


class Coaches:
    """The practice use cases by release: each session goes on with the content it began with.

    `newest` is for new sessions; `look` and `follow` put a newer publication in its place once it
    is ready, or give it the links of a newer examination, unless `pinned`. `in_force` says what
    `newest` is, if it was not wired by hand; `services` names who else gets to see the replies.
    `examined` is how often the release had been examined when its links were read.
    """

    def __init__(
        self,
        settings: Settings,
        house: House,
        newest: Practice,
        models: Models | None = None,
        in_force: InForce | None = None,
        pinned: bool = False,
        examined: int = 0,
    ) -> None:
        self.newest = newest
        self.in_force = in_force
        self._pinned = pinned
        self.services: tuple[str, ...] = models.services() if models is not None else ()
        self._models = models
        self._settings = settings
        self._house = house
        self._by_release = {newest.library.release: newest}
        published = in_force.publication if in_force is not None else None
        self._looked_at = published.number if published is not None else 0
        self._examined = examined
        self._trouble = (0, "")
        if published is not None:
            self._by_release[published.release] = newest
        self._loading = asyncio.Lock()

    async def of(self, release: str) -> Practice:
        """The practice for a session of this release; `UnknownRelease` if its content is gone."""
        # Sessions in progress do not wait while another release is made ready.
        if release not in self._by_release:
            async with self._loading:
                if release not in self._by_release:
                    library = await library_of(self._settings, self._house, release)
                    self._by_release[release] = await self._ready(library, release)
        return self._by_release[release]

    async def _ready(self, library: Library, release: str) -> Practice:
        coach = wire_practice(
            self._settings,
            library,
            self._house.sessions,
            models=self._models,
            root=release_folder(self._settings, release),
        )
        await in_background(coach.scorer.prepare)
        coach = await calibrated_practice(self._house, coach)
        return replace(coach, patience=self.newest.patience)

    async def look(self) -> None:
        """Take over a newer publication for new sessions, if there is one, and newer links.

        The old one serves until the new one is ready. One that this program cannot read is logged
        once, and the old one stays for good; whatever else goes wrong is logged once and tried
        again the next time, as is a database that cannot be reached.
        """
        try:
            found = await self._house.publications.newest()
            if found is not None and found.number > self._looked_at:
                await self._follow_to(found)
            await self._take_links()
        except DatabaseUnusable as error:
            log.warning("publications_not_read", reason=type(error).__name__)

    async def _follow_to(self, found: Publication) -> None:
        try:
            await self._take_over(found)
        except DatabaseUnusable:
            raise
        except (ContentRefused, UnknownRelease) as error:
            log_unloadable(found, error)
        except Exception as error:  # noqa: BLE001  # a broken release never takes the bot down
            trouble = (found.number, type(error).__name__)
            if trouble != self._trouble:
                log_unloadable(found, error)
            self._trouble = trouble
            return
        self._looked_at = found.number

    async def _take_links(self) -> None:
        """Give the release in force the links of a newer examination, if there is one.

        A link changes no level: sessions in progress have it from their next reply on.
        """
        coach = self.newest
        number = await examinations_of(self._house, coach)
        if number == self._examined:
            return
        fresh = await calibrated_practice(self._house, coach)
        # The number from before: what was added while the links were read is seen the next time.
        self._examined = number
        if fresh is coach:
            return
        for release, known in self._by_release.items():
            if known is coach:
                self._by_release[release] = fresh
        self.newest = fresh
        log.info("links_in_force", release=coach.library.release)

    async def _take_over(self, publication: Publication) -> None:
        library = await published_library(self._settings, self._house, publication)
        async with self._loading:
            known = self._by_release.get(publication.release)
            coach = known or await self._ready(library, publication.release)
        self._examined = _NOT_LOOKED
        self._by_release[publication.release] = coach
        self._by_release[coach.library.release] = coach
        self.newest = coach
        root = release_folder(self._settings, publication.release)
        self.in_force = InForce(library, root, publication)
        log.info("release_in_force", release=publication.release, by=publication.by)

    async def follow(self, every: float = LOOK_EVERY) -> None:
        """Look for a newer publication again and again, unless pinned to a folder."""
        while not self._pinned:
            await asyncio.sleep(every)
            await self.look()

    async def aclose(self) -> None:
        """Give back what the models hold."""
        if self._models is not None:
            await self._models.aclose()


async def open_coaches(settings: Settings, house: House, pinned: bool = False) -> Coaches:
    """The practice use cases on the content in force, ready to score.

    With `pinned` that is the content folder of the settings, whatever is or will be published.
    """
    in_force = await content_in_force(settings, house, pinned)
    models = Models(settings, house.calls)
    coach = wire_practice(
        settings, in_force.library, house.sessions, models=models, root=in_force.root
    )
    await in_background(coach.scorer.prepare)
    examined = await examinations_of(house, coach)
    coach = replace(await calibrated_practice(house, coach), patience=settings.score_patience)
    return Coaches(settings, house, coach, models, in_force, pinned, examined)
