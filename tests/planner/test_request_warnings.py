"""Warnings: a request that nobody could do is accepted, and said to be so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from factories import World

from planner.records import ResourceRequest
from planner.services import requests
from planner.services.requests import LineValues

GOOD = LineValues("architecture", 64, min_level=3)


def told(world: World, **changes: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Place, code and figures of the warnings of a submitted one-line request."""
    request = world.submitted(lines=(replace(GOOD, **changes),))
    with world.database.reading() as session:
        found = requests.warnings(session, session.get_one(ResourceRequest, request.id))
    return [(p.where, p.code, dict(p.reason.params)) for p in found]


def test_what_somebody_can_do_warns_of_nothing(world: World) -> None:
    """Ann has architecture and English at level 4 and meets customers."""
    assert told(world, min_level=4) == []
    assert told(world, language_key="english", language_level=4, customer_facing=True) == []


def test_what_nobody_can_do_is_said(world: World) -> None:
    """Welding: nobody at all. Architecture 5: the best is 4. With English 5: nobody who speaks so well."""
    place = "lines/0/skill_key"
    assert told(world, skill_key="welding") == [(place, "W_NO_SUPPLY", {})]
    assert told(world, min_level=5) == [(place, "W_NO_SUPPLY", {"level": 5, "best": 4})]
    assert told(world, language_key="english", language_level=5) == [(place, "W_NO_SUPPLY", {})]


def test_an_empty_draft_warns_of_nothing(world: World) -> None:
    """Without lines there is nobody to look for."""
    draft = world.draft(lines=())
    with world.database.reading() as session:
        assert requests.warnings(session, session.get_one(ResourceRequest, draft.id)) == ()
