"""HTML parse mode, read strictly."""

from __future__ import annotations

import pytest

from tests.telegram_api.markup import Formatted, parse_html, trimmed
from tests.telegram_api.refusals import Refused


@pytest.mark.parametrize(
    ("source", "text", "types"),
    [
        ("<b>a</b> <strong>b</strong>", "a b", ["bold", "bold"]),
        ("<i>a</i><em>b</em>", "ab", ["italic", "italic"]),
        ("<u>a</u><ins>b</ins>", "ab", ["underline", "underline"]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", ["strikethrough"] * 3),
        ("<tg-spoiler>a</tg-spoiler>", "a", ["spoiler"]),
        ('<span class="tg-spoiler">a</span>', "a", ["spoiler"]),
        ("<blockquote><b>a</b></blockquote>", "a", ["blockquote", "bold"]),
        ("<blockquote expandable>a</blockquote>", "a", ["expandable_blockquote"]),
        ('<a href="https://example.org/?a=1">a</a>', "a", ["text_link"]),
        ("<code>a</code>", "a", ["code"]),
        ("<b></b>a", "a", []),
        ("&lt;b&gt; &amp;amp; &quot;&#33;&#x1F600;", '<b> &amp; "!😀', []),
    ],
)
def test_what_telegram_knows_is_read(source: str, text: str, types: list[str]) -> None:
    notes: list[str] = []
    read = parse_html(source, notes.append)
    assert (read.text, [one["type"] for one in read.entities]) == (text, types)
    assert notes == []


def test_places_are_counted_in_utf_16_units() -> None:
    [entity] = parse_html("😀中<b>文😀</b>", list[str]().append).entities
    assert entity == {"type": "bold", "offset": 3, "length": 3}


def test_the_language_of_code_is_read() -> None:
    source = '<pre><code class="language-python">x</code></pre>'
    [entity] = parse_html(source, list[str]().append).entities
    assert entity == {"type": "pre", "offset": 0, "length": 1, "language": "python"}


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("中<p>a</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("3 < 4", 'Unsupported start tag "" at byte offset 2'),
        ("a <br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            "<blockquote><b><blockquote>a</blockquote></b></blockquote>",
            "Nested blockquote at byte offset 15",
        ),
    ],
)
def test_what_telegram_cannot_read_is_refused(source: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_html(source, list[str]().append)
    assert refused.value.description == f"Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("R&D", "R&D"),
        ("&nbsp;", "&nbsp;"),
        ("&#0;", "&#0;"),
        ("3 > 2", "3 > 2"),
        ('<a href="me">a</a>', "a"),
        ("<a>a</a>", "a"),
        ('<b class="x">a</b>', "a"),
        ("<code><b>a</b></code>", "a"),
    ],
)
def test_what_telegram_lets_pass_is_told(source: str, shown: str) -> None:
    notes: list[str] = []
    assert parse_html(source, notes.append).text == shown
    assert len(notes) == 1


def test_blanks_at_both_ends_are_taken_away_and_entities_move_along() -> None:
    untrimmed = parse_html("\n <b> a </b>\n<i> </i>", list[str]().append)
    assert trimmed(untrimmed) == Formatted("a", ({"type": "bold", "offset": 0, "length": 1},))
