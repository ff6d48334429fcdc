"""Losses in words: what a publication would take away or undo, whose it is, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commcoach.coaching.losses import Loss
from commcoach.presentation.parts import ONE, Libraries, kind_of, listed, name_of
from commcoach.presentation.wording import Wording


def loss_lines(
    losses: Sequence[Loss], libraries: Libraries, root: Path, command: str, words: Wording
) -> tuple[str, ...]:
    """One sentence on what would go and one on what would be undone, each with the cure."""
    lines = []
    removed = [one for one in losses if one.removed]
    undone = [one for one in losses if not one.removed]
    if removed:
        names = listed([_loss(one, libraries, words) for one in removed], words)
        about = {"number": len(removed), "names": names, "command": command, "folder": root}
        lines.append(words.say("publish.would_remove", **about))
    if undone:
        names = listed([_loss(one, libraries, words) for one in undone], words)
        about = {"number": len(undone), "names": names, "command": command, "folder": root}
        lines.append(words.say("publish.would_undo", **about))
    return tuple(lines)


def _loss(loss: Loss, libraries: Libraries, words: Wording) -> str:
    kind, name = words.say(ONE[kind_of(loss.part)]), name_of(loss.part, libraries, words)
    told = words.say("publish.lost", kind=kind, name=name) if name else kind
    if loss.since is None:
        return told
    since = loss.since
    return words.say("publish.lost_since", part=told, by=since.by, when=words.moment(since.at))
