"""What the doctor says of a fault: the cure, by the very setting that it is about."""

from __future__ import annotations

from typing import Any

import pytest

from commcoach.cli.errors import report
from commcoach.cli.model_cures import cure, plain
from commcoach.coaching.examining import Examined, Fault, ModelPlace, Spending, Trouble
from commcoach.coaching.language_model import Job, ModelMisconfigured
from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording
from commcoach.settings import Settings
from tests.cli.conftest import Cli
from tests.prompted.office import FAILURES

EN = Wording(Language.EN)
ONE = ModelPlace("openai", "small-1", "http://one.example/v1")
OTHER = ModelPlace("openai", "small-2", "http://other.example/v1")
VOICE = ModelPlace("openai", "voice-1", "http://voice.example")


def said_of(trouble: Trouble, said: str = "", place: ModelPlace = ONE, **settings: Any) -> str:
    """The cure of a fault; the voice and the second model have places of their own."""
    second = OTHER
    work = dict.fromkeys(Job, (ONE, second)) | {Job.VOICE: (VOICE, second)}
    found = Examined(place, Fault(trouble, said))
    usual = {
        "model_base_url": "http://one.example/v1",
        "model_base_url_voice": "http://voice.example",
        "model_second": "small-2",
        "model_second_base_url": "http://other.example/v1",
    }
    spending = Spending(100, None, None, None, 0, 0)
    return cure(found, work, spending, Settings(**(usual | settings)), EN)


@pytest.mark.parametrize(
    ("trouble", "place", "setting"),
    [
        (Trouble.ADDRESS, ONE, "COMMCOACH_MODEL_BASE_URL,"),
        (Trouble.ADDRESS, VOICE, "COMMCOACH_MODEL_BASE_URL_VOICE,"),
        (Trouble.ADDRESS, OTHER, "COMMCOACH_MODEL_SECOND_BASE_URL,"),
        (Trouble.KEY, ONE, "COMMCOACH_MODEL_API_KEY."),
        (Trouble.KEY, VOICE, "COMMCOACH_MODEL_API_KEY_VOICE."),
        (Trouble.KEY, OTHER, "COMMCOACH_MODEL_SECOND_API_KEY."),
        (Trouble.MODEL, ONE, "COMMCOACH_MODEL."),
        (Trouble.MODEL, OTHER, "COMMCOACH_MODEL_SECOND."),
    ],
)
def test_the_setting_of_the_very_model_is_named(
    trouble: Trouble, place: ModelPlace, setting: str
) -> None:
    assert f"Check {setting}" in said_of(trouble, place=place)


def test_v1_is_not_advised_where_the_address_ends_in_it() -> None:
    assert "/v1 is missing" in said_of(Trouble.PATH, place=VOICE)
    assert "missing" not in said_of(Trouble.PATH)


def test_a_budget_of_nothing_is_called_that_and_a_spent_one_by_its_setting() -> None:
    assert "COMMCOACH_BUDGET_TOKENS_A_DAY is 0" in said_of(Trouble.BUDGET, budget_tokens_a_day=0)
    assert "COMMCOACH_BUDGET_MONEY_A_DAY is 0" in said_of(Trouble.BUDGET, budget_money_a_day=0)
    spent = said_of(Trouble.BUDGET, budget_tokens_a_day=100, budget_money_a_day=5)
    assert spent.endswith("raise COMMCOACH_BUDGET_TOKENS_A_DAY.")
    money = said_of(Trouble.BUDGET, budget_tokens_a_day=1000, budget_money_a_day=5)
    assert money.endswith("raise COMMCOACH_BUDGET_MONEY_A_DAY.")


def test_a_403_that_is_not_about_the_key_is_told_in_the_services_own_words() -> None:
    region = "403: {'error': {'message': 'Your country is not supported', 'code': 'geo'}}"
    assert said_of(Trouble.KEY, region) == (
        "The service refuses the request. It said: 403: Your country is not supported"
    )
    assert "refuses the key" in said_of(Trouble.KEY, "403: invalid API key")
    assert "refuses the key" in said_of(Trouble.KEY)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("500: {'message': 'out of order', 'code': 1}", "500: out of order"),
        ("500: {'error': {'message': \"it's gone\", 'type': 'x'}}", "500: it's gone"),
        ("500: {'error': {'message': 'cut off amid the wor", "500: cut off amid the wor"),
        ("500: plain words", "500: plain words"),
        ("500: a\x1b[31m\nred", "500: a [31m red"),
    ],
)
def test_of_an_error_object_the_message_alone_is_shown(said: str, shown: str) -> None:
    assert plain(said) == shown


def test_what_is_set_in_vain_is_marked(cli: Cli) -> None:
    found = cli(
        *("doctor", "--lang", "zh"),
        COMMCOACH_MODEL_BASEURL="http://127.0.0.1:1/v1",
        COMMCOACH_BUDGET_MONEY_A_DAY="5",
    )
    shown = "".join(found.out.split())
    assert found.code == 2
    assert "✗COMMCOACH_MODEL_BASEURL（是不是COMMCOACH_MODEL_BASE_URL）" in shown
    assert "✗COMMCOACH_BUDGET_MONEY_A_DAY不起作用" in shown
    assert "标有✗的地方需要处理" in shown


def test_an_empty_provider_is_none(cli: Cli) -> None:
    found = cli("doctor", "--lang", "en", COMMCOACH_MODEL_PROVIDER="")
    assert found.code == 0
    assert "No model is set" in found.out


@pytest.mark.parametrize("language", list(Language))
def test_every_way_a_model_fails_is_a_sentence_of_its_own_with_the_doctor(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    words = Wording(language)
    seen = set()
    for kind in map(type, FAILURES):
        failure = kind("after 5 failures")
        report(failure, words)
        seen.add(shown := capsys.readouterr().err)
        assert "commcoach doctor" in shown
        assert ("after 5 failures" in shown) == isinstance(failure, ModelMisconfigured)
    assert len(seen) == len(FAILURES)
