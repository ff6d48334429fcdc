"""From checked shapes to domain objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from commcoach.content.shapes import attack, base, case, rubric, scenario
from commcoach.domain.attacks import Attack, AttackKind, Manipulated
from commcoach.domain.cases import Grade, GradedCase, Said
from commcoach.domain.language import Cues, Language, Localized, SalientPoint
from commcoach.domain.rubric import (
    Boundary,
    Condition,
    Criterion,
    Direction,
    Example,
    Floor,
    Gate,
    GateReply,
    Level,
    Repair,
    Rubric,
    SelfTest,
    SessionEffect,
    Signal,
    Stimulus,
)
from commcoach.domain.scenario import (
    AllOf,
    AnyOf,
    AuthorityCard,
    Checklist,
    FactTold,
    HiddenFact,
    Judge,
    Limit,
    Mood,
    Move,
    MoveKey,
    OutcomeItem,
    Persona,
    Scenario,
    Script,
    ScriptedLine,
    TensionAtEnd,
    TensionKey,
    Topic,
    UnlockKey,
)


def text(shape: base.Text | None) -> Localized:
    """A bilingual text; an empty one for nothing."""
    return Localized(shape.zh, shape.en) if shape is not None else Localized()


def cues(shape: base.Cues | None) -> Cues:
    """A cue set; an empty one for nothing."""
    if shape is None:
        return Cues()
    veto = shape.unless or base.Vetoes()
    return Cues(tuple(shape.zh), tuple(shape.en), tuple(veto.zh), tuple(veto.en))


def _points(shapes: Iterable[base.SalientPointShape]) -> tuple[SalientPoint, ...]:
    return tuple(
        SalientPoint(one.id, text(one.title), cues(one.cues), one.must, one.after) for one in shapes
    )


def criterion(shape: rubric.CriterionShape, module: str) -> Criterion:
    """A criterion of a module, with the defaults that depend on its number of levels."""
    ordered = sorted(shape.levels, key=lambda one: one.level)
    numbers = [one.level for one in ordered]
    default_max = numbers[-2] if len(numbers) > 3 else numbers[-1]
    default_absence = numbers[1] if len(numbers) > 3 else numbers[0]
    return Criterion(
        id=shape.id,
        module=module,
        version=shape.version,
        tier=shape.tier,
        languages=tuple(Language(code) for code in shape.languages),
        title=text(shape.title),
        summary=text(shape.summary),
        why_it_matters=text(shape.why_it_matters),
        evidence_rule=text(shape.evidence_rule),
        levels=tuple(_level(one) for one in ordered),
        absence_up_to=default_absence if shape.absence_up_to is None else shape.absence_up_to,
        embedded_max=default_max if shape.embedded_max is None else shape.embedded_max,
        applies_when=tuple(Condition(text(one.when), cues(one.cues)) for one in shape.applies_when),
        not_applicable_when=tuple(
            Condition(text(one.when), cues(one.cues)) for one in shape.not_applicable_when
        ),
        stimuli=tuple(
            Stimulus(one.id, text(one.text), one.scenario, _points(one.salient_points))
            for one in shape.stimuli
        ),
        look_alikes=tuple(
            Example(Localized(one.zh, one.en), one.level, one.stimulus, text(one.because))
            for one in shape.look_alikes
        ),
        boundaries=tuple(
            Boundary(one.between[0], one.between[1], text(one.question)) for one in shape.boundaries
        ),
        signals=tuple(
            Signal(one.id, text(one.title), Direction(one.toward), cues(one.cues))
            for one in shape.signals
        ),
        keep=text(shape.feedback.keep if shape.feedback else None),
        change=text(shape.feedback.change if shape.feedback else None),
        if_then=text(shape.if_then),
        practice_prompt=text(shape.practice_prompt),
        related=tuple(shape.related),
        do_not_score_with=tuple(shape.do_not_score_with),
        sources=tuple(shape.sources),
        tests=tuple(
            SelfTest(Language(one.lang), one.context, one.reply, one.expect) for one in shape.tests
        ),
        floor=(
            Floor(shape.floor.kappa, shape.floor.min_cases, shape.floor.graders)
            if shape.floor is not None
            else None
        ),
    )


def _level(shape: rubric.LevelShape) -> Level:
    return Level(
        number=shape.level,
        label=text(shape.label),
        anchor=text(shape.anchor),
        why=text(shape.why),
        change=text(shape.change),
        examples=tuple(
            Example(Localized(one.zh, one.en), shape.level, one.stimulus) for one in shape.examples
        ),
    )


def rubric_of(shape: rubric.RubricShape, criteria: Sequence[Criterion]) -> Rubric:
    """A module's rubric with its criteria."""
    return Rubric(shape.id, text(shape.title), text(shape.purpose), tuple(criteria))


def gate(shape: rubric.GateShape) -> Gate:
    """A gate."""
    repair = shape.repair
    return Gate(
        id=shape.id,
        title=text(shape.title),
        rule=text(shape.rule),
        order=shape.order,
        cap=shape.cap,
        session=SessionEffect(shape.session),
        cues=cues(shape.cues),
        said=text(shape.feedback.said),
        why=text(shape.feedback.why),
        instead=text(shape.feedback.instead),
        needs_authority=shape.needs_authority,
        repair=Repair(repair.within_turns, repair.lifts_to, cues(repair.cues)) if repair else None,
        context_cues=cues(shape.context_cues),
        relief_cues=cues(shape.relief_cues),
        near_misses=tuple(_gate_reply(one) for one in shape.near_misses),
        dirty=tuple(_gate_reply(one) for one in shape.dirty),
    )


