"""Runs: start one, watch it, read its result, compare it with what is published, publish it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import JobState, Outcome, Question
from planner.services.planning import cycles, freshness, lineage, results, runs
from planner.services.publishing import publishing
from planner.verdict import Denied, Kind, Refused, refuse
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.frame import page
from web.policy import policy
from web.rendering import UNKNOWN, hours, label, money, money_range, week

pages = Blueprint("runs", __name__)

UNDER_WAY = frozenset({JobState.QUEUED, JobState.RUNNING})


@pages.get("/runs")
@policy(Action.VIEW_RUNS)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """All runs, newest first, and the button for another one."""
    return page(
        session,
        actor,
        "runs/list.html",
        runs=runs.list_runs(session, actor),
        current=cycles.current_cycle(session),
    )


@pages.post("/cycles/<id:cycle_id>/runs")
@policy(Action.START_RUN)
def start(cycle_id: str) -> Response:
    """Queue a run of the cycle and go and watch it; when one is under way, watch that one."""
    try:
        with writing() as session:
            run_id = runs.start_run(session, current_actor(), cycle_id, most_moves=_most_moves()).id
    except Refused as refused:
        denied = refused.denied
        if denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(denied.reason)} {words(denied.remedy)}", "bad")
        active = denied.details.get("run_id")
        return redirect(f"/runs/{active}" if active else "/runs", 303)
    return redirect(f"/runs/{run_id}", 303)


def _most_moves() -> int | None:
    """How many published person-weeks the plan may take back; no limit when nothing was typed.

    Raises:
        Refused: E_LIMIT; it is no whole number.
    """
    text = request.form.get("most_moves", "").strip()
    if not text:
        return None
    if text.isdecimal() and len(text) < 6:
        return int(text)
    raise refuse(
        Kind.INVALID,
        "E_LIMIT",
        "“%(text)s” is no number of changes.",
        "Write a whole number, or leave it empty for no limit.",
        text=text[:20],
    )


@pages.get("/runs/<id:run_id>")
@policy(Action.VIEW_RUNS)
@reads
def show(session: Session, actor: Actor, run_id: str) -> str:
    """A run under way with its progress, or its result."""
    view = runs.run_view(session, actor, run_id)
    if view.state in UNDER_WAY:
        return page(session, actor, "runs/live.html", view=view)
    return _result(session, actor, run_id)


@pages.get("/runs/<id:run_id>/live")
@policy(Action.VIEW_RUNS)
@reads
def live(session: Session, actor: Actor, run_id: str) -> Response:
    """The progress alone, asked for every second; when the run has ended, the whole page comes anew."""
    view = runs.run_view(session, actor, run_id)
    response = Response(render_template("runs/_live.html", view=view), mimetype="text/html")
    if view.state not in UNDER_WAY:
        response.headers["HX-Refresh"] = "true"
    return response


@pages.post("/runs/<id:run_id>/stop")
@policy(Action.STOP_RUN)
def stop(run_id: str) -> Response:
    """Stop the search and keep the best plan found."""
    _try(lambda session, actor: runs.stop_run(session, actor, run_id), _("Stopping; the best plan is kept."))
    return redirect(f"/runs/{run_id}", 303)


@pages.post("/runs/<id:run_id>/repeat")
@policy(Action.REPEAT_RUN)
def repeat(run_id: str) -> Response:
    """Queue a failed run again with the inputs of now."""
    _try(lambda session, actor: runs.repeat_run(session, actor, run_id), _("The run is queued again."))
    return redirect(f"/runs/{run_id}", 303)


@pages.get("/runs/<id:run_id>/compare")
@policy(Action.COMPARE_RUN)
@reads
def compare(session: Session, actor: Actor, run_id: str) -> str:
    """What the plan changes against the published one, person by person."""
    return page(
        session,
        actor,
        "runs/compare.html",
        view=runs.run_view(session, actor, run_id),
        comparison=runs.compare(
            session, actor, run_id, with_previous=request.args.get("against") == "previous"
        ),
    )


@pages.post("/runs/<id:run_id>/publish")
@policy(Action.PUBLISH)
def publish(run_id: str) -> tuple[str, int] | Response:
    """Publish the plan, or show what hinders it."""
    if request.form.get("sure") != "1":
        with reading() as session:
            return _result(session, current_actor(), run_id, unsure=True), 422
    try:
        with writing() as session:
            number = publishing.publish(session, current_actor(), run_id).number
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        with reading() as session:
            shown = _result(session, current_actor(), run_id, denied=refused.denied)
        return shown, answer_of(refused.denied).status
    flash(_("Plan %(number)d is published.", number=number), "good")
    return redirect(f"/board/{number}", 303)


def _result(
    session: Session, actor: Actor, run_id: str, *, denied: Denied | None = None, unsure: bool = False
) -> str:
    view = runs.run_view(session, actor, run_id)
    found = results.results(session, actor, run_id) if view.state is JobState.DONE else ()
    show = request.args.get("show", "")
    tabs = [("", _("All"), len(found))]
    tabs += [(each.value, label(each), sum(row.given is each for row in found)) for each in Outcome]
    published = next(
        (p.number for p in publishing.list_publications(session, actor) if p.run_id == run_id), None
    )
    could = view.newest and view.state is JobState.DONE and published is None
    since = freshness.changes_since(session, actor, run_id) if could and may(actor, Action.PUBLISH) else {}
    return page(
        session,
        actor,
        "runs/show.html",
        published=published,
        since=_changed(since),
        before=lineage.before(session, view.run),
        view=view,
        results=[row for row in found if show in {"", row.given.value}],
        purposes=results.by_purpose(found),
        tabs=tabs,
        show=show,
        break_even=break_even,
        denied=denied,
        hindrances=_hindrances(denied),
        unsure=unsure,
    )


def break_even(question: Question | None) -> str:
    """From which value on a request would get more, in words."""
    if question is None:
        return UNKNOWN
    if question.state in UNDER_WAY:
        return _("being computed")
    if question.state is not JobState.DONE:
        return UNKNOWN
    if question.answer.get("possible") is False:
        return _("no value would do")
    return (
        money(question.high_minor) if question.exact else money_range(question.low_minor, question.high_minor)
    )


def _hindrances(denied: Denied | None) -> list[str]:
    """The list that comes with a refusal to publish, one line for people each."""
    if denied is None:
        return []
    details = denied.details
    found = [_("%(request)s: %(department)s", **row) for row in details.get("waiting", ())]
    found += _changed(details.get("changed", {}))
    found += [
        _(
            "%(who)s, %(week)s: %(asked)s asked, %(there)s there",
            who=row["specialist"],
            week=week(row["week"]),
            asked=hours(row["published_quarter_hours"]),
            there=hours(row["capacity_quarter_hours"]),
        )
        for row in details.get("weeks", ())
    ]
    return found + [str(fault) for fault in details.get("faults", ())]


def _changed(changed: Mapping[str, Sequence[str]]) -> list[str]:
    """What changed since the plan was made, one line for people each."""
    names = {
        "requests": _("Request"),
        "people": _("Person"),
        "decisions": _("Decided since, and not in this plan"),
        "rest": _("Setting"),
    }
    settings = {
        "weeks": _("Weeks of the plan"),
        "published": _("Published hours"),
        "definition": _("Definition of key accounts"),
    }
    return [
        f"{names.get(kind, kind)}: {settings.get(name, name) if kind == 'rest' else name}"
        for kind, each in changed.items()
        for name in each
    ]


def _try(step: Callable[[Session, Actor], object], done: str) -> None:
    """One step in one unit of work; how it went is told on the next page."""
    try:
        with writing() as session:
            step(session, current_actor())
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    else:
        flash(done, "good")
