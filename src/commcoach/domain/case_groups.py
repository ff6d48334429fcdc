"""Which graded cases are kin, and what is left to learn from when some of them are held out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace

from commcoach.domain.cases import GradedCase, last_words
from commcoach.domain.language import Language, Localized
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Example
from commcoach.domain.wording import fold

_OTHER = {"zh": "en", "en": "zh"}


def origin_of(case: GradedCase, ids: Collection[str]) -> str:
    """What a case and its translation have in common: the id of the Chinese one.

    `night_piling-en-001` is the translation of `night_piling-zh-001` if there is such a case among
    the `ids`, best given as a set. A part `zh` or `en` of an id says nothing otherwise: somebody's
    `shift-en-1` and `shift-1` are two cases.
    """
    parts = case.id.split("-")
    for index, part in enumerate(parts):
        if part in _OTHER and "-".join((*parts[:index], _OTHER[part], *parts[index + 1 :])) in ids:
            parts[index] = Language.ZH
    return "-".join(parts)


def groups_of(library: Library) -> dict[str, str]:
    """The group of each case by its id, named after the first case in it.

    Cases belong together that answer the same words, or a scenario's line and its translation,
    are translations of each other, or have the same reply, also by way of others.
    """
    parent: dict[str, str] = {}

    def root(mark: str) -> str:
        while parent.setdefault(mark, mark) != mark:
            parent[mark] = mark = parent[parent[mark]]
        return mark

    for text in _texts(tuple(library.scenarios.values())):
        first, *others = (*_context_marks(text.zh or ""), *_context_marks(text.en or ""), "")
        for other in filter(None, others):
            parent[root(other)] = root(first)
    ids = {case.id for case in library.cases}
    origins = {case.id: f"origin:{origin_of(case, ids)}" for case in library.cases}
    for case in library.cases:
        first, *others = (origins[case.id], *_marks(case))
        for other in others:
            parent[root(other)] = root(first)
    named: dict[str, str] = {}
    return {case.id: named.setdefault(root(origins[case.id]), case.id) for case in library.cases}


def folds_of(
    cases: Sequence[GradedCase], groups: Mapping[str, str], number: int
) -> list[tuple[GradedCase, ...]]:
    """The cases in at most so many parts of about one size, no group divided between two.

    The largest group goes first, each into what is then the smallest part.
    """
    members: dict[str, list[GradedCase]] = {}
    for case in cases:
        members.setdefault(groups[case.id], []).append(case)
    # By a hash, not by name: groups named in a row are often about the same.
    order = sorted(members, key=lambda group: (-len(members[group]), _hash(group)))
    parts: list[list[GradedCase]] = [[] for _ in range(min(number, len(order)))]
    for group in order:
        min(parts, key=len).extend(members[group])
    return [tuple(part) for part in parts]


def without_kin(
    library: Library, criterion: Criterion, held: Sequence[GradedCase], groups: Mapping[str, str]
) -> Library:
    """What an engine may learn this criterion from if the held cases are to be unknown to it.

    Without every case of their groups, and without the examples and look-alikes that answer the
    same words or are the same reply. The only criterion in it is this one.
    """
    gone = {groups[case.id] for case in held}
    cases: list[GradedCase] = []
    marks: set[str] = set()
    for case in library.cases:
        if groups[case.id] in gone:
            marks.update(_marks(case))
        elif case.levels_of(criterion.id):
            cases.append(case)

    def unknown(examples: Sequence[Example]) -> tuple[Example, ...]:
        return tuple(one for one in examples if marks.isdisjoint(_marks_of(one, criterion)))

    cut = replace(
        criterion,
        levels=tuple(
            replace(level, examples=unknown(level.examples)) for level in criterion.levels
        ),
        look_alikes=unknown(criterion.look_alikes),
    )
    rubric = replace(library.rubrics[criterion.module], criteria=(cut,))
    return replace(library, rubrics={criterion.module: rubric}, cases=tuple(cases))


def can_be_learned(library: Library) -> bool:
    """Whether a case or an example is left in it."""
    return bool(library.cases) or any(
        criterion.look_alikes or any(level.examples for level in criterion.levels)
        for criterion in library.criteria.values()
    )


def _marks(case: GradedCase) -> tuple[str, ...]:
    """What makes a case kin to others with the same; not an empty context."""
    return (*_context_marks(last_words(case.context)), _reply_mark(case.reply))


def _marks_of(example: Example, criterion: Criterion) -> set[str]:
    texts = (example.text.zh, example.text.en)
    marks = {_reply_mark(text) for text in texts if text is not None}
    stimulus = criterion.stimulus(example.stimulus)
    for text in (stimulus.text.zh, stimulus.text.en) if stimulus is not None else ():
        marks.update(_context_marks(last_words_of(text or "")))
    return marks


def last_words_of(text: str) -> str:
    """The last line with words of a plain text."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def _context_marks(text: str) -> tuple[str, ...]:
    folded = fold(text).text
    return (f"context:{folded}",) if folded else ()


def _reply_mark(text: str) -> str:
    return f"reply:{fold(text).text}"


def _texts(content: object) -> Iterator[Localized]:
    """Every text in both languages that a piece of content holds."""
    if isinstance(content, Localized):
        yield content
    elif isinstance(content, Mapping):
        yield from _texts(tuple(content.values()))
    elif isinstance(content, tuple | frozenset):
        for part in content:
            yield from _texts(part)
    elif is_dataclass(content):
        yield from _texts(tuple(getattr(content, one.name) for one in fields(content)))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
