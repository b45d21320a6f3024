"""Nobody works on more requests in a week than they can keep in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "max_parallel"
LABEL = "No more different requests in a week than a specialist takes"


def state(model: Model) -> None:
    """At most `max_parallel` requests of a person are worked in a week."""
    for (specialist, week), work in model.by_week.items():
        most = model.problem.specialist[specialist].max_parallel
        requests: dict[str, list[str]] = {}
        for line, _ in work:
            requests.setdefault(model.problem.request_of[line].id, []).append(line)
        if most is None or len(requests) <= most:
            continue
        busy = (model.any_line(request, specialist, week, lines) for request, lines in requests.items())
        model.must(sum(busy) <= most)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every week in which a person works on more different requests than allowed."""
    requests: dict[tuple[str, int], set[str]] = {}
    for row in rows(problem, plan):
        requests.setdefault((row.specialist, row.week), set()).add(problem.request_of[row.line].id)
    found = []
    for (specialist_id, week), busy in requests.items():
        most = problem.specialist[specialist_id].max_parallel
        if most is not None and len(busy) > most:
            message = f"{len(busy)} different requests are planned, at most {most} are allowed"
            found.append(Violation(ID, {"specialist": specialist_id, "week": week}, message))
    return found
