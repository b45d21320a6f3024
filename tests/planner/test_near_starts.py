"""Work that begins within days and that no head approved is told to head and account manager, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from factories import stable_id
from scenario import Quarrel
from sqlalchemy import select, update

from planner.records import Allocation, Notification, PlanRun, RejectionReason, User
from planner.services.approving import decisions, near_starts, reminders

NEAR = "near_start"


def begins(world: Quarrel, name: str, week: str) -> None:
    """Let all hours of a request's proposal be in that week."""
    part = world.proposal(world.first, name)
    with world.database.writing() as session:
        session.execute(update(Allocation).where(Allocation.proposal_id == part.id).values(week=week))


def proposed_at(world: Quarrel) -> datetime:
    """When the plan proposed it."""
    with world.database.reading() as session:
        at = session.get_one(PlanRun, world.first.id).finished_at
    assert at is not None
    return at


def remind(world: Quarrel, hours: int) -> list[tuple[str, str, str]]:
    """All notices of near work, that many hours after the plan: to whom, for which request, leading where."""
    at = proposed_at(world) + timedelta(hours=hours)
    with world.database.writing() as session:
        reminders.remind(session, at)
    with world.database.reading() as session:
        assert not reminders.anything_due(session, at)
        rows = session.execute(
            select(User.email, Notification.params, Notification.link)
            .join(Notification, Notification.user_id == User.id)
            .where(Notification.kind == NEAR)
        )
        return sorted((e.partition("@")[0], params["title"], link[:7]) for e, params, link in rows)


def test_near_work_without_a_decision_is_told_once_to_both_sides(planned: Quarrel) -> None:
    """R1 begins on 11 January, a week ahead, R3 a week later: Eva, her deputy and Kim hear of R1 alone.

    Not in the first day, when the proposal is new; and never again, however often the clock ticks.
    """
    begins(planned, "r1", "2027-W02")
    begins(planned, "r3", "2027-W03")
    assert remind(planned, 23) == []
    told = [("dan", "R1", "/inbox?"), ("eva", "R1", "/inbox?"), ("kim", "R1", "/reques")]
    assert remind(planned, 24) == told
    assert remind(planned, 25) == told
    with planned.database.reading() as session:
        days = session.scalars(select(Notification.params).where(Notification.kind == NEAR)).all()
    assert {params["day"]["day"] for params in days} == {"2027-01-11"}


def test_it_is_told_when_its_time_comes(planned: Quarrel) -> None:
    """R3 begins on 18 January: nobody hears of it on the 10th, everybody on the 11th."""
    begins(planned, "r1", "2027-W09")
    begins(planned, "r3", "2027-W03")
    before = (datetime(2027, 1, 10, 23, tzinfo=proposed_at(planned).tzinfo) - proposed_at(planned)).days * 24
    assert remind(planned, before) == []
    assert [who for who, _title, _link in remind(planned, before + 48)] == ["dan", "eva", "max"]


def test_what_a_head_decided_is_near_no_more(planned: Quarrel) -> None:
    """Eva approves R1: only R3 is left; she rejects R3, and nobody is told anything."""
    part = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        decisions.approve(session, planned.actor("eva"), part.id, part.version)
    with planned.database.reading() as session:
        left = near_starts.near_starts(session, proposed_at(planned).date())
        assert [each.part.request_id for each in left] == [stable_id("r3")]
        mine = near_starts.my_near_starts(session, planned.actor("max"))
        assert [each.week for each in mine] == ["2027-W01"]
        assert near_starts.my_near_starts(session, planned.actor("kim")) == []
    part = planned.proposal(planned.first, "r3")
    with planned.database.writing() as session:
        decisions.reject(session, planned.actor("eva"), part.id, part.version, RejectionReason.LEAVE, "Away.")
    assert remind(planned, 48) == []
