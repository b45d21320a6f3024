"""What "key" means here, by which criteria customers are judged, and how they were rated."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import User


class Basis(enum.StrEnum):
    """What an account's share is measured on."""

    CONTRIBUTION_PROFIT = "contribution_profit"
    GROSS_MARGIN = "gross_margin"
    REVENUE = "revenue"


class DefinitionScope(enum.StrEnum):
    """For whom a definition says what is key; only the company's enters the ranking of the company."""

    COMPANY = "company"
    SALES_MANAGER = "sales_manager"
    DEPARTMENT = "department"


class DefinitionState(enum.StrEnum):
    """A draft may be edited; from the second person's approval on, a version never changes."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    RETIRED = "retired"


class KeyAccountDefinition(Row):
    """One version of what "key" means, from a day on. Shares in per mille, compared strictly.

    A plan cannot be published without a version that is active on the day, and each run names the one it
    used. `flags` holds which of D1 to D6 count; `kappa` in per mille how far strategy may move a value;
    `min_priority_score` in hundredths of a point.
    """

    __tablename__ = "key_account_definition"
    __table_args__ = (
        CheckConstraint(
            "0 < key_share AND key_share <= critical_share AND critical_share <= mono_warning "
            "AND mono_warning <= mono_severe AND mono_severe <= 1000",
            name="shares",
        ),
        CheckConstraint("state IN ('draft', 'proposed') OR approved_by_id IS NOT NULL", name="approved"),
        CheckConstraint(
            "approved_by_id IS NULL OR proposed_by_id IS NULL OR approved_by_id <> proposed_by_id",
            name="second_person",
        ),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="days"),
        CheckConstraint("kappa BETWEEN 0 AND 1000", name="kappa"),
        CheckConstraint("(scope = 'company') = (scope_id IS NULL)", name="scope_id"),
        CheckConstraint("window_months BETWEEN 1 AND 60", name="window"),
    )

    scope: Mapped[DefinitionScope] = mapped_column(choice(DefinitionScope), default=DefinitionScope.COMPANY)
    scope_id: Mapped[str | None] = mapped_column(String(36))
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[DefinitionState] = mapped_column(choice(DefinitionState), default=DefinitionState.DRAFT)
    basis: Mapped[Basis] = mapped_column(choice(Basis))
    window_months: Mapped[int] = mapped_column(default=12)
    key_share: Mapped[int] = mapped_column(default=100)
    critical_share: Mapped[int] = mapped_column(default=200)
    mono_warning: Mapped[int] = mapped_column(default=700)
    mono_severe: Mapped[int] = mapped_column(default=750)
    absolute_threshold_minor: Mapped[int | None] = mapped_column()
    min_priority_score: Mapped[int | None] = mapped_column()
    kappa: Mapped[int] = mapped_column(default=500)
    flags: Mapped[list[Any]] = mapped_column(default=lambda: ["D1", "D2", "D3", "D4", "D5", "D6"])
    note: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    approved_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    approved_at: Mapped[datetime | None] = mapped_column()
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()

    criteria: Mapped[list[QualificationCriterion]] = relationship(
        cascade="all, delete-orphan", order_by="QualificationCriterion.position"
    )
    manual: Mapped[list[ManualKeyAccount]] = relationship(cascade="all, delete-orphan")


class CriterionAxis(enum.StrEnum):
    """The two axes: how attractive the customer's business is, and how strong we are with it."""

    BUSINESS = "business"
    RELATIONSHIP = "relationship"


class CriterionKind(enum.StrEnum):
    """Money feeds the value of a request; only the rest may weigh as strategy."""

    MONETARY = "monetary"
    NON_MONETARY = "non_monetary"


class Direction(enum.StrEnum):
    """Whether more is better."""

    UP = "up"
    DOWN = "down"


