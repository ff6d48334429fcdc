"""The bot as a service: what starts, in which order, and how it stops without losing anything."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

import httpx
import structlog
from httpx_aiohttp import AiohttpTransport
from telegram import Bot, BotCommand, User
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from commcoach import bootstrap
from commcoach.coaching.house import House
from commcoach.coaching.keeping import keep_to_terms
from commcoach.coaching.mail import Incoming
from commcoach.coaching.storage import DatabaseUnusable
from commcoach.presentation.wording import Wording
from commcoach.settings import Settings
from commcoach.telegram import routing
from commcoach.telegram.attachments import Attachments
from commcoach.telegram.carrier import BotCarrier, BotSigns
from commcoach.telegram.commands import REGISTERED, described
from commcoach.telegram.desk import Desk
from commcoach.telegram.ending import ended
from commcoach.telegram.late_scores import complete_lost_scores, lost_scores
from commcoach.telegram.polling import Polling, TokenRefused
from commcoach.telegram.updates import keep_of

log = structlog.get_logger()

GRACE_FOR_WORK = 2.0
GRACE_FOR_SENDING = 1.5
"""Seconds that what is going on may take when the bot stops; the rest waits for the next start."""
TIDY_EVERY = 6 * 3600.0
"""Seconds between two times of removing what is not kept any longer."""
KEYS_KEPT = timedelta(days=3)
"""How long keys of updates and messages stay: Telegram repeats an update for one day at most."""
SLOW = 2.0
"""Seconds of preparing after which the operator is told of it: the first start learns."""
CONNECTIONS = 64
FIRST_PAUSE = 0.5
"""Seconds before Telegram is asked a second time."""

_T = TypeVar("_T")


class Announcer(Protocol):
    """Tells whoever runs the bot how it goes."""

    def serving(self, name: str, place: str) -> None:
        """The bot of this name serves now, from this database."""
        ...

    def in_force(self, content: bootstrap.InForce) -> None:
        """What new sessions are practised on."""
        ...

    def unreachable(self, url: str) -> None:
        """Telegram does not answer at this address; it is tried again and again."""
        ...

    def preparing(self) -> None:
        """The criteria are being learned, which takes a while."""
        ...

    def updates_taken(self) -> None:
        """Somebody else gets the updates of this bot; they are asked for again and again."""
        ...


class Lanes(Protocol):
    """Works on updates, chat by chat."""

    def put(self, updates: Sequence[Incoming]) -> None:
        """Take up updates that are kept in the inbox."""
        ...

    def held(self) -> frozenset[str]:
        """The ids of the updates that are queued or in work now."""
        ...

    async def stop(self, grace: float) -> None:
        """Take up nothing more; what is in work has so many seconds."""
        ...


class Postman(Protocol):
    """Delivers what waits in the outbox."""

    async def stop(self, grace: float) -> None:
        """Send nothing more; what is under way has so many seconds."""
        ...


@dataclass(slots=True)
class Bench:
    """The parts of the running bot.

    `doubtful`: updates may be in the inbox that no lane was given, because keeping them failed
    when they may have been committed already.
    """

    desk: Desk
    lanes: Lanes
    postman: Postman
    doubtful: bool = False

    async def keep(self, raw: Sequence[dict[str, Any]]) -> None:
        """Commit updates to the inbox, then put those that are new into their lanes."""
        read = [keep_of(one, self.desk.bot, bootstrap.mask) for one in raw]
        updates = [one for one in read if one is not None]
        for one in updates:
            if one.fault is not None:
                log.warning("update_not_understood", update=one.update, fault=one.fault)
        inbox = self.desk.house.inbox
        # Noted before it is read what is unsettled: what a lane settles meanwhile is not left over.
        held = self.lanes.held()
        doubtful, self.doubtful = self.doubtful, True
        new = await inbox.keep(updates, self.desk.now())
        if doubtful:
            new = [one for one in await inbox.unsettled() if one.id not in held]
        self.doubtful = False
        self.lanes.put(new)

    async def stop(self) -> None:
        """Let what is going on come to an end, for as long as the grace allows."""
        await self.lanes.stop(GRACE_FOR_WORK)
        await self.postman.stop(GRACE_FOR_SENDING)
        await self.desk.aclose()


async def serve(
    settings: Settings,
    token: str,
    announcer: Announcer,
    stop: asyncio.Event,
    pinned: bool = False,
) -> None:
    """Run the bot until `stop` is set; `pinned` to the content folder of the settings, or not.

    Raises `TokenRefused`, or a `DatabaseUnusable` if the database cannot be used.
    """
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(bootstrap.open_house(settings, sole_bot=True))
        bot = await stack.enter_async_context(open_bot(settings, token))
        unreachable = partial(announcer.unreachable, settings.telegram_base_url)
        me = await _unless(stop, _who_am_i(bot, unreachable))
        if me is None:
            return
        telling = asyncio.get_running_loop().call_later(SLOW, announcer.preparing)
        try:
            coaches = await _unless(stop, bootstrap.open_coaches(settings, house, pinned))
        finally:
            telling.cancel()
        if coaches is None:
            return
        stack.push_async_callback(coaches.aclose)
        signs = BotSigns(bot)
        stack.push_async_callback(signs.aclose)
        postman = bootstrap.postman(
            house, BotCarrier(bot, Attachments(house, coaches, settings.zone()).render)
        )
        desk = Desk(
            house=house,
            coaches=coaches,
            bot=me.id,
            name=me.username or "",
            terms=bootstrap.terms(settings),
            zone=settings.zone(),
            now=bootstrap.now,
            signs=signs,
            wake=postman.wake,
        )
        work, apology = partial(routing.work, desk), partial(routing.apology, desk)
        lanes = bootstrap.lanes(house, work, apology, desk.settled)
        bench = Bench(desk, lanes, postman)
        stack.push_async_callback(_say_stopped, house)
        stack.push_async_callback(bench.stop)
        lost = await lost_scores(desk)
        waiting, unsettled = await postman.resume(), await lanes.resume()
        log.info(
            "started",
            bot=me.username,
            unsettled=unsettled,
            waiting=waiting,
            unknown_fates=await house.outbox.unknown_fates(),
        )
        announcer.serving(me.username or "", house.place)
        if coaches.in_force is not None:
            announcer.in_force(coaches.in_force)
        client = await stack.enter_async_context(_open_client(settings))
        url = f"{_base(settings)}{token}/getUpdates"
        hold = settings.telegram_poll_timeout
        polling = Polling(client, url, hold, bench.keep, announcer.updates_taken)
        await _until(
            stop,
            polling.run(),
            _register_commands(bot),
            _tidy(desk),
            complete_lost_scores(desk, lost),
            coaches.follow(),
        )


async def _say_stopped(house: House) -> None:
    try:
        log.info("stopped", unknown_fates=await house.outbox.unknown_fates())
    except DatabaseUnusable as error:
        log.info("stopped", reason=type(error).__name__)


async def _until(
    stop: asyncio.Event, first: Coroutine[Any, Any, None], *others: Coroutine[Any, Any, None]
) -> None:
    """Run everything until `stop` is set or the first ends; its error is passed on."""
    main = asyncio.create_task(first)
    beside = [asyncio.create_task(one) for one in others]
    for task in beside:
        task.add_done_callback(_report)
    try:
        await _unless(stop, main)
    finally:
        await ended(beside)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background_task_failed", error=type(error).__name__)


async def _unless(
    stop: asyncio.Event, doing: Coroutine[Any, Any, _T] | asyncio.Task[_T]
) -> _T | None:
    """The result of what is done, or `None` if `stop` is set before."""
    task = asyncio.ensure_future(doing)
    told = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([task, told], return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        await ended([task, told])


def _base(settings: Settings) -> str:
    return f"{settings.telegram_base_url.rstrip('/')}/bot"


def _transport(settings: Settings) -> AiohttpTransport:
    """Much lighter than httpx's own transport; see docs/decisions."""
    return AiohttpTransport(
        proxy=httpx.Proxy(settings.telegram_proxy) if settings.telegram_proxy else None
    )


