"""What tests of the bot share."""

from __future__ import annotations

import pytest

from commcoach import bootstrap
from tests.telegram.world import noon


@pytest.fixture
def standing_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon all the time."""
    monkeypatch.setattr(bootstrap, "now", noon)
