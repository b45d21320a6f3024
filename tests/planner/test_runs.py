"""Runs: who starts them, one at a time, stopped, repeated, watched and compared."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from factories import stable_id
from scenario import ASKS, WEEK, K, Quarrel

from planner.clock import now
from planner.database import Database
from planner.gap import gap_of, gap_words
from planner.records import (
    CycleStatus,
    JobState,
    Leave,
    LeaveStatus,
    PlanningCycle,
    PlanRun,
    PlanStatus,
    RejectionReason,
    RequestStatus,
    ResourceRequest,
    Snapshot,
)
from planner.services.approving import decisions
from planner.services.planning import loads, runs
from planner.services.publishing import publishing
from planner.solving import jobs
from planner.solving.demand import line_digest
from planner.solving.engine import Engine
from planner.solving.start import start_text
from planner.verdict import Denied, Kind, Refused


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7, requests submitted."""
    return Quarrel(sqlite_database, engine)


def _cycle(world: Quarrel) -> CycleStatus:
    status: CycleStatus = world.row(PlanningCycle, stable_id("cycle")).status
    return status


def _refused(world: Quarrel, who: str = "lena", **limits: Any) -> Denied:
    before = world.events()
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        runs.start_run(session, world.actor(who), stable_id("cycle"), **limits)
    assert world.events() == before
    return refused.value.denied


def _view(world: Quarrel, run: PlanRun) -> runs.RunView:
    with world.database.reading() as session:
        return runs.run_view(session, world.actor("lena"), run.id)


def test_a_run_freezes_its_inputs_and_waits(world: Quarrel) -> None:
    """Queued with its snapshot and a seed that follows from the problem; the cycle is being solved."""
    run = world.start(wall_limit_s=30)
    snapshot = world.row(Snapshot, run.snapshot_id or "")
    assert (run.number, run.state, run.attempts) == (1, JobState.QUEUED, 0)
    assert snapshot.problem_hash.startswith("sha256:")
    assert set(snapshot.inputs["requests"]) == {stable_id(name) for name in ASKS}
    assert run.parameters["wall_limit_s"] == 30
    assert run.parameters["definition"] == snapshot.inputs["definition"]
    assert 0 <= run.parameters["seed"] < 2**31
    assert _cycle(world) == CycleStatus.SOLVING


def test_one_run_at_a_time(world: Quarrel) -> None:
    """The second is refused with the first one's id."""
    run = world.start()
    denied = _refused(world)
    assert (denied.kind, denied.code, denied.details["run_id"]) == (Kind.STATE, "E_RUN_ACTIVE", run.id)


def test_who_starts_runs(world: Quarrel) -> None:
    """Neither a key account manager nor a head."""
    assert _refused(world, "kim").kind == Kind.FORBIDDEN
    assert _refused(world, "eva").kind == Kind.FORBIDDEN


@pytest.mark.parametrize("limits", [{"wall_limit_s": 0}, {"wall_limit_s": 10**9}, {"work_limit": -1}])
def test_limits_have_limits(world: Quarrel, limits: dict[str, Any]) -> None:
    """Seconds and work must make sense."""
    assert _refused(world, **limits).code == "E_LIMIT"


