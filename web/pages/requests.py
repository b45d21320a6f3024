"""Requests: the list, one request with its story, and the steps that take it on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import RequestLine, RequestStatus, ResourceRequest, Role
from planner.services.customers import accounts, goals
from planner.services.excepting import swaps
from planner.services.explaining import explanations
from planner.services.filing import admissions, request_worth, requests, stories
from planner.services.filing.stages import is_usual
from planner.services.paging import Page
from planner.solving.lasting import end_of
from planner.solving.sharing import full_hours
from planner.transitions import allowed
from planner.usual import usual_since
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reads, writing
from web.errors import words
from web.pages.ending_words import end_words, offer_mark
from web.pages.frame import page
from web.pages.request_words import describe, field_name, steps, who_acts
from web.policy import policy
from web.rendering import label

pages = Blueprint("requests", __name__)

PER_PAGE = 25
EXPORTED_AT_ONCE = 200
OPEN = (
    RequestStatus.DRAFT,
    RequestStatus.RETURNED,
    RequestStatus.SUBMITTED,
    RequestStatus.PLANNED,
    RequestStatus.DECIDED,
)


@pages.get("/requests")
@policy(Action.LIST_REQUESTS)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """The requests in the reader's scope, filtered by what the address says."""
    number = request.args.get("page", "1")
    found = _filtered(session, actor, int(number) if number.isdecimal() and len(number) < 7 else 1, PER_PAGE)
    known = accounts.list_accounts(session, actor) if actor.has(*_SEE_ACCOUNTS) else []
    named = goals.list_goals(session, actor) if may(actor, Action.VIEW_GOALS) else []
    return page(
        session,
        actor,
        "requests/list.html",
        found=found,
        accounts=known,
        goals=named,
        statuses=list(RequestStatus),
        chosen=_chosen(),
        address=lambda number: _address(page=number),
        export=_address("/requests.csv"),
        who_acts=who_acts,
        offer_mark=offer_mark,
        total_hours=total_hours,
    )


_SEE_ACCOUNTS = (Role.KAM, Role.LEADERSHIP, Role.PLANNER, Role.FINANCE)


def _chosen() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("status", "text", "account", "goal")}


def _address(path: str = "/requests", **changed: object) -> str:
    kept = {**_chosen(), **changed}
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path


def _filtered(session: Session, actor: Actor, number: int, size: int) -> Page[ResourceRequest]:
    chosen = _chosen()
    wanted = OPEN if chosen["status"] == "open" else chosen["status"] or None
    return requests.list_requests(
        session,
        actor,
        status=wanted,
        text=chosen["text"] or None,
        account_id=chosen["account"] or None,
        goal_code=chosen["goal"] or None,
        page=number,
        per_page=size,
    )


def total_hours(row: ResourceRequest) -> int:
    """Quarter-hours of all lines at the full level; of alternatives the largest counts."""
    return full_hours(row.lines)


