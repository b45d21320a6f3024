"""What refusing a proposal would cost the plan: at once an interval, then figures from re-solves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, record, state_of
from planner.clock import now
from planner.permissions import Action, may
from planner.records import (
    Allocation,
    JobState,
    PlanRun,
    Proposal,
    Question,
    QuestionKind,
    RejectionReason,
    RequestOutcome,
    ResourceRequest,
)
from planner.scope import find_proposal, sees_all, visible_requests
from planner.solving.questions import find_question, scope_of
from planner.solving.refusals import rejection_question, rejection_subject
from planner.transitions import JobAction, move
from planner.verdict import require

PER_MILLE = 1000
SMALLEST_GROUP = 3
"""Others are counted only when there are at least so many, so that nobody is recognised."""


@dataclass(frozen=True, slots=True)
class Change:
    """A request that would get another level: its index before and after, -1 for nothing."""

    request_id: str
    title: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the plan in hand loses when the proposal is refused; never negative.

    It is worth less the best that is left. Whatever is done then, the rest of the plan can stand as it is.

    Attributes:
        state: "queued", "running", "done", "failed", or "none" when no figure was asked for.
        scope: What a refusal forbids: the pair in those "weeks", the "pair", the whole "request".
        low_share: Least loss in per mille of the plan's value, rounded down; None when the value is 0.
        high_share: Most loss in per mille, rounded up.
        low_minor: Least loss in minor units; None for who does not see money.
        high_minor: Most loss in minor units; None likewise.
        exact: Whether the loss is proven to be exactly this.
        stay_share: Exact loss while everybody else keeps their hours, rounded up; None while not known.
        stay_minor: The same in minor units; None for who does not see money.
        quarter_hours: Hours of the whole request, which are at stake with this part.
        keeps: Whether the request has as many hours in the best plan found, with other people or in other
            weeks; None while not known.
        loses: Requests that would get less, as far as the actor may see them.
        gains: Requests that would get more, likewise.
        others_lose: How many more get less; None below three, or while not known.
        others_gain: How many more get more; None below three, or while not known.
        breaks_obligation: Whether a confirmed promise would be broken; None while not known.
    """

    state: str
    scope: str
    low_share: int | None
    high_share: int | None
    low_minor: int | None
    high_minor: int | None
    exact: bool
    quarter_hours: int
    keeps: bool | None = None
    stay_share: int | None = None
    stay_minor: int | None = None
    loses: tuple[Change, ...] = ()
    gains: tuple[Change, ...] = ()
    others_lose: int | None = None
    others_gain: int | None = None
    breaks_obligation: bool | None = None


def consequence(
    session: Session, actor: Actor, proposal_id: str, reason: RejectionReason | None = None
) -> Consequence:
    """What refusing the proposal for that reason would cost, as far as it is known now.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_CONSEQUENCE))
    proposal = find_proposal(session, actor, proposal_id)
    return consequences(session, actor, [proposal], reason)[proposal.id]


def ask_consequence(
    session: Session, actor: Actor, proposal_id: str, reason: RejectionReason | None = None
) -> Consequence:
    """Put the question before all that nobody asked; asking again changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_CONSEQUENCE))
    proposal = find_proposal(session, actor, proposal_id)
    hurry(session, actor, proposal, scope_of(reason))
    return consequences(session, actor, [proposal], reason)[proposal.id]


def hurry(session: Session, actor: Actor, proposal: Proposal, scope: str) -> Question:
    """The question what refusing costs, asked for by the actor unless somebody did before."""
    _asked(session, actor, proposal, scope, quick=True)
    question, fresh = _asked(session, actor, proposal, scope, quick=False)
    if fresh:
        record(session, actor, Event.EXPLANATION_ASKED, question, before=None, after=state_of(question))
    return question


