"""How values are written for people: money, hours, weeks, gaps and states in the reader's language."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_currency
from babel.numbers import format_decimal as plain_decimal
from flask import Flask, current_app, g, request, url_for
from flask_babel import (
    format_currency,
    format_decimal,
    format_percent,
    format_timedelta,
    get_locale,
    get_timezone,
    ngettext,
)
from flask_babel import gettext as _
from markupsafe import Markup, escape

from planner.clock import monday, now
from planner.permissions import Action, may
from planner.records import Outcome, ProposalState
from web.auth import identified
from web.errors import words
from web.labels import LABELS, MARKS

QUARTERS_PER_HOUR: Final = 4
QUARTERS_PER_FTE_WEEK: Final = 160
"""A full-time week has 40 hours."""

MINOR_PER_UNIT: Final = 100
LANGUAGE_NAMES: Final = {"en": "English", "pl": "Polski", "cs": "Čeština", "nb": "Norsk bokmål"}
UNKNOWN: Final = "\N{EN DASH}"
"""What stands for a value nobody knows; never a zero."""


def init_app(app: Flask) -> None:
    """Give the filters and helpers to every template."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    filters: Mapping[str, Callable[..., Any]] = {
        "money": money,
        "money_short": money_short,
        "hours": hours,
        "week": week,
        "week_span": week_span,
        "permille": permille,
        "label": label,
        "say": say,
        "day": day,
        "moment": moment,
        "time": time_of,
        "instant": instant,
        "monday_of": monday_of,
        "since": since,
        "integer": integer,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        event_name=event_name,
        reason_name=reason_name,
        translate=_,
        reject_reason=reject_reason,
        money_range=money_range,
        board_mark=board_mark,
        icon=icon,
        mark=mark,
        asset=asset,
        can=can,
        Action=Action,
        unit=unit,
        ngettext=ngettext,
        now=now,
    )
    app.jinja_env.globals["LANGUAGE_NAMES"] = LANGUAGE_NAMES


def locale() -> Locale:
    """The reader's locale."""
    return get_locale() or Locale("en")


def currency() -> str:
    """The planning currency."""
    return str(current_app.config.get("CURRENCY", "EUR"))


def money(minor: int | None, *, cents: bool = False) -> str:
    """An amount in minor units as "€12,345" in the reader's locale; cents only where asked for."""
    if minor is None:
        return UNKNOWN
    amount = minor / MINOR_PER_UNIT if cents else _whole_units(minor)
    return str(
        format_currency(amount, currency(), format=None if cents else _plain_pattern(), currency_digits=cents)
    )


