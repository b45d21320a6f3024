"""How a figure and its working are written for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from flask import Flask
from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from planner.worth import Figure, Unit
from web.labels_worth import FORMULA_WORDS, NOTES, TERMS
from web.rendering import UNKNOWN, hours, money

NAME: Final = re.compile(r"\{(\w+)\}")


def init_app(app: Flask) -> None:
    """Give the filters to every template."""
    app.jinja_env.filters.update(
        figure=shown, exact=exact, term=term, note=note, formula=formula, share=share, points=points
    )


def shown(figure: Figure | None, places: int | None = None) -> str:
    """The number as people read it, rounded; a dash when nobody knows it.

    In a column a plain number has as many `places` as the others; alone as many as it needs, up to four.
    """
    if figure is None or figure.value is None:
        return UNKNOWN
    writers: Mapping[Unit, Callable[[], str]] = {
        Unit.MONEY: lambda: money(figure.minor),
        Unit.QUARTER_HOURS: lambda: hours(int(figure.value or 0)),
        Unit.SHARE: lambda: share(figure.value),
        Unit.DAYS: lambda: _("%(number)s days", number=format_decimal(figure.value, format="#,##0.0")),
        Unit.POINTS: lambda: points(figure.value),
    }
    write = writers.get(figure.unit)
    digits = "####" if places is None else "0" * places
    return write() if write else str(format_decimal(figure.value, format=f"#,##0.{digits}"))


def exact(figure: Figure) -> str:
    """The number with cents and more places, for the working."""
    if figure.value is not None and figure.unit is Unit.MONEY:
        return money(figure.minor, cents=True)
    if figure.value is not None and figure.unit is Unit.SHARE:
        return str(format_percent(figure.value, format="#,##0.####%"))
    return shown(figure)


def share(value: Decimal | int | None) -> str:
    """A part of 1 as a percentage with one place."""
    return UNKNOWN if value is None else str(format_percent(value, format="#,##0.#%"))


def points(value: Decimal | int | None) -> str:
    """Points with two places."""
    return UNKNOWN if value is None else str(format_decimal(value, format="#,##0.00"))


def term(name: str) -> str:
    """What a figure is called."""
    return str(TERMS.get(name, name.replace("_", " ")))


def note(key: str) -> str:
    """What a reader must know of a figure."""
    return str(NOTES.get(key, key))


def formula(figure: Figure) -> str:
    """The formula with the names that people know."""
    text = figure.formula
    for word, said in FORMULA_WORDS.items():
        text = text.replace(word, str(said))
    return NAME.sub(lambda found: term(found.group(1)), text.replace("*", "\N{MULTIPLICATION SIGN}"))


def plain(figure: Figure) -> Any:
    """The number for a spreadsheet: money in whole units of currency, shares in percent."""
    if figure.value is None:
        return ""
    if figure.unit is Unit.MONEY:
        return Decimal(figure.minor or 0) / 100
    if figure.unit is Unit.SHARE:
        return round(Decimal(figure.value) * 100, 2)
    return round(Decimal(figure.value), 4)
