"""A conflict of interest, a silent head, a head named by leadership: who decides, and who is told when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import stable_id
from scenario import Quarrel
from sqlalchemy import select, update

from planner.actor import Actor
from planner.clock import now
from planner.records import (
    Account,
    Allocation,
    AuditEvent,
    Decision,
    Delegation,
    Department,
    NamedHead,
    Notification,
    PlanningCycle,
    PlanRun,
    ProposalState,
    Role,
    User,
    UserRole,
)
from planner.services.approving import comments, decisions, delegations, reminders, waiting
from planner.services.approving.inbox import inbox
from planner.services.staff import notifying
from planner.verdict import Denied, Refused


def _refused(world: Quarrel, who: str, name: str) -> Denied:
    proposal = world.proposal(world.first, name)
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        decisions.approve(session, world.actor(who), proposal.id, proposal.version)
    return refused.value.denied


def _approve(world: Quarrel, who: str, name: str) -> Decision:
    proposal = world.proposal(world.first, name)
    with world.database.writing() as session:
        return decisions.approve(session, world.actor(who), proposal.id, proposal.version)


def _lend(world: Quarrel, lender: str, colleague: str) -> None:
    with world.database.writing() as session:
        session.add(
            Delegation(
                from_user_id=stable_id(lender),
                to_user_id=stable_id(colleague),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
            )
        )


def _name(world: Quarrel, name: str, who: str, by: str = "lena") -> NamedHead:
    proposal = world.proposal(world.first, name)
    with world.database.writing() as session:
        reason = "Both of the department have an interest."
        return waiting.name_head(session, world.actor(by), proposal.id, stable_id(who), reason)


def _without_deputy(world: Quarrel) -> None:
    """Eva keeps R1's account and Engineering has no deputy; Lou heads Legal."""
    world.add_legal()
    with world.database.writing() as session:
        session.get_one(Account, stable_id("a:r1")).kam_id = stable_id("eva")
        session.get_one(Department, stable_id("engineering")).deputy_head_id = None


def test_a_head_who_stands_in_for_the_account_manager_does_not_decide(planned: Quarrel) -> None:
    """Kim is away and lent her work to Eva: R1 is closed to Eva, R3 is open; Dan decides R1."""
    _lend(planned, "kim", "eva")
    denied = _refused(planned, "eva", "r1")
    assert denied.code == "E_SELF_APPROVAL"
    assert "stand in" in str(denied.reason)
    with planned.database.reading() as session:
        assert {i.title: i.is_own for i in inbox(session, planned.actor("eva")).items} == {
            "R1": True,
            "R3": False,
        }
    assert _approve(planned, "dan", "r1").on_behalf_of_id == stable_id("eva")
    assert _approve(planned, "eva", "r3").on_behalf_of_id is None


def test_the_conflict_ends_with_the_delegation(planned: Quarrel) -> None:
    """Once Kim is back, Eva may decide on R1 again."""
    _lend(planned, "kim", "eva")
    with planned.database.writing() as session:
        row = session.scalars(select(Delegation)).one()
        delegations.revoke_delegation(session, planned.actor("kim"), row.id)
    assert _approve(planned, "eva", "r1").decided_by_id == stable_id("eva")


def test_without_a_deputy_leadership_names_another_head(planned: Quarrel) -> None:
    """Nobody of Engineering may decide R1: leadership sees it on top, names Lou, who decides for Eva."""
    _without_deputy(planned)
    with planned.database.reading() as session:
        listed = waiting.waiting(session, planned.actor("lena"))
    assert [(p.title, p.blocked, p.may_name) for p in listed.parts] == [
        ("R1", True, True),
        ("R3", False, False),
    ]
    assert _refused(planned, "lou", "r1").code == "E_NOT_FOUND"

    _name(planned, "r1", "lou")
    with planned.database.reading() as session:
        assert [n.kind for n in notifying.notices(session, planned.actor("lou"))] == ["delegation"]
        assert [i.title for i in inbox(session, planned.actor("lou")).items] == ["R1"]
    decision = _approve(planned, "lou", "r1")
    assert (decision.decided_by_id, decision.on_behalf_of_id) == (stable_id("lou"), stable_id("eva"))
    assert _refused(planned, "lou", "r3").code == "E_NOT_FOUND"


def test_leadership_names_nobody_over_the_heads(planned: Quarrel) -> None:
    """While head or deputy may decide in time nobody is named; nor is who has an interest, nor a KAM."""
    planned.add_legal()
    with pytest.raises(Refused) as refused:
        _name(planned, "r1", "lou")
    assert refused.value.denied.code == "E_HEAD_CAN"
    _without_deputy_of(planned)
    with pytest.raises(Refused) as refused:
        _name(planned, "r1", "eva")
    assert refused.value.denied.code == "E_SELF_APPROVAL"
    with pytest.raises(Refused) as refused:
        _name(planned, "r1", "lee")
    assert refused.value.denied.code == "E_NOT_FOUND"
    with pytest.raises(Refused) as refused:
        _name(planned, "r1", "lou", by="eva")
    assert refused.value.denied.code == "E_FORBIDDEN"


def _without_deputy_of(world: Quarrel) -> None:
    with world.database.writing() as session:
        session.get_one(Account, stable_id("a:r1")).kam_id = stable_id("eva")
        session.get_one(Department, stable_id("engineering")).deputy_head_id = None


