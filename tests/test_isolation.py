"""The tests' own surroundings: nothing gets out, nothing of the developer's gets in."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

TEST_NET = "192.0.2.1"  # reserved for documentation, answers nobody
NOT_HERE = r"192\.0\.2\.1|example\.invalid"


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_connection_to_the_outside_raises(method: str) -> None:
    with socket.socket() as outward:
        outward.settimeout(0.1)
        with pytest.raises(AssertionError, match=NOT_HERE):
            getattr(outward, method)((TEST_NET, 80))


def test_a_datagram_to_the_outside_raises() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as outward,
        pytest.raises(AssertionError, match=NOT_HERE),
    ):
        outward.sendto(b"hello", (TEST_NET, 53))


def test_a_name_of_the_outside_is_not_looked_up() -> None:
    with pytest.raises(AssertionError, match=NOT_HERE):
        socket.create_connection(("example.invalid", 80), timeout=0.1)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_connection_on_this_machine_works(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5) as client:
            assert client.getpeername()[1] == port


def test_the_home_folder_is_a_throw_away_one(fresh_home: Path) -> None:
    assert Path.home() == fresh_home
    assert all(
        Path(os.environ[name]).is_relative_to(fresh_home)
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    )
