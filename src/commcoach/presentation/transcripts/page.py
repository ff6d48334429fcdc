"""Sessions as one web page that stands alone: no scripts, nothing fetched, fit for printing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from commcoach.coaching.transcripts import Transcript
from commcoach.domain.language import Language
from commcoach.presentation.transcripts.view import LineView, session_view
from commcoach.presentation.wording import Wording

_LANG = {Language.ZH: "zh-CN", Language.EN: "en"}


def page(transcripts: Sequence[Transcript], words: Wording) -> str:
    """An HTML page with these sessions, in this order; a table of contents if there are several.

    Words of learners are escaped; the page asks for nothing from outside.
    """
    labels = {
        "title": words.say("transcript.title"),
        "contents": words.say("transcript.contents"),
        "contests": words.say("transcript.contests"),
        "assisted": words.say("transcript.assisted"),
        "superseded": words.say("transcript.superseded"),
        "expired": words.say("transcript.expired"),
        "not_scored": words.say("transcript.not_scored_yet"),
        "contested": words.say("transcript.contested"),
        "report": words.say("debrief.title"),
        "bars": words.say("debrief.bars"),
        "legend": words.say("transcript.legend"),
        "no_report": words.say("transcript.no_report"),
    }
    return _template().render(
        lang=_LANG[words.language],
        labels=labels,
        sessions=[session_view(transcript, words) for transcript in transcripts],
        langs={language.value: tag for language, tag in _LANG.items()},
        is_line=lambda entry: isinstance(entry, LineView),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