def _remind(world: Quarrel, per_cent: int) -> int:
    """Remind when so much of the time to decide is over, a hundred hours in all.

    The work begins late enough for nobody to be told that it is near.
    """
    with world.database.writing() as session:
        cycle = session.get_one(PlanningCycle, stable_id("cycle"))
        start = session.get_one(PlanRun, world.first.id).finished_at
        assert start is not None
        cycle.decision_deadline = start + timedelta(hours=100)
        session.execute(update(Allocation).values(week="2027-W09"))
    at = start + timedelta(hours=per_cent)
    with world.database.reading() as session:
        due = reminders.anything_due(session, at)
    with world.database.writing() as session:
        told = reminders.remind(session, at)
    assert due is (told > 0)
    return told


def _too_late(world: Quarrel) -> None:
    """Let the deadline be over."""
    with world.database.writing() as session:
        session.get_one(PlanningCycle, stable_id("cycle")).decision_deadline = now()


def _told(world: Quarrel) -> list[tuple[str, str]]:
    with world.database.reading() as session:
        rows = session.execute(
            select(User.email, Notification.kind).join(Notification, Notification.user_id == User.id)
        )
        return sorted((email.partition("@")[0], kind) for email, kind in rows)


def test_a_silent_head_is_reminded_then_the_deputy_then_leadership_is_told(planned: Quarrel) -> None:
    """At 50 % Eva, at 90 % Eva and Dan, after the deadline leadership; each once, and nothing is decided."""
    assert _remind(planned, 49) == 0
    assert (_remind(planned, 50), _remind(planned, 60)) == (1, 0)
    assert _told(planned) == [("eva", "reminder")]
    assert (_remind(planned, 90), _remind(planned, 99)) == (2, 0)
    assert (_remind(planned, 100), _remind(planned, 300)) == (1, 0)
    assert _told(planned) == [
        ("dan", "reminder"),
        ("eva", "reminder"),
        ("eva", "reminder"),
        ("lena", "escalation"),
    ]
    assert set(planned.states(planned.first).values()) == {ProposalState.PROPOSED}


def test_who_stands_in_is_reminded_too_and_who_decided_is_not(planned: Quarrel) -> None:
    """Eva lent her work to Lou: both are reminded; once all is decided nobody is."""
    planned.add_legal()
    _lend(planned, "eva", "lou")
    assert _remind(planned, 60) == 2
    for name in ("r1", "r3"):
        _approve(planned, "eva", name)
    assert _remind(planned, 200) == 0


def test_after_the_deadline_another_head_may_be_named_for_a_silent_one(planned: Quarrel) -> None:
    """Eva and Dan could decide but did not: now leadership may name Lou."""
    planned.add_legal()
    _too_late(planned)
    _name(planned, "r3", "lou")
    assert _approve(planned, "lou", "r3").decided_by_id == stable_id("lou")


def test_a_comment_reaches_who_is_concerned(planned: Quarrel) -> None:
    """Kim asks, Eva and Dan are told, Lee of another customer neither reads it nor is told."""
    request = stable_id("r1")
    with planned.database.writing() as session:
        comments.comment(session, planned.actor("kim"), request, "Could it be two days earlier?")
    assert _told(planned) == [("dan", "comment"), ("eva", "comment")]
    r1 = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        comments.comment(session, planned.actor("eva"), request, "No, Ann is away.", r1.id)
    with planned.database.reading() as session:
        said = comments.comments_of(session, planned.actor("kim"), request)
        assert [(c.author.display_name, c.text) for c in said] == [
            ("Kim", "Could it be two days earlier?"),
            ("Eva", "No, Ann is away."),
        ]
        events = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "comment.written"))
        assert len(events.all()) == 2
    for who, text, code in (("lee", "And mine?", "E_NOT_FOUND"), ("kim", " ", "E_INVALID")):
        assert _comment_refused(planned, planned.actor(who), text) == code


def test_a_comment_on_a_refused_request_reaches_leadership(planned: Quarrel) -> None:
    """No head is asked about R2: Lee's words would reach nobody, and leadership alone makes exceptions."""
    with planned.database.writing() as session:
        comments.comment(session, planned.actor("lee"), stable_id("r2"), "May we have an exception?")
    assert _told(planned) == [("lena", "comment")]


def _comment_refused(world: Quarrel, actor: Actor, text: str) -> str:
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        comments.comment(session, actor, stable_id("r1"), text)
    return refused.value.denied.code


def test_a_comment_on_a_decision_is_for_who_sees_the_decision(planned: Quarrel) -> None:
    """Finance sees everything; a head of another department sees neither request nor comment."""
    planned.add_legal()
    r1 = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        comments.comment(session, planned.actor("eva"), stable_id("r1"), "Ann is away.", r1.id)
    with planned.database.reading() as session:
        assert len(comments.comments_of(session, planned.actor("fin"), stable_id("r1"))) == 1
    with pytest.raises(Refused) as refused, planned.database.reading() as session:
        comments.comments_of(session, planned.actor("lou"), stable_id("r1"))
    assert refused.value.denied.code == "E_NOT_FOUND"


def test_a_kam_who_became_head_elsewhere_is_no_way_around(planned: Quarrel) -> None:
    """Kim becomes deputy head: leadership naming her for her own request is refused as well."""
    with planned.database.writing() as session:
        kim = session.get_one(User, stable_id("kim"))
        kim.role_rows.append(UserRole(role=Role.HEAD))
    _too_late(planned)
    with pytest.raises(Refused) as refused:
        _name(planned, "r1", "kim")
    assert refused.value.denied.code == "E_SELF_APPROVAL"
