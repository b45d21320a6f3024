"""The worker: takes runs and questions from the queue, one at a time, and never leaves one stuck."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from planner.clock import now
from planner.database import Database
from planner.records import PlanRun, Question
from planner.services.approving import reminders
from planner.services.closing import due_outcomes
from planner.services.filing import beginnings
from planner.services.staff import log_checks
from planner.solving import jobs, questions
from planner.solving.engine import Engine, Reply
from planner.solving.jobs import Signal
from planner.solving.outcome import save
from planner.solving.parameters import Parameters
from planner.solving.start import start_text

IDLE_S = 0.5
"""How long a worker with nothing to do waits before it looks again."""

REMIND_S = 60.0
"""How often a worker looks who should be reminded of a decision."""

CHECK_S = 60.0
"""How often a worker with nothing to do looks whether the whole log should be checked again."""

PATIENCE_S = 2.0
"""How long an engine that is asked to stop may take before it is ended."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a task ended: the engine's last reply, or None when the job was lost or made way for another."""

    reply: Reply | None
    made_way: bool = False


class Worker:
    """One worker with its own engine process, or with one that is lent to it."""

    def __init__(self, database: Database, name: str | None = None, engine: Engine | None = None) -> None:
        self.database = database
        self.name = name or f"{socket.gethostname()}-{os.getpid()}-{os.urandom(3).hex()}"
        self.engine = engine or Engine()

    def run(self, stopped: threading.Event) -> None:
        """Work until `stopped` is set; what is under way then is given back by its silence."""
        log.info("worker.started", worker=self.name)
        self.engine.start()
        reminded = checked = 0.0
        try:
            while not stopped.is_set():
                if time.monotonic() - reminded >= REMIND_S:
                    reminded = time.monotonic()
                    self._try_remind()
                if not self._try_step(stopped):
                    if time.monotonic() - checked >= CHECK_S:
                        checked = time.monotonic()
                        self._try_check()
                    stopped.wait(IDLE_S)
        finally:
            self.engine.close()
            log.info("worker.stopped", worker=self.name)

    def step(self, stopped: threading.Event | None = None) -> bool:
        """Do one thing; false when there was nothing to do."""
        with self.database.reading() as session:
            lost, waits = jobs.anything_lost(session), jobs.waiting(session)
        if lost:
            with self.database.writing() as session:
                for run in jobs.reap(session):
                    log.warning("run.interrupted", run=run.id)
        if not waits:
            return False
        with self.database.writing() as session:
            job = jobs.claim_run(session, self.name) or jobs.claim_question(session, self.name)
            if job is None:
                return False
            session.flush()
            task = _run_task(session, job) if isinstance(job, PlanRun) else questions.task_of(session, job)
        stopped = stopped or threading.Event()
        ending = self._follow(job, task, stopped)
        if task["kind"] == "solve" and _gave_up(ending.reply):
            # The solver ends its process when it finds itself in a state it holds impossible. Another
            # seed goes another way; the plan says which one it had.
            log.warning("engine.began_again", job=job.id)
            ending = self._follow(job, _with_next_seed(task), stopped)
        if ending.reply is not None:
            self._keep(job, ending.reply)
        elif ending.made_way:
            self._give_way(job)
        return True

    def _try_remind(self) -> None:
        """Tell who is late and let begin what begins; a database that cannot be reached is asked again."""
        try:
            with self.database.reading() as session:
                due = reminders.anything_due(session)
                ended = due_outcomes.anything_to_remind(session)
                begun = beginnings.anything_begins(session)
            if due:
                with self.database.writing() as session:
                    log.info("heads.reminded", notifications=reminders.remind(session))
            if begun:
                with self.database.writing() as session:
                    log.info("requests.began", requests=beginnings.begin(session))
            if ended:
                with self.database.writing() as session:
                    log.info("outcomes.reminded", requests=due_outcomes.remind(session))
        except SQLAlchemyError:
            log.exception("worker.database_failed")

    def _try_check(self) -> None:
        """Check the whole log when that is due; only reading it takes long, and nobody waits for that."""
        try:
            with self.database.reading() as session:
                found = log_checks.look(session) if log_checks.due(session) else None
            if found is not None:
                with self.database.writing() as session:
                    log_checks.keep(session, found)
                tell = log.error if found.problems else log.info
                tell("log.checked", events=found.events, problems=len(found.problems))
        except SQLAlchemyError:
            log.exception("worker.database_failed")

    def _try_step(self, stopped: threading.Event) -> bool:
        """One step; a database that cannot be reached for a while is waited for."""
        try:
            return self.step(stopped)
        except SQLAlchemyError:
            log.exception("worker.database_failed")
            # What was under way falls silent and is marked by whoever sees it first.
            self.engine.close()
            return False

    def _follow(self, job: jobs.Job, task: Mapping[str, Any], stopped: threading.Event) -> Ending:
        """Let the engine work on the task, show that it lives, pass on a request to stop."""
        try:
            self.engine.begin(task)
        except OSError as error:
            return Ending(Reply("crashed", {"error": str(error)}))
        progress: dict[str, Any] | None = None
        beaten = time.monotonic()
        while not stopped.is_set():
            reply = self.engine.wait(max(0.05, jobs.HEARTBEAT_S - (time.monotonic() - beaten)))
            if reply is not None and reply.kind != "progress":
                return Ending(reply)
            if reply is not None:
                progress = {**reply.content, "at": now().isoformat()}
            if time.monotonic() - beaten < jobs.HEARTBEAT_S:
                continue
            beaten = time.monotonic()
            wish, urgent = self._beat(job, progress)
            if wish == Signal.STOP:
                self.engine.stop()
            if urgent:
                self._interrupt()
                return Ending(None, made_way=True)
            if wish == Signal.LOST:
                self.engine.close()
                return Ending(None)
        self.engine.close()
        return Ending(None)

    def _interrupt(self) -> None:
        """Make the engine free for something else: by asking it, by ending it if it does not listen."""
        self.engine.stop()
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            reply = self.engine.wait(until - time.monotonic())
            if reply is not None and reply.kind != "progress":
                return
        self.engine.close()

    def _beat(self, job: jobs.Job, progress: Mapping[str, Any] | None) -> tuple[Signal, bool]:
        with self.database.writing() as session:
            if isinstance(job, PlanRun):
                return jobs.beat(session, job, self.name, progress), False
            return jobs.beat(session, job, self.name, progress), jobs.more_urgent(session, job)

    def _keep(self, job: jobs.Job, reply: Reply) -> None:
        """Store the answer in one unit of work; if that cannot be done, store that in another."""
        try:
            with self.database.writing() as session:
                self._store(session, job, reply)
        except Exception:
            # Whatever is wrong with the answer must not leave the job running for ever.
            log.exception("answer.not_stored", job=job.id)
            with self.database.writing() as session:
                words = {"code": "E_INTERNAL", "message": "The answer could not be stored."}
                self._store(session, job, Reply("failed", words))

    def _store(self, session: Session, job: jobs.Job, reply: Reply) -> None:
        done = reply.kind == "done"
        if isinstance(job, PlanRun):
            run = session.get_one(PlanRun, job.id)
            if not jobs.still_mine(session, run, self.name):
                log.warning("answer.too_late", job=job.id)
            elif done:
                save(session, run, reply.content["result"])
            else:
                jobs.fail_run(session, run, _why(reply))
            return
        question = session.get_one(Question, job.id)
        if not jobs.still_mine(session, question, self.name):
            log.warning("answer.too_late", job=job.id)
        elif done:
            questions.store(session, question, reply.content)
        else:
            questions.store_failure(session, question, reply.content)

    def _give_way(self, job: jobs.Job) -> None:
        with self.database.writing() as session:
            question = session.get_one(Question, job.id)
            if jobs.still_mine(session, question, self.name):
                # Making way is no failed attempt.
                question.attempts -= 1
                jobs.give_back(session, question)


