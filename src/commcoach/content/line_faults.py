"""What is wrong with single lines of a file that YAML cannot read, told from how authors slip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

WIDE_COMMAS = "，、；"
WIDE_BRACKETS = {"｛": "{", "｝": "}", "［": "[", "］": "]", "【": "[", "】": "]"}
CURLY_QUOTES = "“”＂‘’＇"
WIDE_DASH = re.compile(r"(?P<sign>[—–－−―─•·●▪]+)\s*(?:[A-Za-z_]\w*\s*(?:[:：]|$)|[\"'“＂])")
"""A dash, or a dot, that some input method or word processor has put in place of `- `."""
OPENS_WIDE = re.compile(r"[｛［]|【\s*[\"“＂]")
"""A full-width bracket that was hardly meant to be a part of the text."""
SPECIAL = "@`%&*!|>,]}?"
"""Characters that mean something to YAML at the start of a text."""

_PARTS = re.compile(
    r"(?P<indent>\s*)(?P<dashes>(?:-[ \t]+)*)"
    r"(?:(?P<key>[A-Za-z_][A-Za-z0-9_]*):(?P<gap>[ \t]*))?(?P<value>.*)"
)
_NEW_KEY = re.compile(r" *(?:- +)*[a-z_]+:(?: |$)")
_LIST_WITHOUT_SPACE = re.compile(r" *(?:- +)*(-)[^\s\-\d]")
_BLOCK_TEXT = re.compile(r"[|>][0-9+-]{0,2}(?:\s+#.*)?\s*$")
_NAMED = re.compile(r"&\w+\s+(?=[\[{\"'])")
_REFERENCE = re.compile(r"\*\w+$")
_REFERENCE_IN_LIST = re.compile(r"&\w+\s+[\[{\"']|\*\w+\s*[,\]}]")
_COLON = re.compile(r":(?=\s|$)")
_COMMENT = re.compile(r"\s#.*$")
_CLOSES_WIDE = re.compile(r"[｝］】]\s*$")
_CURLY_END = re.compile(r"[”＂]\s*[,，}\]｝］]")
_WIDE_COMMA_THEN_KEY = re.compile(rf"[{WIDE_COMMAS}]\s*[a-z_]+:")
_ESCAPES = set('0abt\tnvfre "/\\N_LPxuU')
_WIDE_INDENT = re.compile(r" *([\u3000\u00a0\u2000-\u200b\ufeff])\s*(?:-\s|[A-Za-z_]\w*[:：])")
_CLOSES = {"[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A slip in one line; lines and columns count from 1."""

    line: int
    column: int
    code: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Open:
    """What has begun and not ended yet: quotation marks and brackets, each where it began."""

    indent: int
    quote: tuple[str, int, int] | None = None
    brackets: tuple[tuple[str, int, int], ...] = ()

    @property
    def fault(self) -> Fault:
        if self.quote is not None:
            sign, line, column = self.quote
            return Fault(line, column, "open_quote", {"sign": sign})
        sign, line, column = self.brackets[-1]
        return Fault(line, column, "open_bracket", {"sign": sign, "close": _CLOSES[sign]})


def indentation_faults(lines: Sequence[str]) -> list[Fault]:
    """Tabs and other unusual spaces in front of what a line says."""
    found = []
    for number, line in enumerate(lines, start=1):
        if (wide := _WIDE_INDENT.match(line)) is not None:
            found.append(Fault(number, wide.start(1) + 1, "wide_space"))
        elif line[: len(line) - len(line.lstrip())].lstrip(" ").startswith("\t"):
            found.append(Fault(number, line.index("\t") + 1, "tab"))
    return found