def test_a_cycle_that_is_over_has_no_runs(world: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A week later none of its weeks is left."""
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-11")
    assert _refused(world).code == "E_CYCLE_OVER"


def test_a_finished_run_tells_all(planned: Quarrel) -> None:
    """78 k proven, two granted, one refused, Engineering has two parts to decide."""
    run = planned.first
    view = _view(planned, run)
    assert (view.state, view.value, view.bound, view.gap) == (JobState.DONE, 78 * K, 78 * K, 0.0)
    assert str(view.gap_words) == "No better plan is possible."
    assert (view.granted, view.partly, view.refused, view.newest) == (2, 0, 1, True)
    waits = [(w.department, w.head, w.deputy, w.proposals) for w in view.waits_for]
    assert waits == [("Engineering", "Eva", "Dan", 2)]
    assert (run.plan_status, run.reproducible, run.churn_minor) == (PlanStatus.OPTIMAL, True, 0)
    assert _cycle(planned) == CycleStatus.DECIDING


def test_the_same_inputs_give_the_same_plan(planned: Quarrel) -> None:
    """Two runs without a decision between them: same problem, seed and plan, from the whole way twice."""
    first, second = planned.first, planned.plan()
    with planned.database.reading() as session:
        problems = [session.get_one(Snapshot, r.snapshot_id).problem_hash for r in (first, second)]
    assert problems[0] == problems[1]
    assert first.parameters["seed"] == second.parameters["seed"]
    with planned.database.reading() as session:
        compared = runs.compare(session, planned.actor("lena"), second.id)
    assert first.value_minor == second.value_minor
    assert {c.title for c in compared.requests} == {"R1", "R3"}


def test_a_new_plan_begins_with_the_newest(
    sqlite_database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A week later the plan of weeks 1 to 3 is begun with in weeks 2 to 3: its weeks are one less."""
    world = Quarrel(sqlite_database, engine, weeks=3)
    with sqlite_database.writing() as session:
        for name in ASKS:
            request = session.get_one(ResourceRequest, stable_id(name))
            request.earliest_week, request.latest_week = "2027-W02", "2027-W02"
    first = world.plan()
    assert first.parameters["start"] is None
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-11")
    second = world.start()
    assert second.parameters["first_week"] == "2027-W02"
    assert second.parameters["start"] == {"run": first.id, "shift": 1}
    with sqlite_database.reading() as session:
        text = start_text(session, session.get_one(PlanRun, second.id))
    begun = json.loads(text or "")
    assert {row["week"] for row in json.loads(first.result or "")["hours"]} == {1}
    assert {row["week"] for row in begun["hours"]} == {0}
    assert world.worker.step()
    assert _view(world, second).value == 78 * K


def test_stopping_what_waits_cancels_it(world: Quarrel) -> None:
    """The cycle collects again, and the run can be repeated."""
    run = world.start()
    with world.database.writing() as session:
        runs.stop_run(session, world.actor("lena"), run.id)
    assert world.row(PlanRun, run.id).state == JobState.CANCELLED
    assert _cycle(world) == CycleStatus.COLLECTING
    with world.database.writing() as session:
        runs.repeat_run(session, world.actor("lena"), run.id)
    assert world.worker.step()
    assert _view(world, run).value == 78 * K


def test_a_finished_run_is_neither_stopped_nor_repeated(planned: Quarrel) -> None:
    """It has its plan; a new one is a new run."""
    run = planned.first
    for use_case in (runs.stop_run, runs.repeat_run):
        with pytest.raises(Refused) as refused, planned.database.writing() as session:
            use_case(session, planned.actor("lena"), run.id)
        assert refused.value.denied.kind == Kind.STATE


def test_nothing_to_plan_is_a_plan(world: Quarrel) -> None:
    """All requests withdrawn: no proposals, no error, and the plan is proven best."""
    with world.database.writing() as session:
        for name in ASKS:
            session.get_one(ResourceRequest, stable_id(name)).status = RequestStatus.WITHDRAWN
    view = _view(world, world.plan())
    assert (view.state, view.value, view.granted, view.refused) == (JobState.DONE, 0, 0, 0)
    assert view.gap is None


def test_a_dead_worker_is_told_by_any_reader_and_stored_by_any_writer(world: Quarrel) -> None:
    """Nine seconds of silence: the page says interrupted, and starting again is possible at once."""
    run = world.start()
    with world.database.writing() as session:
        jobs.claim_run(session, "gone")
    assert _view(world, run).state == JobState.RUNNING
    with world.database.writing() as session:
        session.get_one(PlanRun, run.id).heartbeat_at = now() - timedelta(seconds=9)
    view = _view(world, run)
    assert (view.state, view.failure and view.failure["code"]) == (JobState.FAILED, "E_INTERRUPTED")
    again = world.start()
    assert again.number == 2
    stored = world.row(PlanRun, run.id)
    assert (stored.state, stored.failure["code"]) == (JobState.FAILED, "E_INTERRUPTED")


def test_a_failed_run_can_be_repeated_with_the_inputs_of_now(world: Quarrel) -> None:
    """R3 is withdrawn meanwhile: the repeated run plans without it."""
    run = world.start()
    with world.database.writing() as session:
        jobs.claim_run(session, "gone")
        session.get_one(PlanRun, run.id).heartbeat_at = now() - timedelta(seconds=9)
    with world.database.writing() as session:
        jobs.reap(session)
    assert _cycle(world) == CycleStatus.COLLECTING
    with world.database.writing() as session:
        session.get_one(ResourceRequest, stable_id("r3")).status = RequestStatus.WITHDRAWN
    with world.database.writing() as session:
        runs.repeat_run(session, world.actor("lena"), run.id)
    assert world.worker.step()
    view = _view(world, run)
    assert (view.state, view.value, view.run.attempts) == (JobState.DONE, 48 * K, 2)
    assert view.failure is None


def test_decisions_that_contradict_each_other_fail_with_the_list(planned: Quarrel) -> None:
    """R1 and R3 approved, then R1 wants more every week than it has, by hand: the conflict is named."""
    run = planned.first
    for name in ("r1", "r3"):
        proposal = planned.proposal(run, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), proposal.id, proposal.version)
    with planned.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r1"))
        request.lines[0].weekly_min = 100
        session.flush()
        stored = planned.proposal(run, "r1")
        session.merge(stored).line_digest = line_digest(request, request.lines[0])
    failed = _view(planned, planned.plan())
    assert failed.state == JobState.FAILED
    assert failed.failure is not None
    assert failed.failure["code"] == "E_LOCKS_CONFLICT"
    assert {row["kind"] for row in failed.failure["details"]["conflicts"]} <= {
        "frozen",
        "min_level",
        "max_level",
    }
    assert failed.failure["details"]["conflicts"] != []
    assert _cycle(planned) == CycleStatus.DECIDING
    with pytest.raises(Refused), planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), failed.run.id)


