"""Text made fit for Telegram."""

from __future__ import annotations

from commcoach.telegram.markup import bold, escape, folded, pages, units


def test_signs_of_html_are_shown_and_not_obeyed() -> None:
    assert bold("<i>&</i>") == "<b>&lt;i&gt;&amp;&lt;/i&gt;</b>"
    assert escape('"quoted"') == '"quoted"'


def test_length_is_counted_as_telegram_does() -> None:
    assert units("<b>字</b>") == 1
    assert units("&lt;") == 1
    assert units("😊") == 2


def test_blocks_share_a_message_as_long_as_they_fit() -> None:
    assert pages(["a" * 10, "b" * 10, "c" * 10], longest=24) == [
        f"{'a' * 10}\n\n{'b' * 10}",
        "c" * 10,
    ]


def test_a_block_that_is_too_long_is_cut_to_plain_text() -> None:
    (page,) = pages([bold("<" * 50)], longest=20)
    assert page == "&lt;" * 19 + "…"
    assert units(page) == 20


def test_a_cut_does_not_leave_half_a_character() -> None:
    (page,) = pages(["😊" * 20], longest=10)
    assert page == "😊" * 4 + "…"


def test_folded_lines_open_when_tapped() -> None:
    assert folded(["a", "b"]) == "<blockquote expandable>a\nb</blockquote>"
