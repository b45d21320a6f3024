"""The cut-off of a cycle: what comes later waits for the next one, and is told so at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from factories import stable_id
from scenario import WEEK, K, Quarrel
from sqlalchemy import select

from planner.clock import now
from planner.database import Database
from planner.records import (
    AuditEvent,
    Notification,
    PlanningCycle,
    PlanRun,
    RequestStatus,
    ResourceRequest,
    Role,
    User,
    UserRole,
)
from planner.services.filing import admissions, requests
from planner.services.filing.requests import LineValues, values_of
from planner.services.planning import cycles, runs
from planner.services.planning.cycles import CycleValues
from planner.solving.engine import Engine
from planner.verdict import Refused


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7, requests submitted in time; the cut-off is now."""
    world = Quarrel(sqlite_database, engine)
    with world.database.writing() as session:
        session.get_one(PlanningCycle, stable_id("cycle")).request_cutoff = now()
    return world


def _late(world: Quarrel, **changes: Any) -> ResourceRequest:
    """R5 of 20 h worth 90 k: with it the best plan would be R5 and R3, or R5 and R2."""
    lines = [LineValues("design", 80)]
    draft = world.file("kim", "r5", lines, 90 * K, account_id=stable_id("a:r1"), title="R5", **changes)
    return world.submit("kim", draft)


def _warned(world: Quarrel, name: str) -> list[str]:
    with world.database.reading() as session:
        request = session.get_one(ResourceRequest, stable_id(name))
        return [each.code for each in requests.warnings(session, request)]


def _left_out(world: Quarrel, run: PlanRun) -> dict[str, list[str]]:
    with world.database.reading() as session:
        left_out = runs.run_view(session, world.actor("lena"), run.id).left_out
    return {reason: list(ids) for reason, ids in left_out.items()}


def _edit(world: Quarrel, name: str, who: str, **changes: Any) -> None:
    with world.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id(name))
        values = replace(values_of(request), **changes)
        requests.edit_request(session, world.actor(who), request.id, request.version, values)


def test_what_comes_after_the_cut_off_waits_for_the_next_cycle(world: Quarrel) -> None:
    """The plan stays R1 + R3 = 78 k and names R5 as left out; the next cycle takes it in its filing order."""
    late = _late(world)
    assert _warned(world, "r5") == ["W_CUTOFF"]
    assert _warned(world, "r1") == []
    run = world.plan()
    assert (run.value_minor, _left_out(world, run)) == (78 * K, {"cutoff": [late.id]})
    stored = world.row(ResourceRequest, late.id)
    assert (stored.status, stored.filing_order) == (RequestStatus.SUBMITTED, 4)
    with world.database.writing() as session:
        cycle = session.get_one(PlanningCycle, stable_id("cycle"))
        cycles.close_cycle(session, world.actor("lena"), cycle.id, cycle.version)
        cutoff, deadline, publish = (datetime(2027, 1, day, tzinfo=UTC) for day in (5, 6, 7))
        values = CycleValues("Next", WEEK, cutoff, deadline, publish)
        following = cycles.open_cycle(session, world.actor("lena"), values)
    assert _warned(world, "r5") == []
    with world.database.writing() as session:
        started = runs.start_run(session, world.actor("lena"), following.id)
    assert world.worker.step()
    second = world.row(PlanRun, started.id)
    # R5 and R2 fill the week: 90 + 38.
    assert (second.value_minor, _left_out(world, second)) == (128 * K, {})


def test_leadership_takes_a_late_one_in_with_a_reason(world: Quarrel) -> None:
    """Lena opens the door for R5, nobody else can: the plan becomes R5 + R2 = 128 k, and the log says why.

    The second time there is nothing to open, and without a reason the door stays shut.
    """
    late = _late(world)

    def admit(who: str, reason: str = "The customer moved its tender forward.") -> None:
        with world.database.writing() as session:
            version = session.get_one(ResourceRequest, late.id).version
            admissions.admit_late(session, world.actor(who), late.id, version, reason)

    for who, reason, code in (
        ("kim", "Please.", "E_FORBIDDEN"),
        ("lena", " ", "E_INVALID"),
    ):
        with pytest.raises(Refused) as refused:
            admit(who, reason)
        assert refused.value.denied.code == code
    assert _warned(world, "r5") == ["W_CUTOFF"]
    admit("lena")
    assert _warned(world, "r5") == []
    with world.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "request.admitted")).one()
        assert (event.entity_id, event.reason) == (late.id, "The customer moved its tender forward.")
        told = session.scalars(select(Notification).where(Notification.user_id == stable_id("kim"))).all()
        assert [row.link for row in told] == [f"/requests/{late.id}"]
    run = world.plan()
    assert (run.value_minor, _left_out(world, run)) == (128 * K, {})
    with pytest.raises(Refused) as refused:
        admit("lena")
    assert refused.value.denied.code == "E_NOT_LATE"


def test_nobody_takes_in_the_own_request(world: Quarrel) -> None:
    """Kim of leadership, who keeps the customer, finds the door shut for the own request."""
    late = _late(world)
    with world.database.writing() as session:
        kim = session.get_one(User, stable_id("kim"))
        kim.role_rows.append(UserRole(role=Role.LEADERSHIP))
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        admissions.admit_late(session, world.actor("kim"), late.id, late.version, "It cannot wait.")
    assert refused.value.denied.code == "E_SELF_APPROVAL"


def test_an_issue_does_not_wait(world: Quarrel) -> None:
    """What cannot wait is planned at once: R5 as an issue wins beside R2."""
    _late(world, type="issue")
    assert _warned(world, "r5") == []
    assert world.plan().value_minor == 128 * K


def test_a_near_deadline_does_not_wait(world: Quarrel) -> None:
    """A dated deadline with a source within two weeks, too."""
    _late(world, deadline=datetime(2027, 1, 15, tzinfo=UTC).date(), deadline_source="The tender's page 2")
    assert "W_CUTOFF" not in _warned(world, "r5")
    assert world.plan().value_minor == 128 * K


def test_what_a_plan_has_seen_stays_in_its_cycle(world: Quarrel) -> None:
    """R2 was refused; worth more after the cut-off, it is planned anew in the same cycle."""
    world.plan()
    _edit(world, "r2", "lee", benefits=((0, 90 * K),))
    assert _warned(world, "r2") == []
    second = world.plan()
    assert (second.value_minor, _left_out(world, second)) == (120 * K, {})


def test_a_change_after_the_cut_off_counts_like_a_filing(world: Quarrel) -> None:
    """No plan has seen R2 yet: other words change nothing, another worth makes it wait."""
    _edit(world, "r2", "lee", need_statement="The same in other words.")
    assert _warned(world, "r2") == []
    _edit(world, "r2", "lee", benefits=((0, 90 * K),))
    assert _warned(world, "r2") == ["W_CUTOFF"]
    run = world.plan()
    assert (run.value_minor, _left_out(world, run)) == (78 * K, {"cutoff": [stable_id("r2")]})
