"""The problem with one thing left out: what a re-solve is run on to find a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solver.files.writing import cap_row, floor_row, lock_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from solver.plan import Reason
    from solver.problem import DepartmentCap, Floor, Lock, Problem

SMALL = 3_000
"""Most weeks x eligible people over all lines of a problem whose rows are left out one by one."""

MOST_SINGLE = 12
"""Most rows of one kind that are left out one by one; those nearest to the requests are tried first."""

MOST_NAMED = 20
"""Most rows named in the params of one reason."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the problem file that may be left out, and the requests it names."""

    row: Any
    place: int
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class Without:
    """A problem with rows of one kind left out.

    Attributes:
        reason: The reason of those whom this grants their next level.
        key: The kind of rows, as in the problem file.
        rows: What is left out.
        problem: What is left.
    """

    reason: Reason
    key: str
    rows: tuple[Row, ...]
    problem: Problem

    def params_for(self, request: str) -> Mapping[str, object]:
        """The rows left out, those that name `request` when there are such."""
        own = [row.row for row in self.rows if request in row.near] or [row.row for row in self.rows]
        return {self.key: own[:MOST_NAMED]} if own else {}


def breadth(problem: Problem) -> int:
    """Weeks x eligible people over all lines: how much there is to decide."""
    return sum(len(people) for people in problem.eligible.values()) * len(problem.weeks)


def tries_of(problem: Problem, asked: frozenset[str], *, one_by_one: bool) -> Iterator[Without]:
    """What is left out, in the order of the reasons.

    Of each kind first row by row, those that name a request of `asked` before the others, then all at once.
    Large problems, and those whose plan is not proven, are asked only the latter.
    """
    size = breadth(problem)
    kinds: tuple[tuple[Reason, str, list[Row]], ...] = (
        ("lock", "locks", [Row(lock_row(x), i, _lock_near(problem, x)) for i, x in enumerate(problem.locks)]),
        ("wall", "walls", [Row(list(x), i, _wall_near(problem, x)) for i, x in enumerate(problem.walls)]),
        (
            "department_cap",
            "department_caps",
            [Row(cap_row(x), i, _cap_near(problem, x)) for i, x in enumerate(problem.department_caps)],
        ),
        (
            "floor",
            "floors",
            [Row(floor_row(x), i, _floor_near(problem, x)) for i, x in enumerate(problem.floors)],
        ),
    )
    for reason, key, rows in kinds:
        # The order must not depend on the order of rows in the file.
        rows.sort(key=lambda row: (not row.near & asked, str(row.row)))
        if one_by_one and size <= SMALL:
            for row in rows[:MOST_SINGLE]:
                yield Without(reason, key, (row,), _left(problem, key, (row,)))
        if rows and (len(rows) > 1 or not one_by_one or size > SMALL):
            yield Without(reason, key, tuple(rows), _left(problem, key, tuple(rows)))
    if problem.published is not None and problem.published.price:
        free = replace(problem, published=replace(problem.published, price=0))
        yield Without("stability", "published", (), free)


def _left(problem: Problem, key: str, rows: tuple[Row, ...]) -> Problem:
    gone = {row.place for row in rows}
    kept = tuple(row for place, row in enumerate(getattr(problem, key)) if place not in gone)
    # Every key is the name of the field it leaves rows out of.
    changed: Callable[..., Problem] = replace
    return changed(problem, **{key: kept})


def _lock_near(problem: Problem, lock: Lock) -> frozenset[str]:
    if lock.request is not None:
        return frozenset({lock.request})
    return frozenset({problem.request_of[lock.line].id}) if lock.line is not None else frozenset()


def _wall_near(problem: Problem, wall: tuple[str, ...]) -> frozenset[str]:
    return frozenset(request.id for request in problem.requests if request.account in wall)


def _cap_near(problem: Problem, cap: DepartmentCap) -> frozenset[str]:
    people = {s.id for s in problem.specialists if s.department == cap.department}
    return frozenset(
        problem.request_of[line.id].id
        for line in problem.lines
        if people.intersection(problem.eligible[line.id])
    )


def _floor_near(problem: Problem, floor: Floor) -> frozenset[str]:
    """A floor stands in the way of everybody it does not count for."""
    return frozenset(r.id for r in problem.requests if not floor.counts(r))
