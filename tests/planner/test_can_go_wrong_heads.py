"""What can go wrong for account managers and heads (domain D.1 and D.2), each row with the test named for it.

Account managers (D.1):

| what can go wrong | test |
|---|---|
| "Strategic customer, immediately!" in the text | test_scenario_e12: names_order_and_texts_weigh_nothing |
| inflated hours or value | test_inflated_claims_are_scaled_by_what_became_of_earlier_ones |
| asks more to get half | test_a_request_that_asks_too_much_may_get_a_level_with_its_own_chance |
| split into many small ones | test_the_parts_of_a_split_request_compete_as_one |
| missing p(0), stale dossier | test_requests: what is missing to submit is named |
| specialist falls ill in the frozen zone | test_a_specialist_who_falls_ill_is_replaced_or_... |
| KAM absent or leaves | test_a_stand_in_acts_and_the_log_names_both |
| late tender start | test_request_warnings |
| two people edit at once | test_two_who_edit_at_once_lose_nothing |

Heads (D.2):

| what can go wrong | test |
|---|---|
| silent head | test_waiting: a_silent_head_is_reminded_then_the_deputy_then_leadership_is_told |
| rejects to protect the own KPI | test_a_rejection_is_allowed_needs_a_reason_and_its_price_is_kept |
| reject makes the plan invalid (bundle) | test_a_rejected_part_of_a_bundle_frees_the_rest_... |
| approves an outdated version | test_an_outdated_version_is_refused_with_the_difference |
| head is also the KAM | test_decisions, test_waiting: a_head_who_stands_in_..., without_a_deputy_... |
| capacity or leave changed after approval | test_leave_after_an_approval_asks_again_and_never_overbooks |
| all people over-asked | test_the_load_shows_who_is_over_asked |
| skill wrongly attested | test_a_wrongly_attested_skill_bars_the_pair_until_it_is_corrected |

Abuses (T-05, T-15, T-16, T-18, T-19): test_an_edit_after_approval_asks_only_for_the_touched_line,
test_decisions, test_waiting and test_one_stale_line_stops_a_bulk_approval.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select

from planner.database import Database
from planner.records import (
    AuditEvent,
    Decision,
    Delegation,
    Leave,
    LeaveStatus,
    PlanRun,
    Proposal,
    ProposalState,
    RejectionReason,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    Specialist,
    SpecialistSkill,
)
from planner.services.approving import decisions
from planner.services.approving.inbox import inbox
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, values_of
from planner.services.publishing import publishing
from planner.solving.engine import Engine
from planner.verdict import Denied, Refused

WEEK = "2027-W01"


def _approve(world: Quarrel, who: str, proposal: Proposal) -> None:
    with world.database.writing() as session:
        decisions.approve(session, world.actor(who), proposal.id, proposal.version)


def _edit(world: Quarrel, who: str, name: str, version: int | None = None, **changes: Any) -> None:
    with world.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id(name))
        values = replace(values_of(request), **changes)
        requests.edit_request(session, world.actor(who), request.id, version or request.version, values)


def _parts(world: Quarrel, run: PlanRun, name: str) -> dict[str, Proposal]:
    """The request's parts by department."""
    with world.database.reading() as session:
        rows = session.scalars(
            select(Proposal).where(Proposal.run_id == run.id, Proposal.request_id == stable_id(name))
        ).all()
        return {row.department.name: row for row in rows}


def _denied(world: Quarrel, step: Any) -> Denied:
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        step(session)
    return refused.value.denied


def test_an_edit_after_approval_asks_only_for_the_touched_line(bundled: Quarrel) -> None:
    """Both parts of R4 approved, then Kim asks 12 h of law for 8: Legal decides anew, sees what changed."""
    run = bundled.plan()
    parts = _parts(bundled, run, "r4")
    _approve(bundled, "eva", parts["Engineering"])
    _approve(bundled, "lou", parts["Legal"])
    assert bundled.row(ResourceRequest, stable_id("r4")).status == RequestStatus.DECIDED

    _edit(bundled, "kim", "r4", lines=(LineValues("design", 40), LineValues("law", 48)))
    assert bundled.row(ResourceRequest, stable_id("r4")).status == RequestStatus.SUBMITTED
    assert bundled.row(Proposal, parts["Engineering"].id).state == ProposalState.APPROVED
    assert bundled.row(Proposal, parts["Legal"].id).state == ProposalState.SUPERSEDED

    second = _parts(bundled, bundled.plan(), "r4")
    assert second["Engineering"].state == ProposalState.APPROVED
    assert second["Legal"].state == ProposalState.PROPOSED
    with bundled.database.reading() as session:
        (item,) = inbox(session, bundled.actor("lou")).items
    assert [(c.specialist, c.week, c.before, c.after) for c in item.changes] == [("Leo", WEEK, 32, 48)]


