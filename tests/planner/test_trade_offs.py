"""Trade-offs: E8 through services and the real engine; opening, stopping and keeping a point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from factories import stable_id
from scenario import ASKS, K, Quarrel

from planner.database import Database
from planner.records import JobState, PlanRun, Question, QuestionKind, ResourceRequest, Specialist
from planner.services.filing import requests
from planner.services.filing.requests import LineValues
from planner.services.planning import scenarios, trade_offs
from planner.services.planning.scenario_values import ScenarioValues
from planner.services.planning.trade_offs import TradeOff
from planner.solving import jobs
from planner.solving.engine import Engine
from planner.solving.questions import store, task_of
from planner.verdict import Denied, Kind, Refused

BLOCKS = {"kim": (6, 10 * K, "r1"), "lee": (4, 6 * K, "r2"), "max": (2, 5 * K, "r3")}
"""Key account manager to (blocks of 10 h, worth of each, the own account)."""


def ask(world: Quarrel, axis: str = "floor") -> TradeOff:
    """The trade-off, computed."""
    with world.database.writing() as session:
        trade_offs.ask_trade_off(session, world.actor("lena"), axis)
    world.answer_all(40)
    return seen(world, axis)


def seen(world: Quarrel, axis: str = "floor") -> TradeOff:
    """The trade-off as it stands."""
    with world.database.reading() as session:
        return trade_offs.trade_off(session, world.actor("lena"), axis)


def denied(world: Quarrel, who: str, step: Callable[..., object], *args: object) -> Denied:
    """Why a step is refused."""
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        step(session, world.actor(who), *args)
    return refused.value.denied


@pytest.fixture
def blocks(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E8: 60 h; Kim may use all at 1.0 an hour, Lee 40 at 0.6, Max 20 at 0.5. Planned."""
    world = Quarrel(sqlite_database, engine, weeks=2)
    with sqlite_database.writing() as session:
        session.get_one(Specialist, stable_id("s:ann")).weekday_quarter_hours = [24, 24, 24, 24, 24, 0, 0]
    for name, (kam, _, _) in ASKS.items():
        request = world.row(ResourceRequest, stable_id(name))
        with sqlite_database.writing() as session:
            requests.withdraw_request(session, world.actor(kam), request.id, request.version)
    for kam, (count, value, account) in BLOCKS.items():
        for number in range(count):
            lines, where = [LineValues("design", 40)], stable_id(f"a:{account}")
            window = {"latest_week": "2027-W02", "title": f"{kam} {number}"}
            world.submit(kam, world.file(kam, f"{kam}{number}", lines, value, account_id=where, **window))
    world.first = world.plan()
    return world


@pytest.mark.acceptance
def test_e8_the_price_of_fairness(blocks: Quarrel) -> None:
    """Floors 0, .25 and .5 are worth 60, 51 and 47 with the price 0, 15 and 21.67 %; .5 is the highest."""
    assert blocks.first.value_minor == 60 * K
    found = ask(blocks)
    assert (found.state, found.complete) == ("done", True)
    assert (found.best_floor, found.best_floor_proven) == (0.5, True)
    by_share = {point.other: point for point in found.points}
    assert (by_share[0.0].value_minor, by_share[0.0].cost) == (60 * K, 0.0)
    assert by_share[0.25].value_minor == 51 * K
    assert by_share[0.25].cost == pytest.approx(0.15)
    assert by_share[0.5].value_minor == 47 * K
    assert by_share[0.5].cost == pytest.approx(0.2167, abs=1e-4)
    # The present plan is the one without a floor.
    assert (found.now_value_minor, found.now_other) == (60 * K, 0.0)


@pytest.mark.acceptance
def test_e8_every_point_is_a_plan(blocks: Quarrel) -> None:
    """The fairest gives 30, 20 and 10 h: Kim loses three blocks to Lee's two and Max's one."""
    last = len(ask(blocks).points) - 1
    with blocks.database.reading() as session:
        view = trade_offs.open_point(session, blocks.actor("lena"), "floor", last)
    assert (view.facts.value, view.facts.least_share, view.facts.evenness) == (47 * K, 500, 1.0)
    assert view.now.evenness == pytest.approx(1 / 3)
    kams: dict[str, int] = {}
    for row in view.difference.requests:
        kams[row.kam] = kams.get(row.kam, 0) + row.hours_after
    assert kams == {"Kim": 120, "Lee": 80, "Max": 40}
    assert all(
        row.people == (("Ann", 40, row.people[0][2]),) for row in view.difference.requests if row.after
    )
    assert {row.kam for row in view.difference.requests if row.after < row.before} == {"Kim"}


@pytest.mark.acceptance
def test_e8_a_floor_beyond_reach_is_named(blocks: Quarrel) -> None:
    """A scenario with a floor of 60 % comes to the plan of 50 %, and says what was reached."""
    ask(blocks)
    with blocks.database.writing() as session:
        values = ScenarioValues("Sixty", share_percent=60)
        scenario = scenarios.create(session, blocks.actor("lena"), values)
    blocks.answer_all()
    with blocks.database.reading() as session:
        view = scenarios.scenario_view(session, blocks.actor("lena"), scenario.id)
    assert view.facts is not None
    assert (view.facts.value, view.facts.least_share) == (47 * K, 500)


