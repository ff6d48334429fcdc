"""The shapes of `rubrics/`: a module's rubric, its criteria, the gates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from commcoach.content.shapes.base import (
    Cues,
    Identifier,
    LanguageCode,
    SalientPointShape,
    Sentence,
    Shape,
    Text,
)


class RubricShape(Shape):
    """`rubrics/<module>/rubric.yaml`: a module's title and purpose; its criteria lie beside it."""

    id: Identifier = Field(description="The folder's name.")
    title: Text
    purpose: Text = Field(description="What practising this module is good for, in a sentence.")


class ConditionShape(Shape):
    """When a criterion applies or not: a sentence for people, cues for the embedded engine."""

    when: Text
    cues: Cues | None = Field(
        default=None,
        description="Wordings in the counterpart's last line; without cues only a person or a "
        "model can tell, and the embedded engine takes the condition as possibly met.",
    )


class StimulusShape(Shape):
    """What the counterpart said before the example replies."""

    id: Identifier
    scenario: Identifier | None = Field(default=None, description="The scenario it comes from.")
    text: Text
    salient_points: list[SalientPointShape] = []


class ExampleShape(Shape):
    """A reply that shows a level; each language written natively."""

    stimulus: Identifier | None = Field(
        default=None, description="Which stimulus it answers; the first one if left out."
    )
    zh: Sentence | None = None
    en: Sentence | None = None


class LevelShape(Shape):
    """One level: the behaviour that earns it, and replies that show it."""

    level: Annotated[int, Field(ge=0, le=10)] = Field(
        description="Its number; the levels of a criterion are consecutive."
    )
    label: Text | None = Field(default=None, description="A name of the level; a default exists.")
    anchor: Text = Field(description="The behaviour, not a quality word.")
    why: Text | None = Field(default=None, description="Why the examples stand at this level.")
    change: Text | None = Field(
        default=None,
        description="What a learner at this level could change next; replaces feedback.change. "
        "May use {evidence} and {missing_point}.",
    )
    examples: list[ExampleShape] = Field(
        default=[],
        description="At least one in each language, unless a graded case shows the level.",
    )


class BoundaryShape(Shape):
    """The question that decides between two neighbouring levels."""

    between: Annotated[list[int], Field(min_length=2, max_length=2)] = Field(
        description="The lower and the higher level."
    )
    question: Text


class LookAlikeShape(Shape):
    """A wording that is easily put at the wrong level."""

    stimulus: Identifier | None = None
    zh: Sentence | None = None
    en: Sentence | None = None
    level: int = Field(description="Where it belongs.")
    because: Text


class SignalShape(Shape):
    """A group of wordings that speak for or against the behaviour; never enough above level 2."""

    id: Identifier
    title: Text = Field(description="What the wordings show, in a few words.")
    toward: Literal["up", "down", "formula"] = Field(
        description="up: part of the behaviour; down: its opposite; formula: a set phrase that "
        "stands in its place."
    )
    cues: Cues


class FeedbackShape(Shape):
    """Wording for the learner; {evidence} is the quote, {missing_point} what was left out."""

    keep: Text
    change: Text


class SelfTestShape(Shape):
    """A reply with the result that the author expects."""

    lang: LanguageCode
    context: str = Field(default="", description="What the counterpart said before.")
    reply: str
    expect: int | Literal["not_applicable"] | Identifier = Field(
        description="A level, not_applicable, or the id of the gate that must fire."
    )


class FloorShape(Shape):
    """What a scorer must reach against people before the criterion may be published."""

    kappa: Annotated[float, Field(ge=-1, le=1)] = Field(
        description="The least quadratic weighted kappa."
    )
    min_cases: Annotated[int, Field(ge=2)] = Field(
        description="How many cases must be graded for the floor to bind."
    )
    graders: Annotated[int, Field(ge=1)] = Field(
        default=2, description="By how many people, each for themselves, a case counts as graded."
    )


