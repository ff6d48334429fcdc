"""Edits in words: what was changed where, whose levels it can change, before and after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from commcoach.domain.edits import Edit, EditKind, Engine, Part, comparable
from commcoach.domain.library import Library
from commcoach.presentation.wording import N_, Wording

_KINDS = {
    EditKind.TITLE: N_("edit.title"),
    EditKind.SUMMARY: N_("edit.summary"),
    EditKind.FEEDBACK: N_("edit.feedback"),
    EditKind.EVIDENCE_RULE: N_("edit.evidence_rule"),
    EditKind.ANCHOR: N_("edit.anchor"),
    EditKind.LABEL: N_("edit.label"),
    EditKind.EXAMPLE: N_("edit.example"),
    EditKind.EXAMPLE_MOVED: N_("edit.example_moved"),
    EditKind.LOOK_ALIKE: N_("edit.look_alike"),
    EditKind.STIMULUS: N_("edit.stimulus"),
    EditKind.LEVEL_ADDED: N_("edit.level_added"),
    EditKind.LEVEL_REMOVED: N_("edit.level_removed"),
    EditKind.LEVEL_RENUMBERED: N_("edit.level_renumbered"),
    EditKind.LEVEL_MEANING: N_("edit.level_meaning"),
    EditKind.LANGUAGES: N_("edit.languages"),
    EditKind.APPLICABILITY: N_("edit.applicability"),
    EditKind.SIGNAL: N_("edit.signal"),
    EditKind.BOUNDARY: N_("edit.boundary"),
    EditKind.FLOOR: N_("edit.floor"),
    EditKind.OTHER: N_("edit.other"),
    EditKind.CRITERION_ADDED: N_("edit.criterion_added"),
    EditKind.CRITERION_REMOVED: N_("edit.criterion_removed"),
    EditKind.MODULE: N_("edit.module"),
    EditKind.GATE: N_("edit.gate"),
    EditKind.CASES: N_("edit.cases"),
    EditKind.MOVE: N_("edit.move"),
    EditKind.SCENARIO: N_("edit.scenario"),
    EditKind.PROMPT: N_("edit.prompt"),
    EditKind.ATTACKS: N_("edit.attacks"),
}
_ENGINES = {
    frozenset[Engine](): N_("edit.engines.none"),
    frozenset({Engine.EMBEDDED}): N_("edit.engines.embedded"),
    frozenset({Engine.MODEL}): N_("edit.engines.model"),
    frozenset(Engine): N_("edit.engines.both"),
}
_PARTS = {
    Part.MODULE: N_("edit.part.module"),
    Part.GATE: N_("edit.part.gate"),
    Part.SCENARIO: N_("edit.part.scenario"),
    Part.PROMPT: N_("edit.part.prompt"),
    Part.MOVES: N_("edit.part.moves"),
    Part.ATTACKS: N_("edit.part.attacks"),
}
_LANGUAGES = {"zh": N_("edit.in_zh"), "en": N_("edit.in_en")}
_TOKEN = re.compile(r"[A-Za-z0-9_']+|\s+|.", re.DOTALL)
_ISLAND = 1
"""So few equal characters or words between two changes are part of the change."""
_UNLIKE = 0.35
"""Texts less alike than this are shown as two texts, not as one with changes."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a text; `other` if the other version does not have it."""

    text: str
    other: bool


@dataclass(frozen=True, slots=True)
class EditView:
    """One edit in words; texts are in stretches, none where there is nothing."""

    kind: str
    where: str
    engines: str
    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """Everything that was changed in one part of the content.

    `note` says what the changes mean for levels given before; `cases` counts changed cases, which
    are not told one by one.
    """

    title: str
    edits: tuple[EditView, ...]
    note: str = ""
    warns: bool = False
    cases: str = ""


def parts_of(
    found: Sequence[Edit], old: Library, new: Library, words: Wording
) -> tuple[PartView, ...]:
    """The edits by the parts they are in, in the order they were found."""
    views = []
    for (part, id), group in groupby(found, key=lambda edit: (edit.part, edit.id)):
        edits = list(group)
        told = [edit for edit in edits if edit.kind is not EditKind.CASES]
        note, warns = _note(part, id, old, new, words)
        views.append(
            PartView(
                title_of(part, id, old, new, words),
                tuple(_view(edit, words) for edit in told),
                note,
                warns,
                _cases([edit for edit in edits if edit.kind is EditKind.CASES], words),
            )
        )
    return tuple(views)


