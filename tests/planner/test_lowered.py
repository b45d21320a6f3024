"""Hours that shrink shortly before a plan: the board sees by whom, when, how much, and what it cost."""

from __future__ import annotations

import pytest
from importing import csv_of
from scenario import K, Quarrel

from planner.database import Database
from planner.exchange.imports import Source
from planner.records import ImportKind
from planner.services.approving import decisions
from planner.services.importing.import_reports import store_content
from planner.services.publishing import publishing
from planner.services.reviewing import review
from planner.services.reviewing.review_view import LoweredRow, plain, restored
from planner.solving.engine import Engine


def _leave(world: Quarrel, status: str) -> None:
    """Ann's Friday of the only week, approved away or merely planned."""
    rows = [{"specialist": "ann", "first_day": "2027-01-08", "last_day": "2027-01-08", "status": status}]
    with world.database.writing() as session:
        store_content(session, world.actor("eva"), Source(ImportKind.LEAVE, "leave.csv", csv_of(rows)))


def _lowered(world: Quarrel) -> tuple[LoweredRow, ...]:
    with world.database.reading() as session:
        found = review.review_view(session, world.actor("lena"))
    assert found is not None
    assert restored(plain(found)) == found
    return found.lowered


@pytest.fixture
def world(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7 before its first plan."""
    return Quarrel(sqlite_database, engine)


def _publish(world: Quarrel, *names: str) -> None:
    run = world.plan()
    for name in names:
        part = world.proposal(run, name)
        with world.database.writing() as session:
            decisions.approve(session, world.actor("eva"), part.id, part.version)
    with world.database.writing() as session:
        publishing.publish(session, world.actor("lena"), run.id)


def test_a_department_lowered_before_the_solve_is_told_with_its_price(world: Quarrel) -> None:
    """With 40 h the plan is R1 and R3, 78 k. Eva takes Friday away: 32 h hold R1 alone, 48 k; that cost 30 k.

    The day comes back after the plan, and that stands there too.
    """
    _leave(world, "approved")
    _publish(world, "r1")
    (row,) = _lowered(world)
    assert (row.department, row.who, row.hours, row.raised_again) == ("Engineering", "Eva", 32, 0)
    assert (row.low, row.high) == (None, None)
    world.answer_all(40)
    (row,) = _lowered(world)
    assert (row.low, row.high) == (30 * K, 30 * K)
    _leave(world, "planned")
    assert [each.raised_again for each in _lowered(world)] == [32]


def test_what_changes_nothing_or_comes_later_is_not_told(world: Quarrel) -> None:
    """Planned leave lowers nothing; leave after the plan did not bend it."""
    _leave(world, "planned")
    _publish(world, "r1", "r3")
    _leave(world, "approved")
    assert _lowered(world) == ()
