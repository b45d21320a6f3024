"""What had been claimed for a request, at the level that was really delivered."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from planner.records import ResourceRequest
from planner.solving.parameters import YEARLY_RATE
from planner.worth import present_value

FULL = 1000


def claimed(request: ResourceRequest, delivered: int) -> tuple[int, int]:
    """The stated chance in per mille at `delivered` per mille of the hours, and the present value claimed.

    Between two stated points the chance is read from the straight line between them; beyond the last one it
    is the last one's. A request that got nothing tests the chance stated without hours.
    """
    return _chance(request, delivered), _value(request)


def _chance(request: ResourceRequest, delivered: int) -> int:
    points = sorted((point.fraction, point.probability) for point in request.curve)
    if not points:
        return 0
    for (low, before), (high, after) in pairwise(points):
        if low <= delivered <= high:
            return before + (after - before) * (delivered - low) // (high - low)
    return points[-1][1] if delivered > points[-1][0] else points[0][1]


def _value(request: ResourceRequest) -> int:
    stream = [(row.month_offset, row.amount_minor) for row in request.benefits]
    return present_value(stream, Decimal(YEARLY_RATE)).minor
