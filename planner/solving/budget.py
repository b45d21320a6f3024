"""What a new plan takes back of what was published, counted as a change budget counts it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any


def moves(problem: Mapping[str, Any], result: Mapping[str, Any]) -> int:
    """Published line-person-weeks with fewer hours than promised, before the weeks that are free again."""
    published = problem.get("published")
    if not published:
        return 0
    planned: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    for row in result["hours"] or ():
        planned[row["line"], row["specialist"], row["week"]] += row["hours"]
    promised: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    for row in published["hours"]:
        if row["week"] < published["free_from_week"]:
            promised[row["line"], row["specialist"], row["week"]] += row["hours"]
    return sum(planned[cell] < hours for cell, hours in promised.items())
