"""What a workbook's rows do not show: merged cells, and formulas that nothing was computed for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join, normpath
from xml.etree import ElementTree as ET
from zipfile import ZipFile

LARGEST = 2_000_000_000
"""Bytes of a workbook when it is unpacked."""
_PIECE = 1 << 20
_OVERLAP = 1 << 16
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
_UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]+\d+)"[^>]*>\s*'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


def unpacked_size(archive: ZipFile) -> int:
    """What all parts together come to, as the archive tells."""
    return sum(one.file_size for one in archive.infolist())


def hidden_troubles(archive: ZipFile, sheet: str) -> tuple[list[str], list[str]]:
    """The merged ranges of a sheet, and its cells with a formula but no value.

    The sheet is read as a stream: with 100,000 rows it is far too long to be held.
    """
    merged: dict[str, None] = {}
    uncomputed: dict[str, None] = {}
    path = _path_of(archive, sheet)
    if path is None:
        return [], []
    for piece in _pieces(archive, path):
        merged |= dict.fromkeys(found.decode() for found in _MERGED.findall(piece))
        if b"<f" in piece or b":f" in piece:
            uncomputed |= dict.fromkeys(found.decode() for found in _UNCOMPUTED.findall(piece))
    return list(merged), list(uncomputed)


def _pieces(archive: ZipFile, path: str) -> Iterator[bytes]:
    """The bytes of a part; each piece begins with the end of the one before."""
    before = b""
    with archive.open(path) as part:
        while more := part.read(_PIECE):
            piece = before + more
            yield piece
            before = piece[-_OVERLAP:]


def _path_of(archive: ZipFile, sheet: str) -> str | None:
    relation = None
    for one in ET.fromstring(archive.read(_BOOK)).iter():  # noqa: S314  # expat bounds entities
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            relation = next((value for key, value in one.items() if key.endswith("}id")), None)
    for one in ET.fromstring(archive.read(_RELATIONS)).iter():  # noqa: S314  # as above
        if relation is not None and one.get("Id") == relation:
            target = one.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            return path if path in archive.namelist() else None
    return None
