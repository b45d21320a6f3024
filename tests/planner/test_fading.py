"""A worth that fades and a curve between stated points, from what is typed to what the engine receives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from factories import World, edit, refused
from judged import criterion, defined, rated
from translating import translated

from planner.services.filing import requests

E6: dict[str, Any] = {
    "benefits": ((6, 6_000_000), (18, 6_000_000)),
    "curve": ((0, 300), (1000, 550)),
    "avoidable_cost_minor": 100_000,
    "earliest_week": "2027-W01",
    "latest_week": "2027-W13",
}
"""Benefit 60,000 in months 6 and 18, chances .30 and .55, travel 1,000."""


def _levels(world: World, request_id: str) -> list[dict[str, Any]]:
    problem = json.loads(translated(world).text)
    (row,) = [r for r in problem["requests"] if r["id"] == request_id]
    found: list[dict[str, Any]] = row["levels"]
    return found


@pytest.mark.acceptance
def test_e6_reaches_the_engine_to_the_cent(world: World) -> None:
    """Neutral calibration, strategy 1.2 (70 of 100), 5 % a week after W04: two weeks later .90 is left.

    0.25 x 109,214.81 = 27,303.70; x 1.2 x 0.90 - 1,000 = 28,488.00; in time 31,764.44.
    """
    defined(world, criterion("reference"))
    rated(world, "alfa", "reference", 70)
    request = world.submitted(
        **E6, urgency="linear", urgency_week="2027-W04", urgency_pace=50, deadline_source="Letter of 3 March"
    )
    (level,) = _levels(world, request.id)
    fading = dict(map(tuple, level["value_by_end"]))
    assert level["value"] == fading[3] == 3_176_444
    assert fading[5] == 2_848_800
    assert next(iter(fading)) == 3
    assert fading[12] == round(27_303.70 * 1.2 * 0.55 * 100) - 100_000
    told = translated(world).inputs["requests"][request.id]
    assert told["urgency"] == {"kind": "linear", "week": "2027-W04", "pace": 50}
    assert dict(map(tuple, told["levels"][0]["value_by_end"])) == fading


def test_without_a_source_nothing_is_urgent(world: World) -> None:
    """Whoever says "now" without saying who set it has neither advantage nor harm."""
    request = world.submitted(**E6, urgency="linear", urgency_week="2027-W04", urgency_pace=50)
    (level,) = _levels(world, request.id)
    assert level["value_by_end"] == []
    assert translated(world).inputs["requests"][request.id]["urgency"]["kind"] == "none"


def test_a_half_life_halves(world: World) -> None:
    """Half of the value is left four weeks after W02."""
    request = world.submitted(
        urgency="half_life", urgency_week="2027-W02", urgency_pace=2, deadline_source="Tender, page 4"
    )
    (level,) = _levels(world, request.id)
    assert dict(map(tuple, level["value_by_end"])) == {1: 30_000, 2: 21_213, 3: 15_000}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("steps", {"1": 30_000}),
        ("linear", {"0.25": 7_500, "0.5": 15_000, "0.75": 22_500, "1": 30_000}),
    ],
)
def test_levels_between_stated_points(world: World, shape: str, expected: dict[str, int]) -> None:
    """Chances of 20 % and 50 % on 1,000.00; a straight line offers every quarter of the hours."""
    request = world.submitted(curve_shape=shape)
    assert {level["fraction"]: level["value"] for level in _levels(world, request.id)} == expected


def test_an_s_curve_through_four_chances(world: World) -> None:
    """.10, .25 at half, .45 in full, at most .60: the quarters between follow the curve."""
    request = world.submitted(curve=((0, 100), (500, 250), (1000, 450)), curve_shape="adbudg", curve_top=600)
    values = [level["value"] for level in _levels(world, request.id)]
    assert (values[1], values[3]) == (15_000, 35_000)
    # f^g with g 2.445 is 0.0337 at a quarter and 0.4949 at three: .1365 and .3679.
    assert (values[0], values[2]) == (3_600, 26_800)


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"urgency": "soon"}, "urgency", "E_CHOICE"),
        ({"urgency": "linear", "urgency_pace": 50}, "urgency_week", "E_REQUIRED"),
        ({"urgency": "linear", "urgency_week": "2027-W02"}, "urgency_pace", "E_REQUIRED"),
        (
            {"urgency": "linear", "urgency_week": "2027-W02", "urgency_pace": 0},
            "urgency_pace",
            "E_NUMBER_RANGE",
        ),
        ({"curve_shape": "adbudg", "curve_top": 600}, "curve_shape", "E_CURVE_SHAPE"),
        ({"curve_top": 1_001}, "curve_top", "E_PROBABILITY_RANGE"),
    ],
)
def test_what_cannot_be_meant_is_told(world: World, changes: dict[str, Any], where: str, code: str) -> None:
    """The field is named and nothing is stored."""
    denied = refused(world, "nora", requests.file_request, world.values(**changes))
    assert (where, code) in {(problem.where, problem.code) for problem in denied.problems}


def test_it_is_kept_with_the_request(world: World) -> None:
    """What was typed comes back, also after an edit."""
    request = world.draft(curve_shape="linear", urgency="half_life", urgency_week="2027-W02", urgency_pace=3)
    values = requests.values_of(request)
    assert (values.curve_shape, values.urgency, values.urgency_week, values.urgency_pace) == (
        *("linear", "half_life"),
        *("2027-W02", 3),
    )
    assert requests.values_of(edit(world, request)).urgency == "none"
