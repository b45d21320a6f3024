"""A form as a person left it: what was typed is kept, each fault stands beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flask_babel import gettext as _

from planner.verdict import Message, Problem
from web.errors import words
from web.rendering import locale

SPACES: Final = str.maketrans("", "", " \u00a0\u202f'\u2019")
LONGEST_NUMBER: Final = 15
"""Digits of an amount; more is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in the reader's language; `anchor` is the id of the field, "" when there is none."""

    anchor: str
    name: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Form:
    """Typed values by field name, and what is wrong with them."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()

    def value(self, name: str) -> str:
        """What stands in the field."""
        return self.values.get(name, "")

    def error(self, name: str) -> FieldError | None:
        """The first fault of the field."""
        return next((error for error in self.errors if error.anchor == name), None)


def field_errors(
    problems: Iterable[Problem], anchors: Mapping[str, str], names: Mapping[str, Any]
) -> tuple[FieldError, ...]:
    """Problems as faults of fields.

    Args:
        problems: Each with a path such as "lines/0/quarter_hours".
        anchors: Steps of a path that the form calls otherwise, such as "quarter_hours": "hours".
        names: What people call a field, by its whole name or by the last word of it.
    """
    found = []
    for problem in problems:
        steps = [anchors.get(step, step) for step in problem.where.split("/") if step]
        last = next((step for step in reversed(steps) if step in names), "")
        anchor = "-".join(steps)
        name = str(names.get(anchor) or names.get(last, ""))
        # A list shows names; the codes behind them are for programs.
        listed = problem.code == "E_CHOICE" and "options" in problem.remedy.params
        remedy = _("Choose one from the list.") if listed else words(problem.remedy)
        found.append(FieldError(anchor, name, words(problem.reason), remedy))
    return tuple(found)


def number(text: str) -> Decimal | None:
    """What a person typed as a number in their language; None when it is none.

    The locale's decimal sign counts, and a point always does. In English a comma before exactly three
    digits separates thousands.
    """
    plain = text.translate(SPACES)
    if "," in plain:
        head, _, tail = plain.rpartition(",")
        comma_groups = locale().number_symbols["latn"]["decimal"] == "." and len(tail.partition(".")[0]) == 3
        plain = plain.replace(",", "") if comma_groups else f"{head}.{tail}"
    if not plain or len(plain) > LONGEST_NUMBER or any(sign not in "0123456789.-" for sign in plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def scaled(text: str, factor: int) -> int | None:
    """A typed number times `factor`, when that is whole: hours to quarter-hours, money to minor units."""
    value = number(text)
    if value is None:
        return None
    product = value * factor
    return int(product) if product == product.to_integral_value() else None


def fault(where: str, code: str, reason: str, remedy: str) -> Problem:
    """A fault that only a form can have, such as a word where a number is due; both texts translated."""
    return Problem(where, code, Message(reason), Message(remedy))
