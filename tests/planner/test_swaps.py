"""Swaps: nobody is named before both agree and a re-solve shows that nobody else loses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import factories
import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.database import Database
from planner.records import (
    Notification,
    PlanRun,
    RequestOutcome,
    ResourceRequest,
    Role,
    SwapOffer,
    SwapState,
)
from planner.services.excepting import swaps
from planner.services.excepting.swaps import SwapView
from planner.services.explaining import explanations
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, values_of
from planner.solving.engine import Engine
from planner.verdict import Denied, Kind, Refused


def opened(database: Database, engine: Engine) -> Quarrel:
    """E7 with a fourth account manager, Noa, whose request of a lawyer is granted."""
    world = Quarrel(database, engine)
    world.add_legal()
    with database.writing() as session:
        noa = factories.user(session, "noa", Role.KAM, password_hash="-")  # noqa: S106 - nobody signs in
        noa.id = stable_id("noa")
        account = factories.account(session, "a-noa", noa)
        account.id = stable_id("a:r9")
    world.submit("noa", world.file("noa", "r9", [LineValues("law", 32)], 9 * K))
    return world


def planned_with_ways(world: Quarrel) -> Quarrel:
    """The first plan; Lee learns what would be enough for R2."""
    world.first = world.plan()
    with world.database.writing() as session:
        explanations.ask(session, world.actor("lee"), world.first.id, stable_id("r2"))
    world.answer_all(40)
    return world


def with_fifth(database: Database, engine: Engine) -> Quarrel:
    """The same with Noa's R5 beside: 20 h of design worth 35 k."""
    world = opened(database, engine)
    fifth = world.file("noa", "r5", [LineValues("design", 80)], 35 * K, account_id=stable_id("a:r9"))
    world.submit("noa", fifth)
    return planned_with_ways(world)


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7 with Noa beside the three, planned; Lee has asked for ways."""
    return planned_with_ways(opened(sqlite_database, engine))


def agree(world: Quarrel) -> None:
    """Lee asks, Kim lets R1 yield, and the re-solve finds that nobody else has less."""
    offer = offered(world)
    with world.database.writing() as session:
        row = session.get_one(SwapOffer, offer.offer_id)
        row.yields_id, row.to_id = stable_id("r1"), stable_id("kim")
    (theirs,) = listed(world, "kim")
    with world.database.writing() as session:
        swaps.accept(session, world.actor("kim"), theirs.offer_id, theirs.version)
    world.answer_all(40)
    assert listed(world, "lee")[0].state == "agreed"


def levels(session: Session, run: PlanRun) -> dict[str, int]:
    """The granted level of each granted request."""
    rows = select(RequestOutcome).where(RequestOutcome.run_id == run.id, RequestOutcome.level >= 0)
    return {row.request_id: row.level for row in session.scalars(rows)}


def offered(world: Quarrel, given_back: str | None = None) -> SwapView:
    """Lee's offer for R2."""
    with world.database.writing() as session:
        return swaps.offer(session, world.actor("lee"), stable_id("r2"), given_back)


def listed(world: Quarrel, who: str) -> list[SwapView]:
    """What somebody sees."""
    with world.database.reading() as session:
        return list(swaps.list_swaps(session, world.actor(who)))


def denied(world: Quarrel, who: str, step: Callable[..., object], *args: object) -> Denied:
    """Why a step is refused."""
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        step(session, world.actor(who), *args)
    return refused.value.denied


def names_in(view: SwapView) -> set[str]:
    """Which names of the two sides stand in a view."""
    text = json.dumps(asdict(view))
    return {name for name in ("Kim", "Lee", "R1", "R2") if name in text}


def test_both_agree_and_nobody_else_loses(world: Quarrel) -> None:
    """R1 yields to R2: the re-solve finds R2 + R3 + R9, names are told, and the next plan is that."""
    mine = offered(world)
    assert names_in(mine) == {"R2"}
    (theirs,) = listed(world, "kim")
    assert names_in(theirs) == {"R1"}
    assert (theirs.share_now, theirs.share_then, theirs.asked) == (1000, 0, False)
    assert listed(world, "max") == []
    with world.database.writing() as session:
        swaps.accept(session, world.actor("kim"), theirs.offer_id, theirs.version)
    assert names_in(listed(world, "lee")[0]) == {"R2"}
    world.answer_all()
    (agreed,), (seen) = listed(world, "lee"), listed(world, "kim")[0]
    assert (agreed.state, agreed.other, agreed.other_title) == ("agreed", "Kim", "R1")
    assert (seen.other, seen.other_title) == ("Lee", "R2")
    run = world.plan()
    assert run.value_minor == (38 + 30 + 9) * K
    assert world.events("swap") == ["swap.offered", "swap.accepted", "swap.checked"]
    with world.database.reading() as session:
        told = len(session.scalars(select(Notification).where(Notification.kind == "swap")).all())
    # Kim once when asked, both when it is settled.
    assert told == 3


