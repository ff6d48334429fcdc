"""Learners who have left their words wherever words are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from commcoach.coaching.admission import Reason
from commcoach.coaching.mail import Answer, Chat, Incoming, Outgoing
from commcoach.coaching.records import Entry, ModelCall
from commcoach.coaching.review import Contest
from commcoach.coaching.sessions import SetAsideReply
from commcoach.domain.dialogue import Turn
from commcoach.domain.people import Cohort, Invitation
from commcoach.domain.score import Override, Scored
from tests.store.examples import START, Examples
from tests.store.houses import House

DAY = timedelta(days=1)
WORDS = "秘密的话"
"""Stands in everything that the learners of these tests have said."""
FORGOTTEN = Entry(START + DAY, "learner", "forgotten", "")


def turn(examples: Examples, number: int = 1) -> Turn:
    """A whole turn in which the words stand wherever they can."""
    whole = examples.whole(number)
    assert whole.card is not None
    assert whole.reading is not None
    return replace(
        whole,
        reply=WORDS * number,
        context=WORDS,
        line=WORDS,
        reading=replace(
            whole.reading, moves=tuple(replace(one, quote=WORDS) for one in whole.reading.moves)
        ),
        card=replace(
            whole.card,
            scores=tuple(
                replace(
                    score, evidence=tuple(replace(proof, quote=WORDS) for proof in score.evidence)
                )
                if isinstance(score, Scored)
                else score
                for score in whole.card.scores
            ),
            gates=tuple(replace(hit, quote=WORDS) for hit in whole.card.gates),
        ),
    )


async def live_through(house: House, examples: Examples, learner: str, chat: int) -> None:
    """Leave a trace of the learner in everything that is kept."""
    id = f"session-of-{learner}"
    agreed = replace(examples.learner(learner), consent="1", consented_at=START)
    await house.people.add(agreed)
    await house.people.add_cohort(Cohort("spring", "春季班", START))
    await house.people.invite(Invitation("token", "spring", START))
    await house.people.join(learner, "spring", START)
    await house.sessions.add(examples.session(id, learner))
    for number in (1, 2):
        await house.sessions.save_turn(id, turn(examples, number))
    await house.sessions.set_aside(id, SetAsideReply(WORDS, Reason.EMPTY, START, "7-9"))
    await house.reviews.override(id, Override(1, 1, "reflecting", 2, "half", "chen", START))
    await house.reviews.contest(Contest(f"contest-of-{learner}", id, "", WORDS, START))
    await house.calls.record(
        ModelCall(START, "voice", "p", "m", "r1", "h", 1, 1, 0.1, session=id, learner=learner)
    )
    await house.audit.record(Entry(START, learner, "consented", learner))
    await house.audit.record(Entry(START, "chen", "overrode", id, "1.1 reflecting 2"))
    await house.audit.record(
        Entry(START, "chen", "exported", "spring", f"{id}, {learner} and anna-lina")
    )
    updates = [Incoming(7, chat + place, chat, "text", {"text": WORDS}) for place in range(2)]
    await house.inbox.keep(updates, START)
    said = tuple(Outgoing(f"{chat}-{place}", chat, WORDS) for place in range(3))
    await house.inbox.settle(updates[0], Answer(said, Chat(7, chat, learner, id)), START)
    arrived = await house.outbox.waiting(chat)
    await house.outbox.arrived(arrived[0].number, 11, START)
