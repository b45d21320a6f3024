"""Records become a problem: every number follows from the records, and nothing else gets in."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from factories import World
from sqlalchemy import select
from translating import problem_of, translated

from planner.records import (
    RequestLine,
    RequestStatus,
    ResourceRequest,
    Specialist,
)
from planner.services.filing.requests import LineValues
from planner.solving.demand import CUSTOMER_FACING, line_digest
from planner.solving.translate import differences
from solver.files import problem_hash, read_problem
from solver.problem import Line, Request

K = 100_000


def _only(world: World, **changes: Any) -> tuple[Request, Line]:
    """The one request of the problem and its first line."""
    problem = problem_of(world, **changes)
    (request,) = problem.requests
    return request, problem.line[f"{request.id}.0"]


def test_a_request_becomes_levels_and_lines(world: World) -> None:
    """64 quarter-hours at p .2, .35, .5, .6 of 1,000.00: levels worth 150, 300, 400.00 at 50, 100, 150 %."""
    world.submitted(curve=((0, 200), (500, 350), (1000, 500), (1500, 600)))
    request, line = _only(world)
    assert [(level.fraction, level.value) for level in request.levels] == [
        ("0.5", 15_000),
        ("1", 30_000),
        ("1.5", 40_000),
    ]
    assert line.hours == (32, 64, 96)
    assert (line.needs, line.first_week, line.last_week, line.expedite) == (
        {"architecture": 3},
        0,
        3,
        False,
    )
    assert (request.account, request.kam) == (world.ids["alfa"], world.ids["nora"])
    assert (request.purpose, request.submitted, request.obligation) == ("win", 1, None)
    assert request.options == ((line.id,),)


def test_begun_quarter_hours_count_whole(world: World) -> None:
    """33 quarter-hours at 50 % are 17."""
    lines = (LineValues("architecture", 33),)
    world.submitted(lines=lines, curve=((0, 0), (500, 300), (1000, 500)))
    assert _only(world)[1].hours == (17, 33)


def test_what_a_line_asks_of_people(world: World) -> None:
    """Language, being sent to customers, one person required, a weekly band: all reach the engine."""
    needs = LineValues(
        "architecture",
        64,
        min_level=3,
        language_key="english",
        language_level=4,
        customer_facing=True,
        specialist_code="ann",
        preference="require",
        weekly_min=8,
        weekly_max=32,
    )
    world.submitted(lines=(needs,))
    problem = problem_of(world)
    line = problem.lines[0]
    assert line.needs == {"architecture": 3, "english": 4, CUSTOMER_FACING: 1}
    assert (line.required, line.weekly_min, line.weekly_max) == ("ann", 8, 32)
    assert problem.specialist["ann"].skills == {"architecture": 4, "english": 4, CUSTOMER_FACING: 1}
    assert problem.eligible[line.id] == ("ann",)


def test_a_preference_breaks_ties_and_no_more(world: World) -> None:
    """1 % of the smallest gain: 15,000 minor units give a bonus of 150."""
    line = LineValues("architecture", 64, specialist_code="ann", preference="prefer")
    world.submitted(lines=(line,), curve=((0, 200), (500, 350), (1000, 500)))
    assert _only(world)[1].preferred == ("ann", 150)


def test_alternatives_become_options_and_order_stays(world: World) -> None:
    """Line 0 belongs to both alternatives and line 2 comes after it."""
    lines = (
        LineValues("architecture", 16),
        LineValues("law", 16, alternative=1),
        LineValues("welding", 16, alternative=2, after=(0,)),
    )
    world.submitted(lines=lines)
    problem = problem_of(world)
    (request,) = problem.requests
    names = [f"{request.id}.{i}" for i in range(3)]
    assert request.options == ((names[0], names[1]), (names[0], names[2]))
    assert problem.line[names[2]].after == (names[0],)


def test_a_promise_counts_only_when_confirmed(world: World) -> None:
    """The contract alone does not; with finance's word the full level is promised."""
    filed = world.submitted(
        obligation=True, contract_reference="C-17", curve=((0, 0), (500, 300), (1000, 500), (1500, 600))
    )
    assert _only(world)[0].obligation is None
    with world.database.writing() as session:
        session.get_one(ResourceRequest, filed.id).obligation_confirmed_by_id = world.ids["filip"]
    assert _only(world)[0].obligation == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"earliest_week": "2027-W03", "latest_week": "2027-W05"}, (2, 4)),
        ({"earliest_week": "2027-W03", "latest_week": "2027-W13"}, (2, 12)),
        ({"latest_week": "2027-W09", "deadline": date(2027, 1, 20), "deadline_source": "tender"}, (0, 2)),
    ],
)
def test_windows_end_with_the_deadline_and_the_horizon(
    world: World, changes: dict[str, Any], expected: tuple[int, int]
) -> None:
    """A deadline inside a week still lets that week be worked."""
    world.submitted(**changes)
    line = _only(world)[1]
    assert (line.first_week, line.last_week) == expected


