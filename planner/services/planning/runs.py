"""Runs: start, stop and repeat a plan, watch it, compare it with what is published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from planner import settings
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now
from planner.gap import gap_of, gap_words
from planner.permissions import Action, may
from planner.records import (
    Department,
    JobState,
    PlanningCycle,
    PlanRun,
    PlanStatus,
    Proposal,
    ProposalState,
    RequestOutcome,
    RunPurpose,
    Snapshot,
    User,
)
from planner.scope import find_cycle, find_run, visible_runs
from planner.services.planning.comparison import Comparison, compare
from planner.services.planning.conflicts import Cause, causes_of
from planner.services.planning.run_limits import RunLimits, check_limits
from planner.solving import jobs, parameters, start, translate
from planner.solving.outcome import given
from planner.transitions import CycleAction, JobAction, check, move
from planner.verdict import Denied, Kind, Message, Refused, refuse, require

__all__ = [
    "Comparison",
    "RunView",
    "Waiting",
    "compare",
    "is_newest",
    "list_runs",
    "repeat_run",
    "run_view",
    "start_run",
    "stop_run",
    "waits_for",
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose answer is still missing: the department, its head and deputy, and on how many parts."""

    department: str
    head: str | None
    deputy: str | None
    proposals: int


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as people watch it. Money in minor units; None is unknown.

    Attributes:
        run: The record.
        state: Where it stands; a run whose worker died is told as failed even before that is stored.
        failure: Code, reason and remedy of a failed run.
        progress: Seconds, stage, value, bound and what runs, as last told by the worker.
        value: Worth of the plan, or of the best one so far.
        bound: What no plan exceeds.
        gap: How far the value may be from the best, as a share of the value.
        gap_words: The same for people.
        granted: Requests with all their hours.
        partly: Requests with fewer hours.
        refused: Requests without.
        left_out: Requests that were not planned, by reason, each a list of ids.
        released: Requests whose earlier approval or promise no longer fits, as {"request", "kind"}.
        broken_obligations: Ids of requests whose confirmed promise the plan does not keep.
        moves: Published person-weeks that the plan takes back; None while it is not known.
        most_moves: How many it was allowed to take back; None without a limit.
        waits_for: Departments that have not answered.
        newest: Whether no later run of the cycle has a plan.
        causes: Of a run that failed because decisions contradict each other: those decisions.
    """

    run: PlanRun
    state: JobState
    failure: Mapping[str, Any] | None
    progress: Mapping[str, Any]
    value: int | None
    bound: int | None
    gap: float | None
    gap_words: Message | None
    granted: int = 0
    partly: int = 0
    refused: int = 0
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    released: Sequence[Mapping[str, str]] = ()
    broken_obligations: Sequence[str] = ()
    moves: int | None = None
    most_moves: int | None = None
    waits_for: Sequence[Waiting] = ()
    newest: bool = False
    causes: Sequence[Cause] = ()


def start_run(
    session: Session,
    actor: Actor,
    cycle_id: str,
    *,
    wall_limit_s: float | None = None,
    work_limit: float | None = None,
    most_moves: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> PlanRun:
    """Queue an official run of the cycle with all its inputs frozen now; a worker takes it from there.

    Args:
        session: The unit of work.
        actor: Leadership or planner.
        cycle_id: Which cycle.
        wall_limit_s: Seconds to search at most, 1 to 3,600; the setting when None.
        work_limit: Units of the engine's own work at most; no limit when None.
        most_moves: Published person-weeks that the plan may take back at most; no limit when None.
        changes: What a promoted scenario supposes instead of what the records say.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_LIMIT; E_RUN_ACTIVE with the run's id; E_STATE when the cycle is
            closed; E_CYCLE_OVER when none of its weeks is left; E_PROBLEM with every reason.
    """
    require(may(actor, Action.START_RUN))
    cycle = find_cycle(session, actor, cycle_id)
    seconds = settings.read().wall_limit_s if wall_limit_s is None else wall_limit_s
    limits = RunLimits(seconds, work_limit, most_moves)
    check_limits(limits)
    jobs.reap(session)
    _check_idle(session, cycle)
    require(check(cycle, CycleAction.SOLVE))
    number = session.scalar(select(func.max(PlanRun.number)).where(PlanRun.cycle_id == cycle.id)) or 0
    run = PlanRun(
        cycle_id=cycle.id,
        number=number + 1,
        purpose=RunPurpose.OFFICIAL,
        state=JobState.QUEUED,
        parameters={},
        created_by_id=actor.user_id,
    )
    _take_snapshot(session, cycle, run, limits, changes or {})
    created(session, actor, Event.RUN_CREATED, run)
    _to_solving(session, actor, cycle)
    return run


def repeat_run(session: Session, actor: Actor, run_id: str) -> PlanRun:
    """Queue a failed or cancelled run again, with the inputs of now and the limits of then.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_STATE, E_RUN_ACTIVE, E_CYCLE_OVER, E_PROBLEM.
    """
    require(may(actor, Action.REPEAT_RUN))
    run = find_run(session, actor, run_id)
    jobs.reap(session)
    cycle = find_cycle(session, actor, run.cycle_id)
    require(check(run, JobAction.REPEAT))
    _check_idle(session, cycle)
    require(check(cycle, CycleAction.SOLVE))
    before = parameters.Parameters.of(run.parameters)
    with changing(session, actor, Event.RUN_REPEATED, run):
        move(run, JobAction.REPEAT)
        run.failure = run.worker = run.started_at = run.heartbeat_at = run.finished_at = None
        run.stop_requested = False
        run.progress = {}
        limits = RunLimits(before.wall_limit_s, before.work_limit, before.most_moves)
        _take_snapshot(session, cycle, run, limits, before.changes)
    _to_solving(session, actor, cycle)
    return run


def stop_run(session: Session, actor: Actor, run_id: str) -> PlanRun:
    """Stop a run: one under way keeps its best plan, one that waits is cancelled.

    Stopping again what is being stopped changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND; E_STATE when it has ended.
    """
    require(may(actor, Action.STOP_RUN))
    run = find_run(session, actor, run_id)
    jobs.reap(session)
    if run.state == JobState.RUNNING and run.stop_requested:
        return run
    require(check(run, JobAction.CANCEL))
    if run.state == JobState.QUEUED:
        with changing(session, actor, Event.RUN_CANCELLED, run):
            move(run, JobAction.CANCEL)
            run.finished_at = now()
        jobs.cycle_back(session, run)
    else:
        with changing(session, actor, Event.RUN_STOP_REQUESTED, run):
            run.stop_requested = True
    return run


def list_runs(session: Session, actor: Actor, cycle_id: str | None = None) -> Sequence[PlanRun]:
    """Official runs the actor may see, newest first; of one cycle when given.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_RUNS))
    query = visible_runs(actor).where(PlanRun.purpose == RunPurpose.OFFICIAL)
    query = query.order_by(PlanRun.created_at.desc(), PlanRun.number.desc())
    if cycle_id is not None:
        query = query.where(PlanRun.cycle_id == cycle_id)
    return session.scalars(query.options(selectinload(PlanRun.cycle))).all()


