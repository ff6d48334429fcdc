"""Checks that every kind of file shares: ids, languages, the cue grammar."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Generic, TypeVar

from pydantic import BaseModel

from commcoach.content.shapes.base import Cues, Text, Vetoes
from commcoach.content.source import Source
from commcoach.content.walking import find, find_siblings
from commcoach.domain.cue_grammar import CueSyntaxError, compile_cue
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem

_IN_QUOTES = re.compile(r"“[^“”]*”|‘[^‘’]*’|\"[^\"]*\"|「[^「」]*」")

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Checked(Generic[Shape]):
    """A file that has its shape, with the source to point into."""

    source: Source
    shape: Shape


def id_problems(file: Checked[Shape], id: str, expected: str | None = None) -> Iterator[Problem]:
    """An id that differs from the file's name (or from `expected`, the folder's)."""
    wanted = expected or PurePosixPath(file.source.name).stem
    if id != wanted:
        yield file.source.problem("id_is_not_name", ("id",), id=id, name=wanted)


def doubled_id_problems(file: Checked[Shape]) -> Iterator[Problem]:
    """Ids used twice in one list."""
    for path, siblings in find_siblings(file.shape):
        seen: set[str] = set()
        for index, sibling in enumerate(siblings):
            id = getattr(sibling, "id", None)
            if id in seen:
                yield file.source.problem("doubled_id", (*path, index, "id"), id=id, other=path[-1])
            elif id is not None:
                seen.add(id)


def language_problems(file: Checked[Shape], languages: Collection[str]) -> Iterator[Problem]:
    """Texts that lack one of the languages which the file supports."""
    for path, text in find(file.shape, Text):
        for language in languages:
            if getattr(text, language) is None:
                where = ".".join(str(part) for part in path)
                at = (*path, language)
                yield file.source.problem("missing_language", at, where=where, language=language)


def cue_problems(file: Checked[Shape]) -> Iterator[Problem]:
    """Cues that the grammar cannot read."""
    for kind in (Cues, Vetoes):
        for path, found in find(file.shape, kind):
            for language in ("zh", "en"):
                for index, cue in enumerate(getattr(found, language)):
                    try:
                        compile_cue(cue, Language(language))
                    except CueSyntaxError:
                        yield file.source.problem("bad_cue", (*path, language, index), cue=cue)
                    else:
                        if _IN_QUOTES.fullmatch(cue):
                            at = (*path, language, index)
                            yield file.source.problem("cue_in_quotes", at, cue=cue)