def test_a_started_past_is_dropped(world: World) -> None:
    """From week 3 on, a request for weeks 1 to 4 has two weeks left; one for weeks 1 to 2 is left out."""
    world.submitted()
    gone = world.submitted(latest_week="2027-W02")
    found = translated(world, first_week="2027-W03", weeks=11, as_of_week="2027-W03")
    problem = read_problem(found.text)
    assert [(line.first_week, line.last_week) for line in problem.lines] == [(0, 1)]
    assert found.inputs["left_out"] == {gone.id: "past"}


def test_a_request_for_later_waits(world: World) -> None:
    """It begins after the last planned week."""
    later = world.submitted(earliest_week="2027-W10", latest_week="2027-W12")
    assert translated(world, weeks=9).inputs["left_out"] == {later.id: "later"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "issue"}, True),
        ({"deadline": date(2027, 1, 17), "deadline_source": "tender"}, True),
        ({"deadline": date(2027, 1, 18), "deadline_source": "tender"}, False),
    ],
)
def test_who_may_use_the_expedite_reserve(world: World, changes: dict[str, Any], expected: bool) -> None:
    """Issues, and dated deadlines within two weeks of Monday 4 January."""
    world.submitted(**changes)
    assert _only(world)[1].expedite is expected


def test_an_expired_attestation_makes_nobody_eligible(world: World) -> None:
    """Ann's architecture ends the day before the plan begins."""
    world.submitted()
    with world.database.writing() as session:
        ann = session.get_one(Specialist, world.ids["s:ann"])
        for held in ann.skills:
            held.expires_on = date(2027, 1, 3)
    problem = problem_of(world)
    assert problem.specialist["ann"].skills == {CUSTOMER_FACING: 1}
    assert problem.eligible[problem.lines[0].id] == ()


def test_only_submitted_requests_are_planned(world: World) -> None:
    """Drafts, returned and withdrawn ones are not."""
    world.draft()
    kept = world.submitted()
    for status in (RequestStatus.RETURNED, RequestStatus.WITHDRAWN, RequestStatus.CLOSED):
        world.force(world.submitted().id, status)
    assert [r.id for r in problem_of(world).requests] == [kept.id]


def test_the_hash_is_the_engines_and_the_seed_follows_it(world: World) -> None:
    """Whoever reads the stored text gets the stored hash; another problem has another seed."""
    world.submitted()
    found = translated(world)
    assert found.hash == problem_hash(read_problem(found.text))
    assert 0 <= found.seed < 2**31
    world.submitted()
    assert translated(world).seed != found.seed


def test_the_snapshot_tells_where_values_come_from(world: World) -> None:
    """Present value, factors of 1 by name, and the record behind every id of the problem."""
    filed = world.submitted(benefits=((6, 6_000_000), (18, 6_000_000)))
    working = translated(world).inputs["requests"][filed.id]
    # 60,000 in 6 and in 18 months at 10 %: 57,207.76 + 52,007.05 (E6).
    assert round(float(working["present_value"]["total_minor"])) == 10_921_481
    level = working["levels"][0]
    assert (level["strategy"], level["urgency"], level["value_calibration"]) == ("1", "1", "1")
    assert (level["base_probability"], level["probability"]) == (200, 500)
    assert level["value_minor"] == 3_276_444
    with world.database.reading() as session:
        line = session.scalars(select(RequestLine).where(RequestLine.request_id == filed.id)).one()
        assert working["lines"] == {f"{filed.id}.0": line.id}
        assert line_digest(session.get_one(ResourceRequest, filed.id), line)


def test_differences_name_the_rows(world: World) -> None:
    """Bob leaves and the request's hours change: both are named, unchanged rows are not."""
    world.submitted()
    before = translated(world)
    with world.database.writing() as session:
        session.get_one(Specialist, world.ids["s:bob"]).active_to = date(2027, 1, 10)
        session.scalars(select(RequestLine)).one().quarter_hours = 48
    found = differences(before.text, translated(world).text)
    assert found["specialists"] == ["bob"]
    assert [line.rpartition(".")[2] for line in found["lines"]] == ["0"]
    assert set(found) == {"specialists", "lines"}
    assert differences(before.text, before.text) == {}


def test_translating_loads_no_solver(world: World) -> None:
    """A web process that starts a run or publishes stays small."""
    world.submitted()
    code = (
        "import sys\n"
        "from planner.database import Database\n"
        "from planner.actor import actor_for\n"
        "from planner.records import User\n"
        "from planner.services.planning import runs\n"
        f"database = Database({str(world.database.engine.url)!r})\n"
        "with database.writing() as session:\n"
        f"    leader = actor_for(session, session.get_one(User, {world.ids['lukas']!r}))\n"
        f"    runs.start_run(session, leader, {world.ids['cycle']!r})\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'ortools', 'numba', 'numpy'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
