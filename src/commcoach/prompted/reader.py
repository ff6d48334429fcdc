"""Reading with a model: moves from a closed list, each proved by the words of the reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from commcoach.coaching.counterpart import Reader, Scene
from commcoach.coaching.language_model import Answered, Job, ModelFailed
from commcoach.domain.cases import Said
from commcoach.domain.language import Language
from commcoach.domain.reading import FoundMove, Reading
from commcoach.domain.scenario import Scenario
from commcoach.domain.wording import Folded, fold, is_quoted
from commcoach.prompted.asking import (
    LEARNER,
    UNUSABLE,
    Asking,
    Checked,
    Means,
    ask_twice,
    authority,
    dialogue_lines,
    situation,
    within,
)
from commcoach.prompted.fencing import Shown, neutralise
from commcoach.prompted.forms import object_of
from commcoach.prompted.prompts import Asked

NO_TOPIC = "none"
MOST_MOVES = 12
MOST_TOKENS = 800


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a move was dropped; `what` is the id or the quote at fault."""

    kind: Literal["move", "topic", "quote", "quoted", "form"]
    what: str = ""


class PromptedReader:
    """Asks a model for the moves of a reply; the `fallback` reads when it does not answer."""

    def __init__(self, means: Means, fallback: Reader) -> None:
        self._means = means
        self._fallback = fallback

    async def read(self, scene: Scene) -> Reading:
        """The moves that can be proved, in the order they stand in the reply."""
        fence = self._means.fence(scene.occasion)
        shown = neutralise(scene.reply, fence)

        def check(answer: Answered) -> Checked[Reading, Fault]:
            return checked(answer.data or {}, scene, shown)

        def again(faults: Sequence[Fault]) -> str:
            named = [
                {"kind": one.kind, "what": fence.excerpt(one.what)}
                for one in faults or [Fault("form")]
            ]
            values = {"fence": fence, "faults": named}
            return self._means.prompts.again(Job.READER, scene.language, values)

        try:
            asking = Asking(
                job=Job.READER,
                prompt=self.prompt(scene),
                occasion=scene.occasion,
                schema=answer_schema(scene.scenario),
                most_tokens=MOST_TOKENS,
            )
            async with within(self._means.patience):
                reading = await ask_twice(
                    lambda words: asking.put_to(self._means, words), check, again
                )
        except ModelFailed as failed:
            return await self._stood_in(scene, failed.reason)
        return reading if reading is not None else await self._stood_in(scene, UNUSABLE)

    async def _stood_in(self, scene: Scene, reason: str) -> Reading:
        """The reading of the engine that stands in for the model."""
        self._means.notice(Job.READER, reason)
        return replace(await self._fallback.read(scene), stand_in=reason)

    def prompt(self, scene: Scene) -> Asked:
        """The prompt for a reply."""
        scenario, language = scene.scenario, scene.language
        fence = self._means.fence(scene.occasion)
        names = {
            "counterpart": scenario.persona.name.said_in(language),
            "learner": LEARNER[language],
        }
        dialogue = (*scene.dialogue, Said("learner", scene.reply))
        return self._means.prompts.fill(
            Job.READER,
            language,
            {
                **situation(scenario, language),
                **authority(scenario, language),
                "fence": fence,
                "moves": _listed(scenario.moves, language),
                "topics": _listed(scenario.topics, language),
                "points": _listed(scenario.salient_points, language),
                "dialogue": dialogue_lines(dialogue, fence, names),
            },
        )


def _listed(named: Iterable[Any], language: Language) -> list[dict[str, str]]:
    return [{"id": one.id, "title": one.title.said_in(language)} for one in named]


def answer_schema(scenario: Scenario) -> dict[str, Any]:
    """The form of the answer: quotes first, then ids from the scenario's closed lists."""
    topics = [NO_TOPIC, *(topic.id for topic in scenario.topics)]
    points = [point.id for point in scenario.salient_points]
    found = {
        "quote": {"type": "string"},
        "move": {"type": "string", "enum": [move.id for move in scenario.moves]},
        "topic": {"type": "string", "enum": topics},
    }
    taken_up = {"quote": {"type": "string"}, "point": {"type": "string", "enum": points}}
    return object_of(
        {
            "moves": {"type": "array", "maxItems": MOST_MOVES, "items": object_of(found)},
            "points": {
                "type": "array",
                "maxItems": len(points) if points else 0,
                "items": object_of(taken_up) if points else {"type": "object"},
            },
        }
    )


def checked(answer: Mapping[str, Any], scene: Scene, shown: Shown) -> Checked[Reading, Fault]:
    """What of an answer can be proved.

    An empty list of moves is a reading; a list of which nothing is left is none.
    """
    listed = answer.get("moves")
    if not isinstance(listed, list):
        return Checked(None, (Fault("form"),))
    points = _points(answer.get("points"), scene, shown)
    folded = fold(scene.reply)
    faults: list[Fault] = []
    found: dict[tuple[str, str | None], FoundMove] = {}
    for one in listed:
        move = _move(one, scene.scenario, shown, folded)
        if isinstance(move, Fault):
            faults.append(move)
        elif _covers_enough(move, scene.scenario, points):
            found.setdefault((move.move, move.topic), move)
    if faults and not found:
        return Checked(None, tuple(faults))
    in_order = sorted(found.values(), key=lambda one: (one.start, one.move, one.topic or ""))
    return Checked(Reading(tuple(in_order), points), tuple(faults))


def _move(one: object, scenario: Scenario, shown: Shown, folded: Folded) -> FoundMove | Fault:
    if not isinstance(one, Mapping):
        return Fault("form")
    id, topic, quote = (str(one.get(key, "")) for key in ("move", "topic", "quote"))
    move = scenario.move(id)
    if move is None:
        return Fault("move", id)
    if topic not in {NO_TOPIC, "", "None", *(known.id for known in scenario.topics)}:
        return Fault("topic", topic)
    spans = shown.find(quote)
    if not spans:
        return Fault("quote", quote)
    span = spans[0]
    if move.delta > 0 and is_quoted(folded, folded.inside(span)):
        return Fault("quoted", quote)
    named = None if topic in {NO_TOPIC, "", "None"} else topic
    return FoundMove(id, shown.original[span.start : span.end], span.start, span.end, named)


def _covers_enough(found: FoundMove, scenario: Scenario, points: Sequence[str]) -> bool:
    move = scenario.move(found.move)
    return move is not None and move.covers_at_least <= len(points)


def _points(listed: object, scene: Scene, shown: Shown) -> tuple[str, ...]:
    """The points taken up, each with its words; only what the counterpart has said can be."""
    if not isinstance(listed, list):
        return ()
    proved = {
        str(one.get("point"))
        for one in listed
        if isinstance(one, Mapping) and shown.find(str(one.get("quote", "")))
    }
    known = scene.scenario.points_known(scene.state.told)
    return tuple(point.id for point in known if point.id in proved)