def test_the_next_plan_takes_from_nobody_else_either(sqlite_database: Database, engine: Engine) -> None:
    """R5 of 20 h worth 35 k is refused beside R1 + R3. With R1 away R2 + R5 = 73 k would beat R2 + R3 = 68 k.

    The swap promised that nobody else loses, so R3 and R9 keep what they have, at the price of 5 k.
    """
    world = with_fifth(sqlite_database, engine)
    with world.database.reading() as session:
        before = levels(session, world.first)
    assert set(before) == {stable_id(name) for name in ("r1", "r3", "r9")}
    agree(world)
    run = world.plan()
    with world.database.reading() as session:
        after = levels(session, run)
    assert set(after) == {stable_id(name) for name in ("r2", "r3", "r9")}
    assert run.value_minor == (38 + 30 + 9) * K
    assert all(after[name] >= level for name, level in before.items() if name != stable_id("r1"))


def test_what_changes_after_a_swap_is_decided_anew(sqlite_database: Database, engine: Engine) -> None:
    """Then R3 is worth 1 k only: the swap protects what it was agreed on, so R5 may take its place."""
    world = with_fifth(sqlite_database, engine)
    agree(world)
    with world.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r3"))
        values = replace(values_of(request), benefits=((0, K),))
        requests.edit_request(session, world.actor("max"), request.id, request.version, values)
    run = world.plan()
    with world.database.reading() as session:
        assert set(levels(session, run)) == {stable_id(name) for name in ("r2", "r5", "r9")}


def test_somebody_else_would_lose(world: Quarrel) -> None:
    """R3's 16 h are not enough for R2 beside R1: R1 would have to go, so the swap fails and names stay."""
    offer = offered(world)
    with world.database.writing() as session:
        row = session.get_one(SwapOffer, offer.offer_id)
        row.yields_id, row.to_id = stable_id("r3"), stable_id("max")
    (theirs,) = listed(world, "max")
    with world.database.writing() as session:
        swaps.accept(session, world.actor("max"), theirs.offer_id, theirs.version)
    world.answer_all()
    (view,) = listed(world, "lee")
    assert (view.state, view.other) == ("failed", None)
    assert world.plan().value_minor == (48 + 30 + 9) * K


def test_declining_tells_nothing(world: Quarrel) -> None:
    """Lee learns that it was declined, not by whom; the plan stays."""
    offer = offered(world)
    (theirs,) = listed(world, "kim")
    with world.database.writing() as session:
        swaps.decline(session, world.actor("kim"), theirs.offer_id, theirs.version)
    (view,) = listed(world, "lee")
    assert (view.offer_id, view.state) == (offer.offer_id, "declined")
    assert names_in(view) == {"R2"}
    assert denied(world, "kim", swaps.accept, theirs.offer_id, view.version).kind == Kind.STATE


def test_only_the_two_sides_know(world: Quarrel) -> None:
    """Others find nothing; the asker cannot answer, the holder cannot take back, twice is refused."""
    offer = offered(world)
    arguments = (offer.offer_id, offer.version)
    for step in (swaps.accept, swaps.decline, swaps.withdraw):
        assert denied(world, "max", step, *arguments).kind == Kind.NOT_FOUND
    assert denied(world, "lee", swaps.accept, *arguments).kind == Kind.NOT_FOUND
    assert denied(world, "kim", swaps.withdraw, *arguments).kind == Kind.NOT_FOUND
    assert denied(world, "lena", swaps.offer, stable_id("r2")).kind == Kind.FORBIDDEN
    assert denied(world, "lee", swaps.offer, stable_id("r2")).code == "E_EXISTS"
    with world.database.writing() as session:
        swaps.withdraw(session, world.actor("lee"), *arguments)
    row: SwapOffer = world.row(SwapOffer, offer.offer_id)
    assert row.state == SwapState.WITHDRAWN
    assert denied(world, "kim", swaps.accept, row.id, row.version).kind == Kind.STATE


def test_two_rivals_are_too_few(planned: Quarrel) -> None:
    """In E7 itself only Kim and Max hold hours, so an offer would tell who is meant."""
    with planned.database.writing() as session:
        explanations.ask(session, planned.actor("lee"), planned.first.id, stable_id("r2"))
    planned.answer_all(40)
    assert denied(planned, "lee", swaps.offer, stable_id("r2")).code == "E_TOO_FEW"
    with planned.database.reading() as session:
        assert not swaps.possible(session, planned.actor("lee"), stable_id("r2"))


def test_before_the_ways_are_known_there_is_no_offer(planned: Quarrel) -> None:
    """Nobody knows yet who would have to yield."""
    assert denied(planned, "lee", swaps.offer, stable_id("r2")).code == "E_NO_SWAP"


def test_a_newer_plan_overtakes_an_offer(world: Quarrel) -> None:
    """Accepting an offer about an old plan is refused."""
    offered(world)
    world.plan()
    (theirs,) = listed(world, "kim")
    assert denied(world, "kim", swaps.accept, theirs.offer_id, theirs.version).code == "E_OVERTAKEN"


def test_an_offer_is_a_probe(world: Quarrel) -> None:
    """Its answer tells something, so it counts among the twenty of the day."""
    with world.database.reading() as session:
        before = explanations.probes_left(session, world.actor("lee"))
    offered(world)
    with world.database.reading() as session:
        assert explanations.probes_left(session, world.actor("lee")) == (before or 0) - 1
        assert session.get_one(ResourceRequest, stable_id("r2")).title == "R2"
