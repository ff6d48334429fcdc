"""Publications in words: what a release changes, why it is refused, what was in force when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from commcoach.coaching.calibrating import Fitting
from commcoach.coaching.publishing import Changes, Checked, Publication, Told
from commcoach.coaching.self_testing import NOT_APPLICABLE, SelfTestFailure
from commcoach.domain.case_scores import FloorVerdict
from commcoach.domain.library import Library
from commcoach.domain.linking import MINIMUM, LinkChoice
from commcoach.domain.rubric import Criterion, Gate
from commcoach.domain.scenario import Scenario
from commcoach.presentation.links import figure
from commcoach.presentation.wording import N_, Wording

_KINDS = {
    "criterion": N_("publish.part.criterion"),
    "gate": N_("publish.part.gate"),
    "scenario": N_("publish.part.scenario"),
    "prompt": N_("publish.part.prompt"),
    "cases": N_("publish.part.cases"),
    "moves": N_("publish.part.moves"),
    "attacks": N_("publish.part.attacks"),
}
"""The kinds of parts of a release, in the order they are told."""
_STOPPED = {
    "budget": N_("publish.stopped.budget"),
    "misconfigured": N_("publish.stopped.misconfigured"),
    "unavailable": N_("publish.stopped.unavailable"),
}
Titled: TypeAlias = Criterion | Gate | Scenario
_SHOWN = 40
"""Characters of a reply that are shown to find it again."""


def change_lines(changes: Changes, library: Library, words: Wording) -> tuple[str, ...]:
    """A line for each kind of part that changed: which were changed, added, removed."""
    lines = []
    for kind, key in _KINDS.items():
        told = [
            words.say(done, number=len(own), names=_listed([name for name in own if name], words))
            if any(own)
            else words.say(alone)
            for done, alone, parts in (
                (N_("publish.changed"), N_("publish.changed_alone"), changes.changed),
                (N_("publish.added"), N_("publish.added_alone"), changes.added),
                (N_("publish.removed"), N_("publish.removed_alone"), changes.removed),
            )
            if (own := [_name(part, library, words) for part in parts if _kind(part) == kind])
        ]
        if told:
            semicolon = words.say("publish.semicolon")
            lines.append(words.say("publish.part", kind=words.say(key), told=semicolon.join(told)))
    return tuple(lines)


def _kind(part: str) -> str:
    return part.partition(":")[0]


def _name(part: str, library: Library, words: Wording) -> str:
    """What a part is called; its id where it is not in the library, empty where it has none."""
    kind, _, id = part.partition(":")
    titles: dict[str, Mapping[str, Titled]] = {
        "criterion": library.criteria,
        "cases": library.criteria,
        "gate": library.gates,
        "scenario": library.scenarios,
    }
    known = titles.get(kind, {}).get(id)
    return known.title.said_in(words.language) if known is not None else id


def _listed(names: Sequence[str], words: Wording) -> str:
    return words.say("punctuation.list").join(names)


def refusal_lines(checked: Checked, library: Library, words: Wording) -> tuple[str, ...]:
    """Why a release is refused: every reason there is, problems of files left out."""
    lines = [_floor_line(one, library, words) for one in checked.failed_floors]
    lines += [self_test_line(one, library, words) for one in checked.binding_self_tests]
    if checked.stopped:
        lines.append(words.say(_STOPPED.get(checked.stopped, _STOPPED["unavailable"])))
    return tuple(lines)


def _floor_line(verdict: FloorVerdict, library: Library, words: Wording) -> str:
    criterion = library.criteria[verdict.criterion]
    floor = criterion.floor
    if floor is None or verdict.kappa is None:
        raise ValueError(verdict.criterion)  # only a floor that binds can fail
    return words.say(
        "publish.below_floor",
        criterion=criterion.title.said_in(words.language),
        kappa=figure(verdict.kappa, words),
        floor=f"{floor.kappa:g}",
        number=verdict.graded,
        graders=floor.graders,
    )


def self_test_line(failure: SelfTestFailure, library: Library, words: Wording) -> str:
    """A self-test that failed, with what was expected and what came."""
    reply = failure.test.reply
    return words.say(
        "publish.self_test",
        criterion=library.criteria[failure.criterion].title.said_in(words.language),
        number=failure.number,
        expected=_verdict(failure.test.expect, library, words),
        got=_verdict(failure.got, library, words),
        reply=reply if len(reply) <= _SHOWN else f"{reply[:_SHOWN]}…",
    )


def _verdict(verdict: int | str | None, library: Library, words: Wording) -> str:
    if isinstance(verdict, int):
        return words.say("publish.level", level=verdict)
    if verdict is None:
        return words.say("publish.nothing")
    if verdict == NOT_APPLICABLE:
        return words.say("publish.not_applicable")
    gate = library.gates.get(verdict)
    return words.say("publish.gate", gate=gate.title.said_in(words.language) if gate else verdict)


def calibration_lines(checked: Checked, library: Library, words: Wording) -> tuple[str, ...]:
    """Which criteria are calibrated, by how many cases, and what the others lack.

    A criterion whose floor does not bind yet is uncalibrated, even if it has a link.
    """
    waiting = {one.criterion: one for one in checked.floors if not one.binds}
    linked = [one for one in checked.fittings if isinstance(one.result, LinkChoice)]
    others = [one for one in checked.fittings if one not in linked]
    calibrated = [one for one in linked if one.criterion not in waiting]
    short = [waiting[one.criterion] for one in linked if one.criterion in waiting]
    begun, ungraded = [one for one in others if one.n], [one for one in others if not one.n]
    lines = []
    if calibrated:
        names = _with_cases(calibrated, library, words)
        lines.append(words.say("publish.calibrated", number=len(calibrated), names=names))
    if short:
        names = _listed([_short_of_floor(one, library, words) for one in short], words)
        lines.append(words.say("publish.below_min_cases", number=len(short), names=names))
    if begun:
        told = {"number": len(begun), "names": _with_cases(begun, library, words)}
        lines.append(words.say("publish.uncalibrated", needed=MINIMUM, **told))
    if ungraded:
        lines.append(words.say("publish.ungraded", number=len(ungraded), needed=MINIMUM))
    return tuple(lines)


def _with_cases(fittings: Sequence[Fitting], library: Library, words: Wording) -> str:
    return _listed(
        [
            words.say(
                "publish.with_cases",
                criterion=library.criteria[one.criterion].title.said_in(words.language),
                n=one.n,
            )
            for one in fittings
        ],
        words,
    )


def _short_of_floor(verdict: FloorVerdict, library: Library, words: Wording) -> str:
    criterion = library.criteria[verdict.criterion]
    return words.say(
        "publish.of_min_cases",
        criterion=criterion.title.said_in(words.language),
        n=verdict.graded,
        needed=criterion.floor.min_cases if criterion.floor is not None else "–",
    )


def history_lines(history: Sequence[Told], words: Wording) -> tuple[str, ...]:
    """All publications, newest first; the first one is in force."""
    lines = []
    for place, told in enumerate(history):
        line = _publication_line(told, is_first=place == len(history) - 1, words=words)
        lines.append(words.say("history.in_force", line=line) if place == 0 else line)
        if told.publication.note:
            lines.append(words.say("history.note", note=told.publication.note))
    return tuple(lines)


def _publication_line(told: Told, is_first: bool, words: Wording) -> str:
    one = told.publication
    about = {"release": one.release, "when": words.moment(one.at), "by": one.by}
    if is_first:
        return words.say("history.first", **about)
    if one.rolled_back:
        return words.say("history.rolled_back", number=told.changes.number, **about)
    return words.say("history.published", number=told.changes.number, **about)


def in_force_line(publication: Publication, words: Wording) -> str:
    """That this very release is in force already."""
    return words.say(
        "publish.in_force",
        release=publication.release,
        by=publication.by,
        when=words.moment(publication.at),
    )