def _asked(
    session: Session, actor: Actor, proposal: Proposal, scope: str, *, quick: bool
) -> tuple[Question, bool]:
    """The question, and whether it is the actor who asks for it."""
    subject = rejection_subject(proposal.id, scope, quick=quick)
    question = find_question(session, proposal.run_id, QuestionKind.REJECTION, subject)
    if question is None:
        question = rejection_question(proposal, scope, quick=quick)
        session.add(question)
        session.flush()
    elif question.state in (JobState.CANCELLED, JobState.FAILED):
        move(question, JobAction.REPEAT)
        question.attempts = 0
    elif question.asked_at is not None or question.state == JobState.DONE:
        return question, False
    question.asked_at = now()
    question.asked_by_id = actor.user_id
    session.flush()
    return question, True


def consequences(
    session: Session, actor: Actor, proposals: Iterable[Proposal], reason: RejectionReason | None = None
) -> dict[str, Consequence]:
    """The consequence of refusing each proposal, by id; all of one run at a time read together."""
    rows, scope = list(proposals), scope_of(reason)
    known = _Known(session, actor, rows, scope)
    return {p.id: known.of(p) for p in rows}


def loss(session: Session, proposal: Proposal, scope: str) -> tuple[int, int | None]:
    """Least and most minor units that refusing the proposal costs, as far as it is known now."""
    known = _Known(session, None, [proposal], scope)
    return known.interval(proposal)


class _Known:
    """What the records say about the consequences of some proposals."""

    def __init__(self, session: Session, actor: Actor | None, rows: list[Proposal], scope: str) -> None:
        self.session, self.actor, self.scope = session, actor, scope
        runs, requests = {p.run_id for p in rows}, {p.request_id for p in rows}
        self.runs = {r.id: r for r in session.scalars(select(PlanRun).where(PlanRun.id.in_(runs)))}
        self.outcomes = {
            (o.run_id, o.request_id): o
            for o in session.scalars(
                select(RequestOutcome).where(
                    RequestOutcome.run_id.in_(runs), RequestOutcome.request_id.in_(requests)
                )
            )
        }
        subjects = {rejection_subject(p.id, scope, quick=quick) for p in rows for quick in (True, False)}
        self.questions = {
            q.subject: q
            for q in session.scalars(
                select(Question).where(
                    Question.run_id.in_(runs),
                    Question.kind == QuestionKind.REJECTION,
                    Question.subject.in_(subjects),
                )
            )
        }
        self.hours: dict[tuple[str, str], int] = {}
        query = (
            select(Proposal.run_id, Proposal.request_id, Allocation.quarter_hours)
            .join(Allocation, Allocation.proposal_id == Proposal.id)
            .where(Proposal.run_id.in_(runs), Proposal.request_id.in_(requests))
        )
        for run, request, hours in session.execute(query):
            self.hours[run, request] = self.hours.get((run, request), 0) + hours
        self.seen: Mapping[str, str] = {}
        if actor is not None:
            self.seen = self._titles(actor)

    def _titles(self, actor: Actor) -> dict[str, str]:
        """Titles of requests that the actor may see and that some answer speaks of."""
        named = {c["request"] for q in self.questions.values() for c in q.answer.get("changes", ())}
        if not named:
            return {}
        rows = self.session.scalars(
            visible_requests(self.session, actor).where(ResourceRequest.id.in_(named))
        )
        return {r.id: r.title for r in rows}

    def answered(self, proposal: Proposal, *, quick: bool) -> Question | None:
        """The question about the proposal, once it is answered."""
        found = self.questions.get(rejection_subject(proposal.id, self.scope, quick=quick))
        return found if found is not None and found.state == JobState.DONE else None

    def interval(self, proposal: Proposal) -> tuple[int, int | None]:
        """Least and most minor units lost, by all that is known.

        The rest of the plan can stand as it is: no more than the whole request is lost, with what its
        preferred people add and what its published hours cost to withdraw.
        """
        found = (self.answered(proposal, quick=True), self.answered(proposal, quick=False))
        bounds = [self._all_of(proposal), *(q.high_minor for q in found if q is not None and _alike(q))]
        high = min((bound for bound in bounds if bound is not None), default=None)
        full = found[1]
        low = 0 if full is None else full.low_minor or 0
        if full is not None and full.exact:
            return low, low
        return low if high is None else min(low, high), high

    def _all_of(self, proposal: Proposal) -> int | None:
        outcome, run = self.outcomes.get((proposal.run_id, proposal.request_id)), self.runs[proposal.run_id]
        if outcome is None:
            return None
        price = int(run.parameters.get("price_minor", 0))
        hours = self.hours.get((proposal.run_id, proposal.request_id), 0)
        return max(0, outcome.value_minor) + outcome.bonus_minor + price * hours

    def of(self, proposal: Proposal) -> Consequence:
        """All that is known about refusing the proposal."""
        question = self.questions.get(rejection_subject(proposal.id, self.scope))
        done, alone = self.answered(proposal, quick=False), self.answered(proposal, quick=True)
        low, high = self.interval(proposal)
        stay = alone.high_minor if alone is not None and alone.exact else None
        value = self.runs[proposal.run_id].value_minor
        money = self.actor is not None and sees_all(self.actor)
        told = Consequence(
            state=question.state.value if question else "none",
            scope=self.scope,
            low_share=_share(low, value, up=False),
            high_share=_share(high, value, up=True),
            low_minor=low if money else None,
            high_minor=high if money else None,
            # A loss is never negative, so one that is at most nothing is nothing.
            exact=high == 0 or bool(done and done.exact),
            quarter_hours=self.hours.get((proposal.run_id, proposal.request_id), 0),
            keeps=_keeps(proposal, _better(done, alone)),
            stay_share=_share(stay, value, up=True),
            stay_minor=stay if money else None,
        )
        best = _better(done, alone)
        return told if done is None or best is None else self._with_changes(told, best)

    def _with_changes(self, told: Consequence, question: Question) -> Consequence:
        answer = question.answer
        changes = answer.get("changes", [])
        seen = [
            Change(c["request"], self.seen[c["request"]], c["before"], c["after"])
            for c in changes
            if c["request"] in self.seen
        ]
        hidden = [c for c in changes if c["request"] not in self.seen]
        return replace(
            told,
            loses=tuple(c for c in seen if c.after < c.before),
            gains=tuple(c for c in seen if c.after > c.before),
            others_lose=_enough(sum(c["after"] < c["before"] for c in hidden)),
            others_gain=_enough(sum(c["after"] > c["before"] for c in hidden)),
            breaks_obligation=bool(_broken(answer)),
        )