def _gate_reply(shape: rubric.GateReplyShape) -> GateReply:
    return GateReply(Localized(shape.zh, shape.en), text(shape.context), text(shape.authority))


def move(shape: scenario.MoveShape) -> Move:
    """A generic move, or a scenario's own."""
    least = shape.covers_at_least or 0
    return Move(shape.id, text(shape.title), shape.delta, cues(shape.cues), least)


def unlock_key(shape: scenario.KeyShape) -> UnlockKey:
    """An unlock key."""
    if shape.any_of is not None:
        return AnyOf(tuple(unlock_key(part) for part in shape.any_of))
    if shape.all_of is not None:
        return AllOf(tuple(unlock_key(part) for part in shape.all_of))
    if shape.tension_at_most is not None:
        return TensionKey(shape.tension_at_most)
    return MoveKey(shape.move or "", shape.topic)


def lines(shapes: Iterable[scenario.LineShape]) -> tuple[ScriptedLine, ...]:
    """Scripted lines."""
    return tuple(
        ScriptedLine(Localized(one.zh, one.en), frozenset(one.after), frozenset(one.unless))
        for one in shapes
    )


def _judge(shape: scenario.JudgeShape) -> Judge:
    if shape.fact is not None:
        return FactTold(shape.fact)
    if shape.tension_at_most is not None:
        return TensionAtEnd(shape.tension_at_most)
    return Checklist(tuple(cues(need) for need in shape.checklist or []))


def scenario_of(shape: scenario.ScenarioShape, generic: Sequence[Move]) -> Scenario:
    """A scenario with the generic moves and its own."""
    own = tuple(move(one) for one in shape.moves)
    said = shape.lines
    return Scenario(
        id=shape.id,
        number=shape.number,
        version=shape.version,
        languages=tuple(Language(code) for code in shape.languages),
        title=text(shape.title),
        module=shape.module,
        also=tuple(shape.also),
        side=shape.side,
        relation=text(shape.relation),
        difficulty=shape.difficulty,
        turns=shape.turns,
        role=text(shape.role),
        goal=text(shape.goal),
        authority=AuthorityCard(
            tuple(text(one) for one in shape.authority.may),
            tuple(Limit(text(one), cues(one.promises)) for one in shape.authority.may_not),
        ),
        fact_card=tuple(text(one) for one in shape.fact_card),
        persona=Persona(
            text(shape.persona.name),
            text(shape.persona.description),
            shape.persona.start_tension,
        ),
        topics=tuple(Topic(one.id, text(one.title), cues(one.cues)) for one in shape.topics),
        hidden_facts=tuple(
            HiddenFact(
                one.id,
                text(one.title),
                unlock_key(one.unlock),
                cues(one.tells),
                text(one.ask),
                lines(one.disclosures),
            )
            for one in shape.hidden_facts
        ),
        moves=(*own, *generic),
        salient_points=_points(shape.salient_points),
        opening=text(shape.opening),
        script=Script(
            moods={
                Mood.CALM: lines(said.states.calm),
                Mood.GUARDED: lines(said.states.guarded),
                Mood.UPSET: lines(said.states.upset),
            },
            reactions={move: lines(answers) for move, answers in said.reactions.items()},
            neutral=lines(said.neutral),
            break_off=lines(said.break_off),
            repair_accepted=lines(said.repair.accepted),
            repair_refused=lines(said.repair.refused),
            closing_agreed=lines(said.closing.agreed),
            closing_open=lines(said.closing.open),
            closing_broken=lines(said.closing.broken),
        ),
        focus=dict(shape.criteria.focus),
        support=dict(shape.criteria.support),
        outcome=tuple(
            OutcomeItem(one.id, text(one.title), one.points, _judge(one.judge))
            for one in shape.outcome
        ),
        bait=tuple(shape.bait),
        strong_first_line=text(shape.strong_first_line),
    )


def graded_case(shape: case.CaseShape) -> GradedCase:
    """A graded case; a bare `levels` becomes one grade."""
    grades = [
        Grade(one.by, one.kind, dict(one.levels), dict(one.blind), dict(one.drawing))
        for one in shape.grades
    ]
    if shape.levels is not None:
        grades.append(Grade("levels", "import", dict(shape.levels)))
    return GradedCase(
        id=shape.id,
        context=_said(shape.context),
        reply=shape.reply,
        grades=tuple(grades),
        language=Language(shape.lang) if shape.lang else None,
        scenario=shape.scenario,
        source=shape.source,
    )


def attack_of(shape: attack.AttackShape) -> Attack:
    """An attack with its clean twin; what the attack leaves out is as in the twin."""
    context, attacked = _said(shape.context), shape.attacked
    return Attack(
        id=shape.id,
        language=Language(shape.lang),
        kind=AttackKind(shape.kind),
        context=context,
        reply=shape.reply,
        levels=dict(shape.levels),
        attacked=Manipulated(
            context if attacked.context is None else _said(attacked.context),
            shape.reply if attacked.reply is None else attacked.reply,
        ),
        scenario=shape.scenario,
    )


def _said(context: str | Sequence[case.SaidShape]) -> tuple[Said, ...]:
    said = (
        [Said("", context)]
        if isinstance(context, str)
        else [Said(one.speaker, one.text) for one in context]
    )
    return tuple(one for one in said if one.text.strip())
