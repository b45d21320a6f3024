"""What was decided or promised before, as locks of the problem.

Approved hours stand, rejected pairs are forbidden, published hours stand in the frozen weeks. What no longer
fits the capacity or the skills of today is released and named, so that a change of leave leads to a new
proposal and never to a plan that cannot be made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.clock import add_weeks, weeks_between
from planner.records import Proposal, RejectionReason
from planner.solving.demand import Demand, line_digest, line_id

if TYPE_CHECKING:
    from planner.solving.material import Material
    from solver.problem import Hours, Line, Lock, Published, Specialist

WEEKS, PAIR, REQUEST = "weeks", "pair", "request"

SCOPE: Mapping[RejectionReason, str] = {
    RejectionReason.LEAVE: WEEKS,
    RejectionReason.OVERLOAD: WEEKS,
    RejectionReason.OWN_DEADLINE: WEEKS,
    RejectionReason.SKILL_MISMATCH: PAIR,
    RejectionReason.OTHER: PAIR,
    RejectionReason.DATA_ERROR: REQUEST,
}
"""What a rejection forbids: the pair in those weeks, the pair at all, the request until it is corrected."""

Cell = tuple[str, int]


@dataclass(slots=True)
class Held:
    """Hours of one request that shall stand: why, at which levels, the hours, and whether all still can."""

    request: str
    kind: str
    levels: tuple[int, int] | None
    rows: list[Hours] = field(default_factory=list)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Decided:
    """The locks, the published hours with their price, and what had to be released."""

    locks: tuple[Lock, ...]
    published: Published | None
    released: tuple[dict[str, str], ...]


def decided(material: Material, demands: Sequence[Demand], people: Mapping[str, Specialist]) -> Decided:
    """Turn approvals, rejections and promises into locks.

    Args:
        material: The records.
        demands: The requests in the problem.
        people: Specialists of the problem by record id.
    """
    from solver.problem import Published

    known = _Known(material, demands, people)
    promised = known.promises()
    forbidden = {
        lock for p, d in material.rejections for lock in rejection_locks(known, p, SCOPE.get(_reason(d)))
    }
    held = known.completable([*known.approvals(), *known.offers()])
    held += known.frozen(promised)
    standing, released = _fit(held, known, {_pair(lock) for lock in forbidden})
    locks = forbidden | {lock for h in standing for lock in _locks_of(h)}
    free_from = max(0, known.zone(material.parameters.frozen_weeks + material.parameters.slushy_weeks))
    published = Published(material.parameters.price_minor, free_from, promised) if promised else None
    return Decided(tuple(sorted(locks, key=_order)), published, released)


def rejection_locks(known: _Known, proposal: Proposal, scope: str | None) -> list[Lock]:
    """The locks that a rejection of `proposal` becomes; none when its line is gone or was changed since."""
    from solver.problem import Lock

    line = known.line_of.get(proposal.line_id)
    if line is None or scope in (None, REQUEST) or not known.unchanged(proposal):
        return []
    cells = {(known.people[a.specialist_id].id, known.index.get(a.week)) for a in proposal.allocations}
    if scope == PAIR:
        return [Lock("forbid", line=line.id, specialist=who) for who, _ in sorted(cells, key=str)]
    return [Lock("forbid", line=line.id, specialist=who, week=w) for who, w in cells if w is not None]


class _Known:
    """The problem's rows, found by the ids of their records."""

    def __init__(
        self, material: Material, demands: Sequence[Demand], people: Mapping[str, Specialist]
    ) -> None:
        self.material = material
        self.people = people
        self.index = {week: i for i, week in enumerate(material.weeks)}
        self.demand = {d.record.id: d for d in demands}
        by_id = {line.id: line for d in demands for line in d.lines}
        self.record_line = {line.id: (d.record, line) for d in demands for line in d.record.lines}
        self.line_of: dict[str, Line] = {
            key: by_id[line_id(request, line)] for key, (request, line) in self.record_line.items()
        }

    def zone(self, weeks: int) -> int:
        """Index of the first week of the plan that is `weeks` or more after the run's own week."""
        parameters = self.material.parameters
        return weeks_between(parameters.first_week, add_weeks(parameters.as_of_week, weeks))

    def unchanged(self, proposal: Proposal) -> bool:
        """Whether the line still asks for what it asked when the proposal was made."""
        return proposal.line_digest == line_digest(*self.record_line[proposal.line_id])

    def able(self, line: Line, person: Specialist, week: int | None) -> bool:
        """Whether the person may still work on the line in the week."""
        skilled = all(person.skills.get(skill, 0) >= level for skill, level in line.needs.items())
        inside = week is not None and line.first_week <= week <= line.last_week
        return skilled and inside and line.required in (None, person.id)

    def promises(self) -> tuple[Hours, ...]:
        """Published hours of lines that can still be kept, weeks of the plan only, sorted."""
        from solver.problem import Hours

        rows = []
        for p in self.material.standing:
            line, person = self.line_of.get(p.line_id), self.people.get(p.specialist_id)
            week = self.index.get(p.week)
            if line and person and week is not None and self.able(line, person, week):
                rows.append(Hours(line.id, person.id, week, p.quarter_hours))
        total: defaultdict[str, int] = defaultdict(int)
        for row in rows:
            total[row.line] += row.hours
        top = {line.id: line.hours[-1] for line in self.line_of.values()}
        kept = (row for row in rows if total[row.line] <= top[row.line])
        return tuple(sorted(kept, key=lambda row: (row.line, row.specialist, row.week)))

    def approvals(self) -> list[Held]:
        """One entry per request with approved hours; its level is kept too."""
        held: dict[str, Held] = {}
        for proposal in self.material.approved:
            demand = self.demand.get(proposal.request_id)
            if demand is not None:
                entry = held.setdefault(demand.record.id, self._held(demand))
                entry.whole &= self._add(entry, proposal)
        return list(held.values())

    def _held(self, demand: Demand) -> Held:
        fractions = [value.fraction for value in demand.values]
        granted = self.material.granted.get(demand.record.id)
        if granted not in fractions:
            return Held(demand.record.id, "approved", None, whole=False)
        level = fractions.index(granted)
        return Held(demand.record.id, "approved", (level, level))

    def _add(self, entry: Held, proposal: Proposal) -> bool:
        """Add the proposal's hours; false when some of them cannot stand any more."""
        from solver.problem import Hours

        line = self.line_of.get(proposal.line_id)
        if line is None or not self.unchanged(proposal):
            return False
        for a in proposal.allocations:
            person, week = self.people[a.specialist_id], self.index.get(a.week)
            if week is None or not self.able(line, person, week):
                return False
            entry.rows.append(Hours(line.id, person.id, week, a.quarter_hours))
        return True

    def offers(self) -> list[Held]:
        """One entry per accepted counter-offer: its hours and its level."""
        from solver.problem import Hours

        found = []
        for offer in self.material.offers:
            proposal = offer.proposal
            demand, line = self.demand.get(proposal.request_id), self.line_of.get(proposal.line_id)
            if demand is None:
                continue
            fractions = [value.fraction for value in demand.values]
            level = fractions.index(offer.fraction) if offer.fraction in fractions else None
            entry = Held(demand.record.id, "offered", None if level is None else (level, level))
            entry.whole = level is not None and line is not None and self.unchanged(proposal)
            for row in offer.hours:
                person, week = self.people[row.specialist_id], self.index.get(row.week)
                if line is None or week is None or not self.able(line, person, week):
                    entry.whole = False
                    break
                entry.rows.append(Hours(line.id, person.id, week, row.quarter_hours))
            found.append(entry)
        return found

    def completable(self, held: list[Held]) -> list[Held]:
        """Mark what cannot stand because the rest of its request can have no such level any more.

        The test is a necessary one: people who are able to do a line have too few hours in its window.
        """
        for entry in held:
            if entry.levels is not None and not self._can_have(entry.request, entry.levels[0]):
                entry.whole = False
        return held

    def _can_have(self, request: str, level: int) -> bool:
        demand = self.demand[request]
        if len(demand.request.options) != 1:
            return True
        return all(self._enough(line, line.hours[level]) for line in demand.lines)

    def _enough(self, line: Line, hours: int) -> bool:
        """Whether the most able people together have the hours in the line's window."""
        offers = []
        for person in self.people.values():
            if self.able(line, person, line.first_week):
                weeks = range(line.first_week, line.last_week + 1)
                extra = person.expedite if line.expedite else (0,) * len(person.capacity)
                offers.append(sum(self._most(line, person.capacity[w] + extra[w]) for w in weeks))
        return sum(sorted(offers, reverse=True)[: line.max_specialists]) >= hours

    @staticmethod
    def _most(line: Line, hours: int) -> int:
        return hours if line.weekly_max is None else min(hours, line.weekly_max)

    def frozen(self, promised: Iterable[Hours]) -> list[Held]:
        """Published hours in the frozen weeks, and the level of what has started."""
        approved = {p.request_id for p in self.material.approved}
        last = self.zone(self.material.parameters.frozen_weeks)
        rows: defaultdict[str, list[Hours]] = defaultdict(list)
        for row in promised:
            request = row.line.rpartition(".")[0]
            if request not in approved and row.week < last:
                rows[request].append(row)
        started = {d.record.id for d in self.demand.values() if d.started and d.record.id not in approved}
        return [
            Held(
                request, "promised", self._kept_level(request) if request in started else None, rows[request]
            )
            for request in sorted(started | set(rows))
        ]

    def _kept_level(self, request: str) -> tuple[int, int]:
        """A started request keeps what was published for it, or the most of that which can still be."""
        values = self.demand[request].values
        least = self.material.kept.get(request, 0)
        wanted = next((i for i, value in enumerate(values) if value.fraction >= least), 0)
        reachable = (level for level in range(wanted, 0, -1) if self._can_have(request, level))
        return next(reachable, 0), len(values) - 1


