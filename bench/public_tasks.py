"""The public sets as scoring tasks: what is a row, what is its level, what is the criterion."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import public_wordings as wordings
from grouping import linked
from public_wordings import Wording

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled reply.

    `grades` is what the scorer may learn from: one number per rater, or one in all. `level` is
    what it is judged by, `value` the finer label where the set has one. Rows of one `group` are
    near-twins and stay in one fold.
    """

    id: str
    context: str
    reply: str
    grades: tuple[float, ...]
    level: int
    value: float
    group: int


@dataclass(frozen=True, slots=True)
class Task:
    """One criterion of one set."""

    name: str
    wording: Wording
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    grades: tuple[float, ...]
    level: int
    value: float


@dataclass(frozen=True, slots=True)
class _Source:
    file: str
    wording: Wording
    metrics: tuple[str, ...]
    label: Callable[[Raw], _Label | None]
    kin: Callable[[Raw], Sequence[str]]


def tasks(folder: Path, only: str | None = None) -> Iterator[Task]:
    """Every task whose set lies in the folder; with `only`, those whose name contains it."""
    for name, source in _SOURCES.items():
        place = folder / source.file
        if (only is not None and only not in name) or not place.is_file():
            continue
        lines = place.read_text(encoding="utf-8").splitlines()
        labelled = [(raw, source.label(raw)) for raw in map(json.loads, lines)]
        known = [(raw, label) for raw, label in labelled if label is not None]
        groups = linked(
            [[*source.kin(raw), f"reply:{raw['reply'].strip().lower()}"] for raw, _ in known]
        )
        rows = tuple(
            Row(
                raw["id"],
                _as_written(raw["context"]),
                _as_written(raw["reply"]),
                label.grades,
                label.level,
                label.value,
                g,
            )
            for (raw, label), g in zip(known, groups, strict=True)
        )
        yield Task(name, source.wording, source.metrics, rows)


_PLACEHOLDERS = {"<url>": "that page", "<person>": "that editor"}
"""What a set has put in the place of what people wrote."""


def _as_written(text: str) -> str:
    """The text without what storing it did: character references, escaped marks, placeholders."""
    text = html.unescape(text).replace('\\"', '"').replace("\\/", "/")
    for placeholder, words in _PLACEHOLDERS.items():
        text = text.replace(placeholder, words)
    return text


# --- labels --------------------------------------------------------------------------------------


def _one(level: float, value: float | None = None) -> _Label:
    return _Label((float(level),), round(level), float(level if value is None else value))


def _heard(raw: Raw) -> _Label | None:
    return None if raw["heard"] is None else _one(raw["heard"])


def _empathy(raw: Raw) -> _Label:
    ratings = tuple(float(rating) for rating in raw["ratings"])
    return _Label(ratings, raw["label"], sum(ratings) / len(ratings))


def _uptake(raw: Raw) -> _Label:
    return _one(raw["label"], raw["zscore"])


_EXTENT = {"No": 0, "To some extent": 1, "Yes": 2}


def _tutor(aspect: str) -> Callable[[Raw], _Label | None]:
    def label(raw: Raw) -> _Label | None:
        extent = _EXTENT.get(raw["label"][aspect])
        return None if extent is None else _one(extent)

    return label


_COOPERATIVE = {"showing-empathy", "promote-coordination", "elicit-pref", "no-need"}
_SELF_CENTRED = {"self-need", "other-need", "uv-part", "vouch-fair"}


def _negotiation(raw: Raw) -> _Label | None:
    moves = set(raw["label"])
    together, alone = bool(moves & _COOPERATIVE), bool(moves & _SELF_CENTRED)
    return None if together == alone else _one(together)


def _politeness(raw: Raw) -> _Label:
    return _one(raw["quartile"] - 1, raw["label"])


_CALMING = {"comfort", "apology", "thanking", "acknowledge", "agreement", "appreciation"}
_HEATING = {"irony", "reject", "command", "disagreement"}


def _temperature(raw: Raw) -> _Label | None:
    if raw["label"] not in _CALMING | _HEATING:
        return None
    return _one(raw["label"] in _CALMING)


# --- what belongs together -----------------------------------------------------------------------


def _first_line(raw: Raw) -> list[str]:
    """A dialogue that grows from row to row keeps its first line."""
    return [f"begins:{raw['context'].strip().splitlines()[0]}"] if raw["context"].strip() else []


def _before_last(mark: str) -> Callable[[Raw], list[str]]:
    """The dialogue is the id without its last part."""
    return lambda raw: [f"dialogue:{raw['id'].rsplit(mark, 1)[0]}"]


def _pair(raw: Raw) -> list[str]:
    return [f"pair:{raw['pair']}"]


def _second_part(raw: Raw) -> list[str]:
    return [f"dialogue:{raw['id'].split('-')[1]}"]


# --- the sets ------------------------------------------------------------------------------------

_EMPATHY = ("QWK", "rho given length")
_POLITE = ("AUC lowest / highest", "Spearman")

_SOURCES: dict[str, _Source] = {
    "dialogue_safety_zh": _Source(
        "dialogue_safety_zh/data.jsonl", wordings.TAKES_UP, ("kappa", "AUC"), _heard, _first_line
    ),
    "empathetic_personas_zh": _Source(
        "empathetic_personas/zh.jsonl", wordings.EMPATHY_ZH, _EMPATHY, _empathy, _pair
    ),
    "empathetic_personas_en": _Source(
        "empathetic_personas/en.jsonl", wordings.EMPATHY_EN, _EMPATHY, _empathy, _pair
    ),
    "uptake": _Source("uptake/data.jsonl", wordings.UPTAKE, ("Spearman",), _uptake, _second_part),
    **{
        f"mrbench_{wording.id}": _Source(
            "mrbench/data.jsonl", wording, ("QWK",), _tutor(wording.id), _before_last("-")
        )
        for wording in (wordings.ACTIONABILITY, wordings.GUIDANCE, wordings.LOCATION)
    },
    "casino": _Source(
        "casino/strategies.jsonl",
        wordings.DEALS_TOGETHER,
        ("AUC",),
        _negotiation,
        _before_last("-"),
    ),
    **{
        f"stanford_politeness_{forum}": _Source(
            f"stanford_politeness/{forum}.jsonl",
            wordings.CONSIDERATE,
            _POLITE,
            _politeness,
            lambda _: (),
        )
        for forum in ("se", "wiki")
    },
    "cped": _Source("cped/data.jsonl", wordings.COOLS, ("AUC",), _temperature, _before_last("_")),
}
