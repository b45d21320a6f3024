"""The referee: no plan passes that breaks a rule or is worth something else than claimed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rule_world import line, person, plan, request, world

from solver.referee import RefereeError, check, measure, rank, violations

PROBLEM = world((person(),), (request(),), (line(),))
GOOD = plan({"r": 0}, ("r.1", "ann", 0, 8))


def test_a_good_plan_passes_with_its_measures() -> None:
    """No violations, and the claim is what is measured."""
    assert violations(PROBLEM, GOOD) == []
    assert check(PROBLEM, GOOD, measure(PROBLEM, GOOD)) == measure(PROBLEM, GOOD)


def test_a_plan_that_breaks_a_rule_is_refused_with_rule_and_place() -> None:
    """Eleven hours in a week of ten, for a line of eight: both faults are told."""
    with pytest.raises(RefereeError) as refused:
        check(PROBLEM, plan({"r": 0}, ("r.1", "ann", 0, 11)))
    assert [text.split(" ", 1)[0] for text in refused.value.found] == ["level", "capacity"]
    assert "11" in str(refused.value)


@pytest.mark.parametrize(
    "claim",
    [
        {"value": 101},
        {"churn": 1},
        {"handovers": 1},
        {"tie": 0},
        {"second": 1},
        {"floor_share": 999},
        {"floor_shortfall": 1},
        {"broken_obligations": ("r",)},
    ],
)
def test_a_wrong_claim_is_refused_with_both_sides(claim: dict[str, object]) -> None:
    """Tolerance 0: one unit more is a disagreement."""
    claimed = replace(measure(PROBLEM, GOOD), **claim)  # type: ignore[arg-type]  # - one claim at a time
    with pytest.raises(RefereeError) as refused:
        check(PROBLEM, GOOD, claimed)
    (told,) = refused.value.found
    (name,) = claim
    assert told.startswith(
        f"{name} is {getattr(measure(PROBLEM, GOOD), name)!r}, claimed was {claim[name]!r}"
    )


def test_rank_orders_by_the_five_stages() -> None:
    """Each plan is better than the one before it, for the first thing that differs."""
    worst = replace(measure(PROBLEM, GOOD), broken_obligations=("r",), tie=9)
    kept = replace(worst, broken_obligations=(), floor_share=1)
    fairer = replace(kept, floor_share=2, floor_shortfall=9)
    nearer = replace(fairer, floor_shortfall=8, value=1)
    dearer = replace(nearer, value=2, handovers=9)
    steadier = replace(dearer, handovers=8, tie=0)
    earlier = replace(steadier, tie=1)
    ranks = [rank(measures) for measures in (worst, kept, fairer, nearer, dearer, steadier, earlier)]
    assert ranks == sorted(set(ranks))
