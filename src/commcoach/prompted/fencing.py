"""A learner's text as a model may see it: fenced, harmless, and every place mapped back."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from commcoach.domain.wording import Span, fold

_INSTEAD = {"<": "＜", ">": "＞", "{": "｛", "}": "｝", "`": "'", "\t": " "}
_ROLE_MARK = re.compile(
    r"(?<![A-Za-z])(?:system|assistant|user|human|ai|model|developer|tool|scorer|grader|instructions?"
    r"|系统(?:提示|消息|指令)?|助手|助理|用户|人类|模型|评分(?:员|者|器|系统)?|指令|开发者)"
    r"[^\S\n]*([:：])",
    re.IGNORECASE,
)
_BRACKETED_ROLE = re.compile(
    r"(\[)\s*/?\s*(?:inst|sys|system|user|assistant|end|eot|eos|系统|助手|用户)\b[^\]\n]{0,20}(\])",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s*(#+)", re.MULTILINE)
_LINE_ENDS = "\r\v\f\x85\u2028\u2029"
_INVISIBLE = re.compile("[\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_DROPPED = ("Cc", "Cf", "Co", "Cs", "Cn")
_ELLIPSIS = re.compile(r"…+|\.{3,}|⋯+")
_EDGES = " \n\"'「」『』《》()[]*,.;:!?，。；：！？、~-"
LONGEST_EXCERPT = 60
"""Characters of what is held up to a model as being at fault."""
LEAST_LETTERS = 2
"""A shorter quote proves nothing: it stands somewhere in nearly every reply."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as a model sees it; `places[i]` is where its i-th character stands in `original`."""

    original: str
    text: str
    places: tuple[int, ...]

    def find(self, quote: str) -> tuple[Span, ...]:
        """Where a quote stands in the original; nothing if a part of it is not there.

        White space, width, case and invisible characters do not matter, nor do quotation marks
        and punctuation at its ends. A quote with an ellipsis is taken as several.
        """
        parts = [part for part in map(_letters_of, _ELLIPSIS.split(quote)) if part]
        spans = [self._find(part) for part in parts]
        if not parts or any(span is None for span in spans):
            return ()
        return tuple(span for span in spans if span is not None)

    def _find(self, part: str) -> Span | None:
        if sum(character.isalnum() for character in part) < LEAST_LETTERS:
            return None
        if (span := _place(self.original, part)) is not None:
            return span
        shown = _place(self.text, part)
        if shown is None:
            return None
        return Span(self.places[shown.start], self.places[shown.end - 1] + 1)


@dataclass(frozen=True, slots=True)
class Fence:
    """The marks between which the learner's words stand in the prompts of one session."""

    mark: str

    @property
    def opening(self) -> str:
        """What stands before the learner's words."""
        return f"<{self.mark}>"

    @property
    def closing(self) -> str:
        """What stands behind the learner's words."""
        return f"</{self.mark}>"

    def around(self, text: str) -> str:
        """The text, made harmless, between the marks."""
        return f"{self.opening}{neutralise(text, self).text}{self.closing}"

    def excerpt(self, text: str) -> str:
        """The beginning of a text in one line, made harmless, between the marks.

        What a model gave may hold the learner's words, and then it is told them again.
        """
        shown = " ".join(neutralise(text, self).text.split())
        cut = f"{shown[:LONGEST_EXCERPT]}…" if len(shown) > LONGEST_EXCERPT else shown
        return f"{self.opening}{cut}{self.closing}"


def fence_for(session: str | None, secret: bytes) -> Fence:
    """The fence of a session.

    It stays the same from turn to turn, so that prompts keep their prefix, and cannot be guessed
    without the `secret`.
    """
    digest = hmac.new(secret, (session or "").encode(), hashlib.sha256).hexdigest()
    return Fence(f"reply-{digest[:12]}")


def neutralise(text: str, fence: Fence | None = None) -> Shown:
    """The text without anything a model could take for the end of it or for another speaker.

    Control and invisible characters go; angle brackets, braces and backticks, colons behind the
    name of a role, brackets around one, heading marks and the mark of the fence itself are put
    in look-alikes.
    """
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character in _LINE_ENDS:
            if text[place : place + 2] == "\r\n":
                continue
            character = "\n"  # noqa: PLW2901  # one line end for all of them
        shown = _INSTEAD.get(character, character)
        if shown != "\n" and (unicodedata.category(shown) in _DROPPED or _INVISIBLE.match(shown)):
            continue
        characters.append(shown)
        places.append(place)
    _put_look_alikes(characters, fence)
    return Shown(text, "".join(characters), tuple(places))


def _put_look_alikes(characters: list[str], fence: Fence | None) -> None:
    """Replace marks one for one, so that all places stay."""
    text = "".join(characters)
    for found in _ROLE_MARK.finditer(text):
        characters[found.start(1)] = "﹕"
    for found in _BRACKETED_ROLE.finditer(text):
        characters[found.start(1)], characters[found.start(2)] = "［", "］"
    for found in _HEADING.finditer(text):
        characters[found.start(1) : found.end(1)] = "＃" * len(found[1])
    if fence is not None:
        for found in re.finditer(re.escape(fence.mark.removeprefix("reply-")), text, re.IGNORECASE):
            characters[found.start() : found.end()] = "·" * len(found[0])


def _letters_of(quote: str) -> str:
    """A quote without white space and without what a model puts around it."""
    folded = fold(quote).text.strip(_EDGES)
    return "".join(character for character in folded if character not in " \n")


def _place(text: str, part: str) -> Span | None:
    """Where the letters of a quote stand in a text, as a span of it."""
    folded = fold(text)
    kept = [index for index, character in enumerate(folded.text) if character not in " \n"]
    at = "".join(folded.text[index] for index in kept).find(part)
    if at < 0:
        return None
    return folded.span(kept[at], kept[at + len(part) - 1] + 1)
