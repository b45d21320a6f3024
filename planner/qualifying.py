"""Who is key by the company's definition of the day, and what customers score by its criteria.

A rating counts while it has not expired, and, where it needs a second person, once one confirmed it. The
newest one counts. Criteria with a key in MEASURED are reckoned from the figures and contacts when nobody
rated them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from planner.records import (
    CriterionAxis,
    DefinitionState,
    Direction,
    KeyAccountDefinition,
    QualificationCriterion,
    QualificationScore,
    StrategicFactor,
)
from planner.units import COMPANY, Unit
from planner.worth import Axis, Criterion, Figure, Rating, Score, Thresholds, score, strategic_weight

MEASURED: Final = frozenset(
    {
        *("sales_value", "contribution_profit", "margin", "share", "growth", "potential"),
        *("dso", "overdue", "stability", "coverage", "relationship_stage", "threat"),
        *("contacts_met", "relationship_strength", "competitor_strength", "image"),
    }
)
"""Criteria that the planner can measure itself, by key."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer scores: all criteria, each axis, and those that weigh as strategy."""

    priority: Score
    attractiveness: Score
    strength: Score
    strategic: Score
    weight: Figure


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings that count on a day, by account and criterion, with leadership's factors by account."""

    known: Mapping[str, Mapping[str, QualificationScore]]
    factors: Mapping[str, StrategicFactor]

    def of(self, account_id: str) -> dict[str, Rating]:
        """The account's ratings as numbers."""
        held = self.known.get(account_id, {})
        return {key: Rating(row.value_current_milli, row.value_forecast_milli) for key, row in held.items()}

    def oldest(self, account_id: str) -> date | None:
        """The day of the oldest rating that counts."""
        return min((row.rated_on for row in self.known.get(account_id, {}).values()), default=None)


def active_definition(session: Session, day: date, unit: Unit = COMPANY) -> KeyAccountDefinition | None:
    """The company's definition that holds on a day, or a unit's, with its criteria and named accounts."""
    return session.scalars(
        select(KeyAccountDefinition)
        .where(
            KeyAccountDefinition.scope == unit.scope,
            KeyAccountDefinition.scope_id == unit.id,
            KeyAccountDefinition.state.in_((DefinitionState.ACTIVE, DefinitionState.RETIRED)),
            KeyAccountDefinition.valid_from <= day,
            or_(KeyAccountDefinition.valid_to.is_(None), KeyAccountDefinition.valid_to >= day),
        )
        .order_by(KeyAccountDefinition.valid_from.desc(), KeyAccountDefinition.id)
        .options(selectinload(KeyAccountDefinition.criteria), selectinload(KeyAccountDefinition.manual))
        .limit(1)
    ).first()


def thresholds(definition: KeyAccountDefinition) -> Thresholds:
    """From which shares on a customer belongs to a class."""
    return Thresholds(
        definition.key_share,
        definition.critical_share,
        definition.mono_warning,
        definition.mono_severe,
        definition.absolute_threshold_minor,
    )


def criteria_of(rows: Sequence[QualificationCriterion]) -> tuple[Criterion, ...]:
    """The criteria as the arithmetic wants them."""
    return tuple(
        Criterion(
            row.key,
            row.swing_points,
            row.anchor_low_milli,
            row.anchor_high_milli,
            row.direction is Direction.UP,
            row.forecast_blend,
            Axis.BUSINESS if row.axis is CriterionAxis.BUSINESS else Axis.RELATIONSHIP,
            row.enters_strategic_weight,
        )
        for row in rows
    )


def read_ratings(
    session: Session,
    day: date,
    account_ids: Sequence[str] | None = None,
    *,
    tried: StrategicFactor | None = None,
) -> Ratings:
    """What counts on a day; of those accounts only when they are named.

    A factor that is tried counts if it does not otherwise, and does not if it does.
    """
    scores = (
        select(QualificationScore)
        .where(
            QualificationScore.rated_on <= day,
            QualificationScore.expires_on >= day,
            or_(QualificationScore.needs_second.is_(False), QualificationScore.confirmed_by_id.is_not(None)),
        )
        .order_by(QualificationScore.rated_on, QualificationScore.created_at, QualificationScore.id)
    )
    factors = (
        select(StrategicFactor)
        .where(
            StrategicFactor.valid_from <= day,
            StrategicFactor.expires_on >= day,
            StrategicFactor.approved_by_id.is_not(None),
            StrategicFactor.ended_on.is_(None),
        )
        .order_by(StrategicFactor.valid_from, StrategicFactor.created_at, StrategicFactor.id)
    )
    if account_ids is not None:
        scores = scores.where(QualificationScore.account_id.in_(account_ids))
        factors = factors.where(StrategicFactor.account_id.in_(account_ids))
    known: dict[str, dict[str, QualificationScore]] = {}
    for row in session.scalars(scores):
        known.setdefault(row.account_id, {})[row.criterion_key] = row
    rows = list(session.scalars(factors))
    if tried is not None:
        rows = [row for row in rows if row.id != tried.id] if tried in rows else [*rows, tried]
    return Ratings(known, {row.account_id: row for row in rows})


def standing(
    criteria: Sequence[Criterion], kappa: int, ratings: Mapping[str, Rating], factor: int | None = None
) -> Standing:
    """All scores of one customer, and the strategic weight that follows."""
    strategic = score("strategic_score", criteria, ratings, lambda c: c.strategic)
    return Standing(
        score("priority", criteria, ratings),
        score("attractiveness", criteria, ratings, lambda c: c.axis is Axis.BUSINESS),
        score("strength", criteria, ratings, lambda c: c.axis is Axis.RELATIONSHIP),
        strategic,
        strategic_weight(strategic, kappa, factor),
    )
