"""Requests of one customer share its credit: none of it counts twice in a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import chain

from planner.clock import week_of
from planner.credit import ON_TOP
from planner.records import RequestLine, ResourceRequest, ValueSource
from planner.solving.lasting import ends_of
from planner.worth import Figure, Order, present_value, shared_credit

FULL = 1000
NEVER = 2**62
"""After every place in the filing order: a draft comes last among equals."""


def full_hours(lines: Iterable[RequestLine]) -> int:
    """Quarter-hours of all lines at the full level; of alternatives the largest counts."""
    common, choices = 0, defaultdict[int, int](int)
    for line in lines:
        if line.alternative is None:
            common += line.quarter_hours
        else:
            choices[line.alternative] += line.quarter_hours
    return common + max(choices.values(), default=0)


def share_credits(
    requests: Iterable[ResourceRequest], free: Mapping[str, Figure], day: date, yearly_rate: str
) -> dict[str, Figure]:
    """What each request may use of its customer's credit beside the others of that customer.

    New business shares what is free of the limit; business that is kept shares the whole limit, since what
    it owes is owed already. What is over, or cannot be valued, takes nothing.

    Args:
        requests: All that a plan would decide on together.
        free: What is open to each alone, by its id; left out where no limit is set.
        day: The day of the plan.
        yearly_rate: What money costs in a year, such as "0.10".
    """
    pools: defaultdict[tuple[str, bool], list[Order]] = defaultdict(list)
    for row in requests:
        order = _order(row, day, yearly_rate) if row.id in free else None
        if order is not None:
            pools[row.account_id, row.purpose in ON_TOP].append(order)
    shared = (shared_credit(free[pool[0].key], pool) for pool in pools.values())
    return {**free, **dict(chain.from_iterable(found.items() for found in shared))}


def _order(row: ResourceRequest, day: date, yearly_rate: str) -> Order | None:
    chances = {point.fraction: point.probability for point in row.curve}
    hours = full_hours(row.lines)
    end = next(iter(ends_of(row)), None)
    over = end is not None and end.week < week_of(day)
    if row.value_source is ValueSource.LIFETIME or not {0, FULL} <= chances.keys() or not hours or over:
        return None
    stream = [(each.month_offset, each.amount_minor) for each in row.benefits]
    stated = present_value(stream, Decimal(yearly_rate)).total
    if stated <= 0:
        return None
    filed = NEVER if row.filing_order is None else row.filing_order
    return Order(row.id, stated, chances[FULL] - chances[0], hours, filed)
