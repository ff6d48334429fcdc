"""What each public set's criterion says. Titles and anchors are our own words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """A criterion with one anchor per level, from level 0 up, in the language of its set."""

    id: str
    language: str
    title: str
    anchors: tuple[str, ...]


TAKES_UP = Wording(
    "takes_up_what_was_said",
    "zh",
    "接住对方的话",
    ("绕开了对方讲的事，或者答非所问。", "顺着对方讲的事往下回应。"),
)
EMPATHY_ZH = Wording(
    "minds_the_feeling",
    "zh",
    "顾到心情",
    (
        "通篇在办事，没有一个字顾到对方的心情。",
        "带到了心情，但说得泛，换谁都能用。",
        "说中对方此刻的感受，并让人觉得有人陪着。",
    ),
)
EMPATHY_EN = Wording(
    "minds_the_feeling",
    "en",
    "Minds the feeling",
    (
        "All business; nothing in it minds how the other person feels.",
        "Feelings are touched on in words that would fit anybody.",
        "Meets what this person is going through and stands by them.",
    ),
)
UPTAKE = Wording(
    "builds_on_the_answer",
    "en",
    "Builds on the answer",
    (
        "Goes on as if the pupil had said nothing.",
        "Nods at the pupil's words, then follows its own plan.",
        "Makes the pupil's words the matter of the next step.",
    ),
)
ACTIONABILITY = Wording(
    "actionability",
    "en",
    "Says what to do",
    (
        "Leaves the pupil without anything to do next.",
        "A next step shows through, but stays vague.",
        "The pupil knows exactly what to try now.",
    ),
)
GUIDANCE = Wording(
    "providing_guidance",
    "en",
    "Guides",
    (
        "No hint, or one that leads away.",
        "A hint that helps only in part.",
        "A fitting hint, question or explanation moves the pupil on.",
    ),
)
LOCATION = Wording(
    "mistake_location",
    "en",
    "Points to the slip",
    (
        "Where it went wrong stays hidden.",
        "Hints roughly at the place.",
        "Puts the finger on the very step that went wrong.",
    ),
)
DEALS_TOGETHER = Wording(
    "deals_together",
    "en",
    "Deals together",
    (
        "Argues its own need or talks down the other's.",
        "Asks, gives way, sympathises or looks for a split that suits both.",
    ),
)
CONSIDERATE = Wording(
    "asks_considerately",
    "en",
    "Asks considerately",
    (
        "Brusque: demands or finds fault with no softening at all.",
        "Plain and rather cool; the request stands alone.",
        "Considerate in places: a softener, a reason or a friendly word.",
        "Warm and considerate throughout; leaves the other room to say no.",
    ),
)
COOLS = Wording(
    "cools_the_talk",
    "zh",
    "让气氛缓下来",
    ("顶回去、挖苦、下命令，火气更大。", "安慰、道歉、应下来或道谢，气氛缓了。"),
)
