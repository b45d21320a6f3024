"""The worker: never stuck, never twice, and what it leaves behind when it is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select

from planner.clock import now
from planner.database import Database
from planner.records import JobState, PlanRun, Question
from planner.services.approving import decisions
from planner.services.explaining import explanations
from planner.services.filing.requests import LineValues
from planner.services.planning import runs
from planner.services.publishing import publishing
from planner.solving import jobs
from planner.solving.engine import Engine, Reply
from planner.solving.jobs import Signal
from planner.solving.worker import Worker

HARD_LINES = 30
"""Requests of a problem that is not proven in the seconds these tests give it."""


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7, requests submitted."""
    return Quarrel(sqlite_database, engine)


def _make_hard(world: Quarrel) -> None:
    """Twice what one person can do in 26 weeks, in awkward sizes: good plans at once, no proof soon.

    Whatever plan is found, a dozen requests and more fall short, so there is always something to ask about.
    """
    for i in range(HARD_LINES):
        lines = [
            LineValues("design", 74 + 26 * i % 142),
            LineValues("design", 58 + 34 * i % 106, min_level=2),
        ]
        draft = world.file(
            "kim",
            f"h{i}",
            lines,
            (K * (31 + 19 * i % 67)) // 3,
            account_id=stable_id("a:r1"),
            title=f"H{i}",
            earliest_week=f"2027-W{1 + i % 9:02d}",
            latest_week=f"2027-W{14 + i % 12:02d}",
            curve=((0, 0), (500, 300 + 7 * i % 300), (1000, 1000)),
        )
        world.submit("kim", draft)


@pytest.fixture(scope="module")
def hard_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Path:
    """A file with the problem that is not proven soon, unsolved."""
    path = tmp_path_factory.mktemp("hard") / "planner.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    _make_hard(Quarrel(database, engine, weeks=26))
    database.dispose()
    return path


@pytest.fixture
def hard(hard_template: Path, tmp_path: Path, engine: Engine) -> Iterator[Quarrel]:
    """The problem that is not proven soon, unsolved."""
    shutil.copyfile(hard_template, tmp_path / "hard.db")
    database = Database(f"sqlite:///{tmp_path / 'hard.db'}")
    yield Quarrel.reopened(database, engine)
    database.dispose()


def _until(condition: Callable[[], Any], seconds: float) -> float:
    """Wait until the condition holds; the seconds it took."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if condition():
            return time.monotonic() - begun
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")


def _worker_process(database: Database) -> subprocess.Popen[bytes]:
    """A worker as `planner worker` runs it, in a process of its own."""
    url = database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", "from planner.cli import main; main(['worker'])"],
        env={**os.environ, "PLANNER_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_a_killed_worker_leaves_a_run_that_can_be_repeated(hard: Quarrel) -> None:
    """SIGKILL in the middle of a run: told as interrupted within 10 s, nothing lost, repeated to its end."""
    run = hard.start(wall_limit_s=300)
    process = _worker_process(hard.database)
    try:
        _until(lambda: hard.row(PlanRun, run.id).progress.get("value"), 60)
        acknowledged = hard.events()
    finally:
        process.kill()
        process.wait()
    killed = time.monotonic()

    def told() -> bool:
        with hard.database.reading() as session:
            return runs.run_view(session, hard.actor("lena"), run.id).state == JobState.FAILED

    _until(told, 12)
    assert time.monotonic() - killed <= 10
    assert not hard.worker.step(), "there is nothing to do, but the dead run is marked"
    stored = hard.row(PlanRun, run.id)
    assert (stored.state, stored.failure["code"]) == (JobState.FAILED, "E_INTERRUPTED")
    assert hard.events()[: len(acknowledged)] == acknowledged
    _until(lambda: not _alive_engines(process.pid), 5)

    with hard.database.writing() as session:
        again = runs.repeat_run(session, hard.actor("lena"), run.id)
        again.parameters = {**again.parameters, "wall_limit_s": 2.0}
    assert hard.worker.step()
    assert hard.row(PlanRun, run.id).state == JobState.DONE


def _alive_engines(session_id: int) -> list[str]:
    """Processes of the killed worker's session that still run; none are found where there is no /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name in brackets: state, parent, group, session.
            state, _, _, session, *_ = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(session) == session_id and state != "Z":
            found.append(stat.parent.name)
    return found


