"""What can go wrong between leadership and the board, and what the software does about it (D.3).

One test for each row of that table that concerns publication, board, promised benefits, dependence, disputes.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from factories import stable_id
from reviewing import publish, view
from scenario import K, Quarrel
from sqlalchemy import select

from planner import kept
from planner.database import Database
from planner.records import (
    AccountFinancials,
    Closing,
    ClosingState,
    FiguresKind,
    Override,
    OverrideKind,
    OverrideState,
    PlanRun,
    PlanStatus,
    Publication,
    Question,
    QuestionKind,
    Specialist,
)
from planner.records.outcomes import Result
from planner.services.approving import decisions
from planner.services.publishing import board, board_content, board_overrides, publishing
from planner.services.publishing.publication_file import export_publication
from planner.services.reviewing import review, review_decisions
from planner.solving.engine import Engine
from planner.solving.replay import replay
from planner.verdict import Kind, Refused


@pytest.fixture
def world(planned: Quarrel) -> Quarrel:
    """E7; plan 1 promises R3, R1 was refused by its head for 10 k, R2 by the plan."""
    publish(planned)
    return planned


def sign(world: Quarrel, low: int, high: int, state: OverrideState = OverrideState.ACTIVE) -> str:
    """Lena's override that grants R2, as it is kept once signed."""
    with world.database.writing() as session:
        question = Question(
            run_id=world.first.id,
            kind=QuestionKind.PRICE,
            subject=f"{low}-{high}",
            request_id=stable_id("r2"),
        )
        session.add(question)
        session.flush()
        row = Override(
            cycle_id=stable_id("cycle"),
            run_id=world.first.id,
            question_id=question.id,
            kind=OverrideKind.GRANT,
            request_id=stable_id("r2"),
            fraction=1000,
            sponsor_id=stable_id("lena"),
            reason="They called me at home.",
            price_low_minor=low,
            price_high_minor=high,
            effects={"losers": [{"title": "R1"}], "winners": []},
            expires_on=date(2027, 3, 1),
            signed_at=datetime(2027, 1, 2, tzinfo=UTC),
            state=state,
        )
        session.add(row)
        session.flush()
        return row.id


def books(world: Quarrel, name: str, profit: dict[str, int]) -> None:
    """Sales without any cost, so that they are the profit, by month."""
    with world.database.writing() as session:
        for month, amount in profit.items():
            session.add(
                AccountFinancials(
                    account_id=stable_id(f"a:{name}"),
                    month=month,
                    kind=FiguresKind.ACTUAL,
                    gross_sales=amount,
                    note="Corrected.",
                    kam_quarter_hours=0,
                    specialist_quarter_hours=0,
                )
            )


def test_pressure_by_rank_stands_in_the_review_with_its_price(world: Quarrel) -> None:
    """Sponsor, reason, losers and 7 to 10 k stand there, summed per sponsor; one waits for a signature."""
    sign(world, 7 * K, 10 * K)
    waiting = sign(world, 20 * K, 20 * K, OverrideState.WAITING)
    found = view(world)
    row = min(found.overrides, key=lambda override: override.high or 0)
    assert (row.sponsor, row.reason, row.losers) == ("Lena", "They called me at home.", ("R1",))
    assert (row.low, row.high, row.result) == (7 * K, 10 * K, None)
    assert [(s.sponsor, s.count, s.low, s.high) for s in found.sponsors] == [("Lena", 2, 27 * K, 30 * K)]
    assert found.decisions[0].key == f"override:{waiting}"
    assert [(o.low, o.high) for o in found.decisions[0].options] == [(0, 0), (20 * K, 20 * K)]


def test_an_override_that_binds_a_plan_stands_in_its_content(
    sqlite_database: Database, engine: Engine
) -> None:
    """Signed before the run was asked for; one that only waits binds nothing."""
    world = Quarrel(sqlite_database, engine)
    world.first = world.plan()
    sign(world, 7 * K, 10 * K)
    sign(world, 20 * K, 20 * K, OverrideState.WAITING)
    with sqlite_database.reading() as session:
        told = board_overrides.overrides_in(session, session.get_one(PlanRun, world.first.id))
    assert [(o["target"], o["sponsor"], o["price_high_minor"]) for o in told] == [
        ("R2 (a-Lee)", "Lena", 10 * K)
    ]


