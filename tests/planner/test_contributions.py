"""What departments bring: asked once, computed by the engine, shown to heads without money."""

from __future__ import annotations

import pytest
from scenario import K, Quarrel
from sqlalchemy import select

from planner.database import Database
from planner.records import PlanRun, Publication, Question, QuestionKind
from planner.services.approving import decisions
from planner.services.publishing import board, publishing
from planner.services.reviewing import contributions
from planner.solving.engine import Engine
from planner.verdict import Kind, Refused


def published(database: Database, engine: Engine) -> Quarrel:
    """Engineering and Legal; R4 needs both and is worth 60 k, beside R1 48 k, R2 38 k and R3 30 k."""
    world = Quarrel(database, engine)
    world.add_legal()
    world.bundle()
    run = world.first = world.plan()
    for head in ("eva", "lou"):
        with database.writing() as session:
            for item in decisions.inbox(session, world.actor(head)).items:
                decisions.approve(session, world.actor(head), item.proposal_id, item.version)
    with database.writing() as session:
        publishing.publish(session, world.actor("lena"), run.id)
    return world


def test_shares_sum_to_the_whole(sqlite_database: Database, engine: Engine) -> None:
    """Engineering alone 78 k, Legal alone 0, both 108 k (R1 24 h with R4 10 h; 6 h stay).

    Shapley: Engineering (78 + 108)/2 = 93 k, Legal (0 + 30)/2 = 15 k; without either the plan loses 108 k
    or 30 k, which sum to 138 k and are shown as that only.
    """
    world = published(sqlite_database, engine)
    lena = world.actor("lena")
    with sqlite_database.reading() as session:
        before = contributions.contribution_view(session, lena)
    assert before is not None
    assert (before.state, before.whole, before.departments[0].value) == ("none", None, None)
    for _ in range(2):
        with sqlite_database.writing() as session:
            contributions.ask_contribution(session, lena, 1)
    world.answer_all()
    with sqlite_database.reading() as session:
        view = contributions.contribution_view(session, lena, 1)
        asked = session.scalars(select(Question).where(Question.kind == QuestionKind.CONTRIBUTION)).all()
    assert view is not None
    assert (len(asked), view.state, view.method, view.whole) == (1, "done", "exact", 108 * K)
    rows = {row.code: row for row in view.departments}
    assert {code: (row.value, row.last_in, row.share) for code, row in rows.items()} == {
        "engineering": (93 * K, 108 * K, 861),
        "legal": (15 * K, 30 * K, 139),
    }
    assert [row.lent for row in view.departments] == [136, 32]
    assert world.events("contribution") == ["contribution.asked"]

    with sqlite_database.reading() as session:
        eva = contributions.contribution_view(session, world.actor("eva"))
    assert eva is not None
    assert [(r.code, r.share, r.value, r.last_in) for r in eva.departments] == [
        ("engineering", 861, None, None)
    ]
    assert (eva.whole, eva.all_shown) == (None, False)


def test_hours_above_the_reserve_are_credited(planned: Quarrel) -> None:
    """Ann is there 160 quarter-hours and lends 160: with a reserve of a fifth, 32 of them are a gift."""
    for name in ("r1", "r3"):
        proposal = planned.proposal(planned.first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), proposal.id, proposal.version)
    with planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), planned.first.id)
    with planned.database.reading() as session:
        run = session.get_one(PlanRun, planned.first.id)
        assert run.snapshot is not None
        content = board.board_view(session, planned.actor("lena"), 1)
        assert contributions.released(run, content) == {"engineering": 0}
        person = run.snapshot.inputs["people"]["ann"]
        person["own_work"] = 200
        assert contributions.released(run, content) == {"engineering": 32}
        person["promised"] = [8]
        assert contributions.released(run, content) == {"engineering": 40}
        session.expunge_all()
        assert session.scalars(select(Publication.run_id)).all() == [planned.first.id]


def test_who_sees_and_asks(planned: Quarrel) -> None:
    """Account managers see nothing of it, heads and finance cannot ask; no publication, no view."""
    with planned.database.reading() as session:
        assert contributions.contribution_view(session, planned.actor("lena")) is None
        with pytest.raises(Refused) as refused:
            contributions.contribution_view(session, planned.actor("lena"), 1)
        assert refused.value.denied.kind == Kind.NOT_FOUND
        with pytest.raises(Refused) as refused:
            contributions.contribution_view(session, planned.actor("kim"))
        assert refused.value.denied.kind == Kind.FORBIDDEN
    for who in ("eva", "fin", "kim"):
        with pytest.raises(Refused) as refused, planned.database.writing() as session:
            contributions.ask_contribution(session, planned.actor(who), 1)
        assert refused.value.denied.kind == Kind.FORBIDDEN
