"""Wall: accounts behind one wall are never served by the same person."""

from __future__ import annotations

from rule_world import best_value, broken, forgetting, line, person, plan, request, world

RIVALS = (("acme", "rival"),)
REQUESTS = (request("q", account="acme"), request(account="rival"))
LINES = (line("q.1", weeks=(0, 0)), line(weeks=(1, 1)))
SEPARATE_WEEKS = world((person(),), REQUESTS, LINES, walls=RIVALS)


def test_one_person_for_two_rivals_is_found() -> None:
    """Even in different weeks."""
    found = plan({"q": 0, "r": 0}, ("q.1", "ann", 0, 8), ("r.1", "ann", 1, 8))
    assert broken(SEPARATE_WEEKS, found) == {"wall"}


def test_the_engine_keeps_it_and_would_not_without_it() -> None:
    """Ann alone serves one of the two; with Bob both are served."""
    assert best_value(SEPARATE_WEEKS) == 100
    assert broken(SEPARATE_WEEKS, forgetting("wall", SEPARATE_WEEKS)) == {"wall"}
    assert best_value(world((person(), person("bob")), REQUESTS, LINES, walls=RIVALS)) == 200


def test_the_same_account_twice_is_no_rival() -> None:
    """Two requests of one account may share a person."""
    requests = (request("q", account="acme"), request(account="acme"))
    problem = world((person(),), requests, LINES, walls=RIVALS)
    assert broken(problem, plan({"q": 0, "r": 0}, ("q.1", "ann", 0, 8), ("r.1", "ann", 1, 8))) == set()
    assert best_value(problem) == 200


def test_several_lines_of_each_rival() -> None:
    """Acme has two lines and its rival one: Ann serves the two."""
    requests = (*REQUESTS, request("p", account="acme"))
    problem = world((person(),), requests, (*LINES, line("p.1", (2,), (1, 1))), walls=RIVALS)
    assert best_value(problem) == 200
