"""What is decided before anything is planned: locks and published hours, by index."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem import Problem

Pair = tuple[int, int]
"""Line and person index."""


@dataclass
class Decided:
    """Locks and promises of a problem.

    Attributes:
        forbidden: Pairs that may never work together.
        pinned: People who must be in the team, by line.
        fixed: Hours by pair and week that stand exactly, 0 where a week is forbidden.
        lowest: Smallest level by request id, where a lock says so.
        highest: Greatest level by request id, where a lock says so.
        old: Hours whose withdrawal costs, by line, person (-1 for one who left) and week.
        conflict: Two locks contradict each other.
    """

    forbidden: set[Pair] = field(default_factory=set)
    pinned: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    fixed: dict[Pair, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    lowest: dict[str, int] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    old: dict[int, dict[int, dict[int, int]]] = field(default_factory=dict)
    conflict: bool = False

    def frozen(self) -> dict[Pair, dict[int, int]]:
        """Hours above zero that stand exactly, by pair and week."""
        worked = {pair: {w: h for w, h in weeks.items() if h > 0} for pair, weeks in self.fixed.items()}
        return {pair: weeks for pair, weeks in worked.items() if weeks}

    def fix(self, pair: Pair, week: int, hours: int) -> None:
        """Say that `pair` works exactly `hours` in `week`; two different amounts are a conflict."""
        if self.fixed[pair].setdefault(week, hours) != hours:
            self.conflict = True


def decided(problem: Problem, line_of: Mapping[str, int], person_of: Mapping[str, int]) -> Decided:
    """Read the locks and the published hours of `problem`; rows about unknown lines are left out."""
    found = Decided()
    for lock in problem.locks:
        if lock.request is not None and lock.level is not None:
            if lock.kind == "min_level":
                found.lowest[lock.request] = max(lock.level, found.lowest.get(lock.request, -1))
            else:
                found.highest[lock.request] = min(lock.level, found.highest.get(lock.request, lock.level))
            continue
        line, person = line_of.get(lock.line or "", -1), person_of.get(lock.specialist or "", -1)
        if line >= 0 and person >= 0:
            if lock.kind == "pin":
                found.pinned[line].add(person)
            elif lock.kind == "frozen":
                found.fix((line, person), lock.week or 0, lock.hours or 0)
            elif lock.week is None:
                found.forbidden.add((line, person))
            else:
                found.fix((line, person), lock.week, 0)
    _read_published(problem, line_of, person_of, found)
    return found


def _read_published(
    problem: Problem, line_of: Mapping[str, int], person_of: Mapping[str, int], found: Decided
) -> None:
    published = problem.published
    if published is None or published.price == 0:
        return
    for row in published.hours:
        if row.week < published.free_from_week and row.line in line_of:
            person = person_of.get(row.specialist, -1)
            weeks = found.old.setdefault(line_of[row.line], {}).setdefault(person, {})
            weeks[row.week] = weeks.get(row.week, 0) + row.hours
