"""A plan becomes records: outcomes, proposals, carried approvals, states, questions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.actor import SYSTEM
from planner.audit import Event, changing, created
from planner.clock import now
from planner.records import (
    Allocation,
    CycleStatus,
    Outcome,
    PlanningCycle,
    PlanRun,
    PlanStatus,
    Proposal,
    ProposalState,
    RequestLine,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    RunPurpose,
    Specialist,
)
from planner.solving.budget import moves
from planner.solving.carrying import Key, agreed, answer, earlier, fits, shape
from planner.solving.demand import FULL, line_digest
from planner.solving.jobs import cycle_back, fail_run, failure
from planner.solving.material import PLANNABLE
from planner.solving.outside import costs
from planner.solving.questions import ask_about_plan
from planner.solving.voiding import void_offers
from planner.transitions import CycleAction, JobAction, ProposalAction, RequestAction, move

ACTIVE = (
    ProposalState.PROPOSED,
    ProposalState.APPROVED,
    ProposalState.REJECTED,
    ProposalState.COUNTERED,
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The engine's answer and the problem, with ids of records."""

    result: Mapping[str, Any]
    problem: Mapping[str, Any]
    inputs: Mapping[str, Any]

    def levels(self, request: str) -> list[Mapping[str, Any]]:
        """The request's levels with the working of their worth."""
        found: list[Mapping[str, Any]] = self.inputs["requests"][request]["levels"]
        return found

    def bought(self, request: str) -> list[str]:
        """Record ids of the request's lines that the plan buys outside."""
        options = self.inputs["requests"][request].get("outside", ())
        chosen = next((g["option"] for g in self.result["granted"] if g["request"] == request), None)
        return sorted(options[chosen]) if options and chosen is not None else []


def save(session: Session, run: PlanRun, text: str) -> None:
    """Store how a run ended: with its plan, or without one and why.

    Args:
        session: The unit of work; the run must still be this worker's.
        run: Running, with its snapshot.
        text: The engine's answer, planner-plan/1.
    """
    result = json.loads(text)
    if result["status"] == "none":
        _without_plan(session, run, result)
        return
    assert run.snapshot is not None  # noqa: S101 - a run is queued with its snapshot
    plan = _Plan(result, json.loads(run.snapshot.problem), run.snapshot.inputs)
    outcomes = _outcomes(session, run, plan)
    if run.purpose == RunPurpose.WHAT_IF:
        # What is only supposed proposes nothing, asks nobody and leaves the cycle alone.
        _finish(session, run, plan, text)
        return
    requests = _unchanged(session, plan)
    proposals = _proposals(session, run, plan, requests)
    _states(session, requests, outcomes, proposals)
    ask_about_plan(session, run, list(outcomes.values()), proposals)
    _finish(session, run, plan, text)


def _without_plan(session: Session, run: PlanRun, result: Mapping[str, Any]) -> None:
    if result["stopped"] == "cancelled":
        with changing(session, SYSTEM, Event.RUN_CANCELLED, run):
            move(run, JobAction.CANCEL)
            run.finished_at = now()
        cycle_back(session, run)
    elif result["stopped"] == "conflict":
        words = failure(
            "E_LOCKS_CONFLICT",
            "What was decided before contradicts itself or a rule.",
            "Take back one of the listed decisions and start a new run.",
            {"conflicts": result["conflicts"]},
        )
        fail_run(session, run, words)
    else:
        words = failure(
            "E_NO_PLAN",
            "No plan was found in the time allowed.",
            "Start a run with more time.",
            {"seconds": result["seconds"]},
        )
        fail_run(session, run, words)


def _unchanged(session: Session, plan: _Plan) -> dict[str, ResourceRequest]:
    """The planned requests that are still as the snapshot saw them, by id."""
    planned: Mapping[str, Any] = plan.inputs["requests"]
    rows = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.id.in_(planned), ResourceRequest.status.in_(PLANNABLE))
        .order_by(ResourceRequest.filing_order)
        .options(selectinload(ResourceRequest.lines))
    )
    return {r.id: r for r in rows if r.version == planned[r.id]["version"]}


