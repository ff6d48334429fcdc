"""Write facts.json from an api.json of telegram-bot-api-spec: `make_facts.py SPEC.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def fields_of(entry: dict[str, Any]) -> dict[str, str]:
    """Each parameter or field with its types, `required` in front where it must be there."""
    return {
        field["name"]: ("required " if field["required"] else "") + " | ".join(field["types"])
        for field in entry.get("fields", ())
    }


def facts_of(spec: dict[str, Any]) -> str:
    """The text of facts.json for a specification."""
    types = spec["types"].items()
    facts = {
        "version": spec["version"],
        "methods": {name: fields_of(entry) for name, entry in spec["methods"].items()},
        "types": {name: fields_of(entry) for name, entry in types if "subtypes" not in entry},
        "unions": {name: entry["subtypes"] for name, entry in types if "subtypes" in entry},
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(__file__).with_name("facts.json").write_text(facts_of(read), encoding="utf-8")
