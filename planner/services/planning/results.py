"""What a finished run gives each request, for who oversees the whole plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import (
    Outcome,
    Proposal,
    ProposalState,
    Purpose,
    Question,
    QuestionKind,
    RequestOutcome,
    ResourceRequest,
)
from planner.scope import find_run
from planner.solving.outcome import given
from planner.verdict import require


@dataclass(frozen=True, slots=True)
class Result:
    """One request in a run. Money in minor units, None where unknown.

    Attributes:
        outcome: The record.
        given: Granted, partly or refused.
        break_even: The question from which value on it would get more; None when it got everything.
        decided: Parts that heads have answered.
        parts: Parts that the plan proposes, put aside ones left out.
        rejected: Parts that heads refused.
    """

    outcome: RequestOutcome
    given: Outcome
    break_even: Question | None
    decided: int
    parts: int
    rejected: int


@dataclass(frozen=True, slots=True)
class PurposeSplit:
    """What a run gives to one purpose: requests, those that get hours, their value in minor units."""

    purpose: Purpose
    asked: int
    granted: int
    value_minor: int


def by_purpose(found: Sequence[Result]) -> list[PurposeSplit]:
    """How a run splits between winning, growing, keeping and defending; none is favoured, money decides."""
    splits = []
    for purpose in Purpose:
        rows = [row for row in found if row.outcome.request.purpose is purpose]
        given_rows = [row for row in rows if row.given is not Outcome.REFUSED]
        if rows:
            value = sum(row.outcome.value_minor for row in given_rows)
            splits.append(PurposeSplit(purpose, len(rows), len(given_rows), value))
    return splits


def results(session: Session, actor: Actor, run_id: str) -> Sequence[Result]:
    """Every request of the run, the most valuable grant first, refused ones behind.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_RUNS))
    run = find_run(session, actor, run_id)
    outcomes = session.scalars(
        select(RequestOutcome)
        .where(RequestOutcome.run_id == run.id)
        .options(
            joinedload(RequestOutcome.request).joinedload(ResourceRequest.account),
            joinedload(RequestOutcome.request).joinedload(ResourceRequest.kam),
        )
    ).all()
    questions = {
        question.request_id: question
        for question in session.scalars(
            select(Question).where(Question.run_id == run.id, Question.kind == QuestionKind.BREAK_EVEN)
        )
    }
    states: defaultdict[str, list[ProposalState]] = defaultdict(list)
    for request, state in session.execute(
        select(Proposal.request_id, Proposal.state).where(
            Proposal.run_id == run.id, Proposal.state != ProposalState.SUPERSEDED
        )
    ):
        states[request].append(state)
    found = [_result(outcome, questions, states[outcome.request_id]) for outcome in outcomes]
    return sorted(
        found, key=lambda r: (r.given == Outcome.REFUSED, -r.outcome.value_minor, r.outcome.request.title)
    )


def _result(
    outcome: RequestOutcome, questions: Mapping[str | None, Question], states: Sequence[ProposalState]
) -> Result:
    return Result(
        outcome=outcome,
        given=given(outcome),
        break_even=questions.get(outcome.request_id),
        decided=sum(state != ProposalState.PROPOSED for state in states),
        parts=len(states),
        rejected=sum(state == ProposalState.REJECTED for state in states),
    )
