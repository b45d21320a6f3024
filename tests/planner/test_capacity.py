"""Hours a person can lend in a week, on numbers worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity import Absence, Supply, skills_on, week_hours
from planner.clock import monday

EIGHT_HOURS = (32, 32, 32, 32, 32, 0, 0)
START = date(2020, 1, 1)


ANN = Supply(pattern=EIGHT_HOURS, own_work=200, expedite=0, active_from=START)
"""Ann of scenario E5: 40 h a week, 20 % own work, nothing kept for expedite requests."""


def _ann(**changes: Any) -> Supply:
    return replace(ANN, **changes)


@pytest.mark.acceptance
def test_e5_leave_and_reserve() -> None:
    """Away all week 10 and two days of week 11: 0, then 24 h x 0.8 = 19.2 floored to 19.00 h, then 32 h."""
    weeks = ("2027-W10", "2027-W11", "2027-W12")
    away = (
        Absence(monday(weeks[0]), date(2027, 3, 12)),
        Absence(monday(weeks[1]), date(2027, 3, 16)),
    )
    ann = _ann(absences=away)
    assert [week_hours(ann, week).capacity for week in weeks] == [0, 19 * 4, 32 * 4]


@pytest.mark.acceptance
def test_e5_free_hours_after_promises() -> None:
    """10 h and 30 h are promised elsewhere in weeks 11 and 12: 9 h and 2 h are left."""
    ann = _ann(absences=(Absence(date(2027, 3, 15), date(2027, 3, 16)),))
    assert week_hours(ann, "2027-W11", promised=40).capacity == 9 * 4
    assert week_hours(ann, "2027-W12", promised=120).capacity == 2 * 4


def test_expedite_hours_come_from_their_reserve() -> None:
    """20 % own work and 5 % expedite of 40 h: 30 h for all requests and 2 h more for expedite ones."""
    hours = week_hours(_ann(expedite=50), "2027-W12")
    assert (hours.present, hours.capacity, hours.expedite, hours.total) == (160, 120, 8, 128)


def test_promises_beyond_the_capacity_eat_the_expedite_hours_and_never_go_below_zero() -> None:
    """31 h promised of 30 + 2: nothing for all, 1 h for expedite; 40 h promised: nothing at all."""
    assert week_hours(_ann(expedite=50), "2027-W12", promised=124).expedite == 4
    over = week_hours(_ann(expedite=50), "2027-W12", promised=160)
    assert (over.capacity, over.expedite, over.promised) == (0, 0, 160)


def test_half_days_count_half() -> None:
    """Away Monday afternoon to Wednesday noon: half + whole + half of 8 h = 16 h away of 40."""
    away = Absence(date(2027, 3, 15), date(2027, 3, 17), first_half=True, last_half=True)
    assert week_hours(_ann(own_work=0, absences=(away,)), "2027-W11").capacity == 24 * 4


def test_a_half_of_an_odd_day_is_not_lost_before_the_end() -> None:
    """Two half days of 31 quarter-hours are 31 quarter-hours, not 15 + 15."""
    pattern = (31, 31, 0, 0, 0, 0, 0)
    away = (
        Absence(date(2027, 3, 15), date(2027, 3, 15), first_half=True),
        Absence(date(2027, 3, 16), date(2027, 3, 16), last_half=True),
    )
    assert week_hours(_ann(pattern=pattern, own_work=0, absences=away), "2027-W11").capacity == 31


def test_overlapping_leave_is_away_once() -> None:
    """The same Monday entered twice is one day."""
    twice = (Absence(date(2027, 3, 15), date(2027, 3, 15)), Absence(date(2027, 3, 15), date(2027, 3, 15)))
    assert week_hours(_ann(own_work=0, absences=twice), "2027-W11").capacity == 32 * 4


def test_holidays_cut_only_where_they_fall() -> None:
    """1 January 2027 is a Friday, in ISO week 53 of 2026."""
    polish = _ann(own_work=0, holidays=frozenset({date(2027, 1, 1)}))
    assert week_hours(polish, "2026-W53").capacity == 32 * 4
    assert week_hours(_ann(own_work=0), "2026-W53").capacity == 40 * 4


def test_people_who_come_and_go_inside_a_week() -> None:
    """Employed from Wednesday: three days; until Tuesday: two; not yet: none."""
    assert week_hours(_ann(own_work=0, active_from=date(2027, 3, 17)), "2027-W11").capacity == 24 * 4
    assert week_hours(_ann(own_work=0, active_to=date(2027, 3, 16)), "2027-W11").capacity == 16 * 4
    assert week_hours(_ann(own_work=0, active_from=date(2027, 3, 22)), "2027-W11").capacity == 0


def test_an_expired_attestation_counts_as_nothing() -> None:
    """It counts on its last day and not on the day after."""
    rows = [("legal", 4, date(2027, 3, 14)), ("lang:de", 3, None)]
    assert skills_on(date(2027, 3, 14), rows) == {"legal": 4, "lang:de": 3}
    assert skills_on(date(2027, 3, 15), rows) == {"lang:de": 3}


@given(
    pattern=st.tuples(*[st.integers(0, 48)] * 7),
    own=st.integers(0, 1000),
    expedite=st.integers(0, 1000),
    promised=st.integers(0, 400),
)
def test_hours_are_never_made_up(pattern: tuple[int, ...], own: int, expedite: int, promised: int) -> None:
    """Capacity and expedite hours together never pass what is present less own work and promises."""
    hours = week_hours(_ann(pattern=pattern, own_work=own, expedite=expedite), "2027-W11", promised)
    most = max(0, sum(pattern) * (1000 - own) // 1000 - promised)
    assert 0 <= hours.capacity <= hours.total <= most
