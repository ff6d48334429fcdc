"""The command `commcoach`."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from commcoach.cli.attack import attack
from commcoach.cli.bot import bot
from commcoach.cli.calibrate import calibrate
from commcoach.cli.calibration import calibration_app
from commcoach.cli.cases import cases_app
from commcoach.cli.cohort import cohort_app
from commcoach.cli.content import content_app, rubric_app, scenario_app
from commcoach.cli.doctor import doctor
from commcoach.cli.errors import EXPECTED, report
from commcoach.cli.help_texts import help_text, program_name, wording_of_this_call
from commcoach.cli.logs import log_to_stderr
from commcoach.cli.model import model_app
from commcoach.cli.override import override
from commcoach.cli.practice import practice
from commcoach.cli.progress import progress
from commcoach.cli.publishing import history, publish, rollback
from commcoach.cli.rubric_diff import diff
from commcoach.cli.rubric_new import new
from commcoach.cli.rubric_show import show
from commcoach.cli.rubric_sort import sort
from commcoach.cli.rubric_test import rubric_test
from commcoach.cli.rubric_try import try_
from commcoach.cli.score import score
from commcoach.cli.terminal import prepare_streams
from commcoach.cli.transcript import transcript_app
from commcoach.cli.usage import in_plain_words

app = typer.Typer(
    help=help_text("app"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(help=help_text("practice"))(practice)
app.command(help=help_text("bot"))(bot)
app.command(help=help_text("progress"))(progress)
app.command(help=help_text("score"))(score)
app.command(help=help_text("override"))(override)
app.command(help=help_text("doctor"))(doctor)
app.add_typer(cohort_app, name="cohort")
app.add_typer(transcript_app, name="transcript")
app.add_typer(model_app, name="model")
app.add_typer(content_app, name="content")
app.add_typer(rubric_app, name="rubric")
app.add_typer(scenario_app, name="scenario")
app.add_typer(cases_app, name="cases")
app.add_typer(calibration_app, name="calibration")
rubric_app.command("attack", help=help_text("rubric.attack"))(attack)
rubric_app.command("show", help=help_text("rubric.show"))(show)
rubric_app.command("new", help=help_text("rubric.new"))(new)
rubric_app.command("sort", help=help_text("rubric.sort"))(sort)
rubric_app.command("test", help=help_text("rubric.test"))(rubric_test)
rubric_app.command("try", help=help_text("rubric.try"))(try_)
rubric_app.command("diff", help=help_text("rubric.diff"))(diff)

rubric_app.command("publish", help=help_text("rubric.publish"))(publish)
rubric_app.command("rollback", help=help_text("rubric.rollback"))(rollback)
rubric_app.command("history", help=help_text("rubric.history"))(history)
rubric_app.command("calibrate", help=help_text("rubric.calibrate"))(calibrate)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"commcoach {version('commcoach')}\n")
        raise typer.Exit


@app.callback()
def _main(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help=help_text("version")),
    ] = False,
    content: Annotated[Path | None, typer.Option(help=help_text("content"))] = None,
    lang: Annotated[str | None, typer.Option(help=help_text("lang"))] = None,
) -> None:
    """See the message catalogue."""
    del content, lang  # for the command that follows: `PlainCommand` takes them from here


def run() -> None:
    """Run the command line; every expected failure is one sentence and an exit code."""
    prepare_streams()
    log_to_stderr(logging.WARNING)
    try:
        get_command(in_plain_words(app))(prog_name=program_name())
    except EXPECTED as error:
        if isinstance(error, BrokenPipeError):
            sys.stderr.close()
            raise SystemExit(141) from None
        raise SystemExit(report(error, wording_of_this_call())) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
