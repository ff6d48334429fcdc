"""Files that may be lost without harm: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def keep(place: Path, content: bytes) -> None:
    """Write a file for next time; a folder that cannot be written to is done without."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent)
    except OSError:
        return
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        draft.replace(place)
    except OSError:
        draft.unlink(missing_ok=True)
