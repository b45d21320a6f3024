"""What was already decided stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.problem import REFUSED
from solver.rules.reading import grants, rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Lock, Problem

ID = "decided"
LABEL = "What was already decided stands"


def state(model: Model) -> None:
    """Every lock holds; a lock that nothing can satisfy makes the model infeasible."""
    for lock in model.problem.locks:
        _state_lock(model, lock)


def _state_lock(model: Model, lock: Lock) -> None:
    line, specialist, level = lock.line or "", lock.specialist or "", lock.level
    if lock.kind == "frozen":
        hours = model.hours.get((line, specialist, lock.week if lock.week is not None else -1), 0)
        model.must(hours == (lock.hours or 0))
    elif lock.kind == "forbid" and lock.week is not None:
        model.must(model.hours.get((line, specialist, lock.week), 0) == 0)
    elif lock.kind == "forbid":
        model.must(model.on.get((line, specialist), 0) == 0)
    elif lock.kind == "pin":
        model.must(model.on.get((line, specialist), 0) >= model.staffed(line))
    else:
        literals = model.grants_of(lock.request or "")
        bound = REFUSED if level is None else level
        if lock.kind == "min_level" and bound > REFUSED:
            model.must(sum(literal for k, _, literal in literals if k >= bound) == 1)
        elif lock.kind == "max_level":
            model.must(sum(literal for k, _, literal in literals if k > bound) == 0)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every lock the plan does not hold."""
    planned: dict[tuple[str, str], dict[int, int]] = {}
    for row in rows(problem, plan):
        weeks = planned.setdefault((row.line, row.specialist), {})
        weeks[row.week] = weeks.get(row.week, 0) + row.hours
    worked = {line for line, _ in planned}
    levels = {request: grant.level for request, grant in grants(problem, plan).items()}
    found = []
    for lock in problem.locks:
        where = {
            "kind": lock.kind,
            "line": lock.line,
            "specialist": lock.specialist,
            "week": lock.week,
            "request": lock.request,
        }
        message = _broken_pair(lock, planned, worked) if lock.line else _broken_level(lock, levels)
        if message is not None:
            where = {key: value for key, value in where.items() if value is not None}
            found.append(Violation(ID, where, message))
    return found


def _broken_pair(lock: Lock, planned: dict[tuple[str, str], dict[int, int]], worked: set[str]) -> str | None:
    weeks = planned.get((lock.line or "", lock.specialist or ""), {})
    if lock.kind == "frozen":
        hours = weeks.get(lock.week, 0) if lock.week is not None else 0
        return None if hours == lock.hours else f"{lock.hours} quarter-hours are frozen, {hours} are planned"
    if lock.kind == "forbid":
        used = weeks if lock.week is None else {week for week in weeks if week == lock.week}
        return "the pair is forbidden, hours are planned" if used else None
    if lock.line in worked and not weeks:
        return "the specialist is pinned to the line, others work on it without them"
    return None


def _broken_level(lock: Lock, levels: dict[str, int]) -> str | None:
    level = levels.get(lock.request or "", REFUSED)
    bound = REFUSED if lock.level is None else lock.level
    if lock.kind == "min_level" and level < bound:
        return f"at least level {bound} is decided, level {level} is planned"
    if lock.kind == "max_level" and level > bound:
        return f"at most level {bound} is decided, level {level} is planned"
    return None
