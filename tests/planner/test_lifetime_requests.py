"""A request that claims what keeping the customer is worth: when it may, what it counts for, what is kept.

Alfa brings 120,000.00 a year and its plan aims at keeping it with 0.8. At 10 % interest five years of that
are worth 120,000 x (x + x^2 + ... + x^5) with x = 0.8 / 1.1 = 8/11.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from factories import World, refused
from judged import year
from translating import translated

from planner.records import AccountPlan, PlanState, PlanTarget, RequestStatus, ResourceRequest, TargetKind
from planner.services.closing import outcomes
from planner.services.closing.outcomes import OutcomeValues
from planner.services.filing import requests
from planner.services.filing.request_values import problems_in

YEARLY = 12_000_000
LIFETIME = round(YEARLY * sum(Fraction(8, 11) ** n for n in range(1, 6)))
KEEP: dict[str, Any] = {
    "purpose": "retain",
    "value_source": "lifetime",
    "benefits": (),
    "curve": ((0, 500), (1000, 900)),
}


def plan(world: World) -> None:
    """A plan of Alfa in force that states the chance."""
    with world.database.writing() as session:
        session.add(
            AccountPlan(
                account_id=world.ids["alfa"],
                period="2027",
                revision=1,
                state=PlanState.SUBMITTED,
                author_id=world.ids["nora"],
                goals="Keep it.",
                targets=[PlanTarget(position=0, kind=TargetKind.RETENTION, chance=800)],
            )
        )


def test_the_lifetime_value_stands_for_the_benefits(world: World) -> None:
    """0.4 of the lifetime value is what the hours change; the snapshot holds its working down to inputs."""
    assert LIFETIME == 25_489_168
    year(world, "alfa", YEARLY)
    plan(world)
    request = world.submitted(**KEEP)
    told = translated(world)
    (row,) = json.loads(told.text)["requests"]
    assert int(row["levels"][0]["value"]) == round(Fraction(4, 10) * LIFETIME)
    present = told.inputs["requests"][request.id]["present_value"]
    assert [term["month"] for term in present["terms"]] == [12, 24, 36, 48, 60]
    assert present["terms"][0]["amount_minor"] == 9_600_000
    assert round(float(present["total_minor"])) == LIFETIME
    inputs = {each["name"]: each["value"] for each in present["lifetime"]["inputs"]}
    assert (inputs["yearly_contribution"], inputs["retention"], inputs["years"]) == (
        "12000000.000000",
        "0.800000",
        5,
    )


def test_amounts_stated_beside_it_are_left_aside(world: World) -> None:
    """They stay with the request for when somebody changes the source back."""
    year(world, "alfa", YEARLY)
    plan(world)
    request = world.submitted(**{**KEEP, "benefits": ((0, 1),)})
    (row,) = json.loads(translated(world).text)["requests"]
    assert int(row["levels"][0]["value"]) == round(Fraction(4, 10) * LIFETIME)
    assert [b.amount_minor for b in request.benefits] == [1]


def test_a_customer_to_be_won_has_no_lifetime_to_lose(world: World) -> None:
    """Win and grow state amounts."""
    for purpose, codes in (("win", ["E_LIFETIME_PURPOSE"]), ("grow", ["E_LIFETIME_PURPOSE"]), ("defend", [])):
        values = replace(world.values(**KEEP), purpose=purpose)
        assert [p.code for p in problems_in(values)] == codes


def test_what_is_not_known_cannot_be_submitted(world: World) -> None:
    """Without figures, without a plan that states the chance, or at a loss: told, and never counted as 0."""
    draft = world.draft(**KEEP)

    def told() -> list[str]:
        denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
        assert [(p.where, p.code) for p in denied.problems] == [("value_source", "E_LIFETIME_UNKNOWN")]
        return [str(p.reason) for p in denied.problems]

    assert told() == ["What the customer brings in a year is not known."]
    year(world, "alfa", YEARLY, YEARLY * 2)
    assert told() == ["No account plan in force states the chance of keeping this customer."]
    plan(world)
    assert told() == ["The customer brings no profit, so keeping it is worth nothing."]


def test_a_value_that_got_lost_leaves_the_request_out_of_the_plan(world: World) -> None:
    """The plan was replaced by one that states no chance: the request is incomplete, not worthless."""
    year(world, "alfa", YEARLY)
    plan(world)
    request = world.submitted(**KEEP)
    with world.database.writing() as session:
        for row in session.query(AccountPlan):
            row.targets.clear()
    told = translated(world)
    assert json.loads(told.text)["requests"] == []
    assert told.inputs["left_out"] == {request.id: "incomplete"}


def test_closing_tests_the_value_that_was_claimed(world: World) -> None:
    """Nothing was planned, so it is today's; a plan's own value is read from its snapshot."""
    year(world, "alfa", YEARLY)
    plan(world)
    request = world.submitted(**KEEP)
    world.force(request.id, RequestStatus.EXPIRED)
    with world.database.writing() as session:
        values = OutcomeValues("retained", 0, date(2027, 1, 2))
        row = outcomes.record_outcome(session, world.actor("nora"), request.id, values)
        assert (row.claimed_probability, row.claimed_value_minor) == (500, LIFETIME)
        assert session.get_one(ResourceRequest, request.id).status is RequestStatus.CLOSED
