"""What mends sentence embeddings that cannot be used, with the settings that it is about."""

from __future__ import annotations

from commcoach import bootstrap
from commcoach.cli.context import Context
from commcoach.cli.model_cures import plain
from commcoach.cli.terminal import UsageError
from commcoach.coaching.examining import Examined, Fault, Trouble
from commcoach.presentation.wording import N_, Wording
from commcoach.settings import PREFIX

_OF = f"{PREFIX}EMBEDDINGS_"
_FAULTS = {
    Trouble.ADDRESS: (N_("fault.address"), "BASE_URL"),
    Trouble.NO_ADDRESS: (N_("fault.no_address"), "BASE_URL"),
    Trouble.PATH: (N_("fault.embeddings_path"), "BASE_URL"),
    Trouble.KEY: (N_("fault.key"), "API_KEY"),
    Trouble.UNPAID: (N_("fault.unpaid"), "API_KEY"),
    Trouble.MODEL: (N_("fault.model"), "MODEL"),
    Trouble.NO_NAME: (N_("fault.embeddings_no_name"), "MODEL"),
    Trouble.PACKAGE: (N_("fault.embeddings_package"), "PROVIDER"),
    Trouble.PROCESSOR: (N_("fault.embeddings_processor"), "PROVIDER"),
    Trouble.SLOW: (N_("fault.embeddings_slow"), "BASE_URL"),
    Trouble.SERVER: (N_("fault.server"), "BASE_URL"),
}
_OTHER = N_("fault.embeddings_other")


def embeddings_cure(one: Examined, words: Wording) -> str:
    """What is wrong with the embeddings, and what mends it; empty if nothing is.

    It says each time that scoring goes on without them.
    """
    if one.fault is None:
        return ""
    return words.say("doctor.embeddings_without", fault=_said(one, one.fault, words))


def refuse_without_embeddings(about: Context) -> None:
    """Say what is wrong with embeddings that are set, before work that takes minutes with them."""
    found = bootstrap.examine_embeddings(about.settings)
    if found is not None and found.fault is not None:
        raise UsageError("error.embeddings_needed", fault=_said(found, found.fault, about.words))


def _said(one: Examined, fault: Fault, words: Wording) -> str:
    key, setting = _FAULTS.get(fault.trouble, (_OTHER, "PROVIDER"))
    return words.say(
        key,
        name=one.place.name,
        address=one.place.address,
        said=plain(fault.said),
        setting=_OF + setting,
    )
