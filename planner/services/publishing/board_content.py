"""What the board reads of a published plan: every name and number as it was, complete without the records."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from planner.gap import gap_of, gap_words, percent_up
from planner.records import (
    Allocation,
    Decision,
    Department,
    KeyAccountDefinition,
    PlanRun,
    PlanStatus,
    Proposal,
    ProposalState,
    Publication,
    Question,
    QuestionKind,
    RequestLine,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    Specialist,
    User,
)
from planner.services.approving.consequences import loss
from planner.services.explaining.reasons import reason_words
from planner.services.publishing.board_overrides import overrides_in
from planner.services.publishing.purchases import told
from planner.solving.outcome import given
from planner.solving.questions import scope_of

FORMAT = "planner-board/1"

Content = dict[str, Any]
Chosen = Mapping[str, Sequence[Proposal]]


def content_of(
    session: Session, run: PlanRun, publication: Publication, last: Publication | None, chosen: Chosen
) -> Content:
    """Everything the board page shows of `run` published as `publication`; all of it plain JSON.

    Args:
        session: The unit of work.
        run: The plan.
        publication: Its number, time and publisher.
        last: The publication before, to compare with.
        chosen: Requests that are published, each with its approved parts.
    """
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    rows = _rows(session, run, chosen)
    granted = [row for row in rows if row["state"] == "granted"]
    content = {
        "format": FORMAT,
        "number": publication.number,
        "previous_number": last.number if last else None,
        "published_at": publication.published_at.isoformat(),
        "published_by": _name(session, publication.published_by_id),
        "cycle": _cycle(run),
        "run": _run(session, run),
        "currency": run.parameters["currency"],
        "definition": _definition(session, run),
        "inputs_hash": run.snapshot.problem_hash,
        "worth": _worth(run, granted),
        "granted": granted,
        "refused": [row for row in rows if row["state"] == "refused"],
        "undecided": [row for row in rows if row["state"] == "undecided"],
        "rejected": [row for row in rows if row["state"] == "rejected"],
        "waiting": _waiting(session, run),
        "accounts": _accounts(rows),
        "departments": _departments(session, run, granted, rows),
        "overrides": overrides_in(session, run),
        "broken_obligations": _titles(rows, run.progress.get("broken_obligations", [])),
    }
    content["difference"] = difference(json.loads(last.content) if last else None, content)
    return content


def difference(before: Content | None, after: Content) -> Content | None:
    """What is new, withdrawn or changed in hours against the publication before; None for the first."""
    if before is None:
        return None
    old = {row["request_id"]: row for row in before["granted"]}
    new = {row["request_id"]: row for row in after["granted"]}

    def brief(row: Mapping[str, Any]) -> Content:
        return {key: row[key] for key in ("request_id", "title", "account", "quarter_hours")}

    return {
        "number": before["number"],
        "new": [brief(new[key]) for key in new if key not in old],
        "withdrawn": [brief(old[key]) for key in old if key not in new],
        "changed": [
            {**brief(new[key]), "before_quarter_hours": old[key]["quarter_hours"]}
            for key in new
            if key in old and new[key]["hours"] != old[key]["hours"]
        ],
    }


def _cycle(run: PlanRun) -> Content:
    cycle = run.cycle
    problem = json.loads(run.snapshot.problem) if run.snapshot else {}
    return {"name": cycle.name, "kind": cycle.kind.value, "weeks": problem["weeks"]}


def _run(session: Session, run: PlanRun) -> Content:
    before = select(func.count(PlanRun.id)).where(
        PlanRun.cycle_id == run.cycle_id, PlanRun.number < run.number
    )
    return {
        "id": run.id,
        "number": run.number,
        "runs_before": session.scalar(before) or 0,
        "seconds": run.progress.get("seconds"),
        "reproducible": run.reproducible,
        "stopped": run.stopped,
    }


def _definition(session: Session, run: PlanRun) -> Content | None:
    row = session.get(KeyAccountDefinition, run.parameters.get("definition") or "")
    if row is None:
        return None
    return {
        "id": row.id,
        "basis": row.basis.value,
        "window_months": row.window_months,
        "key_share": row.key_share,
        "critical_share": row.critical_share,
        "valid_from": row.valid_from.isoformat(),
        "approved_by": _name(session, row.approved_by_id),
    }


def _worth(run: PlanRun, granted: Iterable[Mapping[str, Any]]) -> Content:
    """The plan's value, what of it is published, and how far from the best it may be."""
    proven = run.plan_status == PlanStatus.OPTIMAL
    gap = gap_of(run.value_minor, run.bound_minor)
    words = gap_words(gap, proven=proven)
    return {
        "value_minor": run.value_minor,
        "bound_minor": run.bound_minor,
        "churn_minor": run.churn_minor,
        "published_value_minor": sum(row["value_minor"] + row["bonus_minor"] for row in granted),
        "outside_minor": sum(row["outside_minor"] for row in granted),
        "proven": proven,
        "gap_percent": None if gap is None else percent_up(gap),
        "gap_words": {"text": words.text, "params": dict(words.params)},
    }