def test_a_comparison_names_people_and_requests(planned: Quarrel) -> None:
    """Against the published R1 + R3 the plan after R1's rejection withdraws R1 and brings R2."""
    first = planned.first
    for name in ("r1", "r3"):
        proposal = planned.proposal(first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), proposal.id, proposal.version)
    with planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), first.id)
    with planned.database.writing() as session:
        session.get_one(ResourceRequest, stable_id("r2")).benefits[0].amount_minor = 90 * K
    second = planned.plan()
    with planned.database.reading() as session:
        told = runs.compare(session, planned.actor("lena"), second.id)
    assert told.published_number == 1
    assert [(c.title, c.kind, c.before, c.after) for c in told.requests] == [
        ("R1", "withdrawn", 96, 0),
        ("R2", "new", 0, 80),
    ]
    assert [(c.specialist, c.week, c.title, c.before, c.after) for c in told.people] == [
        ("Ann", WEEK, "R1", 96, 0),
        ("Ann", WEEK, "R2", 0, 80),
    ]
    assert (told.same, told.churn_minor) == (1, second.churn_minor)


def test_the_heat_map_shows_each_role_its_part(world: Quarrel) -> None:
    """Ann has 160 quarter-hours: all see them booked; Kim sees her 96 and no capacity; Lou sees nobody."""
    world.add_legal()
    run = world.plan()
    with world.database.reading() as session:
        of_lena = loads.heat_map(session, world.actor("lena"), run.id)
        of_eva = loads.heat_map(session, world.actor("eva"), run.id)
        of_kim = loads.heat_map(session, world.actor("kim"), run.id)
        of_lou = loads.heat_map(session, world.actor("lou"), run.id)
        published = loads.heat_map(session, world.actor("lena"))
    cell = of_lena.rows[0].cells[0]
    assert [row.name for row in of_lena.rows] == ["Ann", "Leo"]
    assert (cell.booked, cell.capacity, cell.free) == (160, 160, 0)
    assert [row.name for row in of_eva.rows] == ["Ann"]
    own = of_kim.rows[0].cells[0]
    assert (own.booked, own.capacity, own.free) == (96, None, None)
    assert [booking.title for booking in own.bookings] == ["R1"]
    assert [row.name for row in of_lou.rows] == ["Leo"]
    assert published.rows[0].cells[0].booked == 0


def test_a_run_knows_what_it_could_not_keep(planned: Quarrel) -> None:
    """R1 approved, then Ann is away all week: the approval is released and named, and nothing is granted."""
    run = planned.first
    r1 = planned.proposal(run, "r1")
    with planned.database.writing() as session:
        decisions.approve(session, planned.actor("eva"), r1.id, r1.version)
    with planned.database.writing() as session:
        session.add(
            Leave(
                specialist_id=stable_id("s:ann"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                status=LeaveStatus.APPROVED,
            )
        )
    view = _view(planned, planned.plan())
    assert view.released == [{"request": stable_id("r1"), "kind": "approved"}]
    assert (view.granted, view.refused, view.waits_for) == (0, 3, [])


def test_a_rejection_survives_any_number_of_runs(planned: Quarrel) -> None:
    """R1's pair stays forbidden in the third run too."""
    r1 = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        decisions.reject(session, planned.actor("eva"), r1.id, r1.version, RejectionReason.OVERLOAD)
    for _ in range(2):
        assert set(planned.states(planned.plan())) == {"r2", "r3"}


@pytest.mark.parametrize(
    ("value", "bound", "proven", "words"),
    [
        (100, 100, True, "No better plan is possible."),
        (1000, 1032, False, "A better plan, if there is one, is worth at most 3.2 % more."),
        (10_000, 10_001, False, "A better plan, if there is one, is worth at most 0.1 % more."),
        (0, 10, False, "How much better a plan could be is not known."),
        (100, None, False, "How much better a plan could be is not known."),
    ],
)
def test_the_gap_is_said_in_words(value: int, bound: int | None, proven: bool, words: str) -> None:
    """Rounded up, so that it never promises too much, and unknown is said to be unknown."""
    assert str(gap_words(gap_of(value, bound), proven=proven)) == words