def _outcomes(session: Session, run: PlanRun, plan: _Plan) -> dict[str, RequestOutcome]:
    """One row per request of the problem."""
    granted = {grant["request"]: grant["level"] for grant in plan.result["granted"]}
    short = {row["request"]: row for row in plan.result["short"]}
    bonus, ends, price = _bonuses(plan), _ends(plan), costs(plan.problem, plan.result)
    rows = {}
    for request in sorted(plan.inputs["requests"]):
        level, levels = granted.get(request, -1), plan.levels(request)
        why = short.get(request)
        rows[request] = RequestOutcome(
            run_id=run.id,
            request_id=request,
            level=level,
            levels=len(levels),
            fraction=levels[level]["fraction"] if level >= 0 else 0,
            value_minor=_worth(levels[level], ends.get(request, -1)) if level >= 0 else 0,
            bonus_minor=bonus[request] - price.get(request, 0),
            outside_minor=price.get(request, 0),
            outside_lines=plan.bought(request),
            reason=why["reason"] if why else None,
            params=why["params"] if why else {},
        )
    session.add_all(rows.values())
    session.flush()
    return rows


def _ends(plan: _Plan) -> dict[str, int]:
    """The last worked week of each request, as an index."""
    ends: dict[str, int] = {}
    for row in plan.result["hours"]:
        request = row["line"].rpartition(".")[0]
        if row["hours"]:
            ends[request] = max(ends.get(request, -1), row["week"])
    return ends


def _worth(level: Mapping[str, Any], end: int) -> int:
    """What a level counts when the work ends in that week."""
    fading = level.get("value_by_end") or ()
    return int(next((value for week, value in fading if end <= week), level["value_minor"]))


def _bonuses(plan: _Plan) -> defaultdict[str, int]:
    """Minor units that preferred people add, by request; once per line and person."""
    preferred = {line["id"]: line["preferred"] for line in plan.problem["lines"] if line["preferred"]}
    pairs = {(row["line"], row["specialist"]) for row in plan.result["hours"] if row["hours"]}
    total: defaultdict[str, int] = defaultdict(int)
    for line, who in pairs:
        if line in preferred and preferred[line]["specialist"] == who:
            total[line.rpartition(".")[0]] += preferred[line]["bonus"]
    return total


def _proposals(
    session: Session, run: PlanRun, plan: _Plan, requests: Mapping[str, ResourceRequest]
) -> list[Proposal]:
    """New proposals; what a head approved before, hour for hour, stays approved."""
    new = _group(session, run, plan, requests)
    old = earlier(session, run, list(new))
    offers = agreed(session, run)
    _supersede(session, run, new)
    proposals = []
    for key, request, line in _in_filing_order(new, requests):
        proposal = new[key]
        proposal.line_digest = line_digest(request, line)
        session.add(proposal)
        said = answer(session, proposal, old.get(key, ()), offers.get(key), plan.problem["weeks"][0])
        if said is not None and fits(session, proposal):
            move(proposal, ProposalAction.APPROVE)
            session.flush()
            said.proposal_id = proposal.id
            created(session, SYSTEM, Event.DECISION_CARRIED, said)
        else:
            created(session, SYSTEM, Event.ALLOCATION_PROPOSED, proposal)
        proposals.append(proposal)
    return proposals


def _in_filing_order(
    new: Mapping[Key, Proposal], requests: Mapping[str, ResourceRequest]
) -> list[tuple[Key, ResourceRequest, RequestLine]]:
    lines = {line.id: (request, line) for request in requests.values() for line in request.lines}
    rows = [(key, *lines[key[0]]) for key in new]
    return sorted(rows, key=lambda row: (row[1].filing_order or 0, row[2].position, row[0]))


