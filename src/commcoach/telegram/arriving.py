"""Arriving: the first screen and consent, language, help, what this is."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from commcoach.coaching import enrolment
from commcoach.coaching.held import held_in
from commcoach.coaching.keeping import forget_learner
from commcoach.coaching.mail import Answer, Button, Outgoing
from commcoach.coaching.standing import calibrated_criteria
from commcoach.domain.language import Language
from commcoach.domain.people import Learner
from commcoach.domain.progress import easiest
from commcoach.presentation.durations import duration
from commcoach.presentation.engines import calibration_of, engine_name
from commcoach.presentation.remarks import quote
from commcoach.presentation.wording import Wording
from commcoach.telegram import choosing, leaving
from commcoach.telegram.commands import command_lines
from commcoach.telegram.desk import Rows, Talk, new_id
from commcoach.telegram.held import waiting
from commcoach.telegram.markup import bold
from commcoach.telegram.taps import Verb, data_of

NAMES = {Language.ZH: "中文", Language.EN: "English"}


async def start(talk: Talk, token: str = "") -> Answer:
    """Say what this is and ask for consent; or, to somebody known, welcome back."""
    if not talk.has_agreed:
        if token:
            talk = waiting(talk, replace(held_in(talk.chat.expects), invitation=token))
        return talk.answer(consent_screen(talk))
    joined = [await _join(talk, token)] if token else []
    if joined:
        return talk.answer(*joined, await choosing.menu_message(talk))
    welcome = talk.send(talk.html("bot.welcome_back", terms=_terms(talk)))
    return talk.answer(welcome, await choosing.menu_message(talk))


def consent_screen(talk: Talk, note: str = "") -> Outgoing:
    """What this is, in five lines, with the three ways on; or what is new since the last time.

    `note` says, as HTML, what became of the words of somebody who is asked anew.
    """
    if talk.learner.consent is not None:
        return _consent_anew(talk, note)
    leave = talk.button("bot.button.leave", Verb.LEAVE)
    rows = (
        (talk.button("bot.button.agree", Verb.AGREE),),
        (talk.button("bot.button.details", Verb.DETAILS), leave),
    )
    return talk.send(talk.html("bot.start", terms=_terms(talk), seen=_seen_by(talk)), rows)


def _consent_anew(talk: Talk, note: str) -> Outgoing:
    """To somebody who agreed to an earlier screen: what is new, and what is held for them."""
    lines = [talk.html("bot.anew")]
    if not talk.learner.knows_of_cases:
        lines.append(talk.html("bot.anew_cases"))
    if talk.learner.new_services(talk.desk.consent):
        lines.append(talk.html("bot.anew_seen", seen=_seen_by(talk)))
    held = held_in(talk.chat.expects)
    if held.said:
        lines.append(talk.html("bot.anew_held", said=quote(held.text, 240)))
    if note:
        lines.append(note)
    rows = (
        (_agree_anew(talk),),
        (
            talk.button("bot.button.details", Verb.DETAILS),
            talk.button("bot.button.disagree", Verb.LEAVE),
        ),
    )
    return talk.send("\n".join(lines), rows)


def _agree_anew(talk: Talk) -> Button:
    """The way on for somebody who is asked anew: no more is promised than is open."""
    goes_on = talk.chat.session is not None or bool(held_in(talk.chat.expects).said)
    key = "bot.button.agree_anew" if goes_on else "bot.button.agree_only"
    return talk.button(key, Verb.AGREE)


def _seen_by(talk: Talk) -> str:
    """Who else gets to see what is written."""
    services = talk.words.say("punctuation.list").join(talk.desk.coaches.services)
    if not services:
        return talk.words.say("bot.seen")
    return talk.words.say("bot.seen_by_model", services=services)


def _terms(talk: Talk) -> str:
    """How long words and levels are kept; said once if it is the same."""
    words, levels = (
        duration(days, talk.words) for days in (talk.desk.terms.words, talk.desk.terms.levels)
    )
    key = "bot.terms_same" if words == levels else "bot.terms"
    return talk.words.say(key, words=words, levels=levels)


async def details(talk: Talk) -> Answer:
    """What is kept, who reads it, and how to get rid of it, at more length."""
    backups = duration(talk.desk.terms.backups, talk.words)
    text = talk.html(
        "bot.details",
        terms=_terms(talk),
        backups=backups,
        seen=_seen_by(talk),
        standing=await _standing(talk),
    )
    anew = talk.learner.consent is not None
    agree = _agree_anew(talk) if anew else talk.button("bot.button.agree", Verb.AGREE)
    leave = "bot.button.disagree" if anew else "bot.button.leave"
    rows: Rows = ((agree,), (talk.button(leave, Verb.LEAVE),))
    return talk.answer(talk.send(text, () if talk.has_agreed else rows))


async def consent(talk: Talk) -> tuple[Talk, tuple[Outgoing, ...]]:
    """Record the consent, and join the cohort that waited for it."""
    learner = await enrolment.agree(talk.desk.house.enrolment(), talk.learner, talk.desk.consent)
    return await join_at_last(replace(talk, learner=learner))


async def join_at_last(talk: Talk) -> tuple[Talk, tuple[Outgoing, ...]]:
    """Join the cohort whose invitation waited, if one did: the talk as it goes on."""
    held = held_in(talk.chat.expects)
    if not held.invitation:
        return talk, ()
    joined = await _join(talk, held.invitation)
    talk = waiting(talk, replace(held, invitation=""))
    return talk, (replace(joined, key=f"{talk.update.id}.joined"),)


async def welcome(talk: Talk, before: tuple[Outgoing, ...] = ()) -> Answer:
    """Go straight to a first sentence; or, with somebody who has practised, to the menu."""
    scenario = easiest(talk.scenarios())
    past = await talk.desk.house.sessions.of_learner(talk.learner.id)
    # A tap on the old screen by somebody who has practised starts nothing anew.
    if scenario is None or any(one.id != new_id(talk.update, "session") for one in past):
        return talk.answer(*before, await choosing.menu_message(talk))
    return await choosing.begin(talk, scenario, before, first=True)


async def leave(talk: Talk) -> Answer:
    """Keep nothing of somebody who does not want to take part; ask first if there is something."""
    if talk.has_agreed:
        return talk.hint("bot.leave_agreed")
    if talk.learner.consent is not None:
        return await leaving.ask(talk, "bot.disagreed")
    house = talk.desk.house
    await talk.desk.drop_late(talk.chat.id)
    await forget_learner(house.keeping, talk.learner.id, talk.desk.now())
    farewell = replace(
        talk.send(talk.html("bot.left")), key=f"{talk.update.id}.left", fleeting=True
    )
    return Answer((farewell,))


async def _join(talk: Talk, token: str) -> Outgoing:
    cohort = await enrolment.join_cohort(talk.desk.house.enrolment(), talk.learner, token)
    if cohort is None:
        return talk.send(talk.html("bot.invitation_invalid"))
    return talk.send(talk.html("bot.joined", title=cohort.title))


async def language(talk: Talk) -> Answer:
    """Offer the languages."""
    row = [Button(name, data_of(Verb.SPEAK, code.value)) for code, name in NAMES.items()]
    return talk.answer(talk.send(talk.html("bot.language"), [row]))


async def speak(talk: Talk, code: str) -> Answer:
    """Change the language; a dialogue in progress keeps its own."""
    if code not in (one.value for one in Language):
        return talk.hint("bot.unknown_button")
    chosen = Language(code)
    learner: Learner = await enrolment.speak(talk.desk.house.enrolment(), talk.learner, chosen)
    talk = replace(talk, learner=learner, words=Wording(chosen, talk.words.zone))
    if not talk.has_agreed:
        return talk.answer(consent_screen(talk))
    key = "bot.language_set" if await talk.session() is None else "bot.language_set_later"
    return talk.answer(talk.send(talk.html(key)))


async def help_screen(talk: Talk) -> Answer:
    """The commands, and how a practice goes."""
    text = talk.html("bot.help") + "\n\n" + "\n".join(command_lines(talk.words))
    return talk.answer(talk.send(text))


async def about(talk: Talk) -> Answer:
    """Version, engine, calibration, and what the levels are not."""
    practice = talk.desk.coaches.newest
    engine = practice.scorer.engine
    text = talk.html(
        "bot.about",
        version=version("commcoach"),
        engine=engine_name(engine.model or engine.name, talk.words),
        release=practice.library.release,
        scenarios=len(practice.library.scenarios),
        criteria=len(practice.library.criteria),
        standing=await _standing(talk),
    )
    return talk.answer(talk.send(bold("commcoach") + "\n" + text))


async def _standing(talk: Talk) -> str:
    """How many of the criteria in force are calibrated, for the engine that scores now."""
    practice = talk.desk.coaches.newest
    release, engine = practice.library.release, practice.scorer.engine
    cases = await calibrated_criteria(talk.desk.house.calibrations, release, engine)
    return calibration_of(practice.library.criteria, cases, talk.words)