def line_faults(lines: Sequence[str]) -> list[Fault]:
    """Every line that cannot be meant as it is written; nothing in a file that YAML reads."""
    found: list[Fault] = []
    opened: _Open | None = None
    text_indent: int | None = None
    for number, line in enumerate(lines, start=1):
        indent = len(line) - len(line.lstrip(" "))
        if text_indent is not None and (not line.strip() or indent > text_indent):
            continue
        text_indent = None
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if opened is not None:
            if indent > opened.indent or not _NEW_KEY.match(line):
                opened, faults = _inside(line, number, 0, opened)
                found.extend(faults)
                continue
            found.append(opened.fault)
            opened = None
        parts = _PARTS.fullmatch(line)
        if parts is None:
            continue
        faults = list(_around_value(parts, number))
        value, at = parts["value"], parts.start("value")
        if (name := _NAMED.match(value)) is not None:
            value, at = value[name.end() :], at + name.end()
        if parts["key"] is not None and _BLOCK_TEXT.match(value):
            text_indent = indent
        elif value[:1] in ('"', "'", "[", "{"):
            # What goes on in the next lines is indented deeper than its key.
            deep = len(parts["indent"]) + (len(parts["dashes"]) if parts["key"] else 0)
            opened, more = _inside(line, number, at, _Open(deep))
            faults.extend(more)
        elif parts["key"] is not None or parts["dashes"]:
            faults.extend(_in_plain_text(value, number, at))
        found.extend(faults)
    if opened is not None:
        found.append(opened.fault)
    return found


def _around_value(parts: re.Match[str], number: int) -> Iterator[Fault]:
    """Slips before the value: what indents it, and what is missing after a colon or a dash."""
    tab = parts["indent"].find("\t")
    if (wide := WIDE_DASH.match(parts.string.lstrip())) is not None:
        yield Fault(number, parts.end("indent") + 1, "wide_dash", {"sign": wide["sign"]})
    elif tab >= 0:
        yield Fault(number, tab + 1, "tab")
    elif "\t" in parts["dashes"] or "\t" in (parts["gap"] or ""):
        yield Fault(number, parts.string.index("\t") + 1, "tab")
    if parts["key"] is not None and not parts["gap"]:
        value = parts["value"]
        if value and not value.startswith(("/", ":")):
            yield Fault(number, parts.end("key") + 1, "no_space", {"key": parts["key"]})
    elif (dash := _LIST_WITHOUT_SPACE.match(parts.string)) is not None:
        yield Fault(number, dash.start(1) + 1, "no_space_dash")


def _in_plain_text(value: str, number: int, at: int) -> Iterator[Fault]:
    """Slips in a text without quotation marks."""
    said = _COMMENT.sub("", value).rstrip()
    first = said[:1]
    if first == "#" or not said:
        return
    if first in SPECIAL and not _REFERENCE.match(said):
        yield Fault(number, at + 1, "special_start", {"sign": first})
    elif said.startswith("- "):
        yield Fault(number, at + 1, "special_start", {"sign": "-"})
    elif OPENS_WIDE.match(said):
        yield wide_bracket(number, at + 1, first)
    elif first in CURLY_QUOTES and said[-1] in CURLY_QUOTES:
        yield Fault(number, at + 1, "smart_quotes", {"text": said})
    elif (colon := _COLON.search(said)) is not None:
        yield Fault(number, at + colon.start() + 1, "colon_inside")
    elif "\t" in said:
        yield Fault(number, at + said.index("\t") + 1, "tab")


