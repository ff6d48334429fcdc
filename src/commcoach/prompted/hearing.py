"""Letting a line be heard while it is spoken: only whole sentences, only what passes the checks."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AsyncExitStack

from commcoach.coaching.counterpart import Hear
from commcoach.coaching.language_model import Answered, Ask, LanguageModel, Usage
from commcoach.domain.language import Language
from commcoach.prompted.line_checks import SHORT_SENTENCE

_SENTENCE_END = re.compile(r"[。！？!?…]+(?![。！？!?…”’」』)）])|\.(?=\s)")
_UNSURE = re.compile(r"^[“”\"「『']|[（(【\[*＊_<{`]")
"""What may turn out to be a stage direction or no speech at all: wait for the end."""
_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"))


class Listening:
    """How far a growing line may be heard.

    `fits` says whether the words so far, taken for the whole line, pass the checks.
    """

    def __init__(self, hear: Hear, fits: Callable[[str], bool], language: Language) -> None:
        self.heard = ""
        self._hear = hear
        self._fits = fits
        self._least = SHORT_SENTENCE[language]

    def take(self, words: str) -> None:
        """Pass on the whole sentences of the line so far, if they can stand alone."""
        ends = [found.end() for found in _SENTENCE_END.finditer(words)]
        said = words[: ends[-1]].strip() if ends else ""
        if len(said) <= max(self._least, len(self.heard)) or _UNSURE.search(said):
            return
        if any(said.count(opening) != said.count(closing) for opening, closing in _PAIRS):
            return
        if said.startswith(self.heard) and self._fits(said):
            self.heard = said
            self._hear(said)

    def forget(self) -> None:
        """Take back what was heard: it was never meant to be."""
        if self.heard:
            self.heard = ""
            self._hear("")


async def spoken_aloud(model: LanguageModel, ask: Ask, take: Callable[[str], None]) -> Answered:
    """One answer; `take` is told all words so far, again and again as they grow."""
    words = ""
    stream = model.stream(ask)
    async with AsyncExitStack() as stack:
        if hasattr(stream, "aclose"):
            # Whoever is interrupted hangs up at once, not when the garbage is collected.
            stack.push_async_callback(stream.aclose)
        async for piece in stream:
            words += piece
            take(words)
    return Answered(words, None, Usage(), 0.0, model.name)
