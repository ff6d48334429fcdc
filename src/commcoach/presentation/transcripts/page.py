"""Sessions as one web page that stands alone: no scripts, nothing fetched, fit for printing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commcoach.coaching.transcripts import Transcript
from commcoach.domain.language import Language
from commcoach.presentation.pages import page_template
from commcoach.presentation.transcripts.view import LineView, session_view
from commcoach.presentation.wording import Wording

_PAGE = Path(__file__).with_name("page.html.j2")

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
    return page_template(_PAGE).render(
        lang=_LANG[words.language],
        labels=labels,
        sessions=[session_view(transcript, words) for transcript in transcripts],
        langs={language.value: tag for language, tag in _LANG.items()},
        is_line=lambda entry: isinstance(entry, LineView),
    )
