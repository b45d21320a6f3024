"""Editing, withdrawing and returning: versions, lines that a plan knows, what becomes void."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories import World, edit, events, planned, refused, submit
from sqlalchemy import delete, select

from planner.records import (
    Proposal,
    ProposalState,
    Publication,
    PublishedHours,
    RequestLine,
    RequestStatus,
    ResourceRequest,
    Role,
    User,
    UserRole,
)
from planner.services.filing import requests
from planner.services.filing.requests import LineValues


def test_a_request_cannot_be_moved_to_a_foreign_customer(world: World) -> None:
    """Both the old and the new customer must be one's own."""
    draft = world.draft()
    values = world.values("gamma")
    denied = refused(world, "nora", requests.edit_request, draft.id, draft.version, values)
    assert denied.code == "E_NOT_FOUND"


def test_a_head_in_sight_may_not_change_it(world: World) -> None:
    """A head who also keeps other customers sees the request through the department, and no more."""
    line = LineValues("law", 16, specialist_code="leo", preference="prefer")
    request = world.submitted(lines=(line,))
    with world.database.writing() as session:
        lena = session.get_one(User, world.ids["lena"])
        lena.role_rows.append(UserRole(role=Role.KAM))
    denied = refused(world, "lena", requests.withdraw_request, request.id, request.version)
    assert denied.code == "E_NOT_OWN"


def test_saving_what_is_there_changes_nothing(world: World) -> None:
    """The same content again raises no version and leaves no event, whatever version was sent."""
    draft = world.draft()
    again = edit(world, draft)
    assert again.version == draft.version
    assert len(events(world)) == 1


def test_an_edit_keeps_untouched_lines_and_raises_the_version(any_world: World) -> None:
    """Two of three lines stay the rows they were, the changed one is replaced; curve and money follow."""
    lines = [LineValues("architecture", hours) for hours in (8, 12, 16)]
    draft = any_world.draft(lines=tuple(lines))
    before = {row.quarter_hours: row.id for row in draft.lines}
    changed = edit(
        any_world,
        draft,
        lines=(lines[2], replace(lines[0], quarter_hours=10), lines[1]),
        curve=((0, 100), (500, 300), (1000, 900)),
        benefits=((0, 5), (3, 7)),
        evidence=(("contract", "signed", "https://example.com"), ("market_data", "x", "")),
    )
    with any_world.database.reading() as session:
        stored = session.get_one(ResourceRequest, draft.id)
        assert [row.quarter_hours for row in stored.lines] == [16, 10, 12]
        assert [row.position for row in stored.lines] == [0, 1, 2]
        assert stored.lines[0].id == before[16]
        assert stored.lines[2].id == before[12]
        assert len(session.scalars(select(RequestLine)).all()) == 3
        values = requests.values_of(stored)
    assert values.curve == ((0, 100), (500, 300), (1000, 900))
    assert values.benefits == ((0, 5), (3, 7))
    assert [kind for kind, _, _ in values.evidence] == ["contract", "market_data"]
    assert changed.version > draft.version


def test_a_stale_version_tells_who_changed_what(any_world: World) -> None:
    """Nora opened version v, Sven saved since: Nora is told his name, the time and the two fields."""
    draft = any_world.draft()
    edit(any_world, draft, "sven", title="Better tender", curve=((0, 200), (1000, 600)))
    mine = any_world.values(title="Mine")
    denied = refused(any_world, "nora", requests.edit_request, draft.id, draft.version, mine)
    assert denied.code == "E_VERSION_STALE"
    assert "Sven" in str(denied.reason)
    assert denied.details["changed_by"] == "Sven"
    assert denied.details["fields"] == {
        "title": {"before": "Tender", "after": "Better tender"},
        "curve": {"before": [[0, 200], [1000, 500]], "after": [[0, 200], [1000, 600]]},
    }
    with any_world.database.reading() as session:
        assert session.get_one(ResourceRequest, draft.id).title == "Better tender"


def test_a_submitted_request_must_stay_complete(world: World) -> None:
    """Editing it may not take out what planning needs; nothing is stored then."""
    request = world.submitted()
    values = world.values(lines=(), title="Emptied")
    denied = refused(world, "nora", requests.edit_request, request.id, request.version, values)
    assert [p.where for p in denied.problems] == ["lines"]
    with world.database.reading() as session:
        stored = session.get_one(ResourceRequest, request.id)
        assert (stored.title, len(stored.lines)) == ("Tender", 1)