def _reason(decision: object) -> RejectionReason:
    return getattr(decision, "reason", None) or RejectionReason.OTHER


def _pair(lock: Lock) -> tuple[str | None, str | None, int | None]:
    return lock.line, lock.specialist, lock.week


def _fit(
    held: list[Held], known: _Known, forbidden: set[tuple[str | None, str | None, int | None]]
) -> tuple[list[Held], tuple[dict[str, str], ...]]:
    """What can still stand together, and what was released."""
    standing = list(held)
    released: list[dict[str, str]] = []
    while True:
        over = _overfull(standing, known)
        broken = [h for h in standing if _breaks(h, over, forbidden)]
        if not broken:
            return standing, tuple(released)
        released += [{"request": h.request, "kind": h.kind} for h in broken]
        standing = [h for h in standing if h not in broken]


def _breaks(held: Held, over: set[Cell], forbidden: set[tuple[str | None, str | None, int | None]]) -> bool:
    return not held.whole or any(
        (row.specialist, row.week) in over
        or (row.line, row.specialist, row.week) in forbidden
        or (row.line, row.specialist, None) in forbidden
        for row in held.rows
    )


def _overfull(held: Iterable[Held], known: _Known) -> set[Cell]:
    """Person-weeks in which the hours that shall stand exceed what the person can lend."""
    plain: defaultdict[Cell, int] = defaultdict(int)
    total: defaultdict[Cell, int] = defaultdict(int)
    expedite = {line.id: line.expedite for line in known.line_of.values()}
    for row in (row for h in held for row in h.rows):
        total[row.specialist, row.week] += row.hours
        if not expedite[row.line]:
            plain[row.specialist, row.week] += row.hours
    people = {person.id: person for person in known.people.values()}
    return {
        (who, week)
        for (who, week), hours in total.items()
        if hours > people[who].capacity[week] + people[who].expedite[week]
        or plain[who, week] > people[who].capacity[week]
    }


def _locks_of(held: Held) -> list[Lock]:
    from solver.problem import Lock

    locks = [
        Lock("frozen", line=row.line, specialist=row.specialist, week=row.week, hours=row.hours)
        for row in held.rows
    ]
    if held.levels:
        locks.append(Lock("min_level", request=held.request, level=held.levels[0]))
        locks.append(Lock("max_level", request=held.request, level=held.levels[1]))
    return locks


def _order(lock: Lock) -> tuple[str, ...]:
    return tuple(
        "" if v is None else str(v).zfill(12)
        for v in (lock.kind, lock.request, lock.line, lock.specialist, lock.week, lock.hours, lock.level)
    )
