"""Scenarios: named what-ifs beside the live plan, side by side, and promoted with a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import horizon
from planner.permissions import Action, may
from planner.records import Account, JobState, PlanRun, PlanStatus, Scenario, ScenarioState, User
from planner.scope import an_id
from planner.services.excepting.override_prices import the_plan
from planner.services.planning import runs
from planner.services.planning.plan_differences import Difference, Plan, difference
from planner.services.planning.plan_facts import Facts, facts_of, plan_of, problem_of
from planner.services.planning.scenario_values import HYPOTHETICAL, LONGEST_NAME, ScenarioValues, changes_in
from planner.services.planning.trade_offs import changes_of, solo_values
from planner.services.quotas import check_background
from planner.services.versions import check_version
from planner.solving.suppositions import what_if
from planner.transitions import ScenarioAction, check, move
from planner.verdict import Kind, not_found, refuse, require

SIDE_BY_SIDE: Final = 5
"""Columns at most, the present plan included."""


@dataclass(frozen=True, slots=True)
class Column:
    """One plan among others: the present one, or a scenario's. `facts` is None while it is not computed."""

    run: PlanRun
    scenario: Scenario | None
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A scenario in full: its figures beside the plan it departs from, and what it changes for whom."""

    scenario: Scenario
    facts: Facts | None
    now: Facts
    difference: Difference | None
    promotable: bool


def create(session: Session, actor: Actor, values: ScenarioValues) -> Scenario:
    """Suppose something of the newest plan and queue its what-if run; the live plan is not touched.

    Raises:
        Refused: E_FORBIDDEN; E_NO_PLAN; E_INVALID with every value at fault; E_PROBLEM.
    """
    require(may(actor, Action.EDIT_SCENARIO))
    base = the_plan(session)
    return _store(session, actor, base, values.name, changes_in(session, base, values))


def create_from_point(session: Session, actor: Actor, name: str, axis: str, index: int) -> Scenario:
    """A scenario that supposes what leads to a point of a trade-off of the newest plan.

    Raises:
        Refused: E_FORBIDDEN; E_NO_PLAN; E_NOT_FOUND; E_INVALID for the name, or where the point is the best
            plan without any supposition.
    """
    require(may(actor, Action.EDIT_SCENARIO))
    base = the_plan(session)
    changes = changes_of(session, base, axis, index)
    found = checks.text("name", name, LONGEST_NAME, required=True)
    if not changes:
        reason, remedy = "Nothing is supposed that differs.", "Choose another point."
        found.append(checks.problem("name", "E_NO_CHANGE", reason, remedy))
    checks.require_well_formed(found)
    return _store(session, actor, base, name, changes)


def _store(session: Session, actor: Actor, base: PlanRun, name: str, changes: Mapping[str, Any]) -> Scenario:
    check_background(session, actor)
    number = session.scalar(select(func.max(PlanRun.number)).where(PlanRun.cycle_id == base.cycle_id)) or 0
    run = what_if(base, number + 1, actor.user_id, changes)
    session.add(run)
    session.flush()
    scenario = Scenario(
        cycle_id=base.cycle_id,
        base_run_id=base.id,
        run_id=run.id,
        owner_id=actor.user_id,
        name=checks.tidy(name),
        changes=dict(changes),
        state=ScenarioState.OPEN,
    )
    created(session, actor, Event.SCENARIO_CREATED, scenario)
    created(session, actor, Event.RUN_CREATED, run)
    return scenario


def list_scenarios(session: Session, actor: Actor, *, archived: bool = False) -> Sequence[Scenario]:
    """The actor's own scenarios and the shared ones, newest first; archived ones when asked for.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_SCENARIOS))
    put_aside = Scenario.state == ScenarioState.ARCHIVED
    return session.scalars(
        _visible(actor)
        .where(put_aside if archived else ~put_aside)
        .order_by(Scenario.created_at.desc(), Scenario.id)
    ).all()


def side_by_side(session: Session, actor: Actor, chosen: Sequence[str] = ()) -> list[Column]:
    """The present plan first, then the chosen scenarios, else the newest ones; at most SIDE_BY_SIDE together.

    Raises:
        Refused: E_FORBIDDEN; E_NO_PLAN.
    """
    known = list_scenarios(session, actor)
    base = the_plan(session)
    shown = [row for row in known if row.id in chosen] if chosen else list(known)
    shown = [row for row in shown if row.cycle_id == base.cycle_id][: SIDE_BY_SIDE - 1]
    solo = solo_values(session, base)
    return [
        Column(base, None, _facts(base, solo)),
        *(Column(row.run, row, _facts(row.run, solo)) for row in shown),
    ]


