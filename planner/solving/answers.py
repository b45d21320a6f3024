"""What the engine's process answers: each kind of task, from JSON to JSON.

A task names its `kind`, the `problem` as text, its `settings`, and mostly the `plan` in hand as text with the
ending of its solve. Answers are the documents of docs/file-formats.md, but "solve", "break_even" and
"scarcity", which answer what the worker stores.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solver.plan import Plan, Progress, Result
    from solver.problem import Problem
    from solver.settings import Settings

Tell = Callable[["Progress"], None]
Cancel = Callable[[], bool]
Task = Mapping[str, Any]


def answer(task: Task, tell: Tell, cancel: Cancel) -> dict[str, Any]:
    """The answer to one task.

    Args:
        task: "solve" (plan to begin from, reasons, most_moves or none), "break_even" (request), "card"
            (request, level or none), "refusal" (changed, request, alone), "price" (change: kind and its
            keys), "frontier" (against, steps or none), "contribution" or "scarcity" (no plan).
        tell: Told of progress.
        cancel: Asked now and then; True ends the search with what is known.

    Raises:
        KeyError: There is no such kind of task.
        ValueError: The task names something the problem does not have.
    """
    from solver.files import read_problem
    from solver.settings import Settings

    problem, settings = read_problem(task["problem"]), Settings(**task["settings"])
    return KINDS[task["kind"]](task, problem, settings, tell, cancel)


def _solve(task: Task, problem: Problem, settings: Settings, tell: Tell, cancel: Cancel) -> dict[str, Any]:
    from planner.settings import cluster
    from planner.solving.cluster import cluster_at
    from solver.files import write_result
    from solver.solve import solve

    if task.get("most_moves") is not None:
        result = _within(task, problem, settings, tell, cancel)
    else:
        start, reasons = _begin(task), task.get("reasons", False)
        with cluster_at(cluster()) as executor:
            result = solve(
                problem,
                settings,
                progress=tell,
                cancel=cancel,
                start=start,
                reasons=reasons,
                executor=executor,
            )
    if result.stopped == "conflict":
        # It loads CP-SAT, for which a first plan need not wait.
        from solver.exact.conflicts import smallest

        needed = smallest(problem, result.conflicts, settings, cancel=cancel)
        result = replace(result, conflicts_smallest=needed)
    return {"result": write_result(result)}


def _within(task: Task, problem: Problem, settings: Settings, tell: Tell, cancel: Cancel) -> Result:
    """The best plan within a budget of changes; why not more is asked within it too."""
    from planner.settings import cluster
    from planner.solving.cluster import cluster_at
    from solver.cards.short import explained, searching
    from solver.plan import Plan
    from solver.tradeoffs.moves import Limit, at_most, kept

    start, limit = _begin(task), Limit("moves", task["most_moves"])
    limits = searching(settings) if task.get("reasons") else settings
    with cluster_at(cluster()) as executor:
        result = at_most(problem, limit, limits, start=start, progress=tell, cancel=cancel, executor=executor)
    if not task.get("reasons"):
        return result
    return explained(kept(problem, result.plan or Plan()), result, settings, cancel=cancel)


def _break_even(
    task: Task, problem: Problem, settings: Settings, _tell: Tell, cancel: Cancel
) -> dict[str, Any]:
    from solver.explain import break_even

    known = _known(problem, task, settings)
    return asdict(break_even(problem, known, task["request"], settings, cancel=cancel))


def _card(task: Task, problem: Problem, settings: Settings, _tell: Tell, cancel: Cancel) -> dict[str, Any]:
    from solver.explain import card
    from solver.files import read_plan

    known, short = _known(problem, task, settings), read_plan(task["plan"]).short
    level = task.get("level")
    return card(problem, known, task["request"], settings, level=level, known=short, cancel=cancel).row()


def _refusal(task: Task, problem: Problem, settings: Settings, _tell: Tell, cancel: Cancel) -> dict[str, Any]:
    from planner.solving.refusals import refusal

    return refusal(dict(task), problem, settings, cancel)


def _price(task: Task, problem: Problem, settings: Settings, tell: Tell, cancel: Cancel) -> dict[str, Any]:
    from solver.tradeoffs.price import Change, price

    known, change = _known(problem, task, settings), Change(**task["change"])
    return price(problem, known, change, settings, cancel=cancel, progress=tell).row()


def _frontier(task: Task, problem: Problem, settings: Settings, tell: Tell, cancel: Cancel) -> dict[str, Any]:
    from solver.tradeoffs.frontier import frontier

    found = frontier(
        problem,
        task["against"],
        task.get("steps") or 10,
        settings,
        start=_begin(task),
        cancel=cancel,
        progress=tell,
    )
    return found.row()


def _contribution(
    task: Task, problem: Problem, settings: Settings, tell: Tell, cancel: Cancel
) -> dict[str, Any]:
    from solver.tradeoffs.contribution import contribution

    return contribution(problem, settings, plan=_begin(task), cancel=cancel, progress=tell).row()


def _scarcity(
    _task: Task, problem: Problem, settings: Settings, _tell: Tell, cancel: Cancel
) -> dict[str, Any]:
    from solver.scarcity import scarcity

    return scarcity(problem, settings, cancel=cancel).row()


KINDS: dict[str, Callable[[Task, Problem, Settings, Tell, Cancel], dict[str, Any]]] = {
    "solve": _solve,
    "break_even": _break_even,
    "card": _card,
    "refusal": _refusal,
    "price": _price,
    "frontier": _frontier,
    "contribution": _contribution,
    "scarcity": _scarcity,
}


def _begin(task: Task) -> Plan | None:
    """The plan to begin from, when the task has one."""
    from solver.files import read_plan

    return read_plan(task["plan"]).plan if task.get("plan") else None


def _known(problem: Problem, task: Task, settings: Settings) -> Result:
    """A stored plan with what was proven of it; its measures are computed anew.

    What was proven within a limit of moves says nothing of plans without it, as questions are solved; nor
    does it of a problem that is bent for the question.
    """
    from solver.files import problem_hash, read_plan
    from solver.plan import Plan, Result
    from solver.referee import measure

    ending, plan = json.loads(task["plan"]), read_plan(task["plan"]).plan or Plan()
    if task.get("most_moves") is not None or task.get("bent"):
        ending |= {"status": "feasible", "proven_stages": (), "bound": None}
    return Result(
        problem=problem.name,
        problem_hash=problem_hash(problem),
        status=ending["status"],
        stopped=ending["stopped"],
        proven_stages=tuple(ending["proven_stages"]),
        plan=plan,
        measures=measure(problem, plan),
        bound=ending["bound"],
        seconds=ending["seconds"],
        reproducible=ending["reproducible"],
        settings=settings,
    )
