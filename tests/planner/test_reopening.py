"""An answer can be taken back: a slip costs nobody hours, and what contradicts each other can be released."""

from __future__ import annotations

from datetime import date

import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select
from test_swaps import agree, opened, planned_with_ways

from planner.database import Database
from planner.records import (
    CounterOffer,
    Leave,
    LeaveStatus,
    Notification,
    OfferState,
    PersonWeek,
    Proposal,
    ProposalState,
    RejectionReason,
    RequestStatus,
    ResourceRequest,
    SwapOffer,
    SwapState,
)
from planner.services.approving import decisions, offers
from planner.services.approving.offers import OfferedHours
from planner.services.approving.reopening import reopen
from planner.services.excepting import releasing
from planner.services.planning import runs
from planner.services.planning.conflicts import Source
from planner.solving.demand import line_digest
from planner.solving.engine import Engine
from planner.verdict import Denied, Kind, Refused


def _answer(world: Quarrel, name: str, reason: RejectionReason | None = None) -> Proposal:
    """Eva approves, or rejects for a reason; the proposal as it is then."""
    part = world.proposal(world.first, name)
    with world.database.writing() as session:
        if reason is None:
            decisions.approve(session, world.actor("eva"), part.id, part.version)
        else:
            decisions.reject(
                session, world.actor("eva"), part.id, part.version, reason, "Wrong customer named."
            )
    answered: Proposal = world.row(Proposal, part.id)
    return answered


def _reopen(world: Quarrel, who: str, part: Proposal, version: int | None = None) -> None:
    with world.database.writing() as session:
        reopen(session, world.actor(who), part.id, version or part.version)


def _refused(world: Quarrel, who: str, part: Proposal, version: int | None = None) -> Denied:
    """Why taking back is refused; nothing may be stored."""
    before = world.events()
    with pytest.raises(Refused) as refused:
        _reopen(world, who, part, version)
    assert world.events() == before
    return refused.value.denied


def _booked(world: Quarrel) -> int:
    with world.database.reading() as session:
        return sum(row.total for row in session.scalars(select(PersonWeek)))


def test_an_approval_taken_back_frees_its_hours_and_waits_again(planned: Quarrel) -> None:
    """R1's 24 h = 96 quarters are booked, then free; the decided request is open and Kim is told."""
    part = _answer(planned, "r1")
    assert _booked(planned) == 96
    assert planned.row(ResourceRequest, part.request_id).status == RequestStatus.DECIDED
    _reopen(planned, "eva", part)
    assert _booked(planned) == 0
    assert planned.row(Proposal, part.id).state == ProposalState.PROPOSED
    assert planned.row(ResourceRequest, part.request_id).status == RequestStatus.PLANNED
    with planned.database.reading() as session:
        told = session.scalars(select(Notification).where(Notification.kind == "reopened")).all()
    assert {row.user_id for row in told} == {stable_id("kim")}


def test_a_rejection_taken_back_forbids_nothing_any_more(planned: Quarrel) -> None:
    """With R1 refused the next plan has R2 + R3 = 68 k; taken back it is R1 + R3 = 78 k again."""
    part = _answer(planned, "r1", RejectionReason.OVERLOAD)
    _reopen(planned, "eva", part)
    assert planned.plan().value_minor == 78 * K


def test_taking_back_needs_the_right_head_version_and_state(planned: Quarrel) -> None:
    """A stale version, somebody else's department, and an answer that was not given are refused."""
    part = _answer(planned, "r1")
    assert _refused(planned, "eva", part, part.version - 1).code == "E_VERSION_STALE"
    assert _refused(planned, "kim", part).kind is Kind.FORBIDDEN
    _reopen(planned, "eva", part)
    assert _refused(planned, "eva", planned.row(Proposal, part.id)).code == "E_STATE"


def test_what_went_back_to_its_manager_stays_there(planned: Quarrel) -> None:
    """A rejection for an error returned the request; nothing is to decide until it comes back."""
    part = _answer(planned, "r1", RejectionReason.DATA_ERROR)
    assert _refused(planned, "eva", part).code == "E_RETURNED"


