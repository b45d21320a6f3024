"""A specialist's own weeks: what a head approved, and nothing that nobody decided on."""

from __future__ import annotations

from factories import stable_id
from scenario import WEEK, Quarrel

from planner.records import Role, Specialist, User, UserRole
from planner.services.approving import decisions
from planner.services.publishing import publishing
from planner.services.staff import own_weeks
from planner.services.staff.own_weeks import OwnWeek


def _weeks(world: Quarrel, who: str) -> tuple[OwnWeek, ...]:
    with world.database.reading() as session:
        return own_weeks.own_weeks(session, world.actor(who))


def test_only_approved_and_published_hours_are_shown(planned: Quarrel) -> None:
    """Proposed: nothing. R3 approved: 16 h to come. Published: the same 16 h, once, as published."""
    with planned.database.writing() as session:
        for name, role in (("ann", Role.SPECIALIST), ("zoe", Role.SPECIALIST)):
            user = User(
                email=f"{name}@example.com",
                display_name=name.title(),
                password_hash="-",  # noqa: S106 - nobody signs in
                role_rows=[UserRole(role=role)],
            )
            user.id = stable_id(name)
            session.add(user)
        session.flush()
        session.get_one(Specialist, stable_id("s:ann")).user_id = stable_id("ann")
    assert [w.promised for w in _weeks(planned, "ann")][:1] == [0]
    assert _weeks(planned, "zoe") == ()

    for name in ("r1", "r3"):
        proposal = planned.proposal(planned.first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), proposal.id, proposal.version)
        if name == "r1":
            first = _weeks(planned, "ann")[0]
            assert (first.week, first.present, first.promised) == (WEEK, 160, 96)
            assert [(h.title, h.kam, h.published) for h in first.hours] == [("R1", "Kim", False)]
    with planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), planned.first.id)
    first = _weeks(planned, "ann")[0]
    assert [(h.title, h.quarter_hours, h.published) for h in first.hours] == [
        ("R1", 96, True),
        ("R3", 64, True),
    ]
