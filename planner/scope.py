"""Whose rows: every lookup goes through a query limited to what the actor may see.

What is out of scope and what does not exist get the same answer. Several roles see the sum of their rows.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from planner.actor import SYSTEM, Actor, acts_for
from planner.records import (
    Account,
    DefinitionScope,
    DefinitionState,
    Department,
    JobState,
    KeyAccountDefinition,
    NamedHead,
    PlanningCycle,
    PlanRun,
    Proposal,
    Publication,
    RequestLine,
    RequestStatus,
    ResourceRequest,
    Role,
    Row,
    RunPurpose,
    Specialist,
    User,
)
from planner.units import Unit
from planner.verdict import not_found

T = TypeVar("T", bound=Row)

LONGEST_ID = 64
LARGEST_NUMBER = 2**31

OVERSEERS = (Role.LEADERSHIP, Role.PLANNER, Role.FINANCE)


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees every account, request and run."""
    return actor == SYSTEM or actor.has(*OVERSEERS)


def accounts_of(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Condition on Account: run by the actor as key account manager, deputy or delegate."""
    people = acts_for(session, actor)
    return or_(Account.kam_id.in_(people), Account.deputy_kam_id.in_(people))


def departments_of(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Condition on Department: headed by the actor as head, deputy or delegate."""
    people = acts_for(session, actor)
    return or_(Department.head_id.in_(people), Department.deputy_head_id.in_(people))


def own_departments(session: Session, actor: Actor) -> frozenset[str]:
    """Ids of the departments the actor decides for; empty for who is no head."""
    if not actor.has(Role.HEAD):
        return frozenset()
    return frozenset(session.scalars(select(Department.id).where(departments_of(session, actor))))


def decidable(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Condition on Proposal: of a department the actor heads or stands in for, or named to decide."""
    if not actor.has(Role.HEAD):
        return false()
    named = select(NamedHead.id).where(
        NamedHead.user_id == actor.user_id,
        NamedHead.request_id == Proposal.request_id,
        NamedHead.department_id == Proposal.department_id,
    )
    own = select(Department.id).where(departments_of(session, actor))
    return or_(Proposal.department_id.in_(own), named.exists())


def visible_accounts(session: Session, actor: Actor) -> Select[Account]:
    """All accounts for overseers, the own ones for a key account manager, none for others."""
    if sees_all(actor):
        return select(Account)
    return select(Account).where(accounts_of(session, actor) if actor.has(Role.KAM) else false())


def visible_definitions(session: Session, actor: Actor) -> Select[KeyAccountDefinition]:
    """All of them for leadership; for others those in force, the company's and those of the own units.

    A unit's are there for its people only: a team's for its manager and members, a department's for its
    heads. Who oversees money sees the company's alone.
    """
    if actor == SYSTEM or actor.has(Role.LEADERSHIP):
        return select(KeyAccountDefinition)
    people, row = acts_for(session, actor), KeyAccountDefinition
    managers = select(User.manager_id).where(User.id.in_(people), User.manager_id.is_not(None))
    seen: list[ColumnElement[bool]] = [
        (row.scope == DefinitionScope.SALES_MANAGER)
        & or_(row.scope_id.in_(people), row.scope_id.in_(managers)),
        (row.scope == DefinitionScope.DEPARTMENT) & row.scope_id.in_(own_departments(session, actor)),
    ]
    if actor.has(Role.KAM, *OVERSEERS):
        seen.append(row.scope == DefinitionScope.COMPANY)
    used = row.state.in_((DefinitionState.ACTIVE, DefinitionState.RETIRED))
    return select(KeyAccountDefinition).where(or_(*seen), used)


def leads_unit(session: Session, actor: Actor, unit: Unit) -> bool:
    """Whether the actor answers for the unit: as leadership, its manager, or a head of the department."""
    if actor == SYSTEM or actor.has(Role.LEADERSHIP):
        return True
    if unit.scope is DefinitionScope.SALES_MANAGER:
        return unit.id in acts_for(session, actor)
    return unit.id in own_departments(session, actor)


def find_definition(session: Session, actor: Actor, definition_id: str) -> KeyAccountDefinition:
    """The definition, if the actor may see it."""
    visible = visible_definitions(session, actor).where(KeyAccountDefinition.id == an_id(definition_id))
    return _one(session, visible)


def _touching(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Condition on ResourceRequest: a line asks for, or a plan proposes, people of the actor's department."""
    departments = select(Department.id).where(departments_of(session, actor))
    proposed = select(Proposal.request_id).where(decidable(session, actor))
    asked = (
        select(RequestLine.request_id)
        .join(Specialist, RequestLine.specialist_id == Specialist.id)
        .where(Specialist.department_id.in_(departments))
    )
    return or_(ResourceRequest.id.in_(proposed), ResourceRequest.id.in_(asked)) & (
        ResourceRequest.status != RequestStatus.DRAFT
    )


def visible_requests(session: Session, actor: Actor) -> Select[ResourceRequest]:
    """All requests for overseers; own accounts' for a KAM; the own department's for a head."""
    if sees_all(actor):
        return select(ResourceRequest)
    conditions: list[ColumnElement[bool]] = [false()]
    if actor.has(Role.KAM):
        own = select(Account.id).where(accounts_of(session, actor))
        conditions.append(ResourceRequest.account_id.in_(own))
    if actor.has(Role.HEAD):
        conditions.append(_touching(session, actor))
    return select(ResourceRequest).where(or_(*conditions))


def sees_money(session: Session, actor: Actor, request: ResourceRequest) -> bool:
    """Whether the actor may see the request's money, chances and evidence: overseers and its own KAMs.

    A head in whose sight the request is sees title, customer, KAM and hours only.
    """
    if sees_all(actor):
        return True
    if not actor.has(Role.KAM):
        return False
    own = select(Account.id).where(Account.id == request.account_id, accounts_of(session, actor))
    return session.scalar(own) is not None


def visible_proposals(session: Session, actor: Actor) -> Select[Proposal]:
    """All proposals for overseers; the own department's for a head; those of own requests for a KAM."""
    if sees_all(actor):
        return select(Proposal)
    conditions: list[ColumnElement[bool]] = [false()]
    if actor.has(Role.HEAD):
        conditions.append(decidable(session, actor))
    if actor.has(Role.KAM):
        accounts = select(Account.id).where(accounts_of(session, actor))
        requests = select(ResourceRequest.id).where(ResourceRequest.account_id.in_(accounts))
        conditions.append(Proposal.request_id.in_(requests))
    return select(Proposal).where(or_(*conditions))


def visible_runs(actor: Actor) -> Select[PlanRun]:
    """All runs for overseers; finished official ones for KAMs and heads, whose requests they plan."""
    if sees_all(actor):
        return select(PlanRun)
    finished = (PlanRun.purpose == RunPurpose.OFFICIAL) & (PlanRun.state == JobState.DONE)
    return select(PlanRun).where(finished if actor.has(Role.KAM, Role.HEAD) else false())


def visible_publications(actor: Actor) -> Select[Publication]:
    """All publications for overseers, none for others: a publication names everybody's money."""
    return select(Publication).where(true() if sees_all(actor) else false())


def an_id(value: object) -> str:
    """`value` when it can be an id at all; the database must never meet characters it cannot store.

    Raises:
        Refused: E_NOT_FOUND.
    """
    if isinstance(value, str) and len(value) <= LONGEST_ID and value.isascii() and value.isprintable():
        return value
    raise not_found()


def _one(session: Session, query: Select[T]) -> T:
    row = session.scalars(query).one_or_none()
    if row is None:
        raise not_found()
    return row


def find_account(session: Session, actor: Actor, account_id: str) -> Account:
    """The account, if the actor may see it.

    Raises:
        Refused: E_NOT_FOUND, as do the other functions below.
    """
    return _one(session, visible_accounts(session, actor).where(Account.id == an_id(account_id)))


def find_request(session: Session, actor: Actor, request_id: str) -> ResourceRequest:
    """The request, if the actor may see it."""
    return _one(session, visible_requests(session, actor).where(ResourceRequest.id == an_id(request_id)))


def find_proposal(session: Session, actor: Actor, proposal_id: str) -> Proposal:
    """The proposal, if the actor may see it."""
    return _one(session, visible_proposals(session, actor).where(Proposal.id == an_id(proposal_id)))


def find_run(session: Session, actor: Actor, run_id: str) -> PlanRun:
    """The run, if the actor may see it."""
    return _one(session, visible_runs(actor).where(PlanRun.id == an_id(run_id)))


def find_publication(session: Session, actor: Actor, number: int) -> Publication:
    """The publication with that number, if the actor may see it."""
    if not 0 < number < LARGEST_NUMBER:
        raise not_found()
    return _one(session, visible_publications(actor).where(Publication.number == number))


def find_cycle(session: Session, actor: Actor, cycle_id: str) -> PlanningCycle:
    """The cycle; everybody who signs in sees cycles."""
    seen = true() if actor == SYSTEM or actor.roles else false()
    return _one(session, select(PlanningCycle).where(PlanningCycle.id == an_id(cycle_id), seen))
