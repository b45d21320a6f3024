"""What one line of several may cost outside, the others being done by own people."""

from __future__ import annotations

import json
from dataclasses import replace

from factories import stable_id
from scenario import K, Quarrel

from planner.database import Database
from planner.records import PlanRun, ResourceRequest
from planner.services.explaining import explanations
from planner.services.explaining.ways import OUTSIDE, Way
from planner.services.filing import requests
from planner.services.filing.requests import LineValues
from planner.solving.engine import Engine
from planner.solving.one_line import without_line


def refused(database: Database, engine: Engine, worth: int = 10 * K) -> Quarrel:
    """R4 asks 10 h of design, which Ann has not left, and 8 h of law, which Leo has."""
    world = Quarrel(database, engine)
    world.add_legal()
    world.bundle(worth)
    world.first = world.plan()
    return world


def prices(world: Quarrel, who: str) -> list[Way]:
    """What the card says of buying, once everything asked is answered; the whole request comes first."""
    with world.database.writing() as session:
        explanations.ask(session, world.actor("lena"), world.first.id, stable_id("r4"))
    world.answer_all(60)
    with world.database.reading() as session:
        card = explanations.refusal_card(session, world.actor(who), world.first.id, stable_id("r4"))
    return [way for way in card.ways if way.family == OUTSIDE]


def test_the_line_that_lacks_hours_may_cost_what_the_rest_leaves(
    sqlite_database: Database, engine: Engine
) -> None:
    """Without the design R4 takes hours from nobody, so it may cost all of the 10 k.

    Law outside helps nothing: Ann's 10 h would still come from R3, which is worth 30 k. So it has no price.
    """
    world = refused(sqlite_database, engine)
    whole, design = prices(world, "lena")
    assert whole.price_minor == 10 * K
    assert (design.words.params, design.proven) == ({"skill": "Design"}, True)
    assert design.price_minor is not None
    assert 10 * K - 1 <= design.price_minor <= 10 * K
    own = prices(world, "kim")
    assert own[1].price_minor in (9 * K, 10 * K)


def test_what_the_card_says_is_true(sqlite_database: Database, engine: Engine) -> None:
    """Offered a little below the price the line is bought and R4 granted; a little above it stays refused."""
    world = refused(sqlite_database, engine)
    limit = prices(world, "lena")[1].price_minor
    assert limit is not None
    for price, granted in ((limit - 100, True), (limit + 100, False)):
        offered(world, price)
        run: PlanRun = world.plan()
        told = {grant["request"] for grant in json.loads(run.result or "{}")["granted"]}
        assert (stable_id("r4") in told) is granted


def offered(world: Quarrel, price: int) -> None:
    """R4 with an outside price for its design."""
    lines = (
        LineValues("design", 40, outside_cost_minor=price, outside_source="Nordtest"),
        LineValues("law", 32),
    )
    with world.database.writing() as session:
        row = session.get_one(ResourceRequest, stable_id("r4"))
        values = replace(requests.values_of(row), lines=lines)
        requests.edit_request(session, world.actor("kim"), row.id, row.version, values)


def test_its_manager_reads_steps_and_the_budget_bounds_them(
    sqlite_database: Database, engine: Engine
) -> None:
    """With at most 4 k for others the card says 4 k, to everybody."""
    world = Quarrel(sqlite_database, engine)
    world.add_legal()
    lines = [LineValues("design", 40), LineValues("law", 32)]
    draft = world.file(
        "kim", "r4", lines, 10 * K, account_id=stable_id("a:r1"), title="R4", money_budget_minor=4 * K
    )
    world.submit("kim", draft)
    world.first = world.plan()
    for who in ("lena", "kim"):
        assert [way.price_minor for way in prices(world, who)] == [4 * K, 4 * K]


def test_a_line_leaves_with_all_that_names_it() -> None:
    """Locks, what was published of it and what had to wait for it go; other requests stay."""
    problem = {
        "requests": [
            {"id": "r", "options": [["r.1", "r.2"], ["r.2"]], "option_bonus": [0, -5]},
            {"id": "q", "options": [["q.1"]]},
        ],
        "lines": [{"id": "r.1"}, {"id": "r.2", "after": ["r.1"]}, {"id": "q.1", "after": []}],
        "locks": [{"kind": "forbid", "line": "r.1"}, {"kind": "forbid", "line": "q.1"}],
        "published": {"price": 2, "hours": [{"line": "r.1"}, {"line": "r.2"}]},
    }
    assert without_line(problem, "r", "r.1") == {
        "requests": [{"id": "r", "options": [["r.2"]]}, {"id": "q", "options": [["q.1"]]}],
        "lines": [{"id": "r.2", "after": []}, {"id": "q.1", "after": []}],
        "locks": [{"kind": "forbid", "line": "q.1"}],
        "published": {"price": 2, "hours": [{"line": "r.2"}]},
    }
