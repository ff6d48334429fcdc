"""Files that may be lost without harm: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def keep(place: Path, content: bytes) -> None:
    """Write a file for next time; a folder that cannot be written to is done without."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).replace(place)
    except OSError:
        return
