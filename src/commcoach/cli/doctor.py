"""`commcoach doctor`: what is set, whether it works, and what mends it if not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer
from rich.cells import cell_len, set_cell_size

from commcoach import bootstrap
from commcoach.cli.context import Context, context
from commcoach.cli.errors import report
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.terminal import Terminal
from commcoach.coaching.examining import (
    Examination,
    Examined,
    ModelPlace,
    ObjectForm,
    Spending,
    Supported,
    Trouble,
)
from commcoach.coaching.language_model import Job
from commcoach.presentation.wording import N_, Wording

JOBS = {
    Job.READER: N_("doctor.job.reader"),
    Job.VOICE: N_("doctor.job.voice"),
    Job.SCORER: N_("doctor.job.scorer"),
    Job.REWRITE: N_("doctor.job.rewrite"),
    Job.DEBRIEF: N_("doctor.job.debrief"),
}
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
    Trouble.BUDGET: N_("fault.budget"),
    Trouble.OTHER: N_("fault.other"),
}
_OBJECTS = {
    ObjectForm.STRICT: N_("doctor.objects.strict"),
    ObjectForm.SCHEMA: N_("doctor.objects.schema"),
    ObjectForm.JSON: N_("doctor.objects.json"),
    ObjectForm.PROMPT: N_("doctor.objects.prompt"),
    ObjectForm.SOME: N_("doctor.yes"),
    ObjectForm.NONE: N_("doctor.objects.none"),
}

_Line = tuple[str, str, bool]
"""A label, what is to be said, and whether that is fine."""


def doctor(lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None) -> None:
    """See the message catalogue."""
    about = context(lang)
    with about.terminal.waiting("doctor.waiting"):
        found = asyncio.run(bootstrap.examine(about.settings))
    _show(found, about)
    if found.trouble is not None:
        report(found.trouble, about.words)
    if not found.fine:
        raise typer.Exit(2)


def _show(found: Examination, about: Context) -> None:
    terminal, words = about.terminal, about.words
    _lines(_house(found, words), terminal)
    terminal.show()
    _lines([(words.say(JOBS[job]), _who(found.work[job], words), True) for job in JOBS], terminal)
    if not found.models:
        terminal.show()
        terminal.say("doctor.no_model")
    for one in found.models:
        terminal.show()
        terminal.show(_named(one.place, words), "bold")
        _lines(_model(one, about), terminal)
    if found.spending is not None and (found.models or found.spending.calls):
        terminal.show()
        _lines(_spending(found.spending, words), terminal)
    terminal.show()
    if found.fine:
        terminal.say("doctor.fine", "green")
    else:
        terminal.say("doctor.not_fine", "red")


def _lines(lines: Sequence[_Line], terminal: Terminal) -> None:
    """Labels, marks and texts below each other."""
    width = max(cell_len(label) for label, _, _ in lines)
    for label, text, fine in lines:
        mark = " " if fine else "✗"
        start = f"  {set_cell_size(label, width)} {mark} "
        terminal.labelled(start, text, "" if fine else "red")


def _house(found: Examination, words: Wording) -> list[_Line]:
    files = ", ".join(found.files)
    settings = words.say("doctor.environment")
    if files:
        settings = words.say("doctor.environment_and_files", files=files)
    content, sound = found.content, found.trouble is None
    filled = words.say(
        "doctor.content_problems" if content.problems else "doctor.content_fine",
        place=content.place,
        number=content.problems,
        criteria=content.criteria,
        scenarios=content.scenarios,
        command=command_name(),
    )
    data = words.say("doctor.data_fine" if sound else "doctor.data_trouble", place=found.database)
    token = words.say("doctor.token_set" if found.bot_token else "doctor.token_not_set")
    return [
        (words.say("doctor.settings"), settings, True),
        (words.say("doctor.content"), filled, not content.problems),
        (words.say("doctor.data"), data, sound),
        (words.say("doctor.telegram"), token, True),
    ]


def _who(models: Sequence[ModelPlace], words: Wording) -> str:
    """The engine of a job; of two models the addresses stand below, with what was found."""
    if not models:
        return words.say("doctor.embedded")
    if len(models) == 1:
        return _named(models[0], words)
    first, second = (_named(replace(one, address=""), words) for one in models[:2])
    return words.say("doctor.then", first=first, second=second)


def _named(place: ModelPlace, words: Wording) -> str:
    key = "doctor.model_at" if place.address else "doctor.model"
    return words.say(key, provider=place.provider, name=place.name, address=place.address)


def _model(one: Examined, about: Context) -> list[_Line]:
    words = about.words
    label = words.say("doctor.answers")
    if one.fault is not None:
        fault = words.say(
            _FAULTS[one.fault.trouble],
            name=one.place.name,
            address=one.place.address,
            said=one.fault.said,
            seconds=f"{about.settings.seconds(one.place.provider):g}",
        )
        return [(label, fault, False)]
    if one.supported is None or one.latency is None:
        return [(label, words.say("doctor.only_opened"), True)]
    seconds = words.say("doctor.seconds", seconds=f"{one.latency:.2f}")
    return [(label, seconds, True), *_supported(one.supported, words)]


def _supported(found: Supported, words: Wording) -> list[_Line]:
    objects = _OBJECTS[found.objects] if found.objects is not None else "doctor.unknown"
    none = found.objects is ObjectForm.NONE
    said = (
        ("doctor.objects", objects, not none),
        ("doctor.streaming", _streaming(found.pieces), True),
        ("doctor.logprobs", _either(found.logprobs, "doctor.yes", "doctor.no"), True),
        ("doctor.usage", _either(found.usage, "doctor.reported", "doctor.not_reported"), True),
        ("doctor.cached", _either(found.cached, "doctor.reported", "doctor.none_reported"), True),
        ("doctor.thinking", _either(found.thinks, "doctor.thinks", "doctor.does_not_think"), True),
        (
            "doctor.system",
            _either(found.system, "doctor.accepted", "doctor.no_system"),
            found.system is not False,
        ),
    )
    return [
        (words.say(label), words.say(text, pieces=found.pieces), fine) for label, text, fine in said
    ]


def _streaming(pieces: int | None) -> str:
    if pieces is None:
        return "doctor.unknown"
    if pieces == 0:
        return "doctor.no_stream"
    return "doctor.pieces" if pieces > 1 else "doctor.one_piece"


def _either(found: bool | None, yes: str, no: str) -> str:
    return "doctor.unknown" if found is None else yes if found else no


def _spending(found: Spending, words: Wording) -> list[_Line]:
    tokens = f"{found.tokens:,}"
    spent = words.say("doctor.tokens", tokens=tokens)
    if found.most_tokens is not None:
        spent = words.say("doctor.tokens_of", tokens=tokens, most=f"{found.most_tokens:,}")
    if found.money is None:
        spent = words.say("doctor.no_price", spent=spent)
    else:
        key = "doctor.money" if found.most_money is None else "doctor.money_of"
        most = f"{found.most_money or 0:g}"
        spent = words.say(key, spent=spent, money=f"{found.money:.4f}", most=most)
    calls = words.say("doctor.no_calls")
    if found.calls:
        share = f"{100 * found.failed / found.calls:.1f}"
        calls = words.say("doctor.calls", calls=found.calls, failed=found.failed, share=share)
    return [
        (words.say("doctor.today"), spent, True),
        (words.say("doctor.last_day"), calls, True),
    ]