def test_a_plan_says_how_many_runs_came_before_it(sqlite_database: Database, engine: Engine) -> None:
    """Solved until the favourite won: the published plan tells that it was the second try."""
    world = Quarrel(sqlite_database, engine)
    world.plan()
    world.first = world.plan()
    publish(world)
    with sqlite_database.reading() as session:
        assert board.board_view(session, world.actor("lena"), 1)["run"]["runs_before"] == 1


def test_old_or_missing_figures_are_flagged_and_never_zero(world: Quarrel) -> None:
    """Kim's customer has one month of a year ago: flagged; Lee's has none: unknown, not 0."""
    books(world, "r1", {"2026-06": 50 * K})
    rows = {row.name: row for row in view(world).customers}
    assert {"stale", "missing_months"} & set(rows["a-Kim"].flags)
    assert (rows["a-Lee"].profit, rows["a-Lee"].share, rows["a-Lee"].as_of) == (None, None, None)


def test_an_unproven_plan_says_so_and_prices_are_limits(world: Quarrel) -> None:
    """Bound 82 k for a plan of 78 k: at most 5.2 % more, never "best"; a price of 6 to 10 k is shown so."""
    with world.database.reading() as session:
        run = session.get_one(PlanRun, world.first.id)
        run.plan_status, run.bound_minor = PlanStatus.FEASIBLE, 82 * K
        worth = board_content._worth(run, [])
        session.expunge_all()
    assert (worth["proven"], worth["gap_percent"]) == (False, "5.2")
    assert "best" not in worth["gap_words"]["text"]
    with world.database.writing() as session:
        question = session.scalars(
            select(Question).where(
                Question.kind == QuestionKind.BREAK_EVEN, Question.request_id == stable_id("r2")
            )
        ).one()
        question.answer = {**question.answer, "cost_low": 44 * K, "estimate": 47 * K}
    option = next(d for d in view(world).decisions if d.key.startswith("refused:")).options[1]
    assert (option.low, option.high, option.estimate) == (6 * K, 10 * K, 9 * K)


def test_a_promise_that_no_plan_can_keep_is_put_first(world: Quarrel) -> None:
    """Listed with two ways to answer for it, before anything else; never an empty page."""
    with world.database.reading() as session:
        publication = session.scalars(select(Publication)).one()
        content = {**json.loads(publication.content), "broken_obligations": ["Delivery to Gamma"]}
        found = review_decisions.decisions(session, publication, content)
    assert (found[0].title, len(found[0].options)) == ("Delivery to Gamma", 2)


def test_growing_dependence_is_told_with_its_direction(world: Quarrel) -> None:
    """A quarter ago 9 % of the profit, now 25 %: told as growing past two limits; the other one shrank."""
    early, late = "2026-08", "2026-12"
    books(world, "r1", {early: 9 * K, late: 21 * K})
    books(world, "r3", {early: 91 * K, late: -1 * K})
    found = {alert.name: alert for alert in view(world).alerts}
    kim, max_ = found["a-Kim"], found["a-Max"]
    assert (kim.before, kim.now, kim.share_before, kim.share, kim.grows) == (
        "ordinary",
        "critical",
        90,
        250,
        True,
    )
    assert (max_.before, max_.now, max_.grows) == ("mono_severe", "mono_warning", False)