def test_an_offer_is_taken_back_until_it_is_accepted(planned: Quarrel) -> None:
    """Eva's offer falls when she takes it back; once Kim accepted, Kim must give it up first."""
    part = planned.proposal(planned.first, "r1")
    with planned.database.reading() as session:
        rows = [
            OfferedHours(a.specialist_id, a.week, a.quarter_hours)
            for a in session.get_one(Proposal, part.id).allocations
        ]
    fewer = [*rows[:-1], OfferedHours(rows[-1].specialist_id, rows[-1].week, rows[-1].quarter_hours - 4)]
    with planned.database.writing() as session:
        offers.make_offer(session, planned.actor("eva"), part.id, part.version, fewer)
    _reopen(planned, "eva", planned.row(Proposal, part.id))
    again = planned.row(Proposal, part.id)
    with planned.database.writing() as session:
        made = offers.make_offer(session, planned.actor("eva"), again.id, again.version, fewer)
        kept, version = made.id, made.version
    with planned.database.writing() as session:
        offers.accept_offer(session, planned.actor("kim"), kept, version, 900)
    assert _refused(planned, "eva", planned.row(Proposal, part.id)).code == "E_OFFER_ACCEPTED"
    with planned.database.reading() as session:
        states = sorted(offer.state for offer in session.scalars(select(CounterOffer)))
    assert states == [OfferState.ACCEPTED, OfferState.VOID]


def test_a_failed_run_names_whom_to_ask(planned: Quarrel) -> None:
    """R1 is approved and then cannot stand: the run names Eva's approval, and taken back it is gone."""
    part = _answer(planned, "r1")
    with planned.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r1"))
        request.lines[0].weekly_min = 100
        session.flush()
        session.get_one(Proposal, part.id).line_digest = line_digest(request, request.lines[0])
    failed = planned.plan()
    with planned.database.reading() as session:
        causes = runs.run_view(session, planned.actor("lena"), failed.id).causes
    assert [(c.source, c.key, c.request_id) for c in causes] == [(Source.APPROVAL, part.id, stable_id("r1"))]
    assert causes[0].who[0].startswith("Eva")
    _reopen(planned, "eva", planned.row(Proposal, part.id))
    with planned.database.reading() as session:
        after = runs.run_view(session, planned.actor("lena"), failed.id).causes
    assert [c.source for c in after if c.source is Source.APPROVAL] == []


def test_an_agreed_swap_that_stands_in_the_way_is_named_and_released(
    sqlite_database: Database, engine: Engine
) -> None:
    """Lee's R2 of 20 h has R1's hours, then Ann is away three days: 16 h are left, too few for it.

    The run names the swap and both sides; leadership, not a stranger, releases it, and R3 of 16 h is planned.
    """
    world = planned_with_ways(opened(sqlite_database, engine))
    agree(world)
    with world.database.writing() as session:
        away = {"first_day": date(2027, 1, 4), "last_day": date(2027, 1, 6), "status": LeaveStatus.APPROVED}
        session.add(Leave(specialist_id=stable_id("s:ann"), **away))
    failed = world.plan()
    with world.database.reading() as session:
        view = runs.run_view(session, world.actor("lena"), failed.id)
    assert view.failure is not None
    assert view.failure["code"] == "E_LOCKS_CONFLICT"
    (swap,) = view.causes
    assert (swap.source, swap.who, swap.released) == (Source.SWAP, ("Lee", "Kim"), False)
    with pytest.raises(Refused), world.database.writing() as session:
        releasing.release(session, world.actor("max"), swap.key, swap.version)
    with world.database.writing() as session:
        releasing.release(session, world.actor("lena"), swap.key, swap.version)
    assert world.row(SwapOffer, swap.key).state == SwapState.WITHDRAWN
    with world.database.reading() as session:
        assert runs.run_view(session, world.actor("lena"), failed.id).causes[0].released
    # R3's 16 h worth 30 k fit beside Noa's R9 of the lawyer, worth 9 k.
    assert world.plan().value_minor == (30 + 9) * K
