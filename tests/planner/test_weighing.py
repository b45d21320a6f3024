"""What scales a request's claim in the plan: calibration and strategy, stored so that all can be redone."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from factories import World
from judged import closed, criterion, defined, rated
from translating import translated

from planner.records import Result, StrategicFactor
from planner.worth import Factors, level_values, present_value


def _level(world: World, request_id: str) -> tuple[dict[str, Any], int]:
    """What the snapshot says of the request, and what the engine receives for its only level."""
    told = translated(world)
    problem = json.loads(told.text)
    (row,) = [r for r in problem["requests"] if r["id"] == request_id]
    return told.inputs["requests"][request_id], int(row["levels"][0]["value"])


def test_without_ratings_and_history_nothing_is_scaled(world: World) -> None:
    """0.3 of 1,000.00 is 300.00; the snapshot says why each factor is 1."""
    request = world.submitted()
    inputs, value = _level(world, request.id)
    assert value == 30_000
    assert inputs["factors"]["strategy"]["note"] == "nothing_known"
    calibration = inputs["factors"]["calibration"]
    assert [part["note"] for part in calibration["inputs"]] == ["no_history", "no_history"]
    (level,) = inputs["levels"]
    assert (level["value_calibration"], level["probability_calibration"], level["strategy"]) == (
        "1",
        "1",
        "1",
    )


def _history(world: World) -> None:
    """Nora claimed 80 % twice and won once, worth half of what she said; Kai kept his word."""
    closed(world, "nora", "alfa", 800, realised_value_minor=50_000)
    closed(world, "nora", "alfa", 800, Result.LOST)
    closed(world, "kai", "gamma", 1000, realised_value_minor=100_000)


@pytest.mark.acceptance
def test_e10_claims_count_by_what_became_of_earlier_ones(world: World) -> None:
    """The company: q (2 + 2) / (2.6 + 2), c (2 x 0.75 + 5) / 7. Nora's own record lowers hers further."""
    _history(world)
    request, other = world.submitted(), world.submitted("kai", "gamma")
    inputs, value = _level(world, request.id)
    q_all, c_all = Decimal(4) / Decimal("4.6"), Decimal("6.5") / 7
    q = (1 + 2 * q_all) / (Decimal("1.6") + 2)
    c = (Decimal("0.5") + 5 * c_all) / 6
    assert value == round(30_000 * q * c)
    (level,) = inputs["levels"]
    assert (Decimal(level["claimed_minor"]), level["money_minor"]) == (Decimal(30_000), value)
    q_kai = (1 + 2 * q_all) / 3
    c_kai = (1 + 5 * c_all) / 6
    assert _level(world, other.id)[1] == round(30_000 * q_kai * c_kai)


def test_what_is_not_confirmed_or_not_of_the_last_quarters_says_nothing(world: World) -> None:
    """An open outcome, one of this quarter and one of three years ago leave the claim as it is."""
    from planner.records import ClosingState

    closed(world, "nora", "alfa", 900, Result.LOST, state=ClosingState.RECORDED, confirmed_by_id=None)
    closed(world, "nora", "alfa", 900, Result.LOST, ended_on=date(2027, 1, 2))
    closed(world, "nora", "alfa", 900, Result.LOST, ended_on=date(2024, 1, 2))
    closed(world, "nora", "alfa", 900, Result.CANCELLED)
    request = world.submitted()
    assert _level(world, request.id)[1] == 30_000


def test_strategy_scales_the_plan_and_not_the_money(world: World) -> None:
    """Rated 90 of 100, kappa 0.5: 1.4; the plan counts 420.00, the board sees 300.00 beside it."""
    defined(world, criterion("reference"))
    rated(world, "alfa", "reference", 90)
    request = world.submitted()
    inputs, value = _level(world, request.id)
    (level,) = inputs["levels"]
    assert (value, level["value_minor"], level["money_minor"]) == (42_000, 42_000, 30_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_on": date(2027, 1, 3)},
        {"needs_second": True},
        {"rated_on": date(2027, 1, 5)},
    ],
)
def test_a_rating_that_does_not_count_is_unknown(world: World, changes: dict[str, Any]) -> None:
    """Expired, not confirmed or not yet given: neutral, not zero."""
    defined(world, criterion("reference"))
    rated(world, "alfa", "reference", 90, **changes)
    request = world.submitted()
    inputs, value = _level(world, request.id)
    assert value == 30_000
    assert inputs["factors"]["strategy"]["note"] == "nothing_known"


def test_the_newest_rating_counts(world: World) -> None:
    """A correction replaces an earlier opinion: 50 of 100 is neutral."""
    defined(world, criterion("reference"))
    rated(world, "alfa", "reference", 90)
    rated(world, "alfa", "reference", 50, rated_on=date(2026, 12, 20))
    request = world.submitted()
    assert _level(world, request.id)[1] == 30_000


def test_leaderships_factor_needs_a_second_person(world: World) -> None:
    """A factor of 2 counts once approved and until it expires."""
    with world.database.writing() as session:
        for approved in (None, world.ids["lydia"]):
            session.add(
                StrategicFactor(
                    account_id=world.ids["alfa" if approved else "gamma"],
                    factor=2000,
                    reason="Opens the Nordic market.",
                    set_by_id=world.ids["lukas"],
                    approved_by_id=approved,
                    valid_from=date(2026, 12, 1),
                    expires_on=date(2027, 3, 1),
                )
            )
    request, other = world.submitted(), world.submitted("kai", "gamma")
    assert (_level(world, request.id)[1], _level(world, other.id)[1]) == (60_000, 30_000)


def test_words_weigh_nothing(world: World) -> None:
    """The same request with every strong word there is has the same value."""
    quiet = world.submitted()
    loud = world.submitted(title="URGENT, strategic!!!", need_statement="The CEO promised it. URGENT!!!")
    assert _level(world, quiet.id)[1] == _level(world, loud.id)[1]


def test_any_later_reader_can_recompute_a_value(world: World) -> None:
    """From the stored texts of the factors alone the engine's number comes out again."""
    _history(world)
    defined(world, criterion("reference"))
    rated(world, "alfa", "reference", 77)
    request = world.submitted(benefits=((6, 6_000_000), (18, 6_000_000)), avoidable_cost_minor=12_345)
    inputs, value = _level(world, request.id)
    (level,) = inputs["levels"]
    stream = inputs["present_value"]
    again = level_values(
        [(0, level["base_probability"]), (level["fraction"], level["probability"])],
        present_value(
            [(t["month"], t["amount_minor"]) for t in stream["terms"]], Decimal(stream["yearly_rate"])
        ),
        level["avoidable_cost_minor"],
        Factors(
            Decimal(level["value_calibration"]),
            Decimal(level["probability_calibration"]),
            Decimal(level["strategy"]),
            Decimal(level["urgency"]),
        ),
    )
    assert again[0].value_minor == value
    strategy = inputs["factors"]["strategy"]
    assert strategy["formula"] == "1 + {kappa} * (2 * {strategic_score} / 100 - 1)"
    assert strategy["inputs"][0]["inputs"][0]["subject"] == "reference"
