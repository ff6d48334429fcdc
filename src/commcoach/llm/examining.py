"""Examining a model: does it answer, what does it support, and if not, what is to be mended."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from commcoach.coaching.examining import (
    TRIAL,
    Examined,
    Fault,
    ModelPlace,
    ObjectForm,
    Supported,
    Trouble,
)
from commcoach.coaching.language_model import (
    AnswerCutOff,
    Answered,
    AnswerRefused,
    AnswerUnusable,
    Ask,
    BudgetSpent,
    LanguageModel,
    Message,
    ModelFailed,
    ModelMisconfigured,
    Usage,
)
from commcoach.llm.answers import spoken

ROOM = 200
"""Tokens for an answer of one sentence."""
ROOM_TO_THINK = 2048
"""Tokens for the same of a model that thinks although no room was set for it."""
_TOKENS_BESIDES = 16
"""An answer has no more tokens than bytes, and a few marks around it."""
_LONGEST = 160

_HELLO = "Say hello in one short sentence."
_SYSTEM = "You are a friendly colleague. Answer in one short sentence."
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"level": {"type": "integer", "minimum": 0, "maximum": 4}},
    "required": ["level"],
    "additionalProperties": False,
}
_LEVEL = "How warm is the greeting “Good morning, nice to see you”? Give a level from 0 to 4."
# Services remember prefixes from about a thousand tokens on.
_LONG = "\n".join(f"Rule {number}: answer briefly and in a friendly way." for number in range(150))

_STATUS = re.compile(r"(\d{3}): ")
_NO_SUCH_MODEL = re.compile(
    r"model.{0,80}(?:not exist|not found|not supported|unknown|invalid)"
    r"|(?:no such|unknown|invalid) model|模型.{0,20}不存在",
    re.IGNORECASE | re.DOTALL,
)
_BY_STATUS = {
    401: Trouble.KEY,
    402: Trouble.UNPAID,
    403: Trouble.KEY,
    405: Trouble.PATH,
    408: Trouble.SLOW,
    429: Trouble.BUSY,
    504: Trouble.SLOW,
}
# What our own providers say; the tests ask them for it.
_BY_WORDS = {
    "no connection": Trouble.ADDRESS,
    "no answer in time": Trouble.SLOW,
    "web page": Trouble.PATH,
    "malformed": Trouble.PATH,
    "is no address": Trouble.NO_ADDRESS,
    "has no name": Trouble.NO_NAME,
    "needs a file": Trouble.NO_NAME,
    "there is no file": Trouble.FILE,
    "is missing; install": Trouble.PACKAGE,
    "is it a GGUF file": Trouble.NOT_GGUF,
}

_T = TypeVar("_T")


def fault_of(failure: ModelFailed, key: str = "") -> Fault:
    """What is to be mended after a failure; of the key nothing is left in it."""
    said = failure.said
    if key:
        # Words may be cut off amid the key.
        said = re.sub(rf"{re.escape(key[:8])}\S*", "…", said)
    return Fault(_trouble(failure), said[:_LONGEST])


def _trouble(failure: ModelFailed) -> Trouble:
    if isinstance(failure, BudgetSpent):
        return Trouble.BUDGET
    if isinstance(failure, AnswerRefused):
        return Trouble.REFUSED
    if isinstance(failure, AnswerCutOff):
        return Trouble.CUT_OFF
    if isinstance(failure, AnswerUnusable):
        return Trouble.EMPTY if failure.said == "no words" else Trouble.ANSWER
    if (found := _STATUS.match(failure.said)) is not None:
        return _trouble_of_status(int(found[1]), failure)
    for words, trouble in _BY_WORDS.items():
        if words in failure.said:
            return trouble
    return Trouble.OTHER


def _trouble_of_status(status: int, failure: ModelFailed) -> Trouble:
    if status not in (401, 403) and _NO_SUCH_MODEL.search(failure.said):
        return Trouble.MODEL
    if status == 404:
        return Trouble.MODEL if "model" in failure.said.lower() else Trouble.PATH
    if status == 429 and isinstance(failure, ModelMisconfigured):
        return Trouble.UNPAID
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Trouble.SERVER if status >= 500 else Trouble.OTHER


async def examine(
    place: ModelPlace,
    model: LanguageModel,
    form: Callable[[], str | None],
    thinking: int = 0,
    key: str = "",
) -> Examined:
    """Ask a model a few things, one after the other, and see what comes.

    `form` tells, after an object came, in which form that was; `thinking` is how many tokens it
    may spend before it answers.
    """
    try:
        hello, room = await _hello(model, ROOM + thinking)
    except ModelFailed as failure:
        return Examined(place, fault_of(failure, key))
    warm = await _outcome(model.ask(_ask(room, _LEVEL, schema=_SCHEMA)))
    heard = await _outcome(_pieces(model, _ask(room, _HELLO)))
    by_system = await _outcome(model.ask(_ask(room, _HELLO, _SYSTEM)))
    chances = await _outcome(model.ask(_ask(room, _HELLO, logprobs=True)))
    supported = Supported(
        objects=_objects(warm, form),
        pieces=_unless(heard, 0, lambda count: count),
        logprobs=_unless(chances, False, lambda answered: bool(answered.chances)),
        usage=hello.usage != Usage(),
        cached=_unless(await _twice(model, room), False, lambda again: again.usage.cached > 0),
        thinks=_thinks(hello, warm, room > ROOM + thinking),
        system=_unless(by_system, False, lambda _: True),
    )
    return Examined(place, None, hello.latency, supported)


def _ask(
    room: int,
    words: str,
    system: str = "",
    *,
    schema: dict[str, Any] | None = None,
    logprobs: bool = False,
) -> Ask:
    messages = [Message("system", system)] if system else []
    messages.append(Message("user", words))
    return Ask(TRIAL, tuple(messages), schema, most_tokens=room, logprobs=logprobs)


async def _hello(model: LanguageModel, room: int) -> tuple[Answered, int]:
    """A short answer, and the room that the model needs for one."""
    try:
        return await model.ask(_ask(room, _HELLO)), room
    except AnswerUnusable:
        if room >= ROOM_TO_THINK:
            raise
    return await model.ask(_ask(ROOM_TO_THINK, _HELLO)), ROOM_TO_THINK


async def _pieces(model: LanguageModel, ask: Ask) -> int:
    return len([piece async for piece in model.stream(ask)])


async def _twice(model: LanguageModel, room: int) -> Answered | ModelFailed:
    """The second answer to prompts that begin alike."""
    ask = _ask(room, f"{_LONG}\n\n{_HELLO}")
    first = await _outcome(model.ask(ask))
    return first if isinstance(first, ModelFailed) else await _outcome(model.ask(ask))


async def _outcome(trial: Awaitable[_T]) -> _T | ModelFailed:
    try:
        return await trial
    except ModelFailed as failure:
        return failure


def _is_no(failure: ModelFailed) -> bool:
    """Whether a failure tells that something is not supported; others tell nothing."""
    return isinstance(failure, AnswerUnusable | ModelMisconfigured)


def _unless(outcome: _T | ModelFailed, no: Any, found: Callable[[_T], Any]) -> Any:
    if isinstance(outcome, ModelFailed):
        return no if _is_no(outcome) else None
    return found(outcome)


def _objects(warm: Answered | ModelFailed, form: Callable[[], str | None]) -> ObjectForm | None:
    if isinstance(warm, ModelFailed):
        return ObjectForm.NONE if _is_no(warm) else None
    return ObjectForm(form() or ObjectForm.SOME)


def _thinks(hello: Answered, warm: Answered | ModelFailed, needed_room: bool) -> bool | None:
    """By what was cut off, by thoughts around an object, or by tokens that nobody got to see."""
    aloud = isinstance(warm, Answered) and spoken(warm.text) != warm.text.strip()
    if needed_room or aloud:
        return True
    if hello.usage.completion == 0:
        return None
    return hello.usage.completion > len(hello.text.encode()) + _TOKENS_BESIDES
