"""Which requests would change rank if another definition, trait or factor held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from planner.clock import today
from planner.judging import Tried
from planner.records import KeyAccountDefinition, ResourceRequest
from planner.solving.demand import FULL
from planner.solving.material import plannable
from planner.solving.parameters import YEARLY_RATE
from planner.solving.weighing import Weighing, weigh
from planner.worth import level_values, response


@dataclass(frozen=True, slots=True)
class RankChange:
    """A request whose place by worth would change; ranks from 1, values of all hours in minor units."""

    request: ResourceRequest
    rank_before: int
    rank_after: int
    value_before: int
    value_after: int


def rank_changes(session: Session, tried: Tried) -> tuple[int, list[RankChange]]:
    """How many requests wait for a plan, and those whose rank by worth would change.

    A unit's definition never enters a plan, so it moves none.
    """
    if isinstance(tried, KeyAccountDefinition) and tried.scope_id:
        return 0, []
    rows = [r for r in plannable(session) if _complete(r)]
    weighed = weigh(session, today(), rows)
    rows = [r for r in rows if weighed[r.id].present(r, YEARLY_RATE) is not None]
    before = _values(rows, weighed)
    after = _values(rows, weigh(session, today(), rows, tried))
    places, then = _ranks(rows, before), _ranks(rows, after)
    changes = [
        RankChange(row, places[row.id], then[row.id], before[row.id], after[row.id])
        for row in rows
        if places[row.id] != then[row.id]
    ]
    return len(rows), sorted(changes, key=lambda change: change.rank_after)


def _complete(request: ResourceRequest) -> bool:
    fractions = {point.fraction for point in request.curve}
    return {0, FULL} <= fractions


def _values(rows: Sequence[ResourceRequest], weighed: Mapping[str, Weighing]) -> dict[str, int]:
    """What each request is worth with all of its hours."""
    found = {}
    for row in rows:
        present = weighed[row.id].present(row, YEARLY_RATE)
        if present is None:
            continue
        points = [(p.fraction, p.probability) for p in row.curve]
        answers = response(row.curve_shape, points, row.curve_top)
        found[row.id] = level_values(answers, present, row.avoidable_cost_minor, weighed[row.id].factors)[
            -1
        ].value_minor
    return found


def _ranks(rows: Sequence[ResourceRequest], values: Mapping[str, int]) -> dict[str, int]:
    """Places by falling value; ties by filing order, as a plan breaks them."""
    ordered = sorted(rows, key=lambda row: (-values[row.id], row.filing_order or 0, row.id))
    return {row.id: place for place, row in enumerate(ordered, 1)}
