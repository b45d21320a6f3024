"""Reads what a person typed into a form, field by field, and remembers what could not be understood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

from planner.verdict import Problem
from web.pages.forms import fault, scaled
from web.rendering import MINOR_PER_UNIT, QUARTERS_PER_HOUR, currency


class Reader:
    """Reads typed fields one by one and remembers what could not be understood."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        """The text, without blanks around it."""
        return self.typed.get(name, "").strip()

    def maybe(self, name: str) -> str | None:
        """The text, None when there is none."""
        return self.text(name) or None

    def amount(self, name: str, factor: int, remedy: str, unit: str = "") -> int | None:
        """A number times `factor` as a whole number; None when empty or not understood, which is noted.

        The unit may stand behind it, as on the page.
        """
        typed = self.text(name).removesuffix(unit).rstrip()
        value = scaled(typed, factor) if typed else None
        if typed and value is None:
            self.problems.append(
                fault(name.replace("-", "/"), "E_NUMBER", _("This is not understood."), remedy)
            )
        return value

    def hours(self, name: str) -> int | None:
        """Hours as quarter-hours."""
        return self.amount(name, QUARTERS_PER_HOUR, _("Write hours in steps of a quarter, such as 7.5."), "h")

    def money(self, name: str) -> int | None:
        """Money as minor units."""
        return self.amount(name, MINOR_PER_UNIT, _("Write an amount such as 120000 or 1500.50."), currency())

    def percent(self, name: str) -> int | None:
        """A percentage as per mille."""
        return self.amount(name, 10, _("Write a percentage from 0 to 100, such as 35."), "%")

    def whole(self, name: str) -> int | None:
        """A whole number."""
        return self.amount(name, 1, _("Write a whole number."))

    def day(self, name: str) -> date | None:
        """A date."""
        typed = self.text(name)
        try:
            return date.fromisoformat(typed) if typed else None
        except ValueError:
            self.problems.append(
                fault(name, "E_DATE", _("This is not a date."), _("Write it like 2027-01-31."))
            )
            return None