class QualificationCriterion(Row):
    """One criterion of one version of the definition; it changes only while the version is a draft.

    Anchors are thousandths of the criterion's own `unit` and fixed, so that a new customer never reorders the
    others. A weight is `swing_points` over their sum. `forecast_blend` is the forecast's part in per mille.
    """

    __tablename__ = "qualification_criterion"
    __table_args__ = (
        UniqueConstraint("definition_id", "key"),
        CheckConstraint("anchor_low_milli < anchor_high_milli", name="anchors"),
        CheckConstraint("swing_points BETWEEN 0 AND 100", name="points"),
        CheckConstraint("forecast_blend BETWEEN 0 AND 1000", name="blend"),
        CheckConstraint("kind = 'non_monetary' OR NOT enters_strategic_weight", name="strategy"),
    )

    definition_id: Mapped[str] = mapped_column(ForeignKey("key_account_definition.id"), index=True)
    position: Mapped[int] = mapped_column()
    key: Mapped[str] = mapped_column(String(64))
    labels: Mapped[dict[str, Any]] = mapped_column()
    axis: Mapped[CriterionAxis] = mapped_column(choice(CriterionAxis))
    kind: Mapped[CriterionKind] = mapped_column(choice(CriterionKind))
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    anchor_low_milli: Mapped[int] = mapped_column()
    anchor_high_milli: Mapped[int] = mapped_column()
    unit: Mapped[str] = mapped_column(String(20))
    swing_points: Mapped[int] = mapped_column()
    forecast_blend: Mapped[int] = mapped_column(default=0)
    enters_strategic_weight: Mapped[bool] = mapped_column(default=False)

    def label(self, language: str) -> str:
        """The name in `language`, in English when there is none."""
        return str(self.labels.get(language) or self.labels.get("en") or self.key)


class ManualKeyAccount(Row):
    """An account that leadership names key whatever the rules say, for a reason and for a time."""

    __tablename__ = "manual_key_account"
    __table_args__ = (
        UniqueConstraint("definition_id", "account_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    definition_id: Mapped[str] = mapped_column(ForeignKey("key_account_definition.id"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    sponsor_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    expires_on: Mapped[date] = mapped_column()


class ScoreSource(enum.StrEnum):
    """Who or what a rating comes from."""

    SYSTEM = "system"
    KAM = "kam"
    SALES_LEAD = "sales_lead"
    FINANCE = "finance"
    SURVEY = "survey"


class QualificationScore(Row):
    """One rating of one account by one criterion, in thousandths of the criterion's unit.

    Ratings are never overwritten: the newest one that counts is used, by `criterion_key`, whatever the
    definition's version. A rating of the relationship by the account's own key account manager counts once
    somebody else confirmed it. Missing or expired means unknown, never zero.
    """

    __tablename__ = "qualification_score"
    __table_args__ = (
        CheckConstraint(
            "value_current_milli IS NOT NULL OR value_forecast_milli IS NOT NULL", name="something_known"
        ),
        CheckConstraint(
            "confirmed_by_id IS NULL OR (rated_by_id IS NOT NULL AND confirmed_by_id <> rated_by_id)",
            name="second_person",
        ),
        CheckConstraint("rated_on <= expires_on", name="days"),
        Index("ix_qualification_score_newest", "account_id", "criterion_key", "rated_on"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    criterion_key: Mapped[str] = mapped_column(String(64))
    value_current_milli: Mapped[int | None] = mapped_column()
    value_forecast_milli: Mapped[int | None] = mapped_column()
    source: Mapped[ScoreSource] = mapped_column(choice(ScoreSource))
    evidence: Mapped[str] = mapped_column(Text, default="")
    evidence_link: Mapped[str] = mapped_column(String(500), default="")
    rated_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    rated_on: Mapped[date] = mapped_column()
    expires_on: Mapped[date] = mapped_column()
    needs_second: Mapped[bool] = mapped_column(default=False)
    confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column()

    rated_by: Mapped[User | None] = relationship(foreign_keys=[rated_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])


class StrategicFactor(Row):
    """A factor of 500 to 2,000 per mille that leadership puts on an account's strategic weight for a time.

    It counts once a second person approved it, until it expires or is ended.
    """

    __tablename__ = "strategic_factor"
    __table_args__ = (
        CheckConstraint("factor BETWEEN 500 AND 2000", name="factor"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("valid_from <= expires_on", name="days"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> set_by_id", name="second_person"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    factor: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    set_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    approved_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    valid_from: Mapped[date] = mapped_column()
    expires_on: Mapped[date] = mapped_column()
    ended_on: Mapped[date | None] = mapped_column()

    set_by: Mapped[User] = relationship(foreign_keys=[set_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
