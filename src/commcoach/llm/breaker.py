"""Leaves a model in peace that has failed too often, so that nobody waits for it in vain."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from commcoach.coaching.language_model import AnswerUnusable, ModelMisconfigured, ModelUnavailable


class Resting(ModelUnavailable):
    """The model has failed too often and is left in peace for a while."""


class CircuitBreaker:
    """Opens after so many `failures` in a row, for `rest` seconds by `clock`.

    Then one call is let through on trial, while the others are still refused: if it works, all may
    call again, if not, another rest begins. An answer of any kind, even an unusable one, shows that
    the model is there; only `ModelUnavailable` and `ModelMisconfigured` count as failures.
    """

    def __init__(
        self,
        failures: int = 5,
        rest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        long: float = math.inf,
    ) -> None:
        self._most = failures
        self._rest = rest
        self._clock = clock
        self._long = long
        self._in_a_row = 0
        self._open_since: float | None = None
        self._trial = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """What happens inside is one call; raises `Resting` if there may be none."""
        on_trial = self._admit()
        began = self._clock()
        try:
            yield
        except (ModelUnavailable, ModelMisconfigured):
            self._count(on_trial)
            raise
        except asyncio.CancelledError:
            # Whoever asks may have less time than the call: a model that hangs shows itself so.
            if self._clock() - began >= self._long:
                self._count(on_trial)
            raise
        except AnswerUnusable:
            self._close()
            raise
        else:
            self._close()
        finally:
            # Also if the call was given up and has shown nothing.
            if on_trial:
                self._trial = False

    def _admit(self) -> bool:
        """Whether the call is on trial."""
        if self._open_since is None:
            return False
        left = self._open_since + self._rest - self._clock()
        if left > 0 or self._trial:
            raise Resting(f"after {self._in_a_row} failures", max(left, 0.0))
        self._trial = True
        return True

    def _count(self, on_trial: bool) -> None:
        self._in_a_row += 1
        if on_trial or self._in_a_row >= self._most:
            self._open_since = self._clock()

    def _close(self) -> None:
        self._in_a_row = 0
        self._open_since = None
