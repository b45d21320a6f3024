"""A plan as the engine's variables see it, and the canonical order of a problem."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.plan import Grant, Plan
    from solver.problem import DepartmentCap, Floor, Problem, Published, Request


class View:
    """What a finished plan says about every variable of the model; used to give complete hints."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan

    @cached_property
    def grant(self) -> Mapping[str, Grant]:
        """Grants by request id."""
        return {grant.request: grant for grant in self.plan.granted}

    @cached_property
    def hours(self) -> Mapping[tuple[str, str, int], int]:
        """Quarter-hours by line, specialist and week."""
        return {(row.line, row.specialist, row.week): row.hours for row in self.plan.hours}

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Who works on which line, as (line, specialist)."""
        return frozenset((row.line, row.specialist) for row in self.plan.hours)

    @cached_property
    def weeks(self) -> Mapping[str, frozenset[int]]:
        """Worked weeks by line id."""
        weeks: dict[str, set[int]] = defaultdict(set)
        for row in self.plan.hours:
            weeks[row.line].add(row.week)
        return {line: frozenset(found) for line, found in weeks.items()}

    @cached_property
    def _line_week(self) -> Mapping[tuple[str, int], int]:
        sums: dict[tuple[str, int], int] = defaultdict(int)
        for row in self.plan.hours:
            sums[row.line, row.week] += row.hours
        return dict(sums)

    def granted(self, request: str, level: int, option: int | None = None) -> bool:
        """Whether `request` is granted at `level`, by `option` when that is given."""
        grant = self.grant.get(request)
        return grant is not None and grant.level == level and option in (None, grant.option)

    def amount(self, line: str, week: int, specialist: str | None) -> int:
        """Quarter-hours on `line` in `week`, of one specialist or of all (None)."""
        if specialist is None:
            return self._line_week.get((line, week), 0)
        return self.hours.get((line, specialist, week), 0)

    def end(self, request: Request) -> int:
        """Last worked week of `request`, -1 when none is worked."""
        lines = {line for option in request.options for line in option}
        return max((week for line in lines for week in self.weeks.get(line, ())), default=-1)


def canonical(problem: Problem) -> Problem:
    """The same problem with rows in an order that depends neither on file order nor on labels.

    Only ids of specialists, requests and lines order rows; accounts, KAMs, purposes, departments and skills
    are labels, so renaming them changes nothing.
    """
    requests = tuple(sorted(problem.requests, key=lambda request: request.id))
    people = tuple(sorted(problem.specialists, key=lambda specialist: specialist.id))

    def asks(account: str) -> list[int]:
        return [index for index, request in enumerate(requests) if request.account == account]

    def wall_order(group: tuple[str, ...]) -> list[list[int]]:
        return sorted(map(asks, group))

    def cap_order(cap: DepartmentCap) -> tuple[list[int], int, int]:
        members = [i for i, person in enumerate(people) if person.department == cap.department]
        return members, -1 if cap.week is None else cap.week, cap.hours

    def floor_order(floor: Floor) -> tuple[list[int], int]:
        return [i for i, request in enumerate(requests) if floor.counts(request)], floor.value

    return replace(
        problem,
        specialists=people,
        requests=tuple(replace(r, options=tuple(tuple(sorted(o)) for o in r.options)) for r in requests),
        lines=tuple(
            replace(line, after=tuple(sorted(line.after)))
            for line in sorted(problem.lines, key=lambda x: x.id)
        ),
        walls=tuple(sorted((tuple(sorted(set(g), key=asks)) for g in problem.walls), key=wall_order)),
        department_caps=tuple(sorted(problem.department_caps, key=cap_order)),
        locks=tuple(sorted(problem.locks, key=repr)),
        floors=tuple(sorted(problem.floors, key=floor_order)),
        published=_canonical_published(problem.published),
    )


def _canonical_published(published: Published | None) -> Published | None:
    if published is None:
        return None
    hours = sorted(published.hours, key=lambda row: (row.line, row.week, row.specialist, row.hours))
    return replace(published, hours=tuple(hours))