def _group(
    session: Session, run: PlanRun, plan: _Plan, requests: Mapping[str, ResourceRequest]
) -> dict[Key, Proposal]:
    """The plan's hours by line and department, for requests that still stand as planned."""
    department = {s.code: s for s in session.scalars(select(Specialist))}
    weeks = plan.problem["weeks"]
    lines = {
        line: (request, record)
        for request, row in plan.inputs["requests"].items()
        for line, record in row["lines"].items()
    }
    proposals: dict[Key, Proposal] = {}
    for row in plan.result["hours"]:
        request, record = lines[row["line"]]
        if request not in requests or row["hours"] == 0:
            continue
        person = department[row["specialist"]]
        proposal = proposals.setdefault(
            (record, person.department_id),
            Proposal(
                run_id=run.id,
                request_id=request,
                line_id=record,
                department_id=person.department_id,
                state=ProposalState.PROPOSED,
            ),
        )
        proposal.allocations.append(
            Allocation(
                run_id=run.id,
                specialist_id=person.id,
                week=weeks[row["week"]],
                quarter_hours=row["hours"],
            )
        )
    return proposals


def _supersede(session: Session, run: PlanRun, new: Mapping[Key, Proposal]) -> None:
    """Put aside what the cycle's earlier plans proposed; what is not proposed again is withdrawn."""
    old = session.scalars(
        select(Proposal)
        .join(PlanRun, PlanRun.id == Proposal.run_id)
        .where(PlanRun.cycle_id == run.cycle_id, Proposal.run_id != run.id, Proposal.state.in_(ACTIVE))
        .order_by(Proposal.line_id, Proposal.department_id)
        .options(selectinload(Proposal.allocations))
    ).all()
    for proposal in old:
        void_offers(session, proposal, keep_accepted=True)
        again = new.get((proposal.line_id, proposal.department_id))
        if again is not None and shape(again.allocations) == shape(proposal.allocations):
            move(proposal, ProposalAction.SUPERSEDE)
        else:
            with changing(session, SYSTEM, Event.ALLOCATION_WITHDRAWN, proposal):
                move(proposal, ProposalAction.SUPERSEDE)


def _states(
    session: Session,
    requests: Mapping[str, ResourceRequest],
    outcomes: Mapping[str, RequestOutcome],
    proposals: Iterable[Proposal],
) -> None:
    """Say of each request what the plan gives it, and whether anybody still has to decide."""
    parts: defaultdict[str, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        parts[proposal.request_id].append(proposal)
    for request in requests.values():
        # What is bought whole asks nobody of ours, so no head has to decide on it.
        settled = bool(parts[request.id] or outcomes[request.id].outside_lines) and all(
            p.state == ProposalState.APPROVED for p in parts[request.id]
        )
        outcome = given(outcomes[request.id])
        running = request.status == RequestStatus.RUNNING
        goal = RequestStatus.DECIDED if settled else RequestStatus.PLANNED
        if (running or request.status == goal) and request.outcome == outcome:
            continue
        with changing(session, SYSTEM, Event.REQUEST_PLANNED, request):
            published = request.status == RequestStatus.PUBLISHED
            move(request, RequestAction.REPLAN if published else RequestAction.PLAN)
            request.outcome = outcome
        if settled and not running:
            with changing(session, SYSTEM, Event.REQUEST_DECIDED, request):
                move(request, RequestAction.DECIDE)


def given(outcome: RequestOutcome) -> Outcome:
    """Granted at the full hours or more, at less, or refused."""
    if outcome.level < 0:
        return Outcome.REFUSED
    return Outcome.GRANTED if outcome.fraction >= FULL else Outcome.PARTLY


def _finish(session: Session, run: PlanRun, plan: _Plan, text: str) -> None:
    result = plan.result
    with changing(session, SYSTEM, Event.RUN_FINISHED, run):
        move(run, JobAction.FINISH)
        run.finished_at = now()
        run.plan_status = PlanStatus(result["status"])
        run.stopped = result["stopped"]
        run.value_minor = result["value"]
        run.bound_minor = result["bound"]
        run.churn_minor = result["churn"]
        run.reproducible = result["reproducible"]
        run.result = text
        run.progress = {
            "seconds": result["seconds"],
            "proven_stages": result["proven_stages"],
            "broken_obligations": result["broken_obligations"],
            "moves": moves(plan.problem, result),
        }
    cycle = session.get_one(PlanningCycle, run.cycle_id)
    if cycle.status == CycleStatus.SOLVING and run.purpose == RunPurpose.OFFICIAL:
        with changing(session, SYSTEM, Event.CYCLE_CHANGED, cycle):
            move(cycle, CycleAction.DECIDE)
