"""What an answer says: its words without its thoughts, or the one object it was asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]  # ships no types

from commcoach.coaching.language_model import AnswerUnusable, ThoughtsHeard

_TAG = re.compile(r"<(/?)(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_BRACE_OR_TAG = re.compile(rf"\{{|{_TAG.pattern}", re.IGNORECASE)
_BEGINS_LIKE = ("<think>", "<thinking>", "<thought>", "<reasoning>")

# A stray brace costs a look at all that follows it; prose has few, malice has thousands.
_MOST_STRAY_BRACES = 64

_Object = dict[str, Any]


def spoken(text: str) -> str:
    """The words of an answer after its last thought; never empty.

    Raises:
        AnswerUnusable: there are none, or they hold half a character.
    """
    tags = list(_TAG.finditer(text))
    begins = max((tag.end() for tag in tags if tag[1]), default=0)
    ends = min((tag.start() for tag in tags if tag.start() >= begins), default=len(text))
    words = text[begins:ends].strip()
    if not words:
        raise AnswerUnusable("no words")
    return _without_half_characters(words)


def read_object(text: str, schema: Mapping[str, Any]) -> _Object:
    """The one JSON object in an answer that satisfies a JSON Schema.

    It may stand alone, in a fence or amid prose; what stands in a thought is no answer. Two
    different objects that both fit are no answer either: one of them may be a quotation.

    Raises:
        AnswerUnusable: there is no such object; `said` names place and rule, no words.
    """
    checker = Draft202012Validator(schema)
    found = list(_objects(text))
    fitting: list[_Object] = []
    for one in found:
        if one not in fitting and checker.is_valid(one):
            fitting.append(one)
    if len(fitting) > 1:
        raise AnswerUnusable("several objects that fit")
    if not fitting:
        raise AnswerUnusable(_fault(checker, found[-1]) if found else "no JSON object")
    _without_half_characters(json.dumps(fitting[0], ensure_ascii=False))
    return fitting[0]


class Speech:
    """Tells words from thoughts while an answer arrives piece by piece.

    Many models think without saying so at the beginning: only the end of the thought has a tag. Of
    a model that is not known to speak `plain`, no words are told before the end of the answer.
    """

    def __init__(self, plain: bool) -> None:
        self._plain = plain
        self._heard = ""
        self._told = 0
        self._speaking = False

    def hear(self, piece: str) -> str:
        """The words that this piece adds; often none.

        Raises:
            ThoughtsHeard: words already told turn out to have been a thought.
        """
        self._heard += piece
        if not self._plain:
            return ""
        if not self._speaking:
            self._skip_thoughts()
        if not self._speaking:
            return ""
        words = self._heard[self._told :]
        if _TAG.search(words):
            raise ThoughtsHeard("thoughts amid the words")
        # A tag may come in two halves.
        if (bracket := words.rfind("<")) >= 0 and _may_become_tag(words[bracket:]):
            words = words[:bracket]
        self._told += len(words)
        return words

    def end(self) -> str:
        """The words that were held back.

        Raises:
            AnswerUnusable: nothing was said at all.
        """
        if not self._plain:
            return spoken(self._heard)
        rest = self._heard[self._told :] if self._speaking else ""
        spoken(self._heard[: self._told] + rest)
        return rest

    @property
    def plain(self) -> bool:
        """Whether all thoughts so far were opened, and that before any words."""
        return self._plain or speaks_plainly(self._heard)

    def _skip_thoughts(self) -> None:
        while True:
            begun = self._heard.lstrip()
            opened = _TAG.match(begun)
            if opened is None:
                self._heard, self._speaking = begun, bool(begun) and not _may_become_tag(begun)
                return
            closed = next((tag for tag in _TAG.finditer(begun, opened.end()) if tag[1]), None)
            if closed is None:
                return
            self._heard = begun[closed.end() :]


def speaks_plainly(text: str) -> bool:
    """Whether an answer has no thoughts but those that it opens before any words."""
    try:
        Speech(plain=True).hear(text)
    except ThoughtsHeard:
        return False
    return True


def _may_become_tag(text: str) -> bool:
    tags = (tag.replace("<", slash) for tag in _BEGINS_LIKE for slash in ("<", "</"))
    return any(tag.startswith(text.lower()) for tag in tags)


def _objects(text: str) -> Iterator[_Object]:
    """The outermost JSON objects behind the last thought.

    A tag inside an object is a quotation: nobody who gets himself quoted can end a thought.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_without_doubles, parse_constant=_no_number)
    found: list[_Object] = []
    place = stray = 0
    while (next_one := _BRACE_OR_TAG.search(text, place)) is not None:
        place = next_one.end()
        if next_one[0] == "{":
            try:
                one, place = decoder.raw_decode(text, next_one.start())
            except (ValueError, RecursionError):
                if (stray := stray + 1) > _MOST_STRAY_BRACES:
                    return iter(())
                continue
            found.append(one)
        elif next_one[1]:
            found.clear()
        else:
            end = next((tag for tag in _TAG.finditer(text, place) if tag[1]), None)
            place = end.end() if end else len(text)
    return iter(found)


def _without_doubles(pairs: list[tuple[str, Any]]) -> _Object:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name stands twice")
    return read


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _fault(checker: Draft202012Validator, data: _Object) -> str:
    """Place and rule: numbers of items and the words of the schema, none of the answer."""
    error = best_match(checker.iter_errors(data))
    known = set(json.dumps(checker.schema, ensure_ascii=False).split('"'))
    steps = (step if isinstance(step, int) or step in known else "…" for step in error.path)
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return f"${place}: {error.validator} {json.dumps(error.validator_value, ensure_ascii=False)}"[
        :200
    ]


def _without_half_characters(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise AnswerUnusable("half a character") from None
    return text
