"""A text as readers compare it: folded, cut into sentences, every place mapped back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from commcoach.domain.language import Language

_FOLDED = re.compile(r"[\u4e00-\u9fff!-@\[-~]+|[!-@\[-~]+(?: [!-@\[-~]+)*")
"""Texts that fold to themselves: small letters, Chinese characters, plain marks."""
_CJK = re.compile(r"[\u3400-\u9fff]")
_SENTENCE_END = re.compile(r"[。!?;\n]+|\.(?=\s|$)|\.{3,}")
_QUOTED = re.compile(r'"[^"\n]{1,120}"|「[^」\n]{1,120}」|『[^』\n]{1,120}』')
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that show nothing."""
_OTHER_ALPHABET = re.compile(r"[\u0370-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁԛԝһӏАВЕКМНОРСТХІЈЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϲ",
    "aeopcyxijsdqwhlABEKMHOPCTXIJSGQWABEZHIKMNOPTYXovc",
)
"""Cyrillic and Greek letters that are drawn like Latin ones."""
_CURLY = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2014": "-", "\u2013": "-"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text, half open, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with width, case, invisible characters and white space evened out.

    `places[i]` is where the i-th character of `text` stands in the original; `sentences` are
    stretches of `text`.
    """

    original: str
    text: str
    places: tuple[int, ...]
    sentences: tuple[Span, ...]

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the folded text stands in the original."""
        if start >= end:
            at = self.places[start] if start < len(self.places) else len(self.original)
            return Span(at, at)
        return Span(self.places[start], self.places[end - 1] + 1)

    def inside(self, span: Span) -> Span:
        """The stretch of the folded text that a span of the original holds."""
        held = [at for at, place in enumerate(self.places) if span.start <= place < span.end]
        return Span(held[0], held[-1] + 1) if held else Span(0, 0)

    def quote(self, span: Span) -> str:
        """The original words of a span."""
        return self.original[span.start : span.end]


def cut_into_sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a folded text, without their end marks."""
    spans, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        spans.append(Span(start, end.start()))
        start = end.end()
    spans.append(Span(start, len(text)))
    return tuple(span for span in spans if text[span.start : span.end].strip())


@lru_cache(maxsize=4096)
def fold(text: str) -> Folded:
    """The text as cues and n-grams see it.

    NFKD and case folding per character, without combining marks; control and invisible
    characters dropped; runs of white space become one space, and none between Chinese characters.
    Look-alikes from other alphabets become Latin letters in words that mix them with Latin ones.
    """
    if _FOLDED.fullmatch(text):
        return Folded(text, text, tuple(range(len(text))), cut_into_sentences(text))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(_in_one_alphabet(text)):
        if character == "\r" and text[place + 1 : place + 2] == "\n":
            continue
        folded = _fold_character(character)
        if folded == " " and (not characters or characters[-1] in " \n"):
            continue
        for part in folded:
            characters.append(part)
            places.append(place)
    kept = [
        index
        for index, part in enumerate(characters)
        if not (part == " " and _between_chinese(characters, index))
    ]
    folded_text = "".join(characters[index] for index in kept)
    return Folded(
        text,
        folded_text,
        tuple(places[index] for index in kept),
        cut_into_sentences(folded_text),
    )


def _in_one_alphabet(text: str) -> str:
    """The text, of the same length, without Latin words in disguise; Russian stays Russian."""
    if not _OTHER_ALPHABET.search(text):
        return text
    mixed = any(map(_mixes_alphabets, _WORD.findall(text)))
    return _WORD.sub(lambda word: _undisguised(word.group()), text) if mixed else text


def _mixes_alphabets(word: str) -> bool:
    return bool(_OTHER_ALPHABET.search(word)) and any("a" <= one <= "z" for one in word.lower())


def _undisguised(word: str) -> str:
    latin = word.translate(_LOOK_ALIKE)
    return word if _OTHER_ALPHABET.search(latin) else latin


@lru_cache(maxsize=20_000)
def _fold_character(character: str) -> str:
    if character in "\n\r\u2028\u2029":
        return "\n"
    if character.isspace():
        return " "
    if character in _BLANK or unicodedata.category(character) in (
        "Cc",
        "Cf",
        "Co",
        "Cs",
        "Mn",
        "Me",
    ):
        return ""
    if character in _CURLY:
        return _CURLY[character]
    parts = unicodedata.normalize("NFKD", character).casefold()
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


def _between_chinese(characters: list[str], index: int) -> bool:
    if index == 0 or index + 1 >= len(characters):
        return True
    return bool(_CJK.match(characters[index - 1]) and _CJK.match(characters[index + 1]))


def is_quoted(folded: Folded, hit: Span) -> bool:
    """Whether a stretch of folded text stands in quotation marks inside a longer text."""
    return any(
        quoted.start() < hit.start and hit.end < quoted.end()
        for quoted in _QUOTED.finditer(folded.text)
    )


def has_chinese(text: str) -> bool:
    """Whether any Chinese character stands in the text."""
    return bool(_CJK.search(text))


@lru_cache(maxsize=4096)
def language_of(text: str) -> Language:
    """Chinese if a fifth or more of the letters are Chinese characters, else English."""
    chinese = len(_CJK.findall(text))
    letters = sum(character.isalpha() for character in text)
    return Language.ZH if letters and chinese * 5 >= letters else Language.EN
