"""Addresses of servers as they may be shown and kept: without password, key and query."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_PASSWORD = re.compile(r"^([a-z][a-z0-9+.-]*://)?(?:.*@)?", re.IGNORECASE)


def bare(address: str) -> str:
    """An address without user, password and query, where some services want their key.

    Nothing is left of one that cannot be told apart from a password.
    """
    shown = _PASSWORD.sub(r"\1", re.split(r"[?#]", address, maxsplit=1)[0])
    try:
        # A password with a "?" looks like the port of a server.
        _ = urlsplit(shown).port
    except ValueError:
        return "…"
    return shown


def is_address(address: str) -> bool:
    """Whether a server can be asked there: http or https, and a host."""
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that do not match
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
