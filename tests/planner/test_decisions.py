"""Heads decide: who may, on what, once, and what it costs the plan before they sign."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import pytest
from factories import stable_id
from scenario import WEEK, K, Quarrel
from sqlalchemy import select

from planner.clock import now
from planner.database import Database
from planner.records import (
    Account,
    Decision,
    DecisionOutcome,
    Delegation,
    JobState,
    Leave,
    LeaveStatus,
    PlanRun,
    Proposal,
    ProposalState,
    RejectionReason,
    RequestStatus,
    ResourceRequest,
    Role,
    User,
    UserRole,
)
from planner.services.approving import decisions
from planner.services.filing.requests import LineValues
from planner.solving import jobs
from planner.solving.engine import Engine
from planner.verdict import Denied, Kind, Refused

LEAVE = RejectionReason.LEAVE


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7, requests submitted."""
    return Quarrel(sqlite_database, engine)


def _approve(world: Quarrel, who: str, proposal: Proposal, version: int | None = None) -> Decision:
    with world.database.writing() as session:
        return decisions.approve(session, world.actor(who), proposal.id, version or proposal.version)


def _refused(world: Quarrel, who: str, proposal: Proposal, version: int | None = None) -> Denied:
    """Why the approval is refused; nothing may be stored."""
    before = world.events()
    with pytest.raises(Refused) as refused:
        _approve(world, who, proposal, version)
    assert world.events() == before
    with world.database.reading() as session:
        assert session.scalars(select(Decision)).all() == []
    return refused.value.denied


def _parts(world: Quarrel, run: PlanRun, name: str) -> list[Proposal]:
    with world.database.reading() as session:
        return list(
            session.scalars(
                select(Proposal)
                .where(Proposal.run_id == run.id, Proposal.request_id == stable_id(name))
                .order_by(Proposal.department_id == stable_id("legal"))
            )
        )


def test_approving_twice_is_one_approval(planned: Quarrel) -> None:
    """The second click with the same version gets the same decision and leaves no trace."""
    r1 = planned.proposal(planned.first, "r1")
    first = _approve(planned, "eva", r1)
    events = planned.events()
    assert _approve(planned, "eva", r1).id == first.id
    assert planned.events() == events
    assert first.outcome == DecisionOutcome.APPROVED


def test_what_somebody_else_decided_is_not_decided_again(planned: Quarrel) -> None:
    """Dan comes after Eva: a conflict of state, for approval and rejection alike."""
    r1 = planned.proposal(planned.first, "r1")
    _approve(planned, "eva", r1)
    now = planned.row(Proposal, r1.id)
    for version in (r1.version, now.version):
        with pytest.raises(Refused) as refused:
            _approve(planned, "dan", r1, version)
        assert (refused.value.denied.kind, refused.value.denied.code) == (Kind.STATE, "E_STATE")


def test_a_stale_version_is_refused(planned: Quarrel) -> None:
    """A version that is not the present one: nothing is stored."""
    r1 = planned.proposal(planned.first, "r1")
    assert _refused(planned, "eva", r1, r1.version + 7).kind == Kind.STALE


def test_the_last_decision_of_a_request_decides_it(bundled: Quarrel) -> None:
    """R4 has parts in two departments: it is decided only when both have answered."""
    run = bundled.plan()
    assert run.value_minor == 108 * K
    design, law = _parts(bundled, run, "r4")
    _approve(bundled, "eva", design)
    assert bundled.row(ResourceRequest, stable_id("r4")).status == RequestStatus.PLANNED
    _approve(bundled, "lou", law)
    assert bundled.row(ResourceRequest, stable_id("r4")).status == RequestStatus.DECIDED


def test_a_head_decides_for_the_own_people_only(bundled: Quarrel) -> None:
    """Lou of Legal cannot see Engineering's part of R1, and Eva not Legal's part of R4."""
    run = bundled.plan()
    assert _refused(bundled, "lou", bundled.proposal(run, "r1")).kind == Kind.NOT_FOUND
    assert _refused(bundled, "eva", _parts(bundled, run, "r4")[1]).kind == Kind.NOT_FOUND


def test_a_head_who_keeps_the_account_leaves_it_to_the_deputy(planned: Quarrel) -> None:
    """Eva keeps R1's account: E_SELF_APPROVAL with the way out; Dan decides on her behalf."""
    run = planned.first
    with planned.database.writing() as session:
        session.get_one(Account, stable_id("a:r1")).kam_id = stable_id("eva")
    r1 = planned.proposal(run, "r1")
    denied = _refused(planned, "eva", r1)
    assert (denied.kind, denied.code) == (Kind.FORBIDDEN, "E_SELF_APPROVAL")
    assert "deputy" in str(denied.remedy)
    decision = _approve(planned, "dan", r1)
    assert (decision.decided_by_id, decision.on_behalf_of_id) == (stable_id("dan"), stable_id("eva"))


