"""Team size: no more people on a line than it allows, at least one where it has hours."""

from __future__ import annotations

from rule_world import best_value, broken, forgetting, line, person, plan, request, world

PEOPLE = tuple(person(name, (4,)) for name in ("ann", "bob", "eve"))
THREE_FOR_TWO = world(PEOPLE, (request(),), (line(hours=(12,), weeks=(0, 0), max_specialists=2),))


def test_a_team_too_large_is_found() -> None:
    """Three people share a line for two."""
    found = plan({"r": 0}, *(("r.1", name, 0, 4) for name in ("ann", "bob", "eve")))
    assert broken(THREE_FOR_TWO, found) == {"team_size"}


def test_a_line_that_nobody_works_on_is_found() -> None:
    """A granted line of twelve hours without anybody; the hours are missed too."""
    assert broken(THREE_FOR_TWO, plan({"r": 0})) == {"team_size", "level"}


def test_the_engine_keeps_it_and_would_not_without_it() -> None:
    """Twelve hours take three people of four hours, and two may work."""
    assert best_value(THREE_FOR_TWO) == 0
    assert broken(THREE_FOR_TWO, forgetting("team_size", THREE_FOR_TWO)) == {"team_size"}


def test_a_team_that_is_allowed_is_used() -> None:
    """Eight hours take two people, and two may work."""
    problem = world(PEOPLE, (request(),), (line(weeks=(0, 0), max_specialists=2),))
    assert best_value(problem) == 100
