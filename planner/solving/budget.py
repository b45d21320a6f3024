"""A change budget: a new plan may take back at most so many published person-weeks.

No rule of the engine counts changes, so the price of taking hours back is raised until the count holds. That
keeps a plan within the budget, though not always the most valuable one within it; when even the highest price
does not help, because hours can no longer be worked, the plan with the fewest changes stands and says so.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from planner.records import PlanRun, Snapshot

TRIES = 6
"""How often a plan is made anew with a higher price."""

FACTOR = 8
FIRST_PRICE = 2
"""Minor units per quarter-hour when taking back was free; even, as half of it is charged for a move."""

MOST_PRICE = 10**9
"""Beyond it no plan is worth a change."""

TRIED = "budget_tries"
ASKED_PRICE = "asked_price_minor"


def moves(problem: Mapping[str, Any], result: Mapping[str, Any]) -> int:
    """Published line-person-weeks with fewer hours than promised, before the weeks that are free again."""
    published = problem.get("published")
    if not published:
        return 0
    planned: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    for row in result["hours"] or ():
        planned[row["line"], row["specialist"], row["week"]] += row["hours"]
    promised: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    for row in published["hours"]:
        if row["week"] < published["free_from_week"]:
            promised[row["line"], row["specialist"], row["week"]] += row["hours"]
    return sum(planned[cell] < hours for cell, hours in promised.items())


def tighten(session: Session, run: PlanRun, text: str) -> bool:
    """Prepare the run to be solved again at a higher price; false when its plan may stand.

    Args:
        session: The unit of work; the run must still be this worker's.
        run: Running, with its snapshot.
        text: The engine's answer, planner-plan/1.
    """
    most = run.parameters.get("most_moves")
    result = json.loads(text)
    if most is None or run.stop_requested or result["status"] == "none" or run.snapshot is None:
        return False
    problem = json.loads(run.snapshot.problem)
    tried, price = int(run.parameters.get(TRIED, 0)), int(run.parameters["price_minor"])
    if moves(problem, result) <= most or tried >= TRIES or price >= MOST_PRICE:
        return False
    higher = min(MOST_PRICE, price * FACTOR if price else FIRST_PRICE)
    problem["published"]["price"] = higher
    run.snapshot_id = _snapshot(session, run.snapshot, problem, higher).id
    run.parameters = {
        **run.parameters,
        "price_minor": higher,
        ASKED_PRICE: run.parameters.get(ASKED_PRICE, price),
        TRIED: tried + 1,
    }
    session.flush()
    session.refresh(run)
    return True


def _snapshot(session: Session, old: Snapshot, problem: Mapping[str, Any], price: int) -> Snapshot:
    """The same inputs with another price of taking hours back."""
    from solver.files import problem_hash, read_problem, write_problem

    same = read_problem(json.dumps(problem))
    inputs = {**old.inputs, "parameters": {**old.inputs["parameters"], "price_minor": price}}
    snapshot = Snapshot(problem=write_problem(same), problem_hash=problem_hash(same), inputs=inputs)
    session.add(snapshot)
    session.flush()
    return snapshot
