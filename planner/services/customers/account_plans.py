"""Account plans: drafted and submitted by the key account manager, seen by the board, kept in revisions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, record, state_of
from planner.clock import now
from planner.permissions import Action, may
from planner.records import (
    AccountPlan,
    Milestone,
    PlanState,
    PlanTarget,
    RelationshipStage,
    StrategicGoal,
    TargetKind,
)
from planner.scope import an_id, find_account
from planner.services.customers.keepers import kept_account, person
from planner.services.versions import check_version
from planner.transitions import AccountPlanAction, move
from planner.verdict import Kind, Problem, not_found, refuse, require

PERIOD = re.compile(r"20[0-9]{2}(-H[12])?")
TEXTS = ("goals", "products", "channels", "pricing", "target_rationale")
IN_FORCE = (PlanState.SUBMITTED, PlanState.BOARD_REVIEWED)
MOST_MILESTONES = 20


@dataclass(frozen=True, slots=True)
class MilestoneValues:
    """One step with its day."""

    title: str
    due_on: date
    done_on: date | None = None
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class PlanValues:
    """An account plan as typed; money in minor units, retention in per mille, None is no target.

    `goals_served` holds codes of the company's strategic goals.
    """

    period: str
    goals: str
    products: str = ""
    channels: str = ""
    pricing: str = ""
    target_rationale: str = ""
    stage_aimed_at: str | None = None
    sales_minor: int | None = None
    contribution_minor: int | None = None
    retention: int | None = None
    milestones: Sequence[MilestoneValues] = ()
    goals_served: Sequence[str] = ()


def problems_in(values: PlanValues) -> list[Problem]:
    """Everything that is not well formed."""
    found: list[Problem] = []
    if not isinstance(values.period, str) or not PERIOD.fullmatch(values.period):
        reason, remedy = "This is no period.", "Write a year or half, such as 2027 or 2027-H1."
        found.append(checks.problem("period", "E_PERIOD", reason, remedy))
    for name in TEXTS:
        found += checks.text(name, getattr(values, name), 5_000, required=name == "goals", lines=True)
    if values.stage_aimed_at is not None:
        found += checks.choice("stage_aimed_at", values.stage_aimed_at, RelationshipStage)
    for name in ("sales_minor", "contribution_minor"):
        if getattr(values, name) is not None:
            found += checks.money(name, getattr(values, name), negative=name == "contribution_minor")
    if values.retention is not None:
        found += checks.whole("retention", values.retention, 0, 1000, code="E_PROBABILITY_RANGE")
    if len(values.milestones) > MOST_MILESTONES:
        reason, remedy = "There are too many milestones.", "Keep the %(most)d that matter most."
        found.append(checks.problem("milestones", "E_TOO_MANY", reason, remedy, most=MOST_MILESTONES))
    for i, each in enumerate(values.milestones):
        found += checks.text(f"milestones/{i}/title", each.title, 200, required=True)
        if each.stage is not None:
            found += checks.choice(f"milestones/{i}/stage", each.stage, RelationshipStage)
    return found


def _unknown_goals(session: Session, values: PlanValues) -> list[Problem]:
    """Goals that there are not; one that was given up may stay in the plans that serve it."""
    known = set(session.scalars(select(StrategicGoal.code)))
    served = enumerate(values.goals_served)
    return [checks.unknown(f"goals_served/{i}", code, known) for i, code in served if code not in known]


def list_plans(session: Session, actor: Actor, account_id: str) -> Sequence[AccountPlan]:
    """Every revision of a customer's plans, newest period and revision first.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    query = select(AccountPlan).where(AccountPlan.account_id == account.id)
    loaded = query.options(
        joinedload(AccountPlan.author),
        selectinload(AccountPlan.targets),
        selectinload(AccountPlan.milestones),
    )
    return session.scalars(loaded.order_by(AccountPlan.period.desc(), AccountPlan.revision.desc())).all()


def save_draft(
    session: Session, actor: Actor, account_id: str, values: PlanValues, version: int = 0
) -> AccountPlan:
    """Draft the plan of a period for an own customer, or change the draft there is.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_INVALID.
    """
    require(may(actor, Action.EDIT_PLAN))
    account = kept_account(session, actor, account_id)
    checks.require_well_formed(problems_in(values) + _unknown_goals(session, values))
    rows = select(AccountPlan).where(
        AccountPlan.account_id == account.id, AccountPlan.period == values.period
    )
    row = session.scalars(rows.where(AccountPlan.state == PlanState.DRAFT)).one_or_none()
    before = None
    if row is None:
        newest = select(func.max(AccountPlan.revision)).where(
            AccountPlan.account_id == account.id, AccountPlan.period == values.period
        )
        row = AccountPlan(
            account_id=account.id,
            period=values.period,
            revision=(session.scalar(newest) or 0) + 1,
            author_id=person(actor),
        )
        session.add(row)
    else:
        check_version(session, row, version)
        before = state_of(row)
    _write(row, values)
    record(session, actor, Event.PLAN_DRAFTED, row, before=before, after=state_of(row))
    return row


