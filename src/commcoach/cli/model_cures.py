"""What mends a model that cannot be used, with the very settings that it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from commcoach.coaching.examining import Examined, ModelPlace, Spending, Trouble
from commcoach.coaching.language_model import Job
from commcoach.model_settings import same_address
from commcoach.presentation.wording import N_, Wording
from commcoach.settings import PREFIX, Settings

_FAULTS = {
    Trouble.ADDRESS: N_("fault.address"),
    Trouble.NO_ADDRESS: N_("fault.no_address"),
    Trouble.PATH: N_("fault.path"),
    Trouble.KEY: N_("fault.key"),
    Trouble.UNPAID: N_("fault.unpaid"),
    Trouble.MODEL: N_("fault.model"),
    Trouble.NO_NAME: N_("fault.no_name"),
    Trouble.FILE: N_("fault.file"),
    Trouble.NOT_GGUF: N_("fault.not_gguf"),
    Trouble.PACKAGE: N_("fault.package"),
    Trouble.BUSY: N_("fault.busy"),
    Trouble.SLOW: N_("fault.slow"),
    Trouble.SERVER: N_("fault.server"),
    Trouble.ANSWER: N_("fault.answer"),
    Trouble.REFUSED: N_("fault.refused"),
    Trouble.CUT_OFF: N_("fault.cut_off"),
    Trouble.EMPTY: N_("fault.empty"),
    Trouble.BUDGET: N_("fault.budget"),
    Trouble.OTHER: N_("fault.other"),
}
_NO_USE = "fault.no_budget"
_ADDRESS, _KEY, _NAME = "model_base_url", "model_api_key", "model"
_ABOUT = {
    Trouble.ADDRESS: _ADDRESS,
    Trouble.NO_ADDRESS: _ADDRESS,
    Trouble.PATH: _ADDRESS,
    Trouble.KEY: _KEY,
}
"""What the others are about is the model's name."""
_MESSAGE = re.compile(
    r"""['"](?:message|detail|msg)['"]: *(['"])(.*?)(?:\1 *[,}]|\1?$)""", re.DOTALL
)
_OF_A_KEY = re.compile(r"key|token|credential|auth|sign|密钥|令牌|鉴权|认证", re.IGNORECASE)
_VERSION = re.compile(r"/v\d+(?:beta)?/?$")


def cure(
    one: Examined,
    work: Mapping[Job, Sequence[ModelPlace]],
    spending: Spending | None,
    settings: Settings,
    words: Wording,
) -> str:
    """What is wrong with a model, and what mends it; empty if nothing is."""
    if one.fault is None:
        return ""
    trouble, said = one.fault.trouble, plain(one.fault.said)
    key = _FAULTS[trouble]
    if trouble is Trouble.KEY and said.startswith("403") and not _OF_A_KEY.search(said):
        key = "fault.forbidden"
    elif trouble is Trouble.PATH and _VERSION.search(one.place.address):
        key = "fault.path_whole"
    setting = _setting(_ABOUT.get(trouble, _NAME), one.place, work, settings)
    if trouble is Trouble.BUDGET:
        setting = budget_setting(spending, settings)
        if getattr(settings, setting.lower().removeprefix(PREFIX.lower())) == 0:
            key = _NO_USE
    seconds = f"{settings.seconds(one.place.provider):g}"
    name, address = one.place.name, one.place.address
    return words.say(key, name=name, address=address, said=said, seconds=seconds, setting=setting)


def plain(said: str) -> str:
    """What a service said, without the object around its message and without control characters."""
    status, _, body = said.partition(": ")
    if body.startswith("{") and (found := _MESSAGE.search(body)) is not None:
        said = f"{status}: {found[2]}"
    shown = (" " if unicodedata.category(one)[0] in "CZ" else one for one in said)
    return " ".join("".join(shown).split())


def budget_setting(spending: Spending | None, settings: Settings) -> str:
    """The daily budget that is spent."""
    tokens = settings.budget_tokens_a_day
    spent = spending.tokens if spending is not None else 0
    by_tokens = tokens is not None and (spent >= tokens or settings.budget_money_a_day is None)
    return _named("budget_tokens_a_day" if by_tokens else "budget_money_a_day")


def daily_budgets(settings: Settings) -> tuple[str, ...]:
    """The budgets of a day that are set."""
    fields = ("budget_tokens_a_day", "budget_money_a_day")
    return tuple(_named(field) for field in fields if getattr(settings, field) is not None)


def _setting(
    part: str, place: ModelPlace, work: Mapping[Job, Sequence[ModelPlace]], settings: Settings
) -> str:
    """Where a part of a model's place is set: for a job, for the second model, or for all."""
    firsts = [job for job, places in work.items() if places and places[0] == place]
    if not firsts and any(place in places for places in work.values()):
        return _named(_of_second(part, settings))
    for job in firsts:
        own = f"{part}_{job.value}"
        address = getattr(settings, f"{_ADDRESS}_{job.value}", None)
        if getattr(settings, own, None) is not None or (
            part == _KEY and address and not same_address(address, settings.model_base_url)
        ):
            return _named(own)
    return _named(part)


def _of_second(part: str, settings: Settings) -> str:
    if part == _NAME:
        return "model_second"
    address = settings.model_second_base_url
    own_service = address and not same_address(address, settings.model_base_url)
    is_own = address if part == _ADDRESS else settings.model_second_api_key or own_service
    return part.replace("model_", "model_second_", 1) if is_own else part


def _named(field: str) -> str:
    return PREFIX + field.upper()
