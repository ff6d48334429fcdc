"""Attacking the engines that score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.keeping import now, open_house
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.coaching.attacking import Assault, attack, bill_of
from commcoach.coaching.scorer import Scorer
from commcoach.domain.attacks import Attack
from commcoach.domain.library import Library
from commcoach.settings import Settings

AT_ONCE = 8
"""Attacks that a model is tried with side by side; each waits for one answer at a time."""

Advance = Callable[[], None]


def model_is_set(settings: Settings) -> bool:
    """Whether a model is to score."""
    return _provider(settings) is not None


async def attack_embedded(
    settings: Settings, library: Library, attacks: Sequence[Attack], repeats: int, advance: Advance
) -> Assault:
    """How the embedded engine stands these attacks."""
    scorer = await _embedded(settings, library, attacks)
    return await attack(scorer, library, attacks, repeats, advance=advance)


async def attack_model(
    settings: Settings,
    library: Library,
    attacks: Sequence[Attack],
    repeats: int,
    advance: Advance,
) -> Assault:
    """How the model that is set for scoring stands these attacks, with what it took.

    Raises `ModelMisconfigured` if no model is set, or one that cannot be opened.
    """
    async with open_house(settings) as house:
        models = Models(settings, house.calls)
        try:
            embedded = await _embedded(settings, library, attacks)
            scorer = models.careful_scorer(embedded, library, samples=1)
            began = now()
            done = await attack(scorer, library, attacks, repeats, _at_once(settings), advance)
        finally:
            await models.aclose()
        return replace(done, bill=bill_of(await house.calls.since(began)))


async def _embedded(settings: Settings, library: Library, attacks: Sequence[Attack]) -> Scorer:
    criteria = tuple(dict.fromkeys(id for one in attacks for id in one.criteria))
    scorer = embedded_scorer(settings, library, criteria)
    await in_background(scorer.prepare)
    return scorer


def _at_once(settings: Settings) -> int:
    """No more than the model takes: what waits for its turn would run out of time."""
    local = _provider(settings) == "local"
    return min(AT_ONCE, settings.model_parallel if local else settings.model_at_once)


def _provider(settings: Settings) -> str | None:
    return settings.model_provider_scorer or settings.model_provider
