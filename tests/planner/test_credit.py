"""No order counts for more than the customer's credit leaves, and its working says so."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from factories import World
from hypothesis import given
from hypothesis import strategies as st
from judged import figures
from translating import translated

from planner.records import Account, Purpose
from planner.services.filing import request_worth
from planner.solving.weighing import Weighing
from planner.solving.worths import early_cash
from planner.worth import Factors, Figure, free_credit, level_values, present_value

TEN_PERCENT = Decimal("0.10")
STREAM = [(6, 6_000_000), (18, 6_000_000)]


def limited(world: World, limit: int | None, **owed: int) -> None:
    """Set Alfa's credit limit; `owed` is what it owes at the end of months such as m2026_12."""
    with world.database.writing() as session:
        session.get_one(Account, world.ids["alfa"]).credit_limit_minor = limit
    for month, amount in owed.items():
        figures(world, "alfa", month[1:].replace("_", "-"), 0, 0, ar_open=amount)


def counted(world: World, request_id: str) -> tuple[dict[str, Any], int]:
    """The working of the request's worth in the snapshot, and what the engine receives for its level."""
    told = translated(world)
    (row,) = [r for r in json.loads(told.text)["requests"] if r["id"] == request_id]
    return told.inputs["requests"][request_id], int(row["levels"][0]["value"])


def test_an_order_counts_for_what_the_customer_may_still_owe(world: World) -> None:
    """800.00 less 200.00 owed leaves 600.00 of the 1,000.00: 0.3 of it is 180.00, and all steps are kept."""
    limited(world, 80_000, m2026_11=70_000, m2026_12=20_000)
    inputs, value = counted(world, world.submitted().id)
    credit = inputs["present_value"]["credit"]
    assert value == 18_000
    assert (credit["before_minor"], credit["after_minor"]) == ("100000.000000", "60000.000000")
    assert (credit["limit"]["value"], credit["limit"]["formula"]) == (60_000, "{credit_limit} - {ar_open}")
    assert [(i["name"], i["value"]) for i in credit["limit"]["inputs"]] == [
        ("credit_limit", 80_000),
        ("ar_open", 20_000),
    ]
    assert inputs["present_value"]["total_minor"] == credit["after_minor"]


def test_without_a_limit_nothing_is_held_down(world: World) -> None:
    """Unknown is no cap and never zero; the snapshot is what it was."""
    limited(world, None, m2026_12=20_000)
    inputs, value = counted(world, world.submitted().id)
    assert value == 30_000
    assert "credit" not in inputs["present_value"]


def test_where_nobody_knows_what_is_owed_the_limit_stands(world: World) -> None:
    """700.00 of limit, receivables never told: 0.3 of 700.00, and the working says what is not known."""
    limited(world, 70_000)
    inputs, value = counted(world, world.submitted().id)
    assert value == 21_000
    assert inputs["present_value"]["credit"]["limit"]["note"] == "owed_unknown"


def test_who_owes_more_than_it_may_gets_no_further_credit(world: World) -> None:
    """900.00 owed of 800.00 leaves nothing: only the trip's cost is left of the worth."""
    limited(world, 80_000, m2026_12=90_000)
    inputs, value = counted(world, world.submitted(avoidable_cost_minor=500).id)
    assert value == -500
    assert inputs["present_value"]["credit"]["limit"]["note"] == "limited"


def test_business_that_is_kept_is_part_of_what_is_owed(world: World) -> None:
    """To retain 1,000.00 the whole limit of 800.00 is open: 0.3 of it."""
    limited(world, 80_000, m2026_12=20_000)
    inputs, value = counted(world, world.submitted(purpose="retain").id)
    assert value == 24_000
    assert inputs["present_value"]["credit"]["limit"]["note"] == "kept_business"


def test_what_branches_owe_counts_for_the_group(world: World) -> None:
    """Gamma belongs to Alfa: 200.00 and 100.00 are owed of Alfa's 800.00."""
    limited(world, 80_000, m2026_12=20_000)
    figures(world, "gamma", "2026-12", 0, 0, ar_open=10_000)
    with world.database.writing() as session:
        session.get_one(Account, world.ids["gamma"]).parent_id = world.ids["alfa"]
    assert counted(world, world.submitted().id)[1] == 15_000


