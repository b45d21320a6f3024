"""Questions about a finished plan: what is asked, what the engine is told, how its answer is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import now
from planner.records import (
    JobState,
    PlanRun,
    Proposal,
    ProposalState,
    Question,
    QuestionKind,
    RejectionReason,
    RequestOutcome,
)
from planner.solving.contributions import contribution_task, store_contribution
from planner.solving.decided import PAIR, SCOPE, WEEKS
from planner.solving.frontiers import frontier_task, store_frontier
from planner.solving.jobs import failure
from planner.solving.one_line import BOUGHT, line_task
from planner.solving.parameters import Parameters
from planner.solving.prices import price_task, store_price
from planner.solving.refusals import refusal_task, rejection_question, store_rejection
from planner.solving.scarcity import is_scarcity, scarcity_task, store_scarcity
from planner.solving.swapping import settle, swap_task
from planner.transitions import JobAction, move

HOPELESS = frozenset({"no_skill", "no_capacity", "window"})
"""Reasons for which no value would do: the request cannot be staffed even alone."""

WALL_LIMIT_S = 6.0
"""Seconds for one question, so that who asks is answered within ten."""

CARD_LIMIT_S = 30.0
"""Seconds for a whole refusal card, which takes many solves; its first figure is asked apart."""

Data = dict[str, Any]


def scope_of(reason: RejectionReason | None) -> str:
    """What a rejection for that reason forbids; those weeks when the reason is not known yet."""
    return SCOPE[reason] if reason else WEEKS


def find_question(session: Session, run_id: str, kind: QuestionKind, subject: str) -> Question | None:
    """The question, if it was ever put."""
    return session.scalars(
        select(Question).where(Question.run_id == run_id, Question.kind == kind, Question.subject == subject)
    ).first()


def card_question(run: PlanRun, request_id: str) -> Question:
    """What would have to be different for the request, in six families."""
    return Question(
        run_id=run.id,
        kind=QuestionKind.CARD,
        subject=request_id,
        request_id=request_id,
        state=JobState.QUEUED,
    )


def ask_about_plan(
    session: Session, run: PlanRun, outcomes: Iterable[RequestOutcome], proposals: Sequence[Proposal]
) -> None:
    """Queue what people will want to know of the plan; what nobody asked about earlier plans is dropped."""
    stale = (
        select(Question)
        .join(PlanRun, PlanRun.id == Question.run_id)
        .where(
            PlanRun.cycle_id == run.cycle_id,
            Question.run_id != run.id,
            Question.state == JobState.QUEUED,
            Question.asked_at.is_(None),
        )
    )
    for question in session.scalars(stale):
        move(question, JobAction.CANCEL)
    for outcome in outcomes:
        if outcome.reason is not None and outcome.reason not in HOPELESS:
            session.add(
                Question(
                    run_id=run.id,
                    kind=QuestionKind.BREAK_EVEN,
                    subject=outcome.request_id,
                    request_id=outcome.request_id,
                    state=JobState.QUEUED,
                )
            )
    for proposal in proposals:
        if proposal.state == ProposalState.PROPOSED:
            # Which reason a head will give is not known yet, and the quick figures take a moment each.
            session.add_all(rejection_question(proposal, scope, quick=True) for scope in (WEEKS, PAIR))
            session.add(rejection_question(proposal, WEEKS))
    session.flush()


def task_of(session: Session, question: Question) -> dict[str, Any]:
    """What the engine is told to answer the question."""
    run = question.run
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    parameters = Parameters.of(run.parameters)
    task: dict[str, Any] = {
        "problem": run.snapshot.problem,
        "plan": run.result,
        "most_moves": parameters.most_moves,
        "settings": {
            "mode": parameters.mode,
            "seed": int(run.parameters["seed"]),
            "workers": parameters.workers,
            "wall_limit_s": min(WALL_LIMIT_S, parameters.wall_limit_s),
        },
    }
    return TASKS[question.kind](session, question, task)


def _break_even_task(_session: Session, question: Question, task: Data) -> Data:
    if BOUGHT in question.params:
        return line_task(question, task)
    return {**task, "kind": "break_even", "request": question.request_id}


def _card_task(_session: Session, question: Question, task: Data) -> Data:
    settings = {**task["settings"], "wall_limit_s": CARD_LIMIT_S}
    return {**task, "kind": "card", "request": question.request_id, "settings": settings}


def store(session: Session, question: Question, reply: Mapping[str, Any]) -> None:
    """Keep the engine's answer."""
    if STORES[question.kind](session, question, reply) is AGAIN:
        move(question, JobAction.FAIL)
        move(question, JobAction.REPEAT)
        question.attempts = 0
    else:
        move(question, JobAction.FINISH)
    question.failure = None
    question.heartbeat_at = now()
    session.flush()


def store_failure(session: Session, question: Question, reply: Mapping[str, Any]) -> None:
    """Keep that the engine gave no answer, and why."""
    move(question, JobAction.FAIL)
    question.failure = failure(
        str(reply.get("code", "E_ENGINE")),
        "The figure could not be computed.",
        "Ask again; if it happens again, tell an administrator.",
        reply,
    )
    session.flush()


def _store_break_even(_session: Session, question: Question, found: Mapping[str, Any]) -> None:
    """From which value on the level above would be granted; "possible" false means from none."""
    question.low_minor, question.high_minor = found["low"], found["high"]
    question.exact = found["exact"]
    question.answer = {**found, "displaced": list(found["displaced"])}


def _store_card(_session: Session, question: Question, found: Mapping[str, Any]) -> None:
    """The whole card, planner-card/1."""
    question.low_minor, question.high_minor = found["low"], found["high"]
    question.exact = found["exact"]
    question.answer = dict(found)


AGAIN = object()
"""What storing gives when the question has to be asked once more, in other words."""


def _price_task(_session: Session, question: Question, task: Data) -> Data:
    return scarcity_task(task) if is_scarcity(question) else price_task(question, task)


def _store_price(_session: Session, question: Question, reply: Mapping[str, Any]) -> object:
    if is_scarcity(question):
        store_scarcity(question, reply)
        return None
    return None if store_price(question, reply) else AGAIN


def _store_frontier(_session: Session, question: Question, reply: Mapping[str, Any]) -> None:
    store_frontier(question, reply)


TASKS: Mapping[QuestionKind, Callable[[Session, Question, Data], Data]] = {
    QuestionKind.BREAK_EVEN: _break_even_task,
    QuestionKind.REJECTION: refusal_task,
    QuestionKind.CARD: _card_task,
    QuestionKind.PRICE: _price_task,
    QuestionKind.SWAP: lambda _session, question, task: swap_task(question, task),
    QuestionKind.FRONTIER: lambda _session, question, task: frontier_task(question, task),
    QuestionKind.CONTRIBUTION: lambda _session, _question, task: contribution_task(task),
}
"""What the engine is told, by kind; the task given holds the run's problem, plan and limits."""

STORES: Mapping[QuestionKind, Callable[[Session, Question, Mapping[str, Any]], object]] = {
    QuestionKind.BREAK_EVEN: _store_break_even,
    QuestionKind.REJECTION: lambda _session, question, reply: store_rejection(question, reply),
    QuestionKind.CARD: _store_card,
    QuestionKind.PRICE: _store_price,
    QuestionKind.SWAP: settle,
    QuestionKind.FRONTIER: _store_frontier,
    QuestionKind.CONTRIBUTION: lambda _session, question, reply: store_contribution(question, reply),
}
"""How each kind of answer is kept."""
