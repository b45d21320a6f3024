"""Parts of a problem: some of its requests only, or some of its people only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from solver.problem import Lock, Problem

ASKS = ("frozen", "min_level")
"""Kinds of locks that ask for hours, which nobody can keep without the people they speak of."""


def of_requests(problem: Problem, requests: AbstractSet[str]) -> Problem:
    """`problem` as if only `requests` had been filed, without what was published and without floors."""
    lines = {line.id for line in problem.lines if problem.request_of[line.id].id in requests}

    def stays(lock: Lock) -> bool:
        return lock.request in requests if lock.line is None else lock.line in lines

    return replace(
        problem,
        requests=tuple(r for r in problem.requests if r.id in requests),
        lines=tuple(line for line in problem.lines if line.id in lines),
        locks=tuple(lock for lock in problem.locks if stays(lock)),
        floors=(),
        published=None,
    )


def connected(problem: Problem) -> list[frozenset[str]]:
    """Groups of requests that have nothing to do with each other, so that each is a problem of its own.

    Requests are tied by whoever may work on both and by departments with a cap; walls and parallel work tie
    only those who share a person. Floors tie everything. In the order of the smallest id.
    """
    if problem.floors:
        return [frozenset(problem.request)]
    capped = {cap.department for cap in problem.department_caps}
    above: dict[str, str] = {}

    def top(node: str) -> str:
        while above.setdefault(node, node) != node:
            above[node] = node = above[above[node]]
        return node

    # No id has a space, so people, departments and requests cannot be taken for each other.
    for people in set(problem.eligible.values()):
        for person in people:
            department = problem.specialist[person].department
            above[top(f"person {person}")] = top(f"person {people[0]}")
            if department in capped:
                above[top(f"person {person}")] = top(f"department {department}")
    for line, request in problem.request_of.items():
        for person in problem.eligible[line][:1]:
            above[top(f"request {request.id}")] = top(f"person {person}")
    groups: dict[str, set[str]] = {}
    for name in sorted(problem.request):
        # Requests that nobody may work on are alike: one group will do.
        root = top(f"request {name}")
        groups.setdefault("" if root == f"request {name}" else root, set()).add(name)
    return [frozenset(group) for group in groups.values()]


def part_of(problem: Problem, requests: AbstractSet[str]) -> Problem:
    """A group of `connected` as a problem of its own, with what was published of it."""
    part, past = of_requests(problem, requests), problem.published
    if past is not None:
        past = replace(past, hours=tuple(row for row in past.hours if row.line in part.line))
    return replace(part, published=past)


def plan_of_requests(problem: Problem, plan: Plan, requests: AbstractSet[str]) -> Plan:
    """What `plan` grants `requests`."""
    return Plan(
        tuple(grant for grant in plan.granted if grant.request in requests),
        tuple(row for row in plan.hours if problem.request_of[row.line].id in requests),
    )


def of_departments(problem: Problem, departments: AbstractSet[str]) -> Problem:
    """`problem` when only people of `departments` lend hours, without locks that ask for hours or a past."""
    people = tuple(
        s if s.department in departments else replace(s, capacity=(0,) * len(s.capacity), expedite=())
        for s in problem.specialists
    )
    locks = tuple(lock for lock in problem.locks if lock.kind not in ASKS)
    return replace(problem, specialists=people, locks=locks, published=None)


def plan_within(problem: Problem, plan: Plan, departments: AbstractSet[str]) -> Plan:
    """The grants of `plan` that only people of `departments` work on."""
    foreign = {
        problem.request_of[row.line].id
        for row in plan.hours
        if problem.specialist[row.specialist].department not in departments
    }
    return Plan(
        tuple(grant for grant in plan.granted if grant.request not in foreign),
        tuple(row for row in plan.hours if problem.request_of[row.line].id not in foreign),
    )
