"""Work bought outside: a line with a price is an option, and the optimum decides between money and people.

In E7 Ann's 40 h go to R1 (48 k) and R3 (30 k); R2 (38 k, 20 h) is refused. With an outside price below its
worth it is bought and nobody else loses anything.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select

from planner.database import Database
from planner.records import (
    Outcome,
    PlanRun,
    Preference,
    PublishedOutside,
    Question,
    QuestionKind,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    Specialist,
)
from planner.services.approving import decisions
from planner.services.explaining import explanations
from planner.services.filing import requests
from planner.services.filing.requests import LineValues
from planner.services.planning.plan_facts import facts_of, plan_of, problem_of
from planner.services.publishing import publishing
from planner.services.publishing.publication_file import export_publication
from planner.solving.engine import Engine
from planner.solving.replay import replay
from planner.supply import bought_outside

R2 = stable_id("r2")
OFFER = "Nordtest AS, offer of 12 January"


def _offered(world: Quarrel, price: int, **changes: Any) -> None:
    """R2 with an outside price for its line."""
    line = LineValues("design", 80, outside_cost_minor=price, outside_source=OFFER)
    with world.database.writing() as session:
        row = session.get_one(ResourceRequest, R2)
        values = replace(requests.values_of(row), lines=(line,), **changes)
        requests.edit_request(session, world.actor("lee"), R2, row.version, values)


def _outcome(world: Quarrel, run: PlanRun, name: str = "r2") -> RequestOutcome:
    with world.database.reading() as session:
        return session.scalars(
            select(RequestOutcome).where(
                RequestOutcome.run_id == run.id, RequestOutcome.request_id == stable_id(name)
            )
        ).one()


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """The company of E7 before its first run."""
    return Quarrel(sqlite_database, engine)


def test_the_optimum_buys_what_is_worth_its_price(world: Quarrel) -> None:
    """38 k for 5 k: the plan is worth 48 + 30 + 38 - 5 = 111 k, and no head is asked about R2."""
    _offered(world, 5 * K)
    run = world.plan()
    assert run.value_minor == 111 * K
    bought = _outcome(world, run)
    assert (bought.level, bought.value_minor, bought.bonus_minor, bought.outside_minor) == (
        *(0, 38 * K, -5 * K),
        5 * K,
    )
    request: ResourceRequest = world.row(ResourceRequest, R2)
    assert (request.status, request.outcome) == (RequestStatus.DECIDED, Outcome.GRANTED)
    assert sorted(world.states(run)) == ["r1", "r3"]
    with world.database.reading() as session:
        row = session.get_one(PlanRun, run.id)
        facts = facts_of(*problem_of(row), plan_of(row))
    assert (facts.outside, facts.money, facts.strategy) == (5 * K, 111 * K, 0)


def test_a_plans_parts_add_up_to_its_value(world: Quarrel) -> None:
    """R2 is bought and R1 would rather have Ann, who is the only one: the plan says what that added."""
    _offered(world, 5 * K)
    wish = LineValues("design", 80, specialist_code="ann", preference=Preference.PREFER)
    with world.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r1"))
        values = replace(requests.values_of(request), lines=(wish,))
        requests.edit_request(session, world.actor("kim"), request.id, request.version, values)
    run = world.plan()
    with world.database.reading() as session:
        row = session.get_one(PlanRun, run.id)
        facts = facts_of(*problem_of(row), plan_of(row))
    assert facts.wishes > 0
    assert facts.value == facts.money + facts.strategy + facts.wishes - facts.churn


def test_a_price_above_the_worth_is_not_paid(world: Quarrel) -> None:
    """39 k for 38 k would lose 1 k: R2 stays refused; the card says below which price it would be done."""
    _offered(world, 39 * K)
    run = world.plan()
    assert (run.value_minor, _outcome(world, run).level) == (78 * K, -1)
    with world.database.writing() as session:
        explanations.ask(session, world.actor("lee"), run.id, R2)
    world.answer_all(60)
    with world.database.reading() as session:
        card = explanations.refusal_card(session, world.actor("lee"), run.id, R2)
        asked = session.scalars(select(Question).where(Question.kind == QuestionKind.CARD)).one()
    assert asked.answer["own_value"] == 38 * K
    (way,) = [way for way in card.ways if way.family == "outside"]
    assert way.price_minor == 38 * K


def test_a_budget_bounds_what_is_bought(world: Quarrel) -> None:
    """With 4 k of money the 5 k are not there, whatever the worth; it is told before submitting."""
    _offered(world, 5 * K, money_budget_minor=4 * K)
    with world.database.reading() as session:
        row = session.get_one(ResourceRequest, R2)
        assert "W_OUTSIDE_BUDGET" in {each.code for each in requests.warnings(session, row)}
    run = world.plan()
    assert (run.value_minor, _outcome(world, run).level) == (78 * K, -1)


def test_own_people_do_it_where_they_are_free(world: Quarrel) -> None:
    """Without rivals Ann does R2: the same worth without the price."""
    _offered(world, 5 * K)
    for name, kam in (("r1", "kim"), ("r3", "max")):
        request = world.row(ResourceRequest, stable_id(name))
        with world.database.writing() as session:
            requests.withdraw_request(session, world.actor(kam), request.id, request.version)
    run = world.plan()
    assert (run.value_minor, _outcome(world, run).outside_lines) == (38 * K, [])


def test_one_line_of_several_is_bought(world: Quarrel) -> None:
    """R4 needs 10 h of design and 8 h of law. The law is bought for 2 k, Ann does the design for 60 k.

    R4 with R3 and 14 h left: R1 (24 h) no longer fits beside both. 60 - 2 + 48 (R4, R1: 34 h) = 106 k is
    best; R2 stays out.
    """
    world.add_legal()
    with world.database.writing() as session:
        session.get_one(Specialist, stable_id("s:leo")).weekday_quarter_hours = [0] * 7
    lines = [
        LineValues("design", 40),
        LineValues("law", 32, outside_cost_minor=2 * K, outside_source="Law firm, letter"),
    ]
    world.submit("kim", world.file("kim", "r4", lines, 60 * K, account_id=stable_id("a:r1"), title="R4"))
    run = world.plan()
    assert run.value_minor == 106 * K
    row = _outcome(world, run, "r4")
    request: ResourceRequest = world.row(ResourceRequest, stable_id("r4"))
    with world.database.reading() as session:
        law = session.get_one(ResourceRequest, request.id).lines[1].id
    assert (row.outside_lines, row.outside_minor) == ([law], 2 * K)


def test_a_publication_holds_what_is_bought_and_replays(world: Quarrel) -> None:
    """Published without any hours of ours, told with its price, computed again to the same figures."""
    _offered(world, 5 * K)
    run = world.plan()
    for name in ("r1", "r3"):
        part = world.proposal(run, name)
        with world.database.writing() as session:
            decisions.approve(session, world.actor("eva"), part.id, part.version)
    with world.database.writing() as session:
        publication = publishing.publish(session, world.actor("lena"), run.id)
    content = json.loads(publication.content)
    (row,) = [row for row in content["granted"] if row["request_id"] == R2]
    assert (row["outside_minor"], row["quarter_hours"]) == (5 * K, 0)
    assert row["outside"][0]["source"] == OFFER
    assert content["worth"]["published_value_minor"] == 111 * K
    assert content["worth"]["outside_minor"] == 5 * K
    with world.database.reading() as session:
        kept = session.scalars(select(PublishedOutside)).one()
        assert (kept.request_id, kept.cost_minor) == (R2, 5 * K)
        assert bought_outside(session, [R2]) == {R2: {kept.line_id}}
        text = export_publication(session, world.actor("lena"), publication.number)
    done = replay(text)
    assert (done.differences, done.faults) == ((), ())
    assert world.row(ResourceRequest, R2).status is RequestStatus.PUBLISHED
