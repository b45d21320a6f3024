"""What a company that begins still lacks before a plan can be made and published."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import (
    Account,
    DefinitionState,
    Department,
    Holiday,
    KeyAccountDefinition,
    Role,
    Skill,
    Specialist,
    SpecialistSkill,
    User,
    UserRole,
)
from planner.verdict import require

NEEDED: Final = {Role.KAM: 1, Role.HEAD: 1, Role.LEADERSHIP: 2, Role.FINANCE: 1}
"""How many people a company needs in each role; leadership signs in pairs."""


class Lack(enum.StrEnum):
    """Something that is not there yet, in the order in which it can be made."""

    DEPARTMENTS = "departments"
    HOLIDAYS = "holidays"
    SKILLS = "skills"
    SPECIALISTS = "specialists"
    ATTESTATIONS = "attestations"
    ACCOUNTS = "accounts"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Beginning:
    """The roles that too few people hold, and what is not there yet, each in order."""

    roles: tuple[Role, ...]
    lacks: tuple[Lack, ...]


def beginning(session: Session, actor: Actor) -> Beginning:
    """What is still to be done before the first plan; empty for a company that works.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_TODAY))
    approved = KeyAccountDefinition.state.in_((DefinitionState.ACTIVE, DefinitionState.RETIRED))
    found = session.execute(
        select(
            *(exists(select(table.id)) for table in (Department, Holiday, Skill, Specialist)),
            exists(select(SpecialistSkill.id)),
            exists(select(Account.id)),
            exists(select(KeyAccountDefinition.id).where(approved)),
        )
    ).one()
    held = dict(
        session.execute(
            select(UserRole.role, func.count())
            .join(User, User.id == UserRole.user_id)
            .where(User.active.is_(True))
            .group_by(UserRole.role)
        ).all()
    )
    return Beginning(
        tuple(role for role, number in NEEDED.items() if held.get(role, 0) < number),
        tuple(lack for lack, there in zip(Lack, found, strict=True) if not there),
    )