def test_a_point_can_be_kept_as_a_scenario(blocks: Quarrel) -> None:
    """It supposes the floors of the point, solves to the same worth, and can be promoted."""
    found = ask(blocks)
    with blocks.database.writing() as session:
        scenario = scenarios.create_from_point(
            session, blocks.actor("lena"), "Fairest", "floor", len(found.points) - 1
        )
    blocks.answer_all()
    with blocks.database.reading() as session:
        view = scenarios.scenario_view(session, blocks.actor("lena"), scenario.id)
    assert view.facts is not None
    assert view.facts.value == 47 * K
    with blocks.database.writing() as session:
        run = scenarios.promote(session, blocks.actor("lena"), scenario.id, view.scenario.version, "Fair.")
    blocks.answer_all()
    assert blocks.row(PlanRun, run.id).value_minor == 47 * K


def test_the_best_point_supposes_nothing(blocks: Quarrel) -> None:
    """The plan of the greatest value is the one there is."""
    ask(blocks)
    refusal = denied(blocks, "lena", scenarios.create_from_point, "Same", "floor", 0)
    assert refusal.problems[0].code == "E_NO_CHANGE"


def test_asking_twice_computes_once(planned: Quarrel) -> None:
    """One question, one event; what is done stays done."""
    first = ask(planned)
    again = ask(planned)
    assert first.question_id == again.question_id
    assert planned.events("trade_off") == ["trade_off.asked"]


def test_stopping_before_it_began_and_asking_again(planned: Quarrel) -> None:
    """What waits is cancelled; asked again it is computed."""
    lena = planned.actor("lena")
    with planned.database.writing() as session:
        trade_offs.ask_trade_off(session, lena, "floor")
        assert trade_offs.stop_trade_off(session, lena, "floor").state == "cancelled"
    assert ask(planned).state == "done"


def test_stopped_while_it_runs_it_keeps_its_points(planned: Quarrel) -> None:
    """The engine is asked to stop at once: what it has is stored and told to be incomplete."""
    lena = planned.actor("lena")
    with planned.database.writing() as session:
        asked = trade_offs.ask_trade_off(session, lena, "floor")
    with planned.database.writing() as session:
        question = jobs.claim_question(session, planned.worker.name)
        while question is not None and question.kind != QuestionKind.FRONTIER:
            question = jobs.claim_question(session, planned.worker.name)
        assert question is not None
        task = task_of(session, question)
        trade_offs.stop_trade_off(session, lena, "floor")
    planned.worker.engine.begin(task)
    planned.worker.engine.stop()
    while (reply := planned.worker.engine.wait(60)) is not None and reply.kind == "progress":
        pass
    assert reply is not None
    with planned.database.writing() as session:
        store(session, session.get_one(Question, asked.question_id), reply.content)
    assert asked.question_id is not None
    assert planned.row(Question, asked.question_id).state == JobState.DONE
    assert seen(planned).state == "done"


def test_nothing_to_trade(planned: Quarrel) -> None:
    """Before the first publication there is no stability, and without scores no strategy."""
    for axis in ("stability", "moves", "strategy"):
        assert denied(planned, "lena", trade_offs.ask_trade_off, axis).code == "E_NOTHING_TO_TRADE"
    assert denied(planned, "lena", trade_offs.ask_trade_off, "beauty").kind == Kind.NOT_FOUND
    assert denied(planned, "lee", trade_offs.trade_off, "floor").kind == Kind.FORBIDDEN
    assert denied(planned, "lena", trade_offs.open_point, "floor", 0).kind == Kind.NOT_FOUND


def test_early_cash_is_traded(planned: Quarrel) -> None:
    """All money comes at once here, so the plan of the best value has the most early cash as well."""
    found = ask(planned, "cash")
    assert [(point.value_minor, point.other) for point in found.points] == [(78 * K, 78.0 * K)]
    assert found.now_other == 78.0 * K


@pytest.mark.parametrize(
    ("axis", "point", "expected"),
    [
        ("moves", {"setting": 3, "price": None, "moves": 2}, {"churn_minor": 0, "most_moves": 2}),
        ("stability", {"setting": 12.5, "price": None, "moves": 2}, {"churn_minor": 0, "most_moves": 2}),
        ("stability", {"setting": 12.5, "price": 624, "moves": 2}, {"churn_minor": 624}),
        ("stability", {"setting": 624}, {"churn_minor": 624}),
    ],
)
def test_a_point_of_stability_is_come_to_by_its_price_or_by_a_limit(
    axis: str, point: dict[str, Any], expected: dict[str, int]
) -> None:
    """A price that finds the plan, else as many changes as it makes; older points name the price."""
    assert trade_offs.supposed(point, axis, {}) == expected
