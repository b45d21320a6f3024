"""Planning: the cycle, its runs, what a run proposes and what was published."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import Department, Specialist, User
from planner.records.requests import RequestLine, ResourceRequest


class CycleKind(enum.StrEnum):
    """The rhythm a cycle belongs to."""

    WEEKLY = "weekly"
    QUARTERLY = "quarterly"
    AD_HOC = "ad_hoc"


class CycleStatus(enum.StrEnum):
    """Collecting takes requests in, deciding waits for heads; `planner.transitions` has the table."""

    COLLECTING = "collecting"
    SOLVING = "solving"
    DECIDING = "deciding"
    PUBLISHED = "published"
    CLOSED = "closed"


class PlanningCycle(Row):
    """One round of planning over `horizon_weeks` from `first_week` on."""

    __tablename__ = "planning_cycle"
    __table_args__ = (
        CheckConstraint("horizon_weeks BETWEEN 1 AND 53", name="horizon"),
        CheckConstraint("frozen_weeks >= 0 AND slushy_weeks >= 0", name="zones"),
    )

    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[CycleKind] = mapped_column(choice(CycleKind))
    first_week: Mapped[str] = mapped_column(String(8))
    horizon_weeks: Mapped[int] = mapped_column(default=13)
    frozen_weeks: Mapped[int] = mapped_column(default=2)
    slushy_weeks: Mapped[int] = mapped_column(default=4)
    request_cutoff: Mapped[datetime] = mapped_column()
    decision_deadline: Mapped[datetime] = mapped_column()
    publish_at: Mapped[datetime] = mapped_column()
    status: Mapped[CycleStatus] = mapped_column(choice(CycleStatus), default=CycleStatus.COLLECTING)


class JobState(enum.StrEnum):
    """Where background work stands. A run stopped with its best plan kept is done."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunPurpose(enum.StrEnum):
    """Only an official run proposes allocations and may be published."""

    OFFICIAL = "official"
    WHAT_IF = "what_if"


class PlanStatus(enum.StrEnum):
    """What is known of a run's plan."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    NONE = "none"


class Snapshot(Row):
    """All inputs of a run, frozen: the problem as canonical JSON, and where every value came from.

    `inputs` says for each request and level how its money was computed, and which record each id of the
    problem stands for.
    """

    __tablename__ = "snapshot"

    problem: Mapped[str] = mapped_column(Text)
    problem_hash: Mapped[str] = mapped_column(String(71), index=True)
    inputs: Mapped[dict[str, Any]] = mapped_column()


class PlanRun(Row):
    """One solve of a cycle: the job and its ending. Unchangeable once finished, but for supersession.

    `heartbeat_at` shows that its worker lives; a running job without one is marked failed and can be
    repeated. `progress` is the newest best value, bound and gap. `result` is `planner-plan/1`. Who created
    it is unknown when the operator did at the command line.
    """

    __tablename__ = "plan_run"
    __table_args__ = (UniqueConstraint("cycle_id", "number"),)

    cycle_id: Mapped[str] = mapped_column(ForeignKey("planning_cycle.id"), index=True)
    number: Mapped[int] = mapped_column()
    purpose: Mapped[RunPurpose] = mapped_column(choice(RunPurpose))
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.QUEUED, index=True)
    parameters: Mapped[dict[str, Any]] = mapped_column()
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("snapshot.id"))
    created_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    started_at: Mapped[datetime | None] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()
    heartbeat_at: Mapped[datetime | None] = mapped_column()
    worker: Mapped[str | None] = mapped_column(String(120))
    attempts: Mapped[int] = mapped_column(default=0)
    stop_requested: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    plan_status: Mapped[PlanStatus | None] = mapped_column(choice(PlanStatus))
    stopped: Mapped[str | None] = mapped_column(String(32))
    value_minor: Mapped[int | None] = mapped_column()
    bound_minor: Mapped[int | None] = mapped_column()
    churn_minor: Mapped[int | None] = mapped_column()
    reproducible: Mapped[bool | None] = mapped_column()
    result: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[dict[str, Any] | None] = mapped_column()

    cycle: Mapped[PlanningCycle] = relationship()
    snapshot: Mapped[Snapshot | None] = relationship()
    created_by: Mapped[User | None] = relationship()


RUN_RESULT = (
    *("cycle_id", "number", "purpose", "parameters", "snapshot_id", "created_by_id", "started_at"),
    *("finished_at", "state", "plan_status", "stopped", "value_minor", "bound_minor", "churn_minor"),
    *("reproducible", "result", "failure"),
)
"""Columns of a run that stay once it is done."""


class RequestOutcome(Row):
    """What a run gives one request.

    `level` is the granted index, -1 when refused; `levels` how many there are; `fraction` the granted share
    in per mille. `value_minor` is what the level is worth, `bonus_minor` what preferred people add less
    `outside_minor`, the price of the lines `outside_lines` that are bought outside; summed over a run and
    less the churn they are the plan's value. `reason` and `params` say why it is below the top, null when it
    is not.
    """

    __tablename__ = "request_outcome"
    __table_args__ = (UniqueConstraint("run_id", "request_id"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"), index=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    level: Mapped[int] = mapped_column()
    levels: Mapped[int] = mapped_column()
    fraction: Mapped[int] = mapped_column()
    value_minor: Mapped[int] = mapped_column()
    bonus_minor: Mapped[int] = mapped_column(default=0)
    outside_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    outside_lines: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    reason: Mapped[str | None] = mapped_column(String(32))
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)

    request: Mapped[ResourceRequest] = relationship()


class ProposalState(enum.StrEnum):
    """Where a department's part of a line stands; it changes only through `planner.transitions`."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    COUNTERED = "countered"
    PUBLISHED = "published"
    WORKED = "worked"
    SUPERSEDED = "superseded"


