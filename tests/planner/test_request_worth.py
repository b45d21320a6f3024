"""Claimed and calibrated stand side by side, and nobody reads another's record through a request."""

from __future__ import annotations

from typing import Any

import pytest
from factories import World, refused
from judged import closed, criterion, defined, rated

from planner.records import ResourceRequest, Result
from planner.services.filing import request_worth
from planner.services.filing.request_worth import Attainable


def _told(world: World, who: str, request_id: str) -> dict[str, Any]:
    with world.database.reading() as session:
        return request_worth.view_request_worth(session, world.actor(who), request_id).told()


@pytest.mark.acceptance
def test_e10_both_figures_and_the_record_for_its_owner_only(world: World) -> None:
    """Nora's claim of 300.00 counts less after a lost one; Sven, her deputy, sees the values, not why."""
    defined(world, criterion("reference"))
    rated(world, "alfa", "reference", 70)
    closed(world, "nora", "alfa", 800, Result.LOST)
    request = world.submitted()
    own, deputy, leader = (_told(world, who, request.id) for who in ("nora", "sven", "lukas"))
    (level,) = own["levels"]
    # Company q (0 + 2) / (0.8 + 2), then hers (0 + 2 x 0.7143) / 2.8 = 0.5102; no value was tested.
    assert (level["claimed_minor"], level["expected_minor"]) == ("30000.000000", "15306.122449")
    assert (level["money_minor"], level["value_minor"]) == (15_306, 18_367)
    assert leader["factors"].keys() == own["factors"].keys() == {"strategy", "calibration"}
    assert deputy["factors"].keys() == {"strategy"}
    assert "probability_calibration" not in deputy["levels"][0]
    assert deputy["levels"][0]["value_minor"] == 18_367


def test_waiting_has_its_price_week_by_week(world: World) -> None:
    """The worth counts 300.00 and halves every two weeks after week 9: from 300.00 to 212.13, to 150.00 ...

    Without a source nothing fades and nothing is told.
    """
    urgent: dict[str, Any] = {"urgency": "half_life", "urgency_week": "2027-W09", "urgency_pace": 2}
    request = world.submitted(**urgent, deadline_source="The customer's letter", latest_week="2027-W12")
    told = _told(world, "nora", request.id)["delays"]
    assert [row["week"] for row in told] == ["2027-W09", "2027-W10", "2027-W11", "2027-W12"]
    # 30,000 x 0.5^(n/2): 30,000, 21,213.203436, 15,000, 10,606.601718, 7,500.
    assert [row["lost"]["value"] for row in told] == [
        *("8786.796564", "6213.203436", "4393.398282", "3106.601718")
    ]
    quiet = world.submitted(**urgent, latest_week="2027-W12")
    assert _told(world, "nora", quiet.id)["delays"] == []


def test_the_chance_with_what_was_granted(world: World) -> None:
    """20 % with nothing, 35 % with half, 50 % with all; a fraction that is no level says nothing."""
    row = world.submitted(curve=((0, 200), (500, 350), (1000, 500)))
    with world.database.reading() as session:
        request = session.get_one(ResourceRequest, row.id)
        found = {f: request_worth.attainable(request, f) for f in (0, 500, 1000, 250)}
    assert found == {
        0: Attainable(200, 500, 200),
        500: Attainable(350, 500, 200),
        1000: Attainable(500, 500, 200),
        250: None,
    }


def test_money_of_a_request_is_for_who_may_see_it(world: World) -> None:
    """Another KAM finds nothing, a head's role does not allow it; finance sees all but the record."""
    request = world.submitted()
    assert refused(world, "kai", request_worth.view_request_worth, request.id).code == "E_NOT_FOUND"
    assert refused(world, "hana", request_worth.view_request_worth, request.id).code == "E_FORBIDDEN"
    assert _told(world, "filip", request.id)["factors"].keys() == {"strategy"}


def test_a_draft_without_a_curve_has_no_value_yet(world: World) -> None:
    """Nothing is guessed."""
    request = world.draft(curve=((1000, 500),))
    assert _told(world, "nora", request.id)["levels"] == []
