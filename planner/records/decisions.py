"""What heads decided, never changed and never forgotten."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import User
from planner.records.plans import Proposal


class DecisionOutcome(enum.StrEnum):
    """What a head answered."""

    APPROVED = "approved"
    REJECTED = "rejected"


class RejectionReason(enum.StrEnum):
    """Why a head refused; the reason decides which lock the refusal becomes."""

    LEAVE = "leave"
    SKILL_MISMATCH = "skill_mismatch"
    OWN_DEADLINE = "own_deadline"
    OVERLOAD = "overload"
    DATA_ERROR = "data_error"
    OTHER = "other"


class Decision(Row):
    """One answer of one head to one proposal.

    A decision carried over to a newer run keeps its author and names the decision it came from.
    `lost_low_minor` and `lost_high_minor` are what a rejection was known to cost when it was signed.
    """

    __tablename__ = "decision"

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id"), index=True)
    outcome: Mapped[DecisionOutcome] = mapped_column(choice(DecisionOutcome))
    reason: Mapped[RejectionReason | None] = mapped_column(choice(RejectionReason))
    text: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    on_behalf_of_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime] = mapped_column()
    carried_from_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    lost_low_minor: Mapped[int | None] = mapped_column()
    lost_high_minor: Mapped[int | None] = mapped_column()

    proposal: Mapped[Proposal] = relationship()
    decided_by: Mapped[User] = relationship(foreign_keys=[decided_by_id])
