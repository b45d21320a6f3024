"""Published work begins by itself, goes on over the end of its cycle, and is closed.

R1 asks Ann for 48 h in weeks 2 to 5; she has 32 h a week and is published with all of week 2 and half of
week 3. In week 2 it begins. She works 25 h instead of 32, so 23 h are left when the next cycle plans.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import factories
import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select

from planner.clock import now
from planner.database import Database
from planner.records import (
    Outcome,
    PlanningCycle,
    PlanRun,
    RequestStatus,
    ResourceRequest,
    Specialist,
    WorkLog,
)
from planner.services.approving import decisions
from planner.services.closing import outcomes
from planner.services.closing.outcomes import OutcomeValues
from planner.services.filing import beginnings, requests
from planner.services.filing.requests import LineValues
from planner.services.planning import cycles, runs
from planner.services.publishing import publishing
from planner.services.reviewing import contributions
from planner.services.reviewing.kept_promises import Kept, kept_promises
from planner.solving.engine import Engine
from planner.supply import promises

NAME = "long"


def status(world: Quarrel) -> RequestStatus:
    """Where the request stands."""
    request: ResourceRequest = world.row(ResourceRequest, stable_id(NAME))
    return request.status


def tick(world: Quarrel) -> int:
    """What the worker does beside its jobs, again and again."""
    with world.database.reading() as session:
        anything = beginnings.anything_begins(session)
    with world.database.writing() as session:
        began = beginnings.begin(session)
    assert anything == bool(began)
    return began


def publish(world: Quarrel, run: PlanRun) -> None:
    """Eva approves what the run asks her, Lena publishes it."""
    part = world.proposal(run, NAME)
    with world.database.writing() as session:
        if part.state.value == "proposed":
            decisions.approve(session, world.actor("eva"), part.id, part.version)
        publishing.publish(session, world.actor("lena"), run.id)


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """The request published for weeks 2 and 3, on Monday of week 1."""
    world = Quarrel(sqlite_database, engine, weeks=5)
    with sqlite_database.writing() as session:
        session.get_one(Specialist, stable_id("s:ann")).weekday_quarter_hours = [32, 32, 32, 32, 0, 0, 0]
    for name, kam in (("r1", "kim"), ("r2", "lee"), ("r3", "max")):
        request = world.row(ResourceRequest, stable_id(name))
        with sqlite_database.writing() as session:
            requests.withdraw_request(session, world.actor(kam), request.id, request.version)
    window = {"earliest_week": "2027-W02", "latest_week": "2027-W05"}
    lines = [LineValues("design", 192, weekly_max=128)]
    world.submit("kim", world.file("kim", NAME, lines, 40 * K, account_id=stable_id("a:r1"), **window))
    publish(world, world.plan())
    return world


def hours(world: Quarrel) -> int:
    """Quarter-hours that stand for the request, the past as it was worked."""
    with world.database.reading() as session:
        return sum(p.quarter_hours for p in promises(session) if p.request_id == stable_id(NAME))


def first_week(world: Quarrel) -> str:
    """The first week with published hours."""
    with world.database.reading() as session:
        return min(p.week for p in promises(session) if p.request_id == stable_id(NAME))


def test_it_begins_in_its_first_published_week_and_once(
    world: Quarrel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the week before; the second tick changes nothing; the log says that nobody did it by hand."""
    assert hours(world) == 192
    assert (tick(world), status(world)) == (0, RequestStatus.PUBLISHED)
    week = first_week(world)
    monkeypatch.setenv("PLANNER_TODAY", date.fromisocalendar(int(week[:4]), int(week[6:]), 1).isoformat())
    assert (tick(world), status(world), tick(world)) == (1, RequestStatus.RUNNING, 0)
    assert world.events("request")[-1] == "request.started"


