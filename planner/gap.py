"""How far a plan may be from the best one, in a number and in words a board understands."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from planner.verdict import Message


def gap_of(value: int | None, bound: int | None) -> float | None:
    """(bound - value) / value; None when either is unknown or the value is not above 0."""
    if value is None or bound is None or value <= 0:
        return None
    return (bound - value) / value


def percent_up(gap: float) -> str:
    """A share as per cent, rounded up to one decimal, so that it never promises too much."""
    return str((Decimal(repr(gap)) * 100).quantize(Decimal("0.1"), rounding=ROUND_CEILING))


def gap_words(gap: float | None, *, proven: bool) -> Message:
    """What is known about how good a plan is; "best possible" is said only when it was proven."""
    if proven:
        return Message("No better plan is possible.")
    if gap is None:
        return Message("How much better a plan could be is not known.")
    return Message(
        "A better plan, if there is one, is worth at most %(percent)s %% more.",
        {"percent": percent_up(gap)},
    )
