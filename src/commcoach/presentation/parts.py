"""Parts of a release in words: of which kind, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion, Gate
from commcoach.domain.scenario import Scenario
from commcoach.presentation.wording import N_, Wording

KINDS = {
    "criterion": N_("publish.part.criterion"),
    "gate": N_("publish.part.gate"),
    "scenario": N_("publish.part.scenario"),
    "prompt": N_("publish.part.prompt"),
    "cases": N_("publish.part.cases"),
    "moves": N_("publish.part.moves"),
    "attacks": N_("publish.part.attacks"),
}
"""The kinds of parts of a release, in the order they are told."""
ONE = {
    "criterion": N_("publish.one.criterion"),
    "gate": N_("publish.one.gate"),
    "scenario": N_("publish.one.scenario"),
    "prompt": N_("publish.one.prompt"),
    "cases": N_("publish.one.cases"),
    "moves": N_("publish.one.moves"),
    "attacks": N_("publish.one.attacks"),
}
"""What a single part is called beside its name."""
Libraries: TypeAlias = Sequence[Library | None]
"""Where titles are looked up, first come first served; `None` is passed over."""
_Titled: TypeAlias = Criterion | Gate | Scenario


def kind_of(part: str) -> str:
    """The kind of a part: a key of `KINDS`."""
    return part.partition(":")[0]


def name_of(part: str, libraries: Libraries, words: Wording) -> str:
    """What a part is called; its id where no library has it, empty where it has none."""
    kind, _, id = part.partition(":")
    for library in filter(None, libraries):
        titles: dict[str, Mapping[str, _Titled]] = {
            "criterion": library.criteria,
            "cases": library.criteria,
            "gate": library.gates,
            "scenario": library.scenarios,
        }
        known = titles.get(kind, {}).get(id)
        if known is not None:
            return known.title.said_in(words.language)
    return id


def listed(names: Sequence[str], words: Wording) -> str:
    """Names one after the other."""
    return words.say("punctuation.list").join(names)