def test_what_was_published_stays_published_when_a_later_cycle_ends_without_a_plan(
    world: Quarrel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second cycle proposes the 48 h anew and is closed unpublished: the first publication still speaks.

    Eva had approved the new proposal too; it falls, the published hours do not, and the work begins.
    """
    with world.database.writing() as session:
        old = session.get_one(PlanningCycle, stable_id("cycle"))
        cycles.close_cycle(session, world.actor("lena"), old.id, old.version)
        new = factories.cycle(session, "Unpublished", horizon_weeks=5, frozen_weeks=0)
        session.flush()
        run_id = runs.start_run(session, world.actor("lena"), new.id).id
    assert world.worker.step()
    part = world.proposal(world.row(PlanRun, run_id), NAME)
    with world.database.writing() as session:
        if part.state.value == "proposed":
            decisions.approve(session, world.actor("eva"), part.id, part.version)
    assert status(world) is RequestStatus.DECIDED
    with world.database.writing() as session:
        cycle = session.get_one(PlanningCycle, new.id)
        cycles.close_cycle(session, world.actor("lena"), cycle.id, cycle.version)
    request: ResourceRequest = world.row(ResourceRequest, stable_id(NAME))
    assert (request.status, request.outcome) == (RequestStatus.PUBLISHED, Outcome.GRANTED)
    assert world.events("request")[-1] == "request.kept"
    assert hours(world) == 192
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-18")
    assert (tick(world), status(world)) == (1, RequestStatus.RUNNING)


def test_promises_published_two_weeks_ahead_are_held_against_what_was_worked(
    world: Quarrel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published on Monday of week 1, so week 2 was too near to be a promise; week 3 holds 16 h of the 48 h.

    Nobody entered anything yet, so they count as kept. Then Ann enters 10 h: 10 of 16 are 62.5 %. As long as
    no promised week is over nothing is known.
    """

    def engineering() -> Kept | None:
        with world.database.reading() as session:
            return kept_promises(session).get("engineering")

    with world.database.reading() as session:
        standing = {p.week: p for p in promises(session)}
    assert {week: p.quarter_hours for week, p in standing.items()} == {"2027-W02": 128, "2027-W03": 64}
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-18")
    assert engineering() is None
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-25")
    assert engineering() == Kept(64, 64)
    third = standing["2027-W03"]
    with world.database.writing() as session:
        session.add(
            WorkLog(
                request_id=third.request_id,
                line_id=third.line_id,
                specialist_id=third.specialist_id,
                week=third.week,
                planned_quarter_hours=64,
                worked_quarter_hours=40,
                confirmed_by_id=stable_id("eva"),
                confirmed_at=now(),
            )
        )
    found = engineering()
    assert found == Kept(64, 40)
    assert found.rate == 625
    with world.database.reading() as session:
        view = contributions.contribution_view(session, world.actor("eva"))
        assert view is not None
        assert [(row.due, row.kept, row.kept_rate) for row in view.departments] == [(64, 40, 625)]


def test_what_has_begun_goes_on_in_the_next_cycle_with_the_hours_left(
    world: Quarrel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """48 h asked, 25 h worked: the next plan gives 23 h; the request runs on and is closed."""
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-25")
    tick(world)
    worked = {"2027-W02": 60, "2027-W03": 40}
    with world.database.writing() as session:
        line = session.get_one(ResourceRequest, stable_id(NAME)).lines[0].id
        standing = {p.week: p.quarter_hours for p in promises(session)}
        for week in sorted({*standing, *worked}):
            session.add(
                WorkLog(
                    request_id=stable_id(NAME),
                    line_id=line,
                    specialist_id=stable_id("s:ann"),
                    week=week,
                    planned_quarter_hours=standing.get(week, 0),
                    worked_quarter_hours=worked.get(week, 0),
                    confirmed_by_id=stable_id("eva"),
                    confirmed_at=now(),
                )
            )
        old = session.get_one(PlanningCycle, stable_id("cycle"))
        cycles.close_cycle(session, world.actor("lena"), old.id, old.version)
    assert status(world) is RequestStatus.RUNNING
    with world.database.writing() as session:
        new = factories.cycle(
            session,
            "February",
            first_week="2027-W04",
            horizon_weeks=4,
            frozen_weeks=0,
            request_cutoff=datetime(2027, 1, 25, 12, tzinfo=UTC),
            decision_deadline=datetime(2027, 1, 27, 18, tzinfo=UTC),
            publish_at=datetime(2027, 1, 28, 12, tzinfo=UTC),
        )
        session.flush()
        run_id = runs.start_run(session, world.actor("lena"), new.id).id
    assert world.worker.step()
    run: PlanRun = world.row(PlanRun, run_id)
    part = world.proposal(run, NAME)
    assert sum(a.quarter_hours for a in part.allocations) == 192 - 100
    assert min(a.week for a in part.allocations) >= "2027-W04"
    request: ResourceRequest = world.row(ResourceRequest, stable_id(NAME))
    assert (request.status, request.outcome) == (RequestStatus.RUNNING, Outcome.GRANTED)
    publish(world, run)
    assert (status(world), tick(world)) == (RequestStatus.RUNNING, 0)
    with world.database.writing() as session:
        told = OutcomeValues("won", 192, date(2027, 1, 25), realised_value_minor=40 * K)
        outcomes.record_outcome(session, world.actor("kim"), stable_id(NAME), told)
    assert status(world) is RequestStatus.CLOSED
    with world.database.reading() as session:
        rows = session.scalars(select(ResourceRequest).where(ResourceRequest.id == stable_id(NAME)))
        assert [row.filing_order for row in rows] == [request.filing_order]
    assert hours(world) == 0