@pages.get("/requests.csv")
@policy(Action.LIST_REQUESTS)
@reads
def export(session: Session, actor: Actor) -> Response:
    """The same list as a file for a spreadsheet, all pages of it."""
    out = io.StringIO()
    table = csv.writer(out)
    heading = (
        _("Title"),
        _("Account"),
        _("Account manager"),
        _("State"),
        _("Result"),
        _("Hours"),
        _("Window"),
        _("Our offer is valid until"),
    )
    table.writerow(heading)
    number = 1
    while True:
        found = _filtered(session, actor, number, EXPORTED_AT_ONCE)
        for row in found.rows:
            cells = (row.title, row.account.name, row.kam.display_name, label(row.status), label(row.outcome))
            window = f"{row.earliest_week or ''} {row.latest_week or ''}".strip()
            valid = row.offer_valid_until.isoformat() if row.offer_valid_until else ""
            table.writerow([*map(harmless, cells), total_hours(row) / 4, window, valid])
        if number * EXPORTED_AT_ONCE >= found.total:
            break
        number += 1
    headers = {"Content-Disposition": "attachment; filename=requests.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@pages.get("/requests/<id:request_id>")
@policy(Action.VIEW_REQUEST)
@reads
def show(session: Session, actor: Actor, request_id: str) -> str:
    """One request with its story."""
    told = stories.story(session, actor, request_id)
    known = {told.request.account_id: told.request.account.name}
    return page(
        session,
        actor,
        "requests/show.html",
        told=told,
        row=told.request,
        steps=steps(told.request),
        acts=who_acts(told.request),
        allowed=allowed(told.request),
        own=told.whole and actor.has(Role.KAM),
        card=refusal_card(session, actor, told),
        **swap_choices(session, actor, told),
        warnings=requests.warnings(session, told.request) if told.whole else (),
        late=may(actor, Action.ADMIT_LATE) and admissions.waits_for_the_next_cycle(session, told.request),
        credit=request_worth.credit_of(session, told.request) if told.whole else None,
        usual_chances=is_usual(told.request, usual_since(session, told.request)),
        chances=_chances(told) if told.whole else None,
        total_hours=total_hours(told.request),
        ends=end_of(told.request),
        end_words=end_words,
        offer_mark=offer_mark,
        outside=bought(told),
        describe=lambda name, value: describe(name, value, known),
        field_name=field_name,
    )


def bought(told: stories.Story) -> list[RequestLine]:
    """The lines that the newest plan lets somebody outside do."""
    chosen = told.outcome.outside_lines if told.outcome else ()
    return [line for line in told.request.lines if line.id in chosen]


def _chances(told: stories.Story) -> request_worth.Attainable | None:
    """The chance with what the newest plan grants; None while no plan answers."""
    if told.outcome is None or told.request.outcome is None:
        return None
    return request_worth.attainable(told.request, told.outcome.fraction)


def refusal_card(session: Session, actor: Actor, told: stories.Story) -> object | None:
    """The explanation of a request that did not get everything, for whom it may concern."""
    short = told.outcome is not None and told.outcome.reason is not None
    if not short or told.run is None or not told.whole or not may(actor, Action.VIEW_REFUSAL):
        return None
    return explanations.refusal_card(session, actor, told.run.id, told.request.id)


@pages.get("/requests/<id:request_id>/card")
@policy(Action.VIEW_REFUSAL)
@reads
def show_card(session: Session, actor: Actor, request_id: str) -> str:
    """The refusal card alone, asked for again until its figure is there."""
    told = stories.story(session, actor, request_id)
    card = refusal_card(session, actor, told)
    return render_template(
        "requests/_card.html",
        card=card,
        told=told,
        row=told.request,
        own=told.whole and actor.has(Role.KAM),
        allowed=allowed(told.request),
        **swap_choices(session, actor, told),
    )


def swap_choices(session: Session, actor: Actor, told: stories.Story) -> dict[str, object]:
    """Whether an offer to another account manager makes sense, and what could be given back in return."""
    swap = swaps.possible(session, actor, told.request.id)
    return {"swap": swap, "offers": swaps.own_granted(session, actor, told.request.id) if swap else ()}


@pages.post("/requests/<id:request_id>/submit")
@policy(Action.SUBMIT_REQUEST)
def submit(request_id: str) -> AnyResponse:
    """Hand the stored draft to the planning; what is missing is shown in its form."""
    try:
        _do(lambda session, actor, version: requests.submit_request(session, actor, request_id, version))
    except Refused as refused:
        if refused.denied.code != "E_INCOMPLETE":
            raise
        return redirect(f"/requests/{request_id}/edit?check=1", 303)
    flash(_("The request is submitted. The next plan takes it in."), "good")
    return redirect(f"/requests/{request_id}", 303)


@pages.post("/requests/<id:request_id>/withdraw")
@policy(Action.WITHDRAW_REQUEST)
def withdraw(request_id: str) -> AnyResponse:
    """Take the request back for good."""
    reason = request.form.get("reason", "")
    _do(
        lambda session, actor, version: requests.withdraw_request(session, actor, request_id, version, reason)
    )
    flash(_("The request is withdrawn."), "good")
    return redirect(f"/requests/{request_id}", 303)


@pages.post("/requests/<id:request_id>/return")
@policy(Action.RETURN_REQUEST)
def give_back(request_id: str) -> AnyResponse:
    """Give the request back to its account manager with a reason."""
    reason = request.form.get("reason", "")
    try:
        _do(
            lambda session, actor, version: requests.return_request(
                session, actor, request_id, version, reason
            )
        )
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        flash(" ".join(words(problem.reason) for problem in refused.denied.problems), "bad")
        return redirect(f"/requests/{request_id}#return", 303)
    flash(_("The request is returned to its account manager."), "good")
    return redirect(f"/requests/{request_id}", 303)


@pages.post("/requests/<id:request_id>/admit")
@policy(Action.ADMIT_LATE)
def admit(request_id: str) -> AnyResponse:
    """Take a late request into the running cycle, with a reason."""
    reason = request.form.get("reason", "")
    try:
        _do(
            lambda session, actor, version: admissions.admit_late(session, actor, request_id, version, reason)
        )
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        flash(" ".join(words(problem.reason) for problem in refused.denied.problems), "bad")
        return redirect(f"/requests/{request_id}#admit", 303)
    flash(_("The request is taken in. The next run of this cycle plans it."), "good")
    return redirect(f"/requests/{request_id}", 303)


@pages.post("/requests/<id:request_id>/ask")
@policy(Action.ASK_EXPLANATION)
def ask(request_id: str) -> AnyResponse:
    """Put the question why this request is short before the others."""
    actor = current_actor()
    try:
        with writing() as session:
            told = stories.story(session, actor, request_id)
            if told.run is not None:
                explanations.ask(session, actor, told.run.id, request_id)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    return redirect(f"/requests/{request_id}#card", 303)


def _do(step: Callable[[Session, Actor, int], object]) -> None:
    """One step in one unit of work, on the version the reader saw."""
    version = request.form.get("version", "")
    with writing() as session:
        step(session, current_actor(), int(version) if version.isdecimal() and len(version) < 10 else 0)
