"""The prompts of a content folder: which are in force, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from commcoach.coaching.language_model import Job
from commcoach.content.locating import content_root
from commcoach.content.source import decode
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem

PROMPTS = "prompts"
SUFFIX = ".j2"
BLOCKS = ("stable", "growing", "again")
NAMES = tuple(f"{PROMPTS}/{job}.{language}{SUFFIX}" for job in Job for language in Language)
"""Every prompt there is: the job of the model and the language, as a path in a content folder."""

# Only parsed here, never rendered: what escapes matters where it is filled in.
_PARSER = Environment(autoescape=True)


def own_prompts(root: Path) -> Iterator[Path]:
    """The prompts that a content folder has itself."""
    for name in NAMES:
        if (root / name).is_file():
            yield root / name


def prompts_in_force(root: Path) -> Mapping[str, Path]:
    """Every prompt by its path in a content folder: its own, else the shipped one."""
    shipped = content_root()
    found = {}
    for name in NAMES:
        place = next((one / name for one in (root, shipped) if (one / name).is_file()), None)
        if place is not None:
            found[name] = place
    return found


def prompt_problems(name: str, raw: bytes) -> Iterator[Problem]:
    """What is wrong with a prompt: a template that cannot be read, a block or a value amiss."""
    text, problems = decode(name, raw)
    yield from problems
    if text is None:
        return
    try:
        parsed = _PARSER.parse(text)
    except TemplateSyntaxError as error:
        yield Problem(name, error.lineno, 1, "bad_template", {"said": error.message or ""})
        return
    blocks = {block.name for block in parsed.find_all(nodes.Block)}
    for block in BLOCKS:
        if block not in blocks:
            yield Problem(name, 1, 1, "missing_block", {"block": block})
    known = _names_known(name)
    allowed = ", ".join(sorted(known))
    for used, line in dict(_names_used(parsed)).items():
        if used not in known:
            yield Problem(name, line, 1, "unknown_value", {"name": used, "known": allowed})


@cache
def _names_known(name: str) -> frozenset[str]:
    """The names of values that the shipped prompt of the same job uses, in either language."""
    job = Path(name).name.split(".")[0]
    shipped = [content_root() / PROMPTS / f"{job}.{language}{SUFFIX}" for language in Language]
    texts = [path.read_text(encoding="utf-8") for path in shipped if path.is_file()]
    return frozenset(used for text in texts for used, _ in _names_used(_PARSER.parse(text)))


def _names_used(parsed: nodes.Template) -> Iterator[tuple[str, int]]:
    """Every name of a value or of a part of one, with its line; what the prompt sets itself not."""
    names = list(parsed.find_all(nodes.Name))
    own = {"loop", *(node.name for node in names if node.ctx == "store")}
    yield from ((node.name, node.lineno) for node in names if node.name not in own)
    yield from ((node.attr, node.lineno) for node in parsed.find_all(nodes.Getattr))
