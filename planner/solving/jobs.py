"""The queue: runs and questions wait as rows, are claimed once, show that they live, and end in words.

All functions work inside the caller's unit of work, which holds the writers' lock: two workers cannot claim
the same row, and a worker that lost its row cannot write to it any more.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from planner.actor import SYSTEM
from planner.audit import Event, changing
from planner.clock import now
from planner.records import CycleStatus, JobState, PlanningCycle, PlanRun, Question, RunPurpose
from planner.transitions import CycleAction, JobAction, move

HEARTBEAT_S = 1.0
"""How often a worker shows that it lives."""

INTERRUPTED_AFTER = timedelta(seconds=8)
"""A job whose worker was silent this long has lost it."""

ATTEMPTS = 3
"""How often a question is tried before it is given up."""

CYCLE_WAS = "cycle_was"
"""The key in a run's parameters for the state its cycle had before."""

BACK: Mapping[str, CycleAction] = {
    CycleStatus.COLLECTING: CycleAction.BACK_TO_COLLECTING,
    CycleStatus.PUBLISHED: CycleAction.BACK_TO_PUBLISHED,
    CycleStatus.DECIDING: CycleAction.DECIDE,
}


class Signal(enum.Enum):
    """What a worker learns when it shows that it lives."""

    GO = "go"
    STOP = "stop"
    LOST = "lost"


Job = PlanRun | Question


