"""Contradictory locks: what is told of them, and when it is called the smallest set."""

from __future__ import annotations

from dataclasses import replace

from samples import FIXTURES

from solver.cards.confirm import no_plan
from solver.exact.conflicts import smallest
from solver.files import lock_row, read_problem
from solver.problem import Lock, Problem
from solver.settings import Settings
from solver.solve import solve

SETTINGS = Settings()


def contradicting() -> tuple[Problem, tuple[Lock, ...]]:
    """E7 with r1 and r2 both ordered, which 40 h cannot hold, and a harmless lock on r3 beside."""
    problem = read_problem((FIXTURES / "tiny" / "problem.json").read_bytes())
    both = (Lock("min_level", request="r1", level=0), Lock("min_level", request="r2", level=0))
    harmless = Lock("max_level", request="r3", level=-1)
    return replace(problem, locks=(both[0], harmless, both[1])), both


def test_the_locks_told_are_all_needed_and_that_is_proven() -> None:
    """Only the two orders contradict each other; each alone has a plan."""
    problem, both = contradicting()
    result = solve(problem)
    assert (result.stopped, result.conflicts) == ("conflict", tuple(map(lock_row, both)))
    assert smallest(problem, result.conflicts, SETTINGS)


def test_a_set_that_holds_more_than_is_needed_is_not_called_smallest() -> None:
    """A search that ran out of time may tell the harmless lock too: it must not be called needed."""
    problem, _ = contradicting()
    assert not smallest(problem, [lock_row(lock) for lock in problem.locks], SETTINGS)


def test_what_could_not_be_asked_in_time_is_not_called_smallest() -> None:
    """A caller who stops gets no proof."""
    problem, both = contradicting()
    assert not smallest(problem, list(map(lock_row, both)), SETTINGS, cancel=lambda: True)


def test_a_second_opinion_tells_the_impossible_from_the_possible_and_the_unknown() -> None:
    """Both orders: no plan; one of them: a plan; stopped at once: unknown, never impossible."""
    problem, both = contradicting()
    assert no_plan(problem, SETTINGS, 10) is True
    assert no_plan(replace(problem, locks=both[:1]), SETTINGS, 10) is False
    assert no_plan(problem, SETTINGS, 10, lambda: True) is None
