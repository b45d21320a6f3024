"""Planning cycles: one is open at a time, its times in order, its frozen weeks its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from factories import World, events, planned, refused
from sqlalchemy import select

from planner.records import (
    CycleStatus,
    PlanningCycle,
    Proposal,
    ProposalState,
    RequestStatus,
    ResourceRequest,
)
from planner.services.planning import cycles
from planner.services.planning.cycles import CycleValues

VALUES = CycleValues(
    name="April",
    first_week="2027-W14",
    request_cutoff=datetime(2027, 4, 5, 12, tzinfo=UTC),
    decision_deadline=datetime(2027, 4, 6, 18, tzinfo=UTC),
    publish_at=datetime(2027, 4, 8, 12, tzinfo=UTC),
)


def close(world: World, name: str = "petra") -> PlanningCycle:
    """Close the world's cycle."""
    with world.database.writing() as session:
        cycle = cycles.current_cycle(session)
        assert cycle is not None
        return cycles.close_cycle(session, world.actor(name), cycle.id, cycle.version)


def put(world: World, status: CycleStatus) -> None:
    """Put the world's cycle into a state without the steps that lead there."""
    with world.database.writing() as session:
        session.get_one(PlanningCycle, world.ids["cycle"]).status = status


def test_one_cycle_is_open_at_a_time(any_world: World) -> None:
    """A second one is refused by name until the first is closed; then it is the current one."""
    denied = refused(any_world, "petra", cycles.open_cycle, VALUES)
    assert (denied.code, denied.reason.params["name"]) == ("E_CYCLE_OPEN", "January")
    close(any_world)
    with any_world.database.writing() as session:
        opened = cycles.open_cycle(session, any_world.actor("petra"), VALUES)
    assert (opened.status, opened.horizon_weeks, opened.frozen_weeks, opened.slushy_weeks) == (
        "collecting",
        *(26, 2, 4),
    )
    with any_world.database.reading() as session:
        current = cycles.current_cycle(session)
        assert current is not None
        assert current.id == opened.id
        listed = cycles.list_cycles(session, any_world.actor("ann"))
    assert [c.name for c in listed] == ["April", "January"]
    assert [e.action for e in events(any_world)] == ["cycle.closed", "cycle.opened"]


def test_after_publication_the_next_may_open(world: World) -> None:
    """The published cycle stays; the one that collects is current."""
    put(world, CycleStatus.PUBLISHED)
    with world.database.reading() as session:
        current = cycles.current_cycle(session)
        assert current is not None
        assert current.name == "January"
    with world.database.writing() as session:
        cycles.open_cycle(session, world.actor("lukas"), VALUES)
    with world.database.reading() as session:
        current = cycles.current_cycle(session)
        assert current is not None
        assert current.name == "April"


def test_without_a_cycle_there_is_none(world: World) -> None:
    """Closed cycles do not count."""
    close(world)
    with world.database.reading() as session:
        assert cycles.current_cycle(session) is None


def test_bad_values_are_named(world: World) -> None:
    """Each bad value alone gets its place and code."""
    close(world)
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({"name": " "}, "name", "E_TEXT_BLANK"),
        ({"name": "January"}, "name", "E_EXISTS"),
        ({"kind": "yearly"}, "kind", "E_CHOICE"),
        ({"first_week": "2027-W53"}, "first_week", "E_WEEK"),
        ({"horizon_weeks": 54}, "horizon_weeks", "E_NUMBER_RANGE"),
        ({"horizon_weeks": 0}, "horizon_weeks", "E_NUMBER_RANGE"),
        ({"frozen_weeks": -1}, "frozen_weeks", "E_NUMBER_RANGE"),
        ({"horizon_weeks": 5}, "slushy_weeks", "E_CYCLE_ZONES"),
        ({"publish_at": VALUES.request_cutoff}, "publish_at", "E_RANGE_REVERSED"),
        ({"request_cutoff": VALUES.publish_at}, "decision_deadline", "E_RANGE_REVERSED"),
        ({"publish_at": VALUES.publish_at.replace(tzinfo=None)}, "publish_at", "E_DATE"),
    ]
    for changes, where, code in bad:
        denied = refused(world, "petra", cycles.open_cycle, replace(VALUES, **changes))
        assert [(p.where, p.code) for p in denied.problems] == [(where, code)], changes


