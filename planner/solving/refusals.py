"""What refusing a proposal loses: what the engine is told, what it works out, how its answer is kept.

The loss is what the plan in hand is worth less the best that is left. Two questions tell it. The quick one
leaves everybody else's hours as they are and plans the refused request alone anew, which is proven in a
moment. The other one moves the nearest requests too, or plans all anew where the whole can be proven.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import JobState, Proposal, Question, QuestionKind, Specialist
from planner.solving.decided import PAIR, REQUEST, WEEKS
from planner.solving.demand import line_id

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.settings import Settings

WALL_LIMIT_S = 3.0
"""Seconds for one question, so that who asks is answered within five."""

REFUSED = -1

Data = dict[str, Any]


def rejection_subject(proposal_id: str, scope: str, *, quick: bool = False) -> str:
    """What a rejection question is about."""
    return f"{proposal_id}/{scope}" + ("/alone" if quick else "")


def rejection_question(proposal: Proposal, scope: str, *, quick: bool = False) -> Question:
    """What refusing the proposal would cost; `quick` while everybody else keeps their hours."""
    return Question(
        run_id=proposal.run_id,
        kind=QuestionKind.REJECTION,
        subject=rejection_subject(proposal.id, scope, quick=quick),
        request_id=proposal.request_id,
        proposal_id=proposal.id,
        scope=scope,
        quick=quick,
        state=JobState.QUEUED,
    )


def refusal_task(session: Session, question: Question, task: Data) -> Data:
    """The engine's task: the problem without the refused pairs beside the plan in hand."""
    proposal = session.get_one(Proposal, question.proposal_id)
    problem = json.loads(task["problem"])
    changed = {**problem, "locks": locks_after(session, problem, proposal, question.scope or WEEKS)}
    settings = task["settings"]
    return {
        **task,
        "kind": "refusal",
        "changed": json.dumps(changed),
        "request": proposal.request_id,
        "alone": question.quick,
        "settings": {**settings, "wall_limit_s": min(WALL_LIMIT_S, settings["wall_limit_s"])},
    }


def locks_after(
    session: Session, problem: Mapping[str, Any], proposal: Proposal, scope: str
) -> list[dict[str, Any]]:
    """The problem's locks if the proposal were rejected: its request is free again, the pair forbidden."""
    request, line = proposal.request_id, line_id(proposal.request, proposal.line)
    locks = [
        lock
        for lock in problem["locks"]
        if lock.get("request") != request
        and not (lock["kind"] == "frozen" and lock["line"].rpartition(".")[0] == request)
    ]
    if scope == REQUEST:
        return [*locks, {"kind": "max_level", "request": request, "level": REFUSED}]
    people = {s.id: s.code for s in session.scalars(select(Specialist))}
    pairs = {
        (people[a.specialist_id], None if scope == PAIR else problem["weeks"].index(a.week))
        for a in proposal.allocations
    }
    ordered = sorted(pairs, key=lambda pair: (pair[0], pair[1] or 0))
    known = [(x.get("line"), x.get("specialist"), x.get("week")) for x in locks if x["kind"] == "forbid"]
    return [
        *locks,
        *(
            {"kind": "forbid", "line": line, "specialist": who, "week": week}
            for who, week in ordered
            if (line, who, week) not in known
        ),
    ]


def refusal(task: Data, problem: Problem, settings: Settings, cancel: Callable[[], bool]) -> Data:
    """The best that is left when the refused pairs are forbidden.

    Args:
        task: The problem `changed`, the `plan` in hand with the ending of its solve, the `request`, and
            whether it is planned anew `alone`.
        problem: The problem as it was solved.
        settings: The limits.
        cancel: Asked now and then; True ends the search with what is known.

    Returns:
        Stage-3 values of the plan in hand and of the best one found, null when none was; a bound where the
        whole was solved; whether no plan with these requests free is better; whether both plans keep the
        same promises; the promises broken now; and whose level changes.
    """
    from solver.cards.asking import Asking
    from solver.cards.forcing import granted_level
    from solver.cards.without import SMALL, breadth
    from solver.files import read_plan, read_problem
    from solver.plan import Plan
    from solver.referee import measure
    from solver.search.nearby import around, solve_near

    changed, plan = read_problem(task["changed"]), read_plan(task["plan"]).plan or Plan()
    asking, request = Asking(settings, cancel), task["request"]
    bound, left, proven = None, None, False
    if not task["alone"] and (json.loads(task["plan"])["status"] == "optimal" or breadth(problem) <= SMALL):
        whole = asking.solve(changed, 1.0, plan)
        bound, left, proven = whole.bound, whole.plan, whole.status == "optimal"
    else:
        level = granted_level(plan, request)
        free = frozenset({request}) if task["alone"] else around(problem, plan, request, level)
        near = solve_near(changed, plan, free, asking, 1.0)
        if near is not None:
            left, proven = near.plan, near.proven
    before = measure(problem, plan)
    found: Data = {"value_before": before.value, "value_after": None, "bound_after": bound, "proven": proven}
    if left is None:
        return {**found, "alike": False, "broken": [], "changes": []}
    after = measure(changed, left)
    promises = [(m.broken_obligations, m.floor_share, m.floor_shortfall) for m in (before, after)]
    return {
        **found,
        "value_after": after.value,
        "alike": promises[0] == promises[1],
        "broken": sorted({*after.broken_obligations} - {*before.broken_obligations}),
        "changes": _changes(plan, left),
    }


def _changes(before: Plan, after: Plan) -> list[Data]:
    """Requests whose level differs, with both levels."""
    old = {grant.request: grant.level for grant in before.granted}
    new = {grant.request: grant.level for grant in after.granted}
    return [
        {"request": key, "before": old.get(key, REFUSED), "after": new.get(key, REFUSED)}
        for key in sorted({*old, *new})
        if old.get(key, REFUSED) != new.get(key, REFUSED)
    ]


def store_rejection(question: Question, found: Mapping[str, Any]) -> None:
    """The loss lies between what the bound leaves and what the best plan found leaves (C9).

    A loss is never negative. It is exact when both meet; of a quick question when nothing better is possible
    while everybody else keeps their hours.
    """
    value, after, bound = found["value_before"], found["value_after"], found["bound_after"]
    high = None if after is None else max(0, value - after)
    low = 0 if bound is None else max(0, value - bound)
    if high is not None:
        low = high if question.quick and found["proven"] else min(low, high)
    question.low_minor, question.high_minor = low, high
    # What was found loses nothing only if no promise was broken for it.
    question.exact = low == high and (found["proven"] or found["alike"])
    question.answer = dict(found)
