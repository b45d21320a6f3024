"""Promises with a penalty: a second person confirms, and a change asks again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from factories import World, edit, events, names, refused

from planner.records import RequestStatus, ResourceRequest, Role, User, UserRole
from planner.services.filing import obligations, requests

PROMISE: dict[str, Any] = {"obligation": True, "contract_reference": "C-17"}


def confirm(world: World, request: ResourceRequest, name: str = "filip") -> ResourceRequest:
    """Confirm what `name` sees."""
    with world.database.writing() as session:
        return requests.confirm_obligation(session, world.actor(name), request.id, request.version)


def test_finance_or_leadership_confirm_once(any_world: World) -> None:
    """The register lists what waits first; confirming twice is confirming once."""
    first = any_world.submitted(title="First", **PROMISE)
    any_world.submitted(title="Second", **PROMISE)
    any_world.draft(title="Draft", **PROMISE)
    any_world.submitted(title="None")
    confirmed = confirm(any_world, first)
    assert confirmed.obligation_confirmed_by_id == any_world.ids["filip"]
    assert confirm(any_world, confirmed, "lukas").obligation_confirmed_by_id == any_world.ids["filip"]
    with any_world.database.reading() as session:
        listed = obligations.list_obligations(session, any_world.actor("lukas"))
    assert names(listed) == ["Second", "First"]
    assert [e.action for e in events(any_world)][-1] == "obligation.confirmed"
    assert sum(e.action == "obligation.confirmed" for e in events(any_world)) == 1


def test_nobody_confirms_the_own_promise(world: World) -> None:
    """Even with finance's role, neither the KAM, nor the deputy, nor who filed it may confirm."""
    with world.database.writing() as session:
        for name in ("nora", "sven"):
            user = session.get_one(User, world.ids[name])
            user.role_rows = [*user.role_rows, UserRole(role=Role.FINANCE)]
    request = world.submitted("nora", **PROMISE)
    for name in ("nora", "sven"):
        denied = refused(world, name, obligations.confirm_obligation, request.id, request.version)
        assert denied.code == "E_SELF_APPROVAL"
    for name in ("kai", "hana", "petra", "adam"):
        denied = refused(world, name, obligations.confirm_obligation, request.id, request.version)
        assert denied.code == "E_FORBIDDEN"
    assert confirm(world, request).obligation_confirmed_by_id == world.ids["filip"]


def test_there_must_be_something_to_confirm(world: World) -> None:
    """A request that claims none, one that is withdrawn, an old page and a wrong id are refused."""
    plain, promise = world.submitted(), world.submitted(**PROMISE)
    denied = refused(world, "filip", obligations.confirm_obligation, plain.id, plain.version)
    assert denied.code == "E_STATE"
    denied = refused(world, "filip", obligations.confirm_obligation, promise.id, promise.version - 1)
    assert denied.code == "E_VERSION_STALE"
    gone = world.force(promise.id, RequestStatus.WITHDRAWN)
    denied = refused(world, "filip", obligations.confirm_obligation, gone.id, gone.version)
    assert denied.code == "E_STATE"
    assert refused(world, "filip", obligations.confirm_obligation, "nowhere", 1).code == "E_NOT_FOUND"


def test_a_changed_promise_asks_again(world: World) -> None:
    """Another contract needs another confirmation; another title does not."""
    request = confirm(world, world.submitted(**PROMISE))
    renamed = edit(world, request, title="Renamed", **PROMISE)
    assert renamed.obligation_confirmed_by_id == world.ids["filip"]
    changed = edit(world, renamed, title="Renamed", **{**PROMISE, "contract_reference": "C-18"})
    assert changed.obligation_confirmed_by_id is None


def test_more_hours_under_the_same_contract_ask_again(world: World) -> None:
    """Who confirmed 16 h did not confirm 160: lines and curve decide what is promised."""
    request = confirm(world, world.submitted(**PROMISE))
    line = replace(world.values().lines[0], quarter_hours=640)
    assert edit(world, request, lines=(line,), **PROMISE).obligation_confirmed_by_id is None