def test_frozen_weeks_belong_to_one_cycle(world: World) -> None:
    """January freezes W01 and W02: a cycle of its kind may begin in W03; one of another kind in W02."""
    put(world, CycleStatus.PUBLISHED)
    second = replace(VALUES, first_week="2027-W02")
    denied = refused(world, "petra", cycles.open_cycle, second)
    assert [(p.where, p.code) for p in denied.problems] == [("first_week", "E_CYCLE_OVERLAP")]
    assert "2027-W03" in str(denied.problems[0].remedy)
    before = replace(VALUES, first_week="2026-W53")
    assert refused(world, "petra", cycles.open_cycle, before).problems[0].code == "E_CYCLE_OVERLAP"
    with world.database.writing() as session:
        opened = cycles.open_cycle(session, world.actor("petra"), replace(second, kind="quarterly"))
    assert opened.first_week == "2027-W02"


def test_a_cycle_that_solves_cannot_be_closed(world: World) -> None:
    """The run must end first; who has an old page is told what changed."""
    put(world, CycleStatus.SOLVING)
    assert refused(world, "petra", cycles.close_cycle, world.ids["cycle"], 2).code == "E_STATE"
    assert refused(world, "petra", cycles.close_cycle, world.ids["cycle"], 1).code == "E_VERSION_STALE"
    assert refused(world, "petra", cycles.close_cycle, "nowhere", 1).code == "E_NOT_FOUND"


def test_who_steers(world: World) -> None:
    """Leadership and planners open and close; everybody sees."""
    for name in ("nora", "hana", "filip", "adam", "ann"):
        assert refused(world, name, cycles.open_cycle, VALUES).code == "E_FORBIDDEN"
        assert refused(world, name, cycles.close_cycle, world.ids["cycle"], 1).code == "E_FORBIDDEN"
    assert close(world, "lydia").status == "closed"


def test_closing_carries_on_what_waits(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned and decided requests wait for the next cycle at their first place; what is over expires.

    On 1 February January's weeks are over: the request for W01 to W04 expires, the one until W09 waits.
    """
    short, long = any_world.submitted(title="Short"), any_world.submitted(latest_week="2027-W09")
    fresh, gone = any_world.submitted(latest_week="2027-W09"), any_world.submitted()
    proposal = planned(any_world, long, ProposalState.APPROVED)
    for request, status in ((short, RequestStatus.DECIDED), (long, RequestStatus.PLANNED)):
        any_world.force(request.id, status)
    monkeypatch.setenv("PLANNER_TODAY", "2027-02-01")
    close(any_world)
    with any_world.database.reading() as session:
        after = {r.id: (r.status, r.filing_order) for r in session.scalars(select(ResourceRequest))}
        assert after == {
            short.id: ("expired", 1),
            long.id: ("submitted", 2),
            fresh.id: ("submitted", 3),
            gone.id: ("expired", 4),
        }
        assert session.get_one(Proposal, proposal.id).state == "superseded"
    actions = [e.action for e in events(any_world)]
    assert [actions.count(a) for a in ("request.carried", "request.expired", "allocation.withdrawn")] == [
        *(1, 2, 1)
    ]


def test_closing_an_old_cycle_leaves_the_next_ones_requests_alone(world: World) -> None:
    """Once the next cycle is open it has taken the waiting requests over."""
    put(world, CycleStatus.PUBLISHED)
    with world.database.writing() as session:
        cycles.open_cycle(session, world.actor("petra"), VALUES)
    request = world.force(world.submitted().id, RequestStatus.PLANNED)
    with world.database.writing() as session:
        old = session.get_one(PlanningCycle, world.ids["cycle"])
        cycles.close_cycle(session, world.actor("petra"), old.id, old.version)
    with world.database.reading() as session:
        assert session.get_one(ResourceRequest, request.id).status == "planned"
