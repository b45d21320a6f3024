"""Skills, departments and the people whose hours are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from planner.actor import SYSTEM, Actor
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Department, Role, Skill, Specialist, SpecialistSkill
from planner.scope import own_departments
from planner.services.filing.request_store import employed
from planner.verdict import require


@dataclass(frozen=True, slots=True)
class SkillView:
    """One skill of one person; an expired attestation counts as level 0."""

    key: str
    label: str
    level: int
    attested_level: int


@dataclass(frozen=True, slots=True)
class SpecialistView:
    """A person as the actor may see them.

    `week_quarter_hours` is the contract; `cost_rate_minor` is money per hour and None for who may not see it.
    """

    id: str
    code: str
    name: str
    department_id: str
    department: str
    country: str
    customer_facing: bool
    week_quarter_hours: int
    skills: tuple[SkillView, ...]
    cost_rate_minor: int | None


def list_skills(session: Session, actor: Actor) -> list[Skill]:
    """All skills, by key; languages are skills too.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_SKILLS))
    return list(session.scalars(select(Skill).order_by(Skill.key)))


def list_departments(session: Session, actor: Actor) -> list[Department]:
    """All departments, by name, with head and deputy loaded.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_DEPARTMENTS))
    query = select(Department).options(joinedload(Department.head), joinedload(Department.deputy_head))
    return list(session.scalars(query.order_by(Department.name, Department.id)))


def list_specialists(session: Session, actor: Actor) -> list[SpecialistView]:
    """The people who work here, by department and name; a head sees the own department's only.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_SPECIALISTS))
    heads = own_departments(session, actor)
    query = (
        select(Specialist)
        .join(Specialist.department)
        .where(employed())
        .options(
            joinedload(Specialist.department),
            selectinload(Specialist.skills).joinedload(SpecialistSkill.skill),
        )
        .order_by(Department.name, Specialist.display_name, Specialist.id)
    )
    # A key account manager may name anybody in a request, so the names are no secret to one.
    everybody = actor == SYSTEM or actor.has(Role.KAM, Role.LEADERSHIP, Role.PLANNER, Role.ADMIN)
    if not everybody:
        query = query.where(Specialist.department_id.in_(heads))
    return [_view(actor, person, heads) for person in session.scalars(query)]


def _view(actor: Actor, person: Specialist, heads: frozenset[str]) -> SpecialistView:
    day = today()
    sees_rate = actor == SYSTEM or actor.has(Role.LEADERSHIP) or person.department_id in heads
    return SpecialistView(
        id=person.id,
        code=person.code,
        name=person.display_name,
        department_id=person.department_id,
        department=person.department.name,
        country=person.country,
        customer_facing=person.customer_facing,
        week_quarter_hours=sum(person.weekday_quarter_hours),
        skills=tuple(
            SkillView(
                key=held.skill.key,
                label=held.skill.label(actor.language),
                level=held.level if held.expires_on is None or held.expires_on >= day else 0,
                attested_level=held.level,
            )
            for held in sorted(person.skills, key=lambda held: held.skill.key)
        ),
        cost_rate_minor=person.cost_rate_minor if sees_rate else None,
    )
