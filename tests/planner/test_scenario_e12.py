"""Scenario E12: a rejection, the new plan, and what nobody may bend, on real services and the real engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select

from planner import audit
from planner.database import Database
from planner.records import (
    Decision,
    Outcome,
    PlanStatus,
    ProposalState,
    RejectionReason,
    RequestStatus,
    ResourceRequest,
)
from planner.services.approving import decisions
from planner.solving.engine import Engine
from planner.verdict import Kind, Refused

pytestmark = pytest.mark.acceptance


def test_e12_rejection_and_new_plan(database: Database, engine: Engine) -> None:
    """From R1 + R3 = 78 to R2 + R3 = 68: R3 stays approved, R2 is proposed, and the loss of 10 is booked."""
    world = Quarrel(database, engine)
    eva = world.actor("eva")
    first = world.plan()
    assert (first.plan_status, first.value_minor) == (PlanStatus.OPTIMAL, 78 * K)
    assert set(world.states(first)) == {"r1", "r3"}

    r1, r3 = world.proposal(first, "r1"), world.proposal(first, "r3")
    with database.writing() as session:
        approval = decisions.approve(session, eva, r3.id, r3.version)
    with database.writing() as session:
        decisions.reject(session, eva, r1.id, r1.version, RejectionReason.LEAVE)
    second = world.plan()
    questions = world.answer_all()

    assert (second.number, second.value_minor, second.reproducible) == (2, 68 * K, True)
    assert world.states(second) == {"r2": ProposalState.PROPOSED, "r3": ProposalState.APPROVED}
    carried = _decisions(world, world.proposal(second, "r3").id)
    assert [(d.carried_from_id, d.decided_by_id) for d in carried] == [(approval.id, stable_id("eva"))]
    cost = next(q for q in questions if q.proposal_id == r1.id and not q.quick)
    assert (cost.low_minor, cost.high_minor, cost.exact) == (10 * K, 10 * K, True)

    told = [e for e in world.events("decision", "run", "allocation") if e != "run.started"]
    assert told == [
        *("run.created", "allocation.proposed", "allocation.proposed", "run.finished"),
        *("decision.approved", "decision.rejected", "run.created"),
        *("allocation.withdrawn", "allocation.proposed", "decision.carried", "run.finished"),
    ]
    with database.reading() as session:
        assert audit.verify(session) == []
    requests = {n: world.row(ResourceRequest, stable_id(n)) for n in ("r1", "r2", "r3")}
    assert {n: (r.status, r.outcome) for n, r in requests.items()} == {
        "r1": (RequestStatus.PLANNED, Outcome.REFUSED),
        "r2": (RequestStatus.PLANNED, Outcome.GRANTED),
        "r3": (RequestStatus.DECIDED, Outcome.GRANTED),
    }


def test_e12_the_old_plan_cannot_be_approved_any_more(sqlite_database: Database, engine: Engine) -> None:
    """Approving R1 against the first plan after the second: a conflict, and nothing is stored."""
    world = Quarrel(sqlite_database, engine)
    eva = world.actor("eva")
    first = world.plan()
    r1 = world.proposal(first, "r1")
    with sqlite_database.writing() as session:
        decisions.reject(session, eva, r1.id, r1.version, RejectionReason.LEAVE)
    world.plan()
    before = world.events()
    with pytest.raises(Refused) as refused, sqlite_database.writing() as session:
        decisions.approve(session, eva, r1.id, world.proposal(first, "r1").version)
    assert (refused.value.denied.kind, refused.value.denied.code) == (Kind.STATE, "E_PLAN_SUPERSEDED")
    assert world.events() == before
    assert world.proposal(first, "r1").state == ProposalState.SUPERSEDED


def test_e12_who_filed_it_cannot_approve_it(sqlite_database: Database, engine: Engine) -> None:
    """R1's key account manager has no say in it: 403, whatever state the proposal is in."""
    world = Quarrel(sqlite_database, engine)
    r1 = world.proposal(world.plan(), "r1")
    with pytest.raises(Refused) as refused, sqlite_database.writing() as session:
        decisions.approve(session, world.actor("kim"), r1.id, r1.version)
    assert refused.value.denied.kind == Kind.FORBIDDEN
    assert world.proposal(r1.run, "r1").state == ProposalState.PROPOSED


def test_e12_names_order_and_texts_weigh_nothing(sqlite_url: str, tmp_path: Path, engine: Engine) -> None:
    """Other names, another order of rows and loud texts: the same problem, so the same plan."""
    plain = _second_plan(_copy(sqlite_url, tmp_path, "plain"), engine)
    loud = _second_plan(
        _copy(sqlite_url, tmp_path, "loud"),
        engine,
        shown={"kim": "Zoe", "lee": "The Boss", "max": "Aaron"},
        order=("r3", "r1", "r2"),
        text="URGENT, strategic!!!",
    )
    assert plain["problem_hash"] == loud["problem_hash"]
    same = ("granted", "hours", "value", "bound")
    assert {key: plain[key] for key in same} == {key: loud[key] for key in same}
    assert plain["value"] == 68 * K


def _copy(url: str, folder: Path, name: str) -> str:
    source = Path(url.removeprefix("sqlite:///"))
    target = folder / f"{name}.db"
    target.write_bytes(source.read_bytes())
    return f"sqlite:///{target}"


def _second_plan(url: str, engine: Engine, **variation: Any) -> dict[str, Any]:
    """The plan after R1 was rejected, as the engine wrote it."""
    database = Database(url)
    world = Quarrel(database, engine, **variation)
    r1 = world.proposal(world.plan(), "r1")
    with database.writing() as session:
        decisions.reject(session, world.actor("eva"), r1.id, r1.version, RejectionReason.LEAVE)
    run = world.plan()
    database.dispose()
    result: dict[str, Any] = json.loads(run.result or "")
    return result


def _decisions(world: Quarrel, proposal_id: str) -> list[Decision]:
    with world.database.reading() as session:
        return list(session.scalars(select(Decision).where(Decision.proposal_id == proposal_id)))
