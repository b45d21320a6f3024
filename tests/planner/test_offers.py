"""Counter-offers: what a head may offer, how the account manager answers, what the next plan makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories import stable_id
from scenario import Quarrel
from sqlalchemy import select

from planner.database import Database
from planner.records import (
    CounterOffer,
    Decision,
    Leave,
    LeaveStatus,
    OfferState,
    Proposal,
    ProposalState,
    RequestStatus,
    ResourceRequest,
    Specialist,
    SpecialistSkill,
)
from planner.services.approving import decisions, offers
from planner.services.approving.offers import OfferedHours
from planner.services.staff import notifying
from planner.solving.engine import Engine
from planner.verdict import Denied, Refused

W1, W2 = "2027-W01", "2027-W02"


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7 over two weeks; R1 may also be done in the second, and Bea, away in the first, can do it too."""
    world = Quarrel(sqlite_database, engine, weeks=2)
    with world.database.writing() as session:
        session.get_one(ResourceRequest, stable_id("r1")).latest_week = W2
        ann = session.get_one(Specialist, stable_id("s:ann"))
        bea = Specialist(
            **{name: getattr(ann, name) for name in ("department_id", "country", "weekday_quarter_hours")},
            **{name: getattr(ann, name) for name in ("cost_rate_minor", "max_parallel", "active_from")},
            code="bea",
            display_name="Bea",
            min_chunk_quarter_hours=0,
            skills=[
                SpecialistSkill(skill_id=s.skill_id, level=3, attested_by="Eva", attested_on=s.attested_on)
                for s in ann.skills
            ],
        )
        bea.id = stable_id("s:bea")
        session.add(bea)
        session.add(
            Leave(
                specialist_id=bea.id,
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                status=LeaveStatus.APPROVED,
            )
        )
    return world


def _rows(*rows: tuple[str, str, int]) -> list[OfferedHours]:
    return [OfferedHours(stable_id(f"s:{who}"), week, hours) for who, week, hours in rows]


def _offer(
    world: Quarrel, proposal: Proposal, *rows: tuple[str, str, int], version: int | None = None
) -> CounterOffer:
    with world.database.writing() as session:
        return offers.make_offer(
            session, world.actor("eva"), proposal.id, version or proposal.version, _rows(*rows), "Bea can."
        )


def _refused(world: Quarrel, proposal: Proposal, *rows: tuple[str, str, int]) -> Denied:
    with pytest.raises(Refused) as refused:
        _offer(world, proposal, *rows)
    assert world.row(Proposal, proposal.id).state == ProposalState.PROPOSED
    return refused.value.denied


def _answer(world: Quarrel, offer: CounterOffer, who: str = "kim", **values: Any) -> CounterOffer:
    with world.database.writing() as session:
        return offers.accept_offer(session, world.actor(who), offer.id, offer.version, **values)


def _unread(world: Quarrel, who: str) -> list[str]:
    with world.database.reading() as session:
        return [n.kind for n in notifying.notices(session, world.actor(who), unread_only=True)]


def _other(proposal: Proposal) -> tuple[str, str]:
    """The person and week of the two-week world in which the proposal's hours are not."""
    (row,) = proposal.allocations
    taken = (row.specialist_id, row.week)
    for who, week in (("bea", W2), ("ann", W2), ("ann", W1)):
        if (stable_id(f"s:{who}"), week) != taken:
            return who, week
    raise AssertionError


def test_an_accepted_offer_is_what_the_next_plan_gives(world: Quarrel) -> None:
    """Eva offers another person or week for R1, Kim takes it: planned hour for hour, and approved already."""
    run = world.plan()
    r1 = world.proposal(run, "r1")
    who, week = _other(r1)
    offer = _offer(world, r1, (who, week, 96))
    assert world.row(Proposal, r1.id).state == ProposalState.COUNTERED
    assert _unread(world, "kim") == ["counter_offer"]
    assert _answer(world, offer).state == OfferState.ACCEPTED
    assert _unread(world, "eva") == ["counter_answer"]

    second = world.plan()
    again = world.proposal(second, "r1")
    assert [(a.specialist_id, a.week, a.quarter_hours) for a in again.allocations] == [
        (stable_id(f"s:{who}"), week, 96)
    ]
    assert again.state == ProposalState.APPROVED
    with world.database.reading() as session:
        decision = session.scalars(select(Decision).where(Decision.proposal_id == again.id)).one()
    assert (decision.decided_by_id, decision.text) == (stable_id("eva"), "Bea can.")


