"""A change budget: a new plan takes back at most so many published person-weeks, or says it could not."""

from __future__ import annotations

from datetime import date

import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select

from planner.records import Leave, LeaveStatus, PlanRun, RequestOutcome, ResourceRequest
from planner.services.approving import decisions
from planner.services.publishing import publishing
from planner.verdict import Refused


@pytest.fixture
def published(planned: Quarrel) -> Quarrel:
    """E7's R1 + R3 published; then R2 becomes worth 90 k instead of 38 k, so that R1 should make way."""
    for name in ("r1", "r3"):
        proposal = planned.proposal(planned.first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), proposal.id, proposal.version)
    with planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), planned.first.id)
    with planned.database.writing() as session:
        session.get_one(ResourceRequest, stable_id("r2")).benefits[0].amount_minor = 90 * K
    return planned


def test_without_a_budget_the_more_valuable_plan_wins(published: Quarrel) -> None:
    """R2 + R3 = 120 k against 78 k; R1's one published week is taken back, which is counted."""
    run = published.plan()
    assert set(published.states(run)) == {"r2", "r3"}
    assert run.progress["moves"] == 1


def test_a_budget_of_no_change_keeps_what_was_published(published: Quarrel) -> None:
    """R1 stays: no person-week is taken back, R2 is refused for stability, and that is proven best."""
    run = published.plan(most_moves=0)
    assert set(published.states(run)) == {"r1", "r3"}
    assert (run.progress["moves"], run.parameters["most_moves"]) == (0, 0)
    assert (run.plan_status, run.value_minor, run.bound_minor) == ("optimal", 78 * K, 78 * K)
    with published.database.reading() as session:
        (r2,) = session.scalars(
            select(RequestOutcome).where(RequestOutcome.run_id == run.id, RequestOutcome.level < 0)
        )
    assert (r2.request_id, r2.reason) == (stable_id("r2"), "stability")
    for name in ("r1", "r3"):
        assert published.states(run)[name] == "approved"


def test_a_budget_that_is_wide_enough_changes_nothing(published: Quarrel) -> None:
    """One change is allowed and one is needed: the plan is the one without a budget."""
    run = published.plan(most_moves=1)
    assert set(published.states(run)) == {"r2", "r3"}
    assert run.value_minor == published.plan().value_minor


def test_what_cannot_be_worked_any_more_is_taken_back_whatever_the_budget(published: Quarrel) -> None:
    """Ann is away all week: two changes, though none was allowed, and the run says so."""
    with published.database.writing() as session:
        session.add(
            Leave(
                specialist_id=stable_id("s:ann"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 10),
                status=LeaveStatus.APPROVED,
            )
        )
    run = published.plan(most_moves=0)
    assert published.states(run) == {}
    assert run.progress["moves"] == 2


@pytest.mark.parametrize("wrong", [-1, 10_001])
def test_a_budget_out_of_range_is_refused(planned: Quarrel, wrong: int) -> None:
    """A count below nothing or beyond reason starts no run."""
    with pytest.raises(Refused) as refused:
        planned.start(most_moves=wrong)
    assert refused.value.denied.code == "E_LIMIT"
    assert planned.row(PlanRun, planned.first.id).state == "done"
