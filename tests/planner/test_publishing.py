"""Publishing: what may become a promise, what it says, and that nobody can change it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import factories
import pytest
from factories import stable_id
from scenario import WEEK, K, Quarrel
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from planner import audit
from planner.database import Database
from planner.records import (
    Base,
    CycleStatus,
    KeyAccountDefinition,
    Leave,
    LeaveStatus,
    Notification,
    NotificationKind,
    Outcome,
    PlanningCycle,
    PlanRun,
    Proposal,
    ProposalState,
    Publication,
    PublishedHours,
    RejectionReason,
    RequestStatus,
    ResourceRequest,
    Role,
    Specialist,
    User,
)
from planner.services.approving import decisions
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, values_of
from planner.services.publishing import board, publishing
from planner.solving.engine import Engine
from planner.verdict import Denied, Kind, Refused

PAST = datetime(2027, 1, 3, tzinfo=UTC)


def _refused(world: Quarrel, run: PlanRun) -> Denied:
    """Why the run cannot be published; nothing may be stored."""
    before = world.events()
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        publishing.publish(session, world.actor("lena"), run.id)
    assert world.events() == before
    with world.database.reading() as session:
        assert session.scalars(select(PublishedHours).where(PublishedHours.week == WEEK)).all() == []
    return refused.value.denied


def _approve(world: Quarrel, run: PlanRun, *names: str) -> None:
    for name in names:
        proposal = world.proposal(run, name)
        with world.database.writing() as session:
            decisions.approve(session, world.actor("eva"), proposal.id, proposal.version)


def _publish(world: Quarrel, run: PlanRun) -> Publication:
    with world.database.writing() as session:
        return publishing.publish(session, world.actor("lena"), run.id)


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7, requests submitted."""
    return Quarrel(sqlite_database, engine)


def test_a_decided_plan_is_published_whole(database: Database, engine: Engine) -> None:
    """R1 and R3 approved: 40 h promised, both published, R2 waits refused, and the content tells it all."""
    world = Quarrel(database, engine)
    run = world.plan()
    world.answer_all()
    _approve(world, run, "r1", "r3")
    publication = _publish(world, run)

    with database.reading() as session:
        hours = session.scalars(select(PublishedHours)).all()
        assert sum(h.quarter_hours for h in hours) == 160
        assert audit.verify(session) == []
        told = board.board_view(session, world.actor("lena"), 1)
    assert world.states(run) == {"r1": ProposalState.PUBLISHED, "r3": ProposalState.PUBLISHED}
    status = {n: world.row(ResourceRequest, stable_id(n)) for n in ("r1", "r2", "r3")}
    assert [(r.status, r.outcome) for r in status.values()] == [
        (RequestStatus.PUBLISHED, Outcome.GRANTED),
        (RequestStatus.PLANNED, Outcome.REFUSED),
        (RequestStatus.PUBLISHED, Outcome.GRANTED),
    ]
    assert status["r2"].filing_order == 2
    assert world.row(PlanningCycle, stable_id("cycle")).status == CycleStatus.PUBLISHED

    assert publication.number == 1
    assert told["content_hash"] == publication.content_hash == publishing.content_hash(publication.content)
    assert told["intact"]
    assert [row["account"] for row in told["granted"]] == ["a-Kim", "a-Max"]
    assert [row["account"] for row in told["refused"]] == ["a-Lee"]
    # R2 is granted from 48 k + one unit on: an exact tie goes to R1, filed earlier.
    assert told["refused"][0]["break_even"]["low_minor"] == 48 * K + 1
    assert told["refused"][0]["reason"] == "outbid"
    assert told["worth"]["value_minor"] == told["worth"]["published_value_minor"] == 78 * K
    assert told["worth"]["gap_words"]["text"] == "No better plan is possible."
    department = next(d for d in told["departments"] if d["code"] == "engineering")
    assert (department["quarter_hours"], department["capacity_quarter_hours"]) == (160, 160)
    assert told["published_by"] == "Lena"
    assert told["overrides"] == []
    assert told["difference"] is None
    assert "plan.published" in world.events("plan")