def test_the_lifetime_of_a_customer_is_no_order(world: World) -> None:
    """What keeping a customer brings in years is not owed at once."""
    kept = present_value(STREAM, TEN_PERCENT)
    request = world.draft(purpose=Purpose.RETAIN.value, value_source="lifetime")
    weighing = Weighing(kept=kept, credit=free_credit(1, None, on_top=False))
    assert weighing.present(request, "0.10") is kept


@pytest.mark.acceptance
def test_e6_with_and_without_a_limit_to_the_cent() -> None:
    """A limit of 200,000 changes nothing of 20,231.36; one of 100,000 leaves 18,000 x 1.2 x 0.9 - 1,000."""
    factors = Factors(Decimal("0.9"), Decimal("0.8"), Decimal("1.2"), Decimal("0.90"))
    found = []
    for limit in (20_000_000, 10_000_000):
        present = present_value(STREAM, TEN_PERCENT).within(free_credit(limit, 0, on_top=True))
        (level,) = level_values([(0, 300), (1000, 550)], present, 100_000, factors)
        found.append((present.capped, level.value_minor))
    assert found == [(False, 2_023_136), (True, 1_844_000)]


@given(st.lists(st.integers(-(10**9), 10**9), max_size=4), st.integers(0, 10**9), st.integers(0, 10**9))
def test_an_order_never_counts_above_its_credit(amounts: list[int], limit: int, owed: int) -> None:
    """Whatever was stated, at most the free credit counts, and less than was stated only because of it."""
    stated = present_value(list(enumerate(amounts)), TEN_PERCENT)
    free = free_credit(limit, owed, on_top=True)
    held = stated.within(free)
    assert held.total <= max(0, limit - owed) or held.total == stated.total
    assert held.capped == (held.total < stated.total)
    assert held.stated == stated.total


def test_any_later_reader_can_recompute_a_held_value(world: World) -> None:
    """From the texts in the snapshot alone: terms, limit and what was owed give the engine's number."""
    limited(world, 9_000_000, m2026_12=1_234_567)
    request = world.submitted(benefits=((6, 6_000_000), (18, 6_000_000)))
    inputs, value = counted(world, request.id)
    stream, (level,) = inputs["present_value"], inputs["levels"]
    limit, owed = (each["value"] for each in stream["credit"]["limit"]["inputs"])
    again = present_value(
        [(t["month"], t["amount_minor"]) for t in stream["terms"]], Decimal(stream["yearly_rate"])
    ).within(Figure("free_credit", limit - owed))
    curve = [(0, level["base_probability"]), (level["fraction"], level["probability"])]
    assert level_values(curve, again)[0].value_minor == value == round(0.3 * (9_000_000 - 1_234_567))


def test_early_cash_shrinks_with_the_order(world: World) -> None:
    """Half of 1,000.00 comes at once; credit of 600.00 leaves 300.00 of that, at a chance of 0.3 more."""
    limited(world, 60_000, m2026_12=0)
    request = world.submitted(benefits=((0, 50_000), (12, 55_000)))
    inputs, value = counted(world, request.id)
    # 500.00 now and 550.00 in a year at 10 % are worth 1,000.00 today.
    assert value == 18_000
    assert early_cash(inputs, inputs["levels"][0]) == 9_000


def test_the_page_of_the_worth_shows_the_credit(world: World) -> None:
    """Outside a plan the same holds, with the credit as a figure that opens."""
    limited(world, 80_000, m2026_12=20_000)
    request = world.submitted()
    with world.database.reading() as session:
        found = request_worth.view_request_worth(session, world.actor("nora"), request.id)
        assert found.present is not None
        assert found.present.credit is not None
        assert (found.present.minor, round(found.present.stated)) == (60_000, 100_000)
        assert found.levels[0].value_minor == 18_000
        told = request_worth.credit_of(session, found.request)
    assert told is not None
    assert told.value == 60_000
