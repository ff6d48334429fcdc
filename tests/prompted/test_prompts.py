"""The prompts: found, complete, hashed; a broken one is named at the start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commcoach.coaching.language_model import Job, PromptUnusable
from commcoach.content.locating import CHECKOUT
from commcoach.domain.language import Language
from commcoach.prompted.prompts import Prompts, prompt_hashes


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with its own prompts."""
    shutil.copytree(CHECKOUT / "prompts", tmp_path / "prompts")
    return tmp_path


def test_every_job_has_a_prompt_in_both_languages_and_a_hash() -> None:
    hashes = prompt_hashes(CHECKOUT, CHECKOUT)
    assert set(hashes) == {f"prompt:{job}.{language}" for job in Job for language in Language}
    assert len(set(hashes.values())) == len(hashes)


def test_content_without_prompts_goes_by_the_shipped_ones(tmp_path: Path) -> None:
    assert prompt_hashes(tmp_path, CHECKOUT) == prompt_hashes(CHECKOUT, CHECKOUT)


def test_a_prompt_of_the_content_replaces_the_shipped_one_and_changes_its_hash_alone(
    content: Path,
) -> None:
    with (content / "prompts" / "voice.zh.j2").open("a", encoding="utf-8") as prompt:
        prompt.write("{# shorter #}\n")
    old, new = prompt_hashes(CHECKOUT, CHECKOUT), prompt_hashes(content, CHECKOUT)
    assert {key for key in old if old[key] != new[key]} == {"prompt:voice.zh"}
    versions = [Prompts(root, CHECKOUT).version(Job.VOICE) for root in (content, CHECKOUT)]
    assert versions[0] != versions[1]


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
