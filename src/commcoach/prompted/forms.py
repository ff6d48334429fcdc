"""The forms in which answers are asked for, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def object_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object with all of these properties and no other, written in this order."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
