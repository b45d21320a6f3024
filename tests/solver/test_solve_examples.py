"""Worked examples with known answers; the values were also found by an independent model."""

from __future__ import annotations

from pathlib import Path

import pytest

from solver import Result, Settings, solve
from solver.files import read_problem

DATA = Path(__file__).parent / "data"


def solved(name: str) -> Result:
    """The example `name`, solved to the end."""
    result = solve(read_problem((DATA / f"{name}.json").read_text()), Settings(wall_limit_s=20))
    assert result.stopped == "proven"
    assert result.proven_stages == (1, 2, 3, 4, 5)
    return result


@pytest.mark.parametrize(
    ("name", "value", "granted"),
    [
        # Ann has 160: all of r2 (4.0 M) beats r1 whole (3.0 M) and both halves (2.8 M).
        ("e4-s-curve", 4_000_000, {"r2": 1}),
        # The full bundle needs 64 + 32 hours and only 44 + 32 exist, so half of it is granted.
        ("e5-bundle", 1_500_000, {"r1": 0}),
        # r1 and r3 fill the 160 hours exactly: 4.8 M + 3.0 M.
        ("e7-override", 7_800_000, {"r1": 0, "r3": 0}),
        # With r2 forced (80), r1 (96) no longer fits and r3 (64) does: 3.8 M + 3.0 M.
        ("e7-override-granted", 6_800_000, {"r2": 0, "r3": 0}),
        # Without floors all six units go to A.
        ("e8-floor-0", 6_000_000, {"A": 5}),
        # A floor of 0.6 M for B and 0.25 M for C each costs a unit of A: 4.0 + 0.6 + 0.5.
        ("e8-floor-25", 5_100_000, {"A": 3, "B": 0, "C": 0}),
        # Twice the floors: 3.0 + 1.2 + 0.5.
        ("e8-floor-50", 4_700_000, {"A": 2, "B": 1, "C": 0}),
        # r4 is worth 0.2 M more than r1 and 0.3 M more than r2, less than the 0.4 M of taking hours back.
        ("e9-stable-keep", 3_900_000, {"r1": 0, "r2": 0}),
        # r4 at 2.4 M replaces r2 (1.9 M): 2.0 + 2.4 - 0.4.
        ("e9-stable-switch", 4_000_000, {"r1": 0, "r4": 0}),
    ],
)
def test_worked_example(name: str, value: int, granted: dict[str, int]) -> None:
    """The proven best value and the only plan that has it."""
    result = solved(name)
    assert result.status == "optimal"
    assert result.plan is not None
    assert result.measures is not None
    assert (result.measures.value, result.bound, result.gap) == (value, value, 0.0)
    assert {grant.request: grant.level for grant in result.plan.granted} == granted


def test_bundle_takes_the_hours_of_the_granted_level_from_the_right_people() -> None:
    """Half a bundle is 32 quarter-hours of Ann and 16 of Leo; Bob lacks the level."""
    result = solved("e5-bundle")
    assert result.plan is not None
    hours: dict[str, int] = {}
    for row in result.plan.hours:
        hours[row.specialist] = hours.get(row.specialist, 0) + row.hours
    assert hours == {"ann": 32, "leo": 16}


def test_floor_that_cannot_be_reached_comes_as_close_as_possible() -> None:
    """Half of the three floors is what six units allow: C reaches 500 of 600, which is 833 per mille."""
    measures = solved("e8-floor-60").measures
    assert measures is not None
    assert (measures.floor_share, measures.value) == (833, 4_700_000)
    # A misses 600,000, B 239,999, C 100,000.
    assert measures.floor_shortfall == 939_999


@pytest.mark.parametrize(("name", "churn"), [("e9-stable-keep", 0), ("e9-stable-switch", 400_000)])
def test_churn_is_charged_for_hours_taken_back(name: str, churn: int) -> None:
    """Sixty-four quarter-hours taken back at 6,250 each."""
    measures = solved(name).measures
    assert measures is not None
    assert measures.churn == churn
