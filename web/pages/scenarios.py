"""Scenarios: five plans side by side, one in full with what changes for whom, and promoting one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.records import JobState, Purpose, SkillFamily
from planner.services.customers import accounts
from planner.services.planning import lineage, runs, scenarios
from planner.services.planning.scenario_values import Hire, ScenarioValues
from planner.services.staff import people
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form, field_errors, number, scaled
from web.pages.frame import page
from web.pages.plan_words import METRICS, best_of, supposed
from web.policy import policy
from web.rendering import MINOR_PER_UNIT, QUARTERS_PER_HOUR, label

pages = Blueprint("scenarios", __name__)

UNDER_WAY: Final = frozenset({JobState.QUEUED, JobState.RUNNING})
ROWS: Final = 3
"""Rows for weights of customers and for hires in the form."""


def names() -> dict[str, str]:
    """What people call the fields."""
    return {
        "name": _("Name"),
        "strategy_percent": _("Strategic weights count"),
        "churn_percent": _("Price of taking hours back"),
        "share_percent": _("Everybody gets at least"),
        "purpose": _("Purpose"),
        "purpose_minor": _("Worth at least"),
        "most_moves": _("Published person-weeks that may change"),
        "accounts": _("Customer"),
        "level": _("Level"),
        "quarter_hours": _("Hours a week"),
        "department": _("Department"),
        "skill": _("Skill"),
    }


@pages.get("/scenarios")
@policy(Action.VIEW_SCENARIOS)
@reads
def show_list(session: Session, actor: Actor) -> tuple[str, int] | str:
    """The present plan and up to four scenarios side by side, and all others."""
    archived = request.args.get("archived") == "1"
    try:
        columns = scenarios.side_by_side(session, actor, request.args.getlist("with"))
    except Refused as refused:
        if refused.denied.code != "E_NO_PLAN":
            raise
        columns = []
    return page(
        session,
        actor,
        "scenarios/list.html",
        columns=columns,
        known=scenarios.list_scenarios(session, actor, archived=archived),
        archived=archived,
        metrics=METRICS,
        best_of=best_of,
        supposed=lambda changes: supposed(changes, scenarios.names_in(session, changes)),
        before=lineage.before(session, columns[0].run) if columns else None,
        side_by_side=scenarios.SIDE_BY_SIDE,
    )


@pages.get("/scenarios/new")
@policy(Action.EDIT_SCENARIO)
@reads
def new(session: Session, actor: Actor) -> str:
    """An empty form: everything as now."""
    usual = {"strategy_percent": "100", "churn_percent": "100", "share_percent": "0"}
    usual |= {f"hires-{i}-level": "3" for i in range(ROWS)}
    return _form(session, actor, Form(usual))


def _form(session: Session, actor: Actor, form: Form) -> str:
    skills = [s for s in people.list_skills(session, actor) if s.family is not SkillFamily.LANGUAGE]
    return page(
        session,
        actor,
        "scenarios/new.html",
        form=form,
        rows=ROWS,
        accounts=[(a.id, a.name) for a in accounts.list_accounts(session, actor)],
        purposes=[(p.value, label(p)) for p in Purpose],
        departments=[(d.id, d.name) for d in people.list_departments(session, actor)],
        skills=[(s.key, s.label(actor.language)) for s in skills],
        levels=[(str(i), str(i)) for i in range(1, 6)],
    )


@pages.post("/scenarios")
@policy(Action.EDIT_SCENARIO)
def create() -> tuple[str, int] | Response:
    """Queue the what-if run and go and watch it; a form with faults comes back as it was."""
    typed = request.form.to_dict() | {f"gone-{key}": "1" for key in request.form.getlist("without_accounts")}
    values = _read(typed, request.form.getlist("without_accounts"))
    try:
        with writing() as session:
            found = scenarios.create(session, current_actor(), values)
    except Refused as refused:
        denied = refused.denied
        if denied.kind in {Kind.NOT_FOUND, Kind.FORBIDDEN}:
            raise
        errors = field_errors(denied.problems, {}, names()) or (
            FieldError("", "", words(denied.reason), words(denied.remedy)),
        )
        with reading() as session:
            return _form(session, current_actor(), Form(typed, errors)), answer_of(denied).status
    return redirect(f"/scenarios/{found.id}", 303)


def _read(typed: Mapping[str, str], gone: list[str]) -> ScenarioValues:
    """The form as values; what is no number becomes one that no check lets pass."""
    factors = {
        typed[f"factors-{i}-account"]: scaled(typed.get(f"factors-{i}-weight", "1"), 1000) or -1
        for i in range(ROWS)
        if typed.get(f"factors-{i}-account") and typed.get(f"factors-{i}-weight", "").strip()
    }
    hires = [
        Hire(
            department_id=typed.get(f"hires-{i}-department", ""),
            skill_key=typed[f"hires-{i}-skill"],
            level=_whole(typed.get(f"hires-{i}-level", "3"), 3),
            quarter_hours=scaled(typed.get(f"hires-{i}-hours", "") or "32", QUARTERS_PER_HOUR) or -1,
        )
        for i in range(ROWS)
        if typed.get(f"hires-{i}-skill")
    ]
    moves = typed.get("most_moves", "").strip()
    money = typed.get("purpose_minor", "").strip()
    return ScenarioValues(
        name=typed.get("name", ""),
        strategy_percent=_whole(typed.get("strategy_percent", ""), 100),
        churn_percent=_whole(typed.get("churn_percent", ""), 100),
        share_percent=_whole(typed.get("share_percent", ""), 0),
        account_factors=factors,
        purpose=typed.get("purpose") or None,
        purpose_minor=(scaled(money, MINOR_PER_UNIT) or -1) if money else 0,
        most_moves=_whole(moves, 0) if moves else None,
        without_accounts=gone,
        hires=hires,
    )


def _whole(text: str, otherwise: int) -> int:
    """A typed whole number; -1, which no check lets pass, for anything else."""
    if not text.strip():
        return otherwise
    value = number(text.strip())
    return int(value) if value is not None and value == value.to_integral_value() else -1


@pages.get("/scenarios/<id:scenario_id>")
@policy(Action.VIEW_SCENARIOS)
@reads
def show(session: Session, actor: Actor, scenario_id: str) -> str:
    """One scenario: its progress, or its plan with what changes for whom."""
    view = scenarios.scenario_view(session, actor, scenario_id)
    return page(
        session,
        actor,
        "scenarios/show.html",
        view=view,
        run=runs.run_view(session, actor, view.scenario.run_id),
        waits=view.scenario.run.state in UNDER_WAY,
        metrics=METRICS,
        supposed=supposed(view.scenario.changes, scenarios.names_in(session, view.scenario.changes)),
        mine=view.scenario.owner_id == actor.user_id,
    )


@pages.get("/scenarios/<id:scenario_id>/live")
@policy(Action.VIEW_SCENARIOS)
@reads
def live(session: Session, actor: Actor, scenario_id: str) -> Response:
    """The progress alone; the whole page once it has ended."""
    scenario = scenarios.scenario_view(session, actor, scenario_id).scenario
    view = runs.run_view(session, actor, scenario.run_id)
    response = Response(render_template("runs/_live.html", view=view), mimetype="text/html")
    if view.state not in UNDER_WAY:
        response.headers["HX-Refresh"] = "true"
    return response


@pages.post("/scenarios/<id:scenario_id>/stop")
@policy(Action.EDIT_SCENARIO)
def stop(scenario_id: str) -> Response:
    """Stop the search and keep the best plan found."""
    return _try(
        scenario_id,
        lambda session, actor, _version: scenarios.stop(session, actor, scenario_id),
        _("Stopping; the best plan is kept."),
    )


@pages.post("/scenarios/<id:scenario_id>/share")
@policy(Action.EDIT_SCENARIO)
def share(scenario_id: str) -> Response:
    """Let others who steer see it."""
    return _try(
        scenario_id,
        lambda session, actor, version: scenarios.share(session, actor, scenario_id, version),
        _("Shared with everybody who steers."),
    )


@pages.post("/scenarios/<id:scenario_id>/archive")
@policy(Action.EDIT_SCENARIO)
def archive(scenario_id: str) -> Response:
    """Put it aside."""
    return _try(
        scenario_id,
        lambda session, actor, version: scenarios.put_aside(session, actor, scenario_id, version),
        _("Put aside; it can be taken out again."),
    )


@pages.post("/scenarios/<id:scenario_id>/restore")
@policy(Action.EDIT_SCENARIO)
def restore(scenario_id: str) -> Response:
    """Take it out again."""
    return _try(
        scenario_id,
        lambda session, actor, version: scenarios.put_aside(session, actor, scenario_id, version, back=True),
        _("Taken out again."),
    )


@pages.post("/scenarios/<id:scenario_id>/promote")
@policy(Action.PROMOTE_SCENARIO)
def promote(scenario_id: str) -> Response:
    """Start an official run with it and go and watch that."""
    started: list[str] = []

    def step(session: Session, actor: Actor, version: int) -> None:
        note = request.form.get("note", "")
        started.append(scenarios.promote(session, actor, scenario_id, version, note).id)

    answer = _try(scenario_id, step, _("An official run with this scenario has started."))
    return redirect(f"/runs/{started[0]}", 303) if started else answer


def _try(scenario_id: str, step: Callable[[Session, Actor, int], Any], done: str) -> Response:
    """One step in one unit of work; how it went is told on the scenario's page."""
    version = request.form.get("version", "")
    try:
        with writing() as session:
            step(session, current_actor(), int(version) if version.isdecimal() and len(version) < 10 else 0)
    except Refused as refused:
        denied = refused.denied
        if denied.kind is Kind.NOT_FOUND:
            raise
        told = [words(problem.reason) for problem in denied.problems] or [words(denied.reason)]
        flash(f"{' '.join(told)} {words(denied.remedy)}", "bad")
    else:
        flash(done, "good")
    return redirect(f"/scenarios/{scenario_id}", 303)