def test_the_content_needs_no_records(planned: Quarrel) -> None:
    """Renaming everything afterwards changes nothing on the board page."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    publication = _publish(planned, run)
    with planned.database.writing() as session:
        for request in session.scalars(select(ResourceRequest)):
            request.title = "Renamed"
            request.account.name = "Renamed"
    with planned.database.reading() as session:
        told = board.board_view(session, planned.actor("lena"), 1)
    assert "Renamed" not in json.dumps(told)
    assert told["granted"][0]["hours"][0]["specialist"] == "Ann"
    assert told["content_hash"] == publication.content_hash


def test_nothing_undecided_is_published_before_the_deadline(planned: Quarrel) -> None:
    """R3 is open: its title and department are named."""
    run = planned.first
    _approve(planned, run, "r1")
    denied = _refused(planned, run)
    assert (denied.kind, denied.code) == (Kind.STATE, "E_UNDECIDED")
    assert denied.details["waiting"] == [{"request": "R3", "department": "Engineering"}]


def test_after_the_deadline_the_decided_part_is_published(sqlite_database: Database, engine: Engine) -> None:
    """Eva answered for R1 only: R1 is published, R3 is listed as undecided and stays open."""
    world = Quarrel(sqlite_database, engine, decision_deadline=PAST)
    run = world.plan()
    assert _refused(world, run).code == "E_UNDECIDED"
    _approve(world, run, "r1")
    _publish(world, run)
    with sqlite_database.reading() as session:
        told = board.board_view(session, world.actor("lena"), 1)
    assert [row["title"] for row in told["granted"]] == ["R1"]
    assert [(row["title"], row["waits_for"]) for row in told["undecided"]] == [("R3", ["Engineering"])]
    assert told["worth"]["published_value_minor"] == 48 * K
    assert world.states(run) == {"r1": ProposalState.PUBLISHED, "r3": ProposalState.PROPOSED}
    assert world.row(ResourceRequest, stable_id("r3")).status == RequestStatus.PLANNED


def test_a_rejection_is_told_with_what_it_cost(planned: Quarrel) -> None:
    """R1 rejected and R3 approved, published without a new run: the loss of exactly 10 k stands beside it."""
    run = planned.first
    r1 = planned.proposal(run, "r1")
    with planned.database.writing() as session:
        decisions.reject(session, planned.actor("eva"), r1.id, r1.version, RejectionReason.OVERLOAD)
    _approve(planned, run, "r3")
    planned.answer_all()
    _publish(planned, run)
    with planned.database.reading() as session:
        told = board.board_view(session, planned.actor("lena"), 1)
    assert told["rejected"][0]["rejections"] == [
        {
            "department": "Engineering",
            "decided_by": "Eva",
            "reason": "overload",
            "lost_low_minor": 10 * K,
            "lost_high_minor": 10 * K,
        }
    ]
    department = next(d for d in told["departments"] if d["code"] == "engineering")
    assert (department["rejections"], department["lost_low_minor"]) == (1, 10 * K)


def test_a_plan_is_published_once(planned: Quarrel) -> None:
    """The second click is told the number."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    _publish(planned, run)
    with pytest.raises(Refused) as refused:
        _publish(planned, run)
    assert (refused.value.denied.code, refused.value.denied.details["number"]) == ("E_PUBLISHED", 1)


def test_only_the_newest_plan_is_published(planned: Quarrel) -> None:
    """The first run after a second one: superseded; while a run waits: wait."""
    first = planned.first
    _approve(planned, first, "r1", "r3")
    second = planned.start()
    assert _refused(planned, first).code == "E_RUN_ACTIVE"
    assert planned.worker.step()
    denied = _refused(planned, first)
    assert (denied.code, denied.details["newest_run_id"]) == ("E_PLAN_SUPERSEDED", second.id)
    assert _publish(planned, planned.row(PlanRun, second.id)).number == 1


