"""Public sets in the planner's format, and the planner's plans in theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem import Candidate, Level, Line, Problem, Request, Specialist

if TYPE_CHECKING:
    from solver.bench.raw import Assignment, Knapsack
    from solver.plan import Plan

WEEK = ("2027-W01",)


def assignment_problem(name: str, raw: Assignment, *, maximise: bool) -> Problem:
    """Agents as specialists, jobs as requests of one line with each agent's own hours and bonus.

    The bonus is `premium` minus the cost (plus, when maximising), and no saving of cost on all the other
    jobs is worth leaving one out.
    """
    base = premium(raw)
    sign = 1 if maximise else -1
    agents, jobs = range(len(raw.capacity)), range(len(raw.cost[0]))
    return Problem(
        name,
        WEEK,
        tuple(Specialist(f"a{i}", "agents", (raw.capacity[i],), {}) for i in agents),
        tuple(
            Request(f"j{j}", f"c{j}", "all", (Level("1", 0),), ((f"j{j}.line",),), submitted=j) for j in jobs
        ),
        tuple(
            Line(
                f"j{j}.line",
                {},
                (max(raw.use[i][j] for i in agents),),
                0,
                0,
                candidates=tuple(
                    Candidate(f"a{i}", (raw.use[i][j],), base + sign * raw.cost[i][j]) for i in agents
                ),
            )
            for j in jobs
        ),
    )


def premium(raw: Assignment) -> int:
    """What an assigned job is worth beside its cost."""
    jobs = range(len(raw.cost[0]))
    return 1 + sum(max(abs(row[j]) for row in raw.cost) for j in jobs)


def agent_of(plan: Plan) -> dict[int, int]:
    """The agent of each job that a plan assigns."""
    return {int(row.line[1:].partition(".")[0]): int(row.specialist[1:]) for row in plan.hours}


def assignment_bound(raw: Assignment, bound: int, *, maximise: bool) -> int:
    """What a bound on the plan's value says about the raw objective of an answer that assigns every job."""
    rest = bound - premium(raw) * len(raw.cost[0])
    return rest if maximise else -rest


def knapsack_problem(name: str, raw: Knapsack) -> Problem:
    """Rows as specialists with a skill of their own, items as bundles with a line for each row they use."""
    rows, items = range(len(raw.capacity)), range(len(raw.profit))
    used = {j: [i for i in rows if raw.weight[i][j] > 0] or [0] for j in items}
    return Problem(
        name,
        WEEK,
        tuple(Specialist(f"row{i}", "rows", (raw.capacity[i],), {f"k{i}": 1}) for i in rows),
        tuple(
            Request(
                f"i{j}",
                f"c{j}",
                "all",
                (Level("1", raw.profit[j]),),
                (tuple(f"i{j}.{i}" for i in used[j]),),
                submitted=j,
            )
            for j in items
        ),
        tuple(Line(f"i{j}.{i}", {f"k{i}": 1}, (raw.weight[i][j],), 0, 0) for j in items for i in used[j]),
    )


def taken(plan: Plan) -> set[int]:
    """The items that a plan grants."""
    return {int(grant.request[1:]) for grant in plan.granted}
