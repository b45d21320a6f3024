"""What the grant of one request brings: level value and bonuses, in money, before churn.

Both stage 2 (floors) and stage 3 (value) are made of it.
"""

from __future__ import annotations

from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

from solver.rules.reading import grants, rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem, Request


def state(model: Model, request: Request) -> Expr:
    """Level values, option bonuses and bonuses of the people on the lines of `request`.

    A value that falls with the end of the work is at most the true one, and equal to it in the best plan.
    """
    parts: list[Expr] = []
    for level, option, literal in model.grants_of(request.id):
        late = request.levels[level].value_by_end
        parts.append(
            ((late[-1][1] if late else request.levels[level].value) + request.bonus(option)) * literal
        )
    for index, steps in enumerate(level.value_by_end for level in request.levels):
        for (week, money), (_, later) in pairwise(steps):
            if money > later:
                parts.append((money - later) * model.in_time(request.id, index, week))
    for line_id in sorted({line for option in request.options for line in option}):
        for specialist in model.team[line_id]:
            bonus = model.problem.line[line_id].bonus_of(specialist)
            if bonus:
                parts.append(bonus * model.on[line_id, specialist])
    return sum(parts)


def value(problem: Problem, plan: Plan) -> dict[str, int]:
    """Money by request id, for the granted requests of `plan` only."""
    work = rows(problem, plan)
    ends: dict[str, int] = {}
    people: dict[str, set[tuple[str, str]]] = {}
    for row in work:
        request_id = problem.request_of[row.line].id
        ends[request_id] = max(ends.get(request_id, -1), row.week)
        people.setdefault(request_id, set()).add((row.line, row.specialist))
    money: dict[str, int] = {}
    for request_id, grant in grants(problem, plan).items():
        request = problem.request[request_id]
        # A level granted too late has no value; the level rule reports it.
        money[request_id] = request.levels[grant.level].value_at(ends.get(request_id, -1)) or 0
        money[request_id] += request.bonus(grant.option)
        for line_id, specialist in people.get(request_id, ()):
            money[request_id] += problem.line[line_id].bonus_of(specialist)
    return money


def least(problem: Problem, request: Request) -> int:
    """Money below which no grant of `request` can fall, at most 0."""
    values, bonuses, people = _parts(problem, request)
    return min(0, *values) + min(0, *bonuses) + sum(min(0, bonus) for bonus in people)


def most(problem: Problem, request: Request) -> int:
    """Money above which no grant of `request` can rise, at least 0."""
    values, bonuses, people = _parts(problem, request)
    return max(0, max(values) + max(bonuses) + sum(max(0, bonus) for bonus in people))


def floored(problem: Problem, bound: int) -> int:
    """The greatest value at most `bound` that any plan could have.

    Every value is a sum of the problem's amounts and of halves of the price of churn, so whatever divides
    all of them divides it. A bound in floating point that is a trifle too high thus becomes exact.
    """
    price = 0 if problem.published is None else problem.published.price
    shared = price // 2
    for request in problem.requests:
        for amounts in _parts(problem, request):
            shared = gcd(shared, *amounts)
    return bound // shared * shared if shared else min(bound, 0)


def _parts(problem: Problem, request: Request) -> tuple[list[int], list[int], list[int]]:
    """Every value of a level, every bonus of an option, every bonus of a person on a line."""
    values = [money for level in request.levels for _, money in level.value_by_end]
    values += [level.value for level in request.levels if not level.value_by_end]
    bonuses = [request.bonus(option) for option in range(len(request.options))]
    lines = sorted({line for option in request.options for line in option})
    people = [problem.line[line].bonus_of(s) for line in lines for s in problem.eligible[line]]
    return values, bonuses, people