def _run_task(session: Session, run: PlanRun) -> dict[str, Any]:
    parameters = Parameters.of(run.parameters)
    assert run.snapshot is not None  # noqa: S101 - a run is queued with its snapshot
    return {
        "kind": "solve",
        "problem": run.snapshot.problem,
        "plan": start_text(session, run),
        "reasons": True,
        "most_moves": run.parameters.get("most_moves"),
        "settings": {
            "mode": parameters.mode,
            "seed": int(run.parameters["seed"]),
            "workers": parameters.workers,
            "wall_limit_s": parameters.wall_limit_s,
            "work_limit": parameters.work_limit,
        },
    }


def _gave_up(reply: Reply | None) -> bool:
    """Whether the engine's process ended itself, as distinct from being killed or not starting."""
    return reply is not None and reply.kind == "crashed" and reply.content.get("exit_code") == -signal.SIGABRT


def _with_next_seed(task: Mapping[str, Any]) -> dict[str, Any]:
    return {**task, "settings": {**task["settings"], "seed": task["settings"]["seed"] + 1}}


def _why(reply: Reply) -> dict[str, Any]:
    if reply.kind == "crashed":
        return jobs.failure(
            "E_ENGINE_CRASHED",
            "The engine ended unexpectedly.",
            "Repeat the run; if it happens again, tell an administrator.",
            reply.content,
        )
    return jobs.failure(
        str(reply.content.get("code", "E_ENGINE")),
        "The engine could not finish.",
        "Repeat the run; if it happens again, tell an administrator.",
        reply.content,
    )
