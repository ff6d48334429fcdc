"""What a scoring model must hand in, and what of it can be proved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from commcoach.coaching.scorer import ScoringTask
from commcoach.domain.cases import last_words
from commcoach.domain.language import Language
from commcoach.domain.rubric import Criterion, Gate
from commcoach.domain.score import Evidence, GateHit, NotApplicable, Scored
from commcoach.domain.wording import Span, fold, is_quoted
from commcoach.prompted.fencing import Fence, Shown, neutralise
from commcoach.prompted.forms import object_of

GATES = "gates"
MOST_QUOTES = 3
MOST_GATES = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the verdict on a criterion cannot be used; `what` is the quote or level at fault."""

    id: str
    kind: Literal["quote", "no_quote", "context_quote", "level", "form"]
    what: str = ""


Verdict = Scored | NotApplicable


@dataclass(frozen=True, slots=True)
class Sources:
    """What can be quoted: the reply, and the counterpart's words that call for it.

    `offset` is where those words begin in the whole context, its messages one a line.
    """

    reply: Shown
    call: Shown
    offset: int


def sources_of(task: ScoringTask, fence: Fence) -> Sources:
    """What can be quoted for a task."""
    words = last_words(task.context)
    before = "\n".join(said.text for said in task.context)
    offset = before.rindex(words) if words else 0
    return Sources(neutralise(task.reply, fence), neutralise(words, fence), offset)


def answer_schema(criteria: Sequence[Criterion], gates: Sequence[Gate]) -> dict[str, Any]:
    """The form of the answer: one property per criterion, the proof first, the level last."""
    properties: dict[str, Any] = {
        criterion.id: object_of(
            {
                "quotes": {
                    "type": "array",
                    "maxItems": MOST_QUOTES,
                    "items": {"type": "string"},
                },
                "applicable": {"type": "boolean"},
                "level": {"type": ["integer", "null"], "enum": [*criterion.numbers, None]},
            }
        )
        for criterion in criteria
    }
    if gates:
        hit = {
            "quote": {"type": "string"},
            "gate": {"type": "string", "enum": [gate.id for gate in gates]},
        }
        properties[GATES] = {"type": "array", "maxItems": MOST_GATES, "items": object_of(hit)}
    return object_of(properties)


def verdict_on(
    criterion: Criterion, entry: object, sources: Sources, language: Language
) -> Verdict | Fault:
    """What an entry says of a criterion, or why it cannot be used.

    Every quote has to be there. A level above absence, and one that means harm, is proved by the
    reply; one that means absence by the reply or by the words that called for the behaviour.
    """
    id = criterion.id
    if not isinstance(entry, Mapping) or not isinstance(entry.get("applicable"), bool):
        return Fault(id, "form")
    if not entry["applicable"]:
        return NotApplicable(id)
    level = _level(entry.get("level"))
    if level not in criterion.numbers:
        return Fault(id, "level", str(entry.get("level")))
    quotes = entry.get("quotes")
    if not isinstance(quotes, list) or not quotes:
        return Fault(id, "no_quote")
    harm = level == criterion.lowest < criterion.absence_up_to
    proof: list[Evidence] = []
    for quote in map(str, quotes[:MOST_QUOTES]):
        found = _evidence(quote, sources)
        if not found:
            return Fault(id, "quote", quote)
        proof += found
    from_reply = [one for one in proof if one.source == "reply"]
    if not from_reply and (harm or not criterion.means_absence(level)):
        return Fault(id, "context_quote")
    if not criterion.means_absence(level):
        proof = from_reply
    return Scored(
        id, level, float(level), tuple(proof), None, criterion.level(level).anchor.said_in(language)
    )


def _level(value: object) -> int:
    """The number of a level; one that no criterion has if it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return int(value)
    return -1_000


def _evidence(quote: str, sources: Sources) -> list[Evidence]:
    spans = sources.reply.find(quote)
    if spans:
        return [_from_reply(sources.reply, span) for span in spans]
    return [
        Evidence(
            sources.call.original[span.start : span.end],
            span.start + sources.offset,
            span.end + sources.offset,
            "context",
        )
        for span in sources.call.find(quote)
    ]


def _from_reply(reply: Shown, span: Span) -> Evidence:
    return Evidence(reply.original[span.start : span.end], span.start, span.end)


def gate_hits(listed: object, gates: Iterable[Gate], reply: Shown) -> tuple[GateHit, ...]:
    """The gates with words of the reply, not quoted from others, that cross them."""
    known = {gate.id for gate in gates}
    folded = fold(reply.original)
    hits: dict[str, GateHit] = {}
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, Mapping) or one.get("gate") not in known:
            continue
        for span in reply.find(str(one.get("quote", "")))[:1]:
            inside = folded.inside(span)
            if not is_quoted(folded, inside):
                hit = GateHit(
                    str(one["gate"]), reply.original[span.start : span.end], span.start, span.end
                )
                hits.setdefault(hit.gate, hit)
    return tuple(hits.values())
