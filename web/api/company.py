"""What requests are made of: customers, skills, departments, specialists."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Account
from planner.services.customers import accounts
from planner.services.staff import people
from web.api.kit import Blueprint
from web.database import reads
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.company import AccountOut, DepartmentOut, SkillOut, SpecialistOut
from web.schemas.outputs import page_of

blueprint = Blueprint("company", "Customers, skills, departments and specialists.")


@blueprint.get("/accounts")
@policy(Action.LIST_ACCOUNTS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(AccountOut))
def list_accounts(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """The customers in your sight, by name."""
    return page_of(accounts.list_accounts(session, actor), query)


@blueprint.get("/accounts/<id:account_id>")
@policy(Action.VIEW_ACCOUNT)
@reads
@blueprint.answer(AccountOut)
def show_account(session: Session, actor: Actor, account_id: str) -> Account:
    """One customer."""
    return accounts.view_account(session, actor, account_id)


@blueprint.get("/skills")
@policy(Action.LIST_SKILLS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(SkillOut))
def list_skills(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """All skills, by key."""
    return page_of(people.list_skills(session, actor), query)


@blueprint.get("/departments")
@policy(Action.LIST_DEPARTMENTS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(DepartmentOut))
def list_departments(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """All departments, by name."""
    return page_of(people.list_departments(session, actor), query)


@blueprint.get("/specialists")
@policy(Action.LIST_SPECIALISTS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(SpecialistOut))
def list_specialists(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """The people in your sight, by department and name."""
    return page_of(people.list_specialists(session, actor), query)