def run_view(session: Session, actor: Actor, run_id: str) -> RunView:
    """A run as it stands: under way with its progress, or ended with its counts.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_RUNS))
    run = find_run(session, actor, run_id)
    if run.state != JobState.DONE:
        return replace(_unfinished(run), causes=causes_of(session, run))
    outcomes = session.scalars(select(RequestOutcome).where(RequestOutcome.run_id == run.id)).all()
    counts = Counter(given(outcome).value for outcome in outcomes)
    inputs = run.snapshot.inputs if run.snapshot else {}
    gap = gap_of(run.value_minor, run.bound_minor)
    return RunView(
        run=run,
        state=run.state,
        failure=None,
        progress=run.progress,
        value=run.value_minor,
        bound=run.bound_minor,
        gap=gap,
        gap_words=gap_words(gap, proven=run.plan_status == PlanStatus.OPTIMAL),
        granted=counts["granted"],
        partly=counts["partly"],
        refused=counts["refused"],
        left_out=_by_reason(inputs.get("left_out", {})),
        released=inputs.get("released", []),
        broken_obligations=run.progress.get("broken_obligations", []),
        moves=run.progress.get("moves"),
        most_moves=run.parameters.get("most_moves"),
        waits_for=waits_for(session, run),
        newest=is_newest(session, run),
    )


def waits_for(session: Session, run: PlanRun) -> list[Waiting]:
    """Departments with parts of the plan that nobody decided yet, most first."""
    rows = session.execute(
        select(Department, func.count(Proposal.id))
        .join(Proposal, Proposal.department_id == Department.id)
        .where(Proposal.run_id == run.id, Proposal.state == ProposalState.PROPOSED)
        .group_by(Department.id)
        .options(selectinload(Department.head), selectinload(Department.deputy_head))
    )
    found = [Waiting(d.name, _name(d.head), _name(d.deputy_head), count) for d, count in rows]
    return sorted(found, key=lambda w: (-w.proposals, w.department))


def is_newest(session: Session, run: PlanRun) -> bool:
    """Whether no later official run of the cycle has a plan."""
    later = select(PlanRun.id).where(
        PlanRun.cycle_id == run.cycle_id,
        PlanRun.purpose == RunPurpose.OFFICIAL,
        PlanRun.state == JobState.DONE,
        PlanRun.number > run.number,
    )
    return session.scalar(later.limit(1)) is None


def _unfinished(run: PlanRun) -> RunView:
    dead = jobs.is_interrupted(run, now())
    value, bound = run.progress.get("value"), run.progress.get("bound")
    gap = gap_of(value, bound)
    return RunView(
        run=run,
        state=JobState.FAILED if dead else run.state,
        failure=jobs.INTERRUPTED if dead else run.failure,
        progress=run.progress,
        value=value,
        bound=bound,
        gap=gap,
        gap_words=gap_words(gap, proven=False) if value is not None else None,
    )


def _check_idle(session: Session, cycle: PlanningCycle) -> None:
    active = jobs.active_run(session, cycle.id)
    if active is not None:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_RUN_ACTIVE",
                Message("Run %(number)s of this cycle is not finished.", {"number": active.number}),
                Message("Watch it, or stop it and keep its best plan."),
                details={"run_id": active.id, "number": active.number},
            )
        )


def _take_snapshot(
    session: Session, cycle: PlanningCycle, run: PlanRun, limits: RunLimits, changes: Mapping[str, Any]
) -> None:
    """Freeze the inputs; parameters and seed go with the run."""
    try:
        chosen = parameters.choose(
            session,
            cycle,
            wall_limit_s=limits.seconds,
            workers=settings.read().solver_workers,
            work_limit=limits.work,
        )
    except ValueError as error:
        raise refuse(
            Kind.STATE,
            "E_CYCLE_OVER",
            "All weeks of this cycle are past.",
            "Open a new cycle.",
        ) from error
    chosen = replace(chosen, most_moves=limits.moves, changes=dict(changes))
    translation = translate.translate(session, cycle, chosen)
    snapshot = Snapshot(problem=translation.text, problem_hash=translation.hash, inputs=translation.inputs)
    session.add(snapshot)
    session.flush()
    run.snapshot_id = snapshot.id
    run.parameters = {
        **chosen.stored(),
        "seed": translation.seed,
        "definition": translation.inputs["definition"],
        jobs.CYCLE_WAS: cycle.status.value,
        start.START: start.choose_start(session, cycle, chosen),
    }


def _to_solving(session: Session, actor: Actor, cycle: PlanningCycle) -> None:
    with changing(session, actor, Event.CYCLE_CHANGED, cycle):
        move(cycle, CycleAction.SOLVE)


def _by_reason(left_out: Mapping[str, str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for request, reason in sorted(left_out.items()):
        found[reason].append(request)
    return dict(found)


def _name(user: User | None) -> str | None:
    return user.display_name if user else None
