"""What can go wrong for leadership (D.3), each row with what the software must do.

Data that is stale, dependence that grows and promises that nobody checks are held where worth and outcomes
are; the page of the board and the replay of a published plan where those are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date

import pytest
from factories import stable_id
from scenario import ASKS, K, Quarrel

from planner import audit
from planner.database import Database
from planner.gap import gap_of, gap_words
from planner.records import Override, PlanStatus, ResourceRequest, RunPurpose
from planner.services.approving import decisions
from planner.services.excepting import overrides
from planner.services.excepting.override_prices import PriceView, Target, ask_price, price_view
from planner.services.explaining import explanations
from planner.services.filing import obligations, requests
from planner.services.filing.requests import values_of
from planner.services.planning import closeness, lineage, runs, scenarios, trade_offs
from planner.services.planning.scenario_values import ScenarioValues
from planner.solving.engine import Engine
from planner.solving.prices import interval
from planner.verdict import Denied, Kind, Refused

UNTIL = date(2027, 3, 31)


def denied(world: Quarrel, who: str, step: Callable[..., object], *args: object) -> Denied:
    """Why a step is refused."""
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        step(session, world.actor(who), *args)
    return refused.value.denied


def priced(world: Quarrel, name: str = "r2") -> PriceView:
    """What granting a request would cost."""
    with world.database.writing() as session:
        asked = ask_price(session, world.actor("lena"), Target("grant", stable_id(name)))
    world.answer_all(40)
    with world.database.reading() as session:
        return price_view(session, world.actor("lena"), asked.question_id)


def test_pressure_by_rank_has_one_path_with_its_price(planned: Quarrel) -> None:
    """Leadership decides no proposal; an override names price, sponsor, reason, end and losers; it counts."""
    part = planned.proposal(planned.first, "r1")
    assert denied(planned, "lena", decisions.approve, part.id, part.version).kind == Kind.FORBIDDEN
    view = priced(planned)
    refusal = denied(planned, "lena", overrides.sign, view.question_id, "", UNTIL)
    assert [p.where for p in refusal.problems] == ["reason"]
    with planned.database.writing() as session:
        signed = overrides.sign(session, planned.actor("lena"), view.question_id, "A friend.", UNTIL)
    row: Override = planned.row(Override, signed.id)
    assert (row.price_low_minor, row.price_high_minor, row.reason) == (10 * K, 10 * K, "A friend.")
    assert (row.sponsor_id, row.expires_on) == (stable_id("lena"), UNTIL)
    assert [effect["title"] for effect in row.effects["losers"]] == ["R1"]
    with planned.database.reading() as session:
        (tally,) = overrides.register(session, 2027, 1).tallies
    assert (tally.sponsor, tally.count, tally.high_minor) == ("Lena", 1, 10 * K)


def test_weights_tuned_until_the_favourite_wins_leave_their_trace(planned: Quarrel) -> None:
    """Trying is isolated and counted, promoting has a note, and the turning weight is on the page."""
    planned.answer_all(40)
    with planned.database.writing() as session:
        for percent in (1100, 1200, 1300):
            factors = {stable_id("a:r2"): percent}
            values = ScenarioValues(f"Times {percent}", account_factors=factors)
            last = scenarios.create(session, planned.actor("lena"), values)
    planned.answer_all(40)
    with planned.database.reading() as session:
        rows = {
            row.title: row for row in closeness.closeness(session, planned.actor("lena"), planned.first.id)
        }
    # R2 is worth 38 and needs 48: a weight of 1.26 turns it, 26 % above the present 1.
    assert (rows["R2"].turns_at, rows["R2"].percent, rows["R2"].close) == ("1.26", 26, False)
    with planned.database.writing() as session:
        version = scenarios.scenario_view(session, planned.actor("lena"), last.id).scenario.version
        run = scenarios.promote(session, planned.actor("lena"), last.id, version, "The board weighed anew.")
    planned.answer_all(60)
    with planned.database.reading() as session:
        done = session.get_one(type(run), run.id)
        before = lineage.before(session, done)
    assert (done.purpose, done.parameters["changes"]) == (
        RunPurpose.OFFICIAL,
        {"account_factors": {stable_id("a:r2"): 1300}},
    )
    assert (before.official, before.what_ifs, before.promoted) == (1, 3, True)
    assert planned.events("scenario")[-1] == "scenario.promoted"


def test_how_close_a_grant_was(planned: Quarrel) -> None:
    """Without R1 the plan loses 10 of its 48: it stays granted down to a weight of 0.79; R3 likewise 0.73."""
    with planned.database.writing() as session:
        assert closeness.ask_closeness(session, planned.actor("lena"), planned.first.id) == 2
        assert closeness.ask_closeness(session, planned.actor("lena"), planned.first.id) == 0
    planned.answer_all(40)
    with planned.database.reading() as session:
        rows = {
            row.title: row for row in closeness.closeness(session, planned.actor("lena"), planned.first.id)
        }
    assert (rows["R1"].margin_low_minor, rows["R1"].turns_at) == (10 * K, "0.79")
    # Without R3 the best is R1 alone or R2 + nothing else that fits: 48, so 30 are lost.
    assert (rows["R3"].margin_low_minor, rows["R3"].turns_at) == (30 * K, "0.00")


def test_ties_are_named_as_ties(sqlite_database: Database, engine: Engine) -> None:
    """R2 worth 48 makes 78 with R3 as well: R1 stays because it was filed first, and both rows say so."""
    world = Quarrel(sqlite_database, engine)
    with sqlite_database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r2"))
        values = replace(values_of(request), benefits=((0, 48 * K),))
        requests.edit_request(session, world.actor("lee"), request.id, request.version, values)
    run = world.plan()
    with sqlite_database.writing() as session:
        closeness.ask_closeness(session, world.actor("lena"), run.id)
    world.answer_all(40)
    with sqlite_database.reading() as session:
        rows = {row.title: row for row in closeness.closeness(session, world.actor("lena"), run.id)}
    assert {title: row.tie for title, row in rows.items()} == {"R1": True, "R2": True, "R3": False}
    assert (rows["R1"].close, rows["R2"].close) == (True, True)


def test_an_unproven_optimum_is_an_interval_and_never_best(planned: Quarrel) -> None:
    """E7: forced run 68 with bound 71, free run proven at 78: 7 to 10; no plan with a gap is best."""
    free, forced = {"value": 78, "bound": 78}, {"value": 68, "bound": 71}
    assert interval(free, forced) == (7, 10)
    assert interval(free, {"value": 68, "bound": None}) == (None, 10)
    words = str(gap_words(gap_of(68, 71), proven=False))
    assert words == "A better plan, if there is one, is worth at most 4.5 % more."
    assert planned.first.plan_status == PlanStatus.OPTIMAL


def test_more_promised_than_there_is_still_gives_a_plan(sqlite_database: Database, engine: Engine) -> None:
    """R1 and R2 are confirmed obligations of 44 h in 40: one is broken and named, the rest is planned."""
    world = Quarrel(sqlite_database, engine)
    for name in ("r1", "r2"):
        with sqlite_database.writing() as session:
            request = session.get_one(ResourceRequest, stable_id(name))
            values = replace(values_of(request), obligation=True, contract_reference="Contract 7, 3.2")
            edited = requests.edit_request(
                session, world.actor(ASKS[name][0]), request.id, request.version, values
            )
            obligations.confirm_obligation(session, world.actor("fin"), edited.id, edited.version)
    run = world.plan()
    with sqlite_database.reading() as session:
        view = runs.run_view(session, world.actor("lena"), run.id)
    assert view.state == "done"
    assert list(view.broken_obligations) == [stable_id("r2")]
    assert set(world.states(run)) == {"r1", "r3"}
    # The way out has its price: granting the broken one breaks the other.
    price = priced(world)
    assert price.broken == ("R1",)


def test_confidential_figures_stay_where_they_belong(planned: Quarrel) -> None:
    """An account manager reads a rank and a reason; prices, scenarios and trade-offs are leadership's."""
    planned.answer_all(40)
    with planned.database.reading() as session:
        card = explanations.refusal_card(session, planned.actor("lee"), planned.first.id, stable_id("r2"))
    text = json.dumps(asdict(card), default=str)
    for secret in (48 * K, 48 * K + 1, 10 * K, 10 * K + 1, 30 * K, 78 * K):
        assert str(secret) not in text
    assert denied(planned, "lee", ask_price, Target("grant", stable_id("r2"))).kind == Kind.FORBIDDEN
    assert denied(planned, "lee", scenarios.list_scenarios).kind == Kind.FORBIDDEN
    assert denied(planned, "lee", trade_offs.trade_off, "floor").kind == Kind.FORBIDDEN
    assert denied(planned, "lee", closeness.closeness, planned.first.id).kind == Kind.FORBIDDEN
    assert denied(planned, "lee", overrides.list_overrides).kind == Kind.FORBIDDEN


def test_a_dispute_later_finds_every_step(planned: Quarrel) -> None:
    """Price, signature, withdrawal and the runs between stand in one chain that verifies."""
    view = priced(planned)
    with planned.database.writing() as session:
        signed = overrides.sign(session, planned.actor("lena"), view.question_id, "For now.", UNTIL)
    planned.plan()
    with planned.database.writing() as session:
        overrides.withdraw(session, planned.actor("lena"), signed.id, signed.version, "No longer.")
    planned.plan()
    told = [e for e in planned.events("override", "run") if e != "run.started"]
    assert told[-7:] == [
        *("override.priced", "override.signed", "run.created", "run.finished"),
        *("override.withdrawn", "run.created", "run.finished"),
    ]
    with planned.database.reading() as session:
        assert audit.verify(session) == []
