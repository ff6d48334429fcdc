"""Personal data out of a text before it is stored or scored; the length stays the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric

from commcoach.coaching.admission import Masked

BLOT = "*"

_LONG_DIGITS = re.compile(r"\d[\d\s-]{5,}\d[\dXx]?")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{6}[\s-]?\d{8}[\s-]?\d{3}[\dXx](?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])\d(?:[\s-]?\d){14,18}(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[\s-]?)?1[3-9]\d(?:[\s-]?\d{4}){2}(?![0-9])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SECRECY = re.compile(r"(?:绝密|机密|秘密)\s*[★☆]\s*(?:\d+\s*年|长期)?")

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""Half a character, or none at all: no file or database takes them."""

Span = tuple[int, int]


def mask(text: str) -> Masked:
    """The text with personal data blotted out, character by character, and the kinds found.

    Kinds, in this order: `identity`, `card`, `phone`, `email`, `secrecy`. Identity numbers and
    bank cards must have a right check digit or the exact shape; phone numbers must be possible
    ones in China or carry a country code.
    """
    masked = _UNSTORABLE.sub("\ufffd", text)
    found = []
    for kind, finder in _FINDERS.items():
        spans = list(finder(masked))
        if spans:
            found.append(kind)
        for start, end in spans:
            masked = masked[:start] + _blot(masked[start:end]) + masked[end:]
    return Masked(masked, tuple(found))


def _blot(part: str) -> str:
    return "".join(
        BLOT if character.isalnum() or character == "@" else character for character in part
    )


def _identities(text: str) -> Iterator[Span]:
    for hit in _IDENTITY.finditer(text):
        number = re.sub(r"[\s-]", "", hit.group()).upper()
        if ric.is_valid(number) or _plausible_birthday(number):
            yield hit.span()


def _plausible_birthday(number: str) -> bool:
    """A mistyped check digit is still somebody's number."""
    return number[6:8] in ("19", "20") and "01" <= number[10:12] <= "12" and number[12:14] <= "31"


def _cards(text: str) -> Iterator[Span]:
    for hit in _CARD.finditer(text):
        if luhn.is_valid(re.sub(r"\D", "", hit.group())):
            yield hit.span()


def _phones(text: str) -> Iterator[Span]:
    if not _LONG_DIGITS.search(text):
        return
    taken = [hit.span() for hit in _MOBILE.finditer(text)]
    yield from taken
    for match in phonenumbers.PhoneNumberMatcher(text, "CN"):
        span = (match.start, match.end)
        if not any(span[0] < end and start < span[1] for start, end in taken):
            yield span


def _emails(text: str) -> Iterator[Span]:
    yield from (hit.span() for hit in _EMAIL.finditer(text)) if "@" in text else ()


def _secrecy_marks(text: str) -> Iterator[Span]:
    yield from (hit.span() for hit in _SECRECY.finditer(text))


_FINDERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "identity": _identities,
    "card": _cards,
    "phone": _phones,
    "email": _emails,
    "secrecy": _secrecy_marks,
}
