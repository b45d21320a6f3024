"""How the figures of a review are written: marks, levels, days, and the names of its codes."""

from __future__ import annotations

from datetime import date

from flask import Flask
from flask_babel import format_decimal
from markupsafe import Markup

from planner.records import Outcome
from web.labels import LABELS
from web.labels_review import group_label, review_label
from web.rendering import UNKNOWN, day, mark


def init_app(app: Flask) -> None:
    """Give the filters and names to every template."""
    app.jinja_env.filters.update(
        iso_day=iso_day,
        hundredths=hundredths,
        hundredths_of_1=hundredths_of_1,
        signed_of_1=signed_of_1,
        tenths=tenths,
    )
    app.jinja_env.globals.update(
        review_label=review_label,
        group_label=group_label,
        worth_label=worth_label,
        outcome_mark=outcome_mark,
    )


def iso_day(text: str | None) -> str:
    """A stored ISO day for people."""
    return UNKNOWN if text is None else day(date.fromisoformat(text[:10]))


def hundredths(number: int | None) -> str:
    """A mark stored in hundredths, such as "3.67"."""
    return UNKNOWN if number is None else str(format_decimal(number / 100, format="0.00"))


def hundredths_of_1(permille: int | None) -> str:
    """A level from 0 to 1 stored in per mille, such as ".556" as "0.56"."""
    return UNKNOWN if permille is None else str(format_decimal(permille / 1000, format="0.00"))


def signed_of_1(permille: int) -> str:
    """A change of a level, with its sign."""
    return str(format_decimal(permille / 1000, format="+0.00;-0.00"))


def tenths(number: int | None) -> str:
    """A number stored in tenths, such as "2.5"."""
    return UNKNOWN if number is None else str(format_decimal(number / 10, format="#,##0.#"))


def worth_label(kind: str, code: str | None) -> str:
    """The name of a class or a flag of a customer."""
    return UNKNOWN if code is None else str(LABELS.get(kind, {}).get(code, code))


def outcome_mark(outcome: str) -> Markup:
    """What a plan gives a request, as a badge."""
    return mark(Outcome(outcome))
