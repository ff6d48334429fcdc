"""What the Bot API knows: methods, their parameters, types and their fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("facts.json")
_REQUIRED = "required "


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a method or a field of a type; one of `types` fits."""

    name: str
    types: tuple[str, ...]
    required: bool


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Facts:
    """The Bot API by name."""

    version: str
    methods: Mapping[str, Fields]
    types: Mapping[str, Fields]
    unions: Mapping[str, tuple[str, ...]]

    @property
    def update_kinds(self) -> frozenset[str]:
        """The kinds of update there are: message, callback_query, …"""
        return frozenset(self.types["Update"]) - {"update_id"}


@lru_cache(maxsize=1)
def facts() -> Facts:
    """The facts of this folder."""
    read = json.loads(_FILE.read_text(encoding="utf-8"))
    return Facts(
        version=read["version"],
        methods={name: _fields(entry) for name, entry in read["methods"].items()},
        types={name: _fields(entry) for name, entry in read["types"].items()},
        unions={name: tuple(kinds) for name, kinds in read["unions"].items()},
    )


@lru_cache(maxsize=1)
def method_names() -> Mapping[str, str]:
    """The documented name of each method by its name in small letters: Telegram ignores case."""
    return {name.lower(): name for name in facts().methods}


def _fields(entry: dict[str, str]) -> Fields:
    return {
        name: Field(
            name=name,
            types=tuple(types.removeprefix(_REQUIRED).split(" | ")),
            required=types.startswith(_REQUIRED),
        )
        for name, types in entry.items()
    }
