"""Help beside the request form: free hours by week and how much others ask, in coarse steps only."""

from __future__ import annotations

from factories import World, refused

from planner.services.filing import hints
from planner.services.filing.hints import Contention, Hints
from planner.services.filing.requests import LineValues

WEEK = 160
"""Quarter-hours of Ann, who alone is an architect of level 3 or more, in a week."""


def _ask(world: World, level: int = 3, last: str = "2027-W02", without: str | None = None) -> Hints:
    with world.database.reading() as session:
        return hints.hints(
            session,
            world.actor("nora"),
            "architecture",
            level,
            earliest_week="2027-W01",
            latest_week=last,
            without=without,
        )


def test_free_hours_are_those_of_everybody_able(world: World) -> None:
    """Ann and Bob are architects, Ann alone at level 3: 40 h against 80 h a week."""
    alone, both = _ask(world), _ask(world, level=2)
    assert (alone.people, [w.free for w in alone.weeks], alone.free) == (1, [WEEK, WEEK], 2 * WEEK)
    assert (both.people, both.free) == (2, 4 * WEEK)


def test_nobody_able_is_said(world: World) -> None:
    """Level 5 is above everybody's."""
    found = _ask(world, level=5)
    assert (found.people, found.free) == (0, 0)


def test_others_are_counted_from_three_on(world: World) -> None:
    """Two rivals stay unseen; three that ask 16 h each of 80 h free are contention of the second step."""
    for title in ("One", "Two"):
        world.submitted(title=title, earliest_week="2027-W01", latest_week="2027-W02")
    assert _ask(world).contention is None
    third = world.submitted(title="Three", earliest_week="2027-W01", latest_week="2027-W02")
    # 3 x 64 = 192 of 320 quarter-hours is more than half and not more than all.
    assert _ask(world).contention is Contention.MEDIUM
    assert _ask(world, without=third.id).contention is None


def test_only_the_shared_weeks_count(world: World) -> None:
    """Rivals asking 100 h over W01 to W04 weigh half of it on W01 and W02: 3 x 200 of 320 is up to twice."""
    for title in ("One", "Two", "Three"):
        world.submitted(title=title, lines=(LineValues("architecture", 400, min_level=3),))
    assert _ask(world).contention is Contention.HIGH


def test_steps_are_coarse() -> None:
    """Below half, up to all, up to twice, more."""
    found = [hints.step(asked, 100) for asked in (49, 50, 100, 101, 200, 201)]
    assert found == [
        Contention.LOW,
        Contention.MEDIUM,
        Contention.MEDIUM,
        Contention.HIGH,
        Contention.HIGH,
        Contention.VERY_HIGH,
    ]


def test_only_account_managers_are_helped(world: World) -> None:
    """Capacity by skill is no business of finance."""
    denied = refused(
        world, "filip", hints.hints, "architecture", 3, earliest_week="2027-W01", latest_week="2027-W02"
    )
    assert denied.code == "E_FORBIDDEN"


def test_a_window_that_ends_before_it_begins_is_no_lack_of_people(world: World) -> None:
    """From week 1 back to week 53: the weeks are wrong; that the skill is missing would be untrue."""
    denied = refused(
        world, "nora", hints.hints, "architecture", 3, earliest_week="2027-W01", latest_week="2026-W53"
    )
    assert [p.code for p in denied.problems] == ["E_WINDOW_REVERSED"]