def _better(done: Question | None, alone: Question | None) -> Question | None:
    """The answer whose plan loses less; where moving others gains nothing, they keep what they have."""
    if done is None or alone is None or done.exact:
        return done or alone
    if done.high_minor is None or alone.high_minor is None:
        return alone if done.high_minor is None else done
    return done if done.high_minor < alone.high_minor else alone


def _keeps(proposal: Proposal, question: Question | None) -> bool | None:
    """Whether the plan that was found gives the proposal's request what it has; None without one."""
    if question is None or question.answer.get("value_after") is None:
        return None
    changes = question.answer["changes"]
    return not any(c["request"] == proposal.request_id and c["after"] < c["before"] for c in changes)


def _broken(answer: Mapping[str, Any]) -> set[str]:
    """Promises that the plan in hand keeps and the one found breaks."""
    if "broken" in answer:
        return set(answer["broken"])
    # Kept like this before the quick figure came.
    return set(answer["broken_after"]) - set(answer["broken_before"])


def _alike(question: Question) -> bool:
    """Whether the plan that was found keeps the promises of the plan in hand, so that money compares them."""
    return bool(question.answer.get("alike", True))


def _share(amount: int | None, value: int | None, *, up: bool) -> int | None:
    """Per mille of the plan's value; None when there is nothing to compare with."""
    if amount is None or value is None or value <= 0:
        return None
    return -(-amount * PER_MILLE // value) if up else amount * PER_MILLE // value


def _enough(count: int) -> int | None:
    return count if count >= SMALLEST_GROUP else None
