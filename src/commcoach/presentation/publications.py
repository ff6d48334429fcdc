"""Publications in words: what a release changes, why it is refused, what was in force when."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commcoach.coaching.calibrating import Fitting
from commcoach.coaching.checking import Checked, Moved
from commcoach.coaching.publishing import Changes, Publication, Told
from commcoach.coaching.releasing import Release
from commcoach.coaching.self_testing import NOT_APPLICABLE, SelfTestFailure
from commcoach.domain.case_scores import COVERAGE, FloorVerdict
from commcoach.domain.chance import NotEstimable, Reason
from commcoach.domain.courtesy_shift import MOST_SHIFT
from commcoach.domain.edits import changed_cases
from commcoach.domain.library import Library
from commcoach.domain.link_choice import MINIMUM
from commcoach.presentation.left_out import left_out_line
from commcoach.presentation.links import figure
from commcoach.presentation.parts import KINDS, Libraries, kind_of, listed, name_of
from commcoach.presentation.wording import N_, Wording

_SCORED_TOO_FEW = (Reason.TOO_FEW, Reason.TOO_FEW_SCORED)
_STOPPED = {
    "budget": N_("publish.stopped.budget"),
    "misconfigured": N_("publish.stopped.misconfigured"),
    "unavailable": N_("publish.stopped.unavailable"),
}
_CASES = (N_("publish.cases_added"), N_("publish.cases_changed"), N_("publish.cases_removed"))
_BEIJING = "Asia/Shanghai"
_SHOWN = 40
"""Characters of a reply that are shown to find it again."""


def change_lines(changes: Changes, libraries: Libraries, words: Wording) -> tuple[str, ...]:
    """A line for each kind of part that changed: which were changed, added, removed.

    The first library is the new one, the second the one in force; graded cases are counted where
    both can be read.
    """
    lines = []
    for kind, key in KINDS.items():
        if kind == "cases" and (counted := _cases_counted(changes, libraries, words)):
            lines.append(words.say("publish.part", kind=words.say(key), told=counted))
            continue
        told = [
            words.say(done, number=len(own), names=listed([name for name in own if name], words))
            if any(own)
            else words.say(alone)
            for done, alone, parts in (
                (N_("publish.changed"), N_("publish.changed_alone"), changes.changed),
                (N_("publish.added"), N_("publish.added_alone"), changes.added),
                (N_("publish.removed"), N_("publish.removed_alone"), changes.removed),
            )
            if (own := [name_of(one, libraries, words) for one in parts if kind_of(one) == kind])
        ]
        if told:
            semicolon = words.say("publish.semicolon")
            lines.append(words.say("publish.part", kind=words.say(key), told=semicolon.join(told)))
    return tuple(lines)


def _cases_counted(changes: Changes, libraries: Libraries, words: Wording) -> str:
    """How many graded cases of each criterion are new, changed, gone; empty if none can be told."""
    new, old = libraries if len(libraries) == 2 else (None, None)
    if new is None or old is None:
        return ""
    counted = []
    for part in (*changes.changed, *changes.added, *changes.removed):
        if kind_of(part) != "cases":
            continue
        numbers = changed_cases(part.partition(":")[2], old, new)
        told = [words.say(key, number=n) for key, n in zip(_CASES, numbers, strict=True) if n]
        counted.append(
            words.say(
                "publish.cases_of",
                criterion=name_of(part, libraries, words),
                told=listed(told or [words.say("publish.changed_alone")], words),
            )
        )
    return words.say("publish.semicolon").join(counted)


def refusal_lines(
    checked: Checked, library: Library, command: str, words: Wording
) -> tuple[str, ...]:
    """Why a release is refused: every reason there is, problems of files and losses left out."""
    lines = []
    for one in checked.failed_floors:
        left_out = left_out_line(checked.left_out.get(one.criterion, ()), words)
        lines.append(_floor_line(one, library, command, words) + left_out)
    lines += [self_test_line(one, library, words) for one in checked.binding_self_tests]
    lines += [moved_line(one, library, words) for one in checked.binding_moved]
    if checked.stopped:
        lines.append(stopped_line(checked.stopped, words))
    return tuple(lines)


def stopped_line(stopped: str, words: Wording) -> str:
    """Why a model did not score all cases, and what helps."""
    return words.say(_STOPPED.get(stopped, _STOPPED["unavailable"]))


def overtaken_line(told: Told, root: Path, command: str, words: Wording) -> str:
    """That somebody else put something in force meanwhile: who, when, what."""
    one = told.publication
    key = N_("publish.overtaken_back") if one.rolled_back else N_("publish.overtaken")
    return words.say(
        key,
        by=one.by,
        when=words.moment(one.at),
        release=one.release,
        number=told.changes.number,
        command=command,
        folder=root,
    )


def _floor_line(verdict: FloorVerdict, library: Library, command: str, words: Wording) -> str:
    criterion = library.criteria[verdict.criterion]
    floor, kappa = criterion.floor, verdict.kappa
    if floor is None or kappa is None:
        raise ValueError(verdict.criterion)  # only a floor that binds can fail
    about = {
        "criterion": criterion.title.said_in(words.language),
        "graded": verdict.graded,
        "graders": floor.graders,
        "scored": verdict.scored,
        "command": command,
        "id": criterion.id,
    }
    if isinstance(kappa, NotEstimable) and kappa.reason in _SCORED_TOO_FEW:
        if kappa.needed is None and verdict.covered is not None:
            share, least = f"{verdict.covered:.0%}", f"{COVERAGE:.0%}"
            return words.say("publish.scored_too_little", share=share, least=least, **about)
        return words.say("publish.scored_too_few", needed=kappa.needed, **about)
    if isinstance(kappa, NotEstimable) and kappa.reason is Reason.TOO_FEW_GROUPS:
        return words.say("publish.too_few_groups", groups=kappa.n, needed=kappa.needed, **about)
    return words.say(
        "publish.below_floor", kappa=figure(kappa, words), floor=f"{floor.kappa:g}", **about
    )


def moved_line(moved: Moved, library: Library, words: Wording) -> str:
    """A criterion that courtesies move, how far, and what helps."""
    return words.say(
        N_("publish.moved_by_added") if moved.added else N_("publish.moved_by_removed"),
        criterion=library.criteria[moved.criterion].title.said_in(words.language),
        shift=figure(moved.shift.mean, words, "+.2f"),
        most=f"{MOST_SHIFT:g}",
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


def calibration_lines(
    floors: Sequence[FloorVerdict], fittings: Sequence[Fitting], library: Library, words: Wording
) -> tuple[str, ...]:
    """Which criteria are calibrated and what the others lack, then which have a scale link.

    A criterion is calibrated by its floor alone; a link says nothing about that.
    """
    judged = {one.criterion: one for one in floors}
    unjudged = [one for one in fittings if one.criterion not in judged]
    linked = [one for one in fittings if one.has_link]
    as_they_are = [one for one in fittings if one.needs_none]
    told = (
        (
            N_("publish.calibrated"),
            [_with_kappa(one, library, words) for one in floors if one.is_calibrated],
        ),
        (
            N_("publish.missed"),
            [_with_kappa(one, library, words) for one in floors if one.failed],
        ),
        (
            N_("publish.below_min_cases"),
            [_short_of_floor(one, library, words) for one in floors if not one.binds],
        ),
        (N_("publish.no_floor"), [_with_cases(one, library, words) for one in unjudged if one.n]),
        (N_("publish.ungraded"), [one.criterion for one in unjudged if not one.n]),
        (N_("publish.linked"), [_with_cases(one, library, words) for one in linked]),
        (
            N_("publish.no_link_needed"),
            [_with_cases(one, library, words) for one in as_they_are],
        ),
        (
            N_("publish.unlinked"),
            [_with_cases(one, library, words) for one in fittings if 0 < one.n < MINIMUM],
        ),
        (
            N_("publish.unfit"),
            [
                _with_cases(one, library, words)
                for one in fittings
                if isinstance(one.result, NotEstimable) and one.n >= MINIMUM
            ],
        ),
    )
    return tuple(
        words.say(key, number=len(names), names=listed(names, words), needed=MINIMUM)
        for key, names in told
        if names
    )


def _with_kappa(verdict: FloorVerdict, library: Library, words: Wording) -> str:
    criterion = library.criteria[verdict.criterion]
    if verdict.kappa is None:
        raise ValueError(verdict.criterion)  # only a floor that does not bind has no kappa
    return words.say(
        "publish.with_kappa",
        criterion=criterion.title.said_in(words.language),
        graded=verdict.graded,
        kappa=figure(verdict.kappa, words),
    )


def _with_cases(fitting: Fitting, library: Library, words: Wording) -> str:
    return words.say(
        "publish.with_cases",
        criterion=library.criteria[fitting.criterion].title.said_in(words.language),
        n=fitting.n,
    )


def _short_of_floor(verdict: FloorVerdict, library: Library, words: Wording) -> str:
    criterion = library.criteria[verdict.criterion]
    return words.say(
        "publish.of_min_cases",
        criterion=criterion.title.said_in(words.language),
        n=verdict.graded,
        needed=criterion.floor.min_cases if criterion.floor is not None else "–",
    )


def history_lines(
    history: Sequence[Told], before: Sequence[Release], words: Wording
) -> tuple[str, ...]:
    """All publications, newest first, and what was `before`; the first one is in force."""
    lines = []
    for place, told in enumerate(history):
        line = _publication_line(told, is_first=place == len(history) - 1, words=words)
        lines.append(words.say("history.in_force", line=line) if place == 0 else line)
        if told.publication.note:
            lines.append(words.say("history.note", note=told.publication.note))
    lines += [
        words.say("history.before", release=one.id, when=words.moment(one.recorded_at))
        for one in before
    ]
    return tuple(lines)


def clock_line(words: Wording) -> str:
    """Whose time it is that is shown, which need not be that of the machine."""
    zone = str(words.zone)
    told = words.say("time.beijing" if zone == _BEIJING else "time.zone", zone=zone)
    return words.say("history.clock", zone=told)


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
