"""Checks of specialists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.validate.limits import EFFORT_LIMIT
from solver.validate.texts import SKILL, check_id, check_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem import Problem, Specialist
    from solver.validate.errors import Faults


def check_specialists(problem: Problem, faults: Faults) -> None:
    """Note what is wrong with the specialists of `problem`."""
    for index, person in enumerate(problem.specialists):
        if check_id(person.id, f"specialists/{index}", "A specialist", faults):
            _check_specialist(person, len(problem.weeks), faults)


def _check_specialist(person: Specialist, weeks: int, faults: Faults) -> None:
    where, what = f"specialists/{person.id}", f"Specialist {person.id}"
    check_text(person.department, f"{where}/department", f"The department of {what.lower()}", faults)
    for key, hours in (("capacity", person.capacity), ("expedite", person.expedite)):
        if key == "capacity" or hours:
            faults.length(hours, weeks, f"{where}/{key}", f"The {key} of specialist {person.id}", "weeks")
        for week, amount in enumerate(hours):
            faults.whole(amount, f"{where}/{key}/{week}", f"{what}: {key} in week {week}", 0, EFFORT_LIMIT)
    check_skills(person.skills, f"{where}/skills", what, faults)
    if person.max_parallel is not None:
        faults.whole(person.max_parallel, f"{where}/max_parallel", f"{what}: max_parallel", 0, EFFORT_LIMIT)
    faults.whole(person.min_chunk, f"{where}/min_chunk", f"{what}: min_chunk", 0, EFFORT_LIMIT)


def check_skills(skills: Mapping[str, int], where: str, what: str, faults: Faults) -> None:
    """Note skills with a malformed id or a level outside 1 to 5."""
    for skill, level in skills.items():
        if check_id(skill, where, f"A skill of {what[0].lower()}{what[1:]}", faults, SKILL):
            faults.whole(level, f"{where}/{skill}", f"{what}: the level of skill {skill}", 1, 5)
