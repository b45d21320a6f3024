"""The board's review: decisions first, each with its price; sent once, read by link, resolved upon."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import factories
import pytest
from factories import stable_id
from reviewing import publish, view
from scenario import K, Quarrel
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from planner import kept
from planner.database import Database
from planner.records import (
    AccountPlan,
    BoardReview,
    Closing,
    ClosingState,
    Milestone,
    PlanState,
    ResourceRequest,
    Role,
)
from planner.records.outcomes import Result
from planner.services.approving import decisions
from planner.services.planning import scenarios
from planner.services.planning.scenario_values import ScenarioValues
from planner.services.publishing import board, publishing
from planner.services.reviewing import resolutions, review, surveys
from planner.services.reviewing.review_view import plain, restored
from planner.solving.engine import Engine
from planner.verdict import Kind, Refused


@pytest.fixture
def world(planned: Quarrel) -> Quarrel:
    """E7 with plan 1 published."""
    publish(planned)
    return planned


def refused(world: Quarrel, who: str, use_case: Any, *arguments: Any, **named: Any) -> Any:
    """The refusal of what `who` tries."""
    with pytest.raises(Refused) as caught, world.database.writing() as session:
        use_case(session, world.actor(who), *arguments, **named)
    return caught.value.denied


def test_decisions_come_first_each_with_options_and_price(world: Quarrel) -> None:
    """R1's refusal cost 10 k; R2, refused by the plan, would cost 48 - 38 = 10 k, at R1's expense."""
    found = {row.key: row for row in view(world).decisions}
    assert list(found) == [f"rejected:{stable_id('r1')}", f"refused:{stable_id('r2')}"]
    rejected, close = found.values()
    assert [(o.low, o.high) for o in rejected.options] == [(10 * K, 10 * K), (None, None)]
    assert [(o.low, o.high) for o in close.options] == [(0, 0), (10 * K, 10 * K)]
    assert close.background[1].params == {"losers": "R1"}
    for row in found.values():
        assert 2 <= len(row.options) <= 4
        assert 0 <= row.recommended < len(row.options)
        assert all(option.risk.text and option.reversible.text for option in row.options)


def test_every_review_shows_the_same_figures(world: Quarrel) -> None:
    """Eight key figures: 30 k of 3 requests' worth published, 16 of 40 h lent, 10 k lost by rejections."""
    found = {kpi.key: (kpi.value, kpi.before) for kpi in view(world).kpis}
    assert found == {
        "published_value": (30 * K, None),
        "granted": (1, None),
        "asked": (3, None),
        "hours_lent": (64, None),
        "utilisation": (400, None),
        "lost_by_rejections": (10 * K, None),
        "overrides": (0, None),
        "undecided": (0, None),
    }


def test_customers_show_plan_and_granted_against_asked(world: Quarrel) -> None:
    """Max's customer asked 16 h and got them; one of its two steps is done, the other late; money unknown."""
    with world.database.writing() as session:
        session.add(
            AccountPlan(
                account_id=stable_id("a:r3"),
                period="2027",
                state=PlanState.SUBMITTED,
                goals="Become their only supplier.",
                author_id=stable_id("max"),
                milestones=[
                    Milestone(position=0, title="Pilot", due_on=date(2026, 12, 1), done_on=date(2026, 12, 3)),
                    Milestone(position=1, title="Contract", due_on=date(2027, 1, 2)),
                ],
            )
        )
    rows = {row.name: row for row in view(world).customers}
    max_ = rows["a-Max"]
    assert (max_.asked_hours, max_.granted_hours, max_.granted, max_.value) == (64, 64, 1, 30 * K)
    assert max_.goal is not None
    assert (max_.goal.done, max_.goal.milestones, max_.goal.late) == (1, 2, 1)
    assert (max_.goal.next, max_.goal.next_due) == ("Contract", "2027-01-02")
    assert (max_.profit, max_.cash, max_.share, max_.unplanned) == (None, None, None, False)
    kim = rows["a-Kim"]
    assert (kim.asked_hours, kim.granted_hours, kim.goal, kim.unplanned) == (96, 0, None, True)


def test_promised_value_stands_against_what_came(world: Quarrel) -> None:
    """Confirmed: claimed .5 x 200 k = 100 k, came 60 k; one more is recorded but not confirmed."""
    lena, fin = stable_id("lena"), stable_id("fin")
    known = {"recorded_by_id": lena, "recorded_at": datetime(2027, 1, 3, tzinfo=UTC)}
    with world.database.writing() as session:
        for name, state, by in (("r1", ClosingState.CONFIRMED, fin), ("r2", ClosingState.RECORDED, None)):
            session.add(
                Closing(
                    request_id=stable_id(name),
                    state=state,
                    result=Result.WON,
                    delivered_quarter_hours=96,
                    delivered_fraction=1000,
                    claimed_probability=500,
                    claimed_value_minor=200 * K,
                    realised_value_minor=60 * K,
                    ended_on=date(2027, 1, 2),
                    confirmed_by_id=by,
                    **known,
                )
            )
    rows = view(world).promised
    assert [(r.quarter, r.closed, r.succeeded, r.claimed, r.realised, r.unconfirmed) for r in rows] == [
        ("2027-Q1", 2, 2, 100 * K, 60 * K, 1)
    ]


