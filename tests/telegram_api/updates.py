"""The queue of updates of one bot, with Telegram's rules for offsets and overlapping polls."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import count

from tests.telegram_api.bell import Bell
from tests.telegram_api.facts import facts
from tests.telegram_api.refusals import Json, Refused

LONGEST_POLL = 50
"""Seconds after which a long poll is answered whatever the client asked for."""

_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TOO_FAR = 10
"""An offset so far beyond the newest update is from another numbering, acknowledges nothing."""


class UpdateQueue:
    """Updates that wait for the bot; an offset acknowledges all before it, which are forgotten."""

    def __init__(self, first_id: int = 700_000_001) -> None:
        self._waiting: dict[int, Json] = {}
        self._again: list[Json] = []
        self._ids = count(first_id)
        self._next_id = next(self._ids)
        self._allowed = facts().update_kinds - _ON_REQUEST
        self._bell = Bell()
        self._newest_poll = 0
        self._closed = False
        self._handed_out: set[int] = set()
        self._twice = 0
        self._twice_later = 0
        self._later: set[int] = set()
        self._chance: random.Random | None = None

    @property
    def pending(self) -> tuple[Json, ...]:
        """Updates that the bot has not acknowledged, oldest first."""
        return tuple(self._waiting.values())

    def push(self, kind: str, content: Json) -> int | None:
        """Queue an update of a kind; its id, or none if the bot does not want this kind."""
        if kind not in self._allowed:
            return None
        return self.push_raw({kind: content})

    def push_raw(self, update: Json) -> int:
        """Queue whatever this is, under the next id unless it brings one; gives the id."""
        number = update.get("update_id", self._next_id)
        if number == self._next_id:
            self._next_id = next(self._ids)
        self._waiting[number] = {"update_id": number} | update
        self._bell.ring()
        return int(number)

    def restart_ids(self, at: int) -> None:
        """Let ids begin anew, as after a week without updates: what was handed out is forgotten."""
        self._waiting = {
            number: update
            for number, update in self._waiting.items()
            if number not in self._handed_out
        }
        if self._waiting:
            raise AssertionError("ids begin anew only when the bot has taken every update")
        self._ids = count(at)
        self._next_id = next(self._ids)

    def duplicate_next(self, times: int, *, after_acknowledgement: bool = False) -> None:
        """Deliver each of the next updates twice: in one answer, or once more when acknowledged."""
        if after_acknowledgement:
            self._twice_later += times
        else:
            self._twice += times

    def shuffle_batches(self, seed: int | None) -> None:
        """Hand out the updates of one answer in any order; none: in order again."""
        self._chance = None if seed is None else random.Random(seed)

    def allow(self, kinds: Iterable[str]) -> None:
        """Remember which kinds of update the bot wants from now on; none at all: the usual ones."""
        self._allowed = frozenset(kinds) or facts().update_kinds - _ON_REQUEST

    def drop(self) -> None:
        """Forget every update."""
        self._waiting.clear()

    async def poll(self, offset: int, limit: int, patience: float) -> list[Json]:
        """Answer getUpdates, at once or after at most `patience` seconds.

        Raises:
            Refused: 409, because a newer poll came while this one waited.
        """
        self._newest_poll += 1
        mine = self._newest_poll
        self._bell.ring()
        self._acknowledge(offset)
        await self._bell.until(
            lambda: bool(self._closed or self._newest_poll != mine or self._waiting or self._again),
            min(max(patience, 0), LONGEST_POLL),
        )
        if self._newest_poll != mine:
            raise Refused(
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
                409,
            )
        return self._batch(limit)

    def close(self) -> None:
        """End every poll."""
        self._closed = True
        self._bell.ring()

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            newest = list(self._waiting)[offset:]
            offset = newest[0] if newest else self._next_id
        if offset > self._next_id + _TOO_FAR:
            return
        for number in [number for number in self._waiting if number < offset]:
            update = self._waiting.pop(number)
            self._handed_out.discard(number)
            if number in self._later:
                self._later.remove(number)
                self._again.append(update)

    def _batch(self, limit: int) -> list[Json]:
        again, self._again = self._again, []
        fresh = list(self._waiting.values())[:limit]
        batch = [*again, *self._doubled(fresh)]
        if self._chance is not None:
            self._chance.shuffle(batch)
        return batch

    def _doubled(self, fresh: list[Json]) -> Iterator[Json]:
        for update in fresh:
            number = update["update_id"]
            first_time = number not in self._handed_out
            self._handed_out.add(number)
            yield update
            if first_time and self._twice:
                self._twice -= 1
                yield update
            elif first_time and self._twice_later:
                self._twice_later -= 1
                self._later.add(number)