def test_an_approved_part_whose_request_cannot_be_completed_any_more_is_let_go(bundled: Quarrel) -> None:
    """R4 then asks all of Leo's 40 h, and he takes a day off: the design is not held for nothing."""
    run = bundled.plan()
    parts = _parts(bundled, run, "r4")
    _approve(bundled, "eva", parts["Engineering"])
    _approve(bundled, "lou", parts["Legal"])
    _edit(bundled, "kim", "r4", lines=(LineValues("design", 40), LineValues("law", 160)))
    with bundled.database.writing() as session:
        session.add(
            Leave(
                specialist_id=stable_id("s:leo"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 4),
                status=LeaveStatus.APPROVED,
            )
        )
    second = bundled.plan()
    assert (second.state, second.value_minor) == ("done", 78 * K)
    assert _parts(bundled, second, "r4") == {}


def test_two_who_edit_at_once_lose_nothing(planned: Quarrel) -> None:
    """The second writer is told who changed what, and the first change stands."""
    version = planned.row(ResourceRequest, stable_id("r1")).version
    _edit(planned, "kim", "r1", title="First")
    denied = _denied(
        planned,
        lambda s: requests.edit_request(
            s,
            planned.actor("kim"),
            stable_id("r1"),
            version,
            replace(values_of(s.get_one(ResourceRequest, stable_id("r1"))), title="Second"),
        ),
    )
    assert denied.code == "E_VERSION_STALE"
    assert denied.details["changed_by"] == "Kim"
    assert denied.details["fields"]["title"] == {"before": "R1", "after": "First"}
    assert planned.row(ResourceRequest, stable_id("r1")).title == "First"


def test_a_stand_in_acts_and_the_log_names_both(planned: Quarrel) -> None:
    """Kim lent her work to Lee: Lee withdraws R1 for Kim, and the log keeps both names."""
    with planned.database.writing() as session:
        session.add(
            Delegation(
                from_user_id=stable_id("kim"),
                to_user_id=stable_id("lee"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
            )
        )
    request = planned.row(ResourceRequest, stable_id("r1"))
    with planned.database.writing() as session:
        requests.withdraw_request(session, planned.actor("lee"), request.id, request.version)
    with planned.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "request.withdrawn")).one()
    assert (event.actor_id, event.on_behalf_of_id) == (stable_id("lee"), stable_id("kim"))


def test_inflated_claims_are_scaled_by_what_became_of_earlier_ones(planned: Quarrel) -> None:
    """What a level is worth is kept with its working: the claim, and what it counts for."""
    run = planned.first
    assert run.snapshot_id is not None
    with planned.database.reading() as session:
        inputs = session.get_one(PlanRun, run.id).snapshot.inputs  # type: ignore[union-attr]  # - a finished run has one
    (level,) = inputs["requests"][stable_id("r1")]["levels"]
    assert level["value_minor"] == 48 * K
    assert {"fraction", "value_minor"} < set(level)


def test_a_request_that_asks_too_much_may_get_a_level_with_its_own_chance(
    sqlite_database: Database, engine: Engine
) -> None:
    """40 h at 60 k with 90 % of the chance at half the hours: the plan gives 20 h, and R2 its 20 h."""
    world = Quarrel(sqlite_database, engine)
    curve = ((0, 0), (500, 900), (1000, 1000))
    account = stable_id("a:r1")
    big = world.file("kim", "big", [LineValues("design", 160)], 60 * K, curve=curve, account_id=account)
    world.submit("kim", big)
    run = world.plan()
    with world.database.reading() as session:
        outcome = session.scalars(
            select(RequestOutcome).where(
                RequestOutcome.run_id == run.id, RequestOutcome.request_id == stable_id("big")
            )
        ).one()
    assert (outcome.fraction, run.value_minor) == (500, 54 * K + 38 * K)