def _rows(session: Session, run: PlanRun, chosen: Chosen) -> list[Content]:
    """One row per planned request, by filing order."""
    outcomes = {
        o.request_id: o
        for o in session.scalars(select(RequestOutcome).where(RequestOutcome.run_id == run.id))
    }
    parts = _parts(session, run)
    questions = {
        q.request_id: q
        for q in session.scalars(
            select(Question).where(Question.run_id == run.id, Question.kind == QuestionKind.BREAK_EVEN)
        )
    }
    requests = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.id.in_(outcomes))
        .order_by(ResourceRequest.filing_order, ResourceRequest.id)
        .options(
            selectinload(ResourceRequest.account),
            selectinload(ResourceRequest.kam),
            selectinload(ResourceRequest.lines).selectinload(RequestLine.skill),
        )
    )
    return [
        _row(session, r, outcomes[r.id], parts.get(r.id, []), questions.get(r.id), published=r.id in chosen)
        for r in requests
    ]


def _parts(session: Session, run: PlanRun) -> Mapping[str, list[Proposal]]:
    rows = session.scalars(
        select(Proposal)
        .where(Proposal.run_id == run.id)
        .order_by(Proposal.line_id, Proposal.department_id)
        .options(
            selectinload(Proposal.department),
            selectinload(Proposal.line).selectinload(RequestLine.skill),
            selectinload(Proposal.allocations)
            .selectinload(Allocation.specialist)
            .selectinload(Specialist.department),
        )
    )
    found: defaultdict[str, list[Proposal]] = defaultdict(list)
    for proposal in rows:
        found[proposal.request_id].append(proposal)
    return found


def _row(
    session: Session,
    request: ResourceRequest,
    outcome: RequestOutcome,
    parts: Sequence[Proposal],
    question: Question | None,
    *,
    published: bool,
) -> Content:
    hours = [hour for part in parts for hour in _hours(part)] if published else []
    row: Content = {
        "state": _state(outcome, parts, published=published),
        "request_id": request.id,
        "title": request.title,
        "account": request.account.name,
        "account_code": request.account.code,
        "kam": request.kam.display_name,
        "purpose": request.purpose.value if request.purpose else None,
        "type": request.type.value if request.type else None,
        "obligation": request.obligation and request.obligation_confirmed_by_id is not None,
        "outcome": given(outcome).value,
        "fraction": outcome.fraction,
        "value_minor": outcome.value_minor,
        "bonus_minor": outcome.bonus_minor,
        "outside_minor": outcome.outside_minor,
        "outside": told(request, outcome),
        "reason": outcome.reason,
        "reason_words": _words(request, outcome),
        "break_even": _break_even(question),
        "quarter_hours": sum(hour["quarter_hours"] for hour in hours),
        "hours": hours,
        "waits_for": sorted({p.department.name for p in parts if p.state == ProposalState.PROPOSED}),
    }
    row["rejections"] = [
        rejection
        for part in parts
        if part.state == ProposalState.REJECTED and (rejection := _rejection(session, part))
    ]
    return row


def _words(request: ResourceRequest, outcome: RequestOutcome) -> Content | None:
    if outcome.reason is None:
        return None
    why, _ = reason_words(request, outcome.reason, outcome.params)
    return {"text": why.text, "params": {name: str(value) for name, value in why.params.items()}}


def _state(outcome: RequestOutcome, parts: Sequence[Proposal], *, published: bool) -> str:
    if published:
        return "granted"
    if outcome.level < 0:
        return "refused"
    return "rejected" if any(p.state == ProposalState.REJECTED for p in parts) else "undecided"


def _hours(part: Proposal) -> list[Content]:
    return [
        {
            "skill": part.line.skill.key,
            "skill_labels": dict(part.line.skill.labels),
            "specialist": a.specialist.display_name,
            "specialist_code": a.specialist.code,
            "department": a.specialist.department.name,
            "week": a.week,
            "quarter_hours": a.quarter_hours,
        }
        for a in sorted(part.allocations, key=lambda a: (a.week, a.specialist.code))
    ]


