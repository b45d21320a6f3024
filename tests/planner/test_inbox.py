"""What a head sees: the inbox, the consequence of a refusal before it is signed, the outbox."""

from __future__ import annotations

import pytest
from factories import stable_id
from scenario import WEEK, K, Quarrel
from sqlalchemy import select

from planner.actor import Actor
from planner.database import Database
from planner.records import (
    Decision,
    Proposal,
    ProposalState,
    Question,
    RejectionReason,
    RequestOutcome,
    Role,
    User,
    UserRole,
)
from planner.services.approving import decisions
from planner.services.approving.inbox import bands
from planner.solving.engine import Engine


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7, requests submitted."""
    return Quarrel(sqlite_database, engine)


def _approve(world: Quarrel, who: str, proposal: Proposal, version: int | None = None) -> Decision:
    with world.database.writing() as session:
        return decisions.approve(session, world.actor(who), proposal.id, version or proposal.version)


def test_the_inbox_shows_load_band_and_consequence(planned: Quarrel) -> None:
    """Ann's week: 40 h present and to lend, 40 h proposed; R1 in the top band, R3 below; no money at all."""
    run = planned.first
    _approve(planned, "eva", planned.proposal(run, "r3"))
    with planned.database.reading() as session:
        box = decisions.inbox(session, planned.actor("eva"))
    assert box.run is not None
    assert box.run.id == run.id
    items = {item.title: item for item in box.items}
    assert (items["R1"].value_band, items["R3"].value_band) == (5, 3)
    assert (items["R1"].state, items["R3"].state) == (ProposalState.PROPOSED, ProposalState.APPROVED)
    assert (items["R1"].account, items["R1"].kam, items["R1"].quarter_hours) == ("a-Kim", "Kim", 96)
    assert [(h.specialist, h.week, h.quarter_hours) for h in items["R1"].hours] == [("Ann", WEEK, 96)]
    week = box.load[0]
    assert (week.specialist, week.present, week.capacity, week.approved, week.proposed) == (
        *("Ann", 160, 160),
        *(64, 96),
    )
    # At once: between nothing and all of R1, 48 of 78 k = 615.4 per mille, rounded up.
    cost = items["R1"].consequence
    assert (cost.state, cost.low_share, cost.high_share, cost.exact) == ("queued", 0, 616, False)
    assert (cost.low_minor, cost.high_minor, cost.quarter_hours, cost.keeps) == (None, None, 96, None)


def test_the_consequence_becomes_exact(planned: Quarrel) -> None:
    """Refusing R1 costs 10 of 78 k: 128.2 per mille; R1 falls, and who gains is nobody Eva may see."""
    run = planned.first
    r1 = planned.proposal(run, "r1")
    eva = planned.actor("eva")
    with planned.database.writing() as session:
        assert decisions.ask_consequence(session, eva, r1.id).state == "queued"
    planned.answer_all()
    with planned.database.reading() as session:
        cost = decisions.consequence(session, eva, r1.id)
        of_lena = decisions.consequence(session, _head_and_leader(planned), r1.id)
    assert (cost.state, cost.low_share, cost.high_share, cost.exact) == ("done", 128, 129, True)
    assert (cost.low_minor, cost.breaks_obligation) == (None, False)
    assert [(c.title, c.before, c.after) for c in cost.loses] == [("R1", 0, -1)]
    assert cost.keeps is False
    assert (cost.gains, cost.others_gain) == ((), None)
    assert (of_lena.low_minor, of_lena.high_minor) == (10 * K, 10 * K)
    assert [c.title for c in of_lena.gains] == ["R2"]


def test_moving_others_for_nothing_is_not_told(planned: Quarrel) -> None:
    """A longer search that ends worse than the quick figure names no losers: others keep what they have."""
    r1, lena = planned.proposal(planned.first, "r1"), _head_and_leader(planned)
    planned.answer_all()
    with planned.database.writing() as session:
        long = session.scalars(
            select(Question).where(Question.proposal_id == r1.id, Question.quick.is_(False))
        ).one()
        long.low_minor, long.high_minor, long.exact = 0, 60 * K, False
        others = [{"request": stable_id("r3"), "before": 0, "after": -1}]
        long.answer = {**long.answer, "changes": others}
    with planned.database.reading() as session:
        cost = decisions.consequence(session, lena, r1.id)
    # R3 stays and R2 does not fit beside it: all of R1, 48 k, is lost at most.
    assert (cost.low_minor, cost.high_minor, cost.stay_minor, cost.exact) == (0, 48 * K, 48 * K, False)
    assert ([c.title for c in cost.loses], cost.gains, cost.keeps) == (["R1"], (), False)


def _head_and_leader(world: Quarrel) -> Actor:
    """Lena with a head's role too: who sees everything sees amounts and names."""
    with world.database.writing() as session:
        lena = session.get_one(User, stable_id("lena"))
        lena.role_rows.append(UserRole(role=Role.HEAD))
    return world.actor("lena")


def test_asking_puts_a_question_first(planned: Quarrel) -> None:
    """Of all that waits what Eva asks is answered first: in a moment while the others stay, then in full."""
    run = planned.first
    r3 = planned.proposal(run, "r3")
    for _ in range(2):
        with planned.database.writing() as session:
            decisions.ask_consequence(session, planned.actor("eva"), r3.id)
    assert planned.events().count("explanation.asked") == 1
    assert planned.worker.step()
    with planned.database.reading() as session:
        cost = decisions.consequence(session, planned.actor("eva"), r3.id)
    # R1 stays as it is, so R3 is lost whole, 30 of 78 k; more is never lost.
    assert (cost.state, cost.stay_share, cost.low_share, cost.high_share) == ("queued", 385, 0, 385)
    assert planned.worker.step()
    with planned.database.reading() as session:
        cost = decisions.consequence(session, planned.actor("eva"), r3.id)
    # Without R3 the best is R1 alone, since R2 does not fit beside it: 30 of 78 k.
    assert (cost.state, cost.low_share, cost.exact) == ("done", 384, True)


def test_the_outbox_remembers_who_decided_what(planned: Quarrel) -> None:
    """The approval is carried into the second run under Eva's name, the rejection with its cost."""
    run = planned.first
    _approve(planned, "eva", planned.proposal(run, "r3"))
    r1 = planned.proposal(run, "r1")
    with planned.database.writing() as session:
        decisions.reject(session, planned.actor("eva"), r1.id, r1.version, RejectionReason.LEAVE)
    planned.plan()
    planned.answer_all()
    with planned.database.reading() as session:
        sent = decisions.outbox(session, planned.actor("eva"))
        assert decisions.outbox(session, planned.actor("dan")) == sent
    told = [(s.title, s.outcome.value, s.carried, s.run_number, s.decided_by) for s in sent]
    assert told == [
        ("R3", "approved", True, 2, "Eva"),
        ("R1", "rejected", False, 1, "Eva"),
        ("R3", "approved", False, 1, "Eva"),
    ]
    assert sent[1].consequence is not None
    assert sent[1].consequence.low_share == 128
    assert sent[1].decision.lost_low_minor == 0
    assert sent[1].decision.lost_high_minor == 48 * K


def test_value_bands_are_fifths(planned: Quarrel) -> None:
    """Of two granted requests the greater is in the highest fifth, the lesser half way up."""
    run = planned.first
    with planned.database.reading() as session:
        outcomes = session.scalars(select(RequestOutcome).where(RequestOutcome.run_id == run.id)).all()
        assert {o.value_minor for o in outcomes} == {48 * K, 30 * K, 0}
        assert sorted(bands(session, run).values()) == [3, 5]
