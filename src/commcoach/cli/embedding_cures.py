"""What mends sentence embeddings that cannot be used, with the settings that it is about."""

from __future__ import annotations

from commcoach.cli.model_cures import plain
from commcoach.coaching.examining import Examined, Trouble
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
    key, setting = _FAULTS.get(one.fault.trouble, (_OTHER, "PROVIDER"))
    said = words.say(
        key,
        name=one.place.name,
        address=one.place.address,
        said=plain(one.fault.said),
        setting=_OF + setting,
    )
    return words.say("doctor.embeddings_without", fault=said)
