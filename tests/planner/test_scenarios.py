"""Scenarios on E7: isolated from the live plan, measured beside it, promoted with a note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from factories import stable_id, user
from scenario import K, Quarrel
from sqlalchemy import select

from planner.records import (
    CycleStatus,
    JobState,
    PlanningCycle,
    PlanRun,
    Proposal,
    Question,
    ResourceRequest,
    Role,
    RunPurpose,
    Scenario,
    ScenarioState,
)
from planner.services.planning import runs, scenarios, trade_offs
from planner.services.planning.scenario_values import Hire, ScenarioValues
from planner.services.planning.scenarios import ScenarioView
from planner.services.publishing import publishing
from planner.verdict import Denied, Kind, Refused


def created(world: Quarrel, who: str = "lena", **values: Any) -> Scenario:
    """A scenario, queued."""
    with world.database.writing() as session:
        return scenarios.create(session, world.actor(who), ScenarioValues(**{"name": "What if", **values}))


def solved(world: Quarrel, **values: Any) -> ScenarioView:
    """A scenario with its plan."""
    scenario = created(world, **values)
    assert world.worker.step()
    return viewed(world, scenario)


def viewed(world: Quarrel, scenario: Scenario, who: str = "lena") -> ScenarioView:
    """The scenario as it stands."""
    with world.database.reading() as session:
        return scenarios.scenario_view(session, world.actor(who), scenario.id)


def denied(world: Quarrel, who: str, step: Callable[..., object], *args: object) -> Denied:
    """Why a step is refused."""
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        step(session, world.actor(who), *args)
    return refused.value.denied


def levels(view: ScenarioView) -> dict[str, tuple[int, int]]:
    """Granted shares before and after, by title."""
    assert view.difference is not None
    return {row.title: (row.before, row.after) for row in view.difference.requests}


def test_hire_one_more(planned: Quarrel) -> None:
    """20 h more of design let R2 in beside the others: 116 instead of 78; the new person does the work."""
    hire = Hire(stable_id("engineering"), "design", 3, 80)
    view = solved(planned, hires=[hire])
    assert view.facts is not None
    assert (view.now.value, view.facts.value) == (78 * K, 116 * K)
    assert levels(view) == {"R2": (0, 1000), "R1": (1000, 1000), "R3": (1000, 1000)}
    assert view.difference is not None
    assert "new-1" in {side.name for side in view.difference.people}
    assert not view.promotable


def test_a_customer_leaves(planned: Quarrel) -> None:
    """Without R1's customer R2 takes its place: 68, and R1 is gone from the plan."""
    view = solved(planned, without_accounts=[stable_id("a:r1")])
    assert view.facts is not None
    assert (view.facts.value, view.facts.granted, view.facts.refused) == (68 * K, 2, 0)
    assert levels(view)["R1"] == (1000, 0)


def test_a_customer_weighs_more(planned: Quarrel) -> None:
    """With 1.5 times its worth R2 counts 57, so R2 + R3 = 87 beats 78; in money it is still 68."""
    view = solved(planned, account_factors={stable_id("a:r2"): 1500})
    assert view.facts is not None
    assert (view.facts.value, view.facts.money, view.facts.strategy) == (87 * K, 68 * K, 19 * K)
    assert levels(view) == {"R1": (1000, 0), "R2": (0, 1000), "R3": (1000, 1000)}
    assert view.promotable


def test_the_live_plan_is_not_touched(planned: Quarrel) -> None:
    """A what-if changes no request, proposal, question, cycle or official run."""

    def everything() -> list[Any]:
        with planned.database.reading() as session:
            cycle = session.get_one(PlanningCycle, stable_id("cycle"))
            rows = [
                (row.id, row.version)
                for kind in (ResourceRequest, Proposal, Question)
                for row in session.scalars(select(kind).order_by(kind.id))
            ]
            official = [run.id for run in runs.list_runs(session, planned.actor("lena"))]
            return [*rows, cycle.status, cycle.version, official]

    before = everything()
    view = solved(planned, without_accounts=[stable_id("a:r1")])
    assert everything() == before
    run = view.scenario.run
    assert (run.purpose, run.state) == (RunPurpose.WHAT_IF, JobState.DONE)
    # It can never be published, and no official run waits for it.
    assert denied(planned, "lena", publishing.publish, run.id).code == "E_STATE"
    created(planned, strategy_percent=50, name="Waiting")
    assert planned.plan().purpose == RunPurpose.OFFICIAL


def test_a_waiting_what_if_lets_official_runs_pass(planned: Quarrel) -> None:
    """The worker takes the official run first although the scenario was asked for earlier."""
    scenario = created(planned, churn_percent=0)
    official = planned.start()
    assert planned.worker.step()
    assert planned.row(PlanRun, official.id).state == JobState.DONE
    assert planned.row(PlanRun, scenario.run_id).state == JobState.QUEUED
    assert planned.row(PlanningCycle, stable_id("cycle")).status == CycleStatus.DECIDING


def test_stopping_a_scenario_leaves_the_cycle_alone(planned: Quarrel) -> None:
    """One that waits is cancelled; the cycle still waits for decisions."""
    scenario = created(planned, churn_percent=0)
    with planned.database.writing() as session:
        runs.stop_run(session, planned.actor("lena"), scenario.run_id)
    assert planned.row(PlanRun, scenario.run_id).state == JobState.CANCELLED
    assert planned.row(PlanningCycle, stable_id("cycle")).status == CycleStatus.DECIDING
    assert viewed(planned, scenario).facts is None


