"""What is wrong with a row of replies, in the reader's language."""

from __future__ import annotations

from commcoach.presentation.wording import N_, Wording

_FAULTS = {
    "not JSON": N_("try.row.not_json"),
    "not an object": N_("try.row.not_an_object"),
    "not UTF-8": N_("try.row.not_utf8"),
    "id:": N_("try.row.id"),
    "context:": N_("try.row.context"),
    "reply:": N_("try.row.reply"),
    "lang:": N_("try.row.lang"),
    "authority:": N_("try.row.authority"),
    "scenario:": N_("try.row.scenario"),
}
"""By what the fault begins with that is written into the output for programs."""


def row_fault(fault: str, words: Wording) -> str:
    """The fault as a sentence with its cure; as it is if it is none of the known ones."""
    key = next((key for begins, key in _FAULTS.items() if fault.startswith(begins)), None)
    return words.say(key) if key is not None else fault
