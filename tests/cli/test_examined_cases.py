"""Which engine examines the cases before a release, and what is said before it is paid."""

from __future__ import annotations

import pytest

from commcoach.cli.context import Context
from commcoach.cli.examined_cases import watched, with_model
from commcoach.cli.terminal import EndOfInput, Terminal, UsageError
from commcoach.coaching.batches import Estimate
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from commcoach.settings import Settings

ESTIMATE = Estimate(rows=140, calls=140, prompt=90_000, completion=7_000, cost=0.25)


def about(**settings: str) -> Context:
    words = Wording(Language.ZH)
    return Context(Settings(_env_file=None, **settings), words, Terminal(words))  # type: ignore[arg-type]  # texts become what they mean


def test_the_engine_that_scores_in_practice_examines_unless_another_is_named() -> None:
    model = about(model_provider="stub", model="script.json")
    assert with_model(model, None)
    assert with_model(model, "model")
    assert not with_model(model, "embedded")
    assert not with_model(about(), None)
    with pytest.raises(UsageError):
        with_model(about(), "model")
    with pytest.raises(UsageError):
        with_model(model, "gpt")


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), ("好", True), ("n", False), ("", False)]
)
def test_whoever_sits_there_hears_calls_and_cost_and_is_asked(
    answer: str,
    agreed: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = about()
    own.terminal.interactive = True
    monkeypatch.setattr(Terminal, "ask", lambda *_: answer)
    with watched(own, yes=False) as watch:
        assert watch.agree(ESTIMATE) is agreed
    said = capsys.readouterr().out
    assert "140 次" in said
    assert "0.25" in said


def test_nobody_is_asked_who_said_yes_or_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> str:
        raise EndOfInput

    monkeypatch.setattr(Terminal, "ask", nobody)
    own = about()
    own.terminal.interactive = True
    for yes, agreed in ((True, True), (False, False)):
        with watched(own, yes) as watch:
            assert watch.agree(ESTIMATE) is agreed
    own.terminal.interactive = False
    with watched(own, yes=False) as watch:
        assert watch.agree(ESTIMATE)


def test_at_a_terminal_something_is_shown_from_the_first_second_to_the_last(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, as far as can be told from outside
    with watched(about(), yes=False) as watch:
        watch.begin(2)
        for _ in range(2):
            watch.advance(1)
    shown = capsys.readouterr().err
    places = [shown.index(said) for said in ("正在准备引擎", "正在学习", "正在计算一致程度", "2/2")]
    assert places == sorted(places)


def test_before_a_pipe_nothing_is_said_of_what_takes_a_moment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with watched(about(), yes=False) as watch:
        watch.begin(1)
        watch.advance(1)
    assert capsys.readouterr() == ("", "")