def test_the_parts_of_a_split_request_compete_as_one(sqlite_database: Database, engine: Engine) -> None:
    """R2 split into four of 5 h at a fourth of its worth each gains nothing: the plan is worth 78 k still."""
    world = Quarrel(sqlite_database, engine)
    request = world.row(ResourceRequest, stable_id("r2"))
    with world.database.writing() as session:
        requests.withdraw_request(session, world.actor("lee"), request.id, request.version)
    account = stable_id("a:r2")
    for i in range(4):
        part = world.file("lee", f"part{i}", [LineValues("design", 20)], 38 * K // 4, account_id=account)
        world.submit("lee", part)
    run = world.plan()
    assert run.value_minor == 48 * K + 30 * K
    assert {"r1", "r3"} <= set(world.states(run))


def test_a_specialist_who_falls_ill_is_replaced_or_the_promise_is_named(planned: Quarrel) -> None:
    """Published, then Ann falls ill: Bea with the same skill takes R1 over, and the difference names both."""
    for name in ("r1", "r3"):
        _approve(planned, "eva", planned.proposal(planned.first, name))
    with planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), planned.first.id)
    with planned.database.writing() as session:
        ann = session.get_one(Specialist, stable_id("s:ann"))
        session.add(_substitute(ann))
        session.add(
            Leave(
                specialist_id=ann.id,
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                status=LeaveStatus.APPROVED,
            )
        )
    run = planned.plan()
    r1 = planned.proposal(run, "r1")
    assert [(a.specialist_id, a.quarter_hours) for a in r1.allocations] == [(stable_id("s:bea"), 96)]
    assert r1.state == ProposalState.PROPOSED
    assert run.progress["moves"] == 2


def _substitute(ann: Specialist) -> Specialist:
    bea = Specialist(
        code="bea",
        display_name="Bea",
        department_id=ann.department_id,
        country=ann.country,
        weekday_quarter_hours=ann.weekday_quarter_hours,
        cost_rate_minor=ann.cost_rate_minor,
        max_parallel=None,
        min_chunk_quarter_hours=0,
        active_from=ann.active_from,
        skills=[
            SpecialistSkill(skill_id=s.skill_id, level=3, attested_by="Eva", attested_on=s.attested_on)
            for s in ann.skills
        ],
    )
    bea.id = stable_id("s:bea")
    return bea


def test_a_rejection_is_allowed_needs_a_reason_and_its_price_is_kept(planned: Quarrel) -> None:
    """Overload needs no words; "other" does; the least and most it cost are kept with the decision."""
    r1 = planned.proposal(planned.first, "r1")
    denied = _denied(
        planned,
        lambda s: decisions.reject(s, planned.actor("eva"), r1.id, r1.version, RejectionReason.OTHER),
    )
    assert denied.code == "E_REASON"
    with planned.database.writing() as session:
        decisions.reject(session, planned.actor("eva"), r1.id, r1.version, RejectionReason.OVERLOAD)
    with planned.database.reading() as session:
        decision = session.scalars(select(Decision)).one()
    # Known at once: no more than all of R1, 48 k; the exact 10 k comes with the re-solve.
    assert (decision.lost_low_minor, decision.lost_high_minor) == (0, 48 * K)
    assert any(q.low_minor == q.high_minor == 10 * K for q in planned.answer_all())


def test_a_rejected_part_of_a_bundle_frees_the_rest_and_moves_nothing_else(bundled: Quarrel) -> None:
    """Legal refuses R4's law: R4's design is free again, R1 keeps its approval hour for hour."""
    run = bundled.plan()
    parts = _parts(bundled, run, "r4")
    r1 = bundled.proposal(run, "r1")
    _approve(bundled, "eva", parts["Engineering"])
    _approve(bundled, "eva", r1)
    with bundled.database.writing() as session:
        law = parts["Legal"]
        decisions.reject(session, bundled.actor("lou"), law.id, law.version, RejectionReason.OVERLOAD)
    second = bundled.plan()
    assert bundled.proposal(second, "r1").state == ProposalState.APPROVED
    assert _parts(bundled, second, "r4") == {}
    assert second.value_minor == 78 * K


