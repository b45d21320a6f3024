"""Standing in for a colleague: whom, for which days, and how it ends."""

from __future__ import annotations

from datetime import date

from factories import World, events, refused

from planner.actor import acts_for
from planner.records import Delegation
from planner.services.approving import delegations

TODAY = date(2027, 1, 4)
FRIDAY = date(2027, 1, 8)


def lend(world: World, last_day: date = FRIDAY) -> Delegation:
    """Nora lends her rights to Kai from today on."""
    with world.database.writing() as session:
        return delegations.create_delegation(session, world.actor("nora"), world.ids["kai"], TODAY, last_day)


def stands_in(world: World) -> bool:
    """Whether Kai may act for Nora now."""
    with world.database.reading() as session:
        return world.ids["nora"] in acts_for(session, world.actor("kai"))


def test_lent_used_and_revoked_at_once(any_world: World) -> None:
    """It counts from the first day; revoked it ends in the same moment; twice is once."""
    delegation = lend(any_world)
    assert stands_in(any_world)
    for _ in range(2):
        with any_world.database.writing() as session:
            delegations.revoke_delegation(session, any_world.actor("nora"), delegation.id)
    assert not stands_in(any_world)
    assert [e.action for e in events(any_world)] == ["delegation.created", "delegation.revoked"]
    # The days are free again.
    assert lend(any_world).id != delegation.id


def test_days_must_make_sense(world: World) -> None:
    """Reversed, over, endless or lent already: each is named."""
    lend(world)
    for first, last, where, code in (
        (FRIDAY, TODAY, "last_day", "E_RANGE_REVERSED"),
        (date(2026, 1, 1), date(2027, 1, 3), "last_day", "E_DAYS_PAST"),
        (TODAY, date(2028, 1, 5), "last_day", "E_DAYS_LONG"),
        (FRIDAY, date(2027, 1, 20), "first_day", "E_EXISTS"),
    ):
        denied = refused(world, "nora", delegations.create_delegation, world.ids["kai"], first, last)
        assert [(p.where, p.code) for p in denied.problems] == [(where, code)]


def test_only_colleagues_of_the_same_work_stand_in(world: World) -> None:
    """A KAM for a KAM, a head for a head; nobody lends leadership; nobody stands in for oneself."""
    with world.database.reading() as session:
        offered = {
            name: [u.display_name for u in delegations.colleagues(session, world.actor(name))]
            for name in ("nora", "hana")
        }
    assert offered == {"nora": ["Kai", "Sven"], "hana": ["Dan", "Lena"]}
    for other in ("hana", "nora", "lukas", "adam"):
        denied = refused(world, "nora", delegations.create_delegation, world.ids[other], TODAY, FRIDAY)
        assert denied.code == "E_NOT_FOUND"
    for name in ("lukas", "filip", "ann"):
        denied = refused(world, name, delegations.create_delegation, world.ids["kai"], TODAY, FRIDAY)
        assert denied.code == "E_FORBIDDEN"


def test_who_sees_and_ends_it(world: World) -> None:
    """Both people and administrators see it; the borrower and others cannot end it."""
    delegation = lend(world)
    with world.database.reading() as session:
        seen = {
            name: len(delegations.list_delegations(session, world.actor(name)))
            for name in ("nora", "kai", "sven", "hana", "adam")
        }
    assert seen == {"nora": 1, "kai": 1, "sven": 0, "hana": 0, "adam": 1}
    for name in ("kai", "sven", "hana"):
        denied = refused(world, name, delegations.revoke_delegation, delegation.id)
        assert denied.code == "E_NOT_FOUND"
    assert refused(world, "nora", delegations.revoke_delegation, "nowhere").code == "E_NOT_FOUND"
    with world.database.writing() as session:
        delegations.revoke_delegation(session, world.actor("adam"), delegation.id)
    assert not stands_in(world)
