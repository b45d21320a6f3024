"""Who is key to a team or a department, shown to its people and to leadership.

A unit's word moves no plan and no ranking of the company. Names and classes only: a share of a team's profit
would tell a colleague's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today
from planner.judging import KeyReason, judge_unit
from planner.permissions import Action, may
from planner.records import Account, DefinitionState, KeyAccountDefinition
from planner.scope import find_account, leads_unit, visible_accounts, visible_definitions
from planner.services.customers.definitions import unit_of, view_definition
from planner.units import Unit, customers_of
from planner.verdict import require
from planner.worth import Dependency


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """What a customer is to one unit: `dependency` is None while the unit's shares are unknown."""

    unit: Unit
    definition: KeyAccountDefinition
    account: Account
    dependency: Dependency | None
    reasons: tuple[KeyReason, ...]


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit's customers by one version: `rows` by name, the key ones first; `others` as counts by class.

    A member of a team sees the own customers by name; who leads the unit, and leadership, all.
    """

    rows: tuple[UnitStanding, ...]
    others: Mapping[Dependency | None, int]


def view_unit(session: Session, actor: Actor, definition_id: str) -> UnitView:
    """The customers of a version's unit as that version judges them today; nobody for the company's.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also for who is not of the unit.
    """
    row = view_definition(session, actor, definition_id)
    unit = unit_of(row)
    if unit.whole:
        return UnitView((), {})
    company = judge_unit(session, today(), unit, row)
    judged = [
        UnitStanding(unit, row, each.account, each.dependency, each.reasons)
        for each in sorted(company.judged.values(), key=lambda each: not each.is_key)
    ]
    if leads_unit(session, actor, unit):
        return UnitView(tuple(judged), {})
    own = set(session.scalars(visible_accounts(session, actor).with_only_columns(Account.id)))
    others = Counter(each.dependency for each in judged if each.account.id not in own)
    return UnitView(tuple(each for each in judged if each.account.id in own), others)


def list_standings(session: Session, actor: Actor, account_id: str) -> list[UnitStanding]:
    """What a customer in sight is to the units in sight, by the versions in force.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    row, day = KeyAccountDefinition, today()
    in_force = visible_definitions(session, actor).where(
        row.scope_id.is_not(None),
        row.state.in_((DefinitionState.ACTIVE, DefinitionState.RETIRED)),
        row.valid_from <= day,
        or_(row.valid_to.is_(None), row.valid_to >= day),
    )
    found = []
    for definition in session.scalars(in_force.order_by(row.scope.desc(), row.scope_id)):
        unit = unit_of(definition)
        if account.id in customers_of(session, unit):
            judged = judge_unit(session, day, unit, definition).judged[account.id]
            found.append(UnitStanding(unit, definition, account, judged.dependency, judged.reasons))
    return found
