"""Plans within a limit of what is taken back, where the problem is not small."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from solver.cards.forcing import granted_level, headline
from solver.exact.start import salvage
from solver.plan import Grant, Plan
from solver.problem import VALUE_LIMIT
from solver.referee import check, measure, rank, violations
from solver.search.nearby import around, beside, joined, own_part
from solver.terms import worth
from solver.tradeoffs.moves_exact import best_within
from solver.tradeoffs.taken import cut, promised
from solver.validate import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from solver.cards.asking import Asking
    from solver.problem import Hours, Problem, Request
    from solver.tradeoffs.taken import Cell, Limit

PRICING = 0.5
"""Part of the limits for the plan made with forbidding prices; the rest is for its neighbourhoods."""

TRIES = 24
"""Neighbourhoods that are solved again."""


def kept_within(
    problem: Problem, limit: Limit, asking: Asking, plans: Sequence[Plan], *, search: bool
) -> Plan:
    """A plan that goes as little as possible beyond `limit`, and is worth as much as possible.

    Args:
        problem: The problem.
        limit: How much may be taken back.
        asking: The limits of the whole.
        plans: Plans known; the first is the best without the limit.
        search: Whether to search; else the best plan known is enough to begin from.
    """
    published = salvage(problem, as_published(problem))
    best = _best(problem, limit, [*plans, *([] if published is None else [published])])
    if not search or asking.stopped():
        return best
    # The rows that may go are chosen, and with all others too dear to take back it is solved as any problem.
    found = asking.solve(dear(problem, _may_go(problem, limit, best, plans[0])), PRICING, best).plan
    best = _best(problem, limit, [best, *([] if found is None else [found])])
    return _climbed(problem, limit, asking, best)


def as_published(problem: Problem) -> Plan:
    """The published rows as a plan: each request at the highest level whose hours they are."""
    assert problem.published is not None  # noqa: S101 - the caller looked
    rows: defaultdict[str, list[Hours]] = defaultdict(list)
    for row in problem.published.hours:
        if row.hours > 0:
            rows[problem.request_of[row.line].id].append(row)
    granted, hours = [], []
    for name, own in sorted(rows.items()):
        fits = [grant for grant in _grants(problem.request[name]) if _is_work_of(problem, grant, own)]
        if fits:
            granted.append(fits[-1])
            hours += own
    return Plan(tuple(granted), tuple(hours))


def _grants(request: Request) -> Iterator[Grant]:
    """Every way to grant a request, smaller levels first."""
    for level in range(len(request.levels)):
        for option in range(len(request.options)):
            yield Grant(request.id, level, option)


def _is_work_of(problem: Problem, grant: Grant, rows: Sequence[Hours]) -> bool:
    """Whether the rows are all the hours of the grant, and no others."""
    worked: Counter[str] = Counter()
    for row in rows:
        worked[row.line] += row.hours
    need = {
        name: problem.line[name].hours_of(
            next((row.specialist for row in rows if row.line == name), ""), grant.level
        )
        for name in problem.request[grant.request].options[grant.option]
    }
    return worked == Counter(need)


def _best(problem: Problem, limit: Limit, plans: Iterable[Plan]) -> Plan:
    return max(plans, key=lambda plan: (-limit.over(problem, plan), rank(measure(problem, plan))))


def dear(problem: Problem, may_go: AbstractSet[Cell]) -> Problem:
    """`problem` in which rows of `may_go` are not published, and taking back any other is too dear."""
    published = problem.published
    assert published is not None  # noqa: S101 - the caller looked
    rows = tuple(row for row in published.hours if (row.line, row.specialist, row.week) not in may_go)
    hours = sum(row.hours for row in rows)
    room = (VALUE_LIMIT - sum(map(abs, money(replace(problem, published=None))))) // max(1, hours)
    most = sum(max(0, worth.most(problem, request)) for request in problem.requests)
    price = 2 * max(1, min(most + 1, room // 2))
    return replace(problem, published=replace(published, price=price, hours=rows))


def _may_go(problem: Problem, limit: Limit, best: Plan, free: Plan) -> set[Cell]:
    """Rows that may go: those the best plan known cuts, then those that the free plan cuts too.

    The rows of one request go together, those of requests that hold least value in a row first.
    """
    chosen = {*cut(problem, best)}
    old, room = promised(problem), limit.most - limit.used(problem, best)
    groups: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell in cut(problem, free):
        if cell not in chosen:
            groups[problem.request_of[cell[0]].id].append(cell)
    money_now = worth.value(problem, best)
    for name in sorted(groups, key=lambda n: (money_now.get(n, 0) / len(groups[n]), n)):
        cost = len(groups[name]) if limit.kind == "moves" else sum(old[cell] for cell in groups[name])
        if cost <= room:
            chosen.update(groups[name])
            room -= cost
    return chosen


def _climbed(problem: Problem, limit: Limit, asking: Asking, plan: Plan) -> Plan:
    """`plan` made better near one request that lacks something after the other."""
    for name in _lacking(problem, plan)[:TRIES]:
        if asking.stopped():
            break
        level = granted_level(plan, name) + 1
        if level < len(problem.request[name].levels):
            free = around(problem, plan, name, level)
            plan = _nearby(problem, limit, asking.within((1 - PRICING) / TRIES), plan, free)
    return plan


def _lacking(problem: Problem, plan: Plan) -> list[str]:
    """Requests below their top level, those that bring most for an hour first."""
    found = []
    for request in problem.requests:
        top = len(request.levels) - 1
        if granted_level(plan, request.id) < top:
            hours = sum(problem.line[name].hours[top] for name in request.options[0])
            found.append((-headline(request.levels[top]) / max(1, hours), request.id))
    return [name for _, name in sorted(found)]


def _nearby(problem: Problem, limit: Limit, asking: Asking, plan: Plan, free: AbstractSet[str]) -> Plan:
    """The best plan found in which only the `free` requests changed, with what is left of the limit."""
    small, own = beside(problem, plan, free, strict=True), own_part(problem, plan, free)
    if violations(small, own):
        return plan
    others = limit.used(problem, plan) - limit.used(small, own)
    ending = best_within(small, limit.less(others), asking, own, sparing=False)
    changed = joined(problem, plan, free, ending.plan or own)
    worse = limit.over(problem, changed) > limit.over(problem, plan)
    if worse or violations(problem, changed):
        return plan
    return changed if rank(check(problem, changed)) > rank(measure(problem, plan)) else plan
