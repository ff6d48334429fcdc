"""Trying and comparing versions of the content; nothing of it is stored."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from commcoach.bootstrap.background import in_background
from commcoach.bootstrap.content import RUBRICS, SCENARIOS, content_root, load_library
from commcoach.bootstrap.keeping import library_of, open_house, release_folder
from commcoach.bootstrap.models import Models
from commcoach.bootstrap.practising import embedded_scorer
from commcoach.bootstrap.standing import standing_of_trial
from commcoach.coaching.batches import Batch
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.scorer import Scorer, ScoringTask
from commcoach.coaching.transcripts import named_by
from commcoach.coaching.trying import (
    Deciding,
    Explainer,
    Explanation,
    Known,
    Opening,
    Sign,
    Trial,
    try_replies,
)
from commcoach.domain.agreement import nearest_level
from commcoach.domain.cases import last_words
from commcoach.domain.cues import find_cues
from commcoach.domain.library import Library
from commcoach.domain.likeness import closest
from commcoach.domain.rubric import Criterion
from commcoach.domain.scenario import Scenario
from commcoach.domain.wording import Folded, fold, language_of
from commcoach.settings import Settings

SHIPPED, CURRENT, PUBLISHED = "shipped", "current", "published"
"""The content that came with the program, that of the content folder, that published last."""
_AUTHORED = frozenset({".yaml", ".yml", ".jsonl", ".j2"})
"""What files of content end with; editors keep others beside them."""
ONE_CALL = Batch(Path(), Path(), ())
"""Each reply is shown to a model once."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the content: how it was named, and the folder it is read from."""

    name: str
    library: Library
    root: Path


async def open_version(settings: Settings, name: str) -> Version:
    """The content in a folder, of a release in the database, or one of the names above.

    Raises `UnknownRelease` if it is none of them, and what loading content raises.
    """
    folders = {SHIPPED: content_root(None), CURRENT: content_root(settings.content)}
    folder = folders.get(name, Path(name))
    if name in folders or folder.is_dir():
        own = settings.model_copy(update={"content": folder})
        return Version(name, await in_background(partial(load_library, own, (RUBRICS,))), folder)
    async with open_house(settings) as house:
        newest = await house.publications.newest() if name == PUBLISHED else None
        known = [release.id for release in await house.releases.all()]
        meant = named_by(name, known) if newest is None else (newest.release,)
        if len(meant) != 1:
            raise UnknownRelease(name)
        library = await library_of(settings, house, meant[0])
    return Version(meant[0], library, release_folder(settings, meant[0]))


def content_stamp(root: Path) -> tuple[tuple[str, int, int], ...]:
    """How the files of a content folder are now: name, time of the last save, size."""
    found = []
    for folder in (RUBRICS, SCENARIOS, "prompts"):
        for path in (root / folder).rglob("*"):
            try:
                about = path.stat()
            except OSError:  # replaced at this very moment: it is there at the next look
                continue
            if path.suffix in _AUTHORED:
                found.append((str(path), about.st_mtime_ns, about.st_size))
    return tuple(sorted(found))


async def known_releases(settings: Settings) -> list[str]:
    """The ids of all releases in the database, oldest first."""
    async with open_house(settings) as house:
        return [release.id for release in await house.releases.all()]


def read_replies(
    path: Path, criteria: Sequence[str], library: Library
) -> tuple[tuple[ScoringTask, ...], tuple[tuple[int, str], ...]]:
    """The rows of a JSONL file as `commcoach score` takes them, without personal data.

    An id may be left out. Second: the rows that cannot be read, by line, with what is wrong.
    """
    from commcoach.batch.rows import BadRow, read_row
    from commcoach.masking import mask

    tasks, wrong = [], []
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                text = _with_id(raw.decode("utf-8-sig"), number)
            except UnicodeDecodeError:
                wrong.append((number, "not UTF-8: save the file as UTF-8"))
                continue
            row = read_row(text, number, tuple(criteria), library, mask)
            if isinstance(row, BadRow):
                wrong.append((number, row.error))
            else:
                tasks.append(row.task)
    return tuple(tasks), tuple(wrong)


