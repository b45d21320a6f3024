"""What requests are worth: claims, delay, answers to hours, lifetime; against E6, E10 and by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.worth import (
    Case,
    Factors,
    Shape,
    Urgency,
    UrgencyKind,
    adbudg,
    brier,
    calibrate,
    company_factors,
    cost_of_delay,
    level_values,
    lifetime_value,
    present_value,
    response,
    round_minor,
)

TEN_PERCENT = Decimal("0.10")
PRESENT = present_value([(6, 6_000_000), (18, 6_000_000)], TEN_PERCENT)
K = tuple(
    Case(f"r{i}", p, success, claimed, realised)
    for i, (p, success, claimed, realised) in enumerate(
        [
            (900, True, 5_000_000, 4_000_000),
            (800, False, None, None),
            (700, True, 3_000_000, 2_000_000),
            (600, False, None, None),
            (500, False, None, None),
        ]
    )
)
"""K's closed requests: chances .9 .8 .7 .6 .5, outcomes 1 0 1 0 0."""


@pytest.mark.acceptance
def test_e6_with_every_factor() -> None:
    """Linear decay of 5 % a week after week 18, work ending in week 20: 0.90, and so 20,231.36."""
    decay = Urgency(UrgencyKind.LINEAR, since=18, pace=50).left(20)
    assert decay.value == Decimal("0.90")
    factors = Factors(Decimal("0.9"), Decimal("0.8"), Decimal("1.2"), Decimal(decay.value))
    (level,) = level_values([(0, 300), (1000, 550)], PRESENT, 100_000, factors)
    assert round_minor(level.claimed) == 2_730_370
    assert (round_minor(level.expected), level.value_minor, level.money_minor) == (
        *(1_965_867, 2_023_136),
        1_669_280,
    )


@pytest.mark.acceptance
def test_e6_after_its_deadline_a_request_only_costs() -> None:
    """Deadline week 20, work ending in week 21: nothing is left, and the travel of 1,000 is lost."""
    late = Urgency(UrgencyKind.DEADLINE, since=20).left(21)
    factors = Factors(Decimal("0.9"), Decimal("0.8"), Decimal("1.2"), Decimal(late.value or 0))
    (level,) = level_values([(0, 300), (1000, 550)], PRESENT, 100_000, factors)
    assert (late.value, level.value_minor) == (0, -100_000)


def test_a_value_halves_in_its_half_life() -> None:
    """Four weeks after the start of a half-life of four, half is left; before it, all; and delay costs."""
    fading = Urgency(UrgencyKind.HALF_LIFE, since=2, pace=4)
    assert [fading.left(week).value for week in (0, 2, 6, 10)] == [1, 1, Decimal("0.5"), Decimal("0.25")]
    linear = Urgency(UrgencyKind.LINEAR, since=2, pace=400)
    assert [linear.left(week).value for week in (2, 3, 4, 5)] == [1, Decimal("0.6"), Decimal("0.2"), 0]
    assert cost_of_delay(Decimal(1000), linear, 2).value == 400
    assert Urgency(UrgencyKind.NONE).left(999).value == 1
    with pytest.raises(ValueError, match="nothing fade"):
        Urgency(UrgencyKind.LINEAR, since=2)


@given(st.sampled_from(UrgencyKind), st.integers(0, 60), st.integers(1, 1000), st.integers(0, 120))
def test_waiting_never_pays(kind: UrgencyKind, since: int, pace: int, week: int) -> None:
    """What is left lies within 0 and 1 and never grows."""
    fading = Urgency(kind, since, pace)
    here, later = fading.left(week).value, fading.left(week + 1).value
    assert here is not None
    assert later is not None
    assert 0 <= later <= here <= 1


