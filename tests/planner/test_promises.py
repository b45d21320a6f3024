"""Published hours: what stands, what it costs to take back, what is left of what began."""

from __future__ import annotations

from datetime import date

from factories import World
from sqlalchemy import select
from translating import parameters, problem_of, translated

from planner.clock import monday, now
from planner.records import (
    Department,
    Leave,
    LeaveStatus,
    PlanningCycle,
    PlanRun,
    Publication,
    PublishedHours,
    RequestLine,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    WorkLog,
)
from planner.records.plans import JobState, RunPurpose
from planner.services.filing.requests import LineValues
from planner.solving.translate import translate
from planner.supply import promises
from solver.files import read_problem
from solver.problem import Lock

K = 100_000


def _published(world: World, request: ResourceRequest, hours: dict[str, int], who: str = "s:ann") -> None:
    """A publication that promises the first line of the request, week to quarter-hours."""
    with world.database.writing() as session:
        number = len(session.scalars(select(Publication)).all()) + 1
        run = PlanRun(
            cycle_id=world.ids["cycle"],
            number=number,
            purpose=RunPurpose.OFFICIAL,
            state=JobState.DONE,
            parameters={},
        )
        session.add(run)
        session.flush()
        publication = Publication(
            cycle_id=world.ids["cycle"],
            run_id=run.id,
            number=number,
            published_by_id=world.ids["lukas"],
            published_at=session.get_one(PlanningCycle, world.ids["cycle"]).publish_at,
            content="{}",
            content_hash="sha256:",
        )
        session.add(publication)
        session.flush()
        line = session.scalars(select(RequestLine).where(RequestLine.request_id == request.id)).first()
        assert line is not None
        for week, amount in hours.items():
            session.add(
                PublishedHours(
                    publication_id=publication.id,
                    request_id=request.id,
                    line_id=line.id,
                    specialist_id=world.ids[who],
                    week=week,
                    quarter_hours=amount,
                )
            )


def test_e5_capacity_after_leave_reserve_and_promises(world: World) -> None:
    """Ann keeps 20 %, is away in week 10 and two days of week 11, and promised 10 h and 30 h: 0 / 9 / 2 h."""
    promised = world.submitted(name="sven", account="beta", latest_week="2027-W12")
    _published(world, promised, {"2027-W11": 40, "2027-W12": 120})
    # Back with its account manager it takes no part in the plan, and its hours stand.
    world.force(promised.id, RequestStatus.RETURNED)
    with world.database.writing() as session:
        session.get_one(Department, world.ids["engineering"]).own_work_reserve = 200
        for first, last in ((monday("2027-W10"), date(2027, 3, 14)), (monday("2027-W11"), date(2027, 3, 16))):
            session.add(
                Leave(
                    specialist_id=world.ids["s:ann"],
                    first_day=first,
                    last_day=last,
                    status=LeaveStatus.APPROVED,
                )
            )
        session.add(
            Leave(
                specialist_id=world.ids["s:ann"],
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                status=LeaveStatus.PLANNED,
            )
        )
    ann = problem_of(world).specialist["ann"]
    assert ann.capacity[9:12] == (0, 9 * 4, 2 * 4)
    assert ann.capacity[0] == 128, "planned leave cuts nothing"
    with world.database.reading() as session:
        cycle = session.get_one(PlanningCycle, world.ids["cycle"])
        people = translate(session, cycle, parameters()).inputs["people"]
    assert people["ann"]["present"][9:12] == [0, 96, 160]
    assert people["ann"]["promised"][9:12] == [0, 40, 120]