def _with_id(text: str, number: int) -> str:
    """A row to try needs no name: it gets the number of its line."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps({"id": number, **data}) if isinstance(data, dict) else text


async def try_version(
    settings: Settings, version: Version, tasks: Sequence[ScoringTask], with_model: bool
) -> Trial:
    """What the replies get under a version; criteria that it does not have are left out.

    Raises `ModelMisconfigured` if a model is wanted and none is set.
    """
    known = version.library.criteria
    own = tuple(
        replace(
            task,
            criteria=tuple(id for id in task.criteria if id in known),
            scenario=_same_scenario(task, version.library),
        )
        for task in tasks
    )
    criteria = tuple(dict.fromkeys(id for task in own for id in task.criteria))
    async with open_scorer(settings, version, criteria, with_model) as (scorer, explainer):
        done = await try_replies(scorer, explainer, version.library, version.name, own)
    return replace(done, standing=await standing_of_trial(settings, done.library, done.engine))


@asynccontextmanager
async def open_scorer(
    settings: Settings, version: Version, criteria: Sequence[str], with_model: bool
) -> AsyncIterator[tuple[Scorer, Explainer | None]]:
    """A scorer on one version that is ready, and what explains it, if anything can."""
    embedded = embedded_scorer(settings, version.library, criteria)
    await in_background(embedded.prepare)
    if not with_model:
        yield embedded, CueExplainer(version.library)
        return
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings))
        models = Models(reading(settings, version), house.calls)
        stack.push_async_callback(models.aclose)
        yield models.careful_scorer(embedded, version.library, samples=1), None


def reading(settings: Settings, version: Version) -> Settings:
    """The settings with the prompts of a version."""
    return settings.model_copy(update={"content": version.root})


def _same_scenario(task: ScoringTask, library: Library) -> Scenario | None:
    return library.scenarios.get(task.scenario.id) if task.scenario is not None else None


class CueExplainer:
    """Explains the embedded engine by its cues, its signals and what it learned from."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def explain(self, task: ScoringTask) -> dict[str, Explanation]:
        """What was seen for each criterion of the task."""
        from commcoach.embedded.doorkeeper import OFF_TASK
        from commcoach.embedded.own_words import own_words

        criteria = [self._library.criteria[id] for id in task.criteria]
        gate = self._library.gates.get(OFF_TASK)
        own = own_words(fold(task.reply), criteria, gate, last_words(task.context))
        return {criterion.id: self._of(criterion, task, own) for criterion in criteria}

    def _of(self, criterion: Criterion, task: ScoringTask, reply: Folded) -> Explanation:
        from commcoach.embedded.features import look_at, shows_behaviour, signal_hits
        from commcoach.embedded.training import lessons

        looked = look_at(reply, fold(""), task.language)
        hits = signal_hits(criterion, looked)
        signs = tuple(
            Sign(
                signal.title,
                signal.toward,
                tuple(
                    dict.fromkeys(
                        reply.quote(reply.span(hit.span.start, hit.span.end))
                        for hit in hits[signal.id]
                    )
                ),
            )
            for signal in criterion.signals
        )
        counts = dict.fromkeys(criterion.numbers, 0)
        learned = lessons(criterion, self._library)
        for lesson in learned:
            level = nearest_level(lesson.level)
            counts[level] = counts.get(level, 0) + 1
        opening = opening_of(criterion, task, shows_behaviour(criterion, hits))
        found = closest(task.reply, [lesson.reply for lesson in learned])
        known = None
        if found is not None:
            index, like = found
            one = learned[index]
            known = Known(one.reply, one.level, one.origin.startswith("case:"), like == 1)
        return Explanation(opening, signs, counts, criterion.embedded_max, known)


def opening_of(criterion: Criterion, task: ScoringTask, shown: bool) -> Opening:
    """What decides whether a criterion applies, by the order that the embedded engine keeps."""
    words = last_words(task.context)
    folded = fold(words)
    if not criterion.applies_when:
        return Opening(Deciding.ALWAYS)
    if not folded.text.strip():
        return Opening(Deciding.NO_CONTEXT)
    language = language_of(words)
    for by, conditions in (
        (Deciding.OPENED, criterion.applies_when),
        (Deciding.CLOSED, criterion.not_applicable_when),
    ):
        for condition in conditions:
            hit = next(find_cues(condition.cues, folded, language), None)
            if hit is not None:
                span = folded.span(hit.span.start, hit.span.end)
                return Opening(by, condition.when, folded.quote(span))
    if shown:
        return Opening(Deciding.SHOWN)
    unseen = [one for one in criterion.applies_when if not one.cues.wordings(language)]
    if len(task.context) < 2 and unseen:
        return Opening(Deciding.FIRST_REPLY, unseen[0].when)
    return Opening(Deciding.NOTHING)
