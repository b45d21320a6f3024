"""What a scenario supposes, as people type it, and whether it is well formed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.records import Account, Department, PlanRun, Purpose, Skill
from planner.services.planning.trade_offs import floors_of, solo_values
from planner.verdict import Problem

MOST_PEOPLE: Final = 5
MOST_ACCOUNTS: Final = 20
LONGEST_NAME: Final = 80
HIGHEST_PERCENT: Final = 1000
FULL_WEEK: Final = 240
"""Quarter-hours a week of one more person at most: 60 hours."""

HYPOTHETICAL = frozenset({"extra_people", "without_accounts"})
"""Suppositions that no official plan may rest on: who is not hired cannot work, who is here is served."""


@dataclass(frozen=True, slots=True)
class Hire:
    """One more person: department and skill by id, level 1-5, quarter-hours a week."""

    department_id: str
    skill_key: str
    level: int = 3
    quarter_hours: int = 128


@dataclass(frozen=True, slots=True)
class ScenarioValues:
    """A scenario as typed.

    Attributes:
        name: What people call it.
        strategy_percent: How strongly strategic weights count; 100 as now, 0 is money only.
        account_factors: Weight of a customer, per mille, by account id.
        churn_percent: The price of taking promised hours back; 100 as now.
        share_percent: The least share of what everybody would have alone.
        purpose: Purpose that gets at least `purpose_minor`.
        purpose_minor: Minor units.
        most_moves: Promised person-weeks that may lose hours, at most.
        without_accounts: Ids of customers that leave.
        hires: People more.
    """

    name: str
    strategy_percent: int = 100
    account_factors: Mapping[str, int] | None = None
    churn_percent: int = 100
    share_percent: int = 0
    purpose: str | None = None
    purpose_minor: int = 0
    most_moves: int | None = None
    without_accounts: Sequence[str] = ()
    hires: Sequence[Hire] = ()


def problems_in(values: ScenarioValues) -> list[Problem]:
    """Everything that can be judged without the database."""
    found = checks.text("name", values.name, LONGEST_NAME, required=True)
    found += checks.whole("strategy_percent", values.strategy_percent, 0, 200)
    found += checks.whole("churn_percent", values.churn_percent, 0, HIGHEST_PERCENT)
    found += checks.whole("share_percent", values.share_percent, 0, 100)
    found += checks.money("purpose_minor", values.purpose_minor)
    if values.purpose:
        found += checks.choice("purpose", values.purpose, Purpose)
    if values.most_moves is not None:
        found += checks.whole("most_moves", values.most_moves, 0, 10_000)
    for key, factor in (values.account_factors or {}).items():
        found += checks.whole(f"account_factors/{key}", factor, 500, 2000)
    for number, hire in enumerate(values.hires):
        found += checks.whole(f"hires/{number}/level", hire.level, 1, 5)
        found += checks.whole(f"hires/{number}/quarter_hours", hire.quarter_hours, 1, FULL_WEEK)
    for name, rows, most in (
        ("hires", values.hires, MOST_PEOPLE),
        ("without_accounts", values.without_accounts, MOST_ACCOUNTS),
    ):
        if len(rows) > most:
            reason, remedy = "There are too many.", "Keep at most %(most)d."
            found.append(checks.problem(name, "E_TOO_MANY", reason, remedy, most=most))
    return found


def changes_in(session: Session, base: PlanRun, values: ScenarioValues) -> dict[str, Any]:
    """What the engine's side is told, as `alterations.supposed` takes it.

    Raises:
        Refused: E_INVALID with every value at fault.
    """
    found = problems_in(values)
    changes: dict[str, Any] = {}
    if not found:
        found += _fill(session, base, values, changes)
    if not found and not changes:
        reason, remedy = "Nothing is supposed that differs.", "Change at least one thing."
        found.append(checks.problem("name", "E_NO_CHANGE", reason, remedy))
    checks.require_well_formed(found)
    return changes


def _fill(session: Session, base: PlanRun, values: ScenarioValues, changes: dict[str, Any]) -> list[Problem]:
    if values.strategy_percent != 100:
        changes["strategy_percent"] = values.strategy_percent
    if values.churn_percent != 100:
        changes["churn_percent"] = values.churn_percent
    factors = {key: factor for key, factor in (values.account_factors or {}).items() if factor != 1000}
    if factors:
        changes["account_factors"] = factors
    if values.without_accounts:
        changes["without_accounts"] = sorted(set(values.without_accounts))
    found = _known_accounts(session, {*factors, *values.without_accounts})
    floors: list[dict[str, Any]] = []
    if values.purpose and values.purpose_minor:
        floors.append({"purpose": values.purpose, "value": values.purpose_minor})
    if values.share_percent:
        solo = solo_values(session, base)
        if not solo:
            found.append(_first())
        floors += floors_of(solo, values.share_percent * 10)
    if floors:
        changes["floors"] = floors
    if values.most_moves is not None:
        changes["most_moves"] = values.most_moves
    return found + _hires(session, values, changes)


def _first() -> Problem:
    reason = "What everybody would have alone is not computed yet."
    remedy = "Compute the trade-off with fairness first."
    return checks.problem("share_percent", "E_TRADE_OFF_FIRST", reason, remedy)


def _known_accounts(session: Session, ids: set[str]) -> list[Problem]:
    known = set(session.scalars(select(Account.id).where(Account.id.in_(ids))))
    reason, remedy = "This customer is not known.", "Choose one from the list."
    return [checks.problem("accounts", "E_REF_UNKNOWN", reason, remedy) for _ in sorted(ids - known)]


def _hires(session: Session, values: ScenarioValues, changes: dict[str, Any]) -> list[Problem]:
    departments = {d.id: d.code for d in session.scalars(select(Department))}
    skills = set(session.scalars(select(Skill.key)))
    found: list[Problem] = []
    people = []
    for number, hire in enumerate(values.hires):
        if hire.department_id not in departments:
            reason, remedy = "This department is not known.", "Choose one from the list."
            found.append(checks.problem(f"hires/{number}/department", "E_REF_UNKNOWN", reason, remedy))
        if hire.skill_key not in skills:
            found.append(checks.unknown(f"hires/{number}/skill", hire.skill_key, skills))
        people.append(
            {
                "department": departments.get(hire.department_id, ""),
                "skills": {hire.skill_key: hire.level},
                "quarter_hours": hire.quarter_hours,
            }
        )
    if people:
        changes["extra_people"] = people
    return found