class Proposal(Row):
    """The hours that one department lends to one line in a run: what a head decides on.

    `line_digest` is a hash of what the line asked for, so that a decision is not held against a line that
    was changed since. `booked_as` says how its approved hours are booked, "plain" or "expedite"; null when
    they are not.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("run_id", "line_id", "department_id"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"), index=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("request_line.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState), default=ProposalState.PROPOSED)
    line_digest: Mapped[str] = mapped_column(String(64), default="")
    booked_as: Mapped[str | None] = mapped_column(String(16))

    run: Mapped[PlanRun] = relationship()
    request: Mapped[ResourceRequest] = relationship()
    line: Mapped[RequestLine] = relationship()
    department: Mapped[Department] = relationship()
    allocations: Mapped[list[Allocation]] = relationship(
        cascade="all, delete-orphan", order_by="Allocation.week", back_populates="proposal"
    )


class Allocation(Row):
    """Quarter-hours of one specialist on one line in one ISO week."""

    __tablename__ = "allocation"
    __table_args__ = (
        UniqueConstraint("proposal_id", "specialist_id", "week"),
        CheckConstraint("quarter_hours > 0", name="effort"),
        Index("ix_allocation_load", "run_id", "specialist_id", "week", "quarter_hours"),
    )

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id"), index=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"))
    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"), index=True)
    week: Mapped[str] = mapped_column(String(8))
    quarter_hours: Mapped[int] = mapped_column()

    proposal: Mapped[Proposal] = relationship(back_populates="allocations")
    specialist: Mapped[Specialist] = relationship()


class QuestionKind(enum.StrEnum):
    """What is asked about a finished plan."""

    BREAK_EVEN = "break_even"
    REJECTION = "rejection"
    CARD = "card"
    PRICE = "price"
    FRONTIER = "frontier"
    SWAP = "swap"
    CONTRIBUTION = "contribution"


class Question(Row):
    """A re-solve about a run's plan, answered in the background; who asked comes first.

    A break-even question tells from which value on the request would be granted the level above its own. A
    rejection question tells what the plan loses when a head refuses `proposal_id`; `scope` says what is
    forbidden then: the pair in those "weeks", the "pair" at all, or the whole "request"; a `quick` one leaves
    everybody else's hours as they are and goes ahead of longer questions. `subject` is the
    request's id or the proposal's with the scope. The figure lies from `low_minor` to `high_minor`, minor
    units; null means not computed yet or without limit. `answer` holds what else came out. The other kinds
    say in `params` what is asked, and `subject` is a short name or a digest of that. `progress` is what a
    long question last told; with `stop_requested` it keeps the best it has.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("run_id", "kind", "subject"),
        CheckConstraint(
            "low_minor IS NULL OR high_minor IS NULL OR low_minor <= high_minor", name="interval"
        ),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"), index=True)
    kind: Mapped[QuestionKind] = mapped_column(choice(QuestionKind))
    subject: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(ForeignKey("resource_request.id"), index=True)
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    scope: Mapped[str | None] = mapped_column(String(16))
    quick: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.QUEUED, index=True)
    asked_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[datetime | None] = mapped_column()
    worker: Mapped[str | None] = mapped_column(String(120))
    heartbeat_at: Mapped[datetime | None] = mapped_column()
    attempts: Mapped[int] = mapped_column(default=0)
    low_minor: Mapped[int | None] = mapped_column()
    high_minor: Mapped[int | None] = mapped_column()
    exact: Mapped[bool | None] = mapped_column()
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[dict[str, Any] | None] = mapped_column()
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stop_requested: Mapped[bool] = mapped_column(default=False)

    run: Mapped[PlanRun] = relationship()
    request: Mapped[ResourceRequest | None] = relationship()


class Publication(Row):
    """A published plan: numbered, hashed, and kept from change by database triggers.

    `content` is canonical JSON of everything the board page shows; `content_hash` its SHA-256.
    """

    __tablename__ = "publication"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("planning_cycle.id"), index=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    previous_id: Mapped[str | None] = mapped_column(ForeignKey("publication.id"))
    published_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    published_at: Mapped[datetime] = mapped_column()
    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(71))

    cycle: Mapped[PlanningCycle] = relationship()
    run: Mapped[PlanRun] = relationship()
    published_by: Mapped[User] = relationship()


class PublishedHours(Row):
    """Quarter-hours promised by a publication; unchangeable like it."""

    __tablename__ = "published_hours"
    __table_args__ = (UniqueConstraint("publication_id", "line_id", "specialist_id", "week"),)

    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"))
    line_id: Mapped[str] = mapped_column(ForeignKey("request_line.id"))
    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"), index=True)
    week: Mapped[str] = mapped_column(String(8))
    quarter_hours: Mapped[int] = mapped_column()


class PublishedOutside(Row):
    """A line that a publication lets somebody outside do, at a price; unchangeable like it."""

    __tablename__ = "published_outside"
    __table_args__ = (UniqueConstraint("publication_id", "line_id"),)

    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"))
    line_id: Mapped[str] = mapped_column(ForeignKey("request_line.id"))
    cost_minor: Mapped[int] = mapped_column()


class BoardLink(Row):
    """A secret address that opens one publication for a reader without an account; only its hash is kept."""

    __tablename__ = "board_link"

    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    expires_at: Mapped[datetime] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()
