"""Values as people read them: money, hours, weeks and names in the reader's language."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from planner import records
from planner.audit import Event
from planner.services.explaining.reasons import WORDS
from planner.services.filing.hints import Contention
from planner.worth import Figure, Unit
from web import figures, rendering
from web.labels import LABELS

HARD_SPACE = "\N{NO-BREAK SPACE}"


def in_language(app: Flask, language: str, show: Callable[[], object], query: str = "") -> str:
    """What `show` writes for a reader of that language on a page with that query."""
    with app.test_request_context(f"/{query}"), force_locale(language):
        return str(show())


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "€1,234,568"),
        ("pl", "1 234 568 €"),
        ("cs", "1 234 568 €"),
        ("nb", "1 234 568 €"),
    ],
)
def test_money_is_whole_and_local(app: Flask, language: str, expected: str) -> None:
    """1,234,567.50 is rounded half up; separators and the place of the sign are the reader's."""
    text = in_language(app, language, lambda: rendering.money(123_456_750))
    assert text.replace(HARD_SPACE, " ") == expected


def test_money_unknown_is_not_zero(app: Flask) -> None:
    """Nobody may take "not known" for nothing; cents are shown where exactness is the point."""
    assert in_language(app, "en", lambda: rendering.money(None)) == "\N{EN DASH}"
    assert in_language(app, "en", lambda: rendering.money(0)) == "€0"
    assert in_language(app, "en", lambda: rendering.money(-150)) == "-€2"
    assert in_language(app, "en", lambda: rendering.money(12_345, cents=True)) == "€123.45"


def test_intervals_say_which_end_is_open(app: Flask) -> None:
    """Both ends, one end, no end."""
    shown = [
        in_language(app, "en", lambda low=low, high=high: rendering.money_range(low, high))  # type: ignore[misc]  # - bound at once
        for low, high in ((100, 200), (0, 200), (100, None), (None, None), (300, 300))
    ]
    assert shown == ["€1 \N{EN DASH} €2", "at most €2", "at least €1", "\N{EN DASH}", "€3"]


def test_hours_and_full_time_weeks(app: Flask) -> None:
    """30 quarter-hours are 7.5 h, and 0.19 of a 40 h week; the address says which is meant."""
    assert in_language(app, "en", lambda: rendering.hours(30)) == "7.5 h"
    assert in_language(app, "pl", lambda: rendering.hours(30)) == "7,5 h"
    assert in_language(app, "en", lambda: rendering.hours(30), "?unit=fte") == "0.19 FTE-weeks"


def test_weeks_have_their_monday(app: Flask) -> None:
    """W53 exists in 2026 and begins on 28 December; a window tells its first and last working day."""
    assert in_language(app, "en", lambda: rendering.week("2026-W53")) == "W53 (28 Dec)"
    span = in_language(app, "en", lambda: rendering.week_span("2026-W53", "2027-W01"))
    assert "W53\N{EN DASH}W01" in span
    assert "28 Dec \N{EN DASH} Jan 8, 2027" in span or "28 Dec \N{EN DASH} 8 Jan 2027" in span


def test_every_member_has_a_name(app: Flask) -> None:
    """No state or kind is ever shown as the word that programs use."""
    enums = [
        kind
        for kind in vars(records).values()
        if isinstance(kind, type) and issubclass(kind, enum.Enum) and kind.__name__ != "SkillFamily"
    ]
    shown_to_people = [kind for kind in enums if kind.__name__ in LABELS]
    assert len(shown_to_people) >= 15
    everything: list[type[enum.Enum]] = [*shown_to_people, Contention, Event]
    bare = [
        f"{kind.__name__}.{member.value}"
        for kind in everything
        for member in kind
        if member.value not in LABELS[kind.__name__]
    ]
    assert bare == []
    assert set(WORDS) <= set(LABELS["Reason"])
    assert in_language(app, "en", lambda: rendering.label(records.Purpose.RETAIN)) == "Keep a contract"


def test_a_files_address_changes_with_the_file(app: Flask) -> None:
    """Browsers keep a file for good and still get the new one."""
    with app.test_request_context("/"):
        first = rendering.asset("css/app.css")
        assert first.startswith("/static/css/app.css?v=")
        assert first == rendering.asset("css/app.css")
        assert first != rendering.asset("js/app.js").replace("js/app.js", "css/app.css")


def test_plain_figures_of_a_column_have_as_many_places(app: Flask) -> None:
    """Alone 0.11 is enough; below 0.1042 it is 0.1100, so that the points stand under each other."""
    share = Figure("concentration", Decimal("0.11"), Unit.FACTOR, "", ())
    assert in_language(app, "en", lambda: figures.shown(share)) == "0.11"
    assert in_language(app, "pl", lambda: figures.shown(share, 4)) == "0,1100"


def test_a_date_reads_day_first_in_english_and_as_usual_elsewhere(app: Flask) -> None:
    """One page must not write Jan 8 beside 4 Jan; Czech keeps its own order and points."""
    told = date(2027, 1, 8)
    assert in_language(app, "en", lambda: rendering.day(told)) == "8 Jan 2027"
    assert in_language(app, "cs", lambda: rendering.day(told)) == "8. 1. 2027"