def test_published_hours_have_a_price_and_stand_when_near(world: World) -> None:
    """Weeks 1 and 2 are frozen, weeks 3 to 6 priced, later ones free."""
    filed = world.submitted(latest_week="2027-W08", lines=(LineValues("architecture", 64),))
    _published(world, filed, {"2027-W02": 32, "2027-W03": 32})
    world.force(filed.id, RequestStatus.PUBLISHED)
    problem = problem_of(world, price_minor=624)
    published = problem.published
    assert published is not None
    assert (published.price, published.free_from_week) == (624, 6)
    assert [(row.week, row.hours) for row in published.hours] == [(1, 32), (2, 32)]
    line = problem.lines[0].id
    assert problem.locks == (Lock("frozen", line=line, specialist="ann", week=1, hours=32),)


def test_a_started_request_keeps_its_level_and_what_is_left(world: World) -> None:
    """Half of 64 quarter-hours were promised for week 1; from week 2 on 32 are left, at the same level."""
    filed = world.submitted(
        lines=(LineValues("architecture", 64),), curve=((0, 200), (250, 300), (1000, 500))
    )
    _published(world, filed, {"2027-W01": 32, "2027-W02": 32})
    world.force(filed.id, RequestStatus.PUBLISHED)
    problem = problem_of(world, first_week="2027-W02", weeks=12, as_of_week="2027-W02", frozen_weeks=0)
    (request,), (line,) = problem.requests, problem.lines
    assert [level.fraction for level in request.levels] == ["1"]
    assert line.hours == (32,)
    assert problem.locks == (
        Lock("max_level", request=request.id, level=0),
        Lock("min_level", request=request.id, level=0),
    )


def test_hours_really_worked_count_and_the_published_level_is_kept(world: World) -> None:
    """Of 32 promised quarter-hours 8 were worked in week 1: 56 are left; half of the hours would be less."""
    filed = world.submitted(
        lines=(LineValues("architecture", 64),), curve=((0, 200), (500, 300), (1000, 500))
    )
    _published(world, filed, {"2027-W01": 32, "2027-W02": 32})
    world.force(filed.id, RequestStatus.PUBLISHED)
    with world.database.writing() as session:
        publication = session.scalars(select(Publication)).one()
        session.add(
            RequestOutcome(
                run_id=publication.run_id,
                request_id=filed.id,
                level=1,
                levels=2,
                fraction=1000,
                value_minor=1,
            )
        )
        session.add(
            WorkLog(
                request_id=filed.id,
                line_id=filed.lines[0].id,
                specialist_id=world.ids["s:ann"],
                week="2027-W01",
                planned_quarter_hours=32,
                worked_quarter_hours=8,
                confirmed_by_id=world.ids["ann"],
                confirmed_at=now(),
            )
        )
    problem = problem_of(world, first_week="2027-W02", weeks=12, as_of_week="2027-W02", frozen_weeks=0)
    (request,), (line,) = problem.requests, problem.lines
    assert ([level.fraction for level in request.levels], line.hours) == (["0.5", "1"], (24, 56))
    assert Lock("min_level", request=request.id, level=1) in problem.locks


def test_a_promise_that_no_longer_fits_is_released_and_named(world: World) -> None:
    """Ann falls ill in the frozen week: the plan can still be made, and says whose promise is broken."""
    filed = world.submitted()
    _published(world, filed, {"2027-W01": 64})
    world.force(filed.id, RequestStatus.PUBLISHED)
    with world.database.writing() as session:
        session.add(
            Leave(
                specialist_id=world.ids["s:ann"],
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                status=LeaveStatus.APPROVED,
            )
        )
    found = translated(world)
    assert found.inputs["released"] == [{"request": filed.id, "kind": "promised"}]
    assert read_problem(found.text).locks == ()


def test_the_newest_publication_speaks_for_a_request(world: World) -> None:
    """Published twice, the second holds."""
    filed = world.submitted()
    _published(world, filed, {"2027-W01": 64})
    _published(world, filed, {"2027-W03": 60})
    with world.database.reading() as session:
        assert [(p.week, p.quarter_hours) for p in promises(session)] == [("2027-W03", 60)]
    world.force(filed.id, RequestStatus.WITHDRAWN)
    with world.database.reading() as session:
        assert promises(session) == []