@pytest.mark.parametrize("status", [RequestStatus.PLANNED, RequestStatus.DECIDED])
def test_editing_after_planning_voids_what_was_proposed(any_world: World, status: RequestStatus) -> None:
    """Approve 8 h, then make it 80: the approval goes, the request is submitted anew at its old place."""
    request = any_world.submitted()
    proposal = planned(any_world, request, ProposalState.APPROVED)
    seen = any_world.force(request.id, status)
    changed = edit(any_world, seen, lines=(LineValues("architecture", 320),))
    assert (changed.status, changed.filing_order, changed.outcome) == ("submitted", 1, None)
    with any_world.database.reading() as session:
        assert session.get_one(Proposal, proposal.id).state == "superseded"
        # The plan still refers to the old line, so it is kept, out of the request.
        old = session.get_one(RequestLine, proposal.line_id)
        assert old.retired
        assert old.id not in {row.id for row in session.get_one(ResourceRequest, request.id).lines}
    assert [e.action for e in events(any_world)][-2:] == ["allocation.withdrawn", "request.edited"]


def test_withdrawing_needs_no_reason_and_is_final(any_world: World) -> None:
    """Open proposals go with it; a second withdrawal, an edit and a submission find it over."""
    request = any_world.submitted()
    proposal = planned(any_world, request, ProposalState.PROPOSED)
    nora = any_world.actor("nora")
    with any_world.database.writing() as session:
        gone = requests.withdraw_request(session, nora, request.id, request.version, " lost the bid ")
    assert gone.status == "withdrawn"
    assert events(any_world)[-1].reason == "lost the bid"
    with any_world.database.reading() as session:
        assert session.get_one(Proposal, proposal.id).state == "superseded"
    last = (gone.id, gone.version)
    assert refused(any_world, "nora", requests.withdraw_request, *last).code == "E_STATE"
    assert refused(any_world, "nora", requests.submit_request, *last).code == "E_STATE"
    other = any_world.values(title="x")
    assert refused(any_world, "nora", requests.edit_request, *last, other).code == "E_STATE"


def test_returning_says_why_and_submitting_clears_it(world: World) -> None:
    """The planner gives it back with a reason; once corrected it keeps its place in the order."""
    first, second = world.submitted(title="First"), world.submitted(title="Second")
    denied = refused(world, "petra", requests.return_request, first.id, first.version, " ")
    assert [p.code for p in denied.problems] == ["E_TEXT_BLANK"]
    with world.database.writing() as session:
        back = requests.return_request(session, world.actor("petra"), first.id, first.version, "Which site?")
    assert (back.status, back.return_reason) == ("returned", "Which site?")
    again = submit(world, edit(world, back, title="First", need_statement="Site A."))
    assert (again.filing_order, again.return_reason, second.filing_order) == (1, "", 2)


def test_a_published_request_cannot_be_edited(world: World) -> None:
    """What was promised changes only by a new plan."""
    request = world.submitted()
    seen = world.force(request.id, RequestStatus.PUBLISHED)
    denied = refused(world, "nora", requests.edit_request, seen.id, seen.version, world.values(title="x"))
    assert denied.code == "E_STATE"
    assert denied.details["state"] == "published"


def test_published_hours_keep_their_line(world: World) -> None:
    """A line with published hours is retired, never deleted, when the request changes afterwards."""
    request = world.submitted()
    run_id = planned(world, request, ProposalState.PUBLISHED).run_id
    with world.database.writing() as session:
        publication = Publication(
            cycle_id=world.ids["cycle"],
            run_id=run_id,
            number=1,
            published_by_id=world.ids["lukas"],
            published_at=request.created_at,
            content="{}",
            content_hash="sha256:0",
        )
        session.add(publication)
        session.flush()
        session.execute(delete(Proposal))
        hours = {"specialist_id": world.ids["s:ann"], "week": "2027-W01", "quarter_hours": 8}
        line_id = request.lines[0].id
        session.add(
            PublishedHours(publication_id=publication.id, request_id=request.id, line_id=line_id, **hours)
        )
    edit(world, request, lines=(LineValues("law", 8),))
    with world.database.reading() as session:
        assert session.get_one(RequestLine, line_id).retired
        assert [row.skill.key for row in session.get_one(ResourceRequest, request.id).lines] == ["law"]
