"""Forgetting in memory: for tests, and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from commcoach.coaching.held import expecting, held_in, without_old_words
from commcoach.coaching.keeping import Forgotten
from commcoach.coaching.records import Entry
from commcoach.domain.dialogue import Turn
from commcoach.domain.score import Scored
from commcoach.store.blotting import blotted_entry
from commcoach.store.memory import InMemorySessions
from commcoach.store.memory_mail import InMemoryMail
from commcoach.store.memory_people import InMemoryPeople
from commcoach.store.memory_records import InMemoryAudit, InMemoryModelCalls
from commcoach.store.memory_reviews import InMemoryReviews


@dataclass(frozen=True, slots=True)
class InMemoryKeeping:
    """Removes things from the other doubles, by the same rules as the database."""

    sessions: InMemorySessions
    people: InMemoryPeople
    reviews: InMemoryReviews
    audit: InMemoryAudit
    calls: InMemoryModelCalls
    mail: InMemoryMail

    async def forget(self, learner: str, entry: Entry) -> Forgotten:
        """Delete everything of a learner, from every store and from what waits to be sent."""
        known = learner in self.people.learners
        gone = self._delete(learner)
        if known:
            self.audit.trail.append(entry)
        return gone

    def _delete(self, learner: str) -> Forgotten:
        mine = [one for one in self.sessions.sessions.values() if one.learner == learner]
        ids = {one.id for one in mine}
        turns = [turn for one in mine for turn in one.turns]
        asides = sum(id in ids for id, _ in self.sessions.set_asides)
        scores = sum(len(turn.card.scores) for turn in turns if turn.card is not None)
        messages = self._forget_mail(learner)
        self.calls.calls[:] = [
            one for one in self.calls.calls if one.learner != learner and one.session not in ids
        ]
        self._blot_out_of_the_audit({learner, *ids})
        self._remove_sessions(ids)
        self._forget_person(learner)
        return Forgotten(len(mine), len(turns) + asides, scores, messages)

    async def expire_words(self, before: datetime) -> int:
        """Blot out replies, quotes and lines of turns older than this; levels stay.

        The same goes for replies set aside, for objections, and for what waits for an answer in
        the chat of a learner who has not written since; words held there until consent is given
        go by their own age. Calls of models no longer tell for whom they were made. The number of
        turns; each is counted once.
        """
        count = 0
        for id, session in self.sessions.sessions.items():
            old = [_is_old(turn, before) for turn in session.turns]
            count += sum(old)
            turns = tuple(
                _without_words(turn) if blot else turn
                for turn, blot in zip(session.turns, old, strict=True)
            )
            over = session.ended_at is not None and session.ended_at < before
            self.sessions.sessions[id] = replace(
                session,
                turns=turns,
                closing="" if over and session.closing else session.closing,
                summary="" if over and session.summary else session.summary,
            )
        self.sessions.set_asides[:] = [
            (id, replace(one, reply="") if one.at < before else one)
            for id, one in self.sessions.set_asides
        ]
        for key, contest in self.reviews.contested.items():
            if contest.at < before:
                self.reviews.contested[key] = replace(contest, words="")
        self.calls.calls[:] = [
            replace(one, session=None, learner=None) if one.at < before else one
            for one in self.calls.calls
        ]
        writing = set()
        for place, chat in self.mail.kept_chats.items():
            held = without_old_words(held_in(chat.expects), before)
            self.mail.kept_chats[place] = replace(chat, expects=expecting(held))
            if held.said:
                writing.add(chat.learner)
        for place, chat in self.mail.kept_chats.items():
            if chat.learner not in writing and self._has_been_silent(chat.learner, before):
                self.mail.kept_chats[place] = replace(chat, expects="")
        return count

    async def expire_levels(self, before: datetime) -> int:
        """Delete sessions that started before, with all that hangs on them. The count.

        Learners who came before, never agreed and have no session left are deleted, too, and what
        calls of models took before.
        """
        old = {one.id for one in self.sessions.sessions.values() if one.started_at < before}
        self._remove_sessions(old)
        for key, chat in self.mail.kept_chats.items():
            if chat.session in old:
                self.mail.kept_chats[key] = replace(chat, session=None)
        agreed = {learner for learner, _, _ in self.people.given}
        practise = {one.learner for one in self.sessions.sessions.values()}
        for learner in list(self.people.learners.values()):
            if learner.joined_at < before and learner.id not in agreed | practise:
                self._delete(learner.id)
        self.calls.calls[:] = [one for one in self.calls.calls if one.at >= before]
        return len(old)

    async def wipe(self) -> None:
        """Nothing: what was deleted from memory is gone."""

    def _has_been_silent(self, id: str, since: datetime) -> bool:
        learner = self.people.learners.get(id)
        came_before = learner is None or learner.joined_at < since
        mine = (one for one in self.sessions.sessions.values() if one.learner == id)
        return came_before and all(turn.at < since for one in mine for turn in one.turns)

    def _forget_mail(self, learner: str) -> int:
        mail = self.mail
        chats = {chat.id for chat in mail.kept_chats.values() if chat.learner == learner}
        numbers = [n for n, one in mail.kept_messages.items() if one.message.chat in chats]
        for number in numbers:
            del mail.kept_messages[number]
        for key, kept in mail.kept_updates.items():
            if kept.update.chat in chats:
                update = replace(kept.update, chat=None, about={})
                mail.kept_updates[key] = replace(kept, update=update, fault=None)
        for key in [key for key, chat in mail.kept_chats.items() if chat.learner == learner]:
            del mail.kept_chats[key]
        return len(numbers)

    def _forget_person(self, learner: str) -> None:
        people = self.people
        people.learners.pop(learner, None)
        people.given[:] = [one for one in people.given if one[0] != learner]
        for member in [member for member in people.members if member[0] == learner]:
            del people.members[member]

    def _remove_sessions(self, ids: set[str]) -> None:
        for id in ids:
            del self.sessions.sessions[id]
        self.sessions.set_asides[:] = [one for one in self.sessions.set_asides if one[0] not in ids]
        contested = self.reviews.contested
        for key in [key for key, one in contested.items() if one.session in ids]:
            del contested[key]

    def _blot_out_of_the_audit(self, ids: set[str]) -> None:
        self.audit.trail[:] = [blotted_entry(entry, ids) for entry in self.audit.trail]


def _is_old(turn: Turn, before: datetime) -> bool:
    return turn.at < before and bool(turn.reply or turn.context or turn.line)


def _without_words(turn: Turn) -> Turn:
    reading, card = turn.reading, turn.card
    if reading is not None:
        moves = tuple(replace(move, quote="") for move in reading.moves)
        reading = replace(reading, moves=moves)
    if card is not None:
        card = replace(
            card,
            scores=tuple(
                replace(score, evidence=tuple(replace(proof, quote="") for proof in score.evidence))
                if isinstance(score, Scored)
                else score
                for score in card.scores
            ),
            gates=tuple(replace(hit, quote="") for hit in card.gates),
        )
    return replace(turn, reply="", context="", line="", reading=reading, card=card)
