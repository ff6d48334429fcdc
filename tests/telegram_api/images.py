"""How large an image is, read from its first bytes."""

from __future__ import annotations

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or JPEG; none if it is neither."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR" and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if content.startswith(_JPEG):
        return _jpeg(content)
    return None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    pos = 2
    while pos + 9 <= len(content) and content[pos] == 0xFF:
        if content[pos + 1] in _JPEG_FRAMES:
            height = int.from_bytes(content[pos + 5 : pos + 7], "big")
            return int.from_bytes(content[pos + 7 : pos + 9], "big"), height
        pos += 2 + int.from_bytes(content[pos + 2 : pos + 4], "big")
    return None
