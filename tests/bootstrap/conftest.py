"""Content that was changed, and a house to publish it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.coaching.house import House
from commcoach.settings import Settings
from tests.human_grades import change_text, copied_content
from tests.shipped import CACHE
from tests.telegram.world import Writes, empty

SCENARIO = "scenarios/late_minutes_peer.yaml"


@pytest.fixture
def house() -> House:
    """The doubles of everything that is kept."""
    return empty().house(Writes())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of their own and the shipped content."""
    return Settings(data_dir=tmp_path / "data", cache_dir=CACHE)


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The shipped content with other words in one scenario."""
    root = copied_content(tmp_path / "edited")
    change_text(root, SCENARIO, "奶茶", "咖啡")
    return root
