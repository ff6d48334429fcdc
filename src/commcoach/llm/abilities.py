"""What a model server turned out to support, found out once and remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from commcoach.kept_files import keep
from commcoach.llm.addresses import bare


class Form(StrEnum):
    """How a server is made to answer with an object, the surest way first."""

    STRICT = "strict"
    """By JSON Schema, in OpenAI's strict way; other servers take no notice of the word."""

    SCHEMA = "schema"
    """By JSON Schema."""

    JSON = "json"
    """By JSON mode, with the schema in the prompt."""

    PROMPT = "prompt"
    """By the prompt alone."""


_LESSER = {Form.STRICT: Form.SCHEMA, Form.SCHEMA: Form.JSON, Form.JSON: Form.PROMPT}
_OF_FORM = ("response_format", "json_schema", "json_object", "json mode", "structured", "schema")
_OMITTABLE = ("logprobs", "seed", "temperature", "stream_options", "max_tokens")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What may be asked of a server and model.

    `proven`: an object came in this form. `without` are the parameters that are refused. `plain`:
    whole answers came without thoughts amid the words, so that they may be heard as they are
    spoken; `None` if none has come yet.
    """

    form: Form = Form.STRICT
    proven: bool = False
    without: frozenset[str] = frozenset()
    plain: bool | None = None

    def after_refusal(self, said: str, used: Collection[str]) -> Abilities | None:
        """What may still be tried after a server refused a request and said why.

        `used` are the names of the request's parameters. A refusal without a reason is put down to
        the form, unless that has worked before. `None` if it was about something else.
        """
        said = said.lower()
        for name in _OMITTABLE:
            if name in used and name in said:
                return replace(self, without=self.without | {name})
        if "response_format" not in used:
            return None
        if self.proven and not any(word in said for word in _OF_FORM):
            return None
        return replace(self, form=_LESSER[self.form], proven=False)

    def after_other_form(self) -> Abilities | None:
        """What may be tried when a server took the form but gave something else."""
        if self.proven or self.form is Form.PROMPT:
            return None
        by_schema = self.form in (Form.STRICT, Form.SCHEMA)
        return replace(self, form=Form.JSON if by_schema else Form.PROMPT)


class Memory:
    """Remembers abilities in a file of a cache folder; without a folder, not at all.

    Of the server's address no password or key is kept.
    """

    def __init__(self, cache: Path | None, server: str, model: str) -> None:
        server = bare(server)
        key = hashlib.sha256(f"{server}\n{model}".encode()).hexdigest()[:32]
        self._place = cache / f"{key}.json" if cache is not None else None
        self._about = {"server": server, "model": model}

    def recall(self) -> Abilities:
        """What is remembered; all abilities are supposed at first."""
        if self._place is None:
            return Abilities()
        try:
            kept = json.loads(self._place.read_bytes())
            return Abilities(
                form=Form(kept["form"]),
                proven=bool(kept["proven"]),
                without=frozenset(kept["without"]),
                plain=kept["plain"] if isinstance(kept["plain"], bool) else None,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Abilities()

    def remember(self, abilities: Abilities) -> None:
        """Keep what was found out."""
        if self._place is not None:
            found = {
                "form": abilities.form,
                "proven": abilities.proven,
                "without": sorted(abilities.without),
                "plain": abilities.plain,
            }
            keep(self._place, json.dumps(self._about | found, ensure_ascii=False).encode())
