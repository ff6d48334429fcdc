"""The catalogues: complete in both languages, nothing missing, nothing unused."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from commcoach.domain.language import Language
from commcoach.presentation.wording import LOCALE, Wording, parse_language

SOURCE = Path(__file__).parents[2] / "src" / "commcoach"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/commcoach.po"))


def entries(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def used_keys() -> set[str]:
    """Every key in the code: constants of a key's form, wherever they stand in a function call,
    a table or an assignment; those of `help_text` without their prefix."""
    keys = set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        helps = {
            id(node.args[0]): f"help.{node.args[0].value!s}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "help_text"
            and isinstance(node.args[0], ast.Constant)
        }
        for node in ast.walk(tree):
            if id(node) in helps:
                keys.add(helps[id(node)])
            elif isinstance(node, ast.Constant) and is_key(node.value):
                keys.add(str(node.value))
    return keys


def is_key(value: object) -> bool:
    """Names of templates look like keys as well."""
    return (
        isinstance(value, str)
        and bool(re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+", value))
        and not value.endswith(".j2")
    )


def test_there_is_a_catalogue_for_each_language() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == ["en", "zh_CN"]


def test_both_catalogues_have_the_same_keys_and_no_empty_text() -> None:
    first, second = (entries(path) for path in CATALOGUES)
    assert first.keys() == second.keys()
    assert all(first.values())
    assert all(second.values())


def test_every_key_in_the_catalogues_is_used_and_every_used_key_is_there() -> None:
    there = set(entries(CATALOGUES[0]))
    used = used_keys()
    assert there - used == set()
    groups = {key.partition(".")[0] for key in there}
    assert {key for key in used - there if key.partition(".")[0] in groups} == set()


def test_a_text_has_the_same_details_in_both_languages() -> None:
    first, second = (entries(path) for path in CATALOGUES)
    for key in first:
        names = [
            set(re.findall(r"(?<!{){(\w+)}(?!})", catalogue[key])) for catalogue in (first, second)
        ]
        assert names[0] == names[1], key


def test_chinese_texts_use_chinese_punctuation_and_no_exclamation_marks() -> None:
    for key, text in entries(LOCALE / "zh_CN" / "LC_MESSAGES" / "commcoach.po").items():
        assert not re.search(r"[\u4e00-\u9fff][,!?;]", text), key
        assert "！" not in text, key


def test_details_are_never_format_strings() -> None:
    words = Wording(Language.EN)
    shown = words.say("error.unknown_engine", given="{0} {evil.__class__} %s")
    assert "{0} {evil.__class__} %s" in shown


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("zh", Language.ZH),
        ("zh-CN", Language.ZH),
        ("zh_CN.UTF-8", Language.ZH),
        ("EN", Language.EN),
        ("en-GB", Language.EN),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_languages_are_understood_in_their_usual_spellings(
    given: str | None, language: Language | None
) -> None:
    assert parse_language(given) is language
