"""What the build adds to the sources: compiled message catalogues, and the shipped content."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = "src/commcoach/presentation/locale/*/LC_MESSAGES/commcoach.po"
CONTENT = ("rubrics", "scenarios", "prompts")
KINDS = {".yaml", ".jsonl", ".json", ".j2"}
"""The files that are content; what an editor or a system leaves beside them is not."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs for the wheel, the source archive and the editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues; put the content into a wheel as `commcoach/shipped/`.

        An editable install reads the content where it stands in the checkout.
        """
        root = Path(self.root)
        compile_catalogues(root)
        if self.target_name == "wheel" and version != "editable":
            for file in content_files(root):
                name = file.relative_to(root).as_posix()
                build_data["force_include"][str(file)] = f"commcoach/shipped/{name}"


def content_files(root: Path) -> Iterator[Path]:
    """The content of the checkout, always in the same order."""
    for folder in CONTENT:
        for file in sorted((root / folder).rglob("*")):
            if file.is_file() and file.suffix in KINDS and not file.name.startswith("."):
                yield file


def compile_catalogues(root: Path) -> list[Path]:
    """Write the `.mo` file beside every `.po` file; the same text gives the same bytes."""
    written = []
    for source in sorted(root.glob(CATALOGUES)):
        with source.open("rb") as text:
            catalogue = read_po(text)
        # A catalogue without dates would get those of the build.
        catalogue.creation_date = catalogue.revision_date = LONG_AGO
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        target = source.with_suffix(".mo")
        _replace(target, compiled.getvalue())
        written.append(target)
    return written


def _replace(target: Path, content: bytes) -> None:
    """Write a file so that a program reading it at the same time sees all of it, old or new."""
    if target.exists() and target.read_bytes() == content:
        target.touch()
        return
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(draft).chmod(0o644)
    Path(draft).replace(target)


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