def test_an_outdated_version_is_refused_with_the_difference(planned: Quarrel) -> None:
    """Eva approved; Dan still sees it open: he is told who changed what, and nothing is stored."""
    r1 = planned.proposal(planned.first, "r1")
    _approve(planned, "eva", r1)
    denied = _denied(
        planned,
        lambda s: decisions.approve_many(s, planned.actor("dan"), {r1.id: r1.version}),
    )
    assert denied.code == "E_VERSION_STALE"
    assert [row["state"] for row in denied.details["changed"]] == ["approved"]


def test_one_stale_line_stops_a_bulk_approval(planned: Quarrel) -> None:
    """Of two ticked lines one changed since: neither is approved, and the changed one is listed (T-19)."""
    r1, r3 = (planned.proposal(planned.first, name) for name in ("r1", "r3"))
    denied = _denied(
        planned,
        lambda s: decisions.approve_many(s, planned.actor("eva"), {r1.id: r1.version, r3.id: r3.version + 1}),
    )
    assert [row["proposal_id"] for row in denied.details["changed"]] == [r3.id]
    assert set(planned.states(planned.first).values()) == {ProposalState.PROPOSED}
    with planned.database.writing() as session:
        done = decisions.approve_many(session, planned.actor("eva"), {r1.id: r1.version, r3.id: r3.version})
    assert len(done) == 2
    assert set(planned.states(planned.first).values()) == {ProposalState.APPROVED}


def test_leave_after_an_approval_asks_again_and_never_overbooks(planned: Quarrel) -> None:
    """R1 and R3 approved, then Ann has 24 h left: publishing is refused, the repair run keeps what fits."""
    for name in ("r1", "r3"):
        _approve(planned, "eva", planned.proposal(planned.first, name))
    with planned.database.writing() as session:
        session.add(
            Leave(
                specialist_id=stable_id("s:ann"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 5),
                status=LeaveStatus.APPROVED,
            )
        )
    denied = _denied(planned, lambda s: publishing.publish(s, planned.actor("lena"), planned.first.id))
    assert (denied.code, denied.details["changed"]) == ("E_PLAN_STALE", {"people": ["Ann"]})
    run = planned.plan()
    with planned.database.reading() as session:
        inputs = session.get_one(PlanRun, run.id).snapshot.inputs  # type: ignore[union-attr]  # - a finished run has one
    assert {row["request"] for row in inputs["released"]} == {stable_id("r1"), stable_id("r3")}
    assert run.value_minor == 48 * K
    assert planned.proposal(run, "r1").state == ProposalState.APPROVED


def test_the_load_shows_who_is_over_asked(planned: Quarrel) -> None:
    """Ann's 40 h are asked for whole: nothing is left if all is approved, and planned leave is a risk."""
    with planned.database.writing() as session:
        session.add(
            Leave(
                specialist_id=stable_id("s:ann"),
                first_day=date(2027, 1, 6),
                last_day=date(2027, 1, 6),
                status=LeaveStatus.PLANNED,
            )
        )
    with planned.database.reading() as session:
        box = inbox(session, planned.actor("eva"))
    (cell,) = box.load
    assert (cell.week, cell.capacity, cell.proposed, cell.left, cell.planned_leave) == (
        WEEK,
        160,
        160,
        0,
        True,
    )
    assert [(p.specialist, p.level, p.wanted, p.attested_by) for i in box.items for p in i.proofs] == [
        ("Ann", 3, 1, "head"),
        ("Ann", 3, 1, "head"),
    ]


def test_a_wrongly_attested_skill_bars_the_pair_until_it_is_corrected(planned: Quarrel) -> None:
    """Skill mismatch for R1: no later plan proposes Ann for it, in no week."""
    r1 = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        decisions.reject(session, planned.actor("eva"), r1.id, r1.version, RejectionReason.SKILL_MISMATCH)
    second = planned.plan()
    assert set(planned.states(second)) == {"r2", "r3"}
