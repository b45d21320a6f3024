"""Accounts behind one wall are never served by the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "wall"
LABEL = "Accounts behind one wall are never served by the same person"


def state(model: Model) -> None:
    """A person serves at most one account of a wall group within the plan."""
    accounts: dict[str, dict[str, list[str]]] = {}
    for line, specialist in model.pairs:
        account = model.problem.request_of[line].account
        accounts.setdefault(specialist, {}).setdefault(account, []).append(line)
    for group in model.problem.walls:
        for specialist, lines in accounts.items():
            served = [account for account in lines if account in group]
            if len(served) > 1:
                model.cp.add_at_most_one(model.serves(specialist, lines[account]) for account in served)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every person who serves several accounts of one wall group."""
    accounts: dict[str, set[str]] = {}
    for row in rows(problem, plan):
        accounts.setdefault(row.specialist, set()).add(problem.request_of[row.line].account)
    found = []
    for specialist, served in accounts.items():
        for group in problem.walls:
            both = sorted(served.intersection(group))
            if len(both) > 1:
                where = {"specialist": specialist, "accounts": both}
                found.append(Violation(ID, where, f"one person serves {' and '.join(both)}"))
    return found
