"""Short ways to figures, ratings, definitions and closed requests of the small world."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from factories import START, World
from sqlalchemy import select

from planner.records import (
    AccountFinancials,
    Closing,
    ClosingState,
    Contact,
    ContactFunction,
    ContactRole,
    CriterionAxis,
    CriterionKind,
    DefinitionState,
    Direction,
    FiguresKind,
    KeyAccountDefinition,
    QualificationCriterion,
    QualificationScore,
    RequestStatus,
    Result,
    ScoreSource,
)
from planner.services.filing import requests

YEAR = tuple(f"2026-{month:02d}" for month in range(1, 13))
"""The twelve months that count on the day tests live in."""


def figures(world: World, account: str, month: str, gross: int, cost: int = 0, **values: Any) -> None:
    """A month with known hours of zero and balances of zero unless told otherwise; minor units."""
    known: dict[str, Any] = {
        "kam_quarter_hours": 0,
        "specialist_quarter_hours": 0,
        "ar_open": 0,
        "ar_overdue": 0,
        "inventory_dedicated": 0,
        "ap_related": 0,
        "kind": FiguresKind.ACTUAL,
        **values,
    }
    with world.database.writing() as session:
        session.add(
            AccountFinancials(
                account_id=world.ids[account], month=month, gross_sales=gross, cogs=cost, **known
            )
        )


def year(world: World, account: str, gross: int, cost: int = 0, **values: Any) -> None:
    """Twelve equal months that sum to `gross` and `cost`, and the balances of the December before."""
    figures(world, account, "2025-12", 0, 0, **values)
    for month in YEAR:
        figures(world, account, month, gross // 12, cost // 12, **values)


def criterion(key: str, points: int = 100, low: int = 0, high: int = 100, **values: Any) -> dict[str, Any]:
    """A non-monetary criterion that weighs as strategy; anchors in whole units."""
    return {
        "position": 0,
        "key": key,
        "labels": {"en": key.capitalize()},
        "axis": CriterionAxis.BUSINESS,
        "kind": CriterionKind.NON_MONETARY,
        "direction": Direction.UP,
        "anchor_low_milli": low * 1000,
        "anchor_high_milli": high * 1000,
        "unit": "points",
        "swing_points": points,
        "enters_strategic_weight": True,
        **values,
    }


def defined(world: World, *criteria: dict[str, Any], **values: Any) -> str:
    """Replace the definition by one with these criteria; its id."""
    with world.database.writing() as session:
        old = session.scalars(select(KeyAccountDefinition)).all()
        for row in old:
            row.valid_to = date(2026, 12, 1)
        new = KeyAccountDefinition(
            number=len(old) + 1,
            state=DefinitionState.DRAFT,
            basis=old[0].basis,
            valid_from=date(2026, 12, 2),
            criteria=[QualificationCriterion(**{**c, "position": i}) for i, c in enumerate(criteria)],
        )
        for name, value in values.items():
            setattr(new, name, value)
        session.add(new)
        session.flush()
        new.approved_by_id, new.approved_at = world.ids["lukas"], datetime(2026, 12, 1, tzinfo=UTC)
        new.state = DefinitionState.ACTIVE
        return new.id


def rated(world: World, account: str, key: str, value: int | None, **values: Any) -> None:
    """A rating in whole units that counts."""
    known: dict[str, Any] = {
        "source": ScoreSource.SALES_LEAD,
        "rated_by_id": world.ids["lukas"],
        "rated_on": date(2026, 12, 1),
        "expires_on": date(2027, 12, 1),
        **values,
    }
    with world.database.writing() as session:
        session.add(
            QualificationScore(
                account_id=world.ids[account],
                criterion_key=key,
                value_current_milli=None if value is None else value * 1000,
                **known,
            )
        )


def closed(
    world: World, name: str, account: str, chance: int, result: Result = Result.WON, **values: Any
) -> str:
    """A closed request of somebody with its confirmed outcome; its id."""
    known: dict[str, Any] = {
        "state": ClosingState.CONFIRMED,
        "delivered_quarter_hours": 64,
        "delivered_fraction": 1000,
        "claimed_value_minor": 100_000,
        "ended_on": date(2026, 11, 1),
        "confirmed_by_id": world.ids["filip"],
        "confirmed_at": datetime(2026, 11, 5, tzinfo=UTC),
        **values,
    }
    with world.database.writing() as session:
        row = requests.file_request(session, world.actor(name), world.values(account))
        row.status = RequestStatus.CLOSED
        session.add(
            Closing(
                request_id=row.id,
                result=result,
                claimed_probability=chance,
                recorded_by_id=world.ids[name],
                recorded_at=datetime(2026, 11, 2, tzinfo=UTC),
                **known,
            )
        )
        return row.id


def contact(world: World, account: str, strength: int | None = None, **values: Any) -> str:
    """A purchaser in the decision group; the row's id."""
    known: dict[str, Any] = {
        "function": ContactFunction.PURCHASING,
        "role": ContactRole.DECIDER,
        "in_decision_group": True,
        "last_contact_on": START,
        **values,
    }
    with world.database.writing() as session:
        row = Contact(
            account_id=world.ids[account],
            person_name="Somebody",
            our_strength=strength,
            owner_id=world.ids["nora"],
            **known,
        )
        session.add(row)
        session.flush()
        return row.id
