"""Weeks and times: ISO weeks through year ends and 53-week years, always UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import clock
from planner.records.base import UtcDateTime

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def test_year_ends() -> None:
    """3 January 2027 is still 2026-W53, which a 52-week year does not have; weeks count across it."""
    assert clock.week_of(date(2027, 1, 3)) == "2026-W53"
    assert clock.week_of(date(2027, 1, 4)) == "2027-W01"
    assert clock.add_weeks("2026-W52", 2) == "2027-W01"
    assert clock.weeks_between("2026-W52", "2027-W01") == 2
    assert clock.horizon("2026-W52", 3) == ("2026-W52", "2026-W53", "2027-W01")
    with pytest.raises(ValueError, match="53"):
        clock.monday("2027-W53")


@pytest.mark.parametrize(
    "bad", ["2027-1", "2027W01", "2027-W1", "2027-W00", "week", "", "2027-W01 ", "²027-W01"]
)
def test_what_is_no_week(bad: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r".+"):
        clock.monday(bad)


@given(DAYS, st.integers(-200, 200))
def test_weeks_go_there_and_back(day: date, number: int) -> None:
    """Adding weeks and counting them are each other's inverse; every day lies in its week."""
    week = clock.week_of(day)
    later = clock.add_weeks(week, number)
    assert clock.weeks_between(week, later) == number
    assert clock.add_weeks(later, -number) == week
    assert timedelta(0) <= day - clock.monday(week) < timedelta(days=7)


@given(DAYS, DAYS)
def test_the_order_of_weeks_is_the_order_of_their_names(one: date, other: date) -> None:
    """The database compares weeks as texts."""
    weeks = clock.week_of(one), clock.week_of(other)
    assert (weeks[0] <= weeks[1]) == (clock.weeks_between(*weeks) >= 0)


def test_today_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo lives on its day; without the setting it is the real one, in UTC."""
    monkeypatch.setenv("PLANNER_TODAY", "2030-02-28")
    assert clock.today() == date(2030, 2, 28)
    assert clock.now().tzinfo is UTC
    monkeypatch.delenv("PLANNER_TODAY")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_times_without_a_zone_are_refused() -> None:
    """Only aware times are stored, and all come back in UTC."""
    column = UtcDateTime()
    dialect = object()
    with pytest.raises(ValueError, match="no time zone"):
        column.process_bind_param(datetime(2027, 1, 4), dialect)  # type: ignore[arg-type]  # noqa: DTZ001 - what is refused, on no dialect
    summer = datetime.fromisoformat("2027-07-01T12:00:00+02:00")
    stored = column.process_bind_param(summer, dialect)  # type: ignore[arg-type]  # - the dialect is not looked at
    assert stored == datetime(2027, 7, 1, 10, tzinfo=UTC)
