"""The public sets as scoring tasks: what is a row, what is its level, what is the criterion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

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
    """One criterion of one set, with its anchors in the set's language from level 0 up."""

    name: str
    criterion: str
    language: str
    title: str
    anchors: tuple[str, ...]
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
    criterion: str
    language: str
    title: str
    anchors: tuple[str, ...]
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
            Row(raw["id"], raw["context"], raw["reply"], label.grades, label.level, label.value, g)
            for (raw, label), g in zip(known, groups, strict=True)
        )
        yield Task(
            name,
            source.criterion,
            source.language,
            source.title,
            source.anchors,
            source.metrics,
            rows,
        )


def linked(marks: Sequence[Sequence[str]]) -> list[int]:
    """A group number for each item: items that share a mark, also by way of others, share it."""
    columns = {mark: 0 for item in marks for mark in item}
    columns = {mark: len(marks) + number for number, mark in enumerate(columns)}
    pairs = [(row, columns[mark]) for row, item in enumerate(marks) for mark in item]
    size = len(marks) + len(columns)
    ends = ([row for row, _ in pairs], [column for _, column in pairs])
    graph = coo_matrix(([1] * len(pairs), ends), shape=(size, size))
    return [int(number) for number in connected_components(graph, directed=False)[1][: len(marks)]]


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


# --- criteria; the words are ours ----------------------------------------------------------------

_EMPATHY_ZH = (
    "通篇在办事，没有一个字顾到对方的心情。",
    "带到了心情，但说得泛，换谁都能用。",
    "说中对方此刻的感受，并让人觉得有人陪着。",
)
_EMPATHY_EN = (
    "All business; nothing in it minds how the other person feels.",
    "Feelings are touched on in words that would fit anybody.",
    "Meets what this person is going through and stands by them.",
)
_POLITE_EN = (
    "Brusque: demands or finds fault with no softening at all.",
    "Plain and rather cool; the request stands alone.",
    "Considerate in places: a softener, a reason or a friendly word.",
    "Warm and considerate throughout; leaves the other room to say no.",
)
_EMPATHY_METRICS = ("QWK", "rho given length")
_POLITE_METRICS = ("AUC lowest / highest", "Spearman")

_SOURCES: dict[str, _Source] = {
    "dialogue_safety_zh": _Source(
        "dialogue_safety_zh/data.jsonl",
        "takes_up_what_was_said",
        "zh",
        "接住对方的话",
        ("绕开了对方讲的事，或者答非所问。", "顺着对方讲的事往下回应。"),
        ("kappa", "AUC"),
        _heard,
        _first_line,
    ),
    "empathetic_personas_zh": _Source(
        "empathetic_personas/zh.jsonl",
        "minds_the_feeling",
        "zh",
        "顾到心情",
        _EMPATHY_ZH,
        _EMPATHY_METRICS,
        _empathy,
        _pair,
    ),
    "empathetic_personas_en": _Source(
        "empathetic_personas/en.jsonl",
        "minds_the_feeling",
        "en",
        "Minds the feeling",
        _EMPATHY_EN,
        _EMPATHY_METRICS,
        _empathy,
        _pair,
    ),
    "uptake": _Source(
        "uptake/data.jsonl",
        "builds_on_the_answer",
        "en",
        "Builds on the answer",
        (
            "Goes on as if the pupil had said nothing.",
            "Nods at the pupil's words, then follows its own plan.",
            "Makes the pupil's words the matter of the next step.",
        ),
        ("Spearman",),
        _uptake,
        _second_part,
    ),
    **{
        f"mrbench_{aspect}": _Source(
            "mrbench/data.jsonl",
            aspect,
            "en",
            title,
            anchors,
            ("QWK",),
            _tutor(aspect),
            _before_last("-"),
        )
        for aspect, title, anchors in (
            (
                "actionability",
                "Says what to do",
                (
                    "Leaves the pupil without anything to do next.",
                    "A next step shows through, but stays vague.",
                    "The pupil knows exactly what to try now.",
                ),
            ),
            (
                "providing_guidance",
                "Guides",
                (
                    "No hint, or one that leads away.",
                    "A hint that helps only in part.",
                    "A fitting hint, question or explanation moves the pupil on.",
                ),
            ),
            (
                "mistake_location",
                "Points to the slip",
                (
                    "Where it went wrong stays hidden.",
                    "Hints roughly at the place.",
                    "Puts the finger on the very step that went wrong.",
                ),
            ),
        )
    },
    "casino": _Source(
        "casino/strategies.jsonl",
        "deals_together",
        "en",
        "Deals together",
        (
            "Argues its own need or talks down the other's.",
            "Asks, gives way, sympathises or looks for a split that suits both.",
        ),
        ("AUC",),
        _negotiation,
        _before_last("-"),
    ),
    **{
        f"stanford_politeness_{forum}": _Source(
            f"stanford_politeness/{forum}.jsonl",
            "asks_considerately",
            "en",
            "Asks considerately",
            _POLITE_EN,
            _POLITE_METRICS,
            _politeness,
            lambda raw: [],
        )
        for forum in ("se", "wiki")
    },
    "cped": _Source(
        "cped/data.jsonl",
        "cools_the_talk",
        "zh",
        "让气氛缓下来",
        ("顶回去、挖苦、下命令，火气更大。", "安慰、道歉、应下来或道谢，气氛缓了。"),
        ("AUC",),
        _temperature,
        _before_last("_"),
    ),
}
