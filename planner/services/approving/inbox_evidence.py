"""What a head weighs beside the hours: proof of skill, and what changed since the last approval."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.clock import today
from planner.records import (
    Allocation,
    Decision,
    DecisionOutcome,
    PlanRun,
    Proposal,
    ProposalState,
    RequestLine,
    Skill,
    Specialist,
)
from planner.services.approving.inbox_views import HoursChange, SkillProof
from planner.solving.carrying import shape


def proofs_of(proposal: Proposal) -> tuple[SkillProof, ...]:
    """For each person of the proposal what is attested of the skill and language that the line needs."""
    line = proposal.line
    needs = [(line.skill, line.min_level)]
    if line.language is not None:
        needs.append((line.language, line.language_level or 1))
    people = {a.specialist_id: a.specialist for a in proposal.allocations}
    ordered = sorted(people.values(), key=lambda person: (person.display_name, person.id))
    return tuple(_proof(person, skill, wanted) for person in ordered for skill, wanted in needs)


def _proof(person: Specialist, skill: Skill, wanted: int) -> SkillProof:
    held = next((row for row in person.skills if row.skill_id == skill.id), None)
    counts = held is not None and (held.expires_on is None or held.expires_on >= today())
    return SkillProof(
        specialist_id=person.id,
        specialist=person.display_name,
        skill=skill.key,
        skill_labels=skill.labels,
        level=held.level if held is not None and counts else 0,
        wanted=wanted,
        attested_by=held.attested_by if held else None,
        attested_on=held.attested_on if held else None,
        expires_on=held.expires_on if held else None,
    )


def changes_since(session: Session, rows: Sequence[Proposal]) -> dict[str, tuple[HoursChange, ...]]:
    """What each waiting proposal has different from the newest approved one in its place, by its id.

    The place is the same department and the same position in the request: an edited line is a new row.
    """
    waiting = [p for p in rows if p.state == ProposalState.PROPOSED]
    if not waiting:
        return {}
    old = session.execute(
        select(Proposal, RequestLine.position)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .join(PlanRun, PlanRun.id == Proposal.run_id)
        .join(RequestLine, RequestLine.id == Proposal.line_id)
        .where(
            Proposal.request_id.in_({p.request_id for p in waiting}),
            Proposal.state.in_((ProposalState.SUPERSEDED, ProposalState.PUBLISHED)),
            Decision.outcome == DecisionOutcome.APPROVED,
        )
        .order_by(PlanRun.created_at, PlanRun.number)
        .options(selectinload(Proposal.allocations).selectinload(Allocation.specialist))
    )
    newest = {(p.request_id, p.department_id, position): p for p, position in old}
    found = {}
    for proposal in waiting:
        before = newest.get((proposal.request_id, proposal.department_id, proposal.line.position))
        if before is not None and shape(before.allocations) != shape(proposal.allocations):
            found[proposal.id] = _changes(before, proposal)
    return found


def _changes(before: Proposal, after: Proposal) -> tuple[HoursChange, ...]:
    names = {a.specialist_id: a.specialist.display_name for a in (*before.allocations, *after.allocations)}
    had = {(a.week, a.specialist_id): a.quarter_hours for a in before.allocations}
    has = {(a.week, a.specialist_id): a.quarter_hours for a in after.allocations}
    return tuple(
        HoursChange(names[cell[1]], cell[0], had.get(cell, 0), has.get(cell, 0))
        for cell in sorted({*had, *has}, key=lambda cell: (cell[0], names[cell[1]], cell[1]))
        if had.get(cell, 0) != has.get(cell, 0)
    )
