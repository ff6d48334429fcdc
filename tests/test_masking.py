"""Personal data is blotted out, everything else stays, and nothing moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcoach.masking import mask


@pytest.mark.parametrize(
    ("text", "kind", "secret"),
    [
        ("身份证110101199003074514", "identity", "110101199003074514"),
        ("号码是11010119900307451X，请查", "identity", "11010119900307451X"),
        ("打我手机13812345678", "phone", "13812345678"),
        ("+86 138-1234-5678 随时", "phone", "138-1234-5678"),
        ("座机 010-62345678", "phone", "62345678"),
        ("call +44 20 7946 0958", "phone", "7946 0958"),
        ("卡号6222 0212 3456 7890 128", "card", "6222 0212 3456 7890 128"),
        ("写信到 zhang.san@example.com", "email", "zhang.san@example.com"),
        ("机密★10年", "secrecy", "机密"),
    ],
)
def test_personal_data_is_blotted_out(text: str, kind: str, secret: str) -> None:
    masked = mask(text)
    assert masked.found == (kind,)
    assert secret not in masked.text
    assert len(masked.text) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "周二中午12点前给我，返工到20点。",
        "报了2回，3天内回电，工单20260311001。",
        "I'll ring you by 5:30 pm on the 12th, ticket 48291.",
        "预算是1234567元，占比78.5%。",
        "机密文件不能外传。",
        "2026年3月15日上午9点",
    ],
)
def test_ordinary_figures_stay(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).found == ()


@given(st.text(max_size=300))
def test_the_length_never_changes(text: str) -> None:
    assert len(mask(text).text) == len(text)
