"""What is said of rows that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcoach.bootstrap import read_replies
from commcoach.domain.language import Language
from commcoach.presentation.reply_rows import row_fault
from commcoach.presentation.wording import Wording
from tests.shipped import library

BROKEN = (
    b"no",
    b"[1]",
    b'{"reply": "\xba\xc3"}',
    b'{"id": 1.5, "reply": "x"}',
    b'{"context": 3, "reply": "x"}',
    b'{"context": "x"}',
    b'{"reply": "x", "lang": "fr"}',
    b'{"reply": "x", "authority": 3}',
    b'{"reply": "x", "scenario": 3}',
)


@pytest.mark.parametrize("row", BROKEN)
def test_every_fault_has_a_sentence_in_both_languages(row: bytes, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(row + b"\n")
    _, ((line, fault),) = read_replies(file, ("open_question",), library())
    assert line == 1
    zh, en = (row_fault(fault, Wording(language)) for language in (Language.ZH, Language.EN))
    assert zh.endswith("。")
    assert fault not in (zh, en)


def test_an_unknown_fault_is_shown_as_it_is() -> None:
    assert row_fault("something else", Wording(Language.ZH)) == "something else"
