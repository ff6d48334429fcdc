"""How a new criterion begins: files with every place to fill in, and what belongs there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from commcoach.content.reading import GATES, ROWS, RUBRIC, RUBRICS
from commcoach.domain.language import Localized

LEVELS = range(5)
RESERVED = (GATES, *ROWS)
"""Folders in `rubrics/` that hold something else than criteria."""

_ID = re.compile(r"[a-z][a-z0-9_]{1,59}")

Say = Callable[[str], str]
"""The text of a catalogue key: the comments are in the author's language."""


class NotStarted(StrEnum):
    """Why no criterion could be begun under this name."""

    BAD_MODULE = "bad_module"
    BAD_CRITERION = "bad_criterion"
    RESERVED_MODULE = "reserved_module"
    IN_USE = "in_use"


@dataclass(frozen=True, slots=True)
class Started:
    """The files that were written, the criterion's first; or why none was."""

    files: tuple[Path, ...] = ()
    why_not: NotStarted | None = None
    other: Path | None = None


def start_criterion(root: Path, module: str, id: str, title: Localized, say: Say) -> Started:
    """Write a criterion with every text still missing, and its module if that is new.

    `rubric check` names each text that is still missing. Nothing is ever written over: the
    id must be free in all modules. Raises `OSError` if the files cannot be written; then none is.
    """
    if module in RESERVED:
        return Started(why_not=NotStarted.RESERVED_MODULE)
    if not _ID.fullmatch(module):
        return Started(why_not=NotStarted.BAD_MODULE)
    if not _ID.fullmatch(id) or f"{id}.yaml" == RUBRIC:
        return Started(why_not=NotStarted.BAD_CRITERION)
    folder = root / RUBRICS / module
    same = sorted((root / RUBRICS).glob(f"*/{id}.y*ml"))
    for other in same:
        if other.parent.name not in RESERVED:
            return Started(why_not=NotStarted.IN_USE, other=other)
    drafts = {folder / f"{id}.yaml": criterion_draft(id, title, say)}
    if not (folder / RUBRIC).exists():
        drafts[folder / RUBRIC] = rubric_draft(module, say)
    folder.mkdir(exist_ok=True)
    written: list[Path] = []
    try:
        for place, text in drafts.items():
            with place.open("x", encoding="utf-8", newline="\n") as file:
                written.append(place)
                file.write(text)
    except OSError:
        for place in written:
            place.unlink(missing_ok=True)
        raise
    return Started(tuple(written))


def rubric_draft(module: str, say: Say) -> str:
    """The text of a new module's `rubric.yaml`."""
    lines = [
        "# yaml-language-server: $schema=../rubric.schema.json",
        *_comment(say("starting.module")),
        f"id: {module}",
        *_comment(say("starting.module_title")),
        *_text("title"),
        *_comment(say("starting.module_purpose")),
        *_text("purpose"),
    ]
    return "\n".join(lines) + "\n"


def criterion_draft(id: str, title: Localized, say: Say) -> str:
    """The text of a new criterion's file: every key an author needs, what to write above it."""
    lines = [
        "# yaml-language-server: $schema=../criterion.schema.json",
        *_comment(say("starting.head")),
        "",
        f"id: {id}",
        "version: 1",
        "tier: core",
        *_comment(say("starting.languages")),
        "languages: [zh, en]",
        *_comment(say("starting.title")),
        *_text("title", title),
        *_comment(say("starting.summary")),
        *_text("summary"),
        *_comment(say("starting.why_it_matters")),
        *_text("why_it_matters"),
        "",
        *_comment(say("starting.applies_when")),
        "applies_when:",
        "  - when:",
        *_blank(6),
        *_comment(say("starting.cues"), 4),
        *_cues(4),
        *_comment(say("starting.not_applicable_when")),
        "not_applicable_when: []",
        *_comment(say("starting.evidence_rule")),
        *_text("evidence_rule"),
        "",
        *_comment(say("starting.stimuli")),
        "stimuli:",
        "  - id: opening",
        "    text:",
        *_blank(6),
        "",
        *_comment(say("starting.levels")),
        *_comment(say("starting.examples")),
        "levels:",
        *_levels(say),
        "",
        *_comment(say("starting.boundaries")),
        "boundaries:",
        *_boundaries(),
        *_comment(say("starting.look_alikes")),
        "look_alikes:",
        "  - stimulus: opening",
        *_blank(4),
        "    level: 1",
        "    because:",
        *_blank(6),
        "",
        *_comment(say("starting.signals")),
        "signals:",
        "  - id: shows_it",
        "    title:",
        *_blank(6),
        "    toward: up",
        *_cues(4),
        "",
        *_comment(say("starting.feedback")),
        "feedback:",
        "  keep:",
        *_blank(4),
        "  change:",
        *_blank(4),
    ]
    return "\n".join(lines) + "\n"


def _levels(say: Say) -> Iterator[str]:
    names = (
        say("starting.level_0"),
        say("starting.level_1"),
        say("starting.level_2"),
        say("starting.level_3"),
        say("starting.level_4"),
    )
    for level in LEVELS:
        yield from _comment(names[level], 2)
        yield f"  - level: {level}"
        yield "    anchor:"
        yield from _blank(6)
        yield "    examples:"
        yield "      - stimulus: opening"
        yield from _blank(8)


def _boundaries() -> Iterator[str]:
    for lower in LEVELS[:-1]:
        yield f"  - between: [{lower}, {lower + 1}]"
        yield "    question:"
        yield from _blank(6)


def _text(key: str, text: Localized | None = None) -> list[str]:
    return [f"{key}:", *_blank(2, text or Localized())]


def _blank(indent: int, text: Localized | None = None) -> list[str]:
    """A place for each language: nothing after the colon is what the check finds."""
    text = text or Localized()
    return [" " * indent + f"zh:{_value(text.zh)}", " " * indent + f"en:{_value(text.en)}"]


def _value(text: str | None) -> str:
    """Quoted as JSON is, which YAML reads the same."""
    return f" {json.dumps(text, ensure_ascii=False)}" if text else ""


def _cues(indent: int) -> list[str]:
    inner = " " * (indent + 2)
    return [" " * indent + "cues:", f"{inner}zh: []", f"{inner}en: []"]


def _comment(text: str, indent: int = 0) -> list[str]:
    return [f"{' ' * indent}# {line}" for line in text.split("\n")]
