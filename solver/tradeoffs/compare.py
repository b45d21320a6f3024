"""What differs between two plans of one problem: by request and by person."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from solver.cards.forcing import granted_level
from solver.terms import worth

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class RequestChange:
    """A request that has something else than before.

    Attributes:
        before: The level it had, -1 when refused.
        after: The level it has.
        value: Money (levels and bonuses) it brings more than before; negative when less.
    """

    request: str
    before: int
    after: int
    value: int


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person whose hours are others than before: quarter-hours of line-weeks gained and lost."""

    specialist: str
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Who has something else in the second plan, sorted by id."""

    requests: tuple[RequestChange, ...]
    people: tuple[PersonChange, ...]

    @property
    def losers(self) -> tuple[RequestChange, ...]:
        """Requests with a lower level or less money."""
        return tuple(c for c in self.requests if c.after < c.before or (c.after == c.before and c.value < 0))

    @property
    def winners(self) -> tuple[RequestChange, ...]:
        """Requests with a higher level or more money."""
        return tuple(c for c in self.requests if c.after > c.before or (c.after == c.before and c.value > 0))

    def row(self) -> dict[str, Any]:
        """Both lists as they stand in a file."""
        return {
            "requests": [asdict(change) for change in self.requests],
            "people": [asdict(change) for change in self.people],
        }


def difference(problem: Problem, before: Plan, after: Plan) -> Difference:
    """What `after` gives and takes compared with `before`; both are plans of `problem`."""
    return Difference(_requests(problem, before, after), _people(before, after))


def displaced(before: Plan, after: Plan, but: str = "") -> tuple[str, ...]:
    """Requests other than `but` with a lower level in `after`, sorted."""
    return tuple(
        sorted(
            grant.request
            for grant in before.granted
            if grant.request != but and granted_level(after, grant.request) < grant.level
        )
    )


def _requests(problem: Problem, before: Plan, after: Plan) -> tuple[RequestChange, ...]:
    old, new = worth.value(problem, before), worth.value(problem, after)
    levels = [{grant.request: grant.level for grant in plan.granted} for plan in (before, after)]
    changes = [
        RequestChange(
            name, levels[0].get(name, -1), levels[1].get(name, -1), new.get(name, 0) - old.get(name, 0)
        )
        for name in sorted({*levels[0], *levels[1]})
    ]
    return tuple(change for change in changes if change.before != change.after or change.value)


def _people(before: Plan, after: Plan) -> tuple[PersonChange, ...]:
    old = Counter({(r.specialist, r.line, r.week): r.hours for r in before.hours})
    new = Counter({(r.specialist, r.line, r.week): r.hours for r in after.hours})
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for key, hours in (new - old).items():
        gained[key[0]] += hours
    for key, hours in (old - new).items():
        lost[key[0]] += hours
    return tuple(PersonChange(name, gained[name], lost[name]) for name in sorted({*gained, *lost}))
