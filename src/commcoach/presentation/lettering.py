"""Text in pictures: drawn in the shipped font, measured, broken into lines."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-Subset.otf"
INK = "#1B1B1B"
NO_GLYPH = "□"


def write(
    on: Figure | Axes, x: float, y: float, said: str, size: float, color: str = INK, **look: Any
) -> None:
    """Text in the shipped font; on the figure in pixels. No part of it is a formula."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.transforms import IdentityTransform

    font = FontProperties(fname=FONT, size=size)
    look = {"transform": IdentityTransform(), **look}
    on.text(x, y, _drawable(said), fontproperties=font, color=color, parse_math=False, **look)


def _drawable(said: str) -> str:
    return "".join(one if one in drawable_characters() else NO_GLYPH for one in said)


def breadth(said: str, size: float) -> float:
    """How many pixels wide a text will be."""
    from matplotlib.ft2font import FT2Font

    font = FT2Font(FONT)
    font.set_size(size, 72)
    font.set_text(_drawable(said))
    return float(font.get_width_height()[0]) / 64


@cache
def drawable_characters() -> frozenset[str]:
    """Every character the shipped font has; others are drawn as an empty box."""
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(FONT).get_charmap()))


def balanced(text: str, cells: int) -> list[str]:
    """The text in as few lines of at most so many cells as it takes, all about equally long."""
    lines = wrapped(text, cells)
    while len(narrower := wrapped(text, cells - 1)) == len(lines) > 1:
        lines, cells = narrower, cells - 1
    return lines


def wrapped(text: str, cells: int) -> list[str]:
    """The text in lines of at most so many cells, broken at spaces and between wide characters."""
    lines, line = [], ""
    for word in re.findall(r"[^\s\u2e80-\uffef]+[^\S\n]*|\S[，。：；、）”》]*\s*", text):
        if line and cell_len(line + word.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]
