"""What a customer may still owe: no order is worth more to us than it can be let have."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from planner.worth.figure import ARITHMETIC, Figure


@dataclass(frozen=True, slots=True)
class Order:
    """One of several requests that would use the same credit.

    Attributes:
        key: Its id.
        stated: What success would bring as of today, in minor units.
        gain: What all of its hours add to the chance, per mille.
        quarter_hours: All of its hours.
        filed: Its place in the filing order.
    """

    key: str
    stated: Decimal
    gain: int
    quarter_hours: int
    filed: int

    def per_hour(self, free: Decimal) -> Decimal:
        """What an hour is expected to bring while all of the credit is open to it."""
        expected = ARITHMETIC.multiply(self.gain, min(self.stated, free))
        return ARITHMETIC.divide(expected, self.quarter_hours)


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


def shared_credit(free: Figure, orders: Sequence[Order]) -> dict[str, Figure]:
    """What each of some orders may use of one free credit, so that no part of it counts twice.

    Whoever is expected to bring most with an hour uses it first, then the next; of equals who was filed
    first. An order that comes after others gets what these leave, whether or not a plan grants them.

    Args:
        free: The credit that is open to each of them alone, known.
        orders: Those that would use it, each worth more than nothing.
    """
    whole = Decimal(free.value or 0)
    taken: list[Figure] = []
    found = {}
    for order in sorted(orders, key=lambda each: (-each.per_hour(whole), each.filed, each.key)):
        left = whole - sum((Decimal(each.value or 0) for each in taken), Decimal(0))
        found[order.key] = (
            dataclasses.replace(
                free,
                value=left,
                formula="{free_credit} - sum of {credit_taken}",
                inputs=(free, *taken),
                note="shared_credit",
            )
            if taken
            else free
        )
        taken.append(Figure("credit_taken", min(order.stated, left), subject=order.key))
    return found


def _free(value: int, formula: str, inputs: tuple[Figure, ...], note: str) -> Figure:
    return Figure("free_credit", value, formula=formula, inputs=inputs, note=note)
