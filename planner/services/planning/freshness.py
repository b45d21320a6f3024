"""Whether a plan still rests on what is true today: what changed since, and what was decided since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import (
    Override,
    PlanningCycle,
    PlanRun,
    Proposal,
    ProposalState,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    SwapOffer,
)
from planner.scope import find_run
from planner.solving.exceptions import not_held
from planner.solving.material import definition_id
from planner.solving.parameters import Parameters
from planner.solving.translate import differences, translate
from planner.supply import specialists
from planner.verdict import Denied, Kind, Message, Refused, refuse, require

Parts = Mapping[str, Sequence[Proposal]]
Changed = dict[str, list[str]]


def parts_of(session: Session, run: PlanRun) -> dict[str, list[Proposal]]:
    """What the run proposes, by request, put aside parts included."""
    rows = session.scalars(
        select(Proposal)
        .where(Proposal.run_id == run.id)
        .order_by(Proposal.line_id, Proposal.department_id)
        .options(
            selectinload(Proposal.allocations),
            selectinload(Proposal.department),
            selectinload(Proposal.request),
        )
    )
    found: defaultdict[str, list[Proposal]] = defaultdict(list)
    for proposal in rows:
        found[proposal.request_id].append(proposal)
    for request_id in _bought_whole(session, run):
        found.setdefault(request_id, [])
    return dict(found)


def _bought_whole(session: Session, run: PlanRun) -> Sequence[str]:
    """Requests that the plan buys outside, and that nobody changed while it was computed."""
    outcomes = session.scalars(
        select(RequestOutcome)
        .join(ResourceRequest, ResourceRequest.id == RequestOutcome.request_id)
        .where(
            RequestOutcome.run_id == run.id,
            RequestOutcome.level >= 0,
            ResourceRequest.status.in_((RequestStatus.DECIDED, RequestStatus.RUNNING)),
        )
    )
    return [outcome.request_id for outcome in outcomes if outcome.outside_lines]


def changes_since(session: Session, actor: Actor, run_id: str) -> Changed:
    """What changed since the plan was made, as `check_fresh` would list it; empty when nothing did.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND; E_STATE while the run has no plan.
    """
    require(may(actor, Action.PUBLISH))
    run = find_run(session, actor, run_id)
    if run.snapshot is None or run.result is None:
        raise refuse(
            Kind.STATE, "E_STATE", "This run has no plan yet.", "Ask again when it has ended with one."
        )
    return _changed(session, session.get_one(PlanningCycle, run.cycle_id), run, parts_of(session, run))


def check_fresh(session: Session, cycle: PlanningCycle, run: PlanRun, parts: Parts) -> None:
    """Go on when the plan rests on the inputs of today and holds every override and swap of today.

    Inputs are the planned requests, people, promises and the definition of key accounts. Requests filed since
    are no change: they wait for the next plan. Nor is what a head refused or countered since: such a request
    is left out.

    Raises:
        Refused: E_PLAN_STALE; details["changed"] has the names.
    """
    changed = _changed(session, cycle, run, parts)
    if changed:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_PLAN_STALE",
                Message("Requests, people or decisions changed since this plan was made."),
                Message("Start a new run; what was approved and is untouched stays approved."),
                details={"changed": changed},
            )
        )


def _changed(session: Session, cycle: PlanningCycle, run: PlanRun, parts: Parts) -> Changed:
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    inputs = run.snapshot.inputs
    fresh = translate(session, cycle, Parameters.of(run.parameters), only=set(inputs["requests"]))
    changed = differences(run.snapshot.problem, fresh.text)
    rows = {key.rpartition(".")[0] for key in changed.get("lines", ())} | set(changed.get("requests", ()))
    rows |= _void(session, run, parts)
    people = {p.code: p.display_name for p in specialists(session)}
    ended = set(inputs.get("exceptions", ())) - set(fresh.inputs.get("exceptions", ()))
    decided = _about(session, ended)
    if not (rows or changed):
        # Compared row by row the problems are one; only what was decided since can differ.
        decided |= not_held(fresh.text, run.result or "") - _open(parts)
    named = {
        "requests": _titles(session, rows),
        "people": [people.get(code, code) for code in changed.get("specialists", ())],
        "decisions": _titles(session, decided),
        "rest": list(changed.get("rest", ())),
    }
    if inputs["definition"] != definition_id(session):
        named["rest"].append("definition")
    return {kind: names for kind, names in named.items() if names}


def _void(session: Session, run: PlanRun, parts: Parts) -> set[str]:
    """Granted requests voided since, or changed while the plan was computed and so never proposed."""
    granted = select(RequestOutcome.request_id).where(
        RequestOutcome.run_id == run.id, RequestOutcome.level >= 0
    )
    return {
        request
        for request in session.scalars(granted)
        if request not in parts or any(p.state == ProposalState.SUPERSEDED for p in parts[request])
    }


def _open(parts: Parts) -> set[str]:
    """Requests of which not everything is approved; they are left out of a publication."""
    return {key for key, rows in parts.items() if any(p.state != ProposalState.APPROVED for p in rows)}


def _about(session: Session, exceptions: Collection[str]) -> set[str]:
    """Requests that these overrides and swaps are about; an override of hours changes the person, too."""
    found: set[str] = set()
    for kind in (Override, SwapOffer):
        found.update(
            key for key in session.scalars(select(kind.request_id).where(kind.id.in_(exceptions))) if key
        )
    return found


def _titles(session: Session, requests: Collection[str]) -> list[str]:
    rows = select(ResourceRequest.title).where(ResourceRequest.id.in_(requests))
    return list(session.scalars(rows.order_by(ResourceRequest.filing_order)))
