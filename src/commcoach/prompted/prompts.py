"""The prompts of all jobs: found, read, hashed and filled in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from commcoach.coaching.language_model import Job, Message, ModelMisconfigured, PromptUnusable
from commcoach.domain.language import Language

FOLDER = "prompts"


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt filled in.

    `stable` is the same in every turn of a session; `growing` begins with what was said in the
    turns before, so that a server that remembers prefixes has little to read anew.
    """

    stable: str
    growing: str

    def messages(self, again: str = "") -> tuple[Message, ...]:
        """As messages; `again` says what was wrong with the answer before."""
        growing = f"{self.growing}\n\n{again}" if again else self.growing
        return (Message("system", self.stable), Message("user", growing))


class Prompts:
    """The prompts in force.

    A prompt of the content folder replaces the shipped one of the same name. All of them are
    read at once: a `PromptUnusable` comes at the start, not in the middle of a talk.
    """

    def __init__(self, content: Path, shipped: Path) -> None:
        # No escaping: the result is read by a model, not by a browser.
        self._environment = ImmutableSandboxedEnvironment(  # see above
            loader=FileSystemLoader([content / FOLDER, shipped / FOLDER]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        for job in Job:
            for language in Language:
                self._check(_name(job, language))

    def _check(self, name: str) -> None:
        try:
            blocks = self._environment.get_template(name).blocks
        except TemplateNotFound as missing:
            raise PromptUnusable(name, "no such file") from missing
        except (TemplateError, UnicodeDecodeError) as broken:
            line = getattr(broken, "lineno", None)
            raise PromptUnusable(name, str(broken), line) from broken
        for block in ("stable", "growing", "again"):
            if block not in blocks:
                raise PromptUnusable(name, f"no block {block}")

    def fill(self, job: Job, language: Language, values: Mapping[str, Any]) -> Asked:
        """The prompt of a job with its values in place; `ModelMisconfigured` if it cannot be."""
        return Asked(
            self._block(job, language, "stable", values),
            self._block(job, language, "growing", values),
        )

    def again(self, job: Job, language: Language, values: Mapping[str, Any]) -> str:
        """What is said when an answer has to be given once more."""
        return self._block(job, language, "again", values)

    def _block(self, job: Job, language: Language, block: str, values: Mapping[str, Any]) -> str:
        name = _name(job, language)
        template = self._environment.get_template(name)
        try:
            filled = "".join(template.blocks[block](template.new_context(dict(values))))
        except Exception as error:  # whatever an author's template may do wrong
            raise ModelMisconfigured(f"{name}: {error}") from error
        return filled.strip()

    def version(self, job: Job) -> str:
        """A short name for exactly the wording of a job: 12 hexadecimal digits."""
        digest = hashlib.sha256()
        for language in Language:
            path = self._environment.get_template(_name(job, language)).filename
            digest.update(hashlib.sha256(Path(path or "").read_bytes()).digest())
        return digest.hexdigest()[:12]


def _name(job: Job, language: Language) -> str:
    return f"{job}.{language}.j2"
