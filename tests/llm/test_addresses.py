"""Addresses as they may be shown and kept."""

from __future__ import annotations

import pytest

from commcoach.llm.addresses import bare


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://models.example/v1", "https://models.example/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://me:secret@models.example/v1?key=secret", "https://models.example/v1"),
        ("https://models.example/v1#secret", "https://models.example/v1"),
        ("me:secret@models.example/v1", "models.example/v1"),
        ("https://me:sec?ret@models.example/v1", "…"),
        ("http://[secret", "…"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_password_and_key(address: str, shown: str) -> None:
    assert bare(address) == shown
