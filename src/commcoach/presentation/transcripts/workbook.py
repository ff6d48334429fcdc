"""Sessions as a workbook, one row per turn and criterion; no cell can run as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from commcoach.coaching.transcripts import Transcript, expired, history
from commcoach.domain.dialogue import Turn
from commcoach.domain.score import Override, Scored
from commcoach.presentation.engines import stand_in_lines
from commcoach.presentation.transcripts.levels import anchor_of
from commcoach.presentation.transcripts.rows import verdict
from commcoach.presentation.wording import N_, Wording

Value = str | int | float | datetime | None

_COLUMNS = (
    (N_("workbook.session"), 14),
    (N_("workbook.learner"), 14),
    (N_("workbook.scenario"), 20),
    (N_("workbook.release"), 14),
    (N_("workbook.engine"), 12),
    (N_("workbook.turn"), 7),
    (N_("workbook.attempt"), 9),
    (N_("workbook.at"), 17),
    (N_("workbook.context"), 40),
    (N_("workbook.reply"), 50),
    (N_("workbook.criterion"), 22),
    (N_("workbook.verdict"), 14),
    (N_("workbook.level"), 8),
    (N_("workbook.given"), 10),
    (N_("workbook.expected"), 10),
    (N_("workbook.calibration"), 14),
    (N_("workbook.anchor"), 40),
    (N_("workbook.evidence"), 40),
    (N_("workbook.gates"), 24),
    (N_("workbook.corrected_by"), 16),
    (N_("workbook.reason"), 32),
    (N_("workbook.contested"), 32),
    (N_("workbook.stand_ins"), 32),
)
_TIME = "yyyy-mm-dd hh:mm"
LONGEST_CELL = 32_767


def workbook(transcripts: Iterable[Transcript], words: Wording) -> bytes:
    """An XLSX file. Times are UTC; numbers are numbers; everything that was said is text."""
    book = Workbook()
    sheet = book.active
    if sheet is None:  # a new workbook has a sheet; the type does not know
        sheet = book.create_sheet()
    sheet.title = words.say("workbook.sheet")
    sheet.freeze_panes = "A2"
    for column, (key, width) in enumerate(_COLUMNS, start=1):
        cell = _put(sheet, 1, column, words.say(key))
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    row = 1
    for transcript in transcripts:
        for values in _rows(transcript, words):
            row += 1
            for column, value in enumerate(values, start=1):
                _put(sheet, row, column, value)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{row}"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> Cell:
    """Write a value so that no program takes text for a formula, an error or a number."""
    cell = cast("Cell", sheet.cell(row, column))  # nothing is merged here
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, datetime):
        # A workbook knows no time zones.
        cell.value = value.astimezone(UTC).replace(tzinfo=None)
        cell.number_format = _TIME
    elif isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
        cell.data_type = TYPE_STRING
        # The mark of a leading apostrophe: it stays text also when somebody edits the cell.
        cell.quotePrefix = True
    else:
        cell.value = value
    return cell


def _rows(transcript: Transcript, words: Wording) -> Iterator[tuple[Value, ...]]:
    session, scenario = transcript.session, transcript.scenario
    for turn in session.turns:
        reply = words.say("transcript.expired") if expired(turn) else turn.reply
        about: tuple[Value, ...] = (
            session.id,
            session.learner,
            scenario.title.said_in(words.language),
            session.release,
            session.engine,
            turn.number,
            turn.attempt,
            turn.at,
            turn.context,
            reply,
        )
        stood_in = "\n".join(stand_in_lines(turn, words)) or None
        for scores in _scores(transcript, turn, words):
            yield (*about, *scores, stood_in)


def _scores(transcript: Transcript, turn: Turn, words: Wording) -> Iterator[tuple[Value, ...]]:
    card, standing = turn.card, turn.standing()
    if card is None or standing is None or not card.scores:
        yield (None,) * 12
        return
    gates = "\n".join(_gate(transcript, hit.gate, words) for hit in card.gates) or None
    for given, score in zip(card.scores, standing.scores, strict=True):
        criterion = transcript.library.criteria.get(score.criterion)
        scored = score if isinstance(score, Scored) else None
        proof = given.evidence if isinstance(given, Scored) else ()
        corrections = history(turn, score.criterion)
        last: Override | None = corrections[-1] if corrections else None
        yield (
            score.criterion if criterion is None else criterion.title.said_in(words.language),
            words.say(_VERDICTS[verdict(score)]),
            scored.level if scored is not None else None,
            given.level if isinstance(given, Scored) else None,
            round(given.expected, 2) if isinstance(given, Scored) else None,
            _calibration(transcript, turn, given, words) if isinstance(given, Scored) else None,
            anchor_of(score, criterion, words) or None,
            "\n".join(one.quote for one in proof if one.quote) or None,
            gates,
            None if last is None else last.by,
            None if last is None else last.reason,
            "\n".join(
                one.words or words.say("transcript.contested")
                for one in transcript.contests
                if one.criterion in ("", score.criterion)
            )
            or None,
        )


def _calibration(transcript: Transcript, turn: Turn, given: Scored, words: Wording) -> str:
    """Whether the criterion is calibrated for the engine that gave this very level."""
    release, card = transcript.session.release, turn.card
    cases = transcript.verdicts.cases(release, card, given.criterion) if card is not None else None
    return words.say("show.uncalibrated_short" if cases is None else "show.calibrated_short")


_VERDICTS = {
    "scored": N_("workbook.scored"),
    "not_applicable": N_("transcript.not_applicable"),
    "unscored": N_("transcript.unscored"),
}


def _gate(transcript: Transcript, id: str, words: Wording) -> str:
    gate = transcript.library.gates.get(id)
    return id if gate is None else gate.title.said_in(words.language)
