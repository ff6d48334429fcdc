"""The shape of `scenarios/`: a closed grammar for a situation, plus the generic moves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from commcoach.content.shapes.base import (
    Cues,
    Identifier,
    LanguageCode,
    SalientPointShape,
    Sentence,
    Shape,
    Text,
)


class MoveShape(Shape):
    """What a reply can do to the persona, and the wordings by which it is recognised."""

    id: Identifier
    title: Text
    delta: Annotated[int, Field(ge=-2, le=2)] = Field(
        description="Change of tension: +1 raises, +2 for gross ones, -1 lowers, 0 neither."
    )
    cues: Cues
    covers_at_least: Annotated[int, Field(ge=1, le=5)] | None = Field(
        default=None,
        description="How many salient points the reply must take up besides the cue.",
    )


class MovesShape(Shape):
    """`scenarios/moves.yaml`: the generic moves that every scenario shares."""

    moves: list[MoveShape]


class TopicShape(Shape):
    """Something a move can be about."""

    id: Identifier
    title: Text
    cues: Cues


class KeyShape(Shape):
    """An unlock key: one move, a tension, or a combination of keys."""

    move: Identifier | None = Field(default=None, description="Met by a reply with this move.")
    topic: Identifier | None = Field(default=None, description="What the move must be about.")
    tension_at_most: Annotated[int, Field(ge=0, le=10)] | None = Field(
        default=None, description="Met at or below this tension, after the reply."
    )
    any_of: list[KeyShape] | None = Field(default=None, description="Met when one of these is.")
    all_of: list[KeyShape] | None = Field(
        default=None, description="Met when all of these are, by the same reply."
    )

    @model_validator(mode="after")
    def _is_one_kind_of_key(self) -> KeyShape:
        kinds = [
            name
            for name in ("move", "tension_at_most", "any_of", "all_of")
            if getattr(self, name) is not None
        ]
        if len(kinds) != 1:
            raise ValueError("one_kind_of_key")
        if self.topic is not None and self.move is None:
            raise ValueError("topic_without_move")
        if (self.any_of is not None and not self.any_of) or (
            self.all_of is not None and not self.all_of
        ):
            raise ValueError("empty_key")
        return self


class LineShape(Shape):
    """Something the counterpart may say, with what must or must not have happened before."""

    zh: Sentence | None = None
    en: Sentence | None = None
    after: list[Identifier] = Field(
        default=[], description="Moves made or facts told earlier in the session; all of them."
    )
    unless: list[Identifier] = Field(
        default=[], description="Moves made or facts told by now; none of them."
    )


class HiddenFactShape(Shape):
    """What the persona tells only after the right move."""

    id: Identifier
    title: Text = Field(description="The fact in a few words, for the debrief.")
    unlock: KeyShape
    tells: Cues = Field(description="Words that would betray the fact while it is locked.")
    ask: Text = Field(description="A question or sentence that would have opened it.")
    disclosures: Annotated[list[LineShape], Field(min_length=1)]


class JudgeShape(Shape):
    """Who decides an outcome item: a fact told, the closing tension, or quotes."""

    fact: Identifier | None = Field(default=None, description="The hidden fact must be told.")
    tension_at_most: Annotated[int, Field(ge=0, le=10)] | None = Field(
        default=None, description="The closing tension must be no higher."
    )
    checklist: list[Cues] | None = Field(
        default=None,
        description="Each entry must be found in some reply of the session, and is quoted.",
    )

    @model_validator(mode="after")
    def _has_one_judge(self) -> JudgeShape:
        given = [v for v in (self.fact, self.tension_at_most, self.checklist) if v is not None]
        if len(given) != 1 or self.checklist == []:
            raise ValueError("one_judge")
        return self


class OutcomeShape(Shape):
    """A checkable result of the dialogue."""

    id: Identifier
    title: Text
    points: Annotated[int, Field(ge=1, le=5)] = Field(description="What it is worth.")
    judge: JudgeShape


class MayNotShape(Text):
    """Something the learner may not decide, and how a promise of it would sound."""

    promises: Cues = Field(
        default=Cues(),
        description="Wordings that promise it; they fire gate_false_promise in this scenario.",
    )


class AuthorityShape(Shape):
    """The authority card: what the learner may and may not decide."""

    may: Annotated[list[Text], Field(min_length=1)]
    may_not: Annotated[list[MayNotShape], Field(min_length=1)]


class PersonaShape(Shape):
    """Who the counterpart is."""

    name: Text
    description: Text
    start_tension: Annotated[int, Field(ge=0, le=8)] = Field(
        description="Calm 0 to 3, guarded 4 to 6, upset 7 and more."
    )


class StateLinesShape(Shape):
    """Lines by tension: calm 0 to 3, guarded 4 to 6, upset 7 and more."""

    calm: list[LineShape]
    guarded: list[LineShape]
    upset: list[LineShape]


class RepairLinesShape(Shape):
    """What the counterpart says after the one chance to repair."""

    accepted: list[LineShape]
    refused: list[LineShape]


class ClosingLinesShape(Shape):
    """Last words: something was agreed, it stays open, or the talk has failed."""

    agreed: list[LineShape]
    open: list[LineShape]
    broken: list[LineShape]


class LinesShape(Shape):
    """All scripted lines; none is spoken twice in a session."""

    states: StateLinesShape
    reactions: dict[Identifier, list[LineShape]] = Field(
        default={}, description="By move: the answer to it, said before anything else."
    )
    neutral: list[LineShape] = Field(description="Short lines that fit any state.")
    break_off: list[LineShape]
    repair: RepairLinesShape
    closing: ClosingLinesShape


class WeightsShape(Shape):
    """Criteria of the scenario with their weights; all together 10, none above 4."""

    focus: dict[Identifier, Annotated[int, Field(ge=1, le=4)]] = Field(
        description="What the scenario is for: remarked on first."
    )
    support: dict[Identifier, Annotated[int, Field(ge=1, le=4)]] = Field(
        default={}, description="What it needs besides."
    )


class ScenarioShape(Shape):
    """`scenarios/<scenario>.yaml`: everything a practice dialogue needs."""

    id: Identifier = Field(description="The file's name.")
    number: Annotated[str, Field(pattern=r"^S\d{2,3}$")] = Field(
        description="Its number in the catalogue, for example S17."
    )
    version: Annotated[int, Field(ge=1)] = 1
    languages: Annotated[list[LanguageCode], Field(min_length=1)] = ["zh", "en"]
    title: Text
    module: Identifier = Field(description="The module it trains: a folder in rubrics/.")
    also: list[Identifier] = Field(default=[], description="Further modules it trains.")
    side: Literal["internal", "external"] = Field(
        description="Inside the administration, or with citizens and enterprises."
    )
    relation: Text = Field(description="What the counterpart is to the learner.")
    difficulty: Annotated[int, Field(ge=1, le=5)] = Field(description="1 is easiest.")
    turns: Annotated[int, Field(ge=5, le=8)] = Field(
        default=6, description="After so many replies the dialogue closes."
    )
    role: Text = Field(description="Who the learner is, spoken to the learner.")
    goal: Text = Field(description="What the learner should reach, without giving facts away.")
    authority: AuthorityShape
    fact_card: list[Text] = Field(default=[], description="Rules and time limits, all invented.")
    persona: PersonaShape
    topics: list[TopicShape] = []
    hidden_facts: Annotated[list[HiddenFactShape], Field(min_length=1)]
    moves: list[MoveShape] = Field(default=[], description="The scenario's own moves.")
    salient_points: list[SalientPointShape]
    opening: Text = Field(description="The counterpart's first line.")
    lines: LinesShape
    criteria: WeightsShape
    outcome: Annotated[list[OutcomeShape], Field(min_length=1)]
    bait: list[Identifier] = Field(default=[], description="The gates this scenario tempts.")
    strong_first_line: Text | None = Field(
        default=None, description="For authors and for the time after the session."
    )