def kind_counts(found: Iterable[Edit], words: Wording) -> str:
    """How many edits there are of each kind, the most frequent first."""
    counts = Counter(edit.kind for edit in found)
    return words.say("punctuation.list").join(
        words.say(
            N_("edit.count_cases") if kind is EditKind.CASES else N_("edit.count"),
            kind=words.say(_KINDS[kind]),
            number=number,
        )
        for kind, number in counts.most_common()
    )


def title_of(part: Part, id: str, old: Library, new: Library, words: Wording) -> str:
    """What a part is called."""
    if part is Part.CRITERION:
        criterion = new.criteria.get(id) or old.criteria[id]
        return f"{criterion.title.said_in(words.language)} ({id})"
    return words.say(_PARTS[part], id=id)


def stretches(before: str, after: str) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """Both texts cut where they differ, by words in English and by characters in Chinese."""
    if not before or not after:
        return _whole(before, other=True), _whole(after, other=True)
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _UNLIKE:
        return _whole(before, other=True), _whole(after, other=True)
    left: list[Stretch] = []
    right: list[Stretch] = []
    codes = matcher.get_opcodes()
    for place, (tag, from_old, to_old, from_new, to_new) in enumerate(codes):
        inside = 0 < place < len(codes) - 1
        other = tag != "equal" or (inside and to_old - from_old <= _ISLAND)
        _add(left, "".join(old[from_old:to_old]), other)
        _add(right, "".join(new[from_new:to_new]), other)
    return tuple(left), tuple(right)


def in_brackets(text: Iterable[Stretch]) -> str:
    """The text with brackets around what the other version does not have."""
    return "".join(f"【{one.text}】" if one.other else one.text for one in text)


def _view(edit: Edit, words: Wording) -> EditView:
    before, after = stretches(edit.before, edit.after)
    if edit.kind in (EditKind.EXAMPLE_MOVED, EditKind.PROMPT):
        before, after = (), _whole(edit.after, other=False)
    if edit.kind is EditKind.PROMPT:  # hashes are nothing to read
        after = ()
    return EditView(
        words.say(_KINDS[edit.kind]),
        _where(edit, words),
        words.say(_ENGINES[edit.engines]),
        before,
        after,
        bool(edit.engines),
    )


def _where(edit: Edit, words: Wording) -> str:
    path = list(edit.path)
    if edit.part is not Part.CRITERION:
        return ".".join(str(one) for one in path)
    if edit.kind is EditKind.EXAMPLE_MOVED:
        return words.say("edit.where.moved", before=path[1], after=path[3])
    told: list[str] = []
    field = str(path[0]) if path else ""
    if field == "levels":
        if len(path) > 1 and path[1] != "order":
            told.append(words.say("edit.where.level", level=path[1]))
    elif field in ("applies_when", "not_applicable_when"):
        told.append(field)
    elif field in ("signals", "stimuli", "boundaries") and len(path) > 1:
        told.append(str(path[1]))
    elif edit.kind in (EditKind.OTHER, EditKind.FEEDBACK, EditKind.LEVEL_MEANING):
        told.append(field)
    if path and path[-1] in _LANGUAGES:
        told.append(words.say(_LANGUAGES[str(path[-1])]))
    return " · ".join(told)


def _note(part: Part, id: str, old: Library, new: Library, words: Wording) -> tuple[str, bool]:
    if part is not Part.CRITERION or id not in old.criteria or id not in new.criteria:
        return "", False
    if comparable(old.criteria[id], new.criteria[id]):
        return words.say("edit.comparable"), False
    return words.say("edit.not_comparable"), True


def _cases(edits: Sequence[Edit], words: Wording) -> str:
    if not edits:
        return ""
    added = sum(not edit.before for edit in edits)
    removed = sum(not edit.after for edit in edits)
    changed = len(edits) - added - removed
    return words.say("edit.cases_counted", added=added, removed=removed, changed=changed)


def _whole(text: str, other: bool) -> tuple[Stretch, ...]:
    return (Stretch(text, other),) if text else ()


def _add(line: list[Stretch], text: str, other: bool) -> None:
    if text and line and line[-1].other == other:
        line[-1] = Stretch(line[-1].text + text, other)
    elif text:
        line.append(Stretch(text, other))
