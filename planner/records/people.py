"""Supply: who works here, in which department, with which skills, and when they are away."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Base, Row, choice


class Role(enum.StrEnum):
    """What a user may be; one person can have several roles."""

    KAM = "kam"
    HEAD = "head"
    LEADERSHIP = "leadership"
    PLANNER = "planner"
    FINANCE = "finance"
    ADMIN = "admin"
    SPECIALIST = "specialist"


class User(Row):
    """A person who signs in. `epoch` rises when sessions and tokens must end at once.

    `manager_id` is the sales manager whose team the person belongs to.
    """

    __tablename__ = "app_user"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(2), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    manager_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    role_rows: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def roles(self) -> frozenset[Role]:
        """The roles as a set."""
        return frozenset(r.role for r in self.role_rows)


class UserRole(Base):
    """One role of one user."""

    __tablename__ = "user_role"

    user_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role), primary_key=True)


class EndedSession(Base):
    """A browser session that was signed out of, kept until its cookie would have run out anyway."""

    __tablename__ = "ended_session"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Row):
    """A key for programs that acts with its owner's rights; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    user_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()


class Delegation(Row):
    """`from_user` lets `to_user` act for them, from the first to the last day inclusive, unless revoked."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("from_user_id <> to_user_id", name="people"),
    )

    from_user_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    to_user_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    first_day: Mapped[date] = mapped_column()
    last_day: Mapped[date] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()

    from_user: Mapped[User] = relationship(foreign_keys=[from_user_id])
    to_user: Mapped[User] = relationship(foreign_keys=[to_user_id])


class Department(Row):
    """A unit that lends people. Reserves are shares of capacity in per mille."""

    __tablename__ = "department"
    __table_args__ = (
        CheckConstraint(
            "own_work_reserve >= 0 AND expedite_reserve >= 0 AND own_work_reserve + expedite_reserve <= 1000",
            name="reserves",
        ),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    head_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    deputy_head_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    own_work_reserve: Mapped[int] = mapped_column(default=200)
    expedite_reserve: Mapped[int] = mapped_column(default=50)

    head: Mapped[User | None] = relationship(foreign_keys=[head_id])
    deputy_head: Mapped[User | None] = relationship(foreign_keys=[deputy_head_id])


class SkillFamily(enum.StrEnum):
    """What kind of skill it is; languages are skills too."""

    SUPPORT = "support"
    TECHNICAL = "technical"
    LEGAL = "legal"
    FINANCE = "finance"
    DESIGN = "design"
    LOGISTICS = "logistics"
    STRATEGY = "strategy"
    INDUSTRY = "industry"
    LANGUAGE = "language"


class Skill(Row):
    """Something a specialist can do at a level from 1 to 5. `labels` holds its name per language."""

    __tablename__ = "skill"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    family: Mapped[SkillFamily] = mapped_column(choice(SkillFamily))
    labels: Mapped[dict[str, Any]] = mapped_column()

    def label(self, language: str) -> str:
        """The name in `language`, in English when there is none."""
        return str(self.labels.get(language) or self.labels.get("en") or self.key)


class Specialist(Row):
    """A person whose hours are asked for.

    `weekday_quarter_hours` holds seven numbers, Monday first. `cost_rate_minor` is money per hour.
    """

    __tablename__ = "specialist"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    display_name: Mapped[str] = mapped_column(String(120))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    country: Mapped[str] = mapped_column(String(2))
    weekday_quarter_hours: Mapped[list[Any]] = mapped_column()
    cost_rate_minor: Mapped[int] = mapped_column()
    customer_facing: Mapped[bool] = mapped_column(default=True)
    max_parallel: Mapped[int | None] = mapped_column(default=3)
    min_chunk_quarter_hours: Mapped[int] = mapped_column(default=8)
    active_from: Mapped[date] = mapped_column()
    active_to: Mapped[date | None] = mapped_column()

    department: Mapped[Department] = relationship()
    skills: Mapped[list[SpecialistSkill]] = relationship(cascade="all, delete-orphan")
    leaves: Mapped[list[Leave]] = relationship(cascade="all, delete-orphan")


class SpecialistSkill(Row):
    """An attested level; once expired it counts as level 0 and is reported."""

    __tablename__ = "specialist_skill"
    __table_args__ = (
        UniqueConstraint("specialist_id", "skill_id"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
    )

    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"), index=True)
    skill_id: Mapped[str] = mapped_column(ForeignKey("skill.id"), index=True)
    level: Mapped[int] = mapped_column()
    attested_by: Mapped[str] = mapped_column(String(120))
    attested_on: Mapped[date] = mapped_column()
    expires_on: Mapped[date | None] = mapped_column()

    skill: Mapped[Skill] = relationship()


class LeaveStatus(enum.StrEnum):
    """Only approved leave cuts capacity; planned leave is a risk that is shown."""

    PLANNED = "planned"
    APPROVED = "approved"


class Leave(Row):
    """Days away, first to last inclusive; a half day at either end when flagged."""

    __tablename__ = "leave"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)

    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"), index=True)
    first_day: Mapped[date] = mapped_column()
    last_day: Mapped[date] = mapped_column()
    first_half: Mapped[bool] = mapped_column(default=False)
    last_half: Mapped[bool] = mapped_column(default=False)
    status: Mapped[LeaveStatus] = mapped_column(choice(LeaveStatus))


class Holiday(Row):
    """A public holiday of a country."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("country", "day"),)

    country: Mapped[str] = mapped_column(String(2))
    day: Mapped[date] = mapped_column()
    name: Mapped[str] = mapped_column(String(120))
