"""Cohorts at the command line: added, invited to, listed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from commcoach.cli.cohort import new_token
from commcoach.masking import mask
from tests.cli.conftest import Cli, Result
from tests.cli.house import Inside, inside


@pytest.fixture
def house(tmp_path: Path) -> Inside:
    return inside(tmp_path / "data")


def token_in(shown: str) -> str:
    tokens: set[str] = set(re.findall(r"\b[A-Za-z]{20}\b", shown))
    (token,) = tokens
    return token


def is_one_sentence(result: Result, *words: str) -> None:
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def test_a_cohort_is_added_once_and_listed(cli: Cli, house: Inside) -> None:
    assert "还没有班组" in cli("cohort", "list").out
    added = cli("cohort", "add", "spring-26", "--title", "春季班", "--by", "王老师")
    assert added.code == 0
    assert "春季班" in added.out
    is_one_sentence(cli("cohort", "add", "spring-26", "--title", "另一班"), "spring-26", "已经有")
    shown = cli("cohort", "list", "--lang", "en").out
    assert "spring-26  春季班  learners: 0" in shown
    assert house.written() == [("王老师", "added cohort", "spring-26")]


def test_an_invitation_shows_token_and_link(cli: Cli, house: Inside) -> None:
    cli("cohort", "add", "spring", "--title", "春季班")
    shown = cli("cohort", "invite", "spring", "--days", 14, "--bot", "@practice_bot").out
    token = token_in(shown)
    assert f"https://t.me/practice_bot?start={token}" in shown
    invitation = house.invitation(token)
    assert invitation.expires_at == invitation.created_at + timedelta(days=14)


def test_an_invitation_without_days_never_expires_and_needs_no_bot(cli: Cli, house: Inside) -> None:
    cli("cohort", "add", "spring", "--title", "春季班")
    shown = cli("cohort", "invite", "spring", "--lang", "en").out
    assert "without end" in shown
    assert "t.me" not in shown
    assert house.invitation(token_in(shown)).expires_at is None


def test_the_audit_trail_holds_no_token(cli: Cli, house: Inside) -> None:
    cli("cohort", "add", "spring", "--title", "春季班")
    token = token_in(cli("cohort", "invite", "spring").out)
    entries = house.look(lambda opened: opened.audit.entries())
    assert entries[-1].action == "invited to cohort"
    assert token not in repr(entries)


def test_a_token_fits_a_deep_link_and_is_never_masked() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    for token in tokens:
        assert re.fullmatch(r"[A-Za-z]{20}", token)
        assert mask(f"/start {token}").text == f"/start {token}"


def test_mistakes_get_one_sentence_with_the_cure(cli: Cli, house: Inside) -> None:
    is_one_sentence(cli("cohort", "invite", "spring"), "cohort add")
    cli("cohort", "add", "spring", "--title", "春季班")
    is_one_sentence(cli("cohort", "invite", "autumn"), "autumn", "spring")
    is_one_sentence(cli("cohort", "invite", "spring", "--bot", "a b"), "a b", "example_bot")
    is_one_sentence(cli("cohort", "add", "两 班", "--title", "x"), "两 班", "40")
    is_one_sentence(cli("cohort", "add", "other", "--title", "  "), "--title")
    assert [action for _, action, _ in house.written()] == ["added cohort"]