def _whole_units(minor: int) -> int:
    """Minor units in whole units, half away from zero, without floats."""
    sign = -1 if minor < 0 else 1
    return sign * ((abs(minor) + MINOR_PER_UNIT // 2) // MINOR_PER_UNIT)


def _plain_pattern() -> str:
    """The locale's own pattern for money, without the part for cents."""
    return str(locale().currency_formats["standard"].pattern).replace(".00", "")


def money_range(low: int | None, high: int | None) -> str:
    """An interval of amounts in words; None is without a limit or unknown."""
    if low is None and high is None:
        return UNKNOWN
    if high is None:
        return _("at least %(low)s", low=money(low))
    if not low:
        return _("at most %(high)s", high=money(high))
    return money(high) if low == high else f"{money(low)} {UNKNOWN} {money(high)}"


def money_short(minor: int | None) -> str:
    """An amount for a tile, such as "€1.2M"."""
    if minor is None:
        return UNKNOWN
    amount = minor / MINOR_PER_UNIT
    return str(format_compact_currency(amount, currency(), locale=locale(), fraction_digits=1))


def unit() -> str:
    """How the reader wants effort: "h" for hours or "fte" for full-time weeks; the address carries it."""
    return "fte" if request.args.get("unit") == "fte" else "h"


def hours(quarters: int | None, *, bare: bool = False) -> str:
    """Quarter-hours as "12.5 h", or as full-time weeks; `bare` leaves the unit out."""
    if quarters is None:
        return UNKNOWN
    return _effort(quarters, unit(), locale(), bare=bare)


@lru_cache(maxsize=4096)
def _effort(quarters: int, unit: str, reader: Locale, *, bare: bool) -> str:
    """Effort in the reader's words; kept, since one page shows the same few numbers a thousand times."""
    if unit == "fte":
        number = str(plain_decimal(quarters / QUARTERS_PER_FTE_WEEK, format="#,##0.00", locale=reader))
        return number if bare else _("%(number)s FTE-weeks", number=number)
    number = str(plain_decimal(quarters / QUARTERS_PER_HOUR, format="#,##0.##", locale=reader))
    return number if bare else _("%(number)s h", number=number)


def integer(number: float | None) -> str:
    """A whole number with the locale's separators."""
    return UNKNOWN if number is None else str(format_decimal(number, format="#,##0"))


def week(iso: str | None, *, short: bool = False) -> str:
    """An ISO week as "W01 (4 Jan)", the day being its Monday; `short` gives "W01"."""
    if not iso:
        return UNKNOWN
    number = f"W{iso[-2:]}"
    return number if short else f"{number} ({monday_of(iso)})"


def week_span(first: str | None, last: str | None) -> Markup:
    """A window as "W01-W04" with its first and last day beneath."""
    if not first or not last:
        return escape(UNKNOWN)
    numbers = (
        week(first, short=True)
        if first == last
        else f"{week(first, short=True)}{UNKNOWN}{week(last, short=True)}"
    )
    end = format_date(monday(last) + timedelta(days=4), "d MMM y", locale=locale())
    days = f"{monday_of(first)} {UNKNOWN} {end}"
    return Markup('<span class="nowrap">{}</span> <span class="nowrap text-secondary">{}</span>').format(
        numbers, days
    )


def permille(share: int | None) -> str:
    """A share in per mille as a percentage."""
    return UNKNOWN if share is None else str(format_percent(share / 1000, format="#,##0.#%"))


def label(value: Any) -> str:
    """The name of an enumeration's member; also by class name and value where only text is at hand."""
    if value is None:
        return UNKNOWN
    if isinstance(value, enum.Enum):
        found = LABELS.get(type(value).__name__, {}).get(str(value.value))
        return str(found) if found else str(value.value)
    return str(value)


def event_name(action: str) -> str:
    """The name of an event of the audit log."""
    return str(LABELS["Event"].get(action, action))


def reason_name(code: str | None) -> str:
    """Why a plan gives less, in words."""
    return UNKNOWN if code is None else str(LABELS["Reason"].get(code, code))


def mark(value: enum.Enum) -> Markup:
    """A state as a badge: colour, sign and word, so that colour is never alone."""
    tone, sign = MARKS.get(str(value.value), ("", ""))
    picture = icon(sign) if sign else ""
    return Markup('<span class="mark {}">{}{}</span>').format(tone, picture, label(value))


def reject_reason(code: str | None) -> str:
    """Why a head rejected, by code."""
    return UNKNOWN if code is None else str(LABELS["RejectionReason"].get(code, code))


def board_mark(row: Mapping[str, Any]) -> Markup:
    """What became of a request in a published plan, as a badge."""
    if row["state"] == "granted":
        return mark(Outcome(row["outcome"]))
    if row["state"] == "refused":
        return mark(Outcome.REFUSED)
    return mark(ProposalState.REJECTED if row["state"] == "rejected" else ProposalState.PROPOSED)


def say(message: Any) -> str:
    """A message of the planner in the reader's language."""
    return words(message)


def day(value: date | None) -> str:
    """A date; in English with the day first, as weeks and times say it."""
    pattern = "d MMM y" if locale().language == "en" else "medium"
    return UNKNOWN if value is None else format_date(value, pattern, locale=locale())


def at(value: datetime, pattern: str) -> str:
    """A point in time where the reader is."""
    return format_datetime(value, pattern, tzinfo=get_timezone(), locale=locale())


def moment(value: datetime | None) -> str:
    """A point in time, to the minute."""
    return UNKNOWN if value is None else at(value, "d MMM y, HH:mm")


def time_of(value: datetime | None) -> str:
    """A time of day."""
    return UNKNOWN if value is None else at(value, "HH:mm")


def instant(text: str | None) -> str:
    """A stored ISO time, to the minute."""
    return UNKNOWN if text is None else moment(datetime.fromisoformat(text))


def monday_of(iso: str) -> str:
    """The Monday of an ISO week as day and month."""
    return format_date(monday(iso), "d MMM", locale=locale())


def since(value: datetime | None) -> str:
    """How long ago, or until when: "3 days"."""
    return UNKNOWN if value is None else str(format_timedelta(abs(now() - value), threshold=1))


def icon(name: str, title: str = "") -> Markup:
    """A picture from img/icons.svg; silent for screen readers unless it has a title."""
    address = f"{asset('img/icons.svg')}#{name}"
    if title:
        return Markup('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>').format(
            title, address
        )
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>').format(address)


@cache
def _fingerprint(path: Path, changed_ns: int) -> str:  # noqa: ARG001 - a changed file is another entry
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep what they have."""
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        path = Path(str(current_app.static_folder)) / name
        version = _fingerprint(path, path.stat().st_mtime_ns) if path.is_file() else None
        known[name] = url_for("static", filename=name, v=version)
    return known[name]


def can(action: Action) -> bool:
    """Whether the reader's role allows the use case."""
    actor = identified()
    return actor is not None and bool(may(actor, action))
