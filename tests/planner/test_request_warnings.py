"""Warnings: a request that nobody could do is accepted, and said to be so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from factories import World

from planner.records import Account, RequestStatus, ResourceRequest
from planner.services.filing import requests
from planner.services.filing.requests import LineValues

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


def _codes(world: World, request_id: str) -> list[tuple[str, str]]:
    with world.database.reading() as session:
        found = requests.warnings(session, session.get_one(ResourceRequest, request_id))
    return [(p.where, p.code) for p in found]


def test_a_tender_that_begins_late_is_said_to(world: World) -> None:
    """Buyers prepare one for nine months, 39 weeks; other work and tenders without a day have no lead."""
    # 2027-W01 begins on 4 January; 39 weeks later is 4 October.
    late = world.submitted(deadline=date(2027, 10, 3))
    assert _codes(world, late.id) == [("earliest_week", "W_TENDER_LATE")]
    assert _codes(world, world.submitted(deadline=date(2027, 10, 4)).id) == []
    assert _codes(world, world.submitted(deadline=date(2027, 10, 3), type="demo").id) == []
    world.force(late.id, RequestStatus.PUBLISHED)
    assert _codes(world, late.id) == []


def test_a_customer_said_to_stay_while_a_competitor_is_near(world: World) -> None:
    """Alfa is to be kept; without hours the chance is 85 %: too sure at a threat of 2 or 3, fine below."""
    sure = world.submitted(purpose="retain", curve=((0, 850), (1000, 950)))
    less = world.submitted(purpose="retain", curve=((0, 700), (1000, 950)))
    other = world.submitted(purpose="win", curve=((0, 850), (1000, 950)))
    place = [("curve", "W_THREAT")]
    for threat, told in ((None, ([], [])), (1, ([], [])), (2, (place, [])), (3, (place, place))):
        with world.database.writing() as session:
            account = session.get_one(Account, world.ids["alfa"])
            account.threat, account.threat_on = threat, date(2026, 12, 1)
        assert (_codes(world, sure.id), _codes(world, less.id)) == told
        assert _codes(world, other.id) == []


def test_amounts_above_the_credit_limit_are_said_to_be(world: World) -> None:
    """A customer cannot buy what it may not owe; without a limit, or at it, nothing is said."""
    request = world.submitted()
    limits = {None: [], 100_000: [], 99_999: [("benefits", "W_CREDIT_LIMIT")]}
    for limit, wanted in limits.items():
        with world.database.writing() as session:
            session.get_one(Account, world.ids["alfa"]).credit_limit_minor = limit
        assert _codes(world, request.id) == wanted


def test_an_empty_draft_warns_of_nothing(world: World) -> None:
    """Without lines there is nobody to look for."""
    draft = world.draft(lines=())
    with world.database.reading() as session:
        assert requests.warnings(session, session.get_one(ResourceRequest, draft.id)) == ()
