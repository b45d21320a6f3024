"""Only eligible people work on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Line, Problem, Specialist

ID = "skill"
LABEL = "Only eligible people work on a line"


def state(model: Model) -> None:
    """Open the pairs of line and eligible specialist; a pair that is never opened cannot work."""
    for line in model.problem.lines:
        for specialist in model.problem.eligible[line.id]:
            model.open_pair(line.id, specialist)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every pair of line and specialist that works together although the person is not eligible."""
    pairs = sorted({(row.line, row.specialist) for row in rows(problem, plan)})
    found = []
    for line_id, specialist_id in pairs:
        why = _unfit(problem.line[line_id], problem.specialist[specialist_id])
        if why is not None:
            found.append(Violation(ID, {"line": line_id, "specialist": specialist_id}, why))
    return found


def _unfit(line: Line, specialist: Specialist) -> str | None:
    """Why `specialist` may not work on `line`, or None when they may."""
    if line.required is not None and specialist.id != line.required:
        return f"only {line.required} may work on this line"
    if specialist.id in line.excluded:
        return "the specialist is excluded from this line"
    if line.candidates is not None:
        named = {candidate.specialist for candidate in line.candidates}
        return None if specialist.id in named else "the specialist is not among the candidates"
    for skill, least in line.needs.items():
        has = specialist.skills.get(skill, 0)
        if has < least:
            return f"{skill} {least} is needed, the specialist has {has}"
    return None
