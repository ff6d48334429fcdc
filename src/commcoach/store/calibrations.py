"""Calibration links in the database, with the figures that were found with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from commcoach.coaching.calibrating import Calibration
from commcoach.coaching.releasing import UnknownRelease
from commcoach.coaching.scorer import EngineName
from commcoach.domain.chance import Estimate, NotEstimable, Reason, Result
from commcoach.domain.linking import (
    Figures,
    IsotonicLink,
    LinearLink,
    Link,
    LinkChoice,
    LinkKind,
)
from commcoach.store.database import Database
from commcoach.store.tables.records import CalibrationRow
from commcoach.store.troubles import belonging, decoded


@dataclass(frozen=True, slots=True)
class SqlCalibrations:
    """Keeps the links of releases; every write is one transaction."""

    database: Database

    async def of(self, release: str, engine: EngineName) -> dict[str, Calibration]:
        """The links for exactly this engine on this release, by criterion."""
        with decoded(self.database.place):
            return await self.database.read(_links, release, engine)

    async def replace(
        self,
        release: str,
        engine: EngineName,
        criteria: Sequence[str],
        fitted: Sequence[Calibration],
    ) -> None:
        """Keep what was fitted for these criteria; those without a link now have none any more."""
        with belonging(UnknownRelease(release)):
            await self.database.write(_replace, release, engine, criteria, fitted)


def _of(release: str, engine: EngineName) -> ColumnElement[bool]:
    return and_(
        CalibrationRow.release == release,
        CalibrationRow.engine == engine.name,
        CalibrationRow.version == engine.version,
        CalibrationRow.model == (engine.model or ""),
    )


def _links(db: Connection, release: str, engine: EngineName) -> dict[str, Calibration]:
    wanted = select(CalibrationRow).where(_of(release, engine)).order_by(CalibrationRow.criterion)
    rows: Any = db.execute(wanted)
    return {
        row.criterion: Calibration(
            release, engine, row.criterion, choice_from_json(row.choice), row.fitted_at
        )
        for row in rows
    }


def _replace(
    db: Connection,
    release: str,
    engine: EngineName,
    criteria: Sequence[str],
    fitted: Sequence[Calibration],
) -> None:
    old = CalibrationRow.criterion.in_(criteria)
    db.execute(delete(CalibrationRow).where(_of(release, engine), old))
    rows = [
        {
            "release": release,
            "engine": engine.name,
            "version": engine.version,
            "model": engine.model or "",
            "criterion": one.criterion,
            "fitted_at": one.at,
            "choice": choice_to_json(one.choice),
        }
        for one in fitted
    ]
    if rows:
        db.execute(insert(CalibrationRow), rows)


def choice_to_json(choice: LinkChoice) -> dict[str, Any]:
    """A link with its figures as JSON."""
    return {
        "kind": choice.kind.value,
        "link": asdict(choice.link),
        "n": choice.n,
        "before": _figures_to_json(choice.before),
        "after": _figures_to_json(choice.after),
        "gain": asdict(choice.gain),
        "graders_differ_more": choice.graders_differ_more,
    }


def choice_from_json(data: dict[str, Any]) -> LinkChoice:
    """A link with its figures from their JSON."""
    return LinkChoice(
        kind=LinkKind(data["kind"]),
        link=_link_from(data["link"]),
        n=data["n"],
        before=_figures_from(data["before"]),
        after=_figures_from(data["after"]),
        gain=_result_from(data["gain"]),
        graders_differ_more=data["graders_differ_more"],
    )


def _link_from(data: dict[str, Any]) -> Link:
    if "points" in data:
        return IsotonicLink(tuple((raw, graded) for raw, graded in data["points"]))
    return LinearLink(data["slope"], data["intercept"], data["lowest"], data["highest"])


def _figures_to_json(figures: Figures) -> dict[str, Any]:
    return {
        "quadratic": asdict(figures.quadratic),
        "absolute_error": asdict(figures.absolute_error),
        "bias": asdict(figures.bias),
    }


def _figures_from(data: dict[str, Any]) -> Figures:
    return Figures(
        _result_from(data["quadratic"]),
        _result_from(data["absolute_error"]),
        _result_from(data["bias"]),
    )


def _result_from(data: dict[str, Any]) -> Result:
    if "reason" in data:
        return NotEstimable(Reason(data["reason"]), data["n"], data["needed"])
    return Estimate(data["value"], data["low"], data["high"], data["n"])
