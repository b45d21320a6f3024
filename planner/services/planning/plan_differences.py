"""What changes for whom between two plans of one cycle: by request, by person, by customer and department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.records import ResourceRequest, Specialist
from planner.solving.alterations import REFUSED, request_of
from planner.solving.prices import levels_of

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in the second plan: granted shares per mille before and after, worth and hours of both.

    `people` are those who work on it in the second plan, each with quarter-hours and ISO weeks.
    """

    request_id: str
    title: str
    account: str
    kam: str
    before: int
    after: int
    value_before_minor: int
    value_after_minor: int
    hours_before: int
    hours_after: int
    people: tuple[tuple[str, int, tuple[str, ...]], ...]

    @property
    def changed(self) -> bool:
        """Whether the level differs."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Side:
    """A person, customer or department with quarter-hours before and after, and minor units likewise."""

    name: str
    hours_before: int
    hours_after: int
    value_before_minor: int = 0
    value_after_minor: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """The second plan in full, and who has what of it more or less than in the first.

    Attributes:
        requests: Every request of either plan: changed ones first, then by worth.
        people: Those whose hours differ.
        accounts: Customers whose hours or worth differ.
        departments: Those whose hours differ.
    """

    requests: Sequence[RequestRow]
    people: Sequence[Side]
    accounts: Sequence[Side]
    departments: Sequence[Side]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with what it was made of, as plain data: weeks of the problem, inputs, the engine's result."""

    weeks: Sequence[str]
    inputs: Data
    result: Data


def difference(session: Session, before: Plan, after: Plan) -> Difference:
    """What changes for whom from one plan to another."""
    rows = _requests(session, before, after)
    people = {
        p.code: p for p in session.scalars(select(Specialist).options(selectinload(Specialist.department)))
    }
    old, new = _by_person(before), _by_person(after)
    by_person = [
        Side(people[code].display_name if code in people else code, old.get(code, 0), new.get(code, 0))
        for code in {*old, *new}
    ]
    departments: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, hours in enumerate((old, new)):
        for code, number in hours.items():
            name = people[code].department.name if code in people else code
            departments[name][place] += number
    return Difference(
        requests=rows,
        people=_sorted(side for side in by_person if side.hours_before != side.hours_after),
        accounts=_sorted(_accounts(rows)),
        departments=_sorted(Side(name, *pair) for name, pair in departments.items() if pair[0] != pair[1]),
    )


def _sorted(sides: Any) -> list[Side]:
    return sorted(sides, key=lambda s: (-abs(s.hours_after - s.hours_before), s.name))


def _requests(session: Session, before: Plan, after: Plan) -> list[RequestRow]:
    known = {**before.inputs["requests"], **after.inputs["requests"]}
    records = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.id.in_(known))
        .options(selectinload(ResourceRequest.account), selectinload(ResourceRequest.kam))
    )
    names = dict(session.execute(select(Specialist.code, Specialist.display_name)).all())
    hours = [_by_request(before), _by_request(after)]
    levels = [levels_of(before.result), levels_of(after.result)]
    rows = []
    for request in records:
        old = _level(before, request.id, levels[0])
        new = _level(after, request.id, levels[1])
        rows.append(
            RequestRow(
                request_id=request.id,
                title=request.title,
                account=request.account.name,
                kam=request.kam.display_name,
                before=old[0],
                after=new[0],
                value_before_minor=old[1],
                value_after_minor=new[1],
                hours_before=hours[0].get(request.id, 0),
                hours_after=hours[1].get(request.id, 0),
                people=_people(after, request.id, names),
            )
        )
    return sorted(
        rows, key=lambda r: (not r.changed, -max(r.value_before_minor, r.value_after_minor), r.title)
    )


def _level(plan: Plan, request: str, levels: Mapping[str, int]) -> tuple[int, int]:
    """Share of the hours and worth that a plan grants."""
    level, known = levels.get(request, REFUSED), plan.inputs["requests"].get(request)
    if known is None or level == REFUSED:
        return 0, 0
    return known["levels"][level]["fraction"], known["levels"][level]["value_minor"]


def _people(
    plan: Plan, request: str, names: Mapping[str, str]
) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in plan.result["hours"]:
        if request_of(row["line"]) == request and row["hours"]:
            found[row["specialist"]].append((plan.weeks[row["week"]], row["hours"]))
    return tuple(
        (names.get(code, code), sum(h for _, h in cells), tuple(sorted({w for w, _ in cells})))
        for code, cells in sorted(found.items())
    )


def _by_request(plan: Plan) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for row in plan.result["hours"]:
        found[request_of(row["line"])] += row["hours"]
    return found


def _by_person(plan: Plan) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for row in plan.result["hours"]:
        found[row["specialist"]] += row["hours"]
    return found


def _accounts(rows: Sequence[RequestRow]) -> list[Side]:
    found: dict[str, list[int]] = {}
    for row in rows:
        sums = found.setdefault(row.account, [0, 0, 0, 0])
        for place, number in enumerate(
            (row.hours_before, row.hours_after, row.value_before_minor, row.value_after_minor)
        ):
            sums[place] += number
    return [Side(name, *sums) for name, sums in found.items() if sums[0] != sums[1] or sums[2] != sums[3]]
