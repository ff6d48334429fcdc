"""Losses in words: what a publication would take away or undo, whose it is, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commcoach.coaching.losses import Hold, Loss
from commcoach.presentation.parts import ONE, Libraries, kind_of, listed, name_of
from commcoach.presentation.wording import N_, Wording

_HOLDS = {
    Hold.FLOOR: N_("publish.lost.floor"),
    Hold.FLOOR_HEIGHT: N_("publish.lost.floor_height"),
    Hold.CASES: N_("publish.lost.cases"),
    Hold.TEXTS: N_("publish.lost.texts"),
    Hold.BLIND_GRADES: N_("publish.lost.blind_grades"),
    Hold.CALIBRATED: N_("publish.lost.calibrated"),
}


def loss_lines(
    losses: Sequence[Loss], libraries: Libraries, root: Path, command: str, words: Wording
) -> tuple[str, ...]:
    """One sentence each on what would go, what the trust rests on, what would be undone; cures."""
    lines = []
    removed = [one for one in losses if one.removed and one.hold is None]
    weaker = [one for one in losses if one.hold is not None]
    undone = [one for one in losses if not one.removed]
    if removed:
        names = listed([_loss(one, libraries, words) for one in removed], words)
        about = {"number": len(removed), "names": names, "command": command, "folder": root}
        lines.append(words.say("publish.would_remove", **about))
    if weaker:
        told = "".join(f"\n    – {_weaker(id, weaker, libraries, words)}" for id in _parts(weaker))
        about = {"told": told, "command": command, "folder": root}
        lines.append(words.say("publish.would_weaken", **about))
    if undone:
        names = listed([_loss(one, libraries, words) for one in undone], words)
        about = {"number": len(undone), "names": names, "command": command, "folder": root}
        lines.append(words.say("publish.would_undo", **about))
    return tuple(lines)


def _parts(losses: Sequence[Loss]) -> list[str]:
    return list(dict.fromkeys(one.part for one in losses))


def _weaker(part: str, losses: Sequence[Loss], libraries: Libraries, words: Wording) -> str:
    """What one criterion loses of what the trust in it rests on."""
    told = [
        words.say(_HOLDS[one.hold], number=one.number)
        for one in losses
        if one.part == part and one.hold is not None
    ]
    name = name_of(part, libraries, words)
    return words.say("publish.lost_of", name=name, told=listed(told, words))


def _loss(loss: Loss, libraries: Libraries, words: Wording) -> str:
    kind, name = words.say(ONE[kind_of(loss.part)]), name_of(loss.part, libraries, words)
    told = words.say("publish.lost", kind=kind, name=name) if name else kind
    if loss.since is None:
        return told
    since = loss.since
    return words.say("publish.lost_since", part=told, by=since.by, when=words.moment(since.at))