def failure(code: str, reason: str, remedy: str, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Why a job failed, as it is stored: a stable code, English words for people, and details."""
    return {"code": code, "reason": reason, "remedy": remedy, "details": dict(details or {})}


INTERRUPTED = failure(
    "E_INTERRUPTED",
    "The program that computed this was stopped before it had finished.",
    "Repeat it; nothing else was lost.",
)


def is_interrupted(job: Job, at: datetime) -> bool:
    """Whether the job says it is running but its worker has been silent for too long."""
    return job.state == JobState.RUNNING and (
        job.heartbeat_at is None or at - job.heartbeat_at > INTERRUPTED_AFTER
    )


def reap(session: Session) -> list[PlanRun]:
    """Mark runs that lost their worker as failed, and queue such questions again; the runs marked."""
    at = now()
    lost = [r for r in session.scalars(_running_runs()) if is_interrupted(r, at)]
    for run in lost:
        fail_run(session, run, INTERRUPTED)
    questions = select(Question).where(Question.state == JobState.RUNNING).order_by(Question.id)
    for question in session.scalars(questions):
        if is_interrupted(question, at):
            give_back(session, question)
    return lost


def _running_runs() -> Any:
    return select(PlanRun).where(PlanRun.state == JobState.RUNNING).order_by(PlanRun.id)


def anything_lost(session: Session) -> bool:
    """Whether `reap` would find something; a read that needs no lock."""
    at = now()
    jobs: list[Job] = [
        *session.scalars(_running_runs()),
        *session.scalars(select(Question).where(Question.state == JobState.RUNNING)),
    ]
    return any(is_interrupted(job, at) for job in jobs)


def active_run(session: Session, cycle_id: str) -> PlanRun | None:
    """The cycle's official run that waits or runs, if there is one."""
    return session.scalars(
        select(PlanRun).where(
            PlanRun.cycle_id == cycle_id,
            PlanRun.state.in_((JobState.QUEUED, JobState.RUNNING)),
            PlanRun.purpose == RunPurpose.OFFICIAL,
        )
    ).first()


def waiting(session: Session) -> bool:
    """Whether a run or a question waits; a read that needs no lock."""
    kinds: tuple[type[Job], ...] = (PlanRun, Question)
    return any(session.scalar(select(k.id).where(k.state == JobState.QUEUED).limit(1)) for k in kinds)


def claim_run(session: Session, worker: str) -> PlanRun | None:
    """Take the run that waits longest, official ones first; its worker is `worker` from now on."""
    official = PlanRun.purpose == RunPurpose.OFFICIAL
    run = session.scalars(
        select(PlanRun)
        .where(PlanRun.state == JobState.QUEUED)
        .order_by(official.desc(), PlanRun.created_at, PlanRun.id)
    ).first()
    if run is None:
        return None
    with changing(session, SYSTEM, Event.RUN_STARTED, run):
        move(run, JobAction.START)
        run.worker = worker
        run.attempts += 1
        run.started_at = run.heartbeat_at = now()
    return run


def claim_question(session: Session, worker: str) -> Question | None:
    """Take the next question: who asked first, then the oldest of those nobody asked; quick ones go ahead."""
    asked = (Question.asked_at.is_(None), Question.quick.desc(), Question.asked_at)
    first = (*asked, Question.kind, Question.created_at, Question.id)
    question = session.scalars(
        select(Question).where(Question.state == JobState.QUEUED).order_by(*first)
    ).first()
    if question is None:
        return None
    move(question, JobAction.START)
    question.worker = worker
    question.attempts += 1
    question.heartbeat_at = now()
    return question


def more_urgent(session: Session, question: Question) -> bool:
    """Whether something waits that should not wait for `question`.

    An official run never waits; what somebody asked, and a what-if, wait only for what somebody asked, and a
    quick question that somebody asked only for another quick one.
    """
    runs = set(session.scalars(select(PlanRun.purpose).where(PlanRun.state == JobState.QUEUED)))
    if RunPurpose.OFFICIAL in runs:
        return True
    asked = select(Question.id).where(Question.state == JobState.QUEUED, Question.asked_at.is_not(None))
    if not question.quick and session.scalar(asked.where(Question.quick).limit(1)) is not None:
        return True
    if session.scalar(select(Question.asked_at).where(Question.id == question.id)) is not None:
        return False
    return bool(runs) or session.scalar(asked.limit(1)) is not None


def beat(session: Session, job: Job, worker: str, progress: Mapping[str, Any] | None = None) -> Signal:
    """Show that the worker lives; what it shall do now.

    The row's version stays: a sign of life is no change that a reader must know of.
    """
    kind = type(job)
    values: dict[str, Any] = {"heartbeat_at": now()}
    if progress is not None:
        values["progress"] = dict(progress)
    done = session.execute(
        update(kind)
        .where(kind.id == job.id, kind.worker == worker, kind.state == JobState.RUNNING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", done).rowcount != 1:
        return Signal.LOST
    if session.scalar(select(kind.stop_requested).where(kind.id == job.id)):
        return Signal.STOP
    return Signal.GO


def still_mine(session: Session, job: Job, worker: str) -> bool:
    """Whether the stored row is still run by this worker; the row is read anew."""
    session.refresh(job)
    return job.state == JobState.RUNNING and job.worker == worker


def fail_run(session: Session, run: PlanRun, why: Mapping[str, Any]) -> None:
    """End a run without a plan; its cycle goes back to where it was."""
    with changing(session, SYSTEM, Event.RUN_FAILED, run, reason=str(why["code"])):
        move(run, JobAction.FAIL)
        run.failure = dict(why)
        run.finished_at = now()
    cycle_back(session, run)


def cycle_back(session: Session, run: PlanRun) -> None:
    """Return the cycle of a run that ended without a plan to the state it had before."""
    cycle = session.get_one(PlanningCycle, run.cycle_id)
    action = BACK.get(str(run.parameters.get(CYCLE_WAS)))
    if cycle.status == CycleStatus.SOLVING and action:
        with changing(session, SYSTEM, Event.CYCLE_CHANGED, cycle):
            move(cycle, action)


def give_back(session: Session, question: Question) -> None:
    """Queue a question again, or give it up when it was tried too often."""
    move(question, JobAction.FAIL)
    question.failure = dict(INTERRUPTED)
    if question.attempts < ATTEMPTS:
        move(question, JobAction.REPEAT)
        question.worker = None
        question.heartbeat_at = None
    session.flush()
