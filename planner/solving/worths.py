"""Other measures of a granted level than the one the plan counts: money alone, strategy, early cash.

All read the working of a level as a snapshot keeps it. Money in minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from planner.worth import round_minor

EARLY_MONTHS = 3
"""Money that comes within so many months counts as early cash."""

Working = Mapping[str, Any]


def money_only(level: Working) -> int:
    """A level's worth without its strategic weight."""
    cost = level["avoidable_cost_minor"]
    return round_minor((level["value_minor"] + cost) / Decimal(level["strategy"]) - cost)


def strategy_part(level: Working) -> int:
    """What the strategic weight adds to a level's worth; negative when it takes."""
    return int(level["value_minor"]) - money_only(level)


def early_cash(request: Working, level: Working) -> int:
    """What the level is expected to bring within three months, undiscounted, less its avoidable cost."""
    present = request["present_value"]
    early = sum(term["amount_minor"] for term in present["terms"] if term["month"] <= EARLY_MONTHS)
    # Where credit lets less count than was stated, every part of the stream shrinks alike.
    total = Decimal(present.get("credit", {}).get("before_minor", present["total_minor"]))
    # What is expected of the whole stream, calibration included, is expected of each part of it.
    share = Decimal(level["expected_minor"]) / total if total else Decimal(0)
    return round_minor(share * early - level["avoidable_cost_minor"])


def money_of(inputs: Working, levels: Mapping[str, int]) -> int:
    """Worth of granted levels, by request, in money alone."""
    return sum(
        money_only(inputs["requests"][name]["levels"][level])
        for name, level in levels.items()
        if level >= 0 and name in inputs["requests"]
    )
