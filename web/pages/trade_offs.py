"""Trade-offs: value against fairness, stability, strategy or cash as a chart, every point a complete plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.services.excepting.override_prices import the_plan
from planner.services.planning import closeness, lineage, runs, scenarios, trade_offs
from planner.services.planning.trade_offs import TradeOff
from planner.solving.frontiers import AXES
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reads, writing
from web.errors import words
from web.pages.frame import page
from web.pages.plan_words import METRICS
from web.policy import policy
from web.rendering import UNKNOWN, hours, integer, money, permille

pages = Blueprint("trade_offs", __name__)

NAMES: Final = {
    "floor": _l("Fairness"),
    "stability": _l("Stability"),
    "moves": _l("Few changes"),
    "strategy": _l("Strategy"),
    "cash": _l("Early cash"),
}
MEASURES: Final = {
    "floor": _l("smallest share of what anybody would have alone"),
    "stability": _l("promised hours taken back"),
    "moves": _l("promised person-weeks changed"),
    "strategy": _l("what strategic weights add"),
    "cash": _l("expected within three months"),
}
WAITING: Final = frozenset({"queued", "running"})
WIDTH, HEIGHT, EDGE = 440, 280, 48
"""The chart's size and the room for its scales, in its own units."""


def other(axis: str, value: float | None) -> str:
    """Where a plan stands along an axis, in words."""
    if value is None:
        return UNKNOWN
    if axis == "floor":
        return permille(round(value * 1000))
    if axis == "stability":
        return hours(round(value))
    return integer(round(value)) if axis == "moves" else money(round(value))


@dataclass(frozen=True, slots=True)
class Dot:
    """A plan on the chart: its place, its words, and the address that opens it; None for the present one."""

    x: float
    y: float
    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the chart shows; ticks are (place, words)."""

    dots: Sequence[Dot]
    across: Sequence[tuple[float, str]]
    up: Sequence[tuple[float, str]]


def chart(view: TradeOff) -> Chart | None:
    """The points and the present plan; None when there is nothing to draw."""
    found = [(p.other, p.value_minor, f"/trade-offs/{view.axis}/{p.index + 1}") for p in view.points]
    plans: list[tuple[float, int, str | None]] = list(found)
    if view.now_other is not None and view.now_value_minor is not None:
        plans.append((view.now_other, view.now_value_minor, None))
    if not found:
        return None
    left, right = _span([p[0] for p in plans])
    low, high = _span([float(p[1]) for p in plans])

    def x_of(value: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (value - left) / (right - left), 1)

    def y_of(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / (high - low), 1)

    dots = [
        Dot(x_of(at), y_of(value), f"{other(view.axis, at)}, {money(value)}", address)
        for at, value, address in plans
    ]
    return Chart(
        dots=dots,
        across=[(x_of(at), other(view.axis, at)) for at in (left, right)],
        up=[(y_of(value), money(round(value))) for value in (low, high)],
    )


def _span(values: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest, apart from each other."""
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


@pages.get("/trade-offs")
@policy(Action.VIEW_TRADE_OFFS)
@reads
def show(session: Session, actor: Actor) -> tuple[str, int] | str:
    """One trade-off, chosen in the address: the chart, its table, the button to compute it."""
    wanted = request.args.get("axis", "")
    axis = wanted if wanted in AXES else AXES[0]
    try:
        view = trade_offs.trade_off(session, actor, axis)
    except Refused as refused:
        if refused.denied.code != "E_NO_PLAN":
            raise
        return page(session, actor, "trade_offs/show.html", view=None)
    return page(
        session,
        actor,
        "trade_offs/show.html",
        **_context(view),
        names=NAMES,
        before=lineage.before(session, the_plan(session)),
    )


def _context(view: TradeOff) -> dict[str, Any]:
    return {
        "view": view,
        "chart": chart(view),
        "measure": MEASURES[view.axis],
        "other": lambda value: other(view.axis, value),
        "waits": view.state in WAITING,
        "size": (WIDTH, HEIGHT, EDGE),
    }


@pages.get("/trade-offs/<axis>/live")
@policy(Action.VIEW_TRADE_OFFS)
@reads
def live(session: Session, actor: Actor, axis: str) -> Response:
    """The progress alone; the whole page once there is an answer."""
    view = trade_offs.trade_off(session, actor, axis)
    response = Response(render_template("trade_offs/_live.html", view=view), mimetype="text/html")
    if view.state not in WAITING:
        response.headers["HX-Refresh"] = "true"
    return response


@pages.post("/trade-offs/<axis>")
@policy(Action.ASK_TRADE_OFFS)
def ask(axis: str) -> Response:
    """Compute the trade-off."""
    return _try(axis, lambda session, actor: trade_offs.ask_trade_off(session, actor, axis))


@pages.post("/trade-offs/<axis>/stop")
@policy(Action.ASK_TRADE_OFFS)
def stop(axis: str) -> Response:
    """Stop and keep the points found."""
    return _try(axis, lambda session, actor: trade_offs.stop_trade_off(session, actor, axis))


@pages.get("/trade-offs/<axis>/<number:number>")
@policy(Action.VIEW_TRADE_OFFS)
@reads
def show_point(session: Session, actor: Actor, axis: str, number: int) -> str:
    """One point: the complete plan, and what it changes for whom."""
    opened = trade_offs.open_point(session, actor, axis, number - 1)
    return page(
        session,
        actor,
        "trade_offs/point.html",
        opened=opened,
        metrics=METRICS,
        name=NAMES[axis],
        measure=MEASURES[axis],
        other=lambda value: other(axis, value),
    )


@pages.get("/runs/<id:run_id>/closeness")
@policy(Action.VIEW_TRADE_OFFS)
@reads
def show_closeness(session: Session, actor: Actor, run_id: str) -> str:
    """By how much each request won or lost, and which weight would turn it."""
    rows = closeness.closeness(session, actor, run_id)
    return page(
        session,
        actor,
        "trade_offs/closeness.html",
        run=runs.run_view(session, actor, run_id).run,
        rows=rows,
        summary=closeness.summary(rows),
    )


@pages.post("/runs/<id:run_id>/closeness")
@policy(Action.ASK_TRADE_OFFS)
def ask_closeness(run_id: str) -> Response:
    """Compute what is missing, in the background."""
    with writing() as session:
        closeness.ask_closeness(session, current_actor(), run_id)
    return redirect(f"/runs/{run_id}/closeness", 303)


@pages.post("/trade-offs/<axis>/<number:number>/keep")
@policy(Action.EDIT_SCENARIO)
def keep(axis: str, number: int) -> Response:
    """Keep the point as a scenario, which can be compared and promoted."""
    name = request.form.get("name", "").strip() or f"{NAMES.get(axis, axis)} {number}"
    try:
        with writing() as session:
            scenario = scenarios.create_from_point(session, current_actor(), name, axis, number - 1)
    except Refused as refused:
        denied = refused.denied
        if denied.kind is Kind.NOT_FOUND:
            raise
        told = [words(problem.reason) for problem in denied.problems] or [words(denied.reason)]
        flash(f"{' '.join(told)} {words(denied.remedy)}", "bad")
        return redirect(f"/trade-offs/{axis}/{number}", 303)
    return redirect(f"/scenarios/{scenario.id}", 303)


def _try(axis: str, step: Any) -> Response:
    try:
        with writing() as session:
            step(session, current_actor())
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    return redirect(f"/trade-offs?axis={axis}", 303)
