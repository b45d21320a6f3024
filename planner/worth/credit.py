"""What a customer may still owe: no order is worth more to us than it can be let have."""

from __future__ import annotations

from planner.worth.figure import Figure


def free_credit(limit_minor: int, owed_minor: int | None, *, on_top: bool, month: str = "") -> Figure:
    """The credit that an order could use, in minor units; never below zero.

    Args:
        limit_minor: The most that the customer may owe.
        owed_minor: What it owes already at the end of `month`; None is not known, and then the limit stands.
        on_top: Whether the order comes on top of the business there is. Business that is kept is part of
            what is owed already, so the whole limit is open to it.
        month: Such as "2026-12".
    """
    limit, owed = Figure("credit_limit", limit_minor), Figure("ar_open", owed_minor, subject=month)
    if not on_top:
        return _free(limit_minor, "{credit_limit}", (limit,), "kept_business")
    if owed_minor is None:
        return _free(limit_minor, "{credit_limit}", (limit, owed), "owed_unknown")
    left = limit_minor - owed_minor
    return _free(max(0, left), "{credit_limit} - {ar_open}", (limit, owed), "limited" if left < 0 else "")


def _free(value: int, formula: str, inputs: tuple[Figure, ...], note: str) -> Figure:
    return Figure("free_credit", value, formula=formula, inputs=inputs, note=note)
