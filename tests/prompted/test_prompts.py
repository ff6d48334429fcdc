"""The prompts: found, complete, hashed; a broken one is named at the start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commcoach.coaching.language_model import Job, ModelMisconfigured, PromptUnusable
from commcoach.content.locating import CHECKOUT
from commcoach.content.prompts import BLOCKS
from commcoach.domain.language import Language
from commcoach.prompted.prompts import Prompts


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with its own prompts."""
    shutil.copytree(CHECKOUT / "prompts", tmp_path / "prompts")
    return tmp_path


def test_a_prompt_of_the_content_replaces_the_shipped_one(content: Path) -> None:
    with (content / "prompts" / "voice.zh.j2").open("a", encoding="utf-8") as prompt:
        prompt.write("{# shorter #}\n")
    own, shipped = Prompts(content, CHECKOUT), Prompts(CHECKOUT, CHECKOUT)
    assert own.version(Job.VOICE) != shipped.version(Job.VOICE)
    assert own.version(Job.READER) == shipped.version(Job.READER)


def test_content_without_prompts_goes_by_the_shipped_ones(tmp_path: Path) -> None:
    own, shipped = Prompts(tmp_path, CHECKOUT), Prompts(CHECKOUT, CHECKOUT)
    assert [own.version(job) for job in Job] == [shipped.version(job) for job in Job]


@pytest.mark.parametrize("wrong", ["{{ persona.nam }}", "{{ 1 // 0 }}", "{{ nobody }}"])
def test_a_prompt_that_cannot_be_filled_is_a_misconfigured_model(content: Path, wrong: str) -> None:
    blocks = "".join(f"{{% block {one} %}}{wrong}{{% endblock %}}" for one in BLOCKS)
    (content / "prompts" / "voice.zh.j2").write_text(blocks, encoding="utf-8")
    values = {"persona": {"name": "老周"}}
    with pytest.raises(ModelMisconfigured, match="model") as refused:
        Prompts(content, CHECKOUT).fill(Job.VOICE, Language.ZH, values)
    assert refused.value.said.startswith("voice.zh.j2: ")


@pytest.mark.parametrize(
    ("wording", "said", "line"),
    [
        ("{% block stable %}{% endblock %}", "no block growing", None),
        ("{% block stable %}\n{{ open", "unexpected end", 2),
    ],
)
def test_a_broken_prompt_is_named_with_its_line(
    content: Path, wording: str, said: str, line: int | None
) -> None:
    (content / "prompts" / "reader.en.j2").write_text(wording, encoding="utf-8")
    with pytest.raises(PromptUnusable) as broken:
        Prompts(content, CHECKOUT)
    assert broken.value.file == "reader.en.j2"
    assert said in broken.value.said
    assert broken.value.line == line


def test_a_missing_prompt_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptUnusable) as missing:
        Prompts(tmp_path, tmp_path)
    assert missing.value.file.endswith(".j2")
