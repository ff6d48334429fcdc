"""One way to put it, in words."""

from __future__ import annotations

from commcoach.coaching.one_way import Exemplified, Instead, Rewritten, Way
from commcoach.presentation.wording import Wording


def way_text(way: Way, words: Wording) -> tuple[str, str]:
    """A title and, below it, what to show; both plain."""
    language = words.language
    if isinstance(way, Instead):
        return words.say("one_way.title_alone"), way.gate.instead.said_in(language)
    criterion = way.criterion.title.said_in(language)
    title = words.say("one_way.title", criterion=criterion)
    if isinstance(way, Rewritten):
        return title, words.say("one_way.rewritten", criterion=criterion, rewrite=way.text)
    return title, _example(way, words)


def _example(way: Exemplified, words: Wording) -> str:
    example = way.example.text.said_in(words.language)
    if way.stimulus is None:
        return words.say("one_way.alone", example=example)
    said = way.stimulus.text.said_in(words.language)
    key = "one_way.here" if way.here else "one_way.elsewhere"
    return words.say(key, said=said, example=example)
