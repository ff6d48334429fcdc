"""What the shapes cannot see in `scenarios/`: references, keys, betrayed facts, line counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from commcoach.content.assembly import cues as assembled_cues
from commcoach.content.checks import (
    Checked,
    doubled_id_problems,
    id_problems,
    language_problems,
)
from commcoach.content.shapes.base import Cues, Text
from commcoach.content.shapes.scenario import (
    HiddenFactShape,
    KeyShape,
    LineShape,
    MoveShape,
    ScenarioShape,
)
from commcoach.content.source import Path
from commcoach.content.walking import find
from commcoach.domain.cue_grammar import CueSyntaxError
from commcoach.domain.cues import find_cues
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.domain.wording import fold

ScenarioFile = Checked[ScenarioShape]

WEIGHTS_TOGETHER = 10
MOST_CRITERIA = 7
FEWEST_MOOD_LINES = 4
FEWEST_VARIANTS = 2


def scenario_problems(
    file: ScenarioFile,
    generic: Sequence[MoveShape] | None,
    criteria: Collection[str] | None,
    gates: Collection[str] | None,
    modules: Collection[str] | None,
) -> Iterator[Problem]:
    """All that is wrong inside one scenario; `None` for what is not there to be checked against."""
    shape, source = file.shape, file.source
    yield from id_problems(file, shape.id)
    yield from doubled_id_problems(file)
    yield from language_problems(file, shape.languages)
    yield from _missing_line_languages(file)
    yield from _weight_problems(file, criteria)
    if modules is not None and shape.module not in modules:
        yield source.problem("unknown_module", ("module",), id=shape.module)
    if gates is not None:
        for index, id in enumerate(shape.bait):
            if id not in gates:
                yield source.problem("unknown_gate", ("bait", index), id=id)
    yield from _reference_problems(file)
    if generic is not None:
        yield from _move_problems(file, generic)
        yield from _key_problems(file, generic)
    yield from _tell_problems(file)
    yield from _line_problems(file)


def across_scenarios(files: Sequence[ScenarioFile]) -> Iterator[Problem]:
    """Numbers used twice."""
    first: dict[str, str] = {}
    for file in files:
        number = file.shape.number
        if number in first:
            yield file.source.problem("doubled_id", ("number",), id=number, other=first[number])
        first.setdefault(number, file.source.name)


def _missing_line_languages(file: ScenarioFile) -> Iterator[Problem]:
    for path, line in find(file.shape, LineShape):
        for language in file.shape.languages:
            if getattr(line, language) is None:
                where = ".".join(str(part) for part in path)
                yield file.source.problem("missing_language", path, where=where, language=language)


def _weight_problems(file: ScenarioFile, criteria: Collection[str] | None) -> Iterator[Problem]:
    weights = file.shape.criteria
    total = sum(weights.focus.values()) + sum(weights.support.values())
    if total != WEIGHTS_TOGETHER:
        yield file.source.problem("weights", ("criteria",), total=total)
    if len(weights.focus) + len(weights.support) > MOST_CRITERIA:
        yield file.source.problem("too_many_criteria", ("criteria",), most=MOST_CRITERIA)
    for part in ("focus", "support"):
        for id in getattr(weights, part):
            if criteria is not None and id not in criteria:
                yield file.source.problem_at_key("unknown_criterion", ("criteria", part, id), id=id)
            if part == "support" and id in weights.focus:
                yield file.source.problem_at_key(
                    "doubled_id", ("criteria", part, id), id=id, other="focus"
                )


def _move_problems(file: ScenarioFile, generic: Sequence[MoveShape]) -> Iterator[Problem]:
    shape, source = file.shape, file.source
    shared = {one.id for one in generic}
    for index, move in enumerate(shape.moves):
        if move.id in shared:
            yield source.problem(
                "doubled_id", ("moves", index, "id"), id=move.id, other="moves.yaml"
            )
    moves = shared | {one.id for one in shape.moves}
    facts = {one.id for one in shape.hidden_facts}
    for path, key in find(shape, KeyShape):
        if key.move is not None and key.move not in moves:
            yield source.problem("unknown_move", (*path, "move"), id=key.move)
    for id in shape.lines.reactions:
        if id not in moves:
            yield source.problem_at_key("unknown_move", ("lines", "reactions", id), id=id)
    for path, line in find(shape, LineShape):
        for part in ("after", "unless"):
            for index, id in enumerate(getattr(line, part)):
                if id not in moves and id not in facts:
                    yield source.problem("unknown_condition", (*path, part, index), id=id)


def _reference_problems(file: ScenarioFile) -> Iterator[Problem]:
    shape, source = file.shape, file.source
    facts = {one.id for one in shape.hidden_facts}
    topics = {one.id for one in shape.topics}
    for path, key in find(shape, KeyShape):
        if key.topic is not None and key.topic not in topics:
            yield source.problem("unknown_topic", (*path, "topic"), id=key.topic)
    for index, point in enumerate(shape.salient_points):
        if point.after is not None and point.after not in facts:
            yield source.problem("unknown_fact", ("salient_points", index, "after"), id=point.after)
    for index, item in enumerate(shape.outcome):
        if item.judge.fact is not None and item.judge.fact not in facts:
            yield source.problem(
                "unknown_fact", ("outcome", index, "judge", "fact"), id=item.judge.fact
            )


def _key_problems(file: ScenarioFile, generic: Sequence[MoveShape]) -> Iterator[Problem]:
    """Hidden facts whose key no reply can meet."""
    shape = file.shape
    moves = {one.id: one for one in [*generic, *shape.moves]}
    reachable = max(0, shape.persona.start_tension - 2 * (shape.turns - 1))
    known_points = sum(point.after is None for point in shape.salient_points)
    topics = {one.id: one for one in shape.topics}

    def sayable(cues: Cues) -> bool:
        return all(getattr(cues, language) for language in shape.languages)

    def meets(key: KeyShape) -> bool:
        if key.any_of is not None:
            return any(meets(part) for part in key.any_of)
        if key.all_of is not None:
            return all(meets(part) for part in key.all_of)
        if key.tension_at_most is not None:
            return key.tension_at_most >= reachable
        move = moves.get(key.move or "")
        if move is None:
            return True
        topic = topics.get(key.topic or "")
        return (
            move.delta <= 0
            and sayable(move.cues)
            and (move.covers_at_least or 0) <= known_points
            and (topic is None or sayable(topic.cues))
        )

    for index, fact in enumerate(shape.hidden_facts):
        if not meets(fact.unlock):
            yield file.source.problem("fact_cannot_open", ("hidden_facts", index), id=fact.id)


def _tell_problems(file: ScenarioFile) -> Iterator[Problem]:
    """Words that betray a hidden fact, in lines and texts that come before it is told.

    The learner's cards are left out: what can be done with a recording may stand there.
    """
    shape = file.shape
    for fact in shape.hidden_facts:
        tells = assembled_cues(fact.tells)
        for path, language, text in _spoken_while_locked(shape, fact):
            folded = fold(text)
            try:
                hit = next(find_cues(tells, folded, language), None)
            except CueSyntaxError:
                return
            if hit is not None:
                word = folded.quote(folded.span(hit.span.start, hit.span.end))
                yield file.source.problem(
                    "betrayed_fact", (*path, language.value), id=fact.id, word=word
                )


def _spoken_while_locked(
    shape: ScenarioShape, fact: HiddenFactShape
) -> Iterator[tuple[Path, Language, str]]:
    own = {id(line) for line in fact.disclosures}
    for path, line in find(shape, LineShape):
        if id(line) not in own and fact.id not in line.after:
            yield from _said(path, line)
    for key in ("title", "role", "goal", "opening"):
        yield from _said((key,), getattr(shape, key))


def _said(path: Path, text: Text | LineShape) -> Iterator[tuple[Path, Language, str]]:
    for language in Language:
        said = getattr(text, language.value)
        if said is not None:
            yield path, language, said


def _line_problems(file: ScenarioFile) -> Iterator[Problem]:
    """Too few lines for a session in which none is said twice, or one line written twice."""
    shape, source = file.shape, file.source
    lines = shape.lines

    def free(pool: Sequence[LineShape]) -> int:
        return sum(not line.after and not line.unless for line in pool)

    wanted: list[tuple[Path, Sequence[LineShape], int]] = [
        (("lines", "states", mood), getattr(lines.states, mood), FEWEST_MOOD_LINES)
        for mood in ("calm", "guarded", "upset")
    ]
    wanted.append((("lines", "neutral"), lines.neutral, shape.turns + 2))
    wanted.append((("lines", "break_off"), lines.break_off, FEWEST_VARIANTS))
    for part, names in (
        ("repair", ("accepted", "refused")),
        ("closing", ("agreed", "open", "broken")),
    ):
        for name in names:
            pool = getattr(getattr(lines, part), name)
            wanted.append((("lines", part, name), pool, FEWEST_VARIANTS))
    for path, pool, fewest in wanted:
        if free(pool) < fewest:
            yield source.problem("too_few_lines", path, fewest=fewest, found=free(pool))

    for language in shape.languages:
        seen: set[str] = set()
        for path, line in find(shape, LineShape):
            said = getattr(line, language)
            if said is not None and said in seen:
                yield source.problem("doubled_line", (*path, language), line=said)
            seen.add(said)
