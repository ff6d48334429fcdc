"""A Bot API server that keeps Telegram's rules and tells what a bot does wrong."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.telegram_api.bell import Bell
from tests.telegram_api.calls import Call, raw_parameters
from tests.telegram_api.facts import facts, method_names
from tests.telegram_api.faults import Fault, Kind, Plan
from tests.telegram_api.limits import Limits
from tests.telegram_api.methods import PLAYED, Request
from tests.telegram_api.people import Person
from tests.telegram_api.refusals import Json, Refused
from tests.telegram_api.rules import check_played
from tests.telegram_api.shapes import read_parameters
from tests.telegram_api.state import CallbackAnswer, Chat, Shown, World
from tests.telegram_api.updates import UpdateQueue

_LARGEST_BODY = 64 * 1024 * 1024
_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class FakeTelegram:
    """The server: `async with FakeTelegram() as api`, then `api.url` and `api.token`.

    Every request is checked: what breaks a rule of Telegram is answered as Telegram does, and what
    a careful bot does not do is in `violations`, one sentence each.
    """

    def __init__(
        self, token: str = "123456789:AAFakeTokenOfATestBot", *, flood_limit: int | None = None
    ) -> None:
        self.token = token
        self.url = ""
        self.violations: list[str] = []
        self.requests: list[Call] = []
        self.plans: list[Plan] = []
        self.bell = Bell()
        self.updates = UpdateQueue()
        bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Coach",
            "username": "coach_test_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
        }
        self.world = World(bot, self.updates, self.bell)
        self._limits = Limits(flood_limit)
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_route("*", "/{anything:.*}", self._nothing_there)
        # A poll must end with its client, or the client's next one would overlap with it.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1
        )
        await self._runner.setup()
        await self.comes_back()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        self._closing.set()
        self.updates.close()
        await self._runner.cleanup()

    async def goes_away(self) -> None:
        """Refuse new connections; open ones stay."""
        assert self._runner is not None
        for site in list(self._runner.sites):
            await site.stop()

    async def comes_back(self) -> None:
        """Take connections, on the same port as before."""
        assert self._runner is not None
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    # --- people and chats --------------------------------------------------------------------

    def person(
        self,
        user_id: int,
        first_name: str,
        *,
        language_code: str | None = "zh-hans",
        last_name: str | None = None,
        username: str | None = None,
    ) -> Person:
        """Somebody who has not written to the bot yet."""
        names = {"first_name": first_name, "last_name": last_name, "username": username}
        known = {name: value for name, value in names.items() if value is not None}
        about: Json = {"id": user_id, "is_bot": False} | known
        if language_code is not None:
            about["language_code"] = language_code
        chat = Chat(user_id, {"id": user_id} | known | {"type": "private"})
        if self.world.chats.setdefault(user_id, chat) is not chat:
            raise ValueError(f"there is a chat {user_id} already")
        return Person(self.world, about, chat)

    def group(self, chat_id: int, title: str, *, by: Person | None = None) -> Chat:
        """A group with the bot in it; the bot is told if somebody has just brought it there."""
        if chat_id >= 0:
            raise ValueError("groups have negative ids")
        chat = Chat(chat_id, {"id": chat_id, "title": title, "type": "group"}, known=True)
        self.world.chats[chat_id] = chat
        if by is not None:
            self.world.membership(chat, by.about, "left", "member")
        return chat

    def deliveries(self, chat: int | Person | Chat) -> list[Shown]:
        """Every new message of the bot as it arrived in a chat, doubles too, oldest first."""
        number = chat if isinstance(chat, int) else chat.id
        return list(self.world.chats[number].delivered)

    @property
    def flood_limit(self) -> int | None:
        """Messages and edits a second over all chats; more are answered with 429."""
        return self._limits.a_second

    @flood_limit.setter
    def flood_limit(self, a_second: int | None) -> None:
        self._limits.a_second = a_second

    @property
    def impatient(self) -> list[str]:
        """Messages sent to a chat before the time told with a 429 was over."""
        return self._limits.impatient

    @property
    def callback_answers(self) -> Mapping[str, CallbackAnswer]:
        """What was answered to each callback query."""
        return self.world.callback_answers

    def expire_callbacks(self) -> None:
        """Let every tap so far be too old to be answered."""
        self.world.expired_taps |= self.world.taps.keys()
        self.world.taps.clear()

    def commands(self, language_code: str = "", scope: str = "default") -> dict[str, str]:
        """The menu of commands that was set for a kind of scope and a language."""
        menu = self.world.commands.get((json.dumps({"type": scope}), language_code), [])
        return {one["command"]: one["description"] for one in menu}

    # --- updates -----------------------------------------------------------------------------

    def push_raw(self, update: Json) -> int:
        """Queue whatever this is as an update; gives its id."""
        return self.updates.push_raw(update)

    def restart_update_ids(self, at: int) -> None:
        """Let ids of updates begin anew, as after a quiet week."""
        self.updates.restart_ids(at)

    def duplicate_next(self, times: int, *, after_acknowledgement: bool = False) -> None:
        """Deliver each of the next updates twice."""
        self.updates.duplicate_next(times, after_acknowledgement=after_acknowledgement)

    def shuffle_batches(self, seed: int | None) -> None:
        """Hand out the updates of one answer in any order."""
        self.updates.shuffle_batches(seed)

    # --- faults ------------------------------------------------------------------------------

    def inject(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        chat: int | None = None,
        times: float | None = None,
        chance: float = 1,
        seed: int = 0,
    ) -> Plan:
        """Let something go wrong, in the first plan that meets a request.

        Without `times` it meets the next request only, or with a `chance` below 1 any request from
        now on; `math.inf` means always.
        """
        if times is None:
            times = 1 if chance == 1 else math.inf
        plan = Plan(fault, method, chat, times, chance, seed)
        self.plans.append(plan)
        return plan

    # --- watching ----------------------------------------------------------------------------

    def calls(self, method: str, chat: int | None = None) -> list[Call]:
        """The requests of a method, oldest first."""
        return [
            call for call in self.requests if call.method == method and chat in (None, call.chat)
        ]

    async def until(self, true: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is true, asked after every request and every act of a person.

        Raises:
            AssertionError: it was not within so many seconds.
        """
        if not await self.bell.until(true, within):
            last = [f"{call.method} {call.status}" for call in self.requests[-10:]]
            raise AssertionError(
                f"not true within {within} s; last requests: {last}; violations: {self.violations}"
            )

    # --- requests ----------------------------------------------------------------------------

    async def _nothing_there(self, request: web.Request) -> web.Response:
        self.violations.append(f"{request.path}: there is nothing there")
        return self._answer(None, Refused("Not Found", 404))

    async def _handle(self, request: web.Request) -> web.Response:
        asked = request.match_info["method"]
        if request.match_info["token"] != self.token:
            self.violations.append(f"{asked}: wrong token")
            return self._answer(None, Refused("Unauthorized", 401))
        method = method_names().get(asked.lower())
        if method is None:
            self.violations.append(f"{asked}: there is no such method")
            return self._answer(None, Refused("Not Found: method not found", 404))
        raw = await raw_parameters(request)
        call = Call(time.monotonic(), method, dict(raw))
        self.requests.append(call)
        try:
            return await self._carry_out(request, call, raw)
        finally:
            self.bell.ring()

    async def _carry_out(
        self, request: web.Request, call: Call, raw: Mapping[str, Any]
    ) -> web.Response:
        misshapen: Refused | None = None
        try:
            call.params = read_parameters(call.method, raw, self._noting(call))
        except Refused as refusal:
            misshapen = refusal
            self._note(call, refusal.description)
        check_played(call.params, self._noting(call))
        plan = next((plan for plan in self.plans if plan.meets(call.method, call.chat)), None)
        call.fault = plan.fault if plan else None
        # Some requests take their time: their arrival is news by itself.
        self.bell.ring()
        if call.fault is not None and not call.fault.delivered:
            return await self._fail(request, call, call.fault)
        if call.fault is not None and call.fault.kind is Kind.SLOW:
            await self._pause(call.fault.seconds)
        try:
            if misshapen is not None:
                raise misshapen
            self._limits.check(call)
            result = await self._perform(call)
        except Refused as refusal:
            if refusal is not misshapen and not refusal.to_be_expected:
                self._note(call, refusal.description)
            answer = self._answer(call, refusal)
        else:
            answer = self._answer(call, {"ok": True, "result": result})
        if call.fault is not None and call.fault.kind is not Kind.SLOW:
            # What was done shows at once, though the client never learns of it.
            self.bell.ring()
            return await self._fail(request, call, call.fault)
        return answer

    async def _perform(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return await self._updates(call)
        play = PLAYED.get(call.method)
        if play is None:
            raise Refused("Bad Request: this fake does not play the method")
        return play(Request(self.world, call.params, self._noting(call)))

    async def _updates(self, call: Call) -> list[Json]:
        limit = call.params.get("limit", 100)
        if not 1 <= limit <= 100:
            self._note(call, "limit is not between 1 and 100")
        if "allowed_updates" in call.params:
            kinds = call.params["allowed_updates"]
            for unknown in sorted(set(kinds) - facts().update_kinds):
                self._note(call, f"there are no updates of kind {unknown}")
            self.updates.allow(kinds)
        return await self.updates.poll(
            call.params.get("offset", 0), min(max(limit, 1), 100), call.params.get("timeout", 0)
        )

    async def _fail(self, request: web.Request, call: Call, fault: Fault) -> web.Response:
        match fault.kind:
            case Kind.TOO_MANY:
                return self._answer(call, self._limits.must_wait(call, int(fault.seconds)))
            case Kind.SERVER_ERROR:
                return self._answer(call, Refused("Internal Server Error", 500))
            case Kind.BAD_GATEWAY:
                call.status = 502
                return web.Response(status=502, text=_GATEWAY, content_type="text/html")
            case Kind.MALFORMED:
                call.status, call.answer = 200, None
                return web.Response(
                    text='{"ok":true,"result":{"mess', content_type="application/json"
                )
            case Kind.HANG:
                call.status = call.answer = None
                await self._closing.wait()
            case Kind.DROP | Kind.SLOW:
                call.status = call.answer = None
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    def _answer(self, call: Call | None, what: Refused | Json) -> web.Response:
        body, status = (what.answer(), what.code) if isinstance(what, Refused) else (what, 200)
        if call is not None:
            call.status, call.answer = status, body
        return web.json_response(body, status=status)

    def _noting(self, call: Call) -> Callable[[str], None]:
        return lambda what: self._note(call, what)

    def _note(self, call: Call, what: str) -> None:
        where = "" if call.chat is None else f" to {call.chat}"
        self.violations.append(f"{call.method}{where}: {what}")