@asynccontextmanager
async def open_bot(settings: Settings, token: str) -> AsyncIterator[Bot]:
    """The bot, with connections of its own; `TokenRefused` if the token is malformed."""
    # The library's coming behaviour, so that it does not warn of it at every 429.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    request = HTTPXRequest(
        connection_pool_size=CONNECTIONS,
        connect_timeout=settings.telegram_connect_timeout,
        read_timeout=settings.telegram_read_timeout,
        write_timeout=settings.telegram_read_timeout,
        pool_timeout=settings.telegram_read_timeout,
        httpx_kwargs={"transport": _transport(settings)},
    )
    try:
        bot = Bot(token, base_url=_base(settings), request=request)
    except InvalidToken as error:
        raise TokenRefused from error
    await request.initialize()
    try:
        yield bot
    finally:
        await request.shutdown()


@asynccontextmanager
async def _open_client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    timeout = httpx.Timeout(
        settings.telegram_read_timeout + settings.telegram_poll_timeout,
        connect=settings.telegram_connect_timeout,
    )
    async with httpx.AsyncClient(timeout=timeout, transport=_transport(settings)) as client:
        yield client


async def _who_am_i(bot: Bot, unreachable: Callable[[], None]) -> User:
    """Which bot this is; asked until Telegram answers, said once if it does not."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await bot.get_me()
        except InvalidToken as error:
            raise TokenRefused from error
        except (NetworkError, RetryAfter) as error:
            log.warning("telegram_not_reached", reason=type(error).__name__, again_in=pause)
            if pause == FIRST_PAUSE:
                unreachable()
            await asyncio.sleep(pause)
            pause = min(2 * pause, 30.0)


async def _register_commands(bot: Bot) -> None:
    """Tell Telegram the commands in both languages; without them the bot works all the same."""
    for client, language in REGISTERED.items():
        commands = [BotCommand(name, text) for name, text in described(Wording(language))]
        try:
            await bot.set_my_commands(commands, language_code=client)
        except TelegramError as error:
            log.warning("commands_not_registered", reason=type(error).__name__)


async def _tidy(desk: Desk) -> None:
    """Remove what is not kept any longer, now and every few hours."""
    while True:
        now = desk.now()
        try:
            words, levels = await keep_to_terms(desk.house.keeping, desk.terms, now)
            await desk.house.inbox.tidy(now - KEYS_KEPT)
            await desk.house.outbox.tidy(now - KEYS_KEPT)
            if words or levels:
                log.info("expired", turns=words, sessions=levels)
        except DatabaseUnusable as error:
            log.warning("not_tidied", reason=type(error).__name__)
        await asyncio.sleep(TIDY_EVERY)
