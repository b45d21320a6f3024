"""Requests of one customer share its free credit: what an hour brings decides, and none counts twice."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from factories import World
from hypothesis import given
from hypothesis import strategies as st
from test_credit import counted, limited

from planner.records import RequestStatus, ResourceRequest
from planner.services.filing import request_worth
from planner.services.filing.requests import LineValues
from planner.worth import Figure, Order, shared_credit

FEW = (LineValues("architecture", 16, min_level=3),)
MANY = (LineValues("architecture", 64, min_level=3),)


def worth_of(world: World, request_id: str) -> int:
    """What the page of the worth says that it counts for, in minor units."""
    with world.database.reading() as session:
        found = request_worth.view_request_worth(session, world.actor("nora"), request_id)
    return found.levels[0].value_minor


def test_two_orders_share_one_credit(world: World) -> None:
    """1,200.00 are free, each would bring 1,000.00: the one of few hours counts whole, the other for 200.00.

    That is 0.3 of it, 300.00 and 60.00, in the plan as on the page; filing first changes nothing.
    """
    limited(world, 120_000, m2026_12=0)
    later = world.submitted(title="Many hours", lines=MANY)
    first = world.submitted(title="Few hours", lines=FEW)
    assert counted(world, first.id)[1] == worth_of(world, first.id) == 30_000
    inputs, value = counted(world, later.id)
    assert value == worth_of(world, later.id) == 6_000
    limit = inputs["present_value"]["credit"]["limit"]
    assert (limit["note"], limit["formula"]) == ("shared_credit", "{free_credit} - sum of {credit_taken}")
    whole, taken = limit["inputs"]
    assert (whole["value"], taken["value"], taken["subject"]) == (120_000, "100000.000000", first.id)
    with world.database.reading() as session:
        told = request_worth.credit_of(session, session.get_one(ResourceRequest, later.id))
    assert told is not None
    assert told.value == 20_000
    assert told.inputs[1].subject == "Few hours"


def test_of_equals_the_first_filed_uses_it(world: World) -> None:
    """Two of one kind: 900.00 are free, so the first counts for all of it and the second for nothing."""
    limited(world, 90_000, m2026_12=0)
    one, two = world.submitted(title="One"), world.submitted(title="Two")
    assert [counted(world, row.id)[1] for row in (one, two)] == [27_000, 0]
    draft = world.draft(title="Three")
    assert worth_of(world, draft.id) == 0
    assert [counted(world, row.id)[1] for row in (one, two)] == [27_000, 0], "a draft takes nothing"


def test_what_is_kept_and_what_comes_on_top_do_not_share(world: World) -> None:
    """800.00 of limit, 200.00 owed: 600.00 for new business, all of it for what is kept."""
    limited(world, 80_000, m2026_12=20_000)
    new, kept = world.submitted(title="New"), world.submitted(title="Kept", purpose="retain")
    assert [counted(world, row.id)[1] for row in (new, kept)] == [18_000, 24_000]


def test_what_is_withdrawn_or_over_takes_nothing(world: World) -> None:
    """The credit is free again for the other, in the next run and on its page."""
    limited(world, 100_000, m2026_12=0)
    first, other = world.submitted(lines=FEW), world.submitted(lines=MANY)
    assert counted(world, other.id)[1] == 0
    with world.database.writing() as session:
        session.get_one(ResourceRequest, first.id).latest_week = "2026-W52"
        session.get_one(ResourceRequest, first.id).earliest_week = "2026-W50"
    assert counted(world, other.id)[1] == 30_000
    world.force(first.id, RequestStatus.WITHDRAWN)
    assert worth_of(world, other.id) == 30_000


ORDERS = st.lists(
    st.builds(
        Order,
        key=st.uuids().map(str),
        stated=st.integers(1, 10**9).map(Decimal),
        gain=st.integers(0, 1000),
        quarter_hours=st.integers(1, 10_000),
        filed=st.integers(1, 100),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda order: order.key,
)


@given(ORDERS, st.integers(0, 10**9), st.randoms())
def test_no_credit_counts_twice_and_the_order_of_asking_is_nothing(
    orders: list[Order], free: int, random: Random
) -> None:
    """What all may count for together is at most the credit, and none is left while one could use more."""
    found = shared_credit(Figure("free_credit", free), orders)
    used = sum(min(order.stated, Decimal(found[order.key].value or 0)) for order in orders)
    assert used == min(Decimal(free), sum(order.stated for order in orders))
    random.shuffle(orders)
    assert shared_credit(Figure("free_credit", free), orders) == found