class CriterionShape(Shape):
    """`rubrics/<module>/<criterion>.yaml`: one behaviour, its levels, its wording."""

    id: Identifier = Field(description="The file's name; unique over all modules.")
    version: Annotated[int, Field(ge=1)] = 1
    tier: Literal["core", "extended", "reflection"] = "core"
    languages: Annotated[list[LanguageCode], Field(min_length=1)] = Field(
        default=["zh", "en"], description="Every text and every level is needed in each of them."
    )
    title: Text
    summary: Text | None = Field(default=None, description="The behaviour in one line.")
    why_it_matters: Text | None = None
    sources: list[Sentence] = Field(default=[], description="Short names of constructs used.")
    applies_when: list[ConditionShape] = Field(
        default=[], description="Without any, the criterion applies to every reply."
    )
    not_applicable_when: list[ConditionShape] = Field(
        default=[], description="Decides where no opening of applies_when is seen."
    )
    evidence_rule: Text | None = Field(default=None, description="What must be quoted.")
    absence_up_to: int | None = Field(
        default=None,
        description="Up to this level the behaviour is missing, so the proof is quoted from the "
        "counterpart's line that called for it. Default: the second-lowest level.",
    )
    embedded_max: int | None = Field(
        default=None,
        description="The highest level the embedded engine may award. Default: one below the "
        "top where there are more than three levels.",
    )
    stimuli: list[StimulusShape] = Field(
        default=[], description="What the examples answer; the first one where none is named."
    )
    levels: Annotated[list[LevelShape], Field(min_length=2, max_length=7)]
    boundaries: list[BoundaryShape] = []
    look_alikes: list[LookAlikeShape] = []
    signals: list[SignalShape] = []
    feedback: FeedbackShape | None = None
    if_then: Text | None = Field(
        default=None, description="The goal for next time as an if-then plan."
    )
    practice_prompt: Text | None = Field(default=None, description="A small exercise.")
    related: list[Identifier] = Field(default=[], description="Criteria worth practising next.")
    do_not_score_with: list[Identifier] = Field(
        default=[], description="Criteria that would count the same behaviour twice."
    )
    floor: FloorShape | None = Field(
        default=None,
        description="Binds once enough people have graded; below that the criterion may be "
        "published and is called uncalibrated everywhere.",
    )
    tests: list[SelfTestShape] = []


class RepairShape(Shape):
    """How a learner can take back what fired the gate."""

    within_turns: Annotated[int, Field(ge=1, le=3)] = Field(
        description="How many turns the learner has for it."
    )
    lifts_to: float = Field(description="The turn's new cap, from 0 to 4.")
    cues: Cues = Field(description="Wordings of a real repair.")


class GateReplyShape(Shape):
    """A reply that must, or must not, fire the gate."""

    context: Text | None = None
    authority: Text | None = Field(
        default=None, description="The authority card it is judged by, where the gate needs one."
    )
    zh: Sentence
    en: Sentence


class GateFeedbackShape(Shape):
    """Short and factual: what was said, why it is a line, a safe alternative."""

    said: Text = Field(description="Uses {evidence}.")
    why: Text
    instead: Text


class GateShape(Shape):
    """`rubrics/gates/<gate>.yaml`: a line not to be crossed."""

    id: Identifier = Field(description="The file's name.")
    title: Text
    rule: Text = Field(description="The named rule, as a learner reads it.")
    order: int = Field(description="Lower is checked and reported first.")
    cap: float | None = Field(
        description="The highest turn score left, from 0 to 4; null: the turn is not scored."
    )
    session: Literal["none", "at_most_basic", "at_most_competent", "cannot_pass"] = Field(
        description="What it does to the band of the whole session."
    )
    needs_authority: bool = Field(
        default=False, description="Whether it can be judged only against an authority card."
    )
    repair: RepairShape | None = None
    cues: Cues = Field(description="Wordings that cross the line.")
    context_cues: Cues | None = Field(
        default=None,
        description="Where given, the gate can fire only after a counterpart's line with one of "
        "these (for example a stated danger).",
    )
    relief_cues: Cues | None = Field(
        default=None,
        description="Wordings anywhere in the reply that keep it from firing (for example help "
        "that is on its way).",
    )
    feedback: GateFeedbackShape
    near_misses: list[GateReplyShape] = Field(
        default=[], description="Clean replies that name the bait."
    )
    dirty: list[GateReplyShape] = Field(default=[], description="Replies that cross the line.")
