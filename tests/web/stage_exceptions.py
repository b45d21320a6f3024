"""On the stage: an override, a scenario, a trade-off, scarce weeks, two swaps, two soft bookings."""

from __future__ import annotations

from datetime import date
from typing import Any

from factories import World

from planner.records import Override, Scenario, SoftBooking, SwapOffer, SwapState
from planner.services.approving.soft_bookings import BookingValues, ask_booking
from planner.services.excepting import overrides
from planner.services.excepting.override_prices import Target, ask_price
from planner.services.planning import scarcity, scenarios, trade_offs
from planner.services.planning.scenario_values import ScenarioValues
from planner.solving.worker import Worker

KINDS = (Override, Scenario, SwapOffer, SoftBooking)
"""What a client names the version of."""


def exceptions(
    world: World, worker: Worker, run_id: str, requests: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """The rows by kind; `requests` are Nora's and Kai's granted ones of the run."""
    lukas = world.actor("lukas")
    with world.database.writing() as session:
        price = ask_price(session, lukas, Target("refuse", request_id=requests["own"]))
        trade_offs.ask_trade_off(session, lukas, "floor")
        scarcity.ask_scarcity(session, lukas)
    while worker.step():
        pass
    with world.database.writing() as session:
        # Lukas can only be the second person when somebody else is the sponsor.
        override = overrides.sign(
            session, world.actor("lydia"), price.question_id, "A lesson.", date(2027, 2, 1)
        )
        scenario = scenarios.create(session, lukas, ScenarioValues("Less churn", churn_percent=50))
        scenarios.share(session, lukas, scenario.id, scenario.version)
        swaps = {
            side: _swap(world, run_id, who, requests[side])
            for side, who in (("own", "nora"), ("other", "kai"))
        }
        session.add_all(swaps.values())
        session.flush()
        kept = {side: swap.id for side, swap in swaps.items()}
    while worker.step():
        pass
    return {
        "price": {"own": price.question_id},
        "override": {"own": override.id},
        "scenario": {"own": scenario.id},
        "axis": {"own": "floor", "nothing": "beauty"},
        "skill": {"own": "architecture"},
        "scarce week": {"own": "2027-W09", "nothing": "1999-W01"},
        "point": {"own": 1, "nothing": 77},
        "swap": kept,
        "agreed": kept,
        "booking": {
            "own": _booked(world, "nora", "alfa", "ann"),
            "other": _booked(world, "kai", "gamma", "leo"),
        },
    }


def _booked(world: World, who: str, account: str, person: str) -> str:
    """Hours that somebody asked a head to hold; the id."""
    values = BookingValues(
        world.ids[account], person, "2027-W11", "2027-W11", 8, "An offer", date(2027, 2, 1)
    )
    with world.database.writing() as session:
        return ask_booking(session, world.actor(who), values).id


def _swap(world: World, run_id: str, who: str, request: str) -> SwapOffer:
    """An offer that somebody made to themselves, so that it is that side's alone."""
    return SwapOffer(
        run_id=run_id,
        request_id=request,
        level=0,
        yields_id=request,
        from_id=world.ids[who],
        to_id=world.ids[who],
        state=SwapState.OFFERED,
    )