def test_without_surveys_and_outcomes_the_rest_still_stands(world: Quarrel) -> None:
    """Unknown is not zero: no level, no agreement, no promise; the measures that can be known are there."""
    found = view(world)
    assert (found.alignment.round, found.promised, found.alerts, found.overrides) == (None, (), (), ())
    assert [(e.level, e.agreement) for e in found.alignment.elements] == [(None, None)] * 7
    measures = {m.key: m.value for e in found.alignment.elements for m in e.measures}
    assert measures["utilisation"] == 400
    assert (measures["demand_with_skill"], measures["overload_weeks"]) == (1000, 0)
    assert measures["days_to_decision"] is not None
    assert (measures["top_hours"], measures["outcomes_recorded"]) == (None, None)
    assert (measures["overrides"], measures["escalations"], measures["hours_released"]) == (0, 0, 0)


def test_a_view_survives_being_stored(world: Quarrel) -> None:
    """JSON and back is the same view, so that files can be made of a review of any age."""
    found = view(world)
    assert restored(json.loads(json.dumps(plain(found)))) == found
    with pytest.raises(ValueError, match="format"):
        restored({"format": "other/1"})


def test_a_sent_review_is_kept_and_a_draft_is_not_shown_by_link(world: Quarrel) -> None:
    """Sent as number 1; what changes afterwards is in number 2; a link shows the newest that was sent."""
    lena = world.actor("lena")
    with world.database.writing() as session:
        secret = board.create_board_link(session, lena, 1, 7)
    with world.database.reading() as session:
        assert review.review_by_link(session, secret) is None
    with world.database.writing() as session:
        first = review.send_review(session, lena, 1)
    with world.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r2"))
        request.account.name = "Renamed"
    with world.database.reading() as session:
        by_link = review.review_by_link(session, secret)
        kept_one, row = review.sent_review(session, lena, 1, 1)
        assert review.is_intact(row)
    assert by_link is not None
    assert by_link[0] == kept_one
    assert (kept_one.review, kept_one.prepared_by) == (1, "Lena")
    assert "Renamed" not in first.content
    with world.database.writing() as session:
        review.send_review(session, lena, 1)
    with world.database.reading() as session:
        assert [r.number for r in review.list_reviews(session, lena, 1)] == [2, 1]
        assert kept.rows(session) == []
    assert world.events("review") == ["review.sent", "review.sent"]


def test_sending_a_review_marks_the_plans_it_shows(world: Quarrel) -> None:
    """Kim's submitted plan is seen by the board; a draft of Lee's is not; sending again changes nothing."""
    for name, who, state in (("a:r1", "kim", PlanState.SUBMITTED), ("a:r2", "lee", PlanState.DRAFT)):
        with world.database.writing() as session:
            session.add(
                AccountPlan(
                    account_id=stable_id(name),
                    period="2027",
                    goals="Grow",
                    state=state,
                    author_id=stable_id(who),
                )
            )
    for _ in range(2):
        with world.database.writing() as session:
            review.send_review(session, world.actor("lena"), 1)
        with world.database.reading() as session:
            rows = {row.account_id: row for row in session.scalars(select(AccountPlan))}
        kims, lees = rows[stable_id("a:r1")], rows[stable_id("a:r2")]
        assert (kims.state, kims.reviewed_at is None) == (PlanState.BOARD_REVIEWED, False)
        assert (lees.state, lees.reviewed_at) == (PlanState.DRAFT, None)
    assert world.events("account_plan") == ["account_plan.reviewed"]


def test_a_sent_review_cannot_be_changed(database: Database, engine: Engine) -> None:
    """The database refuses, on both kinds; changed behind its back, the check names it."""
    world = Quarrel(database, engine)
    world.first = world.plan()
    publish(world)
    with database.writing() as session:
        review.send_review(session, world.actor("lena"), 1)
    for statement in ("UPDATE board_review SET content = '{}'", "DELETE FROM board_review"):
        with pytest.raises(DatabaseError), database.writing() as session:
            session.execute(text(statement))
    with database.writing() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER keep_board_review_update"))
        else:
            session.execute(text("ALTER TABLE board_review DISABLE TRIGGER ALL"))
        session.execute(text("UPDATE board_review SET content = '{}'"))
    with database.reading() as session:
        key = session.scalars(select(BoardReview.id)).one()
        assert [str(p) for p in kept.rows(session)] == [f"The board review {key} was changed: content."]