def test_stopping_keeps_the_best_plan(hard: Quarrel) -> None:
    """Stopped by leadership while it searches: done within seconds, with proposals, and publishable."""
    run = hard.start(wall_limit_s=300)
    done = threading.Thread(target=hard.worker.step)
    done.start()
    _until(lambda: hard.row(PlanRun, run.id).progress.get("value"), 60)
    progress = hard.row(PlanRun, run.id).progress
    assert {"value", "bound", "gap", "seconds", "stage", "doing", "at"} <= set(progress)
    with hard.database.writing() as session:
        runs.stop_run(session, hard.actor("lena"), run.id)
        runs.stop_run(session, hard.actor("lena"), run.id)
    done.join(20)
    assert not done.is_alive()
    stored = hard.row(PlanRun, run.id)
    assert (stored.state, stored.stopped, stored.reproducible) == (JobState.DONE, "cancelled", False)
    assert stored.value_minor >= progress["value"]
    assert hard.events("run").count("run.stop_requested") == 1
    _decide_all(hard, run)
    with hard.database.writing() as session:
        assert publishing.publish(session, hard.actor("lena"), run.id).number == 1


def _decide_all(world: Quarrel, run: PlanRun) -> None:
    with world.database.writing() as session:
        eva = world.actor("eva")
        for item in decisions.inbox(session, eva).items:
            assert item.run_id == run.id
            decisions.approve(session, eva, item.proposal_id, item.version)


