"""Telegram's HTML: text made harmless, laid out, and cut to what a message holds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

LONGEST = 4096
"""UTF-16 units of a message's text without its tags. Source: Bot API, sendMessage."""
RULE = "――――――――"
"""Between the remarks and the line that must be answered."""

_TAG = re.compile(r"<[^>]*>")


def escape(text: str) -> str:
    """The text as Telegram shows it, whatever signs are in it."""
    return html.escape(text, quote=False)


def bold(text: str) -> str:
    """Plain text in bold."""
    return f"<b>{escape(text)}</b>"


def folded(lines: Iterable[str]) -> str:
    """Lines of HTML in a quote that opens when it is tapped."""
    return f"<blockquote expandable>{chr(10).join(lines)}</blockquote>"


def units(markup: str) -> int:
    """The length that Telegram counts: UTF-16 units without tags."""
    return len(html.unescape(_TAG.sub("", markup)).encode("utf-16-le")) // 2


def pages(blocks: Sequence[str], longest: int = LONGEST - 96) -> list[str]:
    """Blocks of HTML, each whole, put together to as few messages as hold them.

    A block that is too long by itself is cut to plain text.
    """
    made: list[str] = []
    for block in blocks:
        fitting = block if units(block) <= longest else _cut(block, longest)
        if made and units(made[-1]) + 2 + units(fitting) <= longest:
            made[-1] += f"\n\n{fitting}"
        else:
            made.append(fitting)
    return made


def _cut(markup: str, longest: int) -> str:
    plain = html.unescape(_TAG.sub("", markup)).encode("utf-16-le")[: 2 * (longest - 1)]
    return escape(plain.decode("utf-16-le", errors="ignore")) + "…"