def test_a_plan_on_changed_inputs_is_not_published(planned: Quarrel) -> None:
    """Leave entered after the run: the person is named; nothing else changed."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    with planned.database.writing() as session:
        session.add(
            Leave(
                specialist_id=stable_id("s:ann"),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 4),
                status=LeaveStatus.APPROVED,
            )
        )
    denied = _refused(planned, run)
    assert (denied.code, denied.details["changed"]) == ("E_PLAN_STALE", {"people": ["Ann"]})


def test_a_request_edited_after_the_plan_makes_it_stale(planned: Quarrel) -> None:
    """Other hours void what was proposed, so the request is named; other words change nothing."""
    run = planned.first
    _approve(planned, run, "r3")

    def edit(**changes: Any) -> None:
        with planned.database.writing() as session:
            request = session.get_one(ResourceRequest, stable_id("r1"))
            changed = replace(values_of(request), **changes)
            requests.edit_request(session, planned.actor("kim"), request.id, request.version, changed)

    edit(need_statement="Something else entirely.")
    assert _refused(planned, run).code == "E_UNDECIDED"
    edit(lines=(LineValues("design", 100),))
    denied = _refused(planned, run)
    assert (denied.code, denied.details["changed"]) == ("E_PLAN_STALE", {"requests": ["R1"]})


def test_a_request_filed_after_the_plan_waits_for_the_next(planned: Quarrel) -> None:
    """It does not make the plan stale; the board is told that one waits."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    late = planned.file(
        "kim", "late", [LineValues("design", 8)], 5 * K, account_id=stable_id("a:r1"), title="Late"
    )
    planned.submit("kim", late)
    _publish(planned, run)
    with planned.database.reading() as session:
        assert board.board_view(session, planned.actor("lena"), 1)["waiting"] == 1


def test_without_an_active_definition_nothing_is_published(planned: Quarrel) -> None:
    """What is a key account must be agreed first."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    with planned.database.writing() as session:
        for definition in session.scalars(select(KeyAccountDefinition)):
            definition.valid_to = date(2027, 1, 3)
    assert _refused(planned, run).code == "E_DEFINITION"


def test_a_plan_that_fails_the_check_is_not_published(planned: Quarrel) -> None:
    """One quarter-hour more in the stored plan, by somebody who switched its protection off: it is found."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    with planned.database.writing() as session:
        guards = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'plan_run'")
        for name in session.scalars(guards).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        stored = session.get_one(PlanRun, run.id)
        plan = json.loads(stored.result or "")
        plan["hours"][0]["hours"] += 1
        stored.result = json.dumps(plan)
    denied = _refused(planned, run)
    assert denied.code == "E_PLAN_UNVERIFIED"
    assert any("capacity" in fault for fault in denied.details["faults"])