def test_who_filed_it_does_not_decide_even_as_a_deputy(planned: Quarrel) -> None:
    """Kim is made deputy head: R1 stays closed to her, R3 is open."""
    run = planned.first
    with planned.database.writing() as session:
        kim = session.get_one(User, stable_id("kim"))
        kim.role_rows.append(UserRole(role=Role.HEAD))
        world_proposal = session.get_one(Proposal, planned.proposal(run, "r1").id)
        world_proposal.department.deputy_head_id = kim.id
    assert _refused(planned, "kim", planned.proposal(run, "r1")).code == "E_SELF_APPROVAL"
    assert _approve(planned, "kim", planned.proposal(run, "r3")).on_behalf_of_id == stable_id("eva")


def test_a_delegate_acts_for_the_head(world: Quarrel) -> None:
    """Eva lets Lou act this week; the decision names both. Next week it is over."""
    world.add_legal()
    run = world.plan()
    with world.database.writing() as session:
        session.add(
            Delegation(
                from_user_id=stable_id("eva"),
                to_user_id=stable_id("lou"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
            )
        )
    decision = _approve(world, "lou", world.proposal(run, "r1"))
    assert (decision.decided_by_id, decision.on_behalf_of_id) == (stable_id("lou"), stable_id("eva"))
    with world.database.writing() as session:
        over = session.scalars(select(Delegation)).one()
        over.first_day, over.last_day = date(2027, 1, 1), date(2027, 1, 3)
    with pytest.raises(Refused) as refused:
        _approve(world, "lou", world.proposal(run, "r3"))
    assert refused.value.denied.kind == Kind.NOT_FOUND


def test_no_decision_while_a_new_plan_is_computed(planned: Quarrel) -> None:
    """It would be taken without knowing what the new plan says."""
    run = planned.first
    planned.start()
    assert _refused(planned, "eva", planned.proposal(run, "r1")).code == "E_RUN_ACTIVE"


def test_hours_that_are_gone_cannot_be_approved(planned: Quarrel) -> None:
    """Ann takes Monday and Tuesday off after the plan: 24 h are left, R3's 16 h fit, R1's 24 h no more."""
    run = planned.first
    with planned.database.writing() as session:
        session.add(
            Leave(
                specialist_id=stable_id("s:ann"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 5),
                status=LeaveStatus.APPROVED,
            )
        )
    _approve(planned, "eva", planned.proposal(run, "r3"))
    with pytest.raises(Refused) as refused:
        _approve(planned, "eva", planned.proposal(run, "r1"))
    assert refused.value.denied.code == "E_CAPACITY_BELOW"
    assert refused.value.denied.details["weeks"] == [
        {
            "specialist": "Ann",
            "week": WEEK,
            "capacity_quarter_hours": 96,
            "approved_quarter_hours": 64,
            "asked_quarter_hours": 96,
        }
    ]


@pytest.mark.parametrize(
    ("reason", "text", "fine"),
    [
        (RejectionReason.LEAVE, "", True),
        (RejectionReason.OTHER, "", False),
        (RejectionReason.OTHER, "         x", False),
        (RejectionReason.OTHER, "Ann is no designer any more.", True),
        (RejectionReason.DATA_ERROR, "hours", False),
        (RejectionReason.LEAVE, "x" * 2001, False),
    ],
)
def test_a_rejection_says_why(planned: Quarrel, reason: RejectionReason, text: str, fine: bool) -> None:
    """A reason that explains itself needs no text; the others do, and no text is a book."""
    r1 = planned.proposal(planned.first, "r1")

    def reject() -> None:
        with planned.database.writing() as session:
            decisions.reject(session, planned.actor("eva"), r1.id, r1.version, reason, text)

    if fine:
        reject()
        assert planned.row(Proposal, r1.id).state == ProposalState.REJECTED or reason == "data_error"
    else:
        with pytest.raises(Refused) as refused:
            reject()
        assert refused.value.denied.code == "E_REASON"


def test_a_data_error_goes_back_to_the_kam(bundled: Quarrel) -> None:
    """R4 returns to Kim with the words, its other part is withdrawn, and the next plan is without it."""
    run = bundled.plan()
    design, law = _parts(bundled, run, "r4")
    with bundled.database.writing() as session:
        decisions.reject(
            session,
            bundled.actor("eva"),
            design.id,
            design.version,
            RejectionReason.DATA_ERROR,
            "Ten hours cannot be right.",
        )
    r4 = bundled.row(ResourceRequest, stable_id("r4"))
    assert (r4.status, r4.return_reason) == (RequestStatus.RETURNED, "Ten hours cannot be right.")
    assert bundled.row(Proposal, law.id).state == ProposalState.SUPERSEDED
    second = bundled.plan()
    assert set(bundled.states(second)) == {"r1", "r3"}


def test_a_skill_mismatch_bars_the_pair_in_every_week(sqlite_database: Database, engine: Engine) -> None:
    """Over two weeks a leave moves R1 to the other week; a skill mismatch keeps Ann from it altogether."""
    for reason, granted in ((RejectionReason.LEAVE, True), (RejectionReason.SKILL_MISMATCH, False)):
        world = Quarrel(Database(_fresh(sqlite_database, reason.value)), engine, weeks=2)
        with world.database.writing() as session:
            session.get_one(ResourceRequest, stable_id("r1")).latest_week = "2027-W02"
        run = world.plan()
        r1 = world.proposal(run, "r1")
        with world.database.writing() as session:
            decisions.reject(session, world.actor("eva"), r1.id, r1.version, reason)
        assert ("r1" in world.states(world.plan())) is granted
        world.database.dispose()


def _fresh(database: Database, name: str) -> str:
    """A copy of the clean database file."""
    path = str(database.engine.url.database)
    shutil.copyfile(path, f"{path}-{name}")
    return f"sqlite:///{path}-{name}"


def test_a_rejected_part_frees_the_approved_ones(bundled: Quarrel) -> None:
    """Legal refuses R4's law, so Engineering's approved design is not held: the next plan is R1 + R3."""
    run = bundled.plan()
    design, law = _parts(bundled, run, "r4")
    _approve(bundled, "eva", design)
    with bundled.database.writing() as session:
        decisions.reject(session, bundled.actor("lou"), law.id, law.version, RejectionReason.OVERLOAD)
    second = bundled.plan()
    assert second.value_minor == 78 * K
    assert set(bundled.states(second)) == {"r1", "r3"}


def test_a_request_is_decided_whole_or_not_at_all(world: Quarrel) -> None:
    """Two design lines in one request: both at once; with one version missing or old, neither."""
    two = world.file(
        "kim",
        "r4",
        [LineValues("design", 40), LineValues("design", 32, min_level=2)],
        90 * K,
        account_id=stable_id("a:r1"),
        title="R4",
    )
    world.submit("kim", two)
    run = world.plan()
    parts = _parts(world, run, "r4")
    assert len(parts) == 2
    versions = {p.id: p.version for p in parts}

    def decide(given: dict[str, int]) -> list[Decision]:
        with world.database.writing() as session:
            return decisions.decide_request(
                session,
                world.actor("eva"),
                stable_id("r4"),
                run.id,
                DecisionOutcome.APPROVED,
                given,
            )

    for wrong in ({parts[0].id: parts[0].version}, {**versions, parts[1].id: 99}, {**versions, "gone": 1}):
        with pytest.raises(Refused) as refused:
            decide(wrong)
        assert refused.value.denied.code == "E_VERSION_STALE"
        assert len(refused.value.denied.details["changed"]) == 1
    assert {p.state for p in _parts(world, run, "r4")} == {ProposalState.PROPOSED}

    first = decide(versions)
    assert {p.state for p in _parts(world, run, "r4")} == {ProposalState.APPROVED}
    assert world.row(ResourceRequest, stable_id("r4")).status == RequestStatus.DECIDED
    events = world.events()
    assert [d.id for d in decide(versions)] == [d.id for d in first]
    assert world.events() == events


def test_another_reason_is_another_answer(planned: Quarrel) -> None:
    """Rejected for leave, the same click again is the same; for overload it comes too late."""
    r1 = planned.proposal(planned.first, "r1")

    def reject(reason: RejectionReason) -> Decision:
        with planned.database.writing() as session:
            return decisions.reject(session, planned.actor("eva"), r1.id, r1.version, reason)

    assert reject(LEAVE).id == reject(LEAVE).id
    with pytest.raises(Refused) as refused:
        reject(RejectionReason.OVERLOAD)
    assert refused.value.denied.code == "E_STATE"


def test_a_dead_run_does_not_keep_heads_waiting(planned: Quarrel) -> None:
    """The run's worker is silent for nine seconds: the approval goes through and the run is marked."""
    run = planned.first
    dead = planned.start()
    with planned.database.writing() as session:
        claimed = jobs.claim_run(session, "gone")
        assert claimed is not None
        claimed.heartbeat_at = now() - timedelta(seconds=9)
    assert _approve(planned, "eva", planned.proposal(run, "r1")).outcome == DecisionOutcome.APPROVED
    assert planned.row(PlanRun, dead.id).state == JobState.FAILED
