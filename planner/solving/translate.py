"""Records become a problem: ids and numbers only, so that no name or text can weigh anything."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from planner.capacity import skills_on
from planner.clock import monday, today
from planner.records import PlanningCycle, Specialist
from planner.solving.decided import decided
from planner.solving.demand import CUSTOMER_FACING, Demand, demand_of
from planner.solving.exceptions import excepted
from planner.solving.material import Material, gather
from planner.solving.weighing import weigh
from planner.supply import held_softly
from planner.usual import told, usual_chances
from planner.verdict import Denied, Kind, Message, Problem, Refused

if TYPE_CHECKING:
    from planner.solving.parameters import Parameters
    from solver.problem import Problem as EngineProblem
    from solver.problem import Specialist as EngineSpecialist

SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Translation:
    """A problem and where its numbers come from.

    Attributes:
        text: The problem as planner-problem/1.
        hash: Its canonical hash, "sha256:" and 64 digits.
        inputs: How every value and capacity was found, and which record each id stands for.
    """

    text: str
    hash: str
    inputs: dict[str, Any]

    @property
    def seed(self) -> int:
        """The random seed of an official run: a number that follows from the problem alone."""
        return int(hashlib.sha256(self.hash.encode()).hexdigest(), 16) % SEEDS


def translate(
    session: Session, cycle: PlanningCycle, parameters: Parameters, only: Collection[str] | None = None
) -> Translation:
    """The problem of `cycle` as the records stand now; `only` limits it to those requests.

    Raises:
        Refused: E_PROBLEM; the engine cannot take the problem, with every reason.
    """
    from solver.files import problem_hash, read_problem, write_problem

    material = gather(session, cycle, parameters, only)
    demands, left_out = _demands(session, material)
    problem, released = _problem(material, demands)
    inputs: dict[str, Any] = {
        "parameters": parameters.stored(),
        "definition": material.definition_id,
        "requests": {d.record.id: d.working() for d in demands},
        "people": {p.code: _supply(material, p) for p in material.people},
        "left_out": left_out,
        "usual_chances": told(usual_chances(session)),
        "released": list(released),
        "held": [booking.id for booking in held_softly(session)],
    }
    _require_sound(problem)
    text = excepted(session, cycle.id, write_problem(problem), inputs, parameters.changes)
    if text is not None:
        problem = read_problem(text)
        _require_sound(problem)
    return Translation(write_problem(problem), problem_hash(problem), inputs)


def _require_sound(problem: EngineProblem) -> None:
    from solver.validate import validate

    faults = validate(problem)
    if faults:
        raise Refused(_impossible([(f.where, f.code, f.message, f.remedy) for f in faults]))


def differences(old: str, new: str) -> dict[str, list[str]]:
    """Which rows two problems of the same requests differ in: kind to sorted ids; locks do not count."""
    before, after = json.loads(old), json.loads(new)
    found = {
        kind: sorted(
            key
            for key in {**_by_id(before[kind]), **_by_id(after[kind])}
            if _by_id(before[kind]).get(key) != _by_id(after[kind]).get(key)
        )
        for kind in ("specialists", "requests", "lines")
    }
    found["rest"] = [
        key
        for key in ("weeks", "currency", "walls", "department_caps", "floors", "published")
        if before[key] != after[key]
    ]
    return {kind: ids for kind, ids in found.items() if ids}


def _by_id(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["id"]: row for row in rows}


def _demands(session: Session, material: Material) -> tuple[list[Demand], dict[str, str]]:
    """The requests that can be planned, and why the others cannot."""
    done: defaultdict[str, int] = defaultdict(int)
    for promise in material.standing:
        if promise.week < material.parameters.first_week:
            done[promise.line_id] += promise.quarter_hours
    rate = material.parameters.yearly_rate
    weighed = weigh(session, today(), material.requests, yearly_rate=rate)
    demands: list[Demand] = []
    left_out = dict.fromkeys(material.late, "cutoff")
    for request in material.requests:
        bought = material.bought.get(request.id, ())
        demand = demand_of(request, material.parameters, done, weighed[request.id], bought)
        if isinstance(demand, str):
            left_out[request.id] = demand
        else:
            demands.append(demand)
    return demands, left_out


def _problem(
    material: Material, demands: list[Demand]
) -> tuple[EngineProblem, tuple[Mapping[str, str], ...]]:
    from solver.problem import Problem as EngineProblem

    people = {person.id: _person(material, person) for person in material.people}
    held = decided(material, demands, people)
    problem = EngineProblem(
        name=material.cycle.id,
        weeks=material.weeks,
        specialists=tuple(people.values()),
        requests=tuple(sorted((d.request for d in demands), key=lambda r: r.id)),
        lines=tuple(sorted((line for d in demands for line in d.lines), key=lambda line: line.id)),
        currency=material.parameters.currency,
        locks=held.locks,
        published=held.published,
    )
    return problem, held.released


def _person(material: Material, person: Specialist) -> EngineSpecialist:
    from solver.problem import Specialist as EngineSpecialist

    hours = material.hours[person.id]
    first_day = monday(material.weeks[0])
    skills = skills_on(first_day, [(s.skill.key, s.level, s.expires_on) for s in person.skills])
    if person.customer_facing:
        skills[CUSTOMER_FACING] = 1
    return EngineSpecialist(
        id=person.code,
        department=person.department.code,
        capacity=tuple(week.capacity for week in hours),
        expedite=tuple(week.expedite for week in hours),
        skills=dict(sorted(skills.items())),
        max_parallel=person.max_parallel,
        min_chunk=person.min_chunk_quarter_hours,
    )


def _supply(material: Material, person: Specialist) -> dict[str, Any]:
    hours = material.hours[person.id]
    return {
        "id": person.id,
        "present": [week.present for week in hours],
        "promised": [week.promised for week in hours],
        "own_work": person.department.own_work_reserve,
        "expedite": person.department.expedite_reserve,
    }


def _impossible(faults: list[tuple[str, str, str, str]]) -> Denied:
    return Denied(
        Kind.INVALID,
        "E_PROBLEM",
        Message("The records do not make a problem that can be solved."),
        Message("Correct what is listed and start the run again."),
        problems=tuple(Problem(w, code, Message(text), Message(fix)) for w, code, text, fix in faults),
    )