def change_draft(
    session: Session, actor: Actor, account_id: str, plan_id: str, values: PlanValues, *, version: int
) -> AccountPlan:
    """Change one draft of an own customer; its period stays.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_STATE once submitted; E_INVALID.
    """
    require(may(actor, Action.EDIT_PLAN))
    kept_account(session, actor, account_id)
    row = _find(session, actor, account_id, plan_id)
    if row.state is not PlanState.DRAFT:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "What was submitted is not changed.",
            "Draft a new revision; it replaces this one when it is submitted.",
        )
    if values.period != row.period:
        reason, remedy = "A draft keeps its period.", "Draft another plan for another period."
        checks.require_well_formed([checks.problem("period", "E_PERIOD", reason, remedy)])
    return save_draft(session, actor, account_id, values, version)


def _write(row: AccountPlan, values: PlanValues) -> None:
    for name in TEXTS:
        setattr(row, name, checks.tidy(getattr(values, name)))
    row.stage_aimed_at = RelationshipStage(values.stage_aimed_at) if values.stage_aimed_at else None
    row.goals_served = sorted(set(values.goals_served))
    row.updated_at = now()
    kept = {target.kind: target for target in row.targets}
    wanted = {
        TargetKind.SALES: (values.sales_minor, None),
        TargetKind.CONTRIBUTION: (values.contribution_minor, None),
        TargetKind.RETENTION: (None, values.retention),
    }
    targets = []
    for position, (kind, (amount, chance)) in enumerate(wanted.items()):
        if amount is not None or chance is not None:
            target = kept.get(kind) or PlanTarget(kind=kind)
            target.position, target.amount_minor, target.chance = position, amount, chance
            targets.append(target)
    row.targets = targets
    row.milestones = [
        Milestone(
            position=position,
            title=checks.tidy(each.title),
            due_on=each.due_on,
            done_on=each.done_on,
            stage=RelationshipStage(each.stage) if each.stage else None,
        )
        for position, each in enumerate(values.milestones)
    ]


def _find(session: Session, actor: Actor, account_id: str, plan_id: str) -> AccountPlan:
    account = find_account(session, actor, account_id)
    row = session.get(AccountPlan, an_id(plan_id))
    if row is None or row.account_id != account.id:
        raise not_found()
    return row


def submit_plan(session: Session, actor: Actor, account_id: str, plan_id: str, version: int) -> AccountPlan:
    """Submit a draft; it replaces the revision in force.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_STATE; E_PLAN_EMPTY without a target.
    """
    require(may(actor, Action.EDIT_PLAN))
    kept_account(session, actor, account_id)
    row = _find(session, actor, account_id, plan_id)
    check_version(session, row, version)
    if not row.targets or not row.target_rationale:
        raise refuse(
            Kind.STATE,
            "E_PLAN_EMPTY",
            "The plan names no target, or not on what it rests.",
            "Give at least one target and say why it can be reached.",
        )
    old = session.scalars(
        select(AccountPlan).where(
            AccountPlan.account_id == row.account_id,
            AccountPlan.period == row.period,
            AccountPlan.state.in_(IN_FORCE),
        )
    ).one_or_none()
    if old is not None:
        with changing(session, actor, Event.PLAN_SUBMITTED, old):
            move(old, AccountPlanAction.SUPERSEDE)
        session.flush()
    with changing(session, actor, Event.PLAN_SUBMITTED, row):
        move(row, AccountPlanAction.SUBMIT)
        row.submitted_at = now()
    return row


def review_plan(session: Session, actor: Actor, account_id: str, plan_id: str, version: int) -> AccountPlan:
    """Note that the board has seen a submitted plan.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE.
    """
    require(may(actor, Action.REVIEW_PLAN))
    row = _find(session, actor, account_id, plan_id)
    check_version(session, row, version)
    with changing(session, actor, Event.PLAN_REVIEWED, row):
        move(row, AccountPlanAction.REVIEW)
        row.reviewed_at = now()
    return row
