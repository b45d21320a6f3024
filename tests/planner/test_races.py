"""Heads, a withdrawing account manager and a publisher at once: nothing is lost, doubled or overbooked."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import stable_id
from scenario import Quarrel
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner import audit
from planner.database import Database
from planner.records import (
    Decision,
    JobState,
    PersonWeek,
    Proposal,
    ProposalState,
    Publication,
    RejectionReason,
    RequestStatus,
    ResourceRequest,
)
from planner.services.approving import decisions
from planner.services.filing import requests
from planner.services.publishing import publishing
from planner.solving.engine import Engine
from planner.verdict import Refused

ROUNDS = 6


def _at_once(world: Quarrel, steps: dict[str, Callable[[Session], object]]) -> dict[str, str]:
    """Every step in a unit of work and thread of its own, begun together: "" or the code of its refusal."""
    start = threading.Barrier(len(steps))
    found: dict[str, str] = {}

    def run(name: str, step: Callable[[Session], object]) -> None:
        start.wait()
        try:
            with world.database.writing() as session:
                step(session)
        except Refused as refused:
            found[name] = refused.denied.code
        else:
            found[name] = ""

    threads = [threading.Thread(target=run, args=pair) for pair in steps.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == set(steps), "a thread died of something that is no refusal"
    return found


def test_two_heads_a_withdrawing_kam_and_a_publisher_at_once(
    planned_template: tuple[Path, str], tmp_path: Path, engine: Engine
) -> None:
    """Whatever the order, each round ends in a state that some order one after the other would give."""
    endings = set()
    for number in range(ROUNDS):
        path = tmp_path / f"{number}.db"
        shutil.copyfile(planned_template[0], path)
        database = Database(f"sqlite:///{path}")
        world = Quarrel.reopened(database, engine, planned_template[1])
        endings.add(_round(world))
        database.dispose()
    assert endings


def _round(world: Quarrel) -> tuple[str, ...]:
    r1, r3 = (world.proposal(world.first, name) for name in ("r1", "r3"))
    request = world.row(ResourceRequest, stable_id("r1"))
    eva, dan, kim, lena = (world.actor(name) for name in ("eva", "dan", "kim", "lena"))
    found = _at_once(
        world,
        {
            "approve": lambda s: decisions.approve(s, eva, r1.id, r1.version),
            "reject": lambda s: decisions.reject(s, dan, r1.id, r1.version, RejectionReason.OVERLOAD),
            "other": lambda s: decisions.approve(s, eva, r3.id, r3.version),
            "withdraw": lambda s: requests.withdraw_request(s, kim, request.id, request.version),
            "publish": lambda s: publishing.publish(s, lena, world.first.id),
        },
    )
    assert [found["approve"], found["reject"]].count("") <= 1
    with world.database.reading() as session:
        assert audit.verify(session) == []
        states = {p.request_id: p.state for p in session.scalars(select(Proposal))}
        status = session.get_one(ResourceRequest, request.id).status
        held = (ProposalState.APPROVED, ProposalState.PUBLISHED)
        if found["withdraw"] == "":
            assert (status, states[request.id] in held) == (RequestStatus.WITHDRAWN, False)
        answers = session.scalar(select(func.count()).where(Decision.proposal_id == r1.id))
        assert answers == [found["approve"], found["reject"]].count("")
        booked = session.scalars(select(PersonWeek)).all()
        approved = sum(
            a.quarter_hours
            for p in session.scalars(select(Proposal).where(Proposal.state == ProposalState.APPROVED))
            for a in p.allocations
        )
        assert sum(row.total for row in booked) == approved <= 160
        published = session.scalar(select(func.count()).select_from(Publication))
        assert published == (1 if found["publish"] == "" else 0)
    return tuple(f"{name}:{code}" for name, code in sorted(found.items()))


def test_the_database_itself_refuses_more_than_fits(planned: Quarrel) -> None:
    """R1's 24 h are booked; whoever writes past the limit by hand is stopped by the table's own check."""
    r1 = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        decisions.approve(session, planned.actor("eva"), r1.id, r1.version)
    for column, value in (("total", 161), ("plain", 161), ("total", -1)):
        statement = text(f"UPDATE person_week SET {column} = {value}")  # noqa: S608 - constants of this test
        with pytest.raises(IntegrityError), planned.database.writing() as session:
            session.execute(statement)


def test_hours_come_back_when_an_approval_falls(planned: Quarrel) -> None:
    """Approved, 96 are booked; withdrawn by the account manager, none are."""
    r1 = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        decisions.approve(session, planned.actor("eva"), r1.id, r1.version)
    assert _booked(planned) == 96
    request = planned.row(ResourceRequest, stable_id("r1"))
    with planned.database.writing() as session:
        requests.withdraw_request(session, planned.actor("kim"), request.id, request.version)
    assert _booked(planned) == 0


def test_a_new_plan_keeps_the_books(planned: Quarrel) -> None:
    """What stays approved through a re-plan is booked once, not twice; published hours leave the books."""
    for name in ("r1", "r3"):
        proposal = planned.proposal(planned.first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), proposal.id, proposal.version)
    second = planned.plan()
    assert second.state == JobState.DONE
    assert _booked(planned) == 160
    with planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), second.id)
    assert _booked(planned) == 0


def _booked(world: Quarrel) -> int:
    with world.database.reading() as session:
        return int(session.scalar(select(func.sum(PersonWeek.total))) or 0)
