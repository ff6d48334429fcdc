"""Transcripts as a page, as lines of JSON, as a workbook."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from commcoach.coaching.transcripts import Transcript
from commcoach.domain.language import Language
from commcoach.presentation.transcripts.marking import Mark, pieces, span_of
from commcoach.presentation.transcripts.page import page
from commcoach.presentation.transcripts.rows import json_lines, rows
from commcoach.presentation.transcripts.view import LineView, ReplyView, session_view
from commcoach.presentation.transcripts.workbook import workbook
from commcoach.presentation.wording import Wording
from tests import transcripts
from tests.builders import days, make_turn
from tests.shipped import library

ZH, EN = Wording(Language.ZH), Wording(Language.EN)
OUTSIDE = {"src", "href", "action", "data", "poster", "srcset", "background"}


class Seen(HTMLParser):
    """The tags, links and text of a page; a tag that is never closed is a fault."""

    VOID = frozenset({"meta", "br", "link", "img", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.marks: list[str] = []
        self.struck: list[str] = []
        self.text = ""
        self.attributes: dict[str, dict[str, str | None]] = {}
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.setdefault(tag, dict(attrs))
        self.links += [value or "" for name, value in attrs if name in OUTSIDE]
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        if "mark" in self._open and "sup" not in self._open:
            self.marks[-1] += data.replace("\u2060", "")
        if "del" in self._open:
            self.struck.append(data)


async def seen(words: Wording = ZH) -> Seen:
    return Seen(page([await transcripts.transcript()], words))


# -- evidence in place ----------------------------------------------------------------------


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(-2, 35), st.integers(-2, 35)), max_size=6),
)
def test_pieces_are_the_text_and_carry_exactly_the_marks_over_them(
    text: str, spans: list[tuple[int, int]]
) -> None:
    marks = [Mark(start, end, 1, str(index), "") for index, (start, end) in enumerate(spans)]
    cut = pieces(text, marks)
    assert "".join(piece.text for piece in cut) == text
    place = 0
    for piece in cut:
        covering = [mark for mark in marks if mark.start <= place < mark.end <= len(text)]
        assert [mark for mark in covering if mark.start >= 0] == list(piece.marks)
        place += len(piece.text)
    kept = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    assert sorted(mark.label for piece in cut for mark in piece.ending) == sorted(
        mark.label for mark in kept
    )


def test_a_quote_is_found_by_its_offsets_else_by_its_words_else_not_at_all() -> None:
    assert span_of("好好好", "好", 2, 3) == (2, 3)
    assert span_of("前面。好的", "好的", 40, 42) == (3, 5)
    assert span_of("前面", "好的", 0, 2) is None
    assert span_of("前面", "", 0, 0) is None


# -- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "lang"), [(ZH, "zh-CN"), (EN, "en")])
async def test_a_page_stands_alone_and_says_its_language(words: Wording, lang: str) -> None:
    html = page([await transcripts.transcript()], words)
    shown = Seen(html)
    assert shown.attributes["html"]["lang"] == lang
    assert shown.attributes["div"]["lang"] == "zh-CN"
    assert shown.links == []
    assert not {"script", "link", "img", "iframe"} & set(shown.tags)
    assert not re.search(r"url\(|@import|https?://", html)
    assert "@media print" in html
    assert "prefers-color-scheme: dark" in html


async def test_a_learners_words_are_text_and_never_markup() -> None:
    shown = await seen()
    assert "b" not in shown.tags
    assert "<b>" in shown.text
    hostile = "</div><script>alert(1)</script>{{ 7*7 }} \" ' &amp;"
    one = replace(
        transcripts.session(), turns=(make_turn(1, reply=hostile, line=hostile, at=days(0)),)
    )
    again = Seen(page([await transcripts.transcript(one)], EN))
    assert "script" not in again.tags
    assert again.text.count(hostile) == 2


async def test_evidence_stands_out_in_the_reply_and_in_the_line_that_called_for_it() -> None:
    marks = (await seen()).marks
    assert "不就晚了两天嘛" in marks
    assert marks[marks.index("周二</b>") + 1] == "我按旧数据报的"
    assert "，三处对不上" in marks
    assert "你真是个白痴" in marks


async def test_a_score_shows_level_and_anchor() -> None:
    text = (await seen()).text
    criterion = library().criteria["open_question"]
    assert "1/4 未体现" in text
    assert (criterion.level(1).anchor.zh or "?") in text


async def test_ids_and_the_engines_means_stand_at_the_end_in_small_print() -> None:
    text = (await seen()).text
    body, _, fine = text.partition("记录编号")
    assert "行，下周二见。" in body
    assert "3f9a1b2c4d5e" in fine
    assert library().release in fine
    assert "引擎估计均值，第 1 轮　说清自己的看法与感受 2.2" in fine
    assert "均值" not in body
    learner = "0123456789abcdef" * 2
    one = replace(transcripts.session(), learner=learner)
    body, _, fine = Seen(page([await transcripts.transcript(one)], ZH)).text.partition("记录编号")
    assert learner[:8] in body
    assert learner not in body
    assert learner in fine


async def test_a_correction_strikes_the_old_level_and_names_author_time_and_reason() -> None:
    shown = await seen()
    assert shown.struck == ["2/4 部分体现", "3/4 胜任"]
    first = "2/4 部分体现 → 3/4 胜任：看法和理由都有。（王老师，2024-03-02 12:00 UTC）"
    assert first in shown.text
    assert "3/4 胜任 → 不适用：这一轮没有机会。" in shown.text


async def test_objections_stand_before_the_dialogue() -> None:
    text = (await seen()).text
    assert text.index("=1+1，我说了感受") < text.index(transcripts.LINE[:7])
    assert "有异议" in text


async def test_gates_engine_and_calibration_are_named() -> None:
    text = (await seen(EN)).text
    assert "A line was crossed: “你真是个白痴”" in text
    assert "Built-in engine, not calibrated against people" in text
    assert "embedded" not in text
    assert library().release in text


async def test_a_rewrite_follows_its_first_attempt_and_the_line_it_replaced_is_marked() -> None:
    view = session_view(await transcripts.transcript(), ZH)
    kinds = [
        ("line", entry.superseded) if isinstance(entry, LineView) else ("reply", entry.assisted)
        for entry in view.dialogue
    ]
    assert kinds == [
        ("line", False),
        ("reply", False),
        ("line", True),
        ("reply", True),
        ("line", False),
        ("reply", False),
        ("line", False),
        ("line", False),
    ]
    rewrite = next(one for one in view.dialogue if isinstance(one, ReplyView) and one.assisted)
    assert rewrite.scores == ()
    assert "这一轮还没有评分。" in (await seen()).text


async def test_expired_words_are_named_as_such_and_levels_stay() -> None:
    one = transcripts.expired(transcripts.session())
    made = replace(await transcripts.transcript(), session=one, report=None)
    shown = Seen(page([made], ZH))
    assert shown.text.count("保存期已过，原话已删除，等级保留。") == 3
    assert "3/4 胜任" in shown.text
    assert "没有复盘" in shown.text


async def test_several_sessions_share_a_page_with_a_table_of_contents() -> None:
    two = [await transcripts.transcript(transcripts.session(id)) for id in ("aaaaaa", "bbbbbb")]
    shown = Seen(page(two, EN))
    assert shown.links == ["#s-aaaaaa", "#s-bbbbbb"]
    assert shown.tags.count("article") == 2
    assert "nav" not in (await seen()).tags


async def test_the_debrief_closes_the_page() -> None:
    text = (await seen(EN)).text
    assert text.index("Debrief") > text.index("行，下周二见。")


STOOD_IN = "这一轮由内置引擎代替模型接话、评分：模型拒绝作答。"
TURNED = "您说“周二没等到纪要”以后，<他>听进去了。"


async def with_a_model() -> Transcript:
    """The transcript of a session with a summary, whose first turn a model refused."""
    first, *others = transcripts.session().turns
    assert first.card is not None
    card = replace(first.card, stand_in="refused")
    turns = (replace(first, card=card, line_stand_in="refused"), *others)
    one = replace(transcripts.session(), turns=turns, engine="some-model", summary=TURNED)
    return await transcripts.transcript(one)


async def test_a_page_says_where_the_embedded_engine_stood_in_and_why() -> None:
    text = Seen(page([await with_a_model()], ZH)).text
    assert text.count("代替模型") == 1
    assert text.index("合着就我一个人的不是") > text.index(STOOD_IN) > text.index("3/4 胜任")
    assert "代替模型" not in (await seen()).text


async def test_a_page_shows_the_summary_as_text_and_says_that_a_model_wrote_it() -> None:
    text = Seen(page([await with_a_model()], ZH)).text
    assert text.index("谈话的转折（由模型撰写，未经专家校准）") < text.index(TURNED)
    assert "转折" not in (await seen()).text


# -- lines of JSON --------------------------------------------------------------------------


async def test_a_row_says_why_another_engine_did_the_work_and_holds_the_summary() -> None:
    first, second, _ = rows(await with_a_model())
    assert first["stand_ins"] == {"reading": "", "line": "refused", "scores": "refused"}
    assert second["stand_ins"] == {"reading": "", "line": "", "scores": ""}
    assert {first["summary"], second["summary"]} == {TURNED}
    assert next(rows(await transcripts.transcript()))["summary"] is None


async def test_every_turn_is_one_line_with_the_same_keys() -> None:
    lines = json_lines([await transcripts.transcript()]).splitlines()
    turns = [json.loads(line) for line in lines]
    assert [(one["turn"], one["attempt"], one["assisted"]) for one in turns] == [
        (1, 1, False),
        (1, 2, True),
        (2, 1, False),
    ]
    assert len({tuple(one) for one in turns}) == 1
    assert turns[0]["started_at"] == "2024-03-01T12:00:00+00:00"
    assert turns[1]["scores"] is None


async def test_a_row_holds_the_level_as_given_and_as_it_stands() -> None:
    first, _, last = rows(await transcripts.transcript())
    own, specific, question, agreed = first["scores"]
    assert (own["level"], own["given_level"], own["overrides"][0]["by"]) == (3, 2, "王老师")
    assert (specific["verdict"], specific["given_level"]) == ("not_applicable", 3)
    assert question["evidence"][0]["source"] == "context"
    assert (agreed["verdict"], agreed["level"]) == ("not_applicable", None)
    assert last["scores"][1]["verdict"] == "unscored"
    proof = own["evidence"][0]
    assert first["reply"][proof["start"] : proof["end"]] == proof["quote"]


async def test_expired_words_are_null_in_a_row() -> None:
    made = replace(
        await transcripts.transcript(), session=transcripts.expired(transcripts.session())
    )
    assert all(row["reply"] is None for row in rows(made))


# -- the workbook ---------------------------------------------------------------------------

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://example.invalid","x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "#REF!",
    "12345",
]


def cells(file: bytes) -> list[dict[str, Any]]:
    """The rows by the titles of their columns."""
    sheet = load_workbook(BytesIO(file)).worksheets[0]
    titles, *others = (list(row) for row in sheet.iter_rows())
    return [
        {str(title.value): cell for title, cell in zip(titles, row, strict=True)} for row in others
    ]


@pytest.mark.parametrize("said", FORMULAS)
async def test_no_cell_runs_as_a_formula(said: str) -> None:
    turn = replace(transcripts.first_turn(), reply=said)
    made = await transcripts.transcript(replace(transcripts.session(), turns=(turn,)))
    file = workbook([made], EN)
    reply = cells(file)[0]["Reply"]
    assert reply.data_type == "s"
    assert reply.quotePrefix
    assert str(reply.value).strip() == said.strip()
    with zipfile.ZipFile(BytesIO(file)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<f " not in xml
    assert "<hyperlink" not in xml


async def test_control_characters_are_left_out_of_a_workbook() -> None:
    turn = replace(transcripts.first_turn(), reply="前\x00\x07\x1b后")
    made = await transcripts.transcript(replace(transcripts.session(), turns=(turn,)))
    assert cells(workbook([made], EN))[0]["Reply"].value == "前后"


async def test_a_workbook_has_a_row_per_turn_and_criterion_with_real_times_and_numbers() -> None:
    file = workbook([await transcripts.transcript()], EN)
    sheet = load_workbook(BytesIO(file)).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["J"].width == 50
    table = cells(file)
    assert len(table) == 4 + 1 + 2
    own = table[0]
    assert own["Time (UTC)"].value == days(0).replace(tzinfo=None)
    assert own["Time (UTC)"].is_date
    assert (own["Level as it stands"].value, own["Engine’s level"].value) == (3, 2)
    assert own["Corrected by"].value == "王老师"
    assert own["Learner’s objection"].value == "=1+1，我说了感受"
    assert table[1]["Verdict"].value == "not applicable"
    assert table[4]["Criterion"].value is None


async def test_a_workbook_says_in_words_where_the_embedded_engine_stood_in() -> None:
    said = [row["内置引擎代做"].value for row in cells(workbook([await with_a_model()], ZH))]
    assert said == [STOOD_IN] * 4 + [None] * 3


async def test_an_empty_workbook_still_has_its_header() -> None:
    assert cells(workbook([], ZH)) == []