def test_promised_benefits_that_nobody_checks_show(world: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3's week is over and nothing is recorded: 0 of 1; recorded: all, and it stands against its claim."""
    monkeypatch.setenv("PLANNER_TODAY", "2027-02-01")

    def recorded() -> int | None:
        measures = {m.key: m.value for e in view(world).alignment.elements for m in e.measures}
        return measures["outcomes_recorded"]

    assert recorded() == 0
    with world.database.writing() as session:
        session.add(
            Closing(
                request_id=stable_id("r3"),
                state=ClosingState.CONFIRMED,
                result=Result.LOST,
                delivered_quarter_hours=64,
                delivered_fraction=1000,
                claimed_probability=1000,
                claimed_value_minor=30 * K,
                realised_value_minor=0,
                ended_on=date(2027, 1, 20),
                recorded_by_id=stable_id("max"),
                recorded_at=datetime(2027, 1, 20, tzinfo=UTC),
                confirmed_by_id=stable_id("fin"),
            )
        )
    assert recorded() == 1000
    assert [(p.claimed, p.realised, p.succeeded) for p in view(world).promised] == [(30 * K, 0, 0)]


def test_confidential_figures_reach_only_who_may_see_them(sqlite_database: Database, engine: Engine) -> None:
    """A link opens its own plan and that plan's sent review, not the draft, not another plan."""
    world = Quarrel(sqlite_database, engine)
    world.first = world.plan()
    publish(world)
    lena = world.actor("lena")
    with sqlite_database.writing() as session:
        secret = board.create_board_link(session, lena, 1, 30)
    second = world.plan()
    with sqlite_database.writing() as session:
        for item in decisions.inbox(session, world.actor("eva")).items:
            decisions.approve(session, world.actor("eva"), item.proposal_id, item.version)
    with sqlite_database.writing() as session:
        publishing.publish(session, lena, second.id)
        review.send_review(session, lena, 2)
    with sqlite_database.reading() as session:
        assert board.board_by_link(session, secret)["number"] == 1
        assert review.review_by_link(session, secret) is None
        for who in ("kim", "eva"):
            with pytest.raises(Refused) as refused:
                review.review_view(session, world.actor(who))
            assert refused.value.denied.kind == Kind.FORBIDDEN


def test_a_dispute_is_settled_by_log_and_replay(world: Quarrel) -> None:
    """Every figure comes out again from the file, and log, plan and decisions are as they were."""
    with world.database.reading() as session:
        done = replay(export_publication(session, world.actor("lena"), 1))
        assert kept.check(session) == []
    assert (done.faults, done.differences) == ((), ())


def test_a_head_who_protects_the_own_figures_is_shown_what_it_cost(world: Quarrel) -> None:
    """One refusal, 10 k, by department; the right to refuse stays, and reserve is the better tool."""
    assert [(r.department, r.count, r.low, r.high) for r in view(world).rejections] == [
        ("Engineering", 1, 10 * K, 10 * K)
    ]


def test_a_silent_head_is_a_question_to_the_board(sqlite_database: Database, engine: Engine) -> None:
    """After the deadline R3 is published alone; R1 waits for Engineering, and waiting costs up to 48 k."""
    world = Quarrel(sqlite_database, engine, decision_deadline=datetime(2027, 1, 3, tzinfo=UTC))
    run = world.first = world.plan()
    r3 = world.proposal(run, "r3")
    with sqlite_database.writing() as session:
        decisions.approve(session, world.actor("eva"), r3.id, r3.version)
    with sqlite_database.writing() as session:
        publishing.publish(session, world.actor("lena"), run.id)
    item = view(world).decisions[0]
    assert item.key == f"undecided:{stable_id('r1')}"
    assert item.background[0].params == {"departments": "Engineering"}
    assert [(o.low, o.high) for o in item.options] == [(0, 0), (0, 48 * K)]


def test_a_stale_plan_is_not_published(planned: Quarrel) -> None:
    """Ann works half days since the plan: refused with her name, and nobody is told of a new plan."""
    for name in ("r1", "r3"):
        part = planned.proposal(planned.first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), part.id, part.version)
    with planned.database.writing() as session:
        session.get_one(Specialist, stable_id("s:ann")).weekday_quarter_hours = [16] * 5 + [0, 0]
    with pytest.raises(Refused) as refused, planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), planned.first.id)
    denied = refused.value.denied
    assert (denied.code, denied.details["changed"]) == ("E_PLAN_STALE", {"people": ["Ann"]})
    with planned.database.reading() as session:
        assert session.scalars(select(Publication)).all() == []
