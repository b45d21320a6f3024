"""A request filed again: the same asked of people, from now on, and nothing claimed that nobody said anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from factories import World, refused

from planner.records import RequestStatus, ResourceRequest, Specialist
from planner.services.filing import copies, requests
from planner.services.filing.request_values import LineValues, RequestValues

FULL: dict[str, Any] = {
    "title": "Second line",
    "deadline": date(2027, 1, 29),
    "deadline_source": "The tender",
    "offer_valid_until": date(2027, 1, 30),
    "need_statement": "Somebody who did the first.",
    "benefits": ((3, 5_000_00),),
    "avoidable_cost_minor": 700_00,
    "money_budget_minor": 900_00,
    "obligation": True,
    "contract_reference": "C-17",
    "lines": (
        LineValues(
            "architecture",
            16,
            min_level=3,
            specialist_code="ann",
            preference="prefer",
            outside_cost_minor=800_00,
            outside_source="Nordic Ltd",
        ),
        LineValues("law", 8),
    ),
    "urgency": "linear",
    "urgency_week": "2027-W03",
    "urgency_pace": 50,
}


def copied(world: World, request_id: str) -> RequestValues:
    """What the form would be filled with."""
    with world.database.reading() as session:
        return copies.copy_values(session, world.actor("nora"), request_id)


def test_what_is_asked_stays_and_what_was_claimed_goes(world: World) -> None:
    """Skills, hours, person, chances and words are those of the first; amounts and evidence are not."""
    first = world.draft(**FULL)
    with world.database.reading() as session:
        before = requests.values_of(session.get_one(ResourceRequest, first.id))
    told = copied(world, first.id)
    kept = ("account_id", "title", "purpose", "type", "need_statement", "curve", "curve_shape")
    assert {name: getattr(told, name) for name in kept} == {name: getattr(before, name) for name in kept}
    assert told.lines == (
        replace(before.lines[0], outside_cost_minor=None, outside_source=""),
        before.lines[1],
    )
    assert (told.benefits, told.evidence, told.avoidable_cost_minor, told.money_budget_minor) == (
        (),
        (),
        0,
        None,
    )
    assert (told.obligation, told.contract_reference, told.urgency) == (False, "", "none")
    assert (told.deadline, told.deadline_source, told.offer_valid_until, told.urgency_week) == (
        None,
        "",
        None,
        None,
    )


def test_weeks_that_passed_begin_now_and_keep_their_number(world: World) -> None:
    """2026-W40 to W43 is four weeks: they become 2027-W01 to W04. Weeks that are still ahead stay."""
    row = world.draft(earliest_week="2027-W05", latest_week="2027-W08")
    assert (copied(world, row.id).earliest_week, copied(world, row.id).latest_week) == (
        "2027-W05",
        "2027-W08",
    )
    with world.database.writing() as session:
        stored = session.get_one(ResourceRequest, row.id)
        stored.earliest_week, stored.latest_week = "2026-W40", "2026-W43"
        stored.status = RequestStatus.EXPIRED
    assert (copied(world, row.id).earliest_week, copied(world, row.id).latest_week) == (
        "2027-W01",
        "2027-W04",
    )


def test_it_is_a_draft_of_its_own_that_lacks_what_must_be_said_anew(world: World) -> None:
    """Ann left: nobody is named. The copy lacks value and evidence, the first stays as it was."""
    first = world.draft(**FULL)
    world.force(first.id, RequestStatus.CLOSED)
    with world.database.writing() as session:
        session.get_one(Specialist, world.ids["s:ann"]).active_to = date(2027, 1, 3)
    with world.database.writing() as session:
        again = copies.file_again(session, world.actor("nora"), first.id)
        assert again.id != first.id
        assert (again.status, again.filing_order) == (RequestStatus.DRAFT, None)
        missing = {problem.where for problem in requests.missing_to_submit(session, again)}
        assert [line.specialist for line in again.lines] == [None, None]
    assert missing == {"benefits", "evidence"}
    with world.database.reading() as session:
        assert session.get_one(ResourceRequest, first.id).status is RequestStatus.CLOSED


def test_only_who_keeps_the_customer_files_again(world: World) -> None:
    """Kai sees nothing of Alfa; leadership sees it and files nothing."""
    first = world.draft()
    assert refused(world, "kai", copies.file_again, first.id).code == "E_NOT_FOUND"
    assert refused(world, "lukas", copies.file_again, first.id).code == "E_FORBIDDEN"
