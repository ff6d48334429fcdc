"""Which update is answered by what."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from commcoach.coaching import enrolment
from commcoach.coaching.held import held_in
from commcoach.coaching.mail import Answer, Button, Chat, Incoming, Outgoing
from commcoach.domain.language import Language
from commcoach.presentation.wording import N_, Wording
from commcoach.telegram import (
    arriving,
    choosing,
    debriefing,
    leaving,
    looking_back,
    practising,
)
from commcoach.telegram.commands import command_in
from commcoach.telegram.desk import Desk, Talk, new_id
from commcoach.telegram.held import holding, taken_up
from commcoach.telegram.markup import escape
from commcoach.telegram.taps import Tap, Verb, tap_of
from commcoach.telegram.updates import Kind

Command = Callable[[Talk], Awaitable[Answer]]

COMMANDS: dict[str, Command] = {
    "practice": choosing.menu,
    "finish": practising.stop,
    "progress": looking_back.progress,
    "history": looking_back.history,
}
ALWAYS: dict[str, Command] = {
    "language": arriving.language,
    "forget": leaving.ask,
    "help": arriving.help_screen,
    "about": arriving.about,
    "export": looking_back.export,
}
"""What also works without consent."""

TAPS: dict[Verb, Callable[..., Awaitable[Answer]]] = {
    Verb.MENU: choosing.menu,
    Verb.MODULES: choosing.modules,
    Verb.MODULE: choosing.module,
    Verb.DIFFICULTIES: choosing.difficulties,
    Verb.DIFFICULTY: choosing.by_difficulty,
    Verb.BRIEF: choosing.brief,
    Verb.BEGIN: choosing.begin_number,
    Verb.RESUME: choosing.resume,
    Verb.CARDS: choosing.cards,
    Verb.STOP: practising.ask_to_stop,
    Verb.END: practising.stop,
    Verb.REWRITE: practising.rewrite,
    Verb.USE_EDIT: practising.use_edit,
    Verb.KEEP_FIRST: practising.keep_first,
    Verb.ONE_WAY: practising.one_way,
    Verb.WHY: practising.why,
    Verb.EACH: looking_back.each,
    Verb.DIFFER: debriefing.differ,
    Verb.DIFFER_ON: debriefing.differ_on,
    Verb.NEVER_MIND: debriefing.never_mind,
    Verb.DEBRIEF: debriefing.show,
    Verb.HISTORY: looking_back.history,
}
TAPS_ALWAYS: dict[Verb, Callable[..., Awaitable[Answer]]] = {
    Verb.DETAILS: arriving.details,
    Verb.LEAVE: arriving.leave,
    Verb.SPEAK: arriving.speak,
    Verb.FORGET: leaving.forget,
    Verb.KEEP: leaving.keep,
    Verb.EXPORT: looking_back.export,
}

UNSUITABLE = {
    "voice": N_("unsuitable.voice"),
    "audio": N_("unsuitable.voice"),
    "video_note": N_("unsuitable.voice"),
    "photo": N_("unsuitable.picture"),
    "video": N_("unsuitable.picture"),
    "sticker": N_("unsuitable.sticker"),
    "animation": N_("unsuitable.sticker"),
    "location": N_("unsuitable.location"),
    "contact": N_("unsuitable.contact"),
    "document": N_("unsuitable.document"),
    "forwarded": N_("unsuitable.forwarded"),
}


async def work(desk: Desk, update: Incoming) -> Answer:
    """The answer to an update; does nothing twice if it is given the same update again."""
    if update.chat is None:
        return Answer()
    if update.kind == Kind.TAP:
        desk.signs.heard(str(update.about.get("query", "")))
    if update.kind == Kind.GROUP or update.about.get("private") is False:
        return _in_group(desk, update, update.chat)
    if update.kind == Kind.MEMBERSHIP:
        if update.about.get("wanted") is False:
            await desk.house.outbox.block(update.chat, desk.now())
        return Answer()
    talk = await _talk(desk, update, update.chat)
    match update.kind:
        case Kind.TEXT:
            return await _text(talk)
        case Kind.TAP:
            return await _tap(talk)
        case Kind.EDITED:
            return await _edited(talk)
    what = str(update.about.get("what", ""))
    return talk.hint(UNSUITABLE.get(what, "unsuitable.other"))


async def apology(desk: Desk, update: Incoming) -> Answer:
    """What is said when an update could not be worked on, again and again."""
    if update.chat is None or update.kind in (Kind.GROUP, Kind.MEMBERSHIP):
        return Answer()
    talk = await _talk(desk, update, update.chat)
    # What was asked for is dropped: whatever comes next is a reply again. What waits for consent
    # stays, also if consent was recorded just before the failure; but a text that fails takes what
    # is held along, lest that is what makes everything fail.
    held = held_in(talk.chat.expects)
    stays = not talk.has_agreed or (held and update.kind != Kind.TEXT)
    chat = talk.chat if stays else talk.now_in(talk.chat.session)
    return talk.answer(talk.send(talk.html("bot.apology")), chat=chat)


async def _talk(desk: Desk, update: Incoming, chat_id: int) -> Talk:
    """The conversation that an update belongs to, known or new."""
    chat = await desk.house.chats.get(desk.bot, chat_id)
    if chat is None:
        chat = Chat(desk.bot, chat_id, new_id(update, "learner"))
    client = str(update.about.get("client", ""))
    learner = await enrolment.meet(desk.house.enrolment(), chat.learner, language_for(client))
    return Talk(desk, update, chat, learner, Wording(learner.language, desk.zone))


def language_for(client: str) -> Language:
    """The language for somebody whose client is set to this one; Chinese if it does not say."""
    return Language.ZH if not client or client.lower().startswith("zh") else Language.EN


async def _text(talk: Talk) -> Answer:
    command = command_in(talk.text)
    if command is not None:
        return await _command(debriefing.no_longer_asked(talk), *command)
    held = held_in(talk.chat.expects)
    if talk.has_agreed:
        if not held.said:
            return await _after_what_waited(talk, _said)
        return await _what_waited(holding(talk))
    # Words of somebody who never agreed to anything are not kept; nor those that answer nothing.
    answers = talk.chat.session is not None or talk.chat.expects.startswith(debriefing.DIFFER)
    if talk.learner.consent is not None and (held.said or answers):
        return _asked_anew(holding(talk))
    return _asked_anew(talk, N_("bot.anew_not_kept"))


def _asked_anew(talk: Talk, note: str = "") -> Answer:
    """Consent is asked for; with a text of the catalogue on what became of what was written."""
    return talk.answer(arriving.consent_screen(talk, talk.html(note) if note else ""))


async def _what_waited(talk: Talk) -> Answer:
    """What waited for consent: the cohort joined, and what is held taken up."""
    talk, joined = await arriving.join_at_last(talk)
    held = held_in(talk.chat.expects)
    if not held.said:
        return talk.answer(*joined)
    answer = await _said(taken_up(talk, held))
    return replace(answer, messages=(*joined, *answer.messages))


async def _after_what_waited(talk: Talk, action: Command) -> Answer:
    """Carry this out; before it, what waited for a consent that is not needed any more."""
    if not talk.has_agreed or not held_in(talk.chat.expects):
        return await action(talk)
    first = await _what_waited(talk)
    # Queued at once, so that a debrief finds the scores of it; known keys are queued once.
    await talk.desk.house.outbox.add(first.messages, talk.desk.now())
    talk.desk.settled(talk.chat.id)
    chat = first.chat or talk.chat
    answer = await action(replace(talk, chat=chat))
    queued = {one.key for one in first.messages if one.key.startswith(f"{talk.update.id}.")}
    then = (
        replace(one, key=f"{one.key}.then") if one.key in queued else one for one in answer.messages
    )
    return Answer(tuple(then), answer.chat or chat)


async def _said(talk: Talk) -> Answer:
    """What the learner wrote is a reason that was asked for, or a reply."""
    if talk.chat.expects.startswith(debriefing.DIFFER):
        return await debriefing.record_difference(talk)
    return await practising.take(talk)


async def _edited(talk: Talk) -> Answer:
    if talk.update.about.get("message") in held_in(talk.chat.expects).said:
        talk = holding(talk)
        return await _what_waited(talk) if talk.has_agreed else _asked_anew(talk)
    if talk.has_agreed:
        return await _after_what_waited(talk, practising.edited)
    session = await talk.session()
    turn = session.brought_by(talk.message) if session is not None else None
    if talk.learner.consent is None or (turn is not None and turn.reply == talk.text):
        # Telegram also reports edits that change nothing to be seen.
        return Answer()
    return _asked_anew(talk, N_("bot.anew_edit_unused"))


async def _agree(talk: Talk) -> Answer:
    """Record the consent and go on: with what is held, else with a first sentence or the menu."""
    talk, joined = await arriving.consent(talk)
    if not held_in(talk.chat.expects).said:
        return await arriving.welcome(talk, joined)
    answer = await _what_waited(talk)
    return replace(answer, messages=(*joined, *answer.messages))


async def _command(talk: Talk, name: str, rest: str) -> Answer:
    if name == "start":
        return await _after_what_waited(talk, partial(arriving.start, token=rest))
    if name in ALWAYS:
        return await ALWAYS[name](talk)
    if not talk.has_agreed:
        return talk.answer(arriving.consent_screen(talk))
    if name in COMMANDS:
        return await _after_what_waited(talk, COMMANDS[name])
    return talk.hint("bot.unknown_command", given=f"/{name[:32]}")


async def _tap(talk: Talk) -> Answer:
    tap = tap_of(str(talk.update.about.get("data", "")))
    if tap is None:
        return talk.hint("bot.unknown_button")
    if tap.verb is not Verb.NEVER_MIND:
        talk = debriefing.no_longer_asked(talk)
    if tap.verb is Verb.AGREE:
        return await _carry_out(talk, _agree, tap)
    if tap.verb in TAPS_ALWAYS:
        return await _carry_out(talk, TAPS_ALWAYS[tap.verb], tap)
    if not talk.has_agreed:
        return talk.answer(arriving.consent_screen(talk))
    return await _after_what_waited(talk, partial(_carry_out, action=TAPS[tap.verb], tap=tap))


async def _carry_out(talk: Talk, action: Callable[..., Awaitable[Answer]], tap: Tap) -> Answer:
    try:
        inspect.signature(action).bind(talk, *tap.parts)
    except TypeError:
        # A button of another version, or one that was made up.
        return talk.hint("bot.unknown_button")
    return await action(talk, *tap.parts)


def _in_group(desk: Desk, update: Incoming, chat: int) -> Answer:
    """Practice is a private matter: say where it takes place."""
    if update.about.get("addressed") is not True:
        return Answer()
    words = Wording(language_for(str(update.about.get("client", ""))))
    link = Button(words.say("bot.button.private"), url=f"https://t.me/{desk.name}")
    text = escape(words.say("bot.group"))
    return Answer(
        (Outgoing(f"{update.id}.0", chat, text, buttons=((link,),), hint=True, fleeting=True),)
    )
