"""Telegram's HTML parse mode, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.telegram_api.refusals import Json, Note, Refused, bad

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_ATTRIBUTES = {"a": "href", "span": "class", "code": "class", "blockquote": "expandable"}
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPECIAL = re.compile(r"[<>&]")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));")
_END = re.compile(r"</([^\s<>]*)\s*>")
_START = re.compile(r"<([^\s<>]*)")
_ATTRIBUTE = re.compile(r"\s+([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([a-zA-Z0-9.-]+)))?")
_CLOSE = re.compile(r"\s*>")
_LANGUAGE = "language-"
_LINK = re.compile(r"(https?|tg|mailto|tel):\S+")


def units(text: str) -> int:
    """The length of a text in UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text without tags and its entities, offsets and lengths in UTF-16 code units."""

    text: str
    entities: tuple[Json, ...] = ()


def trimmed(formatted: Formatted) -> Formatted:
    """The text without blanks at both ends, as Telegram shows it."""
    body = formatted.text.strip()
    start = units(formatted.text) - units(formatted.text.lstrip())
    end = units(body)
    kept = []
    for entity in formatted.entities:
        begin = max(entity["offset"] - start, 0)
        stop = min(entity["offset"] - start + entity["length"], end)
        if stop > begin:
            kept.append(entity | {"offset": begin, "length": stop - begin})
    return Formatted(body, tuple(kept))


def parse_html(source: str, note: Note) -> Formatted:
    """Read a text in HTML parse mode.

    Raises:
        Refused: a tag is unknown, not closed, closed in the wrong order, or a quote is in a quote.
    """
    return _Parser(source, note).read()


@dataclass(slots=True)
class _Open:
    tag: str
    at: int
    more: Json


@dataclass(slots=True)
class _Parser:
    source: str
    note: Note
    pos: int = 0
    parts: list[str] = field(default_factory=list)
    length: int = 0
    opened: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def read(self) -> Formatted:
        """The whole text."""
        while special := _SPECIAL.search(self.source, self.pos):
            self._show(self.source[self.pos : special.start()])
            self.pos = special.start()
            if special.group() == "<":
                self._tag()
            else:
                self._character(special.group())
        self._show(self.source[self.pos :])
        if self.opened:
            tag = self.opened[-1].tag
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{tag}"')
        # The outer one of two on the same place was closed last.
        outer_first = reversed(self.entities)
        order = sorted(outer_first, key=lambda one: (one["offset"], -one["length"]))
        return Formatted("".join(self.parts), tuple(order))

    def _show(self, text: str) -> None:
        self.parts.append(text)
        self.length += units(text)

    def _character(self, special: str) -> None:
        named = _ENTITY.match(self.source, self.pos)
        if named is None:
            self.note(f"{special!r} is not escaped: {self.source[self.pos : self.pos + 20]!r}")
            self._show(special)
            self.pos += 1
            return
        decimal, hexadecimal, name = named.groups()
        if name:
            self._show(_ENTITIES[name])
        else:
            code = int(decimal) if decimal else int(hexadecimal, 16)
            if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
                self.note(f"{named.group()} is no character")
                self._show(named.group())
            else:
                self._show(chr(code))
        self.pos = named.end()

    def _tag(self) -> None:
        if self.source.startswith("</", self.pos):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        begin = self.pos
        named = _START.match(self.source, begin)
        tag = named.group(1).lower() if named else ""
        if named is None or tag not in _TAGS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {self._bytes()}')
        pos = named.end()
        given: dict[str, str] = {}
        while attribute := _ATTRIBUTE.match(self.source, pos):
            name, *values = attribute.groups()
            given[name.lower()] = next((one for one in values if one is not None), "")
            pos = attribute.end()
        close = _CLOSE.match(self.source, pos)
        if close is None:
            raise _cannot(f"Unclosed start tag at byte offset {self._bytes()}")
        self.opened.append(_Open(tag, self.length, self._meaning(tag, given)))
        self.pos = close.end()

    def _meaning(self, tag: str, given: dict[str, str]) -> Json:
        """What the attributes make of a tag, beyond its type."""
        for name in given.keys() - {_ATTRIBUTES.get(tag)}:
            self.note(f"<{tag}> has no attribute {name}")
        around = {one.tag for one in self.opened}
        if around & {"code", "pre"} and not (tag == "code" and self.opened[-1].tag == "pre"):
            self.note(f"<{tag}> has no effect in <code> and <pre>")
        if tag == "blockquote":
            if "blockquote" in around:
                raise _cannot(f"Nested blockquote at byte offset {self._bytes()}")
            return {"type": "expandable_blockquote"} if "expandable" in given else {}
        if tag == "span" and given.get("class") != "tg-spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes()}')
        if tag == "a":
            if not _LINK.fullmatch(given.get("href", "")):
                self.note(f"<a> leads nowhere: {given.get('href')!r}")
            return {"url": given.get("href", "")}
        if tag == "code" and given.get("class", "").startswith(_LANGUAGE):
            return {"language": given["class"].removeprefix(_LANGUAGE)}
        return {}

    def _end_tag(self) -> None:
        named = _END.match(self.source, self.pos)
        if named is None:
            raise _cannot(f"Unclosed end tag at byte offset {self._bytes()}")
        tag = named.group(1).lower()
        if not self.opened:
            raise _cannot(f"Unexpected end tag at byte offset {self._bytes()}")
        opened = self.opened.pop()
        if opened.tag != tag:
            raise _cannot(
                f"Unmatched end tag at byte offset {self._bytes()}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self.pos = named.end()
        if tag == "code" and self.opened and self.opened[-1].tag == "pre":
            self.opened[-1].more |= opened.more
            return
        more = opened.more if tag != "code" else {}
        if self.length > opened.at:
            place = {"offset": opened.at, "length": self.length - opened.at}
            self.entities.append({"type": _TAGS[tag]} | place | more)

    def _bytes(self) -> int:
        return len(self.source[: self.pos].encode())


def _cannot(why: str) -> Refused:
    return bad(f"can't parse entities: {why}")
