"""Finding gates that a reply crosses, and earlier ones that it makes good."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from commcoach.domain.cues import find_cues, has_cue
from commcoach.domain.language import Cues, Language
from commcoach.domain.rubric import Gate
from commcoach.domain.scenario import Scenario
from commcoach.domain.score import GateHit
from commcoach.domain.wording import Folded, Span, fold, is_quoted, language_of
from commcoach.embedded.quoting import clause_around
from commcoach.embedded.units import content_units

FALSE_PROMISE = "gate_false_promise"
_NOT_ALLOWED = re.compile(
    r"(?:不可定|不能定|不得|may not|cannot decide|must not)\s*[::]?\s*(.+)", re.IGNORECASE
)
_ITEM_END = re.compile(r"[、,。;\n]|\band\b|\bor\b")
_PROMISING = {
    Language.ZH: Cues(
        zh=(
            "(保证|一定|肯定|马上|立刻|立即|这就|包您|包你|答应您|今晚就|今天就|我来|我让|我叫|我去)",
        ),
        unless_zh=(
            "(不能|不敢|没法|无法|不便|不好|做不了|定不了|说了不算|没有权|不归我|要看|得看)",
        ),
    ),
    Language.EN: Cues(
        en=("(I|we) (promise|guarantee|will|can|am going to|are going to)*", "(I'll|we'll) *"),
        unless_en=("(can't|cannot|won't|not able|unable|not up to|isn't up to|depends|not mine)",),
    ),
}


def gates_crossed(
    gates: Sequence[Gate],
    reply: Folded,
    before: Folded,
    scenario: Scenario | None,
    authority: str | None,
) -> tuple[GateHit, ...]:
    """The gates that fire, in their order, each with the clause that fires it.

    A gate that needs an authority card runs only with a scenario's card or the text of one.
    """
    language = language_of(reply.original)
    hits = []
    for gate in gates:
        span = next(_crossings(gate, reply, before, scenario, authority, language), None)
        if span is not None:
            quote = clause_around(reply, span)
            hits.append(GateHit(gate.id, reply.quote(quote), quote.start, quote.end))
    return tuple(hits)


def gates_repaired(
    gates: Sequence[Gate], reply: Folded, crossed: frozenset[str]
) -> tuple[str, ...]:
    """Of the gates crossed by earlier replies, those that this reply makes good."""
    language = language_of(reply.original)
    return tuple(
        gate.id
        for gate in gates
        if gate.id in crossed
        and gate.repair is not None
        and has_cue(gate.repair.cues, reply, language)
    )


def _crossings(
    gate: Gate,
    reply: Folded,
    before: Folded,
    scenario: Scenario | None,
    authority: str | None,
    language: Language,
) -> Iterator[Span]:
    if gate.needs_authority and scenario is None and not authority:
        return
    if gate.context_cues and not has_cue(gate.context_cues, before, language_of(before.original)):
        return
    if gate.relief_cues and has_cue(gate.relief_cues, reply, language):
        return
    for hit in find_cues(gate.cues, reply, language):
        if not is_quoted(reply, hit.span):
            yield hit.span
    if gate.id != FALSE_PROMISE:
        return
    if scenario is not None:
        for limit in scenario.authority.may_not:
            for hit in find_cues(limit.promises, reply, language):
                if not is_quoted(reply, hit.span):
                    yield hit.span
    elif authority:
        yield from _promised_against(authority, reply, language)


def _promised_against(authority: str, reply: Folded, language: Language) -> Iterator[Span]:
    """Promises of something that the card's text names as not for the learner to decide."""
    forbidden = _NOT_ALLOWED.search(fold(authority).text)
    if forbidden is None:
        return
    items = [
        units
        for item in _ITEM_END.split(forbidden.group(1))
        if (units := content_units(item, language))
    ]
    for hit in find_cues(_PROMISING[language], reply, language):
        said = content_units(reply.text[hit.sentence.start : hit.sentence.end], language)
        if any(len(said & item) * 2 >= len(item) for item in items):
            yield hit.sentence
