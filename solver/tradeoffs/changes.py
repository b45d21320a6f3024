"""One thing ordered against a plan: grant, refuse, forbid, pin, or other capacity."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from solver.problem import REFUSED, Lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem import Problem

ChangeKind = Literal["grant", "refuse", "forbid", "pin", "capacity"]


class ChangeError(ValueError):
    """The change names something the problem does not have, or asks what cannot be asked."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing ordered against the plan.

    `grant`: the request has at least the level (None: its top level). `refuse`: it has nothing. `forbid`: the
    person does not work on the line, in one week or in all. `pin`: the person is in its team if staffed.
    `capacity`: the person has that many quarter-hours more in the week, less when negative.
    """

    kind: ChangeKind
    request: str | None = None
    level: int | None = None
    line: str | None = None
    specialist: str | None = None
    week: int | None = None
    hours: int | None = None

    def row(self) -> dict[str, Any]:
        """The change with the keys of its kind."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    def applied(self, problem: Problem) -> Problem:
        """`problem` with the change ordered.

        Raises:
            ChangeError: It names something the problem does not have.
        """
        if self.kind == "capacity":
            return self._with_capacity(problem)
        if self.kind in ("grant", "refuse"):
            lock = self._bound(problem)
        else:
            _known(problem.line, self.line, "line")
            _known(problem.specialist, self.specialist, "specialist")
            if self.week is not None:
                _in_range(self.week, len(problem.weeks), "week")
            lock = Lock(self.kind, line=self.line, specialist=self.specialist, week=self.week)  # type: ignore[arg-type]  # - forbid or pin
        return replace(problem, locks=(*problem.locks, lock))

    def _bound(self, problem: Problem) -> Lock:
        request = _known(problem.request, self.request, "request")
        if self.kind == "refuse":
            return Lock("max_level", request=self.request, level=REFUSED)
        level = len(request.levels) - 1 if self.level is None else self.level
        _in_range(level, len(request.levels), f"level of request {self.request}")
        return Lock("min_level", request=self.request, level=level)

    def _with_capacity(self, problem: Problem) -> Problem:
        person = _known(problem.specialist, self.specialist, "specialist")
        if self.week is None or not self.hours:
            raise ChangeError("A change of capacity needs a week and hours other than 0.")
        _in_range(self.week, len(problem.weeks), "week")
        capacity = list(person.capacity)
        capacity[self.week] += self.hours
        if capacity[self.week] < 0:
            raise ChangeError(
                f"Specialist {person.id} has {person.capacity[self.week]} quarter-hours in week {self.week}, "
                f"not {-self.hours} to take away."
            )
        changed = replace(person, capacity=tuple(capacity))
        people = tuple(changed if s.id == person.id else s for s in problem.specialists)
        return replace(problem, specialists=people)


def _known(rows: Mapping[str, Any], name: str | None, kind: str) -> Any:
    if name is None or name not in rows:
        raise ChangeError(f"The problem has no {kind} {name!r}.")
    return rows[name]


def _in_range(number: int, count: int, what: str) -> None:
    if not 0 <= number < count:
        raise ChangeError(f"There is no {what} {number}, only 0 to {count - 1}.")
