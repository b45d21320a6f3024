"""The referee's verdict on a plan: every rule, and every measure the plan claims.

The referee shares no code with the search, counts in whole numbers and loads no solver.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.files import PlanFile
    from solver.problem import Problem


def judged(problem: Problem, file: PlanFile) -> dict[str, Any]:
    """What the referee says of a plan, and where its own claims differ from that (planner-verdict/1)."""
    from solver.files import problem_hash
    from solver.plan import Plan
    from solver.referee import measure, violations

    plan, own_hash = file.plan or Plan(), problem_hash(problem)
    found = [asdict(violation) for violation in violations(problem, plan)]
    if file.problem_hash not in (None, own_hash):
        message = f"The plan was made for {file.problem_hash}, this problem is {own_hash}."
        found.append({"rule": "problem_hash", "where": {}, "message": message})
    measured = asdict(measure(problem, plan))
    for key, claim in file.claims.items():
        if _plain(measured[key]) != _plain(claim):
            message = f"The plan claims {key} {_plain(claim)}, it is {_plain(measured[key])}."
            found.append({"rule": "claim", "where": {"key": key}, "message": message})
    head = {"format": "planner-verdict/1", "problem": problem.name, "problem_hash": own_hash}
    return head | {"violations": found} | {key: _plain(value) for key, value in measured.items()}


def faults(problem_text: str, plan_text: str) -> tuple[str, ...]:
    """What is wrong with a stored plan and its stated worth; empty when it may become a promise."""
    from solver.files import ProblemErrors, read_plan, read_problem

    try:
        problem, file = read_problem(problem_text), read_plan(plan_text)
    except ProblemErrors as errors:
        return tuple(str(error) for error in errors.errors)
    return tuple(words(found) for found in judged(problem, file)["violations"])


def words(violation: Mapping[str, Any]) -> str:
    """A violation in one line: the rule, what it is about, and both sides of the mismatch."""
    where = ", ".join(f"{key} {_listed(value)}" for key, value in violation["where"].items())
    return f"{violation['rule']}{f' ({where})' if where else ''}: {violation['message']}"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _listed(value: Any) -> str:
    return " and ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
