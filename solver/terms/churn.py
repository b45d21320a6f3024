"""What it costs to take back published hours, in money.

Per published line-week before `free_from_week`: lost hours cost the price, hours moved to other people half.
With dropped = the hours each published person loses, summed, moved = dropped - lost, so the cost is
price / 2 x (lost + dropped). Additions are free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.rules.reading import rows, totals

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem

ID = "churn"
LABEL = "Cost of published hours withdrawn or moved"


def state(model: Model) -> Expr:
    """The cost, at least the true one and equal to it in the best plan."""
    published = model.problem.published
    if published is None or published.price == 0:
        return 0
    return published.price // 2 * taken(model)


def taken(model: Model) -> Expr:
    """Quarter-hours lost twice and moved ones once, whatever they cost: at least the true number."""
    published = model.problem.published
    if published is None:
        return 0
    weeks: dict[tuple[str, int], dict[str, int]] = {}
    for row in published.hours:
        if row.week < published.free_from_week:
            people = weeks.setdefault((row.line, row.week), {})
            people[row.specialist] = people.get(row.specialist, 0) + row.hours
    gone: list[Expr] = []
    for (line, week), people in weeks.items():
        old, now = sum(people.values()), model.line_week(line, week)
        gone.append(_shrunk(model, old, sum(now.values()), (line, week, None)))
        gone.extend(_shrunk(model, h, now.get(s, 0), (line, week, s)) for s, h in people.items())
    return sum(gone)


def _shrunk(model: Model, old: int, now: Expr, where: tuple[str, int, str | None]) -> Expr:
    """At least max(0, old - now)."""
    if isinstance(now, int):
        return max(0, old - now)
    line, week, specialist = where
    shrunk = model.number(0, old, lambda view: max(0, old - view.amount(line, week, specialist)))
    model.must(shrunk >= old - now)
    return shrunk


def value(problem: Problem, plan: Plan) -> int:
    """The cost in money, >= 0."""
    published = problem.published
    if published is None:
        return 0
    charged = [row for row in published.hours if row.week < published.free_from_week]
    old = totals(((row.line, row.week, row.specialist), row.hours) for row in charged)
    work = rows(problem, plan)
    new = totals(((row.line, row.week, row.specialist), row.hours) for row in work)
    new_sum = totals(((row.line, row.week), row.hours) for row in work)
    old_sum = totals(((row.line, row.week), row.hours) for row in charged)
    dropped = totals(((key[0], key[1]), max(0, hours - new.get(key, 0))) for key, hours in old.items())
    cost = 0
    for line_week, hours in old_sum.items():
        lost = max(0, hours - new_sum.get(line_week, 0))
        moved = max(0, dropped[line_week] - lost)
        cost += published.price * lost + published.price // 2 * moved
    return cost
