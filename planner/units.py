"""Units that may have a word of their own for "key": a sales manager's team, and a department.

A team's customers are those kept by its manager and by who reports to the manager. A department's customers
are those for whom its people are asked for by name, or were proposed by a plan.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from planner.records import (
    Account,
    DefinitionScope,
    Department,
    KeyAccountDefinition,
    Proposal,
    RequestLine,
    RequestStatus,
    ResourceRequest,
    Specialist,
    User,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """For whom a definition holds; `id` is a manager's or a department's, None for the whole company."""

    scope: DefinitionScope = DefinitionScope.COMPANY
    id: str | None = None

    @property
    def whole(self) -> bool:
        """Whether it is the company itself."""
        return self.scope is DefinitionScope.COMPANY

    @property
    def key(self) -> str:
        """Scope and id in one text, for forms and look-ups."""
        return f"{self.scope.value}:{self.id or ''}"


COMPANY = Unit()


def customers(unit: Unit) -> Select[str]:
    """Query for the ids of the unit's customers."""
    if unit.scope is DefinitionScope.SALES_MANAGER:
        team = select(User.id).where(or_(User.manager_id == unit.id, User.id == unit.id))
        return select(Account.id).where(Account.kam_id.in_(team))
    if unit.scope is DefinitionScope.DEPARTMENT:
        proposed = select(Proposal.request_id).where(Proposal.department_id == unit.id)
        asked = (
            select(RequestLine.request_id)
            .join(Specialist, RequestLine.specialist_id == Specialist.id)
            .where(Specialist.department_id == unit.id)
        )
        touching = select(ResourceRequest.account_id).where(
            ResourceRequest.status != RequestStatus.DRAFT,
            or_(ResourceRequest.id.in_(proposed), ResourceRequest.id.in_(asked)),
        )
        return select(Account.id).where(Account.id.in_(touching))
    return select(Account.id)


def customers_of(session: Session, unit: Unit) -> frozenset[str]:
    """The ids of the unit's customers."""
    return frozenset(session.scalars(customers(unit)))


def units_that_are(session: Session) -> dict[Unit, str]:
    """Every unit with its name: managers somebody reports to or who have a definition, then departments."""
    managers = select(User.manager_id).where(User.manager_id.is_not(None))
    defined = select(KeyAccountDefinition.scope_id).where(
        KeyAccountDefinition.scope == DefinitionScope.SALES_MANAGER
    )
    teams = session.execute(
        select(User.id, User.display_name)
        .where(or_(User.id.in_(managers), User.id.in_(defined)))
        .order_by(User.display_name, User.id)
    )
    departments = session.execute(
        select(Department.id, Department.name).order_by(Department.name, Department.id)
    )
    return {Unit(DefinitionScope.SALES_MANAGER, key): name for key, name in teams} | {
        Unit(DefinitionScope.DEPARTMENT, key): name for key, name in departments
    }