def _inside(line: str, number: int, start: int, opened: _Open) -> tuple[_Open | None, list[Fault]]:
    """Walk through quotation marks and brackets: what is still open after the line, and slips."""
    quote, brackets = opened.quote, list(opened.brackets)
    at, at_start = start, quote is None
    while at < len(line):
        sign = line[at]
        if quote is not None:
            end, unknown = _end_of_quote(line, at, quote[0])
            if unknown is not None:
                said = line[unknown : unknown + 2]
                return None, [Fault(number, unknown + 1, "backslash", {"sign": said})]
            if end is None:
                break
            fault = _after_quote(line, number, end, quote, in_list=bool(brackets))
            quote, at = None, end
            if fault is not None or not brackets:
                return None, [fault] if fault is not None else []
            continue
        if sign == "#" and line[at - 1 : at].isspace():
            break
        if at_start and sign in "\"'[{":
            if sign in _CLOSES:
                brackets.append((sign, number, at + 1))
            else:
                quote = (sign, number, at + 1)
        elif brackets and sign == _CLOSES[brackets[-1][0]]:
            brackets.pop()
            if not brackets:
                return None, list(_after_bracket(line, number, at + 1))
        elif (fault := _odd_sign(line, number, at, at_start=at_start)) is not None:
            return None, [fault]
        at_start = _starts_anew(line, at) or (at_start and (sign.isspace() or sign in _CLOSES))
        at += 1
    rest = replace(opened, quote=quote, brackets=tuple(brackets))
    return (rest if quote or brackets else None), []


def _end_of_quote(line: str, at: int, quote: str) -> tuple[int | None, int | None]:
    """Where the text in quotation marks is over, and where an escape is that YAML does not know."""
    while at < len(line):
        following = line[at + 1 : at + 2]
        if quote == '"' and line[at] == "\\":
            if following and following not in _ESCAPES:
                return None, at
            at += 2
        elif quote == "'" and line[at] == following == quote:
            at += 2
        elif line[at] == quote:
            return at + 1, None
        else:
            at += 1
    return None, None


def _odd_sign(line: str, number: int, at: int, *, at_start: bool) -> Fault | None:
    """What must not stand here inside brackets."""
    sign = line[at]
    if at_start and sign in "@`%&*!" and not _REFERENCE_IN_LIST.match(line, at):
        return Fault(number, at + 1, "special_start", {"sign": sign})
    if _CLOSES_WIDE.match(line, at):
        return wide_bracket(number, at + 1, sign)
    if sign in WIDE_COMMAS and _WIDE_COMMA_THEN_KEY.match(line, at):
        return Fault(number, at + 1, "wide_comma", {"sign": sign})
    return None


def _starts_anew(line: str, at: int) -> bool:
    """Whether a key or a value begins after this character."""
    return line[at] == "," or (line[at] == ":" and line[at + 1 : at + 2] in ("", " "))


def _after_quote(
    line: str, number: int, at: int, quote: tuple[str, int, int], *, in_list: bool
) -> Fault | None:
    """What must not stand behind closing quotation marks."""
    rest = line[at:]
    following = rest.lstrip()
    column = at + len(rest) - len(following) + 1
    if not following or following.startswith(":") or (rest[0].isspace() and following[0] == "#"):
        return None
    if in_list and following[0] in ",]}":
        return None
    if in_list and following[0] in WIDE_COMMAS:
        return Fault(number, column, "wide_comma", {"sign": following[0]})
    if in_list and following[0] in WIDE_BRACKETS:
        return wide_bracket(number, column, following[0])
    ended = _ended_by_curly(line, quote, number, at)
    return ended or Fault(number, column, "text_after_quote")


def _ended_by_curly(line: str, quote: tuple[str, int, int], number: int, at: int) -> Fault | None:
    """The text in straight quotation marks that a curly one was to end, if that is what it is."""
    sign, began, column = quote
    start = column if began == number else 0
    if _CURLY_END.search(line, start, at) is None:
        return None
    return Fault(began, column, "open_quote", {"sign": sign})


def wide_bracket(line: int, column: int, sign: str) -> Fault:
    """A full-width bracket in the place of an ordinary one."""
    details = {"sign": sign, "narrow": WIDE_BRACKETS[sign]}
    return Fault(line, column, "wide_bracket", details)


def _after_bracket(line: str, number: int, at: int) -> Iterator[Fault]:
    rest = _COMMENT.sub("", line[at:])
    following = rest.lstrip()
    if following and not following.startswith(":"):
        yield Fault(number, at + len(rest) - len(following) + 1, "after_bracket")
