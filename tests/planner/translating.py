"""Short ways from the small world to the engine's problem."""

from __future__ import annotations

from typing import Any

from factories import World

from planner.records import PlanningCycle
from planner.solving.parameters import Parameters
from planner.solving.translate import Translation, translate
from solver.files import read_problem
from solver.problem import Problem


def parameters(**changes: Any) -> Parameters:
    """Thirteen weeks from the first, seen from the first, unless told otherwise."""
    values: dict[str, Any] = {
        "first_week": "2027-W01",
        "weeks": 13,
        "as_of_week": "2027-W01",
        "frozen_weeks": 2,
        "slushy_weeks": 4,
        "wall_limit_s": 20.0,
        **changes,
    }
    return Parameters(**values)


def translated(world: World, **changes: Any) -> Translation:
    """The cycle of the small world as the engine would get it now."""
    with world.database.reading() as session:
        cycle = session.get_one(PlanningCycle, world.ids["cycle"])
        return translate(session, cycle, parameters(**changes))


def problem_of(world: World, **changes: Any) -> Problem:
    """The same, read back."""
    return read_problem(translated(world, **changes).text)
