"""Competitors one after the other on the same cores: the same problem, the same time, one judge."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from solver import referee
from solver.bench.watched import watch
from solver.files import problem_hash, write_problem
from solver.plan import Grant, Plan
from solver.problem import Hours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from solver.bench.watched import Watched
    from solver.problem import Problem

COMPETITORS = {
    "engine": "this engine",
    "greedy-filing": "greedy, in filing order",
    "greedy-value": "greedy, by value per hour",
    "cp-sat": "CP-SAT, one model",
    "highs": "HiGHS, one model",
    "gscip": "GSCIP, one model",
}
"""Who competes, and how each is called in a table."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What one competitor reached; all money recomputed by the referee from its plan.

    Attributes:
        value: Money of the plan; None without a plan that keeps every rule.
        bound: Its own claim that no plan is worth more; None when it makes none.
        gap: (bound - value) / value; None when one is unknown or the value is 0.
        seconds: From the start of its process to its end, reading the problem included.
        cpu_s: Processor seconds; less than `seconds` times cores when the machine was shared.
        peak_mib: Greatest resident memory of its processes together.
        ended: "optimal", "limit", "done", or what went wrong.
        violations: Rules that its plan breaks; such a plan counts nothing.
    """

    name: str
    value: int | None
    bound: int | None
    gap: float | None
    seconds: float
    cpu_s: float
    peak_mib: int
    ended: str
    granted: int | None = None
    violations: int = 0
    details: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a competitor is told beside the problem."""

    name: str
    limit_s: float
    workers: int
    seed: int


def compete(task: Task, problem: bytes, *, most_gib: float | None = None) -> Watched:
    """One competitor in its own process, killed when it overstays its limit by half and 20 s."""
    return watch(
        (sys.executable, "-m", "solver.bench.racer"),
        json.dumps(asdict(task)).encode() + b"\n" + problem,
        seconds=task.limit_s * 1.5 + 20,
        cores=sorted(os.sched_getaffinity(0))[: task.workers],
        most_bytes=None if most_gib is None else int(most_gib * 2**30),
    )


def race(
    problem: Problem,
    limit_s: float,
    *,
    workers: int = 2,
    seed: int = 0,
    names: Iterable[str] = tuple(COMPETITORS),
    most_gib: float | None = None,
    told: Callable[[Finish], None] | None = None,
) -> dict[str, Any]:
    """Every competitor in its own process, and the table of what they reached.

    Args:
        problem: What is to be planned.
        limit_s: Seconds each one has, from the start of its process; one that overstays is killed.
        workers: Cores for each, the same for all.
        seed: Random seed for those that use one.
        names: Who competes; names of `COMPETITORS`.
        most_gib: Memory beyond which a competitor is killed; None sets no limit.
        told: Called with each finish.

    Returns:
        A planner-bench/1 document.
    """
    text = write_problem(problem).encode()
    load = os.getloadavg()[0]
    finishes = []
    for name in names:
        seen = compete(Task(name, limit_s, workers, seed), text, most_gib=most_gib)
        finishes.append(judge(problem, name, seen))
        if told is not None:
            told(finishes[-1])
    bounds = [f.bound for f in finishes if f.bound is not None]
    return {
        "format": "planner-bench/1",
        "problem": problem.name,
        "problem_hash": problem_hash(problem),
        "limit_s": limit_s,
        "workers": workers,
        "cores": min(workers, len(os.sched_getaffinity(0))),
        "seed": seed,
        "load_before": round(load, 2),
        "best_bound": min(bounds, default=None),
        "finishes": [asdict(finish) for finish in finishes],
    }


def judge(problem: Problem, name: str, seen: Watched) -> Finish:
    """What the competitor's process left behind, measured by the referee alone."""
    told = _told(seen)
    if told:
        ended = str(told.pop("ended"))
    elif seen.killed:
        ended = f"killed: over the limit of {seen.killed}"
    else:
        last = seen.errors.strip().splitlines()
        ended = f"failed with code {seen.code}: {last[-1] if last else 'no message'}"
    told.pop("plan", None)
    plan, bound = plan_in(seen), told.pop("bound", None)
    broken = [] if plan is None else referee.violations(problem, plan)
    value = None if plan is None or broken else referee.measure(problem, plan).value
    return Finish(
        name=name,
        value=value,
        bound=bound,
        gap=(bound - value) / value if value and bound is not None else None,
        seconds=round(seen.seconds, 1),
        cpu_s=round(seen.cpu_s, 1),
        peak_mib=round(seen.peak_bytes / 2**20),
        ended=f"its plan breaks {len(broken)} rules, first {broken[0].rule}" if broken else ended,
        granted=None if plan is None else len(plan.granted),
        violations=len(broken),
        details=told or None,
    )


def plan_in(seen: Watched) -> Plan | None:
    """The plan that the competitor wrote; None when it wrote none."""
    row = _told(seen).get("plan")
    if row is None:
        return None
    return Plan(tuple(Grant(**g) for g in row["granted"]), tuple(Hours(**h) for h in row["hours"]))


def _told(seen: Watched) -> dict[str, Any]:
    """The competitor's own answer; empty when its process failed or was killed."""
    answer: dict[str, Any] = json.loads(seen.output) if seen.code == 0 and seen.output else {}
    return answer
