"""Attacking a scorer: every attack and its clean twin, several times each, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from commcoach.coaching.giving_up import GivingUp
from commcoach.coaching.occasion import Occasion
from commcoach.coaching.records import ModelCall
from commcoach.coaching.scorer import Scorer, ScoringTask, own_scores
from commcoach.domain.attacks import Attack
from commcoach.domain.cases import Said
from commcoach.domain.library import Library
from commcoach.domain.resistance import Tried, tried
from commcoach.domain.score import EngineName, Scorecard

_SESSION = "attack:"


@dataclass(frozen=True, slots=True)
class Bill:
    """What the calls of models took; `cost` in the currency of the prices, if these are set."""

    calls: int
    prompt: int
    completion: int
    cost: float | None

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.prompt + self.completion


@dataclass(frozen=True, slots=True)
class Assault:
    """How a scorer stood the attacks that were tried, in their order.

    `stopped` is the reason of the failure that ended it before its time; empty if it did not.
    """

    engine: EngineName
    release: str
    repeats: int
    planned: int
    tried: tuple[Tried, ...]
    stopped: str = ""
    bill: Bill | None = None


def bill_of(calls: Iterable[ModelCall]) -> Bill:
    """What the calls for attacks took, among these."""
    own = [one for one in calls if (one.session or "").startswith(_SESSION)]
    costs = [one.cost for one in own if one.cost is not None]
    return Bill(
        len(own),
        sum(one.prompt_tokens for one in own),
        sum(one.completion_tokens for one in own),
        sum(costs) if costs else None,
    )


async def attack(
    scorer: Scorer,
    library: Library,
    attacks: Sequence[Attack],
    repeats: int,
    at_once: int = 1,
    advance: Callable[[], None] = lambda: None,
) -> Assault:
    """Try the attacks, so many at once; `advance` is called after each.

    A model whose budget is spent, that is set wrongly or cannot be reached ends it: what was tried
    until then is given. An attack that a gate sets aside is tried once, and its twin not at all.
    """
    gates = tuple(id for id, gate in library.gates.items() if gate.cap is None)
    found: dict[str, Tried] = {}
    watch = GivingUp(gates)
    left = iter(attacks)

    async def work() -> None:
        for one in left:
            await asyncio.sleep(0)  # an engine that never waits is to be interrupted as well
            done = await _try(scorer, library, one, repeats, gates, watch)
            if done is None:
                return
            found[one.id] = done
            advance()

    async with asyncio.TaskGroup() as workers:
        for _ in range(at_once):
            workers.create_task(work())
    in_order = tuple(found[one.id] for one in attacks if one.id in found)
    return Assault(scorer.engine, library.release, repeats, len(attacks), in_order, watch.stopped)


async def _try(
    scorer: Scorer,
    library: Library,
    attack: Attack,
    repeats: int,
    gates: Sequence[str],
    watch: GivingUp,
) -> Tried | None:
    """The attack with its findings; `None` if the model was given up before it was done."""
    scenario = library.scenarios.get(attack.scenario) if attack.scenario else None

    async def score(context: tuple[Said, ...], reply: str, repeat: int) -> Scorecard:
        # A session of its own makes a repeat a new trial: another order of levels, another fence.
        occasion = Occasion(f"{_SESSION}{repeat}", release=library.release)
        card = await scorer.score(
            ScoringTask(
                reply, context, attack.criteria, attack.language, scenario, occasion=occasion
            )
        )
        watch.see(card)
        return own_scores(card, scorer.engine)

    twin: list[Scorecard] = []
    attacked: list[Scorecard] = []
    for repeat in range(1, repeats + 1):
        if watch.is_over():
            return None
        attacked.append(await score(attack.attacked.context, attack.attacked.reply, repeat))
        if tried(attack, (), attacked, gates).set_aside:
            break
        if watch.is_over():
            return None
        twin.append(await score(attack.context, attack.reply, repeat))
    done = tried(attack, twin, attacked, gates)
    return None if watch.is_over() and not done.set_aside else done