def test_resolutions_stand_at_their_item_and_come_first_next_time(
    sqlite_database: Database, engine: Engine
) -> None:
    """Resolved on R2 in plan 1's review; it opens that of plan 2, as done once done; none is ever lost."""
    world = Quarrel(sqlite_database, engine)
    world.first = world.plan()
    publish(world)
    lena, key = world.actor("lena"), f"refused:{stable_id('r2')}"
    with sqlite_database.writing() as session:
        row = resolutions.record_resolution(
            session,
            lena,
            1,
            key,
            "R2",
            text="Ask again with 16 h.",
            responsible="Lee",
            due_on=date(2027, 2, 1),
        )
        resolutions.record_resolution(session, lena, 1, "general", "The plan", text="Taken note of.")
    with sqlite_database.writing() as session:
        resolutions.record_resolution(session, lena, 1, "customer:gone", "Gone", text="Say goodbye.")
    found = view(world)
    assert found.last_actions == ()
    assert [r.text for r in found.general] == ["Taken note of.", "Say goodbye."]
    item = next(i for i in found.decisions if i.key == key)
    assert [(r.text, r.responsible, r.due_on) for r in item.resolutions] == [
        ("Ask again with 16 h.", "Lee", "2027-02-01")
    ]
    second = world.plan()
    with sqlite_database.writing() as session:
        for proposal in decisions.inbox(session, world.actor("eva")).items:
            decisions.approve(session, world.actor("eva"), proposal.proposal_id, proposal.version)
    with sqlite_database.writing() as session:
        publishing.publish(session, lena, second.id)
    assert [r.text for r in view(world, number=2).last_actions] == [
        *("Ask again with 16 h.", "Taken note of.", "Say goodbye.")
    ]
    for _ in range(2):
        with sqlite_database.writing() as session:
            resolutions.finish_resolution(session, lena, row.id)
    assert [r.done_at is not None for r in view(world).last_actions] == [True, False, False]
    assert world.events("resolution") == [*["resolution.recorded"] * 3, "resolution.done"]
    bad = refused(world, "lena", resolutions.record_resolution, 1, key, "R2", text=" ")
    assert [p.where for p in bad.problems] == ["text"]


def test_who_may_read_send_and_resolve(world: Quarrel) -> None:
    """Finance reads; account managers, heads and finance neither send nor resolve; no plan 2, no review 1."""
    assert view(world, "fin").number == 1
    for who in ("kim", "eva"):
        assert refused(world, who, review.review_view).kind == Kind.FORBIDDEN
    for who in ("kim", "eva", "fin"):
        assert refused(world, who, review.send_review, 1).kind == Kind.FORBIDDEN
        assert (
            refused(world, who, resolutions.record_resolution, 1, "general", "x", text="x").kind
            == Kind.FORBIDDEN
        )
    assert refused(world, "lena", review.review_view, 2).kind == Kind.NOT_FOUND
    assert refused(world, "lena", review.sent_review, 1, 1).kind == Kind.NOT_FOUND


def test_before_the_first_plan_there_is_nothing_to_review(planned: Quarrel) -> None:
    """None, which the page turns into what to do next."""
    with planned.database.reading() as session:
        assert review.review_view(session, planned.actor("lena")) is None


def test_a_closed_round_stands_beside_the_measures(world: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three managers say 2, 2 and 3: mean 2.33, level 1/3; an open round of later changes nothing yet."""
    with world.database.writing() as session:
        for name in ("zoe", "zed"):
            factories.user(session, name, Role.LEADERSHIP, password_hash="-").id = stable_id(name)  # noqa: S106 - nobody signs in
    lena = world.actor("lena")
    for name, given in (("Q4", (2, 2, 3)), ("Q1", (4, 4, 4))):
        with world.database.writing() as session:
            row = surveys.open_round(session, lena, name, date(2027, 1, 18), (surveys.KAMS, surveys.LEADERS))
        for who, mark in zip(("kim", "lee", "max"), given, strict=True):
            marks = {e.element: surveys.Mark(mark, 5) for e in view(world).alignment.elements}
            with world.database.writing() as session:
                surveys.answer(session, world.actor(who), row.id, marks)
        if name == "Q1":
            open_view = view(world).alignment
            assert (open_view.round, open_view.asked, open_view.answered) == ("Q4", 6, 3)
            assert {(e.level, e.agreement, e.target) for e in open_view.elements} == {(333, None, 1000)}
        with world.database.writing() as session:
            surveys.close_round(session, lena, row.id)
    closed = view(world).alignment
    assert (closed.round, closed.before) == ("Q1", "Q4")
    assert {(e.level, e.level_before) for e in closed.elements} == {(750, 333)}
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-30")
    assert view(world).alignment.round == "Q1"


def test_a_shared_scenario_is_an_option_with_its_price_in_money(world: Quarrel) -> None:
    """Without Kim's customer R2 + R3 = 68 k, 10 k less than 78 k; while private it is no option."""
    lena = world.actor("lena")
    values = ScenarioValues(name="Without Kim", without_accounts=(stable_id("a:r1"),))
    with world.database.writing() as session:
        scenario = scenarios.create(session, lena, values)
    world.answer_all()
    assert "rules" not in {item.key for item in view(world).decisions}
    with world.database.writing() as session:
        scenarios.share(session, lena, scenario.id, scenario.version)
    item = next(item for item in view(world).decisions if item.key == "rules")
    assert [(o.low, o.high) for o in item.options] == [(0, 0), (10 * K, 10 * K)]
    assert item.options[1].risk.params == {"granted": 2, "partly": 0, "refused": 0}
