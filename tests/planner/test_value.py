"""The worth of a request, against the hand-worked scenario E6."""

from __future__ import annotations

from decimal import Decimal, getcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.worth import Factors, level_values, present_value, round_minor

TEN_PERCENT = Decimal("0.10")
STREAM = [(6, 6_000_000), (18, 6_000_000)]
"""60,000.00 in month 6 and again in month 18."""


@pytest.mark.acceptance
def test_present_value_of_e6() -> None:
    """60,000 / 1.1^0.5 = 57,207.76 and 60,000 / 1.1^1.5 = 52,007.05; the sum rounds once to 109,214.81."""
    present = present_value(STREAM, TEN_PERCENT)
    assert [round_minor(t.present) for t in present.terms] == [5_720_776, 5_200_705]
    assert present.minor == 10_921_481


@pytest.mark.acceptance
def test_level_value_of_e6() -> None:
    """(0.55 - 0.30) x 0.8 x 0.9 x PV = 19,658.67; x 1.2 x 0.90 - 1,000 = 20,231.36; money only 16,692.80.

    The money-only figure keeps the delay (0.90) and leaves out strategy: 19,658.67 x 0.90 - 1,000.
    """
    present = present_value(STREAM, TEN_PERCENT)
    factors = Factors(Decimal("0.9"), Decimal("0.8"), Decimal("1.2"), Decimal("0.90"))
    (level,) = level_values([(0, 300), (1000, 550)], present, 100_000, factors)
    assert round_minor(level.expected) == 1_965_867
    assert level.value_minor == 2_023_136
    assert level.money_minor == 1_669_280


def test_neutral_factors_count_only_what_the_hours_change() -> None:
    """PV 100.00 and p 0.20 / 0.35 / 0.50 are worth 15.00 at half and 30.00 at full hours (E5)."""
    present = present_value([(0, 10_000)], TEN_PERCENT)
    half, full = level_values([(1000, 500), (0, 200), (500, 350)], present)
    assert (half.fraction, half.value_minor) == (500, 1_500)
    assert (full.fraction, full.value_minor) == (1000, 3_000)


def test_half_a_minor_unit_goes_to_the_even_neighbour() -> None:
    """0.5 % of 100 is 0.5 -> 0; of 300 is 1.5 -> 2: rounding favours nobody."""
    values = [level_values([(0, 0), (1000, 5)], present_value([(0, a)], TEN_PERCENT)) for a in (100, 300)]
    assert [levels[0].value_minor for levels in values] == [0, 2]


def test_cost_can_exceed_the_gain() -> None:
    """A request whose trip costs more than it brings is worth less than nothing."""
    (level,) = level_values([(0, 0), (1000, 500)], present_value([(0, 1_000)], TEN_PERCENT), 600)
    assert level.value_minor == 500 - 600


def test_an_empty_stream_is_worth_nothing() -> None:
    """No benefits, no value, no error."""
    assert present_value([], TEN_PERCENT).minor == 0


def test_the_callers_precision_changes_nothing() -> None:
    """Money does not depend on somebody's decimal context."""
    before = present_value(STREAM, TEN_PERCENT).total
    kept, getcontext().prec = getcontext().prec, 5
    try:
        assert present_value(STREAM, TEN_PERCENT).total == before
    finally:
        getcontext().prec = kept


def test_nonsense_is_refused() -> None:
    """A curve without the zero case has no increment; a rate of -100 % no present."""
    with pytest.raises(ValueError, match="without any hours"):
        level_values([(1000, 500)], present_value(STREAM, TEN_PERCENT))
    with pytest.raises(ValueError, match="discount"):
        present_value(STREAM, Decimal(-1))


def test_working_can_be_stored_and_read() -> None:
    """Each figure of the working multiplies up to the result."""
    present = present_value(STREAM, TEN_PERCENT)
    (level,) = level_values([(0, 300), (1000, 550)], present, 0)
    working = {**present.working(), **level.working()}
    assert working["total_minor"] == "10921480.567722"
    assert working["terms"][0]["factor"] == "0.953463"
    assert working["expected_minor"] == "2730370.141931"
    assert working["value_minor"] == 2_730_370


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 10**12)), max_size=12))
def test_order_of_a_stream_does_not_matter(stream: list[tuple[int, int]]) -> None:
    """Money is the same whoever types the months first."""
    assert present_value(stream, TEN_PERCENT).minor == present_value(stream[::-1], TEN_PERCENT).minor