def test_more_hours_than_there_are_is_never_published(planned: Quarrel) -> None:
    """Hours slipped into an approved proposal behind the engine's back: 41 h of 40 are refused."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    with planned.database.writing() as session:
        proposal = session.get_one(Proposal, planned.proposal(run, "r1").id)
        proposal.allocations[0].quarter_hours += 4
    denied = _refused(planned, run)
    assert denied.code == "E_CAPACITY_BELOW"
    assert denied.details["weeks"] == [
        {
            "specialist": "Ann",
            "week": WEEK,
            "capacity_quarter_hours": 160,
            "published_quarter_hours": 164,
        }
    ]


def test_a_key_account_manager_publishes_nothing(planned: Quarrel) -> None:
    """Nor does a head."""
    run = planned.first
    _approve(planned, run, "r1", "r3")
    for name in ("kim", "eva"):
        with pytest.raises(Refused) as refused, planned.database.writing() as session:
            publishing.publish(session, planned.actor(name), run.id)
        assert refused.value.denied.kind == Kind.FORBIDDEN


def test_a_publication_cannot_be_changed(database: Database, engine: Engine) -> None:
    """The database itself refuses, whoever asks."""
    world = Quarrel(database, engine)
    run = world.plan()
    _approve(world, run, "r1", "r3")
    publication = _publish(world, run)
    for statement in (
        "UPDATE publication SET content = '{}'",
        "DELETE FROM publication",
        "UPDATE published_hours SET quarter_hours = 1",
        "DELETE FROM published_hours",
    ):
        with pytest.raises(DatabaseError), database.writing() as session:
            session.execute(text(statement))
    assert world.row(Publication, publication.id).content == publication.content


def test_a_second_plan_says_what_changed(sqlite_database: Database, engine: Engine) -> None:
    """R2 rises to 90 k: R2 + R3 replace R1 + R3, hours taken back have their price, the board reads all."""
    world = Quarrel(sqlite_database, engine)
    first = world.plan()
    _approve(world, first, "r1", "r3")
    _publish(world, first)
    with sqlite_database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r2"))
        changed = replace(values_of(request), benefits=((0, 90 * K),))
        requests.edit_request(session, world.actor("lee"), request.id, request.version, changed)
    second = world.plan()
    # The last plan was worth 78 k for 160 quarter-hours; a quarter of that mean is the price of each one
    # withdrawn: 0.25 x 7,800,000 / 160 = 12,187.5, even 12,188. R1's 96 cost 1,170,048.
    assert second.parameters["price_minor"] == 12_188
    assert second.churn_minor == 96 * 12_188
    assert world.states(second) == {"r2": ProposalState.PROPOSED, "r3": ProposalState.APPROVED}
    _approve(world, second, "r2")
    _publish(world, second)
    with sqlite_database.reading() as session:
        difference = board.board_view(session, world.actor("lena"), 2)["difference"]
    assert difference["number"] == 1
    assert [row["title"] for row in difference["new"]] == ["R2"]
    assert [row["title"] for row in difference["withdrawn"]] == ["R1"]
    assert difference["changed"] == []


def test_those_affected_are_told_and_nobody_else(sqlite_database: Database, engine: Engine) -> None:
    """Each manager hears of the own requests, Eva and her deputy of 40 h, Ann of hers; finance of nothing."""
    world = Quarrel(sqlite_database, engine)
    with sqlite_database.writing() as session:
        ann = factories.user(session, "ann", Role.SPECIALIST, password_hash="-")  # noqa: S106 - nobody signs in
        session.flush()
        session.get_one(Specialist, stable_id("s:ann")).user_id = ann.id
    run = world.plan()
    _approve(world, run, "r1", "r3")
    _publish(world, run)
    with sqlite_database.reading() as session:
        notices = session.scalars(
            select(Notification).where(Notification.kind == NotificationKind.PUBLISHED.value)
        )
        names = dict(session.execute(select(User.id, User.display_name)).all())
        told = {names[n.user_id]: n.text % n.params for n in notices}
    head = "Plan 1 is published. Engineering lends 40 h."
    own = "Plan 1 is published. Of your requests, granted: %s, not granted: %s."
    assert told == {
        "Kim": own % (1, 0),
        "Lee": own % (0, 1),
        "Max": own % (1, 0),
        "Eva": head,
        "Dan": head,
        "Ann": "Plan 1 is published. Promised of your time: 40 h.",
    }


@pytest.mark.parametrize("table", ["publication", "published_hours"])
def test_no_column_of_a_publication_can_be_changed(database: Database, engine: Engine, table: str) -> None:
    """Each column by itself, and the table at once, on either kind of database: refused."""
    world = Quarrel(database, engine)
    run = world.plan()
    _approve(world, run, "r1", "r3")
    _publish(world, run)
    columns = Base.metadata.tables[table].columns
    for column in columns:
        # The value stays what it is, so nothing but the protection can refuse it.
        statement = f"UPDATE {table} SET {column.key} = {column.key}"  # noqa: S608 - our own tables
        with pytest.raises(DatabaseError), database.writing() as session:
            session.execute(text(statement))
    if not database.is_sqlite:
        with pytest.raises(DatabaseError), database.writing() as session:
            session.execute(text(f"TRUNCATE {table} CASCADE"))
    assert len(columns) >= 10
