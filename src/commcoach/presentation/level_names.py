"""What a level is called: the criterion's own name for it, or the usual one."""

from __future__ import annotations

from commcoach.domain.rubric import Criterion
from commcoach.presentation.wording import N_, Wording

_USUAL = {
    0: N_("level.0"),
    1: N_("level.1"),
    2: N_("level.2"),
    3: N_("level.3"),
    4: N_("level.4"),
}


def level_name(criterion: Criterion, level: int, words: Wording) -> str:
    """The name of a level; empty where neither the criterion nor custom has one."""
    label = criterion.level(level).label.said_in(words.language)
    if not label and criterion.numbers == tuple(_USUAL):
        return words.say(_USUAL[level])
    return label
