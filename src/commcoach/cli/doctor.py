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
from commcoach.cli.embedding_cures import embeddings_cure
from commcoach.cli.errors import report
from commcoach.cli.help_texts import command_name, help_text
from commcoach.cli.model_cures import cure
from commcoach.cli.terminal import Terminal
from commcoach.coaching.examining import (
    Examination,
    Examined,
    ModelPlace,
    ObjectForm,
    Spending,
    Supported,
)
from commcoach.coaching.language_model import Job
from commcoach.presentation.wording import N_, Wording
from commcoach.settings import unknown_settings

JOBS = {
    Job.READER: N_("doctor.job.reader"),
    Job.VOICE: N_("doctor.job.voice"),
    Job.SCORER: N_("doctor.job.scorer"),
    Job.REWRITE: N_("doctor.job.rewrite"),
    Job.DEBRIEF: N_("doctor.job.debrief"),
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
    if not _fine(found, about):
        raise typer.Exit(2)


def _fine(found: Examination, about: Context) -> bool:
    in_vain = unknown_settings() or about.settings.budgets_without_prices()
    return found.fine and not in_vain


def _show(found: Examination, about: Context) -> None:
    terminal, words = about.terminal, about.words
    _lines([*_house(found, words), *_in_vain(about)], terminal)
    terminal.show()
    jobs = [(words.say(JOBS[job]), _who(found.work[job], words), True) for job in JOBS]
    _lines([*jobs, _embeddings(found.embeddings, words)], terminal)
    if not found.models:
        terminal.show()
        terminal.say("doctor.no_model")
    for one in found.models:
        terminal.show()
        terminal.show(_named(one.place, words), "bold")
        _lines(_model(one, found, about), terminal)
    if found.spending is not None and (found.models or found.spending.calls):
        terminal.show()
        _lines([*_spending(found.spending, words), *_each_learner(about)], terminal)
    terminal.show()
    if _fine(found, about):
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


def _in_vain(about: Context) -> list[_Line]:
    """What is set and has no effect."""
    words = about.words
    lines = [(words.say("doctor.unknown_setting"), _unknown(words), False)]
    lines += [
        (words.say("doctor.budget"), words.say("budget.no_price", name=name), False)
        for name in about.settings.budgets_without_prices()
    ]
    return [one for one in lines if one[1]]


def _unknown(words: Wording) -> str:
    said = [
        words.say("doctor.misspelt", name=one.name, nearest=one.nearest)
        if one.nearest
        else one.name
        for one in unknown_settings()
    ]
    return words.say("punctuation.list").join(said)


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


def _embeddings(one: Examined | None, words: Wording) -> _Line:
    """What the built-in engine sees beside the words, and what mends it."""
    label = words.say("doctor.embeddings")
    if one is None:
        return label, words.say("doctor.embeddings_off"), True
    if fault := embeddings_cure(one, words):
        return label, fault, False
    seconds = words.say("doctor.seconds", seconds=f"{one.latency or 0.0:.2f}")
    named = _named(one.place, words) if one.place.name else one.place.provider
    return label, words.say("doctor.embeddings_on", named=named, seconds=seconds), True


def _model(one: Examined, found: Examination, about: Context) -> list[_Line]:
    words = about.words
    label = words.say("doctor.answers")
    if fault := cure(one, found.work, found.spending, about.settings, words):
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
        if found.unpriced:
            spent = words.say("doctor.unpriced", spent=spent, tokens=f"{found.unpriced:,}")
    calls = words.say("doctor.no_calls")
    if found.calls:
        share = f"{100 * found.failed / found.calls:.1f}"
        calls = words.say("doctor.calls", calls=found.calls, failed=found.failed, share=share)
    return [
        (words.say("doctor.today"), spent, True),
        (words.say("doctor.last_day"), calls, True),
    ]


def _each_learner(about: Context) -> list[_Line]:
    settings, words = about.settings, about.words
    tokens, money = settings.budget_tokens_a_learner, settings.budget_money_a_learner
    limits = []
    if tokens is not None:
        limits.append(words.say("doctor.tokens_most", most=f"{tokens:,}"))
    if money is not None:
        limits.append(words.say("doctor.money_most", most=f"{money:g}"))
    text = words.say("punctuation.list").join(limits)
    return [(words.say("doctor.each_learner"), text, True)] if limits else []
