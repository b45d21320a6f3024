"""What customers are worth: shares, scores, profit and cash, against E1, E2, E3 and by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.worth import (
    Axis,
    Criterion,
    Dependency,
    Figure,
    Flag,
    Month,
    Rates,
    Rating,
    Thresholds,
    capital_charge,
    cash_flow,
    days_sales_outstanding,
    economic_profit,
    exit_stress,
    money_flags,
    overdue_ratio,
    pareto,
    profit,
    reconciles,
    score,
    shares,
    stability,
    strategic_weight,
)

PROFITS = {"A": 72_000_000, "B": 11_000_000, "C": 10_000_000, "D": 7_000_000, "E": -5_000_000}
REVENUES = {"A": 240_000_000, "B": 90_000_000, "C": 70_000_000, "D": 50_000_000, "E": 150_000_000}
RATES = Rates(6_000, 8_000)
NO_SALES: dict[str, int | None] = {"gross_sales": 0, "kam_quarter_hours": 0, "specialist_quarter_hours": 0}

BEFORE = Month("2026-10", 0, ar_open=15_000_000, inventory=0, payables=0)
OCTOBER = Month(
    "2026-11",
    gross_sales=12_000_000,
    discounts=800_000,
    returns=200_000,
    cogs=7_000_000,
    logistics=400_000,
    support=300_000,
    programme_costs=120_000,
    kam_quarter_hours=160,
    specialist_quarter_hours=120,
    ar_open=19_000_000,
    inventory=500_000,
    payables=1_200_000,
)
"""The month of E3 in minor units; 40 and 30 hours are 160 and 120 quarter-hours."""


def places(figure: Figure, digits: int) -> str:
    """A known figure rounded for comparison with what was worked by hand."""
    assert figure.value is not None
    return str(round(Decimal(figure.value), digits))


@pytest.mark.acceptance
def test_e1_shares_of_profit_and_strict_classes() -> None:
    """Of 1,000 of positive profit A holds 72 %, C exactly 10 %, which is not above 10 %; E holds nothing."""
    shared = shares(PROFITS)
    assert {k: places(shared.share(k), 2) for k in PROFITS} == {
        "A": "0.72",
        "B": "0.11",
        "C": "0.10",
        "D": "0.07",
        "E": "0.00",
    }
    classes = {k: shared.dependency(k, Thresholds()) for k in PROFITS}
    assert classes == {
        "A": Dependency.MONO_WARNING,
        "B": Dependency.KEY,
        "C": Dependency.ORDINARY,
        "D": Dependency.ORDINARY,
        "E": Dependency.ORDINARY,
    }
    assert places(shared.concentration(), 4) == "0.5454"


@pytest.mark.acceptance
def test_e1_the_revenue_trap() -> None:
    """By revenue C and E are key, E even critical; by profit neither is, and E buys turnover at a loss."""
    by_profit, by_revenue = shares(PROFITS), shares(REVENUES)
    assert {k: places(by_revenue.share(k), 4) for k in REVENUES} == {
        "A": "0.4000",
        "B": "0.1500",
        "C": "0.1167",
        "D": "0.0833",
        "E": "0.2500",
    }
    limits = Thresholds()
    flags = {
        k: money_flags(
            PROFITS[k], None, REVENUES[k], by_revenue.dependency(k, limits), by_profit.dependency(k, limits)
        )
        for k in PROFITS
    }
    assert flags == {
        "A": (),
        "B": (),
        "C": (Flag.REVENUE_NOT_PROFIT,),
        "D": (),
        "E": (Flag.TURNOVER_AT_A_LOSS, Flag.REVENUE_NOT_PROFIT),
    }


@pytest.mark.parametrize(("limit", "expected"), [(100, "ordinary"), (99, "key")])
def test_a_share_must_exceed_its_threshold(limit: int, expected: str) -> None:
    """A tenth is not above a tenth, but above 9.9 %."""
    assert shares({"a": 1, "b": 9}).dependency("a", Thresholds(key=limit)) == expected


def test_an_absolute_sum_makes_key_whatever_the_share() -> None:
    """1 of 100 is 1 %; above a threshold of 0 in money it is key all the same, and exactly on it not."""
    shared = shares({"small": 1, "large": 99})
    assert shared.dependency("small", Thresholds(absolute_minor=0)) is Dependency.KEY
    assert shared.dependency("small", Thresholds(absolute_minor=1)) is Dependency.ORDINARY


def test_without_any_profit_there_are_no_shares() -> None:
    """Losses only: nothing to share, so nobody is key and the reason is told; an unknown one is no zero."""
    shared = shares({"a": -5, "b": 0, "c": None})
    assert shared.share("a").value is None
    assert shared.share("a").note == "no_positive_basis"
    assert shared.share("c").note == "no_figures"
    assert shared.dependency("a", Thresholds()) is None
    assert shared.unknown == ("c",)


amounts = st.integers(-(10**12), 10**12)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), amounts, min_size=1, max_size=12))
def test_shares_sum_to_one(basis: dict[str, int]) -> None:
    """All shares together are exactly 1 as soon as anybody earns anything, and each lies within 0 and 1."""
    parts = shares(basis).parts
    if any(value > 0 for value in basis.values()):
        assert sum(parts.values(), Fraction(0)) == 1
        assert all(0 <= part <= 1 for part in parts.values())
    else:
        assert parts == {}


@given(st.dictionaries(st.sampled_from("abcdef"), amounts, min_size=1), st.integers(2, 1000))
def test_doubling_all_money_leaves_shares(basis: dict[str, int], factor: int) -> None:
    """Shares have no currency."""
    assert shares({k: v * factor for k, v in basis.items()}).parts == shares(basis).parts


POTENTIAL = Criterion("potential", 30, 0, 1_000_000)
E2 = (
    POTENTIAL,
    Criterion("profit", 25, 0, 200_000),
    Criterion("stability", 10, 1_000, 5_000, strategic=True),
    Criterion("dso", 10, 30_000, 90_000, rising=False),
    Criterion("reference", 10, 1_000, 5_000, strategic=True),
    Criterion("coverage", 15, 0, 100_000, axis=Axis.RELATIONSHIP, strategic=True),
)
"""The criteria of E2 in thousandths; weights sum to 100."""

X = {
    "potential": Rating(600_000),
    "profit": Rating(50_000),
    "stability": Rating(4_000),
    "dso": Rating(45_000),
    "reference": Rating(5_000),
    "coverage": Rating(40_000),
}
Y = {
    "potential": Rating(1_200_000),
    "profit": Rating(-20_000),
    "stability": Rating(3_000),
    "dso": Rating(100_000),
    "reference": Rating(3_000),
}


@pytest.mark.acceptance
def test_e2_scores_with_an_unknown_criterion() -> None:
    """X is 55.25 of everything known; Y is 40 / 0.85 = 47.06, of 85 % known and so not provisional."""
    x, y = score("priority", E2, X), score("priority", E2, Y)
    assert (x.value, x.coverage.value, x.provisional) == (Decimal("55.25"), 1, False)
    assert [str(f.value) for f in x.figure.inputs] == ["60", "25", "75", "75", "100", "40"]
    assert (places(y.figure, 2), y.coverage.value, y.provisional) == ("47.06", Decimal("0.85"), False)
    assert y.figure.inputs[-1].value is None
    assert y.figure.inputs[-1].note == "not_rated"


@pytest.mark.acceptance
def test_e2_the_strategic_weight_knows_no_money() -> None:
    """X: 23.5 / 0.35 = 67.14 -> 1.1714. Y: only 0.20 of 0.35 is known, so its weight is not above 1."""

    def counts(criterion: Criterion) -> bool:
        return criterion.strategic

    x, y = (score("strategic_score", E2, ratings, counts) for ratings in (X, Y))
    assert (places(x.figure, 2), places(strategic_weight(x, 500), 4)) == ("67.14", "1.1714")
    assert (places(y.coverage, 3), y.provisional, y.value) == ("0.571", True, Decimal(50))
    assert strategic_weight(y, 500).value == 1
    praised = score("strategic_score", E2, {"stability": Rating(5_000)}, counts)
    assert praised.value == 100
    assert strategic_weight(praised, 500).value == 1


ratings_of_anybody = st.fixed_dictionaries(
    {c.key: st.one_of(st.none(), st.builds(Rating, st.integers(-(10**7), 10**7))) for c in E2}
)


@pytest.mark.acceptance
@given(st.lists(ratings_of_anybody, min_size=1, max_size=4))
def test_e2_no_rank_reversal(newcomers: list[dict[str, Rating | None]]) -> None:
    """Whoever joins, the scores of X and Y stay to the last digit, as anchors never follow the customers."""
    before = [score("priority", E2, ratings).value for ratings in (X, Y)]
    for known in newcomers:
        value = score("priority", E2, {k: r for k, r in known.items() if r}).value
        assert value is None or 0 <= value <= 100
    assert [score("priority", E2, ratings).value for ratings in (X, Y)] == before


@given(ratings_of_anybody, st.integers(0, 1000))
def test_strategy_moves_a_value_by_half_at_most(known: dict[str, Rating | None], kappa: int) -> None:
    """With kappa 0.5 the weight lies within 0.5 and 1.5, and knowing nothing changes nothing."""
    found = score("strategic_score", E2, {k: r for k, r in known.items() if r}, lambda c: c.strategic)
    weight = strategic_weight(found, min(kappa, 500)).value
    assert weight is not None
    assert Decimal("0.5") <= weight <= Decimal("1.5")
    if found.value is None:
        assert weight == 1


def test_a_blend_uses_the_part_that_is_known() -> None:
    """A quarter of the forecast: 0.75 x 400 + 0.25 x 800 = 500 of 1,000; without one the other stands."""
    blended = Criterion("potential", 1, 0, 1_000_000, blend=250)
    values = [
        score("priority", [blended], {"potential": rating}).value
        for rating in (Rating(400_000, 800_000), Rating(400_000, None), Rating(None, 800_000), Rating())
    ]
    assert values == [50, 40, 80, None]


def test_leaderships_factor_multiplies_the_weight() -> None:
    """1.1714 x 1.5 = 1.7571."""
    x = score("strategic_score", E2, X, lambda criterion: criterion.strategic)
    assert places(strategic_weight(x, 500, 1500), 4) == "1.7571"


@pytest.mark.acceptance
def test_e3_profit_positive_cash_negative() -> None:
    """NR 110,000, GM 40,000, CTS 13,000, CP 27,000, CF -6,000, charge 1,700, left 25,300, DSO 51.8 days."""
    month = profit(OCTOBER, RATES)
    assert [f.minor for f in (month.net_revenue, month.gross_margin, month.cost_to_serve)] == [
        *(11_000_000, 4_000_000),
        1_300_000,
    ]
    assert month.contribution.minor == 2_700_000
    assert places(month.part_of_revenue(month.gross_margin), 4) == "0.3636"
    assert places(month.part_of_revenue(month.contribution), 4) == "0.2455"
    flow = cash_flow(OCTOBER, BEFORE, month.contribution)
    assert flow.minor == -600_000
    charge = capital_charge(OCTOBER, BEFORE, Decimal("0.12"))
    assert (charge.minor, charge.inputs[0].minor) == (170_000, 17_000_000)
    assert economic_profit(month.contribution, charge).minor == 2_530_000
    assert places(days_sales_outstanding(OCTOBER.ar_open, Figure("net_of_quarter", 33_000_000)), 1) == "51.8"
    assert money_flags(month.contribution.value, flow.value, month.net_revenue.value, None, None) == (
        Flag.PROFIT_UP_CASH_DOWN,
    )


def test_every_figure_opens_to_its_inputs() -> None:
    """From cash flow down to the hours and their rate, in one tree that JSON can hold."""
    told = cash_flow(OCTOBER, BEFORE, profit(OCTOBER, RATES).contribution).working()
    contribution = told["inputs"][0]
    cost = contribution["inputs"][1]
    kam = next(f for f in cost["inputs"] if f["name"] == "kam_cost")
    assert kam["formula"] == "{kam_quarter_hours} * {hourly_rate}"
    assert [(f["name"], f["value"]) for f in kam["inputs"]] == [
        ("kam_quarter_hours", 160),
        ("hourly_rate", 6000),
    ]
    assert told["value"] == "-600000.000000"


def test_unknown_hours_leave_the_profit_unknown_and_the_margin_known() -> None:
    """What nobody recorded is not free."""
    month = profit(Month("2026-11", 1_000, cogs=400), RATES)
    assert month.gross_margin.value == 600
    assert month.contribution.value is None
    assert month.contribution.note == "input_unknown"


def test_nothing_sold_has_a_loss_and_no_margin() -> None:
    """Zero revenue: costs make a loss; a ratio to nothing and days of nothing are unknown, never infinite."""
    month = profit(Month("2026-11", 0, support=500, kam_quarter_hours=0, specialist_quarter_hours=0), RATES)
    assert month.contribution.value == -500
    assert month.part_of_revenue(month.contribution).value is None
    assert days_sales_outstanding(100, month.net_revenue).note == "nothing_sold"
    assert days_sales_outstanding(100, Figure("net_of_quarter", -5)).value is None
    assert overdue_ratio(0, 0).note == "nothing_open"
    assert overdue_ratio(200, 50).value == Decimal("0.25")


def test_missing_balances_leave_the_cash_unknown() -> None:
    """Without the month before, or without receivables, nobody knows the flow or the charge."""
    contribution = profit(OCTOBER, RATES).contribution
    assert cash_flow(OCTOBER, None, contribution).value is None
    blind = Month("2026-10", 0, inventory=0, payables=0)
    assert cash_flow(OCTOBER, blind, contribution).value is None
    assert capital_charge(OCTOBER, blind, Decimal("0.12")).note == "balance_unknown"


@pytest.mark.parametrize(
    ("receipts", "expected"), [(7_000_000, True), (6_930_000, True), (6_920_000, False), (None, None)]
)
def test_receipts_must_agree_within_one_percent(receipts: int | None, *, expected: bool | None) -> None:
    """110,000 less a rise of 40,000 is 70,000: 1 % off is fine, a little more is not, unknown is unknown."""
    month = Month("2026-11", 11_000_000, receipts=receipts, ar_open=19_000_000)
    assert reconciles(month, BEFORE, Figure("net_revenue", 11_000_000)) is expected


def test_stability_is_known_for_a_positive_mean_only() -> None:
    """2 and 4 spread 1 around 3: 1 - 1/3; equal months are fully steady; losses have no stability."""
    assert places(stability([Decimal(2), Decimal(4)]), 4) == "0.6667"
    assert stability([Decimal(5), Decimal(5)]).value == 1
    assert stability([Decimal(-1), Decimal(1)]).value is None
    assert stability([Decimal(5)]).value is None


def test_what_is_lost_when_a_customer_leaves() -> None:
    """Half a year: 60 of profit is 120 a year; cash 12 x 100/6 - 12 x 40/6 + 30 overdue = 150."""
    gone = exit_stress(Figure("contribution", 60), Figure("receipts", 100), Figure("payments", 40), 30, 6)
    assert gone.profit.value == 120
    assert gone.cash.value == 150
    blind = exit_stress(Figure("contribution", 60), Figure("receipts", None), Figure("payments", 40), 30, 6)
    assert blind.cash.value is None


def test_the_profit_curve_peaks_and_falls() -> None:
    """Of E1's 1,000 the first customer brings 72 %, four bring all, and the fifth takes 5 % away again."""
    curve = pareto(PROFITS)
    assert [step.key for step in curve] == ["A", "B", "C", "D", "E"]
    assert [round(step.cumulative, 2) for step in curve] == [
        *(Decimal("0.72"), Decimal("0.83"), Decimal("0.93")),
        *(Decimal("1.00"), Decimal("0.95")),
    ]
    assert pareto({"a": -1}) == ()


@given(st.dictionaries(st.sampled_from("abcdefgh"), amounts, min_size=1))
def test_the_profit_curve_never_rises_faster_later(basis: dict[str, int]) -> None:
    """Customers stand by falling profit, so each step is at most as high as the one before."""
    curve = pareto(basis)
    assert all(left.value >= right.value for left, right in pairwise(curve))