@pytest.mark.acceptance
def test_e10_calibration_of_a_claim() -> None:
    """Factor q = 3.8 / 5.5 = .6909; c = 6.25 / 7 = .8929; a claim of 30,000 counts as 18,506."""
    found = calibrate(K, Fraction(9, 10), Fraction(95, 100))
    assert round(Decimal(found.probability.value or 0), 4) == Decimal("0.6909")
    assert round(Decimal(found.value.value or 0), 4) == Decimal("0.8929")
    assert round(Decimal(found.product.value or 0), 4) == Decimal("0.6169")
    factors = Factors(Decimal(found.value.value or 0), Decimal(found.probability.value or 0))
    (level,) = level_values(
        [(0, 200), (1000, 500)], present_value([(0, 10_000_000)], TEN_PERCENT), 0, factors
    )
    assert (level.claimed, level.value_minor) == (Decimal(3_000_000), 1_850_649)


@pytest.mark.acceptance
def test_e10_somebody_new_counts_like_the_company() -> None:
    """Without a history .9 x .95: a claim of 30,000 counts as 25,650."""
    found = calibrate((), Fraction(9, 10), Fraction(95, 100))
    assert found.product.value == Decimal("0.855")
    assert found.probability.note == "no_history"
    assert 3_000_000 * Decimal(found.product.value) == 2_565_000


@pytest.mark.acceptance
def test_e10_brier_score() -> None:
    """Mean squared miss .27, stating the base rate of .4 would miss by .24, so the skill is -.125."""
    told = brier(K)
    assert (told.score.value, told.reference.value, told.skill.value) == (
        *(Decimal("0.27"), Decimal("0.24")),
        Decimal("-0.125"),
    )
    assert told.reliability.note == "too_few_cases"
    assert brier(()).score.value is None
    assert brier([replace(case, success=True) for case in K]).skill.note == "all_alike"


def test_the_parts_of_the_brier_score_add_up() -> None:
    """Ten times .8 with 7 successes, ten times .3 with 4: reliability - resolution + uncertainty = score."""
    cases = [Case(f"a{i}", 800, success=i < 7) for i in range(10)]
    cases += [Case(f"b{i}", 300, success=i < 4) for i in range(10)]
    told = brier(cases)
    # (0.8 - 0.7)² and (0.3 - 0.4)²; (0.7 - 0.55)² and (0.4 - 0.55)²; 0.55 x 0.45.
    assert [f.value for f in (told.reliability, told.resolution, told.uncertainty)] == [
        *(Decimal("0.01"), Decimal("0.0225")),
        Decimal("0.2475"),
    ]
    assert told.score.value == Decimal("0.235")


def test_calibration_stays_within_its_limits() -> None:
    """Nobody's claims are cut below 0.4 or raised above 1.25, and the reader is told of the limit."""
    failures = [Case(f"f{i}", 1000, success=False) for i in range(50)]
    miracles = [Case(f"m{i}", 100, True, 1_000, 5_000) for i in range(50)]
    assert (calibrate(failures).product.value, calibrate(failures).product.note) == (
        Decimal("0.4"),
        "limited",
    )
    assert calibrate(miracles).product.value == Decimal("1.25")
    (level,) = level_values(
        [(0, 0), (1000, 1000)], present_value([(0, 1_000)], TEN_PERCENT), 0, Factors(Decimal(3), Decimal(3))
    )
    assert level.value_minor == 1_250


def test_a_company_without_history_claims_as_stated() -> None:
    """Nothing closed yet: both factors are 1; what was never confirmed says nothing about values."""
    assert company_factors(()) == (Fraction(1), Fraction(1))
    unconfirmed = [Case("x", 500, success=True, claimed_minor=1_000)]
    assert company_factors(unconfirmed)[1] == 1


cases_of_anybody = st.lists(
    st.builds(
        Case,
        st.just("x"),
        st.integers(0, 1000),
        st.booleans(),
        st.integers(0, 10**9),
        st.one_of(st.none(), st.integers(-(10**9), 10**9)),
    ),
    max_size=15,
)


