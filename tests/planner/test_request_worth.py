"""Claimed and calibrated stand side by side, and nobody reads another's record through a request."""

from __future__ import annotations

from typing import Any

import pytest
from factories import World, refused
from judged import closed, criterion, defined, rated

from planner.records import Result
from planner.services.filing import request_worth


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
