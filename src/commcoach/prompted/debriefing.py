"""Saying with a model where a talk turned: in the learner's own words, checked before shown."""

from __future__ import annotations

from collections.abc import Sequence

from commcoach.coaching.debriefing import Debrief
from commcoach.coaching.language_model import Answered, Job, ModelFailed
from commcoach.coaching.practice import occasion_of
from commcoach.domain.cues import has_cue
from commcoach.domain.dialogue import Ending, PracticeSession, said_before
from commcoach.domain.library import Library
from commcoach.domain.persona import initial_state
from commcoach.domain.wording import fold
from commcoach.prompted.asking import (
    LEARNER,
    UNUSABLE,
    Asking,
    Checked,
    Means,
    ask_twice,
    dialogue_lines,
    situation,
    within,
)
from commcoach.prompted.prompts import Asked
from commcoach.prompted.summary_checks import LONGEST, Fault, Told, faults_in

MOST_TOKENS = 320
TEMPERATURE = 0.4


class PromptedSummariser:
    """Asks a model for two or three sentences; what cannot be shown is left out."""

    def __init__(self, means: Means, library: Library) -> None:
        self._means = means
        self._library = library

    async def summarise(self, session: PracticeSession, report: Debrief) -> str:
        """The sentences, or nothing."""
        told = self.told(session, report)
        if not any(reply.strip() for reply in told.replies):
            return ""
        fence = self._means.fence(occasion_of(session))

        def check(answer: Answered) -> Checked[str, Fault]:
            text = in_one_line(answer.text)
            faults = faults_in(text, told)
            return Checked(None if faults else text, faults)

        def again(faults: Sequence[Fault]) -> str:
            # Words that may hold what nobody told are not put into any prompt.
            secret = [one for one in faults if one.kind == "secret"]
            named = [
                {"kind": one.kind, "what": fence.excerpt(one.what)}
                for one in secret or faults or [Fault("empty")]
            ]
            values = {"fence": fence, "faults": named}
            return self._means.prompts.again(Job.DEBRIEF, session.language, values)

        try:
            asking = Asking(
                job=Job.DEBRIEF,
                prompt=self.prompt(session, report),
                occasion=occasion_of(session),
                most_tokens=MOST_TOKENS,
                temperature=TEMPERATURE,
            )
            async with within(self._means.patience):
                text = await ask_twice(
                    lambda words: asking.put_to(self._means, words), check, again
                )
        except ModelFailed as failed:
            self._means.notice(Job.DEBRIEF, failed.reason)
            return ""
        if text is None:
            self._means.notice(Job.DEBRIEF, UNUSABLE)
            return ""
        return text

    def told(self, session: PracticeSession, report: Debrief) -> Told:
        """What a summary of this session is held against."""
        language, shown = session.language, situation(report.scenario, session.language)
        persona = shown["persona"]
        course = session.course()
        return Told(
            language=language,
            replies=[turn.reply for turn in course],
            lines=[session.opening, *(turn.line for turn in course if turn.line)],
            known=[
                *(persona["name"], persona["description"], shown["relation"], shown["role"]),
                *(
                    title
                    for reached in (True, False)
                    for title in _titles(report, session, reached)
                ),
            ],
            criteria=tuple(self._library.criteria.values()),
            untold=report.missed,
        )

    def prompt(self, session: PracticeSession, report: Debrief) -> Asked:
        """The prompt for a summary: what both sides said, and what came of it."""
        language, scenario = session.language, report.scenario
        fence = self._means.fence(occasion_of(session))
        names = {
            "counterpart": scenario.persona.name.said_in(language),
            "learner": LEARNER[language],
        }
        dialogue = said_before(session, len(session.course()) + 1)
        return self._means.prompts.fill(
            Job.DEBRIEF,
            language,
            {
                **situation(scenario, language),
                "fence": fence,
                "longest": LONGEST[language],
                "dialogue": dialogue_lines(dialogue, fence, names),
                "began": initial_state(scenario).tension,
                "ended": report.state.tension,
                "left": session.ending is Ending.COUNTERPART_LEFT,
                "reached": _titles(report, session, reached=True),
                "open": _titles(report, session, reached=False),
                "goal": report.goal.title.said_in(language) if report.goal is not None else "",
            },
        )


def _titles(report: Debrief, session: PracticeSession, reached: bool) -> list[str]:
    """What was achieved or not, save what would give away a fact that nobody told."""
    language = session.language
    titles = [
        one.item.title.said_in(language).rstrip("。.")
        for one in report.achieved
        if one.reached is reached
    ]
    return [
        title
        for title in titles
        if not any(has_cue(fact.tells, fold(title), language) for fact in report.missed)
    ]


def in_one_line(text: str) -> str:
    """An answer without line ends and without the marks that make words bold."""
    parts = [part.strip() for part in text.replace("**", "").splitlines()]
    return " ".join(part for part in parts if part)
