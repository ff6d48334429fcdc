"""How alike two replies are in their words, whatever their punctuation, width and case."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from commcoach.domain.wording import fold

ALIKE = 0.8
"""From here on two replies differ by no more than a few words."""


def closest(reply: str, others: Iterable[str]) -> tuple[int, float] | None:
    """Which of the others is most like the reply, and how like, `ALIKE` to 1; `None` if none is.

    1 means the same words. Of several just as like it is the first.

    Source: Ratcliff and Metzener, Pattern matching: the gestalt approach, 1988.
    """
    bare = _bare(reply)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(bare)
    found: tuple[int, float] | None = None
    least = ALIKE
    for index, other in enumerate(others):
        text = _bare(other)
        if not text or not bare:
            continue
        matcher.set_seq1(text)
        # Both are upper bounds of the ratio, and cheap: nearly every text is done with here.
        if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
            continue
        ratio = matcher.ratio()
        if ratio >= least and (found is None or ratio > found[1]):
            found, least = (index, ratio), ratio
    return found


def _bare(text: str) -> str:
    return "".join(character for character in fold(text).text if character.isalnum())