def scenario_view(session: Session, actor: Actor, scenario_id: str) -> ScenarioView:
    """One scenario in full.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also for somebody else's that is not shared.
    """
    require(may(actor, Action.VIEW_SCENARIOS))
    scenario = _find(session, actor, scenario_id)
    base, run = scenario.base_run, scenario.run
    solo = solo_values(session, base)
    now = _facts(base, solo)
    assert now is not None  # noqa: S101 - a scenario departs from a finished plan
    facts = _facts(run, solo)
    return ScenarioView(
        scenario=scenario,
        facts=facts,
        now=now,
        difference=None if facts is None else difference(session, _plan(base), _plan(run)),
        promotable=not HYPOTHETICAL & scenario.changes.keys(),
    )


def names_in(session: Session, changes: Mapping[str, Any]) -> dict[str, str]:
    """Names of the customers and people that a scenario's changes mention, by id."""
    floors = {floor.get("kam") for floor in changes.get("floors", ())}
    customers = {*changes.get("account_factors", ()), *changes.get("without_accounts", ())}
    accounts = session.execute(select(Account.id, Account.name).where(Account.id.in_(customers))).all()
    people = session.execute(select(User.id, User.display_name).where(User.id.in_(floors - {None}))).all()
    return {row[0]: row[1] for row in (*accounts, *people)}


def stop(session: Session, actor: Actor, scenario_id: str) -> Scenario:
    """Stop the scenario's run; one under way keeps its best plan.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND; E_STATE when it has ended.
    """
    require(may(actor, Action.EDIT_SCENARIO))
    scenario = _find(session, actor, scenario_id)
    runs.stop_run(session, actor, scenario.run_id)
    return scenario


def share(session: Session, actor: Actor, scenario_id: str, version: int) -> Scenario:
    """Let everybody who may see scenarios see this one; again changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE.
    """
    require(may(actor, Action.EDIT_SCENARIO))
    scenario = _find(session, actor, scenario_id)
    if not scenario.shared:
        check_version(session, scenario, version)
        with changing(session, actor, Event.SCENARIO_CHANGED, scenario):
            scenario.shared = True
    return scenario


def put_aside(
    session: Session, actor: Actor, scenario_id: str, version: int, *, back: bool = False
) -> Scenario:
    """Archive a scenario, or with `back` take it out again; nothing is ever deleted.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE.
    """
    require(may(actor, Action.EDIT_SCENARIO))
    scenario = _find(session, actor, scenario_id)
    check_version(session, scenario, version)
    with changing(session, actor, Event.SCENARIO_CHANGED, scenario):
        move(scenario, ScenarioAction.RESTORE if back else ScenarioAction.ARCHIVE)
    return scenario


def promote(session: Session, actor: Actor, scenario_id: str, version: int, note: str) -> PlanRun:
    """Start an official run with what the scenario supposes; the note says why.

    Overrides stay overrides: they are locks in this run as in any other.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE, E_INVALID without a note; E_HYPOTHETICAL
            where somebody is supposed to be hired or a customer to leave; and as `runs.start_run`.
    """
    require(may(actor, Action.PROMOTE_SCENARIO))
    scenario = _find(session, actor, scenario_id)
    check_version(session, scenario, version)
    require(check(scenario, ScenarioAction.PROMOTE))
    checks.require_well_formed(checks.text("note", note, 1000, required=True, lines=True))
    if HYPOTHETICAL & scenario.changes.keys():
        raise refuse(
            Kind.STATE,
            "E_HYPOTHETICAL",
            "An official plan cannot rest on people who are not hired or customers who have not left.",
            "Change the records first, or promote a scenario of weights, floors and prices only.",
        )
    changes = {key: value for key, value in scenario.changes.items() if key != "most_moves"}
    most = scenario.changes.get("most_moves")
    run = runs.start_run(session, actor, scenario.cycle_id, changes=changes, most_moves=most)
    with changing(session, actor, Event.SCENARIO_PROMOTED, scenario, reason=checks.tidy(note)):
        move(scenario, ScenarioAction.PROMOTE)
        scenario.note = checks.tidy(note)
        scenario.promoted_run_id = run.id
        scenario.shared = True
    return run


def _visible(actor: Actor) -> Select[Scenario]:
    return (
        select(Scenario)
        .where(or_(Scenario.owner_id == actor.user_id, Scenario.shared))
        .options(selectinload(Scenario.run), selectinload(Scenario.owner), selectinload(Scenario.base_run))
    )


def _find(session: Session, actor: Actor, scenario_id: str) -> Scenario:
    scenario = session.scalars(_visible(actor).where(Scenario.id == an_id(scenario_id))).one_or_none()
    if scenario is None:
        raise not_found()
    return scenario


def _facts(run: PlanRun, solo: Mapping[str, int]) -> Facts | None:
    if run.state != JobState.DONE or run.plan_status in (None, PlanStatus.NONE):
        return None
    return facts_of(*problem_of(run), plan_of(run), solo)


def _plan(run: PlanRun) -> Plan:
    weeks = horizon(run.parameters["first_week"], run.parameters["weeks"])
    return Plan(weeks, problem_of(run)[1], plan_of(run))
