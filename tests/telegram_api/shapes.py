"""Reads the parameters of a request by the facts, as tolerant as Telegram is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.telegram_api.facts import Field, facts
from tests.telegram_api.refusals import Json, Note, bad

_ARRAY = "Array of "
_INTEGER = re.compile(r"-?\d{1,19}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_EMPTY = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit the facts; Telegram refuses it if it is `fatal`."""

    what: str
    fatal: bool


def read_parameters(method: str, raw: Mapping[str, Any], note: Note) -> Json:
    """The parameters of a known method, decoded.

    `raw` holds strings (query, form, multipart), JSON values (JSON body) and uploads.

    Raises:
        Refused: something required is missing, or has a type Telegram would not take.
    """
    known = facts().methods[method]
    attachments = {name: part for name, part in raw.items() if isinstance(part, Upload)}
    named = {part for part in raw.values() if isinstance(part, str) and "attach://" in part}
    read: Json = {}
    fatal: list[str] = []
    for name, value in raw.items():
        if name in known:
            if value in ("", None):
                continue
            found: list[Finding] = []
            read[name] = _parameter(value, known[name], attachments, found)
            fatal += [one.what for one in found if one.fatal]
            for one in found:
                if not one.fatal:
                    note(one.what)
        elif not any(f"attach://{name}" in part for part in named):
            note(f"there is no parameter {name}")
    missing = [f.name for f in known.values() if f.required and f.name not in read]
    fatal += [_EMPTY.get(name, f'parameter "{name}" is required') for name in missing]
    for what in fatal[1:]:
        note(what)
    if fatal:
        raise bad(fatal[0])
    return read


def _parameter(
    value: Any, field: Field, attachments: Mapping[str, Upload], found: list[Finding]
) -> Any:
    if "InputFile" in field.types:
        if isinstance(value, str) and value.startswith("attach://"):
            value = attachments.get(value.removeprefix("attach://"), "")
        if isinstance(value, Upload):
            return value
    elif isinstance(value, Upload):
        # Some clients name a file part for every field; Telegram reads it as text.
        value = value.content.decode("utf-8", "replace")
    if isinstance(value, (bool, int, float)):
        value = json.dumps(value)
    if isinstance(value, str):
        plain = _plain(value, field.types)
        if plain is not None:
            return plain
        try:
            value = json.loads(value)
        except ValueError:
            found.append(Finding(f"can't parse {field.name}: {value[:80]!r}", fatal=True))
            return value
    return nested(value, field.types, field.name, found)


def _plain(text: str, types: tuple[str, ...]) -> Any:
    """A string as the plain type it stands for; none if it must be JSON or does not fit."""
    if "Integer" in types and _INTEGER.fullmatch(text):
        return int(text)
    if "Float" in types and _NUMBER.fullmatch(text):
        return float(text)
    if "Boolean" in types:
        return _YES_NO.get(text.lower())
    return text if "String" in types else None


def nested(value: Any, types: tuple[str, ...], where: str, found: list[Finding]) -> Any:
    """Check a JSON value against the types of which one must fit; findings are added to `found`."""
    tried: list[tuple[tuple[int, int], Any, list[Finding]]] = []
    for kind in types:
        mine: list[Finding] = []
        read = _one(value, kind, where, mine)
        tried.append(((sum(one.fatal for one in mine), len(mine)), read, mine))
        if not mine:
            break
    _, read, mine = min(tried, key=lambda one: one[0])
    found += mine
    return read


def _one(value: Any, kind: str, where: str, found: list[Finding]) -> Any:
    if kind.startswith(_ARRAY):
        if not isinstance(value, list):
            found.append(Finding(f"can't parse {where}: an array is expected", fatal=True))
            return value
        inner = (kind.removeprefix(_ARRAY),)
        return [nested(one, inner, where, found) for one in value]
    if kind in facts().unions:
        return nested(value, facts().unions[kind], where, found)
    if kind in facts().types and kind != "InputFile":
        return _object(value, kind, where, found)
    if not _fits(value, kind):
        found.append(Finding(f"can't parse {where}: {kind} is expected", fatal=True))
    elif kind == "Integer":
        return int(value)
    return value


def _fits(value: Any, kind: str) -> bool:
    if kind == "Boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        # `True` stands in the facts for fields that are there or not.
        return kind == "True"
    if kind == "Integer":
        return isinstance(value, int) or (
            isinstance(value, str) and _INTEGER.fullmatch(value) is not None
        )
    if kind == "Float":
        return isinstance(value, (int, float)) or (
            isinstance(value, str) and _NUMBER.fullmatch(value) is not None
        )
    return isinstance(value, (str, int, float))


def _object(value: Any, kind: str, where: str, found: list[Finding]) -> Any:
    if not isinstance(value, dict):
        found.append(Finding(f"can't parse {where}: {kind} is expected", fatal=True))
        return value
    fields = facts().types[kind]
    read: Json = {}
    for name, inner in value.items():
        if name not in fields:
            found.append(Finding(f"{where}: {kind} has no field {name}", fatal=False))
        elif inner is not None:
            read[name] = nested(inner, fields[name].types, f"{where}.{name}", found)
    for one in fields.values():
        if one.required and one.name not in read:
            what = f"can't parse {where}: Can't find field \"{one.name}\" of {kind}"
            found.append(Finding(what, fatal=True))
    return read