def _break_even(question: Question | None) -> Content | None:
    if question is None or not question.answer:
        return None
    return {
        "low_minor": question.low_minor,
        "high_minor": question.high_minor,
        "exact": question.exact,
        "possible": question.answer.get("possible"),
    }


def _rejection(session: Session, part: Proposal) -> Content | None:
    decision = session.scalars(
        select(Decision)
        .where(Decision.proposal_id == part.id)
        .order_by(Decision.created_at.desc())
        .options(selectinload(Decision.decided_by))
    ).first()
    if decision is None:
        return None
    low, high = loss(session, part, scope_of(decision.reason))
    return {
        "department": part.department.name,
        "decided_by": decision.decided_by.display_name,
        "reason": decision.reason.value if decision.reason else None,
        "lost_low_minor": low,
        "lost_high_minor": high,
    }


def _waiting(session: Session, run: PlanRun) -> int:
    """Submitted requests that this plan has not seen."""
    planned = set((run.snapshot.inputs if run.snapshot else {})["requests"])
    rows = session.scalars(
        select(ResourceRequest.id).where(ResourceRequest.status == RequestStatus.SUBMITTED)
    )
    return len(set(rows) - planned)


def _accounts(rows: Iterable[Mapping[str, Any]]) -> list[Content]:
    """Asked, granted and refused per customer, by name."""
    found: dict[str, Content] = {}
    for row in rows:
        entry = found.setdefault(
            row["account_code"],
            {
                "code": row["account_code"],
                "name": row["account"],
                "asked": 0,
                "granted": 0,
                "refused": 0,
                "quarter_hours": 0,
                "value_minor": 0,
            },
        )
        entry["asked"] += 1
        entry["granted"] += row["state"] == "granted"
        entry["refused"] += row["state"] == "refused"
        entry["quarter_hours"] += row["quarter_hours"]
        entry["value_minor"] += row["value_minor"] if row["state"] == "granted" else 0
    return sorted(found.values(), key=lambda entry: (entry["name"], entry["code"]))


def _departments(
    session: Session, run: PlanRun, granted: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> list[Content]:
    """Hours lent and hours there were per department, with rejections and what they cost, by name."""
    lent: defaultdict[str, int] = defaultdict(int)
    for hour in (hour for row in granted for hour in row["hours"]):
        lent[hour["department"]] += hour["quarter_hours"]
    refused: defaultdict[str, list[Content]] = defaultdict(list)
    for rejection in (r for row in rows for r in row["rejections"]):
        refused[rejection["department"]].append(rejection)
    room = _room(session, run)
    return [
        {
            "code": d.code,
            "name": d.name,
            "people": room.get(d.id, (0, 0))[0],
            "capacity_quarter_hours": room.get(d.id, (0, 0))[1],
            "quarter_hours": lent[d.name],
            "rejections": len(refused[d.name]),
            "lost_low_minor": sum(r["lost_low_minor"] for r in refused[d.name]),
            "lost_high_minor": _sum(r["lost_high_minor"] for r in refused[d.name]),
        }
        for d in session.scalars(select(Department).order_by(Department.name, Department.code))
    ]


def _room(session: Session, run: PlanRun) -> dict[str, tuple[int, int]]:
    """People and quarter-hours to lend per department id, as the snapshot saw them."""
    problem = json.loads(run.snapshot.problem) if run.snapshot else {}
    department = dict(session.execute(select(Specialist.code, Specialist.department_id)).all())
    found: dict[str, tuple[int, int]] = {}
    for person in problem["specialists"]:
        people, hours = found.get(department[person["id"]], (0, 0))
        total = sum(person["capacity"]) + sum(person.get("expedite", ()))
        found[department[person["id"]]] = (people + (total > 0), hours + total)
    return found


def _sum(amounts: Iterable[int | None]) -> int | None:
    """The sum, unknown when a part of it is."""
    known = list(amounts)
    return None if any(a is None for a in known) else sum(a for a in known if a is not None)


def _titles(rows: Iterable[Mapping[str, Any]], ids: Iterable[str]) -> list[str]:
    title = {row["request_id"]: row["title"] for row in rows}
    return [title[key] for key in ids if key in title]


def _name(session: Session, user_id: str | None) -> str | None:
    user = session.get(User, user_id) if user_id else None
    return user.display_name if user else None
