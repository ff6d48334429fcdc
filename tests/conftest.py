"""What every test runs in: no way out to the network, throw-away folders, the same examples."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# Hypothesis reads this when it is imported; without it, it writes into the checkout.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir(), "commcoach-hypothesis"))
)

from hypothesis import HealthCheck, settings

settings.register_profile(
    "commcoach",
    derandomize=True,
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("commcoach")

_HOME = ("HOME", "USERPROFILE")
_FOLDERS = {
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": ".run",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
}


class OutsideWorld(AssertionError):
    """A test tried to reach beyond this machine."""


def _is_loopback(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        # An address may carry a zone: fe80::1%eth0.
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(real: Callable[..., Any], where: int) -> Callable[..., Any]:
    """The socket method, refusing an address (argument number `where`) outside loopback."""

    def call(self: socket.socket, *args: Any) -> Any:
        address = args[where]
        inside = self.family not in (socket.AF_INET, socket.AF_INET6) or _is_loopback(address[0])
        if not inside:
            raise OutsideWorld(address)
        return real(self, *args)

    return call


@pytest.fixture(scope="session", autouse=True)
def no_way_out() -> Iterator[None]:
    """Make every connection, datagram and name look-up outside loopback raise."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **more: Any) -> Any:
        if not _is_loopback(host):
            raise OutsideWorld(host)
        return look_up(host, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        for name, where in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), where))
        yield


@pytest.fixture(scope="session", autouse=True)
def fresh_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Point the home folder and everything that belongs under it at an empty folder."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in _HOME:
            patch.setenv(name, str(home))
        for name, folder in _FOLDERS.items():
            (home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            patch.setenv(name, str(home / folder))
        yield home


@pytest.fixture(scope="session", autouse=True)
def no_keys() -> Iterator[None]:
    """Forget the developer's own account with a model service."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("OPENAI_")]:
            patch.delenv(name)
        yield
