"""Who scored is said, and never as somebody else."""

from __future__ import annotations

from commcoach.domain.language import Language
from commcoach.presentation.engines import EMBEDDED, calibration, why_note
from commcoach.presentation.wording import Wording

ZH = Wording(Language.ZH)


def test_the_embedded_engine_is_named_with_its_limits() -> None:
    assert "内置引擎" in calibration(EMBEDDED, ZH)
    assert "内置引擎" in why_note(EMBEDDED, ZH)


def test_a_model_is_named_and_not_taken_for_the_embedded_engine() -> None:
    for said in (calibration("some-model", ZH), why_note("some-model", ZH)):
        assert "some-model" in said
        assert "未经专家校准" in said
        assert "内置引擎" not in said