def test_two_workers_never_take_the_same_run(database: Database, engine: Engine) -> None:
    """Twenty workers at once: exactly one gets it."""
    world = Quarrel(database, engine)
    run = world.start()
    barrier = threading.Barrier(20)
    claimed: list[str] = []

    def claim(name: str) -> None:
        barrier.wait()
        with database.writing() as session:
            if jobs.claim_run(session, name) is not None:
                claimed.append(name)

    threads = [threading.Thread(target=claim, args=(f"w{i}",)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = world.row(PlanRun, run.id)
    assert claimed == [stored.worker]
    assert (stored.state, stored.attempts) == (JobState.RUNNING, 1)
    assert world.events("run").count("run.started") == 1


def test_a_worker_that_lost_its_run_writes_nothing(world: Quarrel) -> None:
    """It was silent, the run was marked failed; when it wakes up it must not store its plan."""
    run = world.start()
    with world.database.writing() as session:
        claimed = jobs.claim_run(session, world.worker.name)
        assert claimed is not None
        claimed.heartbeat_at = now() - timedelta(seconds=9)
    with world.database.writing() as session:
        jobs.reap(session)
    with world.database.writing() as session:
        assert jobs.beat(session, claimed, world.worker.name) == Signal.LOST
    events = world.events()
    world.worker._keep(claimed, Reply("done", {"result": "{}"}))
    assert world.events() == events
    assert world.row(PlanRun, run.id).result is None


@contextmanager
def _under_way(hard: Quarrel) -> Iterator[tuple[PlanRun, Engine, threading.Thread]]:
    """A long run that has a plan, in an engine of its own."""
    own = Engine()
    hard.worker = Worker(hard.database, engine=own)
    run = hard.start(wall_limit_s=300)
    done = threading.Thread(target=hard.worker.step)
    done.start()
    try:
        _until(lambda: hard.row(PlanRun, run.id).progress.get("value"), 60)
        yield run, own, done
        assert not done.is_alive()
    finally:
        own.close()


def test_an_engine_that_dies_fails_the_run(hard: Quarrel) -> None:
    """Killed from outside in the middle: a failed run with its code, the next one gets a fresh engine."""
    with _under_way(hard) as (run, own, done):
        os.kill(own._process.pid, signal.SIGKILL)
        done.join(30)
        stored = hard.row(PlanRun, run.id)
        assert (stored.state, stored.failure["code"]) == (JobState.FAILED, "E_ENGINE_CRASHED")
        assert stored.failure["details"]["exit_code"] == -signal.SIGKILL
        own.begin({"kind": "nonsense", "problem": "{", "settings": {}})
        reply = own.wait(30)
        assert reply is not None
        assert (reply.kind, reply.content["code"]) == ("failed", "E_PROBLEM")


def test_an_engine_that_gives_up_begins_again_with_another_seed(hard: Quarrel) -> None:
    """The solver aborts its own process when it contradicts itself; the run goes on and keeps its plan."""
    with _under_way(hard) as (run, own, done):
        first = own._process.pid
        os.kill(first, signal.SIGABRT)
        _until(lambda: own._process is not None and own._process.pid != first, 60)
        with hard.database.writing() as session:
            runs.stop_run(session, hard.actor("lena"), run.id)
        done.join(60)
        stored = hard.row(PlanRun, run.id)
        assert stored.state is JobState.DONE
        assert json.loads(stored.result)["settings"]["seed"] == stored.parameters["seed"] + 1


def test_an_answer_that_cannot_be_stored_fails_the_run(world: Quarrel) -> None:
    """Whatever the engine says: the run ends with a code and is never left running."""
    run = world.start()
    with world.database.writing() as session:
        claimed = jobs.claim_run(session, world.worker.name)
    assert claimed is not None
    world.worker._keep(claimed, Reply("done", {"result": "no JSON at all"}))
    stored = world.row(PlanRun, run.id)
    assert (stored.state, stored.failure["code"]) == (JobState.FAILED, "E_INTERNAL")


def test_a_question_whose_worker_died_is_asked_again_three_times(planned: Quarrel) -> None:
    """Two silences put it back into the queue, the third gives it up."""
    for attempt in (1, 2, 3):
        with planned.database.writing() as session:
            question = jobs.claim_question(session, "gone")
            assert question is not None
            assert question.attempts == attempt
            question.asked_at = now()
            question.heartbeat_at = now() - timedelta(seconds=9)
        with planned.database.writing() as session:
            jobs.reap(session)
        stored = planned.row(Question, question.id)
        assert stored.state == (JobState.FAILED if attempt == 3 else JobState.QUEUED)
    assert stored.failure["code"] == "E_INTERRUPTED"


def test_a_run_does_not_wait_for_background_questions(planned: Quarrel) -> None:
    """The question under way makes way, keeps its attempts and is answered later."""
    with planned.database.writing() as session:
        question = jobs.claim_question(session, planned.worker.name)
        assert question is not None
        assert not jobs.more_urgent(session, question)
    planned.start()
    with planned.database.writing() as session:
        assert jobs.more_urgent(session, question)
    planned.worker._give_way(question)
    stored = planned.row(Question, question.id)
    assert (stored.state, stored.attempts) == (JobState.QUEUED, 0)
    with planned.database.writing() as session:
        first = jobs.claim_run(session, "next")
        assert first is not None


def test_what_takes_a_moment_goes_ahead_of_a_long_answer(planned: Quarrel) -> None:
    """Eva's long question runs when Dan opens another line: his quick figure comes first, nothing else."""
    r1, r3 = (planned.proposal(planned.first, name) for name in ("r1", "r3"))
    with planned.database.writing() as session:
        decisions.ask_consequence(session, planned.actor("eva"), r3.id)
    assert planned.worker.step()
    with planned.database.writing() as session:
        long = jobs.claim_question(session, planned.worker.name)
        assert long is not None
        assert (long.quick, long.proposal_id) == (False, r3.id)
        assert not jobs.more_urgent(session, long)
    with planned.database.writing() as session:
        decisions.ask_consequence(session, planned.actor("dan"), r1.id)
    with planned.database.writing() as session:
        assert jobs.more_urgent(session, session.get_one(Question, long.id))
        quick = jobs.claim_question(session, "another")
        assert quick is not None
        assert (quick.quick, quick.proposal_id) == (True, r1.id)
        assert not jobs.more_urgent(session, quick)


def test_a_question_under_way_makes_way_at_once(hard: Quarrel) -> None:
    """Somebody asks while the worker computes what nobody asked: it drops that and turns to them."""
    run = hard.start(wall_limit_s=2)
    assert hard.worker.step()
    while _in_state(hard, JobState.QUEUED, Question.quick):
        assert hard.worker.step()
    pushed = threading.Thread(target=hard.worker.step)
    pushed.start()
    _until(lambda: _in_state(hard, JobState.RUNNING), 60)
    with hard.database.writing() as session:
        waiting = session.scalars(
            select(Question).where(Question.state == JobState.QUEUED, Question.kind == "break_even")
        ).all()
        request_id = waiting[-1].request_id
        assert request_id is not None
        asked = explanations.ask(session, hard.actor("lena"), run.id, request_id)
    pushed.join(30)
    assert not pushed.is_alive()
    assert _in_state(hard, JobState.RUNNING) == []
    assert hard.worker.step()
    with hard.database.reading() as session:
        told = explanations.refusal_card(session, hard.actor("lena"), run.id, asked.request_id)
    assert told.state == "done"


def _in_state(world: Quarrel, state: JobState, *more: Any) -> list[str]:
    with world.database.reading() as session:
        return list(session.scalars(select(Question.id).where(Question.state == state, *more)))


def test_an_idle_worker_takes_no_lock(planned: Quarrel) -> None:
    """With nothing to do a step reads and returns, even while somebody else holds the writers' lock."""
    planned.answer_all()
    with planned.database.writing() as session:
        session.scalars(select(PlanRun)).all()
        begun = time.monotonic()
        assert not planned.worker.step()
        assert time.monotonic() - begun < 5


def test_a_worker_process_works_until_told_to_stop(world: Quarrel) -> None:
    """`planner worker` solves what waits, answers questions, and ends in peace on SIGTERM."""
    run = world.start()
    process = _worker_process(world.database)
    try:
        _until(lambda: world.row(PlanRun, run.id).state == JobState.DONE, 150)
        _until(lambda: _open_questions(world) == 0, 150)
    finally:
        process.terminate()
        code = process.wait(30)
    assert code == 0


def _open_questions(world: Quarrel) -> int:
    with world.database.reading() as session:
        return len(session.scalars(select(Question).where(Question.state != JobState.DONE)).all())


def test_a_worker_names_itself() -> None:
    """Two workers of one machine are told apart."""
    database = Database("sqlite://")
    assert Worker(database).name != Worker(database).name
    database.dispose()
