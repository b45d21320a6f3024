"""Parallel work: no more different requests in a week than a specialist takes."""

from __future__ import annotations

from rule_world import best_value, broken, forgetting, line, person, plan, request, world

ONE_AT_A_TIME = person(capacity=(10,), max_parallel=1)
TWO_REQUESTS = world(
    (ONE_AT_A_TIME,), (request("q"), request()), (line("q.1", (4,), (0, 0)), line(hours=(4,), weeks=(0, 0)))
)


def test_too_many_requests_in_a_week_are_found() -> None:
    """Two requests in the week of somebody who takes one."""
    found = plan({"q": 0, "r": 0}, ("q.1", "ann", 0, 4), ("r.1", "ann", 0, 4))
    assert broken(TWO_REQUESTS, found) == {"max_parallel"}


def test_the_engine_keeps_it_and_would_not_without_it() -> None:
    """Both fit into the hours, one into the head."""
    assert best_value(TWO_REQUESTS) == 100
    assert broken(TWO_REQUESTS, forgetting("max_parallel", TWO_REQUESTS)) == {"max_parallel"}


def test_lines_of_one_request_count_once() -> None:
    """Two lines of the same request are one request."""
    both = request(options=(("r.1", "r.2"),))
    problem = world((ONE_AT_A_TIME,), (both,), (line(hours=(4,), weeks=(0, 0)), line("r.2", (4,), (0, 0))))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 4), ("r.2", "ann", 0, 4))) == set()
    assert best_value(problem) == 100


def test_the_engine_counts_several_lines_of_several_requests() -> None:
    """Two requests of two lines each: two fit one after the other, four lines in a week do not."""
    requests = (request("q", options=(("q.1", "q.2"),)), request(options=(("r.1", "r.2"),)))
    lines = tuple(line(f"{name}.{number}", (2,)) for name in ("q", "r") for number in (1, 2))
    problem = world((person(capacity=(10, 10), max_parallel=1),), requests, lines)
    assert best_value(problem) == 200
