"""Relations: whom we know at a customer, and what we plan to reach together.

There are no fields for birthdays, family, hobbies or beliefs, and there must be none.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.customers import RelationshipStage
from planner.records.people import User


class ContactFunction(enum.StrEnum):
    """Where in its company a contact works."""

    PURCHASING = "purchasing"
    TECHNICAL = "technical"
    FINANCE = "finance"
    HR = "hr"
    MANAGEMENT = "management"


class ContactRole(enum.StrEnum):
    """What a contact does in the choice of a supplier."""

    DECIDER = "decider"
    SIGNATORY = "signatory"
    INFLUENCER = "influencer"
    USER = "user"
    GATEKEEPER = "gatekeeper"


class Contact(Row):
    """A person at a customer, by name or pseudonym, and how we stand with them, 0 to 5 each.

    None means not rated. `image` is what they think of us and is rated by somebody other than the account's
    own key account manager. An erased contact keeps its numbers and loses its words.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("our_strength IS NULL OR our_strength BETWEEN 0 AND 5", name="ours"),
        CheckConstraint("competitor_strength IS NULL OR competitor_strength BETWEEN 0 AND 5", name="theirs"),
        CheckConstraint("image IS NULL OR image BETWEEN 0 AND 5", name="image"),
        CheckConstraint("erased_at IS NULL OR (person_name = '' AND person_need = '')", name="erased"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    person_name: Mapped[str] = mapped_column(String(120))
    person_need: Mapped[str] = mapped_column(String(300), default="")
    function: Mapped[ContactFunction] = mapped_column(choice(ContactFunction))
    role: Mapped[ContactRole] = mapped_column(choice(ContactRole))
    in_decision_group: Mapped[bool] = mapped_column(default=False)
    our_strength: Mapped[int | None] = mapped_column()
    competitor_strength: Mapped[int | None] = mapped_column()
    image: Mapped[int | None] = mapped_column()
    image_rated_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    last_contact_on: Mapped[date | None] = mapped_column()
    owner_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    active: Mapped[bool] = mapped_column(default=True)
    erased_at: Mapped[datetime | None] = mapped_column()

    owner: Mapped[User] = relationship(foreign_keys=[owner_id])


class StrategicGoal(Row):
    """A goal of the company that plans and requests can serve."""

    __tablename__ = "strategic_goal"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    active: Mapped[bool] = mapped_column(default=True)


class PlanState(enum.StrEnum):
    """Where an account plan stands; it changes only through `planner.transitions`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    BOARD_REVIEWED = "board_reviewed"
    SUPERSEDED = "superseded"


class AccountPlan(Row):
    """What a key account manager wants to reach with a customer in a period ("2027" or "2027-H1").

    A submitted plan is not edited: a new revision is drafted, and replaces it when it is submitted.
    `goals_served` holds codes of strategic goals.
    """

    __tablename__ = "account_plan"
    __table_args__ = (
        UniqueConstraint("account_id", "period", "revision"),
        Index(
            "uq_account_plan_in_force",
            "account_id",
            "period",
            unique=True,
            sqlite_where=text("state IN ('submitted', 'board_reviewed')"),
            postgresql_where=text("state IN ('submitted', 'board_reviewed')"),
        ),
        Index(
            "uq_account_plan_draft",
            "account_id",
            "period",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    period: Mapped[str] = mapped_column(String(7))
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[PlanState] = mapped_column(choice(PlanState), default=PlanState.DRAFT)
    goals: Mapped[str] = mapped_column(Text, default="")
    goals_served: Mapped[list[Any]] = mapped_column(default=list)
    products: Mapped[str] = mapped_column(Text, default="")
    channels: Mapped[str] = mapped_column(Text, default="")
    pricing: Mapped[str] = mapped_column(Text, default="")
    stage_aimed_at: Mapped[RelationshipStage | None] = mapped_column(choice(RelationshipStage))
    target_rationale: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    submitted_at: Mapped[datetime | None] = mapped_column()
    reviewed_at: Mapped[datetime | None] = mapped_column()

    author: Mapped[User] = relationship()
    targets: Mapped[list[PlanTarget]] = relationship(
        cascade="all, delete-orphan", order_by="PlanTarget.position"
    )
    milestones: Mapped[list[Milestone]] = relationship(
        cascade="all, delete-orphan", order_by="Milestone.position"
    )


class TargetKind(enum.StrEnum):
    """What a target measures."""

    SALES = "sales"
    CONTRIBUTION = "contribution"
    RETENTION = "retention"


class PlanTarget(Row):
    """What the plan promises for its period: money in minor units, retention as a chance in per mille."""

    __tablename__ = "plan_target"
    __table_args__ = (
        UniqueConstraint("plan_id", "kind"),
        CheckConstraint(
            "(kind = 'retention' AND amount_minor IS NULL AND chance BETWEEN 0 AND 1000) "
            "OR (kind <> 'retention' AND amount_minor IS NOT NULL AND chance IS NULL)",
            name="measure",
        ),
    )

    plan_id: Mapped[str] = mapped_column(ForeignKey("account_plan.id"), index=True)
    position: Mapped[int] = mapped_column()
    kind: Mapped[TargetKind] = mapped_column(choice(TargetKind))
    amount_minor: Mapped[int | None] = mapped_column()
    chance: Mapped[int | None] = mapped_column()


class Milestone(Row):
    """A step of a plan with its day; `stage` is the stage of cooperation that it brings, if any."""

    __tablename__ = "milestone"
    __table_args__ = (CheckConstraint("title <> ''", name="title"),)

    plan_id: Mapped[str] = mapped_column(ForeignKey("account_plan.id"), index=True)
    position: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column()
    done_on: Mapped[date | None] = mapped_column()
    stage: Mapped[RelationshipStage | None] = mapped_column(choice(RelationshipStage))