@given(cases_of_anybody)
def test_any_history_gives_a_usable_factor(cases: list[Case]) -> None:
    """However a history looks, the product lies within its limits and the score within 0 and 1."""
    found = calibrate(cases).product.value
    assert found is not None
    assert Decimal("0.4") <= found <= Decimal("1.25")
    score = brier(cases).score.value
    assert score is None or 0 <= score <= 1


def test_one_more_success_never_lowers_the_factor() -> None:
    """The record of K with its first failure turned into a success is the better record."""
    better = [*K[:1], replace(K[1], success=True), *K[2:]]
    assert (calibrate(better).probability.value or 0) > (calibrate(K).probability.value or 0)


def test_adbudg_goes_through_its_points() -> None:
    """p0 .10, half .25, full .45, ceiling .60: D 0.4286, g 2.445 as worked by hand."""
    curve = adbudg(100, 250, 450, 600)
    assert (round(curve.spread, 4), round(curve.bend, 3)) == (0.4286, 2.445)
    assert [curve.chance(f) for f in (0, 500, 1000)] == [100, 250, 450]
    levels = response(Shape.ADBUDG, [(0, 100), (500, 250), (1000, 450)], 600)
    assert [f for f, _ in levels] == [0, 250, 500, 750, 1000]
    assert all(low <= high for (_, low), (_, high) in pairwise(levels))
    with pytest.raises(ValueError, match="rise strictly"):
        adbudg(100, 100, 450, 600)


def test_linear_answers_every_quarter() -> None:
    """From 20 % to 50 %: 27.5, 35 and 42.5 % between; a stated point off the grid stays."""
    assert response(Shape.LINEAR, [(1000, 500), (0, 200)]) == (
        *((0, 200), (250, 275), (500, 350)),
        *((750, 425), (1000, 500)),
    )
    assert (600, 300) in response(Shape.LINEAR, [(0, 0), (600, 300), (1000, 400)])


def test_steps_offer_what_was_stated_only() -> None:
    """And a curve that says nothing of none or all of the hours is no curve."""
    assert response(Shape.STEPS, [(1000, 500), (0, 200)]) == ((0, 200), (1000, 500))
    with pytest.raises(ValueError, match="none and with all"):
        response(Shape.STEPS, [(500, 100), (1000, 500)])
    with pytest.raises(ValueError, match="half"):
        response(Shape.ADBUDG, [(0, 100), (1000, 500)], 600)


def test_lifetime_value_of_the_textbook() -> None:
    """Kept with .8 at 10 %: 2.67 yearly contributions without end, 2.12 within five years."""
    endless = lifetime_value(Decimal(300), Decimal("0.8"), TEN_PERCENT, None)
    assert endless.value == 800
    five = lifetime_value(Decimal(300), Decimal("0.8"), TEN_PERCENT)
    # 800 x (1 - (0.8 / 1.1)^5) = 800 x (1 - 0.203462...)
    assert round(Decimal(five.value or 0), 2) == Decimal("637.23")
    assert lifetime_value(None, Decimal("0.8"), TEN_PERCENT).value is None
    assert lifetime_value(Decimal(300), None, TEN_PERCENT).note == "input_unknown"
    with pytest.raises(ValueError, match="no end"):
        lifetime_value(Decimal(1), Decimal(1), Decimal(0), None)
    with pytest.raises(ValueError, match="between 0 and 1"):
        lifetime_value(Decimal(1), Decimal(2), TEN_PERCENT)


@given(st.integers(-(10**9), 10**9), st.integers(0, 1000), st.integers(0, 1000), st.integers(2, 50))
def test_doubling_money_doubles_the_worth(amount: int, p0: int, p1: int, factor: int) -> None:
    """The worth of a level has no currency: all money times n is the worth times n, before rounding."""
    values = [
        level_values([(0, p0), (1000, p1)], present_value([(9, amount * n)], TEN_PERCENT))[0].expected
        for n in (1, factor)
    ]
    assert abs(values[1] - values[0] * factor) < Decimal("1e-12")