def test_five_side_by_side_the_present_plan_first(planned: Quarrel) -> None:
    """Of six scenarios the newest four stand beside the present plan, or those chosen."""
    made = [created(planned, name=f"S{i}", strategy_percent=50 + i) for i in range(6)]
    with planned.database.reading() as session:
        lena = planned.actor("lena")
        columns = scenarios.side_by_side(session, lena)
        chosen = scenarios.side_by_side(session, lena, [made[0].id])
    assert [c.scenario.name if c.scenario else "now" for c in columns] == ["now", "S5", "S4", "S3", "S2"]
    assert [c.scenario.name if c.scenario else "now" for c in chosen] == ["now", "S0"]
    assert columns[0].facts is not None
    assert columns[0].facts.value == 78 * K


def test_private_until_shared(planned: Quarrel) -> None:
    """Another leader finds nothing until it is shared; archiving keeps it."""
    with planned.database.writing() as session:
        user(session, "lars", Role.LEADERSHIP, password_hash="-").id = stable_id("lars")  # noqa: S106 - nobody signs in
    scenario = created(planned, churn_percent=50)
    assert denied(planned, "lars", scenarios.scenario_view, scenario.id).kind == Kind.NOT_FOUND
    with planned.database.writing() as session:
        scenarios.share(session, planned.actor("lena"), scenario.id, scenario.version)
    shared = viewed(planned, scenario, "lars").scenario
    with planned.database.writing() as session:
        scenarios.put_aside(session, planned.actor("lars"), shared.id, shared.version)
    with planned.database.reading() as session:
        lena = planned.actor("lena")
        assert scenarios.list_scenarios(session, lena) == []
        assert [row.id for row in scenarios.list_scenarios(session, lena, archived=True)] == [scenario.id]


def test_promoting_makes_the_official_plan(planned: Quarrel) -> None:
    """With a note the weights of the scenario make the next official plan, and the note is kept."""
    view = solved(planned, account_factors={stable_id("a:r2"): 1500})
    scenario = view.scenario
    arguments = (scenario.id, scenario.version)
    assert denied(planned, "lena", scenarios.promote, *arguments, " ").problems[0].where == "note"
    with planned.database.writing() as session:
        run = scenarios.promote(session, planned.actor("lena"), *arguments, "Decided by the board.")
    assert planned.worker.step()
    done: PlanRun = planned.row(PlanRun, run.id)
    assert (done.purpose, done.value_minor, done.state) == (RunPurpose.OFFICIAL, 87 * K, JobState.DONE)
    assert set(planned.states(done)) == {"r2", "r3"}
    kept: Scenario = planned.row(Scenario, scenario.id)
    assert (kept.state, kept.note, kept.promoted_run_id) == (
        ScenarioState.PROMOTED,
        "Decided by the board.",
        run.id,
    )
    assert planned.events("scenario") == ["scenario.created", "scenario.promoted"]


def test_nobody_hired_works_in_an_official_plan(planned: Quarrel) -> None:
    """Promoting a supposed hire or departure is refused with what to do instead."""
    view = solved(planned, hires=[Hire(stable_id("engineering"), "design")])
    refusal = denied(
        planned, "lena", scenarios.promote, view.scenario.id, view.scenario.version, "We need her."
    )
    assert (refusal.kind, refusal.code) == (Kind.STATE, "E_HYPOTHETICAL")


def test_what_is_typed_is_checked(planned: Quarrel) -> None:
    """Every value out of range is told by field; a scenario that changes nothing is none."""
    wrong = ScenarioValues(
        name=" ",
        strategy_percent=201,
        churn_percent=-1,
        account_factors={"x": 2001},
        hires=[Hire("none", "none", 6, 0)],
    )
    found = denied(planned, "lena", scenarios.create, wrong)
    assert {p.where for p in found.problems} == {
        *("name", "strategy_percent", "churn_percent"),
        *("account_factors/x", "hires/0/level", "hires/0/quarter_hours"),
    }
    assert denied(planned, "lena", scenarios.create, ScenarioValues("Same")).problems[0].code == "E_NO_CHANGE"
    lost = ScenarioValues("Lost", without_accounts=["nobody"], hires=[Hire("none", "magic")])
    codes = [p.code for p in denied(planned, "lena", scenarios.create, lost).problems]
    assert codes == ["E_REF_UNKNOWN"] * 3


@pytest.mark.parametrize("who", ["lee", "eva", "fin"])
def test_scenarios_are_for_leadership(planned: Quarrel, who: str) -> None:
    """Neither account managers, heads nor finance suppose anything."""
    assert denied(planned, who, scenarios.create, ScenarioValues("Mine", 50)).kind == Kind.FORBIDDEN


def test_floors_need_the_trade_off_first(planned: Quarrel) -> None:
    """A floor of 50 % of what everybody would have alone can be set once that is known."""
    refusal = denied(planned, "lena", scenarios.create, ScenarioValues("Fair", share_percent=50))
    assert refusal.problems[0].code == "E_TRADE_OFF_FIRST"
    with planned.database.writing() as session:
        trade_offs.ask_trade_off(session, planned.actor("lena"), "floor")
    planned.answer_all()
    view = solved(planned, share_percent=50)
    assert view.facts is not None
    # Alone each has all it asks for; two fit at most, so somebody has nothing and no floor can be kept.
    assert (view.now.least_share, view.facts.least_share) == (0, 0)


def test_a_floor_for_new_business(planned: Quarrel) -> None:
    """Everything here is to win, so a floor of 80 k of it cannot be reached and the best is kept: 78."""
    view = solved(planned, purpose="win", purpose_minor=80 * K)
    assert view.facts is not None
    assert view.facts.value == 78 * K