def test_fewer_hours_need_a_chance_of_success(world: Quarrel) -> None:
    """Half of R1's 24 h with a chance of 60 %: the curve gets the point, the plan grants that level."""
    run = world.plan()
    r1 = world.proposal(run, "r1")
    who, week = _other(r1)
    offer = _offer(world, r1, (who, week, 48))
    for chance in (None, 1001):
        with pytest.raises(Refused) as refused:
            _answer(world, offer, chance=chance)
        assert refused.value.denied.problems[0].code == "E_CHANCE"
    _answer(world, offer, chance=600)
    with world.database.reading() as session:
        curve = session.get_one(ResourceRequest, stable_id("r1")).curve
        assert [(p.fraction, p.probability) for p in curve] == [(0, 0), (500, 600), (1000, 1000)]
    again = world.proposal(world.plan(), "r1")
    assert [a.quarter_hours for a in again.allocations] == [48]
    assert again.state == ProposalState.APPROVED


def test_a_declined_offer_is_decided_anew(world: Quarrel) -> None:
    """The proposal waits again, Eva is told, and can approve what the plan proposes."""
    run = world.plan()
    r1 = world.proposal(run, "r1")
    offer = _offer(world, r1, (*_other(r1), 96))
    with world.database.writing() as session:
        offers.decline_offer(session, world.actor("kim"), offer.id, offer.version, "Too late for the fair.")
    waiting = world.row(Proposal, r1.id)
    assert waiting.state == ProposalState.PROPOSED
    assert _unread(world, "eva") == ["counter_answer"]
    # Head and deputy find it among what they decided; nobody of another department does.
    for who in ("eva", "dan"):
        with world.database.reading() as session:
            (told,) = offers.made_offers(session, world.actor(who))
        assert (told.title, told.state, told.answer) == ("R1", OfferState.DECLINED, "Too late for the fair.")
    world.add_legal()
    with world.database.reading() as session:
        assert offers.made_offers(session, world.actor("lou")) == ()
    with world.database.writing() as session:
        decisions.approve(session, world.actor("eva"), r1.id, waiting.version)
    assert world.row(Proposal, r1.id).state == ProposalState.APPROVED


def test_an_unanswered_offer_falls_with_its_plan(world: Quarrel) -> None:
    """A new plan comes before the answer: the offer is void and cannot be accepted any more."""
    run = world.plan()
    r1 = world.proposal(run, "r1")
    offer = _offer(world, r1, (*_other(r1), 96))
    assert world.row(ResourceRequest, stable_id("r1")).status == RequestStatus.PLANNED
    world.plan()
    assert world.row(CounterOffer, offer.id).state == OfferState.VOID
    with pytest.raises(Refused) as refused:
        _answer(world, world.row(CounterOffer, offer.id))
    assert refused.value.denied.code == "E_PLAN_SUPERSEDED"


def test_what_cannot_be_offered_says_why(world: Quarrel) -> None:
    """Nobody, a stranger, a week outside, more hours than asked, more than is free, the same again."""
    run = world.plan()
    r1 = world.proposal(run, "r1")
    same = [(a.specialist_id, a.week, a.quarter_hours) for a in r1.allocations]

    def codes(*rows: tuple[str, str, int]) -> set[str]:
        return {p.code for p in _refused(world, r1, *rows).problems}

    assert codes() == {"E_OFFER_EMPTY"}
    assert codes(("nobody", W1, 96)) == {"E_OFFER_PERSON"}
    assert codes(("ann", "2027-W09", 96)) == {"E_OFFER_WEEK"}
    assert codes(("ann", W1, 0)) == {"E_OFFER_HOURS"}
    assert codes(("ann", W2, 48), ("ann", W2, 48)) == {"E_OFFER_TWICE"}
    assert codes(("ann", W2, 104)) == {"E_OFFER_TOTAL"}
    assert codes(("ann", W2, 48), ("bea", W2, 48)) == {"E_OFFER_TEAM"}
    assert codes(("bea", W1, 96)) == {"E_OFFER_CAPACITY"}
    who = "ann" if same[0][0] == stable_id("s:ann") else "bea"
    assert codes((who, same[0][1], 96)) == {"E_OFFER_SAME"}


def test_only_the_own_account_manager_answers(world: Quarrel) -> None:
    """Lee of another customer sees no offer; a second click is the first; a stale answer is refused."""
    run = world.plan()
    r1 = world.proposal(run, "r1")
    rows = (*_other(r1), 96)
    offer = _offer(world, r1, rows)
    assert _offer(world, r1, rows).id == offer.id
    with world.database.reading() as session:
        assert offers.list_offers(session, world.actor("lee")) == ()
        assert [o.offered for o in offers.list_offers(session, world.actor("kim"))] == [96]
    with pytest.raises(Refused) as refused:
        _answer(world, offer, "lee")
    assert refused.value.denied.code == "E_NOT_FOUND"
    stale = world.row(CounterOffer, offer.id)
    stale.version += 5
    with pytest.raises(Refused) as refused:
        _answer(world, stale)
    assert refused.value.denied.code == "E_VERSION_STALE"
